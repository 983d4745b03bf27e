use proptest::prelude::*;

use super::*;
use crate::simulate::provisioned;
use crate::simulate::series::MinuteSeries;
use crate::simulate::target::TargetPercent;

const UNIT: u64 = 1_000_000;

/// One day, or a part of it.
const ONE: Days<'_> = Days { start_minute: 0, order: &[0], before: 0 };

fn pattern(id: u32, calls_milli: &[Vec<u64>], units: [u64; 3]) -> WritePattern<'_> {
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
    let calls = [vec![6_000_000; 10]];
    let patterns = [pattern(7, &calls, [2, 1, 1]), pattern(8, &calls, [1, 0, 1])];
    let no_burst = |c| Provisioned { burst_seconds: 0, ..Provisioned::flat(c) };
    let (table, first, second) = (no_burst(1000), no_burst(50), no_burst(200));
    let arms = [&table, &first, &second].map(Capacity::Provisioned);
    let outcome = run(&patterns, &arms, ONE);
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
    // Midnight is ten minutes into the spike.
    let mut evening = vec![6_000_000; 600];
    evening.extend([120_000_000; 10]);
    let calls = [evening, vec![120_000_000; 170]];
    let patterns = [pattern(1, &calls, [1, 0, 0])];
    let target = TargetPercent::CONSOLE_DEFAULT;
    let scaled = Provisioned::scaled(provisioned::TargetTracking::new(target));
    let limits =
        Limits { warm_units_per_s: 500, ..crate::simulate::on_demand::OnDemand::COLD.writes };
    let of = |capacity, before| {
        let days = Days { start_minute: 1440 - 610, order: &[0, 1], before };
        run(&patterns, &[capacity], days).arms[0]
    };
    let tracked = of(Capacity::Provisioned(&scaled), 0);
    assert_eq!(tracked.behind_minutes_longest, Some(17));
    assert_eq!(tracked.throttled_minutes_longest, 17);
    // Ten minutes into the spike, seven are left.
    let late = of(Capacity::Provisioned(&scaled), 1);
    assert_eq!((late.behind_minutes_longest, late.offered), (Some(7), units(170 * 120_000)));
    // Warm for 500: half an hour until that doubles, and again, and again.
    let on_demand = of(Capacity::OnDemand(&limits), 0);
    assert_eq!((on_demand.behind_minutes_longest, on_demand.throttled_minutes_longest), (None, 60));
}

/// What pattern 1 cannot use because of its index is left to pattern 2.
#[test]
fn capacity_that_refused_writes_leave_goes_to_the_others() {
    let calls = [vec![6_000_000]];
    let patterns = [pattern(1, &calls, [1, 1, 0]), pattern(2, &calls, [1, 0, 0])];
    let no_burst = |c| Provisioned { burst_seconds: 0, ..Provisioned::flat(c) };
    let (table, index, other) = (no_burst(120), no_burst(20), no_burst(1));
    let arms = [&table, &index, &other].map(Capacity::Provisioned);
    let outcome = run(&patterns, &arms, ONE);
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
        let calls: Vec<[Vec<u64>; 1]> = calls.into_iter().map(|one| [one]).collect();
        let patterns: Vec<_> = (0_u32..).zip(calls.iter().zip(&touches)).map(|(id, (c, t))| pattern(id, c, *t)).collect();
        let part = Days { start_minute: 600, ..ONE };
        let settings = capacities.map(|c| {
            let target = TargetPercent::CONSOLE_DEFAULT;
            if scaled { Provisioned::scaled(provisioned::TargetTracking::new(target)) } else { Provisioned::flat(c) }
        });
        let arms = [0, 1, 2].map(|i| Capacity::Provisioned(&settings[i]));
        let outcome = run(&patterns, &arms, part);
        for arm in 0..3 {
            let total = |of: fn(&PatternOutcome) -> &Vec<UnitSum>| {
                outcome.patterns.iter().map(|p| of(p)[arm].milli()).sum::<u128>()
            };
            prop_assert_eq!(total(|p| &p.offered), outcome.arms[arm].offered.milli());
            prop_assert_eq!(total(|p| &p.throttled), outcome.arms[arm].throttled.milli());
        }
        let alone = [pattern(1, &calls[0], [1, 0, 0])];
        let single = run(&alone, &arms[..1], part);
        let series = MinuteSeries::new(600, calls[0][0].clone()).unwrap();
        let plain = provisioned::run(&series, &settings[0]);
        prop_assert_eq!(single.arms[0].offered, plain.offered);
        prop_assert_eq!(single.arms[0].throttled, plain.throttled);
        prop_assert_eq!(single.patterns[0].throttled_minutes, plain.throttled_minutes);
    }

    /// Days that are run once for each state that they begin in come to what
    /// they come to in one go.
    #[test]
    fn days_that_repeat_come_to_what_they_come_to_in_one_go(
        levels in prop::collection::vec(prop::collection::vec(0_u64..20_000_000, 1..8), 4),
        order in prop::collection::vec(0_usize..2, 1..9),
        capacities in prop::array::uniform3(1_u32..400),
        mode in prop::array::uniform3(0_u8..3),
        last in 1_usize..1440,
    ) {
        // Two patterns with two different days each and a part of the first one.
        let day = |levels: &Vec<u64>| -> Vec<u64> {
            (0..1440).map(|at| levels[at * levels.len() / 1440]).collect()
        };
        let mut calls: Vec<Vec<Vec<u64>>> =
            levels.chunks(2).map(|two| two.iter().map(day).collect()).collect();
        for of_pattern in &mut calls {
            of_pattern.push(of_pattern[0][..last].to_vec());
        }
        let order: Vec<usize> = order.into_iter().chain([2]).collect();
        let whole: Vec<[Vec<u64>; 1]> = calls
            .iter()
            .map(|days| [order.iter().flat_map(|kind| days[*kind].clone()).collect()])
            .collect();
        let settings = capacities.map(|c| {
            let target = TargetPercent::CONSOLE_DEFAULT;
            (Provisioned::flat(c), Provisioned::scaled(provisioned::TargetTracking::new(target)),
                Limits { warm_units_per_s: c, ..crate::simulate::on_demand::OnDemand::COLD.writes })
        });
        let arms = [0, 1, 2].map(|i| match mode[i] {
            0 => Capacity::Provisioned(&settings[i].0),
            1 => Capacity::Provisioned(&settings[i].1),
            _ => Capacity::OnDemand(&settings[i].2),
        });
        let touches = [[1, 1, 0], [2, 0, 1]];
        let patterns = [0, 1].map(|i| pattern(7, &calls[i], touches[i]));
        let in_one_go = [0, 1].map(|i| pattern(7, &whole[i], touches[i]));
        let days = Days { order: &order, ..ONE };
        prop_assert_eq!(run(&patterns, &arms, days), run(&in_one_go, &arms, ONE));
    }
}
