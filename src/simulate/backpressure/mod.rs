//! Writes to a table with global secondary indexes, by access pattern.
//!
//! "If a GSI is throttled, writes to the base table are throttled too"
//! (Developer Guide, "Global secondary indexes: provisioned throughput
//! considerations"): a write is served only as far as the table and every index
//! it touches can serve it. Capacity that refused writes leave unused goes to
//! the others.

use super::days::day_by_day;
use super::on_demand::{Limits, Ramp};
use super::provisioned::{Cell, Provisioned};
use super::runs::LongestRun;
use super::series::{MINUTE_MILLI_MAX, UnitSum};

/// One access pattern that writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WritePattern<'a> {
    /// The caller's number for it.
    pub id: u32,
    /// Thousandths of a call in each minute of each different day; all patterns'
    /// days of a kind have as many minutes.
    pub calls_milli: &'a [Vec<u64>],
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
}

/// A table's writes over a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableOutcome {
    /// The table first, then its indexes.
    pub arms: Vec<ArmOutcome>,
    /// The patterns in the order given.
    pub patterns: Vec<PatternOutcome>,
}

/// Days that are run one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Days<'a> {
    /// Minutes from the epoch (UTC) to the first one.
    pub start_minute: i64,
    /// Which of the different days comes when. All but the last end at midnight.
    pub order: &'a [usize],
    /// How many of them only bring capacity and burst to where the load leaves
    /// them and are not counted.
    pub before: usize,
}

#[derive(Clone, PartialEq)]
enum Supply<'a> {
    Provisioned(Box<Cell<'a>>),
    OnDemand(Box<Ramp>),
}

/// Runs a table's writes. `arms` holds the table's capacity and then that of each
/// index.
///
/// A minute's shortage is shared fairly: all patterns are served to the same
/// fraction until an arm is used up, then those that touch it stay there and
/// the others go on (progressive filling).
#[must_use]
pub fn run(patterns: &[WritePattern<'_>], arms: &[Capacity<'_>], days: Days<'_>) -> TableOutcome {
    let mut first = Demand::new(patterns, arms.len());
    if let Some(kind) = days.order.first() {
        first.fill(patterns, (*kind, 0));
    }
    let supplies: Vec<Supply<'_>> = arms
        .iter()
        .enumerate()
        .map(|(arm, capacity)| match capacity {
            Capacity::Provisioned(settings) => {
                let offered = first.offered(arm);
                Supply::Provisioned(Box::new(Cell::new(settings, days.start_minute, offered)))
            }
            Capacity::OnDemand(limits) => Supply::OnDemand(Box::new(Ramp::new(limits))),
        })
        .collect();
    let mut sum = DayCount::new(patterns, arms);
    day_by_day(
        days.order,
        supplies,
        |supplies, kind| run_day(patterns, arms, supplies, kind),
        |day, of_day| {
            if day >= days.before {
                sum.append(of_day);
            }
        },
    );
    sum.outcome()
}

fn run_day<'a>(
    patterns: &[WritePattern<'_>],
    arms: &[Capacity<'_>],
    mut supplies: Vec<Supply<'a>>,
    kind: usize,
) -> (Vec<Supply<'a>>, DayCount) {
    let mut of_day = DayCount::new(patterns, arms);
    let mut demand = Demand::new(patterns, arms.len());
    let minutes = patterns.first().map_or(0, |pattern| pattern.calls_milli[kind].len());
    for minute in 0..minutes {
        demand.fill(patterns, (kind, minute));
        let mut left: Vec<u64> = supplies.iter_mut().map(Supply::begin_minute).collect();
        let mut limiting = vec![false; arms.len()];
        let served = share_out(&demand.milli, &mut left, |arm| limiting[arm] = true);
        for (outcome, (wanted, given)) in
            of_day.patterns.iter_mut().zip(demand.milli.iter().zip(&served))
        {
            for arm in 0..arms.len() {
                outcome.offered[arm] += sum(wanted[arm]);
                outcome.throttled[arm] += sum(wanted[arm] - given[arm]);
            }
            outcome.throttled_minutes += u64::from(wanted != given);
        }
        for (arm, supply) in supplies.iter_mut().enumerate() {
            let offered = demand.offered(arm);
            let consumed: u64 = served.iter().map(|of_pattern| of_pattern[arm]).sum();
            let behind = supply.capacity_milli().map(|capacity| offered > capacity);
            of_day.arms[arm].add(offered, consumed, limiting[arm], behind);
            supply.end_minute(offered, consumed);
        }
    }
    (supplies.into_iter().map(Supply::end_day).collect(), of_day)
}

/// What became of some minutes.
struct DayCount {
    arms: Vec<ArmCount>,
    patterns: Vec<PatternOutcome>,
}

impl DayCount {
    fn new(patterns: &[WritePattern<'_>], arms: &[Capacity<'_>]) -> Self {
        let nothing = || vec![UnitSum::ZERO; arms.len()];
        let of_arm = |capacity: &Capacity<'_>| ArmCount {
            behind_run: matches!(capacity, Capacity::Provisioned(_)).then(LongestRun::default),
            ..ArmCount::default()
        };
        let of_pattern = |pattern: &WritePattern<'_>| PatternOutcome {
            id: pattern.id,
            offered: nothing(),
            throttled: nothing(),
            throttled_minutes: 0,
        };
        Self {
            arms: arms.iter().map(of_arm).collect(),
            patterns: patterns.iter().map(of_pattern).collect(),
        }
    }

    fn append(&mut self, next: &Self) {
        for (sum, more) in self.arms.iter_mut().zip(&next.arms) {
            sum.append(more);
        }
        for (sum, more) in self.patterns.iter_mut().zip(&next.patterns) {
            for arm in 0..sum.offered.len() {
                sum.offered[arm] += more.offered[arm];
                sum.throttled[arm] += more.throttled[arm];
            }
            sum.throttled_minutes += more.throttled_minutes;
        }
    }

    fn outcome(self) -> TableOutcome {
        let arms = self.arms.into_iter().map(|count| ArmOutcome {
            offered: count.offered,
            throttled: count.throttled,
            limiting_minutes: count.limiting_minutes,
            throttled_minutes_longest: count.throttled_run.longest(),
            behind_minutes_longest: count.behind_run.map(LongestRun::longest),
        });
        TableOutcome { arms: arms.collect(), patterns: self.patterns }
    }
}

#[derive(Clone, Default)]
struct ArmCount {
    offered: UnitSum,
    throttled: UnitSum,
    limiting_minutes: u64,
    throttled_run: LongestRun,
    /// `None` on demand.
    behind_run: Option<LongestRun>,
}

impl ArmCount {
    fn add(&mut self, offered: u64, consumed: u64, limits: bool, behind: Option<bool>) {
        self.offered += sum(offered);
        self.throttled += sum(offered - consumed);
        self.limiting_minutes += u64::from(limits);
        self.throttled_run.add(consumed < offered);
        if let Some((run, behind)) = self.behind_run.as_mut().zip(behind) {
            run.add(behind);
        }
    }

    fn append(&mut self, next: &Self) {
        self.offered += next.offered;
        self.throttled += next.throttled;
        self.limiting_minutes += next.limiting_minutes;
        self.throttled_run.append(next.throttled_run);
        if let Some((run, next)) = self.behind_run.as_mut().zip(next.behind_run) {
            run.append(next);
        }
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

    /// The state as the next day begins; after a last day that ends before
    /// midnight none does.
    fn end_day(self) -> Self {
        match self {
            Self::Provisioned(cell) if cell.is_midnight() => {
                Self::Provisioned(Box::new(cell.end_day().0))
            }
            other => other,
        }
    }
}

fn sum(milli: u64) -> UnitSum {
    UnitSum::from_milli(u128::from(milli))
}

/// Thousandths of a unit that each pattern wants on each arm in a minute.
struct Demand {
    milli: Vec<Vec<u64>>,
}

impl Demand {
    fn new(patterns: &[WritePattern<'_>], arms: usize) -> Self {
        Self { milli: vec![vec![0; arms]; patterns.len()] }
    }

    /// Those of a minute of a kind of day. What exceeds the limit of a minute's
    /// series is cut there, far beyond any quota.
    fn fill(&mut self, patterns: &[WritePattern<'_>], (kind, minute): (usize, usize)) {
        let share = u64::try_from(patterns.len().max(1)).unwrap_or(1);
        for (pattern, wanted) in patterns.iter().zip(&mut self.milli) {
            let calls = pattern.calls_milli[kind].get(minute).copied().unwrap_or(0);
            for (arm, wanted) in wanted.iter_mut().enumerate() {
                let per_call = u128::from(pattern.units_micro.get(arm).copied().unwrap_or(0));
                let milli =
                    u64::try_from(u128::from(calls) * per_call / 1_000_000).unwrap_or(u64::MAX);
                *wanted = milli.min(MINUTE_MILLI_MAX / share);
            }
        }
    }

    fn offered(&self, arm: usize) -> u64 {
        self.milli.iter().map(|of_pattern| of_pattern[arm]).sum()
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
mod tests;
