use proptest::prelude::*;

use rust_decimal::Decimal;

use super::*;
use crate::simulate::days::RepeatedDays;
use crate::simulate::schedule::{Recurrence, ScheduledAction};
use crate::simulate::target::TargetPercent;

fn units(per_minute: &[u64]) -> MinuteSeries {
    MinuteSeries::new(0, per_minute.iter().map(|units| units * 1000).collect()).unwrap()
}

fn steps(levels: &[(u64, usize)]) -> Vec<u64> {
    levels.iter().flat_map(|&(level, minutes)| std::iter::repeat_n(level, minutes)).collect()
}

fn minutes(series: &MinuteSeries, settings: &Provisioned) -> Vec<Minute> {
    let mut all = Vec::new();
    let _ = run_each(series, settings, |minute| {
        all.push(minute);
        ControlFlow::Continue(())
    });
    all
}

fn capacities(series: &MinuteSeries, settings: &Provisioned) -> Vec<u32> {
    minutes(series, settings).iter().map(|minute| minute.capacity).collect()
}

fn policy(percent: u8) -> TargetTracking {
    TargetTracking::new(TargetPercent::new(percent).unwrap())
}

/// 300 s of 100 units a second are 30,000 units; one simulator kept 3,000.
#[test]
fn a_full_burst_bucket_holds_five_minutes_of_capacity() {
    let series = units(&steps(&[(0, 10), (50_000, 2)]));
    let served: Vec<u64> = minutes(&series, &Provisioned::flat(100))
        .iter()
        .map(|minute| minute.served_milli / 1000)
        .collect();
    assert_eq!(served[10..], [6_000 + 30_000, 6_000]);
}

/// A throttled table reports served units only, so a step of 20x is climbed by
/// 1/0.7 every two minutes: 143 -> 205 -> 293 -> 419 -> 599 -> 856 -> 1223 ->
/// 1748 -> 2498 units a second, the last one 17 minutes in, not in one jump.
#[test]
fn a_step_of_twenty_is_climbed_geometrically() {
    let series = units(&steps(&[(6_000, 600), (120_000, 180)]));
    let all = minutes(&series, &Provisioned::scaled(policy(70)));
    let climb: Vec<u32> = all[600..620].iter().map(|minute| minute.capacity).collect();
    let expected = [
        143, 143, 143, 205, 205, 293, 293, 419, 419, 599, 599, 856, 856, 1223, 1223, 1748, 1748,
        2498, 2498, 2858,
    ];
    assert_eq!(climb, expected);
    let throttled: Vec<u64> =
        all.iter().filter(|m| m.throttled_milli() > 0).map(|minute| minute.index).collect();
    assert_eq!(throttled, (600..617).collect::<Vec<u64>>());
}

/// Target 70: 55 % is under 58.3 % (where one simulator cuts) but not under
/// 50 %; 49 % for 15 minutes is.
#[test]
fn capacity_is_cut_after_fifteen_minutes_below_fifty_percent() {
    let settings = Provisioned { start: Some(100), ..Provisioned::scaled(policy(70)) };
    assert_eq!(capacities(&units(&[3_300; 600]), &settings), vec![100; 600]);
    let cut = capacities(&units(&[2_940; 20]), &settings);
    // The alarm trips in minute 14 and the change is in force two later.
    assert_eq!(cut, [vec![100; 16], vec![70; 4]].concat());
    let interrupted = units(&steps(&[(2_940, 14), (3_000, 1), (2_940, 14)]));
    assert_eq!(capacities(&interrupted, &settings), vec![100; 29]);
}

/// A threshold of 20 - 20 = 0 % would never cut.
#[test]
fn a_target_of_twenty_percent_scales_in() {
    let series = units(&steps(&[(6_000, 30), (60, 40)]));
    let all = capacities(&series, &Provisioned::scaled(policy(20)));
    assert_eq!((all[0], *all.last().unwrap()), (500, 5));
}

/// One minute above the target is not enough.
#[test]
fn a_single_minute_above_target_changes_nothing() {
    let settings = Provisioned { start: Some(100), ..Provisioned::scaled(policy(70)) };
    let series = units(&steps(&[(4_000, 10), (5_000, 1), (4_000, 10)]));
    assert_eq!(capacities(&series, &settings), vec![100; 21]);
}

/// Alarm in minute 58 (the second above target), new capacity from minute 60
/// on: the first hour is billed at 100, the second at 143.
#[test]
fn an_hour_is_billed_at_its_largest_capacity_by_default() {
    let settings = Provisioned { start: Some(100), ..Provisioned::scaled(policy(70)) };
    let series = units(&steps(&[(4_000, 57), (6_000, 63)]));
    let outcome = run(&series, &settings);
    assert_eq!(outcome.billed.unit_hours(HourBasis::Max), Decimal::from(100 + 143));
    assert_eq!(outcome.billed.unit_hours(HourBasis::Mean), Decimal::from(100 + 143));
    // One minute earlier the change falls into the first hour.
    let series = units(&steps(&[(4_000, 56), (6_000, 64)]));
    let outcome = run(&series, &settings);
    assert_eq!(outcome.billed.unit_hours(HourBasis::Max), Decimal::from(143 + 143));
    let mean: Decimal = (Decimal::from(100 * 59 + 143 * 61)) / Decimal::from(60);
    assert_eq!(outcome.billed.unit_hours(HourBasis::Mean), mean);
}

/// A series that starts at 00:30 and lasts two hours touches three UTC hours;
/// flat capacity costs the same however they are cut.
#[test]
fn hours_that_the_series_cuts_off_count_for_their_minutes() {
    let series = MinuteSeries::new(30, vec![0; 120]).unwrap();
    let outcome = run(&series, &Provisioned::flat(10));
    assert_eq!(outcome.billed.unit_hours(HourBasis::Max), Decimal::from(20));
}

/// Raised to 500 at 08:00 and released at 10:00, when target tracking takes it
/// down after its fifteen minutes.
#[test]
fn scheduled_scaling_raises_capacity_before_the_load_comes() {
    let at =
        |hour: u16, min| ScheduledAction { when: Recurrence::Daily(hour * 60), min, max: 1000 };
    let scheduled = TargetTracking { schedule: vec![at(8, 500), at(10, 1)], ..policy(70) };
    let mut load = vec![600; 1440];
    load[485..600].fill(20_000);
    let series = units(&load);
    let outcome = run(&series, &Provisioned::scaled(scheduled.clone()));
    assert_eq!(outcome.throttled_minutes, 0);
    assert!(run(&series, &Provisioned::scaled(policy(70))).throttled_minutes > 0);
    let all = capacities(&series, &Provisioned::scaled(scheduled));
    assert_eq!((all[481], all[482], all[600], all[616]), (15, 500, 500, 15));
}

/// A series that begins at 09:00 begins with the bounds of 08:00: nobody has to
/// write the action of the day before.
#[test]
fn a_series_begins_within_the_bounds_of_the_last_action() {
    let at =
        |hour: u16, min| ScheduledAction { when: Recurrence::Daily(hour * 60), min, max: 1000 };
    let scheduled = TargetTracking { schedule: vec![at(8, 500), at(10, 1)], ..policy(70) };
    let series = MinuteSeries::new(9 * 60, vec![60_000; 120]).unwrap();
    let all = capacities(&series, &Provisioned::scaled(scheduled));
    assert_eq!((all[0], all[59], all[119]), (500, 500, 2));
}

/// A scheduled bound that lowers capacity waits for the decrease budget.
#[test]
fn a_scheduled_decrease_is_counted_against_the_budget() {
    let bound = |minute, max| ScheduledAction { when: Recurrence::Once(minute), min: max, max };
    let steps = [(10, 100), (20, 90), (30, 80), (40, 70), (50, 60), (60, 50)];
    let schedule = steps.map(|(minute, max)| bound(minute, max)).to_vec();
    let scheduled = TargetTracking { schedule, ..policy(70) };
    let settings = Provisioned { start: Some(200), ..Provisioned::scaled(scheduled) };
    let all = capacities(&units(&[0; 120]), &settings);
    // Four at once (10, 20, 30, 40); the fifth an hour after the fourth, with
    // the bound in force by then.
    assert_eq!((all[12], all[22], all[32], all[42]), (100, 90, 80, 70));
    assert_eq!((all[101], all[102]), (70, 50));
}

/// The rules once more, written for obviousness: whole histories, scanned anew
/// every minute.
fn reference(series: &MinuteSeries, policy: &TargetTracking, burst_seconds: u64) -> Vec<Minute> {
    let target = u128::from(policy.target.percent());
    let lower = u128::from(policy.target.percent()).saturating_sub(20).max(10);
    let wanted = |milli: u64| {
        let exact = (u128::from(milli) * 100).div_ceil(target * 60_000);
        u32::try_from(exact).unwrap().clamp(policy.min, policy.max)
    };
    let percent_times_capacity = |minute: &Minute| {
        (u128::from(minute.served_milli) * 100, u128::from(minute.capacity) * 60_000)
    };
    let above = |minute: &Minute| {
        let (served, capacity) = percent_times_capacity(minute);
        served > target * capacity
    };
    let below = |minute: &Minute| {
        let (served, capacity) = percent_times_capacity(minute);
        served < lower * capacity
    };
    let mut history: Vec<Minute> = Vec::new();
    let mut decreases: Vec<i64> = Vec::new();
    let mut change: Option<(usize, u32)> = None;
    let mut capacity = wanted(series.milli()[0]);
    let mut bucket = 0;
    for (t, &offered_milli) in series.milli().iter().enumerate() {
        if let Some((when, new)) = change
            && when == t
        {
            capacity = new;
            change = None;
        }
        bucket = bucket.min(u64::from(capacity) * 1000 * burst_seconds);
        let available = u64::from(capacity) * 60_000 + bucket;
        let served_milli = offered_milli.min(available);
        bucket = (available - served_milli).min(u64::from(capacity) * 1000 * burst_seconds);
        history.push(Minute {
            index: u64::try_from(t).unwrap(),
            capacity,
            offered_milli,
            served_milli,
        });
        if change.is_some() {
            continue;
        }
        let now = series.start_minute() + i64::try_from(t).unwrap();
        let last = |n: usize| &history[history.len() - n..];
        if t >= 1 && last(2).iter().all(above) {
            if wanted(served_milli) > capacity {
                change = Some((t + 2, wanted(served_milli)));
            }
        } else if t >= 14 && last(15).iter().all(below) {
            let today = decreases.iter().filter(|d| d.div_euclid(1440) == now.div_euclid(1440));
            let free = today.count() < 4;
            let an_hour_since = decreases.last().is_none_or(|last| now - last >= 60);
            let highest = last(15).iter().map(|minute| minute.served_milli).max().unwrap();
            if (free || an_hour_since) && wanted(highest) < capacity {
                change = Some((t + 2, wanted(highest)));
                decreases.push(now);
            }
        }
    }
    history
}

fn billed(history: &[Minute], start_minute: i64) -> BilledCapacity {
    let mut billed = BilledCapacity::default();
    let hour = |m: &Minute| (start_minute + i64::try_from(m.index).unwrap()).div_euclid(60);
    for of_hour in history.chunk_by(|a, b| hour(a) == hour(b)) {
        let capacities = || of_hour.iter().map(|minute| u128::from(minute.capacity));
        billed.hours_at_max_unit_minutes += capacities().max().unwrap() * of_hour.len() as u128;
        billed.hours_at_mean_unit_minutes += capacities().sum::<u128>();
    }
    billed
}

/// A day in a few plateaus, some of them far below the others.
fn any_day() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec((0_u64..200_000, 1_usize..400), 1..12).prop_map(|plateaus| {
        let minutes = plateaus
            .iter()
            .flat_map(|&(level, minutes)| std::iter::repeat_n(level * level / 1000 * 500, minutes));
        minutes.cycle().take(1440).collect()
    })
}

/// Plateaus, dips and noise, so that all rules come into play: a few thousand
/// minutes cross midnights.
fn any_series() -> impl Strategy<Value = MinuteSeries> {
    let plateau = (0_u64..200_000, 1_usize..200, 0_u64..40);
    (prop::collection::vec(plateau, 1..40), -3000_i64..3000).prop_map(|(plateaus, start)| {
        let mut milli = Vec::new();
        for (level, minutes, noise_percent) in plateaus {
            for i in 0..minutes {
                let wobble = (i as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 57;
                let noise = level * noise_percent * wobble / 100 / 128;
                milli.push((level * level / 1000 + noise) * 500);
            }
        }
        MinuteSeries::new(start, milli).unwrap()
    })
}

fn any_policy() -> impl Strategy<Value = TargetTracking> {
    (20_u8..=90, 1_u32..50, 0_u32..100_000).prop_map(|(percent, min, above)| TargetTracking {
        min,
        max: min + above,
        ..policy(percent)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn every_minute_agrees_with_the_obvious_model(
        series in any_series(),
        scaling in any_policy(),
        burst in prop::sample::select(vec![0_u32, 60, 300]),
    ) {
        let settings = Provisioned { burst_seconds: burst, ..Provisioned::scaled(scaling.clone()) };
        let expected = reference(&series, &scaling, u64::from(burst));
        prop_assert_eq!(minutes(&series, &settings), expected.clone());
        let outcome = run(&series, &settings);
        prop_assert_eq!(outcome.billed, billed(&expected, series.start_minute()));
        let throttled: u128 = expected.iter().map(|m| u128::from(m.throttled_milli())).sum();
        prop_assert_eq!(outcome.throttled.milli(), throttled);
        prop_assert_eq!(outcome.consumed() + outcome.throttled, outcome.offered);
        prop_assert_eq!(outcome.offered, series.total());
    }

    /// With a fixed capacity, keeping unused capacity can only help.
    #[test]
    fn no_burst_throttles_at_least_as_much(series in any_series(), units_per_s in 1_u32..500_000) {
        let with = run(&series, &Provisioned::flat(units_per_s));
        let without =
            run(&series, &Provisioned { burst_seconds: 0, ..Provisioned::flat(units_per_s) });
        prop_assert!(without.throttled >= with.throttled);
    }

    /// Every decrease keeps to the budget, counted from the outside.
    #[test]
    fn decreases_keep_to_the_budget(series in any_series(), scaling in any_policy()) {
        let all = minutes(&series, &Provisioned::scaled(scaling));
        let decreases: Vec<i64> = all
            .windows(2)
            .filter(|pair| pair[1].capacity < pair[0].capacity)
            // In force two minutes after it was asked for.
            .map(|pair| series.start_minute() + i64::try_from(pair[1].index).unwrap() - 2)
            .collect();
        for of_day in decreases.chunk_by(|a, b| a.div_euclid(1440) == b.div_euclid(1440)) {
            prop_assert!(of_day.len() <= 27);
            for pair in of_day[3.min(of_day.len())..].windows(2) {
                prop_assert!(pair[1] - pair[0] >= 60);
            }
        }
    }

    /// Passing over minutes in which nothing happens changes nothing: loads that
    /// fall again and again use up the day's decreases, and wait for the next one
    /// with their minutes below the lower threshold.
    #[test]
    fn what_is_passed_over_changes_nothing(
        falls in prop::collection::vec((30_u64..95, 20_usize..150, 0_u64..3), 6..20),
        start in -3000_i64..3000,
        percent in 20_u8..=90,
    ) {
        let mut level = 400_000_000_u64;
        let mut milli = Vec::new();
        for (left_percent, minutes, noise) in falls {
            level = level * left_percent / 100 + 1000;
            milli.extend((0..minutes as u64).map(|i| level + i * 7919 % 97 * noise));
        }
        let series = MinuteSeries::new(start, milli).unwrap();
        let settings = Provisioned::scaled(policy(percent));
        let watched = run_each(&series, &settings, |_| ControlFlow::Continue(()));
        prop_assert_eq!(run(&series, &settings), watched);
    }

    /// Days that are run once for each state that they begin in come to what the
    /// whole series comes to, with the changes that are under way at midnight, the
    /// burst that is kept over it and a last day that ends before it.
    #[test]
    fn days_that_repeat_come_to_what_the_series_comes_to(
        different in prop::collection::vec(any_day(), 1..4),
        order in prop::collection::vec(0_usize..3, 2..12),
        last in 1_usize..1440,
        scaling in any_policy(),
        (lag, morning) in (1_u32..20, 0_u16..1440),
        scheduled in prop::sample::select(vec![0_usize, 1, 2]),
        burst in prop::sample::select(vec![0_u32, 300]),
    ) {
        let action = |when| ScheduledAction { when, min: scaling.min + 20, max: scaling.max + 20 };
        let weekly = Recurrence::Weekly { weekday: 2, minute: morning };
        let schedule = [vec![], vec![action(Recurrence::Daily(morning))], vec![action(weekly)]];
        let scaling = TargetTracking {
            effect_after_minutes: lag,
            schedule: schedule[scheduled].clone(),
            ..scaling
        };
        let settings = Provisioned { burst_seconds: burst, ..Provisioned::scaled(scaling) };
        let start = 4 * crate::simulate::DAY_MINUTES;
        let series = |milli: Vec<u64>| MinuteSeries::new(start, milli).unwrap();
        let mut order: Vec<usize> = order.iter().map(|kind| kind % different.len()).collect();
        let mut whole: Vec<u64> = order.iter().flat_map(|kind| different[*kind].clone()).collect();
        whole.extend(&different[0][..last]);
        order.push(different.len());
        let mut different: Vec<MinuteSeries> = different.into_iter().map(series).collect();
        different.push(different[0].first(last));
        let (days, whole) = (RepeatedDays::new(different, order), series(whole));

        let mut sum = Outcome::default();
        run_days(&days, &settings, |_, outcome| sum += outcome);
        prop_assert_eq!(sum, run(&whole, &settings));
        let mut shown: Vec<Minute> = Vec::new();
        let push = |told: &mut Vec<Minute>, minute| told.push(minute);
        run_days_each(&days, &settings, push, |day, _, told: &Vec<Minute>| {
            let begin = day as u64 * 1440;
            shown.extend(told.iter().map(|one| Minute { index: begin + one.index, ..*one }));
        });
        prop_assert_eq!(shown, minutes(&whole, &settings));
    }

    /// Whole units a second, rounded up, as integers divide.
    #[test]
    fn wanted_capacity_is_rounded_up_exactly(
        units in 0_u64..1 << 32,
        off in -2_i64..=2,
        percent in 20_u8..=90,
    ) {
        let part = u64::from(percent) * 60_000;
        // At and around a multiple, where rounding matters.
        let served = (units * part / 100).saturating_add_signed(off);
        let exact = (served * 100).div_ceil(part);
        let rule = rule::Rule::new(&Provisioned::scaled(policy(percent)));
        prop_assert_eq!(rule.desired(served), exact);
    }
}
