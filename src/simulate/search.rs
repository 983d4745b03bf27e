//! The cheapest provisioned setting, by looking at all of them.

use std::ops::ControlFlow;

use super::provisioned::{self, HourBasis, Outcome, Provisioned, TargetTracking};
use super::series::{MinuteSeries, UnitSum};
use super::target::TargetPercent;

/// What the search may choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchSpace {
    /// Targets tried.
    pub targets: Vec<TargetPercent>,
    /// The policy whose target and minimum are varied; its bounds hold for the
    /// flat capacity too.
    pub policy: TargetTracking,
    /// How many minimum capacities are tried, evenly spread from the policy's
    /// minimum to the best flat capacity.
    pub minimums: u32,
    /// Units that may be throttled over the series.
    pub throttled_max: UnitSum,
    /// How hours whose capacity changed are billed.
    pub hours: HourBasis,
}

/// The best setting found for one direction, and how it fares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Best {
    /// The setting.
    pub settings: Provisioned,
    /// Its totals.
    pub outcome: Outcome,
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

/// The setting that bills least among the flat capacity and every target with
/// every minimum of the space, of those that throttle no more than allowed.
/// `None` if none does, which happens only below a maximum that is too small.
///
/// Reads and writes have the same unit-hour price whatever the setting, so the
/// least unit-minutes are the least dollars. Ties go to the flat capacity, then
/// to the lower target.
#[must_use]
pub fn cheapest(series: &MinuteSeries, space: &SearchSpace) -> Option<Best> {
    let flat_capacity = smallest_flat(series, space.throttled_max).max(space.policy.min).max(1);
    let mut best = (flat_capacity <= space.policy.max).then(|| {
        let settings = Provisioned::flat(flat_capacity);
        Best { outcome: provisioned::run(series, &settings), settings }
    });
    for &target in &space.targets {
        for min in minimums(space, flat_capacity.min(space.policy.max)) {
            let settings =
                Provisioned::scaled(TargetTracking { target, min, ..space.policy.clone() });
            let limit = best.as_ref().map(|best| unit_minutes(&best.outcome, space.hours));
            let minutes = series.len() as u128;
            // Capacity is never under the minimum, so neither is the bill.
            if limit.is_some_and(|limit| u128::from(min) * minutes >= limit) {
                break;
            }
            let outcome = bounded_run(series, &settings, space.throttled_max, limit);
            if let Some(outcome) = outcome
                && limit.is_none_or(|limit| unit_minutes(&outcome, space.hours) < limit)
            {
                best = Some(Best { settings, outcome });
            }
        }
    }
    best
}

fn minimums(space: &SearchSpace, flat_capacity: u32) -> impl Iterator<Item = u32> {
    let (low, steps) = (space.policy.min.max(1), u64::from(space.minimums.max(1)));
    let width = u64::from(flat_capacity.saturating_sub(low));
    let at = move |step: u64| {
        low + u32::try_from(width * step / steps).expect("a part of a 32-bit width")
    };
    let mut last = None;
    (0..steps).map(at).filter(move |&min| last.replace(min) != Some(min))
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn space(throttled_max: UnitSum) -> SearchSpace {
        SearchSpace {
            targets: TargetPercent::all().collect(),
            policy: TargetTracking::new(TargetPercent::CONSOLE_DEFAULT),
            minimums: 4,
            throttled_max,
            hours: HourBasis::Max,
        }
    }

    #[test]
    fn a_steady_load_is_cheapest_flat() {
        let series = MinuteSeries::new(0, vec![600_000; 1440]).unwrap();
        let best = cheapest(&series, &space(UnitSum::ZERO)).unwrap();
        assert_eq!(best.settings, Provisioned::flat(10));
    }

    #[test]
    fn nothing_is_found_under_a_maximum_that_throttles() {
        let series = MinuteSeries::new(0, vec![6_000_000; 60]).unwrap();
        let mut space = space(UnitSum::ZERO);
        space.policy.max = 50;
        assert_eq!(cheapest(&series, &space), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        /// Against trying every flat capacity one by one, and every setting
        /// without giving up early.
        #[test]
        fn the_search_finds_what_trying_everything_finds(
            levels in prop::collection::vec((0_u64..60, 1_usize..90), 1..12),
            throttled in 0_u128..2_000_000,
        ) {
            let minutes = levels.iter().flat_map(|&(level, n)| std::iter::repeat_n(level * 60_000, n));
            let series = MinuteSeries::new(600, minutes.collect()).unwrap();
            let allowed = UnitSum::from_milli(throttled);
            let ok = |outcome: &Outcome| outcome.throttled <= allowed;
            let by_hand = (1_u32..).find(|&c| ok(&provisioned::run(&series, &Provisioned::flat(c))));
            let flat = smallest_flat(&series, allowed);
            prop_assert_eq!(Some(flat), by_hand);

            let space = space(allowed);
            let mut least = unit_minutes(&provisioned::run(&series, &Provisioned::flat(flat)), space.hours);
            for &target in &space.targets {
                for min in minimums(&space, flat) {
                    let policy = TargetTracking { target, min, ..space.policy.clone() };
                    let outcome = provisioned::run(&series, &Provisioned::scaled(policy));
                    if ok(&outcome) {
                        least = least.min(unit_minutes(&outcome, space.hours));
                    }
                }
            }
            let best = cheapest(&series, &space).unwrap();
            prop_assert_eq!(unit_minutes(&best.outcome, space.hours), least);
            prop_assert!(ok(&best.outcome));
        }
    }
}
