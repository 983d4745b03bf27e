//! How the load varies over a month: minutes to run capacity modes over.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::scenario::LoadSettings;
use crate::simulate::curve::{Shape, factors};
use crate::simulate::{DAY_MINUTES, MinuteSeries};

/// Monday, 5 January 1970, 00:00 UTC: series begin with a week and with a day's
/// budget of decreases.
const START_MINUTE: i64 = 4 * DAY_MINUTES;

const DAY: u32 = 1440;

/// The load of each minute as a multiple of the mean.
///
/// A daily wave whose busiest minute is `peak_to_mean` times the mean, with the
/// spikes that the plan states. Without spikes every day is the same and one day
/// stands for the month; with spikes the month is run whole. A day more is run
/// before either, so that capacity and burst begin as the load leaves them.
#[derive(Clone, Debug)]
pub struct Arrival {
    factors: Vec<f64>,
    month_minutes: u32,
}

/// A load over the day before and the time that counts.
pub struct Loads {
    /// The day before alone.
    pub before: MinuteSeries,
    /// The day before and the time that counts.
    pub whole: MinuteSeries,
}

impl Arrival {
    /// The arrival curve of a plan.
    #[must_use]
    pub fn new(load: &LoadSettings, peak_to_mean: f64) -> Self {
        let peak_minute = load.peak_minute_utc.value;
        let mut shapes = vec![Shape::Diurnal { peak_to_mean, peak_minute }];
        let month_minutes = load.month_hours.value * 60;
        let counted = if load.spikes.is_empty() { DAY } else { month_minutes };
        shapes.extend(load.spikes.iter().map(|spike| Shape::Spike {
            start: DAY + spike.start_minute,
            minutes: spike.minutes,
            times: spike.times,
        }));
        let mut factors = factors(&shapes, START_MINUTE, DAY + counted);
        // Spikes are part of the month's mean, not on top of it: the month's
        // units are what the statements add up to.
        let mean = factors[1440..].iter().sum::<f64>() / f64::from(counted);
        factors.iter_mut().for_each(|factor| *factor /= mean);
        Self { factors, month_minutes }
    }

    /// Factors of the time that counts.
    #[must_use]
    pub fn counted(&self) -> &[f64] {
        &self.factors[1440..]
    }

    /// Minutes of the day before and of the time that counts, with the minute
    /// that they begin at.
    #[must_use]
    pub fn all(&self) -> (i64, &[f64]) {
        (START_MINUTE, &self.factors)
    }

    /// A load of so many units a month; `None` if it is beyond counting.
    #[must_use]
    pub fn loads(&self, units_per_month: Decimal) -> Option<Loads> {
        let mean = units_per_month.to_f64()? / f64::from(self.month_minutes);
        let units: Vec<f64> = self.factors.iter().map(|factor| factor * mean).collect();
        Some(Loads {
            before: MinuteSeries::of_means(START_MINUTE, &units[..1440])?,
            whole: MinuteSeries::of_means(START_MINUTE, &units)?,
        })
    }

    /// Months in the time that counts, to bring its totals to a month.
    #[must_use]
    pub fn per_month(&self) -> Decimal {
        Decimal::from(self.month_minutes) / Decimal::from(self.counted().len())
    }
}

#[cfg(test)]
mod tests {
    use crate::scenario::Settings;

    use super::*;

    fn arrival(plan: &str, peak_to_mean: f64) -> Arrival {
        Arrival::new(&Settings::read("plan.toml", plan).unwrap().0.load, peak_to_mean)
    }

    #[test]
    fn one_day_stands_for_a_month_without_spikes() {
        let arrival = arrival("", 3.0);
        assert_eq!((arrival.all().1.len(), arrival.counted().len()), (2880, 1440));
        let peak = arrival.counted().iter().copied().fold(0.0, f64::max);
        assert!((peak - 3.0).abs() < 1e-6);
        // 43,800 minutes are 30.4166... days.
        assert!((arrival.per_month().to_f64().unwrap() - 730.0 / 24.0).abs() < 1e-9);
    }

    /// A spike takes its units from the month's mean: 3 hours at 20 times the load
    /// are 180 x 20 = 3,600 of 43,800 - 180 + 3,600 minutes' worth.
    #[test]
    fn a_spike_is_within_the_months_mean() {
        let plan = "[[load.spikes]]\nday = 2\nhour_utc = 1\nhours = 3\ntimes = 20\n";
        let arrival = arrival(plan, 1.0);
        assert_eq!(arrival.counted().len(), 43_800);
        let mean = arrival.counted().iter().sum::<f64>() / 43_800.0;
        assert!((mean - 1.0).abs() < 1e-9);
        let base = 43_800.0 / (43_620.0 + 3_600.0);
        let counted = arrival.counted();
        assert!((counted[1440 + 60] / base - 20.0).abs() < 1e-9);
        assert!((counted[1440 + 59] / base - 1.0).abs() < 1e-9);
        assert!((counted[1440 + 240] / base - 1.0).abs() < 1e-9);
    }
}
