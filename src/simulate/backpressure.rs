//! Writes to a table with global secondary indexes, by access pattern.
//!
//! "If a GSI is throttled, writes to the base table are throttled too"
//! (Developer Guide, "Global secondary indexes: provisioned throughput
//! considerations"): a write is served only as far as the table and every index
//! it touches can serve it. Capacity that refused writes leave unused goes to
//! the others.

use super::on_demand::{Limits, Ramp};
use super::provisioned::{Cell, Outcome, Provisioned};
use super::runs::LongestRun;
use super::series::{MINUTE_MILLI_MAX, UnitSum};

/// One access pattern that writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WritePattern<'a> {
    /// The caller's number for it.
    pub id: u32,
    /// Thousandths of a call in each minute; beyond the end there are none.
    pub calls_milli: &'a [u64],
    /// Millionths of a write unit that a call takes on each arm: the table
    /// first, then its indexes; 0 where it does not touch one.
    pub units_micro: Vec<u64>,
}

/// How one arm is provided for.
#[derive(Clone, Copy, Debug)]
pub enum Capacity<'a> {
    /// Provisioned, auto-scaled or not.
    Provisioned(&'a Provisioned),
    /// On demand.
    OnDemand(&'a Limits),
}

/// What became of one pattern's writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternOutcome {
    /// The caller's number for it.
    pub id: u32,
    /// Units asked for on each arm.
    pub offered: Vec<UnitSum>,
    /// Units refused on each arm, whichever arm was the one that could not.
    pub throttled: Vec<UnitSum>,
    /// Minutes in which something was refused.
    pub throttled_minutes: u64,
}

/// What became of one arm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArmOutcome {
    /// Units asked for.
    pub offered: UnitSum,
    /// Units refused.
    pub throttled: UnitSum,
    /// Minutes in which this arm was the one that could not serve.
    pub limiting_minutes: u64,
    /// The longest run of minutes in which something was refused.
    pub throttled_minutes_longest: u64,
    /// The longest run of minutes in which more was asked for than the capacity
    /// in force serves, burst aside; `None` on demand.
    pub behind_minutes_longest: Option<u64>,
    /// Capacity and bill of all minutes that were run; `None` on demand.
    pub provisioned: Option<Outcome>,
}

/// A table's writes over a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableOutcome {
    /// The table first, then its indexes.
    pub arms: Vec<ArmOutcome>,
    /// The patterns in the order given.
    pub patterns: Vec<PatternOutcome>,
}

enum Supply<'a> {
    Provisioned(Box<Cell<'a>>),
    OnDemand(Box<Ramp>),
}

/// Runs `minutes` minutes from `start_minute` (since the epoch, UTC), the first
/// `before` of which only bring capacity and burst to where the load leaves them
/// and are not counted. `arms` holds the table's capacity and then that of each
/// index.
///
/// A minute's shortage is shared fairly: all patterns are served to the same
/// fraction until an arm is used up, then those that touch it stay there and
/// the others go on (progressive filling).
#[must_use]
pub fn run(
    patterns: &[WritePattern<'_>],
    arms: &[Capacity<'_>],
    start_minute: i64,
    (before, minutes): (usize, usize),
) -> TableOutcome {
    let nothing = || vec![UnitSum::ZERO; arms.len()];
    let mut of_patterns: Vec<PatternOutcome> = patterns
        .iter()
        .map(|pattern| PatternOutcome {
            id: pattern.id,
            offered: nothing(),
            throttled: nothing(),
            throttled_minutes: 0,
        })
        .collect();
    let mut demand = vec![vec![0; arms.len()]; patterns.len()];
    fill_demand(patterns, 0, &mut demand);
    let mut supplies: Vec<Supply<'_>> = arms
        .iter()
        .enumerate()
        .map(|(arm, capacity)| match capacity {
            Capacity::Provisioned(settings) => {
                let first = demand.iter().map(|of_pattern| of_pattern[arm]).sum();
                Supply::Provisioned(Box::new(Cell::new(settings, start_minute, first)))
            }
            Capacity::OnDemand(limits) => Supply::OnDemand(Box::new(Ramp::new(limits))),
        })
        .collect();
    let mut of_arms = vec![ArmCount::default(); arms.len()];
    for minute in 0..minutes {
        fill_demand(patterns, minute, &mut demand);
        let mut left: Vec<u64> = supplies.iter_mut().map(Supply::begin_minute).collect();
        let mut limiting = vec![false; arms.len()];
        let served = share_out(&demand, &mut left, |arm| limiting[arm] = true);
        let counts = minute >= before;
        if counts {
            let of_patterns = of_patterns.iter_mut().zip(demand.iter().zip(&served));
            for (outcome, (wanted, given)) in of_patterns {
                for arm in 0..arms.len() {
                    outcome.offered[arm] += sum(wanted[arm]);
                    outcome.throttled[arm] += sum(wanted[arm] - given[arm]);
                }
                outcome.throttled_minutes += u64::from(wanted != given);
            }
        }
        for (arm, supply) in supplies.iter_mut().enumerate() {
            let offered: u64 = demand.iter().map(|of_pattern| of_pattern[arm]).sum();
            let consumed: u64 = served.iter().map(|of_pattern| of_pattern[arm]).sum();
            if counts {
                let behind = supply.capacity_milli().is_some_and(|capacity| offered > capacity);
                of_arms[arm].add(offered, consumed, limiting[arm], behind);
            }
            supply.end_minute(offered, consumed);
        }
    }
    let arms = of_arms.into_iter().zip(supplies).map(|(count, supply)| {
        let provisioned = match supply {
            Supply::Provisioned(cell) => Some(cell.outcome()),
            Supply::OnDemand(_) => None,
        };
        ArmOutcome {
            offered: count.offered,
            throttled: count.throttled,
            limiting_minutes: count.limiting_minutes,
            throttled_minutes_longest: count.throttled_run.longest(),
            behind_minutes_longest: provisioned.map(|_| count.behind_run.longest()),
            provisioned,
        }
    });
    TableOutcome { arms: arms.collect(), patterns: of_patterns }
}

#[derive(Clone, Default)]
struct ArmCount {
    offered: UnitSum,
    throttled: UnitSum,
    limiting_minutes: u64,
    throttled_run: LongestRun,
    behind_run: LongestRun,
}

impl ArmCount {
    fn add(&mut self, offered: u64, consumed: u64, limits: bool, behind: bool) {
        self.offered += sum(offered);
        self.throttled += sum(offered - consumed);
        self.limiting_minutes += u64::from(limits);
        self.throttled_run.add(consumed < offered);
        self.behind_run.add(behind);
    }
}

impl Supply<'_> {
    fn begin_minute(&mut self) -> u64 {
        match self {
            Self::Provisioned(cell) => {
                cell.begin_minute();
                cell.available_milli()
            }
            Self::OnDemand(ramp) => ramp.available_milli(),
        }
    }

    /// What a minute of the capacity in force serves, burst aside.
    fn capacity_milli(&self) -> Option<u64> {
        match self {
            Self::Provisioned(cell) => Some(u64::from(cell.capacity()) * 60_000),
            Self::OnDemand(_) => None,
        }
    }

    fn end_minute(&mut self, offered_milli: u64, served_milli: u64) {
        match self {
            Self::Provisioned(cell) => cell.end_minute(offered_milli, served_milli),
            Self::OnDemand(ramp) => ramp.end_minute(served_milli),
        }
    }
}

fn sum(milli: u64) -> UnitSum {
    UnitSum::from_milli(u128::from(milli))
}

/// Thousandths of a unit that each pattern wants on each arm. What exceeds the
/// limit of a minute's series is cut there, far beyond any quota.
fn fill_demand(patterns: &[WritePattern<'_>], minute: usize, demand: &mut [Vec<u64>]) {
    let share = u64::try_from(patterns.len().max(1)).unwrap_or(1);
    for (pattern, wanted) in patterns.iter().zip(demand) {
        let calls = u128::from(pattern.calls_milli.get(minute).copied().unwrap_or(0));
        for (arm, wanted) in wanted.iter_mut().enumerate() {
            let per_call = u128::from(pattern.units_micro.get(arm).copied().unwrap_or(0));
            let milli = u64::try_from(calls * per_call / 1_000_000).unwrap_or(u64::MAX);
            *wanted = milli.min(MINUTE_MILLI_MAX / share);
        }
    }
}

/// What each pattern gets on each arm. `left` starts as what each arm has;
/// `limits` is told each arm that runs out.
fn share_out(
    demand: &[Vec<u64>],
    left: &mut [u64],
    mut limits: impl FnMut(usize),
) -> Vec<Vec<u64>> {
    let mut served = demand.to_vec();
    let mut open = vec![true; demand.len()];
    loop {
        let wanted = |arm: usize| -> u64 {
            demand.iter().zip(&open).filter(|(_, open)| **open).map(|(d, _)| d[arm]).sum()
        };
        // The arm that runs out first as all open patterns rise together.
        let mut tightest: Option<(usize, u64, u64)> = None;
        for (arm, &has) in left.iter().enumerate() {
            let wants = wanted(arm);
            let tighter = |(_, other_has, other_wants): (usize, u64, u64)| {
                u128::from(has) * u128::from(other_wants)
                    < u128::from(other_has) * u128::from(wants)
            };
            if wants > has && tightest.is_none_or(tighter) {
                tightest = Some((arm, has, wants));
            }
        }
        let Some((tight, has, wants)) = tightest else { return served };
        limits(tight);
        for (pattern, open) in open.iter_mut().enumerate() {
            if !*open || demand[pattern][tight] == 0 {
                continue;
            }
            *open = false;
            for (arm, left) in left.iter_mut().enumerate() {
                let part = u128::from(demand[pattern][arm]) * u128::from(has) / u128::from(wants);
                let part = u64::try_from(part).expect("no more than was wanted");
                served[pattern][arm] = part;
                *left -= part.min(*left);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::simulate::provisioned;
    use crate::simulate::series::MinuteSeries;
    use crate::simulate::target::TargetPercent;

    const UNIT: u64 = 1_000_000;

    fn pattern(id: u32, calls_milli: &[u64], units: [u64; 3]) -> WritePattern<'_> {
        WritePattern { id, calls_milli, units_micro: units.map(|u| u * UNIT).to_vec() }
    }

    fn units(count: u128) -> UnitSum {
        UnitSum::from_milli(count * 1000)
    }

    /// The table has plenty; index 1 takes half of what pattern 7 writes. So
    /// half of pattern 7 is refused on the table and on index 2 as well, and
    /// pattern 8, which touches index 2 only, is not.
    #[test]
    fn a_throttled_index_throttles_the_writes_of_its_table() {
        let calls = vec![6_000_000; 10];
        let patterns = [pattern(7, &calls, [2, 1, 1]), pattern(8, &calls, [1, 0, 1])];
        let no_burst = |c| Provisioned { burst_seconds: 0, ..Provisioned::flat(c) };
        let (table, first, second) = (no_burst(1000), no_burst(50), no_burst(200));
        let arms = [&table, &first, &second].map(Capacity::Provisioned);
        let outcome = run(&patterns, &arms, 0, (0, 10));
        let seven = &outcome.patterns[0];
        assert_eq!(seven.throttled, [units(60_000), units(30_000), units(30_000)]);
        assert_eq!(outcome.patterns[1].throttled, [UnitSum::ZERO; 3]);
        assert_eq!(outcome.arms[0].throttled, units(60_000));
        assert_eq!(outcome.arms.iter().map(|a| a.limiting_minutes).collect::<Vec<_>>(), [0, 10, 0]);
    }

    /// A step from 1 to 20 units a second on an auto-scaled table: as the plain
    /// simulation climbs, 17 minutes. The day before is not counted, on demand
    /// nothing lags.
    #[test]
    fn a_step_shows_how_long_capacity_lags() {
        let mut calls = vec![6_000_000; 600];
        calls.extend([120_000_000; 180]);
        let patterns = [pattern(1, &calls, [1, 0, 0])];
        let target = TargetPercent::CONSOLE_DEFAULT;
        let scaled = Provisioned::scaled(provisioned::TargetTracking::new(target));
        let limits =
            Limits { warm_units_per_s: 500, ..crate::simulate::on_demand::OnDemand::COLD.writes };
        let of = |capacity, before| run(&patterns, &[capacity], 0, (before, 780)).arms[0];
        let tracked = of(Capacity::Provisioned(&scaled), 0);
        assert_eq!(tracked.behind_minutes_longest, Some(17));
        assert_eq!(tracked.throttled_minutes_longest, 17);
        // Ten minutes into the spike, seven are left.
        let late = of(Capacity::Provisioned(&scaled), 610);
        assert_eq!((late.behind_minutes_longest, late.offered), (Some(7), units(170 * 120_000)));
        // Warm for 500: half an hour until that doubles, and again, and again.
        let on_demand = of(Capacity::OnDemand(&limits), 0);
        assert_eq!(
            (on_demand.behind_minutes_longest, on_demand.throttled_minutes_longest),
            (None, 60)
        );
    }

    /// What pattern 1 cannot use because of its index is left to pattern 2.
    #[test]
    fn capacity_that_refused_writes_leave_goes_to_the_others() {
        let calls = vec![6_000_000];
        let patterns = [pattern(1, &calls, [1, 1, 0]), pattern(2, &calls, [1, 0, 0])];
        let no_burst = |c| Provisioned { burst_seconds: 0, ..Provisioned::flat(c) };
        let (table, index, other) = (no_burst(120), no_burst(20), no_burst(1));
        let arms = [&table, &index, &other].map(Capacity::Provisioned);
        let outcome = run(&patterns, &arms, 0, (0, 1));
        assert_eq!(outcome.patterns[0].throttled[0], units(4_800));
        assert_eq!(outcome.patterns[1].throttled[0], UnitSum::ZERO);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Nothing is lost and no arm serves more than it has; a single pattern
        /// on a single arm is the plain simulation.
        #[test]
        fn consumed_and_throttled_make_what_was_offered(
            calls in prop::collection::vec(prop::collection::vec(0_u64..20_000_000, 40), 1..5),
            touches in prop::collection::vec(prop::array::uniform3(0_u64..4), 5),
            capacities in prop::array::uniform3(1_u32..400),
            scaled in any::<bool>(),
        ) {
            let patterns: Vec<_> = (0_u32..).zip(calls.iter().zip(&touches)).map(|(id, (c, t))| pattern(id, c, *t)).collect();
            let settings = capacities.map(|c| {
                let target = TargetPercent::CONSOLE_DEFAULT;
                if scaled { Provisioned::scaled(provisioned::TargetTracking::new(target)) } else { Provisioned::flat(c) }
            });
            let arms = [0, 1, 2].map(|i| Capacity::Provisioned(&settings[i]));
            let outcome = run(&patterns, &arms, 600, (0, 40));
            for arm in 0..3 {
                let total = |of: fn(&PatternOutcome) -> &Vec<UnitSum>| {
                    outcome.patterns.iter().map(|p| of(p)[arm].milli()).sum::<u128>()
                };
                prop_assert_eq!(total(|p| &p.offered), outcome.arms[arm].offered.milli());
                prop_assert_eq!(total(|p| &p.throttled), outcome.arms[arm].throttled.milli());
                let provisioned = outcome.arms[arm].provisioned.unwrap();
                prop_assert_eq!(provisioned.offered, outcome.arms[arm].offered);
                prop_assert_eq!(provisioned.throttled, outcome.arms[arm].throttled);
            }
            let alone = [pattern(1, &calls[0], [1, 0, 0])];
            let single = run(&alone, &arms[..1], 600, (0, 40)).arms[0].provisioned.unwrap();
            let series = MinuteSeries::new(600, calls[0].clone()).unwrap();
            prop_assert_eq!(single, provisioned::run(&series, &settings[0]));
        }
    }
}
