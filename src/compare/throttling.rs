//! What a capacity mode refuses of a design's load, and of whose calls.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::demand::{Arm, Demand};
use crate::design::Design;
use crate::scenario::Mode;
use crate::simulate::backpressure::{self, Capacity, Days, WritePattern};
use crate::simulate::days::day_by_day;
use crate::simulate::keys::Direction;
use crate::simulate::on_demand::{self, Limits, Ramp};
use crate::simulate::provisioned::{Minute, Provisioned, run_days_each};
use crate::simulate::{LongestRun, UnitSum};

use super::arm_use::ArmUse;
use super::arrival::LoadCurve;
use super::billing::Billing;
use super::calls::{Calls, calls_of, jump};
use super::chance::without_burst;
use super::hot_keys::HotKeys;
use super::throughput::{TableUse, capacity_units, tracking};

/// What is refused of a month's load.
#[derive(Clone, Debug, PartialEq)]
pub struct Throttling {
    /// Multiple of today's load.
    pub load: f64,
    /// Share of the units asked for that is refused, with 300 seconds of unused
    /// capacity kept as burst.
    pub share: f64,
    /// The same without any burst and with calls that come at random within a
    /// minute: what is refused lies between the two, since AWS keeps burst as
    /// best it can.
    pub share_without_burst: f64,
    /// The same at the low and the high end of the range that the plan gives the
    /// dispersion of the calls in a second.
    pub share_without_burst_range: (f64, f64),
    /// The part of each of these that is refused because one key takes no more,
    /// in any mode.
    pub share_of_hot_keys: f64,
    /// The longest run of minutes in which a table or index refuses something, of
    /// all of them; hot keys aside.
    pub throttled_minutes_longest: u64,
    /// The longest run of minutes in which more is asked of a table or index than
    /// the capacity in force serves, burst aside: how far it lags behind a step.
    /// `None` where all is on demand.
    pub behind_minutes_longest: Option<u64>,
    /// Patterns of which something is refused, by position in the workload,
    /// with the share of their units; the worst first.
    pub patterns: Vec<(usize, f64)>,
}

/// How a table or index is provided for.
enum Supply {
    Provisioned(Provisioned),
    OnDemand(Limits),
}

/// Units asked for and refused, by pattern and as a whole.
#[derive(Default)]
struct Count {
    patterns: BTreeMap<usize, (f64, f64)>,
    /// What busy keys of the table at hand refuse.
    hot: BTreeMap<(Arm, bool, usize), f64>,
    offered: f64,
    refused: f64,
    refused_of_hot_keys: f64,
    throttled_minutes_longest: u64,
    behind_minutes_longest: Option<u64>,
    /// Whether what is refused without burst is counted too, which takes longer.
    with_band: bool,
    /// At the dispersion in use, and at the ends of its range.
    refused_without_burst: [f64; 3],
}

/// Runs a design's demand at a multiple of today's load under a mode.
#[must_use]
pub fn throttling(
    billing: &Billing<'_>,
    design: &Design,
    used: (&Demand, &[ArmUse]),
    hot: &[HotKeys],
    mode: Mode,
    load: Decimal,
) -> Throttling {
    let count = Count { with_band: true, ..Count::default() };
    let count = count.of(billing, design, used, hot, mode, load);
    let mut patterns: Vec<(usize, f64)> = count
        .patterns
        .iter()
        .filter(|(_, (_, refused))| *refused > 0.0)
        .map(|(pattern, (offered, refused))| (*pattern, refused / offered))
        .collect();
    patterns.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let [without_burst, low, high] = count
        .refused_without_burst
        .map(|refused| count.share(refused).max(count.share(count.refused)));
    Throttling {
        load: load.to_f64().unwrap_or(f64::NAN),
        share_of_hot_keys: count.share(count.refused_of_hot_keys),
        share: count.share(count.refused),
        share_without_burst: without_burst,
        share_without_burst_range: (low, high),
        throttled_minutes_longest: count.throttled_minutes_longest,
        behind_minutes_longest: count.behind_minutes_longest,
        patterns,
    }
}

/// The share of [`Throttling`] alone.
#[must_use]
pub fn throttled_share(
    billing: &Billing<'_>,
    design: &Design,
    used: (&Demand, &[ArmUse]),
    hot: &[HotKeys],
    mode: Mode,
    load: Decimal,
) -> f64 {
    let count = Count::default().of(billing, design, used, hot, mode, load);
    count.share(count.refused)
}

impl Count {
    fn share(&self, refused: f64) -> f64 {
        if self.offered > 0.0 { refused / self.offered } else { 0.0 }
    }

    fn of(
        mut self,
        billing: &Billing<'_>,
        design: &Design,
        (demand, uses): (&Demand, &[ArmUse]),
        hot: &[HotKeys],
        mode: Mode,
        load: Decimal,
    ) -> Self {
        let multiple = load.to_f64().unwrap_or(f64::NAN);
        let refused: Vec<(Arm, Direction, BTreeMap<usize, f64>)> = hot
            .iter()
            .map(|hot| {
                let curve = billing.arrival.together(hot.units_by_pattern());
                (hot.arm, hot.direction, hot.refused(multiple, curve.counted()))
            })
            .collect();
        for uses in uses.chunk_by(|a, b| a.arm.table == b.arm.table) {
            let table = &design.tables[uses[0].arm.table];
            let settings = billing.settings.dynamodb.table(&table.name);
            let mode = settings.mode.unwrap_or(mode);
            let of = TableUse { table, settings, uses };
            let arms: Vec<ArmUse> = of.by_capacity().into_values().collect();
            let calls = calls_of(demand, &of, &arms);
            self.hot = hot_shares(&refused, &arms);
            writes(billing, &of, &arms, &calls, mode, load, &mut self);
            for (at, used) in arms.iter().enumerate() {
                reads(billing, &of, (at, used), &calls, mode, load, &mut self);
            }
        }
        self
    }
}

/// Writes of a table with its indexes: a write waits for the slowest of them.
fn writes(
    billing: &Billing<'_>,
    of: &TableUse<'_>,
    arms: &[ArmUse],
    calls: &[Calls],
    mode: Mode,
    load: Decimal,
    count: &mut Count,
) {
    let calls: Vec<&Calls> =
        calls.iter().filter(|one| one.writes.iter().any(|units| !units.is_zero())).collect();
    let (usual, kinds) = (billing.arrival.usual(), billing.arrival.kinds());
    let month_minutes = billing.conventions.month_seconds() / Decimal::from(60);
    let milli: Vec<Vec<Vec<u64>>> = calls
        .iter()
        .map(|one| {
            let mean = (one.per_month * load / month_minutes).to_f64().unwrap_or(0.0) * 1000.0;
            let curve = billing.arrival.of_pattern(one.pattern);
            let day = |first: &usize| {
                curve.day(*first).iter().map(|factor| whole(mean * factor)).collect()
            };
            kinds.first().iter().map(day).collect()
        })
        .collect();
    let patterns: Vec<WritePattern<'_>> = calls
        .iter()
        .zip(&milli)
        .map(|(one, calls_milli)| WritePattern {
            id: u32::try_from(one.pattern).unwrap_or(u32::MAX),
            calls_milli,
            units_micro: one.writes.iter().map(|units| micro(*units)).collect(),
        })
        .collect();
    let curves: Vec<Cow<'_, LoadCurve>> =
        arms.iter().map(|used| billing.arrival.of_units(&used.writers)).collect();
    let supplies: Vec<Supply> = arms
        .iter()
        .zip(&curves)
        .map(|(used, curve)| {
            let demand = (Direction::Writes, used.write_units * load);
            supply(billing, of, (used, curve), demand, mode)
        })
        .collect();
    let capacities: Vec<Capacity<'_>> = supplies
        .iter()
        .map(|supply| match supply {
            Supply::Provisioned(settings) => Capacity::Provisioned(settings),
            Supply::OnDemand(limits) => Capacity::OnDemand(limits),
        })
        .collect();
    let days =
        Days { start_minute: usual.all().0, order: kinds.order(), before: usual.days_before() };
    let outcome = backpressure::run(&patterns, &capacities, days);
    for arm in &outcome.arms {
        count.add_runs(arm.throttled_minutes_longest, arm.behind_minutes_longest);
    }
    for (one, outcome) in calls.iter().zip(&outcome.patterns) {
        let sum = |units: &[UnitSum]| units.iter().map(|units| units.as_f64()).sum::<f64>();
        let (offered, refused) = (sum(&outcome.offered), sum(&outcome.throttled));
        let hot = arms.iter().enumerate().filter(|(at, _)| !one.writes[*at].is_zero());
        let hot = hot.map(|(_, used)| count.hot_share(used.arm, Direction::Writes, one.pattern));
        count.add(one.pattern, offered, refused, hot.fold(0.0, f64::max));
    }
    for (at, (used, (supply, curve))) in arms.iter().zip(supplies.iter().zip(&curves)).enumerate() {
        if let (Supply::Provisioned(settings), true) = (supply, count.with_band) {
            let jump = jump(calls.iter().copied(), |one| one.writes[at]);
            let refused = without_burst(billing, settings, curve, used.write_units * load, jump);
            count.add_without_burst(refused);
        }
    }
}

/// Reads of a table or index; what is refused falls on all who read there alike.
fn reads(
    billing: &Billing<'_>,
    of: &TableUse<'_>,
    (at, used): (usize, &ArmUse),
    calls: &[Calls],
    mode: Mode,
    load: Decimal,
    count: &mut Count,
) {
    if used.read_units.is_zero() {
        return;
    }
    let units = used.read_units * load;
    let curve = billing.arrival.of_units(&used.readers);
    let Some(days) = curve.loads(units) else { return };
    let supply = supply(billing, of, (used, &curve), (Direction::Reads, units), mode);
    let mut seen = Seen::default();
    let mut add = |day: usize, of_day: &Seen| {
        if day >= curve.days_before() {
            seen.append(of_day);
        }
    };
    match &supply {
        Supply::Provisioned(settings) => {
            let each = |of_day: &mut Seen, minute: Minute| {
                let capacity = Some(minute.capacity_milli());
                of_day.add((minute.offered_milli, minute.served_milli), capacity);
            };
            run_days_each(&days, settings, each, |day, _, of_day| add(day, of_day));
        }
        Supply::OnDemand(limits) => {
            let run = |mut ramp: Ramp, kind: usize| {
                let mut of_day = Seen::default();
                for &offered in days.different(kind).milli() {
                    let served = offered.min(ramp.available_milli());
                    of_day.add((offered, served), None);
                    ramp.end_minute(served);
                }
                (ramp, of_day)
            };
            day_by_day(days.order(), Ramp::new(limits), run, add);
        }
    }
    count.add_runs(seen.throttled_run.longest(), seen.behind_run.map(LongestRun::longest));
    let (offered, refused) = (seen.offered.as_f64(), seen.refused.as_f64());
    let all_units: Decimal = calls.iter().map(|one| one.per_month * one.reads[at]).sum();
    for one in calls.iter().filter(|one| !one.reads[at].is_zero()) {
        let share = (one.per_month * one.reads[at] / all_units).to_f64().unwrap_or(0.0);
        let hot = count.hot_share(used.arm, Direction::Reads, one.pattern);
        count.add(one.pattern, offered * share, refused * share, hot);
    }
    if let (Supply::Provisioned(settings), true) = (&supply, count.with_band) {
        let jump = jump(calls, |one| one.reads[at]);
        count.add_without_burst(without_burst(billing, settings, &curve, units, jump));
    }
}

/// What is seen of a load minute by minute.
#[derive(Default)]
struct Seen {
    offered: UnitSum,
    refused: UnitSum,
    throttled_run: LongestRun,
    behind_run: Option<LongestRun>,
}

impl Seen {
    fn add(&mut self, (offered, served): (u64, u64), capacity: Option<u64>) {
        let sum = |milli: u64| UnitSum::from_milli(u128::from(milli));
        self.offered += sum(offered);
        self.refused += sum(offered - served);
        self.throttled_run.add(served < offered);
        if let Some(capacity) = capacity {
            self.behind_run.get_or_insert_default().add(offered > capacity);
        }
    }

    fn append(&mut self, next: &Self) {
        self.offered += next.offered;
        self.refused += next.refused;
        self.throttled_run.append(next.throttled_run);
        if let Some(next) = next.behind_run {
            self.behind_run.get_or_insert_default().append(next);
        }
    }
}

impl Count {
    fn add_runs(&mut self, throttled: u64, behind: Option<u64>) {
        self.throttled_minutes_longest = self.throttled_minutes_longest.max(throttled);
        self.behind_minutes_longest = self.behind_minutes_longest.max(behind);
    }

    fn add_without_burst(&mut self, refused: [f64; 3]) {
        for (sum, more) in self.refused_without_burst.iter_mut().zip(refused) {
            *sum += more;
        }
    }

    /// Share of a pattern's units on a table or index that its busiest keys
    /// refuse.
    fn hot_share(&self, arm: Arm, direction: Direction, pattern: usize) -> f64 {
        self.hot.get(&(arm, direction == Direction::Writes, pattern)).copied().unwrap_or(0.0)
    }

    /// `hot` is the share of what the capacity lets through that busy keys
    /// refuse.
    fn add(&mut self, pattern: usize, offered: f64, refused: f64, hot: f64) {
        let hot = (offered - refused).max(0.0) * hot;
        let one = self.patterns.entry(pattern).or_default();
        one.0 += offered;
        one.1 += refused + hot;
        self.offered += offered;
        self.refused += refused + hot;
        self.refused_of_hot_keys += hot;
        self.add_without_burst([hot; 3]);
    }
}

/// The shares that busy keys refuse of each pattern, by table or index and
/// whether it writes.
fn hot_shares(
    refused: &[(Arm, Direction, BTreeMap<usize, f64>)],
    arms: &[ArmUse],
) -> BTreeMap<(Arm, bool, usize), f64> {
    refused
        .iter()
        .filter(|(arm, ..)| arms.iter().any(|used| used.arm == *arm))
        .flat_map(|(arm, direction, patterns)| {
            let writes = *direction == Direction::Writes;
            patterns.iter().map(move |(&pattern, &share)| ((*arm, writes, pattern), share))
        })
        .collect()
}

/// The capacity that the bill is for. On demand the table is taken to have had
/// days like these before, and quotas to be raised in time: findings say when
/// that is needed.
fn supply(
    billing: &Billing<'_>,
    of: &TableUse<'_>,
    (used, curve): (&ArmUse, &LoadCurve),
    (direction, units_per_month): (Direction, Decimal),
    mode: Mode,
) -> Supply {
    let target = of.target_percent(used.arm);
    match mode {
        Mode::Provisioned => {
            let capacity = capacity_units(billing, curve, target, units_per_month);
            Supply::Provisioned(Provisioned::flat(capacity.to_u32().unwrap_or(u32::MAX / 4)))
        }
        Mode::AutoScaled => Supply::Provisioned(tracking(billing, target, units_per_month)),
        Mode::OnDemand => {
            let days = curve.loads(units_per_month);
            let day_before = days.as_ref().and_then(|days| days.iter().next());
            let peak = day_before.map_or(0, |day| day.peak_milli().div_ceil(60_000));
            let set = of.settings.on_demand;
            let (cold, warm, maximum) = match direction {
                Direction::Reads => (on_demand::COLD_READ_UNITS_PER_S, set.warm_read, set.max_read),
                Direction::Writes => {
                    (on_demand::COLD_WRITE_UNITS_PER_S, set.warm_write, set.max_write)
                }
            };
            Supply::OnDemand(Limits {
                warm_units_per_s: warm.unwrap_or(cold),
                previous_peak_units_per_s: u32::try_from(peak).unwrap_or(u32::MAX),
                maximum_units_per_s: maximum,
                quota_units_per_s: u32::MAX,
            })
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count, not negative and far below 2^53"
)]
fn whole(count: f64) -> u64 {
    count.round() as u64
}

fn micro(units: Decimal) -> u64 {
    (units * Decimal::from(1_000_000)).round().to_u64().unwrap_or(0)
}
