//! How the load varies over a month: minutes to run capacity modes over.
//!
//! Where the capture covers whole days, each statement comes as it was counted,
//! interval by interval; else as the daily wave that the plan states. Either way
//! the plan may give the hours of some statements, and spikes of all.

mod day_kinds;
mod load_curve;

use std::borrow::Cow;
use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::finding::{Finding, Origin, Severity};
use crate::scenario::{Assumption, CaptureRepresents, LoadSettings, Spike};
use crate::simulate::curve::{Shape, factors};
use crate::simulate::intervals::{CountedInterval, PeakMinute, fold};
use crate::workload::{AccessPattern, Workload};

use super::billing::decimal_to_f64;

pub use day_kinds::DayKinds;
pub use load_curve::LoadCurve;
use load_curve::{DAY, Month, START_MINUTE, WEEK};

/// Where the course of the load over a day is known from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArrivalSource {
    /// A daily wave by the plan's ratio of peak to mean.
    DailyWave,
    /// The same, with a weight for each day of the week.
    WeeklyWave,
    /// The intervals of the capture, averaged over its days.
    CapturedDay,
    /// The same over its weeks.
    CapturedWeek,
}

impl ArrivalSource {
    /// The word used in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::DailyWave => "daily_wave",
            Self::WeeklyWave => "weekly_wave",
            Self::CapturedDay => "captured_day",
            Self::CapturedWeek => "captured_week",
        }
    }
}

/// How the statements come over a month.
#[derive(Clone, Debug)]
pub struct Arrival {
    source: ArrivalSource,
    /// Of statements that have no curve of their own.
    usual: LoadCurve,
    /// By position in the workload.
    own: BTreeMap<usize, LoadCurve>,
    /// Of all curves together.
    kinds: DayKinds,
    /// What the counters tell of the busiest minute.
    peak: Option<PeakMinute>,
    findings: Vec<Finding>,
}

impl Arrival {
    /// The arrival curve of a plan alone: the same for every statement.
    #[must_use]
    pub fn new(load: &LoadSettings, peak_to_mean: f64) -> Self {
        let weekdays = load.weekdays.value;
        let busiest_day = weekdays.map_or(1.0, |days| days.iter().copied().fold(0.0, f64::max));
        let mut shapes = vec![Shape::Diurnal {
            peak_to_mean: (peak_to_mean / busiest_day).max(1.0),
            peak_minute: load.peak_minute_utc.value,
        }];
        shapes.extend(weekdays.map(Shape::Weekly));
        let cycle = if weekdays.is_some() { WEEK } else { DAY };
        let cycle = factors(&shapes, START_MINUTE, u32::try_from(cycle).unwrap_or(u32::MAX));
        let mut arrival = Self {
            source: match weekdays {
                Some(_) => ArrivalSource::WeeklyWave,
                None => ArrivalSource::DailyWave,
            },
            usual: LoadCurve::new(&cycle, Some(peak_to_mean), &month(load))
                .expect("a wave is positive everywhere"),
            own: BTreeMap::new(),
            kinds: DayKinds::default(),
            peak: None,
            findings: Vec::new(),
        };
        arrival.tell_days_apart();
        arrival
    }

    fn tell_days_apart(&mut self) {
        let curves = || std::iter::once(&self.usual).chain(self.own.values());
        let alike = |a, b| curves().all(|curve| curve.day(a) == curve.day(b));
        self.kinds = DayKinds::of(self.usual.days(), alike);
    }

    /// How the statements of a workload come.
    #[must_use]
    pub fn of(load: &LoadSettings, workload: &Workload) -> Self {
        let mut arrival = Self::new(load, workload.peak_to_mean.value);
        if load.capture_represents.value == CaptureRepresents::WholeDay {
            arrival.follow_capture(load, workload);
        }
        for job in &load.jobs {
            let mut day = vec![0.0; DAY];
            let first = usize::from(job.start_minute);
            for minute in first..first + usize::from(job.minutes) {
                day[minute % DAY] = 1.0;
            }
            let curve = LoadCurve::new(&day, None, &month(load)).expect("a job has a minute");
            let patterns = workload.patterns.iter().enumerate();
            let covered: Vec<usize> =
                patterns.filter(|(_, one)| job.covers(&one.text)).map(|(at, _)| at).collect();
            if covered.is_empty() {
                arrival.findings.push(
                    Finding::new(
                        "job-of-no-statement",
                        Severity::High,
                        format!(
                            "load.jobs names hours of a statement that the workload does not have: {}",
                            job.sql.value
                        ),
                    )
                    .mend("copy the statement from a report, or its beginning followed by ..."),
                );
            }
            arrival.own.extend(covered.into_iter().map(|at| (at, curve.clone())));
        }
        arrival.tell_days_apart();
        let stated = load.peak_to_mean.value;
        arrival.peak = PeakMinute::of(&top_level(workload), stated);
        arrival.findings.extend(arrival.peak.and_then(|peak| peak.finding(stated)));
        arrival
    }

    /// Takes the curves of the capture, if it covers every minute of a day.
    fn follow_capture(&mut self, load: &LoadSettings, workload: &Workload) {
        let month = month(load);
        let all = top_level(workload);
        let found = [(WEEK, ArrivalSource::CapturedWeek), (DAY, ArrivalSource::CapturedDay)]
            .into_iter()
            .find_map(|(minutes, source)| {
                let cycle = fold(&all, START_MINUTE, minutes)?;
                Some((minutes, source, LoadCurve::new(&cycle, None, &month)?))
            });
        let Some((minutes, source, usual)) = found else {
            self.findings.push(
                Finding::new(
                    "whole-day-incomplete",
                    Severity::High,
                    "load.capture_represents is whole_day, but the capture does not cover every \
                     minute of a day: the load is taken to follow a daily wave",
                )
                .mend("capture from midnight to midnight, or a day and a little more"),
            );
            return;
        };
        (self.source, self.usual) = (source, usual);
        for (at, pattern) in workload.patterns.iter().enumerate() {
            let cycle = fold(&counted(workload, [pattern]), START_MINUTE, minutes);
            let curve = cycle.and_then(|cycle| LoadCurve::new(&cycle, None, &month));
            self.own.extend(curve.map(|curve| (at, curve)));
        }
    }

    /// How the load is taken to come, for the table of assumptions.
    #[must_use]
    pub fn assumption(&self) -> Assumption {
        let (value, origin) = match self.source {
            ArrivalSource::DailyWave => ("all statements in one daily wave", Origin::Default),
            ArrivalSource::WeeklyWave => {
                ("all statements in one daily wave, weighed by weekday", Origin::Default)
            }
            ArrivalSource::CapturedDay => ("each as counted over a day", Origin::Captured),
            ArrivalSource::CapturedWeek => ("each as counted over a week", Origin::Captured),
        };
        Assumption {
            id: "load.arrival".to_owned(),
            what: "when calls come within a month; see also load.jobs and load.spikes".to_owned(),
            value: value.to_owned(),
            assumed: origin == Origin::Default,
            origin,
        }
    }

    /// Where the course of the load is known from.
    #[must_use]
    pub const fn source(&self) -> ArrivalSource {
        self.source
    }

    /// What the counters tell of the busiest minute; `None` before there are any.
    #[must_use]
    pub const fn peak(&self) -> Option<PeakMinute> {
        self.peak
    }

    /// What a reader must know.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The curve of statements that have none of their own.
    #[must_use]
    pub const fn usual(&self) -> &LoadCurve {
        &self.usual
    }

    /// The days that loads are run over, told apart by the curves of all
    /// statements.
    #[must_use]
    pub const fn kinds(&self) -> &DayKinds {
        &self.kinds
    }

    /// The curve of one statement, by position in the workload.
    #[must_use]
    pub fn of_pattern(&self, pattern: usize) -> &LoadCurve {
        self.own.get(&pattern).unwrap_or(&self.usual)
    }

    /// The curve of what several statements use together, of which each has a
    /// weight.
    #[must_use]
    pub fn together(&self, weights: impl IntoIterator<Item = (usize, f64)>) -> Cow<'_, LoadCurve> {
        let mut usual = 0.0;
        let mut parts: Vec<(f64, &LoadCurve)> = Vec::new();
        for (pattern, weight) in weights {
            match self.own.get(&pattern) {
                Some(curve) => parts.push((weight, curve)),
                None => usual += weight,
            }
        }
        if parts.is_empty() {
            return Cow::Borrowed(&self.usual);
        }
        parts.push((usual, &self.usual));
        LoadCurve::mixed(&parts).map_or(Cow::Borrowed(&self.usual), Cow::Owned)
    }

    /// The curve of units a month by pattern.
    #[must_use]
    pub fn of_units(&self, by_pattern: &BTreeMap<usize, Decimal>) -> Cow<'_, LoadCurve> {
        self.together(by_pattern.iter().map(|(pattern, units)| (*pattern, decimal_to_f64(*units))))
    }
}

fn month(load: &LoadSettings) -> Month {
    let spikes: Vec<Spike> = load.spikes.clone();
    Month { minutes: load.month_hours.value * 60, spikes }
}

/// Calls of all that clients sent in each interval of the capture.
fn top_level(workload: &Workload) -> Vec<CountedInterval> {
    counted(workload, workload.patterns.iter().filter(|pattern| !pattern.nested))
}

/// Calls of some patterns in each interval of the capture.
fn counted<'a>(
    workload: &Workload,
    patterns: impl IntoIterator<Item = &'a AccessPattern>,
) -> Vec<CountedInterval> {
    let mut intervals: Vec<CountedInterval> = workload
        .intervals
        .iter()
        .map(|one| CountedInterval { start: one.start, end: one.end, calls: 0 })
        .collect();
    let mut calls = vec![0; intervals.len()];
    for pattern in patterns {
        pattern.calls_per_interval.add_to(&mut calls);
    }
    for (interval, calls) in intervals.iter_mut().zip(calls) {
        interval.calls = calls;
    }
    intervals
}

#[cfg(test)]
mod tests {
    use rust_decimal::prelude::ToPrimitive;

    use crate::scenario::Settings;

    use super::*;

    fn arrival(plan: &str, peak_to_mean: f64) -> Arrival {
        Arrival::new(&Settings::read("plan.toml", plan).unwrap().0.load, peak_to_mean)
    }

    #[test]
    fn one_day_stands_for_a_month_without_spikes() {
        let arrival = arrival("", 3.0);
        let curve = arrival.usual();
        assert_eq!((curve.all().1.len(), curve.counted().len()), (2880, 1440));
        let peak = curve.counted().iter().copied().fold(0.0, f64::max);
        assert!((peak - 3.0).abs() < 1e-6);
        // 43,800 minutes are 30.4166... days.
        assert!((curve.per_month().to_f64().unwrap() - 730.0 / 24.0).abs() < 1e-9);
    }

    /// A spike takes its units from the month's mean: 3 hours at 20 times the load
    /// are 180 x 20 = 3,600 of 43,800 - 180 + 3,600 minutes' worth.
    #[test]
    fn a_spike_is_within_the_months_mean() {
        let plan = "[[load.spikes]]\nday = 2\nhour_utc = 1\nhours = 3\ntimes = 20\n";
        let arrival = arrival(plan, 1.0);
        let counted = arrival.usual().counted();
        assert_eq!(counted.len(), 43_800);
        let mean = counted.iter().sum::<f64>() / 43_800.0;
        assert!((mean - 1.0).abs() < 1e-9);
        let base = 43_800.0 / (43_620.0 + 3_600.0);
        assert!((counted[1440 + 60] / base - 20.0).abs() < 1e-9);
        assert!((counted[1440 + 59] / base - 1.0).abs() < 1e-9);
        assert!((counted[1440 + 240] / base - 1.0).abs() < 1e-9);
    }

    /// Sundays at half of the others: 6.5 days' worth in 7. The busiest minute of
    /// a week is as busy as was said, and a Sunday's half of that.
    #[test]
    fn days_of_the_week_have_their_weights() {
        let plan = "[load]\nweekday_weights = [2, 2, 2, 2, 2, 2, 1]\n";
        let arrival = arrival(plan, 3.0);
        let counted = arrival.usual().counted();
        assert_eq!(counted.len(), WEEK);
        assert_eq!(arrival.source(), ArrivalSource::WeeklyWave);
        let highest =
            |day: usize| counted[day * DAY..(day + 1) * DAY].iter().copied().fold(0.0, f64::max);
        // The time that counts begins on a Tuesday.
        assert!((highest(0) - 3.0).abs() < 1e-6 && (highest(5) - 1.5).abs() < 1e-6);
    }

    #[test]
    fn statements_without_hours_of_their_own_share_a_curve() {
        let arrival = arrival("", 2.0);
        let units = BTreeMap::from([(3, Decimal::ONE), (5, Decimal::TEN)]);
        assert!(matches!(arrival.of_units(&units), Cow::Borrowed(_)));
    }
}
