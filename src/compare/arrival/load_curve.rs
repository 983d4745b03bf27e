//! A load over a month as a multiple of its mean.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::scenario::Spike;
use crate::simulate::days::RepeatedDays;
use crate::simulate::{DAY_MINUTES, MinuteSeries};

use super::day_kinds::DayKinds;

/// Monday, 5 January 1970, 00:00 UTC: series begin with a week and with a day's
/// budget of decreases.
pub(super) const START_MINUTE: i64 = 4 * DAY_MINUTES;

pub(super) const DAY: usize = 1440;
pub(super) const WEEK: usize = 7 * DAY;

/// The load of each minute as a multiple of the mean.
///
/// It repeats day by day or week by week, with the spikes that the plan states.
/// Without spikes one round stands for the month; with spikes the month is run
/// whole. A day more is run before either, so that capacity and burst begin as
/// the load leaves them.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadCurve {
    /// One round, its mean 1.
    cycle: Vec<f64>,
    /// The busiest minute of a round over the mean.
    peak_to_mean: f64,
    /// The day before and the time that counts.
    factors: Vec<f64>,
    kinds: DayKinds,
    month: Month,
}

/// What a month is besides its rounds.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Month {
    pub(super) minutes: u32,
    pub(super) spikes: Vec<Spike>,
}

impl LoadCurve {
    /// Rounds of any mean; `peak_to_mean` is that of a round, where it is known
    /// better than from its minutes. `None` if nothing comes.
    pub(super) fn new(cycle: &[f64], peak_to_mean: Option<f64>, month: &Month) -> Option<Self> {
        let mean = mean(cycle);
        if !(mean.is_finite() && mean > 0.0) {
            return None;
        }
        let cycle: Vec<f64> = cycle.iter().map(|minute| minute / mean).collect();
        let counted = if month.spikes.is_empty() {
            cycle.len()
        } else {
            usize::try_from(month.minutes).unwrap_or(usize::MAX)
        };
        let mut factors: Vec<f64> = cycle.iter().copied().cycle().take(DAY + counted).collect();
        for spike in &month.spikes {
            let start = DAY.saturating_add(usize::try_from(spike.start_minute).ok()?);
            let length = usize::try_from(spike.minutes).ok()?;
            factors.iter_mut().skip(start).take(length).for_each(|factor| *factor *= spike.times);
        }
        // Spikes are part of the month's mean, not on top of it: the month's
        // units are what the statements add up to.
        let with_spikes = self::mean(&factors[DAY..]);
        factors.iter_mut().for_each(|factor| *factor /= with_spikes);
        let day = |at: usize| &factors[at * DAY..((at + 1) * DAY).min(factors.len())];
        let kinds = DayKinds::of(factors.len().div_ceil(DAY), |a, b| day(a) == day(b));
        let busiest = || cycle.iter().copied().fold(0.0, f64::max);
        Some(Self {
            peak_to_mean: peak_to_mean.unwrap_or_else(busiest),
            cycle,
            factors,
            kinds,
            month: month.clone(),
        })
    }

    /// Loads that come together, with the weight of each. Weights of nothing
    /// give the first of them.
    pub(super) fn mixed(parts: &[(f64, &Self)]) -> Option<Self> {
        let (_, first) = parts.first()?;
        let length = parts.iter().map(|(_, curve)| curve.cycle.len()).max()?;
        let mut cycle = vec![0.0; length];
        for (weight, curve) in parts {
            for (sum, minute) in cycle.iter_mut().zip(curve.cycle.iter().cycle()) {
                *sum += weight * minute;
            }
        }
        Self::new(&cycle, None, &first.month).or_else(|| Some((*first).clone()))
    }

    /// The busiest minute over the mean, spikes aside.
    #[must_use]
    pub const fn peak_to_mean(&self) -> f64 {
        self.peak_to_mean
    }

    /// The busiest minute of the month over the mean, spikes included.
    #[must_use]
    pub fn highest_to_mean(&self) -> f64 {
        if self.month.spikes.is_empty() {
            return self.peak_to_mean;
        }
        self.counted().iter().copied().fold(0.0, f64::max)
    }

    /// The same curve more or less peaked: every minute to a power, which takes a
    /// daily wave e^(k cos t) to another one. As far as that goes: a flat load
    /// stays flat.
    #[must_use]
    pub fn with_peak_to_mean(&self, wanted: f64) -> Self {
        let logs: Vec<f64> = self.cycle.iter().map(|minute| minute.ln()).collect();
        let highest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        // Relative to the peak, so that nothing overflows; what has no load keeps
        // none.
        let shaped = |power: f64| -> Vec<f64> {
            let minute = |log: &f64| {
                if log.is_finite() { (power * (log - highest)).exp() } else { 0.0 }
            };
            logs.iter().map(minute).collect()
        };
        let (mut low, mut high) = (0.0, 64.0);
        for _ in 0..48 {
            let middle = 0.5 * (low + high);
            if 1.0 / mean(&shaped(middle)) < wanted { low = middle } else { high = middle }
        }
        Self::new(&shaped(low), None, &self.month).unwrap_or_else(|| self.clone())
    }

    /// Factors of the time that counts.
    #[must_use]
    pub fn counted(&self) -> &[f64] {
        &self.factors[DAY..]
    }

    /// Minutes of the day before and of the time that counts, with the minute
    /// that they begin at.
    #[must_use]
    pub fn all(&self) -> (i64, &[f64]) {
        (START_MINUTE, &self.factors)
    }

    /// Minutes before the time that counts.
    #[must_use]
    pub fn before_minutes(&self) -> usize {
        DAY
    }

    /// Days before the time that counts.
    #[must_use]
    pub const fn days_before(&self) -> usize {
        1
    }

    /// Days of the day before and of the time that counts; the last one may be cut
    /// short.
    #[must_use]
    pub fn days(&self) -> usize {
        self.factors.len().div_ceil(DAY)
    }

    /// Factors of a day, the first of which is the day before. After the last one
    /// the rounds go on.
    #[must_use]
    pub fn day(&self, day: usize) -> &[f64] {
        let round = self.cycle.len() / DAY;
        let day = if day < self.days() { day } else { 1 + (day - 1) % round };
        &self.factors[day * DAY..((day + 1) * DAY).min(self.factors.len())]
    }

    /// A load of so many units a month, of which the first day is the day before;
    /// `None` if it is beyond counting.
    #[must_use]
    pub fn loads(&self, units_per_month: Decimal) -> Option<RepeatedDays> {
        let mean = units_per_month.to_f64()? / f64::from(self.month.minutes);
        let day = |first: &usize| {
            let units: Vec<f64> = self.day(*first).iter().map(|factor| factor * mean).collect();
            MinuteSeries::of_means(START_MINUTE, &units)
        };
        let different = self.kinds.first().iter().map(day).collect::<Option<_>>()?;
        Some(RepeatedDays::new(different, self.kinds.order().to_vec()))
    }

    /// Months in the time that counts, to bring its totals to a month.
    #[must_use]
    pub fn per_month(&self) -> Decimal {
        Decimal::from(self.month.minutes) / Decimal::from(self.counted().len())
    }
}

#[expect(clippy::cast_precision_loss, reason = "minutes of a month")]
fn mean(minutes: &[f64]) -> f64 {
    minutes.iter().sum::<f64>() / minutes.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month() -> Month {
        Month { minutes: 43_800, spikes: Vec::new() }
    }

    fn job(from: usize, minutes: usize) -> Vec<f64> {
        (0..DAY).map(|at| if (from..from + minutes).contains(&at) { 1.0 } else { 0.0 }).collect()
    }

    /// Three quarters of the units all day, a quarter within an hour: at 0.75 of
    /// the mean outside it, and within it 24 / 4 more.
    #[test]
    fn loads_that_come_together_are_weighed() {
        let flat = LoadCurve::new(&[1.0; DAY], None, &month()).unwrap();
        let hourly = LoadCurve::new(&job(180, 60), None, &month()).unwrap();
        assert!((hourly.peak_to_mean() - 24.0).abs() < 1e-9);
        let both = LoadCurve::mixed(&[(3.0, &flat), (1.0, &hourly)]).unwrap();
        assert!((both.counted()[0] - 0.75).abs() < 1e-9);
        assert!((both.counted()[200] - 6.75).abs() < 1e-9);
        assert!((both.peak_to_mean() - 6.75).abs() < 1e-9);
    }

    /// A day within a week: the day repeats.
    #[test]
    fn days_and_weeks_mix() {
        let day = LoadCurve::new(&job(0, 720), None, &month()).unwrap();
        let mut monday = vec![1.0; DAY];
        monday.resize(WEEK, 0.0);
        let week = LoadCurve::new(&monday, None, &month()).unwrap();
        let both = LoadCurve::mixed(&[(1.0, &day), (1.0, &week)]).unwrap();
        assert_eq!(both.counted().len(), WEEK);
        // The time that counts begins on Tuesday and ends with Monday.
        let at = |minute: usize| both.counted()[minute];
        assert!((at(0) - 1.0).abs() < 1e-9 && at(720).abs() < 1e-9);
        assert!((at(6 * DAY) - 4.5).abs() < 1e-9 && (at(6 * DAY + 720) - 3.5).abs() < 1e-9);
    }

    #[test]
    fn a_curve_is_made_more_and_less_peaked() {
        let wave: Vec<f64> = (0..DAY)
            .map(|at| {
                (f64::from(u16::try_from(at).unwrap()) / 1440.0 * std::f64::consts::TAU).cos().exp()
            })
            .collect();
        let wave = LoadCurve::new(&wave, None, &month()).unwrap();
        for wanted in [1.2, 2.0, 5.0] {
            let shaped = wave.with_peak_to_mean(wanted);
            assert!((shaped.peak_to_mean() - wanted).abs() < 1e-6, "{wanted}");
            assert!((mean(shaped.counted()) - 1.0).abs() < 1e-9);
        }
        // An hour is an hour, and a flat load flat, however peaked.
        let hour = LoadCurve::new(&job(0, 60), None, &month()).unwrap();
        assert!((hour.with_peak_to_mean(3.0).peak_to_mean() - 24.0).abs() < 1e-9);
    }

    /// A job of every day beside a week: it goes on from the third day on.
    #[test]
    fn a_short_round_goes_on_for_as_long_as_a_long_one() {
        let curve = LoadCurve::new(&job(480, 720), None, &month()).unwrap();
        assert_eq!(curve.days(), 2);
        assert!((0..9).all(|day| curve.day(day) == &curve.counted()[..DAY]));
        // Monday twice, then Tuesday to Sunday.
        let week: Vec<f64> =
            (0..WEEK).map(|at| f64::from(u16::try_from(at / DAY).unwrap())).collect();
        let curve = LoadCurve::new(&week, None, &month()).unwrap();
        assert_eq!((curve.days(), curve.kinds.order()), (8, [0, 1, 2, 3, 4, 5, 6, 0].as_slice()));
        assert_eq!(curve.day(8), curve.day(1));
        assert_eq!(curve.day(14), curve.day(7));
    }

    #[test]
    fn nothing_has_no_curve() {
        assert!(LoadCurve::new(&[0.0; DAY], None, &month()).is_none());
    }
}
