//! What chance makes of an auto-scaled bill.
//!
//! Calls come at random, so that a minute has more or fewer than its mean. Of a
//! large table that is nothing; of a small one two full minutes in a row trip the
//! alarm of auto scaling now and then, and the capacity that they ask for stays
//! for a while. Only capacities whose minutes are that noisy are drawn, replica by
//! replica; of the others the mean is exact.

use std::collections::BTreeMap;

use rust_decimal::prelude::ToPrimitive;

use crate::finding::{Finding, Severity};
use crate::pricing::{Direction, Unit};
use crate::scenario::Mode;
use crate::simulate::jumps::UnitLaw;
use crate::simulate::load::{StatementLoad, Touch, demand};
use crate::simulate::monte_carlo::{Estimate, NoisyDemand, Replicas, replicas};
use crate::simulate::provisioned::{HourBasis, run};
use crate::units::decimal_from_f64;

use super::arm_use::ArmUse;
use super::billing::{Billing, decimal_to_f64, to_f64};
use super::calls::{Calls, calls_of};
use super::chance::thousandths;
use super::model::{DesignResult, ModeResult};
use super::throughput::{TableUse, tracking};

/// Replicas of a day; of a whole month fewer, since each holds more days.
const REPLICAS: u32 = 20;
const REPLICAS_LEAST: u32 = 4;
/// Minutes of a day with the day before it.
const DAYS_MINUTES: usize = 2 * 1440;
/// A bill that chance raises by less is not worth a word.
const WORTH_A_WORD: f64 = 0.02;

/// An auto-scaled bill at today's load, with the noise of minutes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noise {
    /// Tables and indexes, reads and writes apart, that were drawn.
    pub capacities: usize,
    /// How often each was drawn.
    pub replicas: u32,
    /// Dollars a month.
    pub monthly_usd: Estimate,
    /// Share of the units asked for that is refused, of the capacities drawn.
    pub throttled_share: Estimate,
}

/// Draws the noisy capacities of a mode; `None` if it has none, or no price.
#[must_use]
pub fn noise(billing: &Billing<'_>, result: &DesignResult, mode: &ModeResult) -> Option<Noise> {
    let smooth_usd = to_f64(mode.monthly?);
    let mut sum = Sum { usd: smooth_usd, ..Sum::default() };
    for uses in result.uses.chunk_by(|a, b| a.arm.table == b.arm.table) {
        let table = &result.design.tables[uses[0].arm.table];
        let settings = billing.settings.dynamodb.table(&table.name);
        if settings.mode.unwrap_or(mode.mode) != Mode::AutoScaled {
            continue;
        }
        let of = TableUse { table, settings, uses };
        let arms: Vec<ArmUse> = of.by_capacity().into_values().collect();
        let calls = calls_of(&result.demand, &of, &arms);
        for (at, used) in arms.iter().enumerate() {
            for direction in [Direction::Read, Direction::Write] {
                let usd = capacity_usd(mode, used, direction);
                let target = of.target_percent(used.arm);
                sum.add(drawn(billing, &calls, (at, direction), target, sum.capacities), usd);
            }
        }
    }
    sum.finish()
}

#[derive(Default)]
struct Sum {
    usd: f64,
    usd_variance: f64,
    offered: f64,
    throttled: f64,
    throttled_variance: f64,
    capacities: usize,
    replicas: u32,
}

impl Sum {
    fn add(&mut self, drawn: Option<Drawn>, usd: f64) {
        let Some(Drawn { replicas, smooth_hours }) = drawn else { return };
        let times = |hours: f64| usd * hours / smooth_hours;
        let half = |estimate: Estimate| estimate.half_width_95.unwrap_or(0.0);
        self.usd += times(replicas.unit_hours.mean) - usd;
        self.usd_variance += times(half(replicas.unit_hours)).powi(2);
        self.offered += replicas.offered_units.mean;
        self.throttled += replicas.throttled_units.mean;
        self.throttled_variance += half(replicas.throttled_units).powi(2);
        self.capacities += 1;
        self.replicas = replicas.count;
    }

    fn finish(self) -> Option<Noise> {
        let estimate =
            |mean, variance: f64| Estimate { mean, half_width_95: Some(variance.sqrt()) };
        let offered = self.offered.max(f64::MIN_POSITIVE);
        (self.capacities > 0).then(|| Noise {
            capacities: self.capacities,
            replicas: self.replicas,
            monthly_usd: estimate(self.usd, self.usd_variance),
            throttled_share: estimate(
                self.throttled / offered,
                self.throttled_variance / offered.powi(2),
            ),
        })
    }
}

/// What a capacity's unit-hours cost in all Regions, dollars a month.
fn capacity_usd(mode: &ModeResult, used: &ArmUse, direction: Direction) -> f64 {
    let of_direction = |unit| match direction {
        Direction::Read => unit == Unit::RcuHour,
        Direction::Write => matches!(unit, Unit::WcuHour | Unit::RwcuHour),
    };
    mode.lines
        .iter()
        .filter(|line| line.arm == Some(used.arm) && of_direction(line.key.dimension.unit()))
        .filter_map(|line| line.usd.as_ref().ok())
        .map(|usd| to_f64(*usd))
        .sum()
}

struct Drawn {
    replicas: Replicas,
    /// Unit-hours without noise, of the same minutes.
    smooth_hours: f64,
}

/// Draws one direction of a capacity, if its minutes are noisy. A call takes the
/// mean number of units of its statement, so that the noise is at the least what
/// is drawn.
fn drawn(
    billing: &Billing<'_>,
    calls: &[Calls],
    (at, direction): (usize, Direction),
    target_percent: f64,
    nth: usize,
) -> Option<Drawn> {
    let dispersion = billing.settings.load.dispersion.value.max(1.0);
    let month_minutes = decimal_to_f64(billing.conventions.month_seconds()) / 60.0;
    let (start_minute, usual) = billing.arrival.usual().all();
    let minutes = usual.len();
    let of_calls: Vec<(f64, f64, Vec<f64>)> = calls
        .iter()
        .filter_map(|one| {
            let units = match direction {
                Direction::Read => &one.reads[at],
                Direction::Write => &one.writes[at],
            };
            let units = units.to_f64().filter(|units| *units > 0.0)?;
            let mean = decimal_to_f64(one.per_month) / month_minutes;
            let curve = billing.arrival.of_pattern(one.pattern);
            let factors = (0..billing.arrival.usual().days()).flat_map(|day| curve.day(day));
            Some((units, mean, factors.map(|factor| factor * mean).collect()))
        })
        .collect();
    let statements: Vec<StatementLoad<'_>> = of_calls
        .iter()
        .map(|(units, _, calls)| StatementLoad {
            calls,
            dispersion,
            touches: vec![Touch {
                resource: 0,
                mean_units: *units,
                second_moment_units: units * units,
            }],
        })
        .collect();
    let moments = demand(&statements, 1, minutes).into_iter().next()?;
    if !moments.is_noisy() {
        return None;
    }
    let mut weights: BTreeMap<u32, f64> = BTreeMap::new();
    for (units, mean, _) in &of_calls {
        *weights.entry(thousandths(*units)).or_default() += mean;
    }
    let law = UnitLaw::of_weights(&weights)?;
    let operations: Vec<f64> =
        (0..minutes).map(|minute| of_calls.iter().map(|(.., calls)| calls[minute]).sum()).collect();
    let before_minutes = billing.arrival.usual().before_minutes();
    let noisy = NoisyDemand {
        start_minute,
        operations: &operations,
        units: &law,
        step_milli: 1,
        dispersion,
        before_minutes,
    };
    let days = u32::try_from(minutes / DAYS_MINUTES).unwrap_or(u32::MAX).max(1);
    let count = (REPLICAS / days).max(REPLICAS_LEAST);
    // Every capacity has replicas of its own.
    let seed = billing.settings.uncertainty.seed.value.wrapping_add(1_000 * nth as u64);
    let units_a_minute: f64 = of_calls.iter().map(|(units, mean, _)| units * mean).sum();
    let units_a_month = decimal_from_f64(units_a_minute * month_minutes).ok()?;
    let settings = tracking(billing, target_percent, units_a_month);
    let smooth = moments.mean_series(start_minute)?;
    let hours = |outcome: crate::simulate::provisioned::Outcome| {
        decimal_to_f64(outcome.billed.unit_hours(HourBasis::Max))
    };
    let smooth_hours =
        hours(run(&smooth, &settings)) - hours(run(&smooth.first(before_minutes), &settings));
    let replicas = replicas(&noisy, &settings, count, seed)?;
    (smooth_hours > 0.0).then_some(Drawn { replicas, smooth_hours })
}

/// Says where chance makes a bill another one.
pub fn noise_finding(mode: &ModeResult) -> Option<Finding> {
    let (noise, smooth) = (mode.noise?, to_f64(mode.monthly?));
    let more = noise.monthly_usd.mean / smooth - 1.0;
    (more.abs() > WORTH_A_WORD).then(|| {
        Finding::new(
            "auto-scaling-noise",
            Severity::Low,
            format!(
                "{}: calls that come at random trip auto scaling's alarms on {} capacities whose \
                 minutes are noisy: ${:.0} a month (95 % interval +- ${:.0}, {} replicas) instead \
                 of ${smooth:.0}",
                mode.mode.label(),
                noise.capacities,
                noise.monthly_usd.mean,
                noise.monthly_usd.half_width_95.unwrap_or(0.0),
                noise.replicas,
            ),
        )
        .mend("give small tables a fixed minimum above their noise, or on-demand capacity")
    })
}
