//! Partitions of tables and indexes: how many there are, what the busiest of them
//! takes, and what splitting it for heat is worth.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::demand::Arm;
use crate::design::Design;
use crate::finding::{Finding, Severity};
use crate::layout::Layout;
use crate::simulate::UnitSum;
use crate::simulate::adaptive::{self, PartitionedTable};
use crate::simulate::keys::{
    Direction, KeySkew, SkewSource, partitions_for_bytes, partitions_for_units,
};
use crate::units::decimal_from_f64;
use crate::workload::Workload;

use super::arm_use::ArmUse;
use super::billing::Billing;
use super::collections::{LargestCollection, collection_finding, largest_collection, whole};
use super::hot_keys::HotKeys;
use super::limits::peak;
use super::throughput::{TableUse, capacity_units};

/// Splits for heat are followed up to so many partitions.
const PARTITIONS_MAX: u64 = 1 << 16;
/// So many partitions are run minute by minute.
const RUN_MAX: usize = 1 << 10;

/// The partitions of a table with its local indexes, or of a global index.
#[derive(Clone, Debug, PartialEq)]
pub struct ArmPartitions {
    /// Where.
    pub arm: Arm,
    /// All items or entries of one key, at today's load.
    pub largest_collection: LargestCollection,
    /// At each load that is asked about.
    pub at: Vec<PartitionsAt>,
}

/// Partitions at one load.
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionsAt {
    /// Multiple of today's load.
    pub load: f64,
    /// Bytes stored with the rows of the horizon; `None` where rows were never
    /// counted.
    pub stored_bytes: Option<f64>,
    /// Partitions that these need.
    pub by_size: Option<u64>,
    /// Partitions that the busiest minute's units need if keys spread them evenly.
    pub by_throughput: u64,
    /// Reads.
    pub reads: DirectionAt,
    /// Writes.
    pub writes: DirectionAt,
}

impl PartitionsAt {
    /// Partitions there are: by size or by throughput, whichever are more. The
    /// least there may be where the size is not known.
    #[must_use]
    pub fn needed(&self) -> u64 {
        self.by_throughput.max(self.by_size.unwrap_or(1))
    }
}

/// One direction of a table or index at one load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DirectionAt {
    /// Units a second in the busiest minute.
    pub peak_units: f64,
    /// The busiest partition; `None` where nothing is known of the keys.
    pub busiest: Option<Busiest>,
}

/// The busiest partition, with the keys laid over the partitions by a fixed hash;
/// AWS does not publish its own. Units whose keys are not known are taken as
/// spread evenly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Busiest {
    /// Its share of the units.
    pub share: f64,
    /// Units a second in the busiest minute.
    pub units: f64,
    /// Units a second on the hottest single key, which no split helps.
    pub hottest_key_units: f64,
    /// Where the skew comes from.
    pub source: SkewSource,
    /// Partitions at which the busiest one is within its limit, each split in two
    /// as often as that takes; `None` where one key is above it.
    pub splits_to: Option<u64>,
    /// Share of the busiest day's units that are refused if none is split for heat,
    /// beyond what even partitions would refuse: with the fixed capacity of this load
    /// laid out evenly over the partitions, each with a burst of its own, and lent
    /// where others leave it. `None` where more is asked for than that capacity and
    /// there are too many partitions to run each.
    pub refused_unless_split: Option<f64>,
}

/// The partitions of every table and global index of a design.
pub fn partitions(
    (workload, design, layout): (&Workload, &Design, &Layout),
    uses: &[ArmUse],
    hot: &[HotKeys],
    billing: &Billing<'_>,
    loads: &[f64],
) -> Vec<ArmPartitions> {
    let month_seconds = billing.conventions.month_seconds().to_f64().unwrap_or(f64::NAN);
    let mut found = Vec::new();
    for uses in uses.chunk_by(|a, b| a.arm.table == b.arm.table) {
        let table = &design.tables[uses[0].arm.table];
        let settings = billing.settings.dynamodb.table(&table.name);
        let of = TableUse { table, settings, uses };
        for (arm, used) in of.by_capacity() {
            let within = uses.iter().filter(|one| {
                one.arm == arm || (arm.index.is_none() && !of.is_global_index(one.arm))
            });
            let bytes: Option<f64> = within.map(|one| one.bytes).sum();
            let at = |load: f64| at_load(billing, &of, (&used, bytes), hot, load);
            let collection = largest_collection(workload, design, layout, arm, month_seconds);
            found.push(ArmPartitions {
                arm,
                largest_collection: collection,
                at: loads.iter().map(|load| at(*load)).collect(),
            });
        }
    }
    found
}

fn at_load(
    billing: &Billing<'_>,
    of: &TableUse<'_>,
    (used, bytes): (&ArmUse, Option<f64>),
    hot: &[HotKeys],
    load: f64,
) -> PartitionsAt {
    let stored_bytes = bytes.map(|bytes| bytes * load);
    let by_size = stored_bytes.map(|bytes| partitions_for_bytes(whole(bytes)));
    let reads = peak(billing, &used.readers) * load;
    let writes = peak(billing, &used.writers) * load;
    let by_throughput = partitions_for_units(whole(reads), whole(writes));
    let partitions = by_throughput.max(by_size.unwrap_or(1));
    let direction = |direction: Direction, peak_units: f64| {
        let keys = hot.iter().find(|hot| hot.arm == used.arm && hot.direction == direction);
        let busiest = keys.and_then(|hot| {
            let of_keys = OfKeys { billing, of, used, hot, partitions, peak_units, load };
            of_keys.busiest()
        });
        DirectionAt { peak_units, busiest }
    };
    PartitionsAt {
        load,
        stored_bytes,
        by_size,
        by_throughput,
        reads: direction(Direction::Reads, reads),
        writes: direction(Direction::Writes, writes),
    }
}

/// One direction of a table or index whose keys are known.
struct OfKeys<'a> {
    billing: &'a Billing<'a>,
    of: &'a TableUse<'a>,
    used: &'a ArmUse,
    hot: &'a HotKeys,
    partitions: u64,
    peak_units: f64,
    load: f64,
}

impl OfKeys<'_> {
    fn busiest(&self) -> Option<Busiest> {
        let units = match self.hot.direction {
            Direction::Reads => self.used.read_units,
            Direction::Writes => self.used.write_units,
        };
        let seconds = self.billing.conventions.month_seconds();
        let mean = (units / seconds).to_f64().filter(|mean| *mean > 0.0)?;
        let shares = self.hot.on_copies().into_iter().map(|units| units / mean).collect();
        let skew = KeySkew::Top { shares, other_keys: 0 };
        let most = f64::from(self.hot.direction.partition_units_per_s());
        let shares_of = |partitions: u64| {
            let partitions = u32::try_from(partitions.min(PARTITIONS_MAX)).unwrap_or(u32::MAX);
            skew.partition_shares(partitions)
        };
        let highest = |shares: &[f64]| shares.iter().copied().fold(0.0, f64::max);
        let shares = shares_of(self.partitions);
        let share = highest(&shares);
        let hottest_key_units = skew.hottest_share() * self.peak_units;
        let mut splits_to = (hottest_key_units <= most).then_some(self.partitions);
        while let Some(partitions) = splits_to {
            if highest(&shares_of(partitions)) * self.peak_units <= most {
                break;
            }
            splits_to = partitions.checked_mul(2).filter(|count| *count <= PARTITIONS_MAX);
        }
        Some(Busiest {
            share,
            units: share * self.peak_units,
            hottest_key_units,
            source: self.hot.source,
            splits_to,
            refused_unless_split: self.refused_unless_split(&shares, units),
        })
    }

    /// See [`Busiest::refused_unless_split`]; `None` for loads beyond counting too.
    fn refused_unless_split(&self, shares: &[f64], units: Decimal) -> Option<f64> {
        let by_pattern = match self.hot.direction {
            Direction::Reads => &self.used.readers,
            Direction::Writes => &self.used.writers,
        };
        let units = units * decimal_from_f64(self.load).ok()?;
        let curve = self.billing.arrival.of_units(by_pattern);
        let target = self.of.target_percent(self.used.arm);
        let capacity = capacity_units(self.billing, &curve, target, units);
        let table = PartitionedTable {
            capacity: capacity.to_u32().unwrap_or(u32::MAX),
            partition_max: self.hot.direction.partition_units_per_s(),
            adaptive_after_minutes: 0,
            burst_full_at_start: true,
        };
        let days = curve.loads(units)?;
        let counted = days.iter().skip(curve.days_before());
        let busiest_day = counted.max_by_key(|day| day.peak_milli())?;
        let of = |share: f64| busiest_day.milli().iter().map(move |milli| part(*milli, share));
        if table.covers(busiest_day.peak_milli(), shares.len()) {
            let most = f64::from(table.partition_max);
            let above = shares.iter().filter(|share| **share * self.peak_units > 0.99 * most);
            let refused =
                above.fold(UnitSum::ZERO, |sum, share| sum + table.beyond_most(of(*share)));
            return Some(refused.share_of(busiest_day.total()));
        }
        if shares.len() > RUN_MAX {
            return None;
        }
        let refused = |shares: &[f64]| {
            let demand: Vec<Vec<u64>> = shares.iter().map(|share| of(*share).collect()).collect();
            let outcomes = adaptive::run(&table, &demand);
            let sum = |of: fn(&adaptive::PartitionOutcome) -> UnitSum| {
                outcomes.iter().map(of).fold(UnitSum::ZERO, |sum, more| sum + more)
            };
            sum(|one| one.throttled).share_of(sum(|one| one.offered))
        };
        // What the table lacks as a whole no split mends.
        #[expect(clippy::cast_precision_loss, reason = "at most a thousand")]
        let even = vec![1.0 / shares.len() as f64; shares.len()];
        Some((refused(shares) - refused(&even)).max(0.0))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a part of a minute's thousandths, which a double holds to within one"
)]
fn part(milli: u64, share: f64) -> u64 {
    (milli as f64 * share) as u64
}

/// What is said of collections over their limit, and of partitions that have to
/// be split for heat.
pub fn partition_findings(design: &Design, all: &[ArmPartitions]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for one in all {
        let name = one.arm.name(design);
        findings.extend(collection_finding(&name, one.largest_collection));
        for direction in [Direction::Reads, Direction::Writes] {
            findings.extend(one.at.iter().find_map(|at| split_for_heat(&name, direction, at)));
        }
    }
    findings
}

/// Where the busiest partition takes too much although none of its keys does.
fn split_for_heat(name: &str, direction: Direction, at: &PartitionsAt) -> Option<Finding> {
    let busiest = match direction {
        Direction::Reads => at.reads.busiest,
        Direction::Writes => at.writes.busiest,
    }?;
    let splits_to = busiest.splits_to.filter(|count| *count > at.needed())?;
    let words = direction.words();
    Some(
        Finding::new(
            "partition-splits-for-heat",
            if at.load <= 1.0 { Severity::Medium } else { Severity::Low },
            format!(
                "at {}x of today's load the busiest of {} partitions of {name} takes {:.1} % of \
                 {words}, {:.0} units a second at the peak, where one serves {} ({}): DynamoDB \
                 splits for heat, with {splits_to} partitions it is within that; as long as it has \
                 not, fixed capacity refuses {} of the busiest day's {words} more than even \
                 partitions would",
                at.load,
                at.needed(),
                busiest.share * 100.0,
                busiest.units,
                direction.partition_units_per_s(),
                busiest.source.words(),
                busiest.refused_unless_split.map_or_else(
                    || "an unknown share".to_owned(),
                    |share| format!("{:.2} %", share * 100.0)
                ),
            ),
        )
        .mend(
            "spread the busy keys, or raise the load slowly enough for partitions to split (on \
             demand, raise the warm throughput before)",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(busiest: Busiest) -> PartitionsAt {
        let none = DirectionAt { peak_units: 0.0, busiest: None };
        PartitionsAt {
            load: 8.0,
            stored_bytes: Some(1e9),
            by_size: Some(1),
            by_throughput: 4,
            reads: none,
            writes: DirectionAt { peak_units: 3_500.0, busiest: Some(busiest) },
        }
    }

    #[test]
    fn a_split_is_told_with_its_figures() {
        let busiest = Busiest {
            share: 0.4,
            units: 1_400.0,
            hottest_key_units: 700.0,
            source: SkewSource::Declared,
            splits_to: Some(16),
            refused_unless_split: Some(0.0125),
        };
        let found = split_for_heat("t", Direction::Writes, &at(busiest)).unwrap();
        for part in ["8x", "of 4 partitions of t", "40.0 % of writes", "1400 units", "serves 1000"]
        {
            assert!(found.what.contains(part), "{part} in {}", found.what);
        }
        assert!(found.what.contains("with 16 partitions") && found.what.contains("1.25 %"));
        let calm = Busiest { splits_to: Some(4), ..busiest };
        assert_eq!(split_for_heat("t", Direction::Writes, &at(calm)), None);
        // One key above the limit is another finding's.
        let one_key = Busiest { splits_to: None, ..busiest };
        assert_eq!(split_for_heat("t", Direction::Writes, &at(one_key)), None);
        assert_eq!(split_for_heat("t", Direction::Reads, &at(busiest)), None);
    }
}
