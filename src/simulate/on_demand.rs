//! Where on-demand capacity refuses: a table or index that is asked for more
//! than it has grown to, than its own maximum, or than the quota.
//!
//! Minutes are averages: a burst within a minute is not seen here.

use std::ops::ControlFlow;

use super::provisioned::TABLE_QUOTA_UNITS_PER_S;
use super::series::{MinuteSeries, UnitSum};

/// A new on-demand table takes this many read units a second at once, or
/// [`COLD_WRITE_UNITS_PER_S`], or a linear mix of both (AWS re:Post, "Why is my
/// on-demand DynamoDB table being throttled?"); the default warm throughput.
pub const COLD_READ_UNITS_PER_S: u32 = 12_000;
/// See [`COLD_READ_UNITS_PER_S`].
pub const COLD_WRITE_UNITS_PER_S: u32 = 4_000;
/// A peak is a base for doubling once it lies this far back (Developer Guide,
/// "DynamoDB on-demand capacity mode": "double your previous peak within 30
/// minutes").
pub const PEAK_SETTLES_AFTER_MINUTES: usize = 30;

const MINUTE_MILLI: u64 = 60_000;

/// What one direction of a table or index can take on demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Warm throughput, in units a second: what is taken at once.
    pub warm_units_per_s: u32,
    /// Peak reached before the series begins, in units a second; 0 if it is new
    /// or nobody knows.
    pub previous_peak_units_per_s: u32,
    /// The maximum throughput set on the table or index, in units a second.
    pub maximum_units_per_s: Option<u32>,
    /// The account's table-level quota, in units a second; it can be raised on
    /// request.
    pub quota_units_per_s: u32,
}

impl Limits {
    const fn cold(warm_units_per_s: u32) -> Self {
        Self {
            warm_units_per_s,
            previous_peak_units_per_s: 0,
            maximum_units_per_s: None,
            quota_units_per_s: TABLE_QUOTA_UNITS_PER_S,
        }
    }
}

/// On-demand capacity of one table or index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnDemand {
    /// Reads.
    pub reads: Limits,
    /// Writes.
    pub writes: Limits,
}

impl OnDemand {
    /// A new table or index with nothing set.
    pub const COLD: Self = Self {
        reads: Limits::cold(COLD_READ_UNITS_PER_S),
        writes: Limits::cold(COLD_WRITE_UNITS_PER_S),
    };
}

/// Units refused, by what refused them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refused {
    /// Beyond the maximum throughput set by its owner.
    pub by_maximum: UnitSum,
    /// Beyond the quota.
    pub by_quota: UnitSum,
    /// Beyond what the table or index has grown to: warm throughput, or twice
    /// the previous peak.
    pub by_growth: UnitSum,
}

impl Refused {
    /// All of it.
    #[must_use]
    pub fn total(&self) -> UnitSum {
        self.by_maximum + self.by_quota + self.by_growth
    }
}

/// Totals of one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DirectionOutcome {
    /// Units asked for.
    pub offered: UnitSum,
    /// Units refused.
    pub refused: Refused,
    /// Minutes in which something was refused.
    pub refused_minutes: u64,
    /// The first of them, counted from the start of the series.
    pub first_refused_minute: Option<u64>,
}

impl DirectionOutcome {
    /// Units consumed, which is what on-demand capacity bills.
    #[must_use]
    pub fn consumed(&self) -> UnitSum {
        self.offered - self.refused.total()
    }
}

/// Totals of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Reads.
    pub reads: DirectionOutcome,
    /// Writes.
    pub writes: DirectionOutcome,
}

/// Thousandths of a unit served in one minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Minute {
    /// Minutes since the start of the series.
    pub index: u64,
    /// Reads served.
    pub reads_milli: u64,
    /// Writes served.
    pub writes_milli: u64,
}

/// Runs a table's or index's reads and writes together (a missing minute of the
/// shorter series is an idle one) and keeps the totals.
#[must_use]
pub fn run(reads: &MinuteSeries, writes: &MinuteSeries, settings: &OnDemand) -> Outcome {
    run_each(reads, writes, settings, |_| ControlFlow::Continue(()))
}

/// The same, showing every minute to `each`, which may stop the run.
pub fn run_each(
    reads: &MinuteSeries,
    writes: &MinuteSeries,
    settings: &OnDemand,
    mut each: impl FnMut(Minute) -> ControlFlow<()>,
) -> Outcome {
    let mut cell = (Ramp::new(&settings.reads), Ramp::new(&settings.writes));
    let mut outcome = Outcome::default();
    let minutes = reads.len().max(writes.len());
    for (index, at) in (0_u64..).zip(0..minutes) {
        let of = |series: &MinuteSeries| series.milli().get(at).copied().unwrap_or(0);
        let (wanted_reads, wanted_writes) = (of(reads), of(writes));
        let mut read = cell.0.allow(wanted_reads);
        let mut write = cell.1.allow(wanted_writes);
        if cell.0.is_cold() && cell.1.is_cold() {
            let mixed = linear_mix(
                (read.served_milli, cell.0.base_milli),
                (write.served_milli, cell.1.base_milli),
            );
            read.give(mixed.0);
            write.give(mixed.1);
        }
        cell.0.end_minute(read.served_milli);
        cell.1.end_minute(write.served_milli);
        outcome.reads.add(index, wanted_reads, &read);
        outcome.writes.add(index, wanted_writes, &write);
        let minute =
            Minute { index, reads_milli: read.served_milli, writes_milli: write.served_milli };
        if each(minute).is_break() {
            break;
        }
    }
    outcome
}

impl DirectionOutcome {
    fn add(&mut self, index: u64, offered_milli: u64, minute: &Allowed) {
        let sum = |milli: u64| UnitSum::from_milli(u128::from(milli));
        self.offered += sum(offered_milli);
        self.refused.by_maximum += sum(minute.by_maximum_milli);
        self.refused.by_quota += sum(minute.by_quota_milli);
        self.refused.by_growth += sum(minute.by_growth_milli);
        if minute.served_milli < offered_milli {
            self.refused_minutes += 1;
            self.first_refused_minute = self.first_refused_minute.or(Some(index));
        }
    }
}

/// How a minute's demand fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Allowed {
    served_milli: u64,
    by_maximum_milli: u64,
    by_quota_milli: u64,
    by_growth_milli: u64,
}

impl Allowed {
    fn give(&mut self, served_milli: u64) {
        self.by_growth_milli += self.served_milli - served_milli;
        self.served_milli = served_milli;
    }
}

/// What one direction has grown to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ramp {
    base_milli: u64,
    maximum_milli: u64,
    quota_milli: u64,
    settled_peak_milli: u64,
    recent: [u64; PEAK_SETTLES_AFTER_MINUTES],
    slot: usize,
}

impl Ramp {
    /// The state before the first minute.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        let milli = |units_per_s: u32| u64::from(units_per_s) * MINUTE_MILLI;
        Self {
            base_milli: milli(limits.warm_units_per_s),
            maximum_milli: limits.maximum_units_per_s.map_or(u64::MAX, milli),
            quota_milli: milli(limits.quota_units_per_s),
            settled_peak_milli: milli(limits.previous_peak_units_per_s),
            recent: [0; PEAK_SETTLES_AFTER_MINUTES],
            slot: 0,
        }
    }

    /// Thousandths of a unit this minute can serve.
    #[must_use]
    pub fn available_milli(&self) -> u64 {
        self.grown_milli().min(self.maximum_milli).min(self.quota_milli)
    }

    /// Ends the minute, in which `served_milli` was consumed.
    pub fn end_minute(&mut self, served_milli: u64) {
        self.recent[self.slot] = served_milli;
        self.slot = (self.slot + 1) % PEAK_SETTLES_AFTER_MINUTES;
        // The slot now holds the minute that is the settling time back.
        self.settled_peak_milli = self.settled_peak_milli.max(self.recent[self.slot]);
    }

    fn grown_milli(&self) -> u64 {
        self.base_milli.max(self.settled_peak_milli * 2)
    }

    fn is_cold(&self) -> bool {
        self.settled_peak_milli * 2 <= self.base_milli
    }

    fn allow(&self, offered_milli: u64) -> Allowed {
        let below_maximum = offered_milli.min(self.maximum_milli);
        let below_quota = below_maximum.min(self.quota_milli);
        let served_milli = below_quota.min(self.grown_milli());
        Allowed {
            served_milli,
            by_maximum_milli: offered_milli - below_maximum,
            by_quota_milli: below_maximum - below_quota,
            by_growth_milli: below_quota - served_milli,
        }
    }
}

/// Both demands as they are if `reads/read limit + writes/write limit` is at
/// most 1, else both cut by the same factor until it is.
fn linear_mix((reads, read_limit): (u64, u64), (writes, write_limit): (u64, u64)) -> (u64, u64) {
    let wide = |a: u64, b: u64| u128::from(a) * u128::from(b);
    let (used, whole) =
        (wide(reads, write_limit) + wide(writes, read_limit), wide(read_limit, write_limit));
    if used <= whole {
        return (reads, writes);
    }
    // reads x whole / used in 128 bits: a demand has at most 48.
    let shift = (u128::BITS - whole.leading_zeros()).saturating_sub(79);
    let cut = |demand: u64| {
        let milli = u128::from(demand) * (whole >> shift) / (used >> shift).max(1);
        u64::try_from(milli).unwrap_or(demand).min(demand)
    };
    (cut(reads), cut(writes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn per_second(rates: &[(u64, usize)]) -> MinuteSeries {
        let minutes = rates.iter().flat_map(|&(rate, n)| std::iter::repeat_n(rate * 60_000, n));
        MinuteSeries::new(0, minutes.collect()).unwrap()
    }

    fn idle() -> MinuteSeries {
        per_second(&[])
    }

    fn served_writes(writes: &MinuteSeries, settings: &OnDemand) -> Vec<u64> {
        let mut served = Vec::new();
        let _ = run_each(&idle(), writes, settings, |minute| {
            served.push(minute.writes_milli / 60_000);
            ControlFlow::Continue(())
        });
        served
    }

    /// 5,000 writes/s on a new table: 4,000 are served for half an hour; that
    /// peak then allows 8,000.
    #[test]
    fn a_cold_table_takes_four_thousand_writes_then_doubles() {
        let served = served_writes(&per_second(&[(5_000, 40)]), &OnDemand::COLD);
        assert_eq!(served, [vec![4_000; 30], vec![5_000; 10]].concat());
    }

    /// A step from 3,000 to 20,000 writes/s is met by doubling every half hour:
    /// 6,000, 12,000, then all of it.
    #[test]
    fn a_spike_is_served_up_to_twice_the_previous_peak() {
        let served = served_writes(&per_second(&[(3_000, 60), (20_000, 80)]), &OnDemand::COLD);
        assert_eq!(served[60..], [vec![6_000; 30], vec![12_000; 30], vec![20_000; 20]].concat());
    }

    /// 6,000 reads/s are half of the cold limit, so 2,000 writes/s fit beside
    /// them; 3,000 do not: 0.5 + 0.75 = 1.25, both are cut to 80 %.
    #[test]
    fn a_cold_table_takes_a_linear_mix() {
        let run =
            |writes| run(&per_second(&[(6_000, 1)]), &per_second(&[(writes, 1)]), &OnDemand::COLD);
        assert_eq!(run(2_000).reads.refused.total(), UnitSum::ZERO);
        let over = run(3_000);
        assert_eq!(over.reads.consumed(), UnitSum::from_milli(4_800 * 60_000));
        assert_eq!(over.writes.consumed(), UnitSum::from_milli(2_400 * 60_000));
    }

    /// The maximum comes first, then the quota, then growth.
    #[test]
    fn refusals_name_what_refused() {
        let writes = Limits { maximum_units_per_s: Some(50_000), ..OnDemand::COLD.writes };
        let outcome =
            run(&idle(), &per_second(&[(60_000, 1)]), &OnDemand { writes, ..OnDemand::COLD });
        let sum = |per_second: u128| UnitSum::from_milli(per_second * 60_000);
        assert_eq!(
            outcome.writes.refused,
            Refused { by_maximum: sum(10_000), by_quota: sum(10_000), by_growth: sum(36_000) }
        );
        assert_eq!(outcome.writes.first_refused_minute, Some(0));
    }

    proptest! {
        #[test]
        fn consumed_and_refused_make_what_was_offered(
            reads in prop::collection::vec(0_u64..3_000_000_000, 0..200),
            writes in prop::collection::vec(0_u64..3_000_000_000, 0..200),
        ) {
            let (reads, writes) = (MinuteSeries::new(0, reads).unwrap(), MinuteSeries::new(0, writes).unwrap());
            let outcome = run(&reads, &writes, &OnDemand::COLD);
            prop_assert_eq!(outcome.reads.offered, reads.total());
            prop_assert_eq!(outcome.writes.offered, writes.total());
            prop_assert_eq!(outcome.reads.consumed() + outcome.reads.refused.total(), reads.total());
            prop_assert_eq!(outcome.writes.consumed() + outcome.writes.refused.total(), writes.total());
        }
    }
}
