use proptest::prelude::*;

use super::bound::{LeastBill, least_minimum, setting};
use super::*;

fn space(throttled_max: UnitSum) -> SearchSpace {
    SearchSpace {
        targets: TargetPercent::all().collect(),
        policy: TargetTracking::new(TargetPercent::CONSOLE_DEFAULT),
        throttled_max,
        hours: HourBasis::Max,
        minutes_run_max: u64::MAX,
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

    /// Against trying every flat capacity one by one, and every target with every
    /// minimum without giving up early.
    #[test]
    fn the_search_finds_what_trying_everything_finds(
        levels in prop::collection::vec((0_u64..40, 1_usize..90), 1..12),
        throttled in prop::sample::select(vec![0_u128, 0, 30_000, 2_000_000]),
        targets in prop::collection::vec(20_u8..=90, 1..8),
        delay in 1_u32..6,
        start in 0_i64..120,
        hours in prop::sample::select(vec![HourBasis::Max, HourBasis::Mean]),
    ) {
        let minutes = levels.iter().flat_map(|&(level, n)| std::iter::repeat_n(level * 60_000, n));
        let series = MinuteSeries::new(600 + start, minutes.collect()).unwrap();
        let allowed = UnitSum::from_milli(throttled);
        let ok = |outcome: &Outcome| outcome.throttled <= allowed;
        let by_hand = (1_u32..).find(|&c| ok(&provisioned::run(&series, &Provisioned::flat(c))));
        let flat = smallest_flat(&series, allowed);
        prop_assert_eq!(Some(flat), by_hand);

        let mut space = SearchSpace { hours, ..space(allowed) };
        space.targets = targets.into_iter().filter_map(TargetPercent::new).collect();
        space.policy.effect_after_minutes = delay;
        let bill = |outcome: &Outcome| unit_minutes(outcome, hours);
        let least = LeastBill::new(&series, &space.policy, allowed, hours);
        let mut cheapest_bill = bill(&provisioned::run(&series, &Provisioned::flat(flat)));
        for &target in &space.targets {
            let least = least.at(target);
            let from = least_minimum(&series, &space.policy, target, allowed, (1, flat + 2));
            for min in 1..=flat + 2 {
                let outcome = provisioned::run(&series, &setting(&space.policy, target, min));
                if ok(&outcome) {
                    prop_assert!(min >= from, "{min} at {target}, said to be {from} at the least");
                    prop_assert!(least(min) <= bill(&outcome), "{} at {target} from {min}", least(min));
                    cheapest_bill = cheapest_bill.min(bill(&outcome));
                }
            }
        }
        let best = cheapest(&series, &space).unwrap();
        prop_assert_eq!(bill(&best.outcome), cheapest_bill);
        prop_assert!(ok(&best.outcome) && best.not_run_below.is_none());

        // Without time for all of them, how much less the others can be is told.
        let hurried = cheapest(&series, &SearchSpace { minutes_run_max: 0, ..space }).unwrap();
        let below = hurried.not_run_below.unwrap_or(0.0);
        let at_least = bill(&hurried.outcome) as f64 * (1.0 - below);
        prop_assert!(cheapest_bill as f64 >= at_least - 1e-6, "{cheapest_bill} {at_least}");
    }
}
