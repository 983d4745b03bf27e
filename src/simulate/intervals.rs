//! Calls counted between snapshots, as calls per minute.

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

/// Mean calls per minute from counted intervals.
#[derive(Clone, Debug, PartialEq)]
pub struct CountedMinutes {
    /// The minute, since the epoch, in which the first interval begins.
    pub start_minute: i64,
    /// Mean calls in each minute; calls of an interval are spread evenly over
    /// it.
    pub calls: Vec<f64>,
    /// The smallest and the largest number of calls that the peak minute may
    /// have: as spread, and that times `peak_to_mean` where an interval hides
    /// its minutes.
    pub peak_bracket: (f64, f64),
    /// What a reader must know.
    pub findings: Vec<Finding>,
}

const MINUTE_MICROS: i64 = 60_000_000;

/// Turns intervals (in order, not overlapping) into minutes. `peak_to_mean` is
/// how much the largest minute within an interval may exceed its mean, as
/// people say; counters cannot tell. `None` if there is no interval of positive
/// length.
#[must_use]
pub fn minutes(intervals: &[CountedInterval], peak_to_mean: f64) -> Option<CountedMinutes> {
    let micros = |at: Timestamp| at.micros();
    let timed = intervals.iter().filter(|i| micros(i.end) > micros(i.start));
    let start = timed.clone().map(|i| micros(i.start)).min()?.div_euclid(MINUTE_MICROS);
    let end = timed.clone().map(|i| micros(i.end) - 1).max()?.div_euclid(MINUTE_MICROS) + 1;
    let mut calls = vec![0.0; usize::try_from(end - start).ok()?];
    let (mut longest, mut peak_high) = (0, 0.0_f64);
    for interval in timed {
        let (from, to) = (micros(interval.start), micros(interval.end));
        let per_micro = as_f64(interval.calls) / micros_f64(to - from);
        let first = from.div_euclid(MINUTE_MICROS);
        let last = (to - 1).div_euclid(MINUTE_MICROS);
        for minute in first..=last {
            let begin = from.max(minute * MINUTE_MICROS);
            let until = to.min((minute + 1) * MINUTE_MICROS);
            let at = usize::try_from(minute - start).ok()?;
            calls[at] += per_micro * micros_f64(until - begin);
        }
        longest = longest.max(to - from);
        let a_minute = per_micro * micros_f64(MINUTE_MICROS.min(to - from));
        let hidden = if to - from > MINUTE_MICROS { peak_to_mean.max(1.0) } else { 1.0 };
        peak_high = peak_high.max((a_minute * hidden).min(as_f64(interval.calls)));
    }
    let mut findings = Vec::new();
    if longest > MINUTE_MICROS {
        findings.push(
            Finding::new(
                "peak-minute-unknown",
                Severity::High,
                format!(
                    "calls were counted over up to {} s at a time: the peak minute lies between \
                     the mean of its interval and {peak_to_mean} times that, by the peak-to-mean \
                     ratio given",
                    longest / 1_000_000
                ),
            )
            .mend("take snapshots once a minute around the busiest hour"),
        );
    }
    let peak_low = calls.iter().copied().fold(0.0, f64::max);
    Some(CountedMinutes {
        start_minute: start,
        calls,
        peak_bracket: (peak_low, peak_high.max(peak_low)),
        findings,
    })
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

    #[test]
    fn calls_are_kept_and_spread_over_their_interval() {
        let read = minutes(&[interval(30, 150, 120), interval(150, 165, 30)], 3.0).unwrap();
        assert_eq!(read.start_minute, 0);
        let expected = [30.0, 60.0, 60.0];
        assert!(read.calls.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9));
    }

    /// Ten minutes of 600 calls: 60 a minute as spread, up to 180 in the worst
    /// minute at a peak-to-mean ratio of 3, and said so.
    #[test]
    fn a_long_interval_brackets_the_peak_minute() {
        let read = minutes(&[interval(0, 600, 600)], 3.0).unwrap();
        let (low, high) = read.peak_bracket;
        assert!((low - 60.0).abs() < 1e-9 && (high - 180.0).abs() < 1e-9);
        assert_eq!(read.findings[0].id, "peak-minute-unknown");
        let short = minutes(&[interval(0, 60, 60)], 3.0).unwrap();
        assert!(short.findings.is_empty() && (short.peak_bracket.1 - 60.0).abs() < 1e-9);
    }

    #[test]
    fn no_time_is_no_rate() {
        assert_eq!(minutes(&[interval(10, 10, 5)], 1.0), None);
        assert_eq!(minutes(&[], 1.0), None);
    }
}
