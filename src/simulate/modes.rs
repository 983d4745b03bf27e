//! One recorded load under each capacity mode: what is used, refused and billed.

use std::ops::ControlFlow;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::on_demand::{self, OnDemand, Refused};
use super::provisioned::{self, BilledCapacity, HourBasis, Provisioned, TargetTracking};
use super::runs::LongestRun;
use super::search::{self, SearchSpace};
use super::series::{MinuteSeries, UnitSum};
use super::target::TargetPercent;
use crate::units::Usd;

/// Hours of a month, as AWS's own calculator has it; the convention of every
/// monthly figure here.
pub const MONTH_HOURS: u32 = 730;

/// Prices of throughput in one Region and table class, as dollars a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThroughputPrices {
    /// A read request unit (on-demand).
    pub read_request: Usd,
    /// A write request unit (on-demand).
    pub write_request: Usd,
    /// A read capacity unit for an hour (provisioned).
    pub read_capacity_hour: Usd,
    /// A write capacity unit for an hour (provisioned).
    pub write_capacity_hour: Usd,
}

/// How one direction is provisioned or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// On-demand: a mode of the whole table, so of both directions.
    OnDemand,
    /// A fixed capacity, in units a second.
    Flat(u32),
    /// Auto scaling.
    AutoScaled(TargetTracking),
}

/// What is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Billed {
    /// Request units asked for. Refused ones are in it: a client that retries
    /// pays for them once they succeed, so refusing never looks cheaper, and
    /// the bill is exactly linear in calls.
    Requests(UnitSum),
    /// Capacity, used or not.
    Capacity(BilledCapacity),
}

/// One direction under one setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectionUse {
    /// The setting.
    pub setting: Setting,
    /// Units asked for.
    pub offered: UnitSum,
    /// Units refused.
    pub throttled: UnitSum,
    /// The same if nothing unused were kept for bursts, which AWS does as best it
    /// can: what is refused lies between the two.
    pub throttled_without_burst: UnitSum,
    /// What refused it on demand; `None` with provisioned capacity.
    pub refused: Option<Refused>,
    /// Minutes in which something was refused.
    pub throttled_minutes: u64,
    /// The longest run of such minutes: how long a spike hurts.
    pub throttled_minutes_longest: u64,
    /// The first of them, counted from the start of the series.
    pub first_throttled_minute: Option<u64>,
    /// The longest run of minutes in which more was asked for than the capacity
    /// in force serves, by burst or not at all: how far capacity lags behind a
    /// step. `None` on demand.
    pub behind_minutes_longest: Option<u64>,
    /// The largest capacity in force, in units a second; `None` on demand.
    pub capacity_peak: Option<u32>,
    /// What is paid for.
    pub billed: Billed,
}

/// A load under one setting of both directions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModeUse {
    /// Minutes of the load.
    pub minutes: u64,
    /// Reads.
    pub reads: DirectionUse,
    /// Writes.
    pub writes: DirectionUse,
}

impl ModeUse {
    /// The bill for exactly these minutes.
    #[must_use]
    pub fn period_usd(&self, prices: &ThroughputPrices, hours: HourBasis) -> Usd {
        let of = |used: &DirectionUse, request: Usd, capacity_hour: Usd| match &used.billed {
            Billed::Requests(units) => request * units.units(),
            Billed::Capacity(capacity) => capacity_hour * capacity.unit_hours(hours),
        };
        of(&self.reads, prices.read_request, prices.read_capacity_hour)
            + of(&self.writes, prices.write_request, prices.write_capacity_hour)
    }

    /// The bill for a month of such minutes; `None` for an empty load.
    #[must_use]
    pub fn monthly_usd(&self, prices: &ThroughputPrices, hours: HourBasis) -> Option<Usd> {
        let month = Decimal::from(MONTH_HOURS * 60);
        let minutes = Decimal::from(self.minutes);
        let period = self.period_usd(prices, hours).get();
        (self.minutes > 0).then(|| Usd::new(period * month / minutes))
    }

    /// Units refused in both directions.
    #[must_use]
    pub fn throttled(&self) -> UnitSum {
        self.reads.throttled + self.writes.throttled
    }
}

/// The load on demand.
#[must_use]
pub fn on_demand(reads: &MinuteSeries, writes: &MinuteSeries, table: &OnDemand) -> ModeUse {
    let (mut of_reads, mut of_writes) = (LongestRun::default(), LongestRun::default());
    let at = |series: &MinuteSeries, minute: u64| {
        usize::try_from(minute).ok().and_then(|i| series.milli().get(i)).copied().unwrap_or(0)
    };
    let outcome = on_demand::run_each(reads, writes, table, |minute| {
        of_reads.add(at(reads, minute.index) > minute.reads_milli);
        of_writes.add(at(writes, minute.index) > minute.writes_milli);
        ControlFlow::Continue(())
    });
    let used = |direction: &on_demand::DirectionOutcome, run: LongestRun| DirectionUse {
        setting: Setting::OnDemand,
        offered: direction.offered,
        throttled: direction.refused.total(),
        throttled_without_burst: direction.refused.total(),
        refused: Some(direction.refused),
        throttled_minutes: direction.refused_minutes,
        throttled_minutes_longest: run.longest(),
        first_throttled_minute: direction.first_refused_minute,
        behind_minutes_longest: None,
        capacity_peak: None,
        billed: Billed::Requests(direction.offered),
    };
    ModeUse {
        minutes: minutes(reads, writes),
        reads: used(&outcome.reads, of_reads),
        writes: used(&outcome.writes, of_writes),
    }
}

/// The load under provisioned capacity, each direction with its own setting.
#[must_use]
pub fn provisioned(
    (reads, read_setting): (&MinuteSeries, &Provisioned),
    (writes, write_setting): (&MinuteSeries, &Provisioned),
) -> ModeUse {
    ModeUse {
        minutes: minutes(reads, writes),
        reads: direction(reads, read_setting),
        writes: direction(writes, write_setting),
    }
}

/// One minute of one direction, for a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CourseMinute {
    /// Units a second asked for.
    pub demand: f64,
    /// Units a second in force; `None` on demand.
    pub capacity: Option<f64>,
    /// Units a second refused.
    pub throttled: f64,
}

/// Reads and writes of a load minute by minute, under settings that it was run
/// under before.
#[must_use]
pub fn course(
    (reads, read_setting): (&MinuteSeries, &Setting),
    (writes, write_setting): (&MinuteSeries, &Setting),
    table: &OnDemand,
) -> [Vec<CourseMinute>; 2] {
    let per_second = |milli: u64| UnitSum::from_milli(u128::from(milli)).as_f64() / 60.0;
    let provisioned = |series: &MinuteSeries, settings: &Provisioned| {
        let mut minutes = Vec::with_capacity(series.len());
        provisioned::run_each(series, settings, |minute| {
            minutes.push(CourseMinute {
                demand: per_second(minute.offered_milli),
                capacity: Some(f64::from(minute.capacity)),
                throttled: per_second(minute.throttled_milli()),
            });
            ControlFlow::Continue(())
        });
        minutes
    };
    let one = |series: &MinuteSeries, setting: &Setting, served: &[u64]| match setting {
        Setting::Flat(capacity) => provisioned(series, &Provisioned::flat(*capacity)),
        Setting::AutoScaled(policy) => provisioned(series, &Provisioned::scaled(policy.clone())),
        Setting::OnDemand => series
            .milli()
            .iter()
            .zip(served)
            .map(|(offered, served)| CourseMinute {
                demand: per_second(*offered),
                capacity: None,
                throttled: per_second(offered - served),
            })
            .collect(),
    };
    let (mut served_reads, mut served_writes) = (Vec::new(), Vec::new());
    if *read_setting == Setting::OnDemand {
        on_demand::run_each(reads, writes, table, |minute| {
            served_reads.push(minute.reads_milli);
            served_writes.push(minute.writes_milli);
            ControlFlow::Continue(())
        });
    }
    [one(reads, read_setting, &served_reads), one(writes, write_setting, &served_writes)]
}

/// The cheapest mode and settings.
#[derive(Clone, Debug, PartialEq)]
pub struct BestUse {
    /// How they fare.
    pub used: ModeUse,
    /// How much less than their bill a setting that was not run can come to, as a
    /// share of it; `None` if there is none.
    pub not_run_below: Option<f64>,
}

/// The cheapest mode and settings that throttle no more than allowed in either
/// direction: on demand for the table, or the best provisioned setting of each
/// direction by [`search::cheapest`]. Ties go to on-demand capacity. `None` if
/// none throttles so little.
#[must_use]
pub fn best(
    (reads, read_space): (&MinuteSeries, &SearchSpace),
    (writes, write_space): (&MinuteSeries, &SearchSpace),
    table: &OnDemand,
    prices: &ThroughputPrices,
) -> Option<BestUse> {
    let usd = |used: &ModeUse| used.period_usd(prices, read_space.hours);
    let on_demand = Some(on_demand(reads, writes, table)).filter(|used| {
        used.reads.throttled <= read_space.throttled_max
            && used.writes.throttled <= write_space.throttled_max
    });
    let read_best = search::cheapest(reads, read_space);
    let write_best = search::cheapest(writes, write_space);
    let provisioned = read_best.zip(write_best).map(|(read, write)| {
        // Of the sum no greater share can be saved than of either part.
        let below = [read.not_run_below, write.not_run_below].into_iter().flatten();
        BestUse {
            used: provisioned((reads, &read.settings), (writes, &write.settings)),
            not_run_below: below.reduce(f64::max),
        }
    });
    match (on_demand, provisioned) {
        (Some(used), Some(other)) if usd(&other.used) >= usd(&used) => {
            // What the others can come to, against the bill on demand.
            let ratio = (usd(&other.used).get() / usd(&used).get().max(Decimal::new(1, 20)))
                .to_f64()
                .unwrap_or(f64::INFINITY);
            let below = other.not_run_below.map(|below| 1.0 - (1.0 - below) * ratio);
            Some(BestUse { used, not_run_below: below.filter(|below| *below > 0.0) })
        }
        (on_demand, None) => on_demand.map(|used| BestUse { used, not_run_below: None }),
        (_, provisioned) => provisioned,
    }
}

/// Flat capacity that throttles nothing, or the table quota where even that
/// would be too little.
#[must_use]
pub fn flat(series: &MinuteSeries, min: u32, max: u32) -> Provisioned {
    let smallest = search::smallest_flat(series, UnitSum::ZERO);
    Provisioned::flat(smallest.max(min).min(max).max(1))
}

/// Auto scaling by a policy, at another target.
#[must_use]
pub fn auto_scaled(policy: &TargetTracking, target: TargetPercent) -> Provisioned {
    Provisioned::scaled(TargetTracking { target, ..policy.clone() })
}

fn direction(series: &MinuteSeries, settings: &Provisioned) -> DirectionUse {
    let (mut throttled, mut behind) = (Throttled::default(), LongestRun::default());
    let outcome = provisioned::run_each(series, settings, |minute| {
        throttled.add(minute.index, minute.throttled_milli() > 0);
        behind.add(minute.offered_milli > minute.capacity_milli());
        ControlFlow::Continue(())
    });
    let burstless = Provisioned { burst_seconds: 0, ..settings.clone() };
    let setting = match &settings.scaling {
        Some(policy) => Setting::AutoScaled(policy.clone()),
        None => Setting::Flat(outcome.capacity_peak),
    };
    DirectionUse {
        setting,
        offered: outcome.offered,
        throttled: outcome.throttled,
        throttled_without_burst: provisioned::run(series, &burstless)
            .throttled
            .max(outcome.throttled),
        refused: None,
        throttled_minutes: outcome.throttled_minutes,
        throttled_minutes_longest: throttled.run.longest(),
        first_throttled_minute: throttled.first,
        behind_minutes_longest: Some(behind.longest()),
        capacity_peak: Some(outcome.capacity_peak),
        billed: Billed::Capacity(outcome.billed),
    }
}

fn minutes(reads: &MinuteSeries, writes: &MinuteSeries) -> u64 {
    reads.len().max(writes.len()) as u64
}

/// Throttled minutes: the first, and the longest run of them.
#[derive(Default)]
struct Throttled {
    first: Option<u64>,
    run: LongestRun,
}

impl Throttled {
    fn add(&mut self, minute: u64, throttled: bool) {
        if throttled {
            self.first = self.first.or(Some(minute));
        }
        self.run.add(throttled);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Prices of us-east-1 since November 2024, as AWS's own tools have them.
    fn prices() -> ThroughputPrices {
        let usd = |text: &str| Usd::new(text.parse().unwrap());
        ThroughputPrices {
            read_request: usd("0.000000125"),
            write_request: usd("0.000000625"),
            read_capacity_hour: usd("0.00013"),
            write_capacity_hour: usd("0.00065"),
        }
    }

    fn steady(per_second: u64, minutes: usize) -> MinuteSeries {
        MinuteSeries::new(0, vec![per_second * 60_000; minutes]).unwrap()
    }

    fn usd(text: &str) -> Usd {
        Usd::new(text.parse().unwrap())
    }

    /// Published case: 1,000 writes/s and 10,000 strong reads/s all month cost
    /// $474.50 + $949.00 provisioned (zeonedge.com, "DynamoDB cost
    /// optimization"), and at the prices of November 2024 $4,927.50 on demand:
    /// 3.46 times as much.
    #[test]
    fn a_steady_load_costs_what_the_published_case_says() {
        let (reads, writes) = (steady(10_000, 43_800), steady(1_000, 43_800));
        let (flat_reads, flat_writes) = (flat(&reads, 1, 40_000), flat(&writes, 1, 40_000));
        let provisioned = provisioned((&reads, &flat_reads), (&writes, &flat_writes));
        assert_eq!(provisioned.monthly_usd(&prices(), HourBasis::Max), Some(usd("1423.50")));
        let on_demand = on_demand(&reads, &writes, &OnDemand::COLD);
        assert_eq!(on_demand.monthly_usd(&prices(), HourBasis::Max), Some(usd("4927.50")));
    }

    /// A target of 70 costs 1/0.7 of the list price per consumed unit-hour; a
    /// target taken for 0.7 would cost a hundredfold (5,000,000 WCU, cut to the
    /// quota of 40,000).
    #[test]
    fn a_target_of_seventy_provisions_ten_sevenths_of_the_load() {
        let (reads, writes) = (steady(0, 600), steady(70, 600));
        let target = TargetPercent::CONSOLE_DEFAULT;
        let setting = Provisioned::scaled(TargetTracking::new(target));
        let used = provisioned((&reads, &setting), (&writes, &setting));
        assert_eq!(used.writes.capacity_peak, Some(100));
        // 100 WCU and the 1 RCU that is the least there is, ten hours.
        assert_eq!(used.period_usd(&prices(), HourBasis::Max), usd("0.6513"));
    }

    /// Reads and writes have a budget of decreases each: both fall eight times in a
    /// day, and neither waits for the other.
    #[test]
    fn reads_and_writes_have_a_decrease_budget_each() {
        let falling: Vec<u64> = (0..8_u32).flat_map(|step| [100_000_000_u64 >> step; 40]).collect();
        let series = MinuteSeries::new(0, falling).unwrap();
        let none = steady(0, 320);
        let setting = Provisioned::scaled(TargetTracking::new(TargetPercent::CONSOLE_DEFAULT));
        let both = provisioned((&series, &setting), (&series, &setting));
        let alone = provisioned((&none, &setting), (&series, &setting));
        assert_eq!(both.writes, alone.writes);
        assert_eq!(both.reads.billed, both.writes.billed);
        // The budget matters here: four decreases, then one an hour.
        let outcome = provisioned::run(&series, &setting);
        assert!((5..8).contains(&outcome.decreases), "{}", outcome.decreases);
    }

    /// On-demand capacity bills calls: twice the calls, twice the bill, exactly.
    #[test]
    fn on_demand_cost_is_linear_in_calls() {
        let reads = MinuteSeries::new(0, (0..5000).map(|i| i * 37 % 1000).collect()).unwrap();
        let writes = steady(3, 5000);
        // At 10^4 times the load a cold table refuses some; the bill does not hide it.
        let cost = |times| {
            let (reads, writes) =
                (reads.scaled(times, 1).unwrap(), writes.scaled(times, 1).unwrap());
            on_demand(&reads, &writes, &OnDemand::COLD).period_usd(&prices(), HourBasis::Max)
        };
        assert_eq!(cost(7), cost(1) * Decimal::from(7));
        assert_eq!(cost(10_000), cost(1) * Decimal::from(10_000));
    }

    /// A mode that throttles is not taken for cheaper.
    #[test]
    fn the_best_setting_throttles_no_more_than_allowed() {
        let mut minutes = vec![60_000; 2880];
        minutes[1500..1600].fill(60_000_000);
        let (reads, writes) = (steady(0, 2880), MinuteSeries::new(0, minutes).unwrap());
        let space = SearchSpace {
            targets: TargetPercent::all().collect(),
            policy: TargetTracking::new(TargetPercent::CONSOLE_DEFAULT),
            throttled_max: UnitSum::ZERO,
            hours: HourBasis::Max,
            minutes_run_max: u64::MAX,
        };
        let best = best((&reads, &space), (&writes, &space), &OnDemand::COLD, &prices()).unwrap();
        assert_eq!(best.not_run_below, None);
        let best = best.used;
        assert_eq!(best.throttled(), UnitSum::ZERO);
        // 1,000 WCU for two days would cost $31.20.
        assert_eq!(best.writes.setting, Setting::OnDemand);
        let scaled = Provisioned::scaled(TargetTracking::new(TargetPercent::CONSOLE_DEFAULT));
        let scaled = provisioned((&reads, &scaled), (&writes, &scaled));
        assert!(
            scaled.period_usd(&prices(), HourBasis::Max)
                < best.period_usd(&prices(), HourBasis::Max)
        );
        assert!(scaled.throttled() > UnitSum::ZERO);
    }
}
