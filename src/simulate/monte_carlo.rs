//! Replicas of one month under auto scaling, for the case that the mean alone
//! does not decide: minutes so noisy that they trip alarms.

use rand::SeedableRng;
use rand::rngs::StdRng;
use rand_distr::{Distribution, Gamma, Poisson};
use statrs::distribution::{ContinuousCDF, StudentsT};

use super::jumps::UnitLaw;
use super::provisioned::{self, Provisioned};
use super::series::{MINUTE_MILLI_MAX, MinuteSeries};

/// Random demand of one direction of one table or index.
#[derive(Clone, Debug, PartialEq)]
pub struct NoisyDemand<'a> {
    /// Minutes from the epoch (UTC) to the first minute.
    pub start_minute: i64,
    /// Mean operations in each minute.
    pub operations: &'a [f64],
    /// Units of an operation, in steps.
    pub units: &'a UnitLaw,
    /// A step: 1,000 thousandths for a write unit, 500 for half a read unit.
    pub step_milli: u32,
    /// Var N / E N of the operations in a minute, at least 1 (Poisson).
    pub dispersion: f64,
    /// Minutes run before those that count.
    pub before_minutes: usize,
}

/// A mean over replicas, and how sure it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Mean of the replicas.
    pub mean: f64,
    /// Half the width of its 95 % confidence interval (Student's t); `None`
    /// for a single replica.
    pub half_width_95: Option<f64>,
}

/// What replicas of a series came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Replicas {
    /// How many there were.
    pub count: u32,
    /// Units asked for.
    pub offered_units: Estimate,
    /// Units refused.
    pub throttled_units: Estimate,
    /// Unit-hours billed, hours at their maximum.
    pub unit_hours: Estimate,
}

/// Draws `count` replicas (at least one) from `seed` and runs each. The same
/// seed gives the same replicas. `None` if a mean or the dispersion is not a
/// number that a law can have.
#[must_use]
pub fn replicas(
    demand: &NoisyDemand<'_>,
    settings: &Provisioned,
    count: u32,
    seed: u64,
) -> Option<Replicas> {
    let (mut offered, mut throttled, mut hours) = (Vec::new(), Vec::new(), Vec::new());
    for replica in 0..count.max(1) {
        // Each replica has its own stream: adding replicas changes none.
        let mut rng = StdRng::seed_from_u64(seed.wrapping_add(u64::from(replica)));
        let series = draw(demand, &mut rng)?;
        let before = provisioned::run(&series.first(demand.before_minutes), settings);
        let outcome = provisioned::run(&series, settings);
        offered.push((outcome.offered - before.offered).as_f64());
        throttled.push((outcome.throttled - before.throttled).as_f64());
        hours.push(unit_hours(&outcome) - unit_hours(&before));
    }
    Some(Replicas {
        count: count.max(1),
        offered_units: estimate(&offered),
        throttled_units: estimate(&throttled),
        unit_hours: estimate(&hours),
    })
}

/// One replica of the demand: operations of each class are independent Poisson
/// numbers (the marking theorem), so no operation is drawn by itself. With a
/// dispersion above 1 the minute's rate is itself drawn, from the gamma law
/// that gives the counts this dispersion.
#[must_use]
pub fn draw(demand: &NoisyDemand<'_>, rng: &mut StdRng) -> Option<MinuteSeries> {
    let extra = demand.dispersion - 1.0;
    if !(extra >= 0.0 && extra.is_finite()) {
        return None;
    }
    let mut minutes = Vec::with_capacity(demand.operations.len());
    for &mean in demand.operations {
        if !(mean >= 0.0 && mean.is_finite()) {
            return None;
        }
        let mut rate = mean;
        if extra > 1e-9 && mean > 0.0 {
            rate = Gamma::new(mean / extra, extra).ok()?.sample(rng);
        }
        let mut milli = 0_u64;
        for (steps, probability) in demand.units.classes() {
            let operations = poisson(rate * probability, rng)?;
            let units = u64::from(*steps) * u64::from(demand.step_milli);
            milli = milli.saturating_add(operations.saturating_mul(units));
        }
        minutes.push(milli.min(MINUTE_MILLI_MAX));
    }
    MinuteSeries::new(demand.start_minute, minutes).ok()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float cast saturates, and the number is positive and whole"
)]
fn poisson(mean: f64, rng: &mut StdRng) -> Option<u64> {
    if mean <= 0.0 {
        return Some(0);
    }
    let count: f64 = Poisson::new(mean).ok()?.sample(rng);
    Some(count as u64)
}

#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn unit_hours(outcome: &provisioned::Outcome) -> f64 {
    outcome.billed.hours_at_max_unit_minutes as f64 / 60.0
}

fn estimate(values: &[f64]) -> Estimate {
    let count = f64::from(u32::try_from(values.len()).unwrap_or(u32::MAX));
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    let half_width_95 = (count > 1.5)
        .then(|| StudentsT::new(0.0, 1.0, count - 1.0).ok())
        .flatten()
        .map(|t| t.inverse_cdf(0.975) * (squares / (count - 1.0) / count).sqrt());
    Estimate { mean, half_width_95 }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::simulate::jumps::JumpMeasure;
    use crate::simulate::provisioned::TargetTracking;
    use crate::simulate::target::TargetPercent;

    fn law() -> UnitLaw {
        UnitLaw::of_weights(&BTreeMap::from([(1, 0.5), (2, 0.3), (5, 0.2)])).unwrap()
    }

    fn demand<'a>(operations: &'a [f64], law: &'a UnitLaw, dispersion: f64) -> NoisyDemand<'a> {
        NoisyDemand {
            start_minute: 0,
            operations,
            units: law,
            step_milli: 1000,
            dispersion,
            before_minutes: 0,
        }
    }

    /// Mean and variance of what is drawn against the analytic ones, within
    /// four standard errors; the standard error of a variance is about
    /// sigma^2 sqrt(2/n).
    #[test]
    fn drawn_minutes_have_the_analytic_mean_and_variance() {
        let law = law();
        let operations = vec![200.0; 20_000];
        for dispersion in [1.0, 3.0] {
            let mut rng = StdRng::seed_from_u64(7);
            let series = draw(&demand(&operations, &law, dispersion), &mut rng).unwrap();
            let units: Vec<f64> = series
                .milli()
                .iter()
                .map(|m| f64::from(u32::try_from(*m).unwrap()) / 1000.0)
                .collect();
            let n = 20_000.0_f64;
            let mean = units.iter().sum::<f64>() / n;
            let variance = units.iter().map(|u| (u - mean).powi(2)).sum::<f64>() / (n - 1.0);
            let measure = JumpMeasure::of(200.0, &law);
            let expected = measure.variance(1.0) + (dispersion - 1.0) * 200.0 * law.mean().powi(2);
            assert!((mean - measure.mean(1.0)).abs() < 4.0 * (expected / n).sqrt());
            assert!(
                (variance / expected - 1.0).abs() < 4.0 * (2.0 / n).sqrt(),
                "{variance} {expected}"
            );
        }
    }

    /// 209 units a minute sit just below 70 % of 5 units a second: the mean stays
    /// there, noise soon trips the alarm and asks for 6, a fifth more. A thousand
    /// times the load is noisy by a thirtieth of that.
    #[test]
    fn noise_raises_the_bill_of_a_small_table_only() {
        let law = UnitLaw::always(1);
        let settings = Provisioned::scaled(TargetTracking::new(TargetPercent::CONSOLE_DEFAULT));
        let over_mean = |per_minute: f64| {
            let operations = vec![per_minute; 1440];
            let mean = MinuteSeries::of_means(0, &operations).unwrap();
            let flat = unit_hours(&provisioned::run(&mean, &settings));
            let drawn = replicas(&demand(&operations, &law, 1.0), &settings, 20, 1).unwrap();
            assert!(drawn.unit_hours.half_width_95.unwrap() < 0.05 * flat);
            drawn.unit_hours.mean / flat
        };
        assert!(over_mean(209.0) > 1.15);
        assert!((over_mean(209_000.0) - 1.0).abs() < 0.02);
    }

    /// Two hours of one unit a second each, of which the first does not count.
    #[test]
    fn what_comes_before_does_not_count() {
        let law = UnitLaw::always(1);
        let operations = vec![10.0; 120];
        let demand = NoisyDemand { before_minutes: 60, ..demand(&operations, &law, 1.0) };
        let drawn = replicas(&demand, &Provisioned::flat(1), 5, 3).unwrap();
        assert!((drawn.unit_hours.mean - 1.0).abs() < 1e-9);
        assert!((drawn.offered_units.mean - 600.0).abs() < 4.0 * (600.0_f64 / 5.0).sqrt());
    }

    #[test]
    fn the_same_seed_gives_the_same_replicas() {
        let law = law();
        let operations = vec![50.0; 600];
        let settings = Provisioned::flat(1);
        let run = |seed| replicas(&demand(&operations, &law, 2.0), &settings, 3, seed);
        assert_eq!(run(5), run(5));
        assert_ne!(run(5), run(6));
        assert_eq!(replicas(&demand(&[f64::NAN], &law, 1.0), &settings, 1, 0), None);
    }
}
