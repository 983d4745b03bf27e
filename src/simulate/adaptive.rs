//! A provisioned table's partitions, minute by minute: each has its part of the
//! capacity and its own burst, and adaptive capacity lends what others leave.

use super::provisioned::BURST_SECONDS;
use super::series::UnitSum;

/// One direction of a provisioned table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartitionedTable {
    /// Capacity of the table in units a second, split evenly.
    pub capacity: u32,
    /// What one partition can serve at most: 3,000 read or 1,000 write units a
    /// second.
    pub partition_max: u32,
    /// Minutes from the first refusal until adaptive capacity lends: 0 today
    /// ("instantly", Developer Guide, "Best practices for designing and using
    /// partition keys"); earlier it took minutes.
    pub adaptive_after_minutes: u32,
    /// Whether burst buckets are full as the series begins.
    pub burst_full_at_start: bool,
}

impl PartitionedTable {
    /// One partition's part of the capacity, in thousandths of a unit a minute.
    fn part_milli(&self, partitions: u64) -> u64 {
        let most = u64::from(self.partition_max) * 60_000;
        (u64::from(self.capacity) * 60_000 / partitions).min(most)
    }

    /// Whether the partitions together have so many thousandths of a unit a minute
    /// without any burst. Where adaptive capacity lends at once, a partition that
    /// asks for more than it can serve at most is then the only one that is refused
    /// anything: what the others lack is no more than what is left.
    #[must_use]
    pub fn covers(&self, peak_milli: u64, partitions: usize) -> bool {
        let partitions = partitions.max(1) as u64;
        peak_milli <= self.part_milli(partitions).saturating_mul(partitions)
    }

    /// Thousandths of a unit of a partition's minutes that are refused because no
    /// partition serves more than its most.
    #[must_use]
    pub fn beyond_most(&self, demand: impl Iterator<Item = u64>) -> UnitSum {
        let most = u64::from(self.partition_max) * 60_000;
        demand
            .map(|milli| UnitSum::from_milli(u128::from(milli.saturating_sub(most))))
            .fold(UnitSum::ZERO, |sum, more| sum + more)
    }
}

/// What became of one partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartitionOutcome {
    /// Thousandths of a unit served in each minute.
    pub served_milli: Vec<u64>,
    /// Units asked for.
    pub offered: UnitSum,
    /// Units refused.
    pub throttled: UnitSum,
}

/// Runs the partitions' demand, each a series of thousandths of a unit per
/// minute, all of the same length.
///
/// Lent capacity is what the other partitions leave of their parts in the same
/// minute, shared so that the smallest shortages are met first.
#[must_use]
pub fn run(table: &PartitionedTable, demand: &[Vec<u64>]) -> Vec<PartitionOutcome> {
    let partitions = demand.len().max(1) as u64;
    let most = u64::from(table.partition_max) * 60_000;
    let part = table.part_milli(partitions);
    let bucket = part / 60 * u64::from(BURST_SECONDS);
    let mut saved = vec![if table.burst_full_at_start { bucket } else { 0 }; demand.len()];
    let mut refused_for = vec![0_u32; demand.len()];
    let mut outcomes = vec![PartitionOutcome::default(); demand.len()];
    let minutes = demand.iter().map(Vec::len).max().unwrap_or(0);
    for minute in 0..minutes {
        let wanted: Vec<u64> =
            demand.iter().map(|series| series.get(minute).copied().unwrap_or(0)).collect();
        let mut served: Vec<u64> = wanted
            .iter()
            .zip(&saved)
            .map(|(wanted, saved)| (*wanted).min(part + saved).min(most))
            .collect();
        let mut spare: u64 = wanted.iter().map(|wanted| part - (*wanted).min(part)).sum();
        let mut short: Vec<usize> = (0..demand.len()).filter(|&p| served[p] < wanted[p]).collect();
        short.iter().for_each(|&p| refused_for[p] += 1);
        short.retain(|&p| refused_for[p] > table.adaptive_after_minutes);
        let room = |p: usize, served: &[u64]| wanted[p].min(most) - served[p];
        short.sort_by_key(|&p| room(p, &served));
        for (met, &p) in (0_u64..).zip(&short) {
            let others = short.len() as u64 - met;
            let lent = room(p, &served).min(spare / others);
            served[p] += lent;
            spare -= lent;
        }
        for (p, outcome) in outcomes.iter_mut().enumerate() {
            let own = served[p].min(part + saved[p]);
            saved[p] = (part + saved[p] - own).min(bucket);
            outcome.served_milli.push(served[p]);
            outcome.offered += UnitSum::from_milli(u128::from(wanted[p]));
            outcome.throttled += UnitSum::from_milli(u128::from(wanted[p] - served[p]));
        }
    }
    outcomes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Developer Guide, "Best practices for designing and using partition
    /// keys": a table of 400 WCU over 4 partitions has 100 each; loads of 50,
    /// 50, 50 and 150 use up the burst of the fourth (300 s x 100 at 50 a
    /// second: ten minutes), which is then throttled until adaptive capacity
    /// lifts it to 150; 300 of 400 are in use.
    #[test]
    fn the_published_example_of_adaptive_capacity() {
        let load = |rate: u64| vec![rate * 60_000; 30];
        let table = PartitionedTable {
            capacity: 400,
            partition_max: 1_000,
            adaptive_after_minutes: 5,
            burst_full_at_start: true,
        };
        let demand = [load(50), load(50), load(50), load(150)];
        let outcomes = run(&table, &demand);
        let rates: Vec<u64> = outcomes[3].served_milli.iter().map(|milli| milli / 60_000).collect();
        assert_eq!(rates, [vec![150; 10], vec![100; 5], vec![150; 15]].concat());
        assert!(outcomes[..3].iter().all(|outcome| outcome.throttled == UnitSum::ZERO));
        let today = run(&PartitionedTable { adaptive_after_minutes: 0, ..table }, &demand);
        assert_eq!(today[3].throttled, UnitSum::ZERO);
    }

    /// Lent capacity is limited by what the table has and by the partition.
    #[test]
    fn adaptive_capacity_stays_within_the_table_and_the_partition() {
        let load = |rate: u64| vec![rate * 60_000; 2];
        let table = PartitionedTable {
            capacity: 2_400,
            partition_max: 1_000,
            adaptive_after_minutes: 0,
            burst_full_at_start: false,
        };
        let served = |rates: [u64; 3]| -> Vec<u64> {
            let outcomes = run(&table, &rates.map(load));
            outcomes.iter().map(|outcome| outcome.served_milli[0] / 60_000).collect()
        };
        assert_eq!(served([100, 100, 2_000]), [100, 100, 1_000]);
        assert_eq!(served([600, 900, 1_000]), [600, 900, 900]);
        assert_eq!(served([600, 850, 1_000]), [600, 850, 950]);
    }

    proptest::proptest! {
        /// Where the capacity covers the busiest minute, only what is beyond the
        /// most of a partition is refused.
        #[test]
        fn within_the_capacity_only_the_most_of_a_partition_binds(
            shares in proptest::collection::vec(1_u64..100, 1..8),
            minutes in proptest::collection::vec(0_u64..8_000, 1..20),
            capacity in 1_u32..10_000,
            burst_full_at_start in proptest::prelude::any::<bool>(),
        ) {
            let table = PartitionedTable {
                capacity,
                partition_max: 1_000,
                adaptive_after_minutes: 0,
                burst_full_at_start,
            };
            let whole: u64 = shares.iter().sum();
            let demand: Vec<Vec<u64>> = shares
                .iter()
                .map(|share| minutes.iter().map(|units| units * 60_000 * share / whole).collect())
                .collect();
            let peak = minutes.iter().max().unwrap() * 60_000;
            if table.covers(peak, shares.len()) {
                for (outcome, demand) in run(&table, &demand).iter().zip(&demand) {
                    let beyond = table.beyond_most(demand.iter().copied());
                    proptest::prop_assert_eq!(outcome.throttled, beyond);
                }
            }
        }
    }
}
