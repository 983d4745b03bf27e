//! A load over a month as a multiple of its mean.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::scenario::Spike;
use crate::simulate::{DAY_MINUTES, MinuteSeries};

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
    /// The month without most of its rounds that are alike.
    short: Option<Short>,
    month: Month,
}

/// A month with spikes, shortened: rounds without one are like one another once
/// capacity has come back from the spike, so one of them stands for all.
#[derive(Clone, Debug, PartialEq)]
struct Short {
    /// The day before, the rounds with a spike and the one after each, and what
    /// is left of the month after its last whole round.
    factors: Vec<f64>,
    /// The day before and a round without a spike.
    usual: Vec<f64>,
    /// Rounds left out.
    left_out: u32,
}

impl Short {
    fn new(factors: &[f64], round: usize, month: &Month) -> Option<Self> {
        let counted = &factors[DAY..];
        let whole = counted.len() / round;
        let has_spike = |nth: usize| {
            month.spikes.iter().any(|spike| {
                let start = usize::try_from(spike.start_minute).unwrap_or(usize::MAX);
                let length = usize::try_from(spike.minutes).unwrap_or(usize::MAX);
                start < (nth + 1) * round && start.saturating_add(length) > nth * round
            })
        };
        let of_round = |nth: usize| &counted[nth * round..(nth + 1) * round];
        let kept = |nth: &usize| has_spike(*nth) || (*nth > 0 && has_spike(*nth - 1));
        let (kept, left): (Vec<usize>, Vec<usize>) = (0..whole).partition(kept);
        let usual = of_round(*left.first()?);
        let mut short = factors[..DAY].to_vec();
        kept.iter().for_each(|&nth| short.extend(of_round(nth)));
        short.extend(&counted[whole * round..]);
        Some(Self {
            factors: short,
            usual: [&factors[..DAY], usual].concat(),
            left_out: u32::try_from(left.len()).ok()?,
        })
    }
}

/// What a month is besides its rounds.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Month {
    pub(super) minutes: u32,
    pub(super) spikes: Vec<Spike>,
}

/// A load over the day before and the time that counts.
pub struct Loads {
    /// The day before alone.
    pub before: MinuteSeries,
    /// The day before and the time that counts.
    pub whole: MinuteSeries,
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
        let short =
            if month.spikes.is_empty() { None } else { Short::new(&factors, cycle.len(), month) };
        let busiest = || cycle.iter().copied().fold(0.0, f64::max);
        Some(Self {
            peak_to_mean: peak_to_mean.unwrap_or_else(busiest),
            cycle,
            factors,
            short,
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

    /// Factors of so many minutes from the day before on: as [`Self::all`] has
    /// them, and from there round by round.
    pub fn over(&self, minutes: usize) -> impl Iterator<Item = f64> {
        let round = self.cycle.iter().copied().cycle().skip(self.factors.len() % self.cycle.len());
        self.factors.iter().copied().chain(round).take(minutes)
    }

    /// A load of so many units a month; `None` if it is beyond counting.
    #[must_use]
    pub fn loads(&self, units_per_month: Decimal) -> Option<Loads> {
        self.loads_of(&self.factors, units_per_month)
    }

    /// The same in parts that are run by themselves, each with how often it comes
    /// in the time that counts: quicker, and the same as far as capacity finds
    /// back to the usual round within one after a spike.
    #[must_use]
    pub fn parts(&self, units_per_month: Decimal) -> Option<Vec<(Loads, u32)>> {
        let Some(short) = &self.short else {
            return Some(vec![(self.loads(units_per_month)?, 1)]);
        };
        Some(vec![
            (self.loads_of(&short.factors, units_per_month)?, 1),
            (self.loads_of(&short.usual, units_per_month)?, short.left_out),
        ])
    }

    fn loads_of(&self, factors: &[f64], units_per_month: Decimal) -> Option<Loads> {
        let mean = units_per_month.to_f64()? / f64::from(self.month.minutes);
        let units: Vec<f64> = factors.iter().map(|factor| factor * mean).collect();
        Some(Loads {
            before: MinuteSeries::of_means(START_MINUTE, &units[..DAY])?,
            whole: MinuteSeries::of_means(START_MINUTE, &units)?,
        })
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

    /// Days 10 and 11 and the 600 minutes after the thirtieth are kept; 28 days are
    /// like one another. Together they have all units of the month.
    #[test]
    fn a_month_with_a_spike_is_shortened() {
        let spike = Spike { start_minute: 9 * 1440 + 840, minutes: 180, times: 20.0 };
        let month = Month { minutes: 43_800, spikes: vec![spike] };
        let curve = LoadCurve::new(&job(480, 720), None, &month).unwrap();
        let parts = curve.parts(Decimal::from(4_380_000)).unwrap();
        let shape: Vec<(usize, u32)> =
            parts.iter().map(|(loads, times)| (loads.whole.len(), *times)).collect();
        assert_eq!(shape, [(DAY + 2 * DAY + 600, 1), (2 * DAY, 28)]);
        let counted = |loads: &Loads| (loads.whole.total() - loads.before.total()).as_f64();
        let all: f64 = parts.iter().map(|(loads, n)| counted(loads) * f64::from(*n)).sum();
        assert!((all - 4_380_000.0).abs() < 30.0, "{all}");
        // Without spikes there is but the round itself.
        let plain = LoadCurve::new(&job(480, 720), None, &self::month()).unwrap();
        assert_eq!(plain.parts(Decimal::ONE).unwrap().len(), 1);
    }

    /// A job of every day beside a week: it goes on from the third day on.
    #[test]
    fn a_short_round_goes_on_for_as_long_as_a_long_one() {
        let curve = LoadCurve::new(&job(480, 720), None, &month()).unwrap();
        let week: Vec<f64> = curve.over(DAY + WEEK).collect();
        assert_eq!(week.len(), DAY + WEEK);
        assert!(week.chunks(DAY).all(|day| day == &curve.counted()[..DAY]));
    }

    #[test]
    fn nothing_has_no_curve() {
        assert!(LoadCurve::new(&[0.0; DAY], None, &month()).is_none());
    }
}
