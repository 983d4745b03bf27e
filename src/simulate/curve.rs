//! Arrival curves: a declared shape of the load over time.

use std::f64::consts::TAU;

use super::series::DAY_MINUTES;

/// A shape that a load has over time; shapes multiply.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A daily wave with its peak at a minute of the UTC day. Its mean over a
    /// day is 1; `peak_to_mean` is 1 or more.
    Diurnal {
        /// Largest minute over the mean one.
        peak_to_mean: f64,
        /// Minute of the UTC day with the peak.
        peak_minute: u16,
    },
    /// A weight for each day of the week from Monday (UTC), brought to a mean
    /// of 1.
    Weekly([f64; 7]),
    /// The load is `times` as large for `minutes` from `start` (minutes from
    /// the start of the series).
    Spike {
        /// First minute.
        start: u32,
        /// How long.
        minutes: u32,
        /// Factor; below 1 it is a lull.
        times: f64,
    },
    /// The load grows steadily by this share a month of 730 hours, from 1 in
    /// the first minute; negative shrinks.
    Growth {
        /// 0.05 is 5 % a month.
        share_a_month: f64,
    },
}

const MONTH_MINUTES: f64 = 43_800.0;
/// 1970-01-01 was a Thursday, day 3 from Monday.
const EPOCH_WEEKDAY: i64 = 3;

/// The factor by which each minute differs from the mean load: the product of
/// the shapes (none is a flat curve). `start_minute` counts from the epoch.
#[must_use]
pub fn factors(shapes: &[Shape], start_minute: i64, minutes: u32) -> Vec<f64> {
    let mut factors = vec![1.0; usize::try_from(minutes).unwrap_or(0)];
    for shape in shapes {
        match shape {
            Shape::Diurnal { peak_to_mean, peak_minute } => {
                let day = diurnal(*peak_to_mean, *peak_minute);
                for (minute, factor) in (start_minute..).zip(&mut factors) {
                    let of_day = usize::try_from(minute.rem_euclid(DAY_MINUTES)).unwrap_or(0);
                    *factor *= day[of_day];
                }
            }
            Shape::Weekly(weights) => {
                let mean = weights.iter().sum::<f64>() / 7.0;
                for (minute, factor) in (start_minute..).zip(&mut factors) {
                    let day = (minute.div_euclid(DAY_MINUTES) + EPOCH_WEEKDAY).rem_euclid(7);
                    *factor *= weights[usize::try_from(day).unwrap_or(0)] / mean;
                }
            }
            Shape::Spike { start, minutes, times } => {
                let start = usize::try_from(*start).unwrap_or(usize::MAX);
                let length = usize::try_from(*minutes).unwrap_or(usize::MAX);
                factors.iter_mut().skip(start).take(length).for_each(|factor| *factor *= times);
            }
            Shape::Growth { share_a_month } => {
                let a_minute = (1.0 + share_a_month).powf(1.0 / MONTH_MINUTES);
                let mut grown = 1.0;
                for factor in &mut factors {
                    *factor *= grown;
                    grown *= a_minute;
                }
            }
        }
    }
    factors
}

/// A day as e^(k cos t), the smoothest curve that is positive everywhere and can
/// be as peaked as one likes; k is found so that peak over mean is as wanted.
fn diurnal(peak_to_mean: f64, peak_minute: u16) -> Vec<f64> {
    let wave = |k: f64| -> Vec<f64> {
        let angle = |minute: u32| (f64::from(minute) - f64::from(peak_minute)) / 1440.0 * TAU;
        // Relative to the peak, so that nothing overflows.
        (0..1440).map(|minute| (k * (angle(minute).cos() - 1.0)).exp()).collect()
    };
    let mean = |day: &[f64]| day.iter().sum::<f64>() / 1440.0;
    let (mut low, mut high) = (0.0, 1e6);
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if 1.0 / mean(&wave(middle)) < peak_to_mean { low = middle } else { high = middle }
    }
    let mut day = wave(low);
    let mean = mean(&day);
    day.iter_mut().for_each(|factor| *factor /= mean);
    day
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(factors: &[f64]) -> f64 {
        factors.iter().sum::<f64>() / f64::from(u32::try_from(factors.len()).unwrap())
    }

    #[test]
    fn a_diurnal_curve_has_the_peak_asked_for_and_keeps_the_mean() {
        for peak_to_mean in [1.0, 1.3, 2.0, 3.5, 20.0] {
            let shape = Shape::Diurnal { peak_to_mean, peak_minute: 840 };
            let day = factors(&[shape], 2 * DAY_MINUTES, 1440);
            assert!((mean(&day) - 1.0).abs() < 1e-9);
            assert!((day[840] - peak_to_mean).abs() < 1e-6 * peak_to_mean, "{}", day[840]);
            assert!(day.iter().all(|factor| *factor <= day[840] && *factor >= 0.0));
        }
    }

    /// 1970-01-05 was a Monday.
    #[test]
    fn weekdays_are_those_of_the_calendar() {
        let weekly = Shape::Weekly([2.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.5]);
        let week = factors(&[weekly], 4 * DAY_MINUTES, 7 * 1440);
        assert!((mean(&week) - 1.0).abs() < 1e-9);
        assert!((week[0] - 2.0).abs() < 1e-9 && (week[1440] - 1.0).abs() < 1e-9);
        assert!((week[6 * 1440] - 0.5).abs() < 1e-9);
    }

    #[test]
    fn spikes_and_growth_come_on_top() {
        let shapes = [
            Shape::Spike { start: 10, minutes: 5, times: 20.0 },
            Shape::Growth { share_a_month: 0.5 },
        ];
        let curve = factors(&shapes, 0, 43_801);
        assert!((curve[0] - 1.0).abs() < 1e-9);
        assert!((curve[43_800] - 1.5).abs() < 1e-6);
        assert!(curve[10] > 19.9 && curve[14] > 19.9 && curve[15] < 1.1);
    }
}
