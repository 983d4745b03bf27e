//! The cheapest provisioned setting, of all of them.

mod bound;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::provisioned::{self, HourBasis, Outcome, Provisioned, TargetTracking};
use super::schedule::Recurrence;
use super::series::{MinuteSeries, UnitSum};
use super::target::TargetPercent;

use bound::{LeastBill, least_minimum, setting};

/// Minimums tried at each target before all of them are looked at, for a bill that
/// most others cannot beat.
const TRIED_FIRST: u64 = 16;

/// What the search may choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchSpace {
    /// Targets tried.
    pub targets: Vec<TargetPercent>,
    /// The policy whose target and minimum are varied; its bounds hold for the
    /// flat capacity too.
    pub policy: TargetTracking,
    /// Units that may be throttled over the series.
    pub throttled_max: UnitSum,
    /// How hours whose capacity changed are billed.
    pub hours: HourBasis,
    /// Minutes that are run at the most, of all settings together.
    pub minutes_run_max: u64,
}

/// The best setting found for one direction, and how it fares.
#[derive(Clone, Debug, PartialEq)]
pub struct Best {
    /// The setting.
    pub settings: Provisioned,
    /// Its totals.
    pub outcome: Outcome,
    /// How much less than its bill any setting that was not run can come to, as a
    /// share of it; `None` if there is none, so that this is the cheapest of all.
    pub not_run_below: Option<f64>,
}

/// The smallest flat capacity, in units a second, that throttles no more than
/// `throttled_max`, found by bisection.
///
/// Bisection is exact here: one more unit of capacity makes every minute's
/// capacity and saved burst at least as large, so it never throttles more.
#[must_use]
pub fn smallest_flat(series: &MinuteSeries, throttled_max: UnitSum) -> u32 {
    let enough = |units_per_s: u32| {
        let settings = Provisioned::flat(units_per_s);
        throttles_at_most(series, &settings, throttled_max).is_some()
    };
    let (mut too_small, mut large_enough) = (0, units_per_s(series.peak_milli()).max(1));
    while large_enough - too_small > 1 {
        let middle = too_small + (large_enough - too_small) / 2;
        if enough(middle) {
            large_enough = middle;
        } else {
            too_small = middle;
        }
    }
    large_enough
}

/// The setting that bills least among the flat capacity and every target of the
/// space with every minimum, of those that throttle no more than allowed. `None`
/// if none does, which happens only below a maximum that is too small.
///
/// Settings are passed over only where the least that they can bill is no less than
/// the best so far, or where they throttle too much for certain. Reads and writes have the same unit-hour price whatever the
/// setting, so the least unit-minutes are the least dollars. Ties go to the flat
/// capacity.
#[must_use]
pub fn cheapest(series: &MinuteSeries, space: &SearchSpace) -> Option<Best> {
    let flat_capacity = smallest_flat(series, space.throttled_max).max(space.policy.min).max(1);
    let flat = (flat_capacity <= space.policy.max).then(|| {
        let settings = Provisioned::flat(flat_capacity);
        (provisioned::run(series, &settings), settings)
    });
    let highest = flat_capacity.min(space.policy.max);
    let runs_left = space.minutes_run_max / (series.len() as u64).max(1);
    let mut search = Search { series, space, best: flat, runs_left, not_run: None };
    let lowest = space.policy.min.max(1);
    if space.policy.schedule.is_empty() {
        let least = LeastBill::new(series, &space.policy, space.throttled_max, space.hours);
        let from: BTreeMap<TargetPercent, u32> = space
            .targets
            .iter()
            .map(|&target| {
                let (policy, allowed) = (&space.policy, space.throttled_max);
                (target, least_minimum(series, policy, target, allowed, (lowest, highest)))
            })
            .collect();
        search.all(Some(&least), |target| {
            let (low, width) = (from[&target], u64::from(highest.saturating_sub(from[&target])));
            (0..TRIED_FIRST).map(move |step| low + part(width, step))
        });
        // Every minimum costs at least what the flat capacity does from there on.
        search.all(Some(&least), |target| from[&target]..=highest);
    } else if space.policy.schedule.iter().any(|one| !matches!(one.when, Recurrence::Once(_))) {
        // What recurs sets the bounds from the beginning on.
        search.all(None, |_| lowest..=lowest);
    } else {
        search.all(None, |_| lowest..=highest);
    }
    search.finish()
}

fn part(width: u64, step: u64) -> u32 {
    u32::try_from(width * step / TRIED_FIRST).expect("a part of a 32-bit width")
}

struct Search<'a> {
    series: &'a MinuteSeries,
    space: &'a SearchSpace,
    best: Option<(Outcome, Provisioned)>,
    runs_left: u64,
    /// The least that settings can bill which there was no time to run.
    not_run: Option<u128>,
}

impl Search<'_> {
    fn limit(&self) -> Option<u128> {
        self.best.as_ref().map(|(outcome, _)| unit_minutes(outcome, self.space.hours))
    }

    /// Runs every target with minimums in rising order, as far as they may be the
    /// cheapest.
    fn all<I: IntoIterator<Item = u32>>(
        &mut self,
        least: Option<&LeastBill>,
        minimums: impl Fn(TargetPercent) -> I,
    ) {
        // The higher a target, the less it can bill.
        let mut targets = self.space.targets.clone();
        targets.sort_unstable_by(|a, b| b.cmp(a));
        for target in targets {
            let least = least.map(|least| least.at(target));
            let least_at = |min: u32| least.as_ref().map_or(0, |least| least(min));
            for min in minimums(target) {
                if self.limit().is_some_and(|limit| least_at(min) >= limit) {
                    break;
                }
                if self.runs_left == 0 {
                    let least = least_at(min);
                    self.not_run = Some(self.not_run.map_or(least, |other| other.min(least)));
                    break;
                }
                self.runs_left -= 1;
                self.run(setting(&self.space.policy, target, min));
            }
        }
    }

    fn run(&mut self, settings: Provisioned) {
        let limit = self.limit();
        let outcome = bounded_run(self.series, &settings, self.space.throttled_max, limit);
        if let Some(outcome) = outcome
            && limit.is_none_or(|limit| unit_minutes(&outcome, self.space.hours) < limit)
        {
            self.best = Some((outcome, settings));
        }
    }

    fn finish(self) -> Option<Best> {
        let limit = self.limit()?;
        let below = self.not_run.filter(|least| *least < limit);
        #[expect(clippy::cast_precision_loss, reason = "a share shown to a person")]
        let not_run_below = below.map(|least| 1.0 - least as f64 / limit as f64);
        let (outcome, settings) = self.best?;
        Some(Best { settings, outcome, not_run_below })
    }
}

fn unit_minutes(outcome: &Outcome, hours: HourBasis) -> u128 {
    match hours {
        HourBasis::Max => outcome.billed.hours_at_max_unit_minutes,
        HourBasis::Mean => outcome.billed.hours_at_mean_unit_minutes,
    }
}

fn throttles_at_most(
    series: &MinuteSeries,
    settings: &Provisioned,
    throttled_max: UnitSum,
) -> Option<Outcome> {
    bounded_run(series, settings, throttled_max, None)
}

/// A run that is given up as soon as it throttles too much or its capacity has
/// cost `unit_minutes_limit`.
fn bounded_run(
    series: &MinuteSeries,
    settings: &Provisioned,
    throttled_max: UnitSum,
    unit_minutes_limit: Option<u128>,
) -> Option<Outcome> {
    let limit = unit_minutes_limit.unwrap_or(u128::MAX);
    let (mut throttled_milli, mut unit_minutes, mut given_up) = (0_u128, 0_u128, false);
    let outcome = provisioned::run_each(series, settings, |minute| {
        throttled_milli += u128::from(minute.throttled_milli());
        // Hours billed at their maximum can only cost more than this.
        unit_minutes += u128::from(minute.capacity);
        given_up = throttled_milli > throttled_max.milli() || unit_minutes > limit;
        if given_up { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    (!given_up).then_some(outcome)
}

/// Units a second that serve this minute without any burst, rounded up.
fn units_per_s(minute_milli: u64) -> u32 {
    u32::try_from(minute_milli.div_ceil(60_000)).unwrap_or(u32::MAX)
}
