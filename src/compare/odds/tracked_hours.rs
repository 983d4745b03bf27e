//! Unit-hours of auto-scaled capacity under factors on the units and on the
//! peak, from runs of auto scaling for some of both.

use rust_decimal::Decimal;

use crate::compare::arrival::LoadCurve;
use crate::compare::billing::Billing;
use crate::compare::throughput::tracked_unit_hours;
use crate::compare::uncertainty::FactorRange;
use crate::units::decimal_from_f64;

use super::factors::peak_to_mean;
use super::knots::{Knots, MANY};

/// Between two means that are tried, as a factor.
const MEAN_STEP: f64 = 1.25;
/// No mean above this is tried, in units a second: from there on, whole units
/// make no difference and hours grow with the mean.
const MOST_MEAN: f64 = 1e6;

/// Unit-hours a month for any mean and peak, at one target utilisation.
pub struct TrackedHours {
    peaks: Knots,
    /// Logarithm of the lowest mean, in units a second.
    lowest: f64,
    /// Logarithms of unit-hours, by peak, then by mean.
    hours: Vec<Vec<f64>>,
}

impl TrackedHours {
    /// Runs auto scaling for means from `least` to `most` units a second.
    pub fn new(
        billing: &Billing<'_>,
        curve: &LoadCurve,
        target_percent: f64,
        peaks: FactorRange,
        (least, most): (f64, f64),
    ) -> Self {
        let peaks = Knots::new(peaks, &MANY);
        let mut means = vec![least];
        while means[means.len() - 1] < most.min(MOST_MEAN) {
            means.push(means[means.len() - 1] * MEAN_STEP);
        }
        let hours = peaks
            .values()
            .iter()
            .map(|factor| {
                let peak = peak_to_mean(curve.peak_to_mean(), *factor);
                let curve = curve.with_peak_to_mean(peak);
                means.iter().map(|mean| log_hours(billing, &curve, target_percent, *mean)).collect()
            })
            .collect();
        Self { peaks, lowest: least.ln(), hours }
    }

    /// Unit-hours a month for a mean of units a second and a factor on the peak.
    pub fn under(&self, mean: f64, peak: f64) -> f64 {
        let last = self.hours[0].len() - 1;
        #[expect(clippy::cast_precision_loss, reason = "a few dozen means")]
        let last_mean = self.lowest + MEAN_STEP.ln() * last as f64;
        let beyond = (mean.ln() - last_mean).max(0.0);
        #[expect(clippy::cast_precision_loss, reason = "a few dozen means")]
        let at = ((mean.ln() - self.lowest) / MEAN_STEP.ln()).clamp(0.0, last as f64);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a position in a list"
        )]
        let lower = (at.floor() as usize).min(last.saturating_sub(1));
        #[expect(clippy::cast_precision_loss, reason = "a few dozen means")]
        let share = at - lower as f64;
        let along =
            |hours: &[f64]| hours[lower] * (1.0 - share) + hours[(lower + 1).min(last)] * share;
        let log: f64 = self
            .peaks
            .between(peak)
            .iter()
            .map(|(at, weight)| along(&self.hours[*at]) * weight)
            .sum();
        (log + beyond).exp()
    }
}

fn log_hours(billing: &Billing<'_>, curve: &LoadCurve, target_percent: f64, mean: f64) -> f64 {
    let units = decimal_from_f64(mean).unwrap_or_default() * billing.conventions.month_seconds();
    let hours: Decimal = tracked_unit_hours(billing, curve, target_percent, units);
    crate::compare::billing::decimal_to_f64(hours).max(f64::MIN_POSITIVE).ln()
}
