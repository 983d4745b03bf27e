//! Calls counted between snapshots: how they lie over a day or a week, and what
//! they leave unknown.

use crate::finding::{Finding, Severity};
use crate::units::Timestamp;

/// Calls counted between two snapshots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountedInterval {
    /// From.
    pub start: Timestamp,
    /// To; later than the start.
    pub end: Timestamp,
    /// Calls counted in between.
    pub calls: u64,
}

const MINUTE_MICROS: i64 = 60_000_000;

/// Mean calls in each minute of a cycle of so many minutes (1,440: a day),
/// which begins at `origin_minute` minutes after the epoch and repeats both
/// ways. Calls of an interval are spread evenly over it; minutes that were
/// counted on several days are averaged. `None` unless every minute of the
/// cycle was counted.
#[must_use]
pub fn fold(
    intervals: &[CountedInterval],
    origin_minute: i64,
    cycle_minutes: usize,
) -> Option<Vec<f64>> {
    let length = i64::try_from(cycle_minutes).ok().filter(|length| *length > 0)?;
    let mut calls = vec![0.0; cycle_minutes];
    let mut counted_micros = vec![0.0; cycle_minutes];
    for interval in intervals {
        let (from, to) = (interval.start.micros(), interval.end.micros());
        if to <= from {
            continue;
        }
        let per_micro = as_f64(interval.calls) / micros_f64(to - from);
        for minute in from.div_euclid(MINUTE_MICROS)..=(to - 1).div_euclid(MINUTE_MICROS) {
            let begin = from.max(minute * MINUTE_MICROS);
            let until = to.min((minute + 1) * MINUTE_MICROS);
            let at = usize::try_from((minute - origin_minute).rem_euclid(length)).ok()?;
            calls[at] += per_micro * micros_f64(until - begin);
            counted_micros[at] += micros_f64(until - begin);
        }
    }
    let a_minute = micros_f64(MINUTE_MICROS);
    calls
        .iter()
        .zip(&counted_micros)
        .map(|(calls, counted)| (*counted > 0.0).then(|| calls / counted * a_minute))
        .collect()
}

/// What the counters tell of the busiest minute, in calls a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PeakMinute {
    /// Length of the longest interval, in seconds.
    pub longest_interval_seconds: f64,
    /// The rate of the busiest interval: the busiest minute has at least that.
    pub at_least_calls_per_second: f64,
    /// The same times the peak over the mean that the plan states, where an
    /// interval hides its minutes.
    pub at_most_calls_per_second: f64,
}

impl PeakMinute {
    /// The busiest minute of some intervals; `peak_to_mean` is how much the
    /// largest minute within an interval may exceed its mean, as people say:
    /// counters cannot tell. `None` if there is no interval of positive length.
    #[must_use]
    pub fn of(intervals: &[CountedInterval], peak_to_mean: f64) -> Option<Self> {
        let mut peak: Option<Self> = None;
        for interval in intervals {
            let length = interval.end.micros() - interval.start.micros();
            if length <= 0 {
                continue;
            }
            let seconds = micros_f64(length) / 1e6;
            let mean = as_f64(interval.calls) / seconds;
            let hidden = if length > MINUTE_MICROS { peak_to_mean.max(1.0) } else { 1.0 };
            // A minute has no more calls than its whole interval.
            let most = (mean * hidden).min(as_f64(interval.calls) / seconds.min(60.0));
            let so_far = peak.unwrap_or(Self {
                longest_interval_seconds: 0.0,
                at_least_calls_per_second: 0.0,
                at_most_calls_per_second: 0.0,
            });
            peak = Some(Self {
                longest_interval_seconds: so_far.longest_interval_seconds.max(seconds),
                at_least_calls_per_second: so_far.at_least_calls_per_second.max(mean),
                at_most_calls_per_second: so_far.at_most_calls_per_second.max(most),
            });
        }
        peak
    }

    /// What a reader must know; `None` if minutes were counted one by one.
    #[must_use]
    pub fn finding(&self, peak_to_mean: f64) -> Option<Finding> {
        (self.longest_interval_seconds > 60.0).then(|| {
            Finding::new(
                "peak-minute-unknown",
                Severity::Medium,
                format!(
                    "calls were counted over up to {:.0} s at a time: the busiest minute of the \
                     capture had between {:.1} calls a second, the mean of its interval, and \
                     {:.1}, {peak_to_mean} times that by load.peak_to_mean",
                    self.longest_interval_seconds,
                    self.at_least_calls_per_second,
                    self.at_most_calls_per_second,
                ),
            )
            .mend("take snapshots once a minute around the busiest hour")
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn as_f64(count: u64) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "statistics; intervals are far below 2^53 us")]
fn micros_f64(micros: i64) -> f64 {
    micros as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(start_s: i64, end_s: i64, calls: u64) -> CountedInterval {
        let at = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000);
        CountedInterval { start: at(start_s), end: at(end_s), calls }
    }

    fn near(read: &[f64], expected: &[f64]) -> bool {
        read.len() == expected.len() && read.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9)
    }

    /// 60 calls a minute from 0:30 to 2:30 and 120 from there to 3:00, in a cycle
    /// of three minutes: the first half of the first minute was not counted, and
    /// the second half stands for it.
    #[test]
    fn calls_are_spread_over_their_interval() {
        let read = fold(&[interval(30, 150, 120), interval(150, 180, 60)], 0, 3).unwrap();
        assert!(near(&read, &[60.0, 60.0, 90.0]), "{read:?}");
    }

    /// Two rounds of two minutes: 10 and 20 calls, then 30 and 40.
    #[test]
    fn rounds_are_averaged_and_begin_where_they_are_said_to() {
        let rounds: Vec<CountedInterval> =
            (0..4).map(|i| interval(i * 60, i * 60 + 60, 10 * (i.unsigned_abs() + 1))).collect();
        assert!(near(&fold(&rounds, 0, 2).unwrap(), &[20.0, 30.0]));
        assert!(near(&fold(&rounds, 1, 2).unwrap(), &[30.0, 20.0]));
        // A cycle that begins in the future is the same cycle.
        assert!(near(&fold(&rounds, 11, 2).unwrap(), &[30.0, 20.0]));
    }

    #[test]
    fn a_cycle_with_a_minute_that_nobody_counted_is_none() {
        assert_eq!(fold(&[interval(0, 60, 5)], 0, 2), None);
        assert_eq!(fold(&[interval(10, 10, 5)], 0, 1), None);
        assert_eq!(fold(&[], 0, 1440), None);
        assert_eq!(fold(&[interval(0, 60, 5)], 0, 0), None);
    }

    /// Ten minutes of 600 calls: one a second as spread, up to three in the worst
    /// minute at a peak-to-mean ratio of 3; at 30, all of them in one minute, ten a
    /// second.
    #[test]
    fn a_long_interval_brackets_the_peak_minute() {
        let bracket = |ratio| {
            let peak = PeakMinute::of(&[interval(0, 600, 600)], ratio).unwrap();
            (peak.at_least_calls_per_second, peak.at_most_calls_per_second)
        };
        assert_eq!(bracket(3.0), (1.0, 3.0));
        assert_eq!(bracket(30.0), (1.0, 10.0));
        let said = PeakMinute::of(&[interval(0, 600, 600)], 3.0).unwrap().finding(3.0).unwrap();
        assert_eq!(said.id, "peak-minute-unknown");
        assert!(said.what.contains("up to 600 s") && said.what.contains("between 1.0"));
    }

    #[test]
    fn minutes_counted_one_by_one_leave_nothing_unknown() {
        let peak = PeakMinute::of(&[interval(0, 60, 60), interval(60, 120, 120)], 3.0).unwrap();
        assert_eq!((peak.at_least_calls_per_second, peak.at_most_calls_per_second), (2.0, 2.0));
        assert_eq!(peak.finding(3.0), None);
        assert_eq!(PeakMinute::of(&[interval(10, 10, 5)], 1.0), None);
    }
}
