//! Mean and variance of demand per minute, from calls and units per call.

use super::series::MinuteSeries;

/// How much one call of a statement takes from one table or index in one
/// direction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Touch {
    /// Which table or index: an index into the result.
    pub resource: usize,
    /// E\[U\], in units a call.
    pub mean_units: f64,
    /// E\[U^2\], in units squared.
    pub second_moment_units: f64,
}

/// One statement: when it is called and what each call takes.
#[derive(Clone, Debug, PartialEq)]
pub struct StatementLoad<'a> {
    /// Mean calls in each minute; statements may share a series.
    pub calls: &'a [f64],
    /// Var N / E N of the calls in a minute: 1 if they arrive independently of
    /// one another (Poisson). Statement counters cannot tell it.
    pub dispersion: f64,
    /// What a call takes, at most one entry a resource.
    pub touches: Vec<Touch>,
}

/// Demand on one table or index, minute by minute.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moments {
    /// Mean units in each minute.
    pub mean: Vec<f64>,
    /// Their variance.
    pub variance: Vec<f64>,
}

impl Moments {
    /// The mean demand as an exact series; `None` if a minute is beyond what a
    /// series holds.
    #[must_use]
    pub fn mean_series(&self, start_minute: i64) -> Option<MinuteSeries> {
        MinuteSeries::of_means(start_minute, &self.mean)
    }

    /// Whether noise in a minute exceeds a hundredth of its mean anywhere, so
    /// that it may trip an alarm of auto scaling: the one case in which the
    /// mean alone does not do and replicas are drawn.
    #[must_use]
    pub fn is_noisy(&self) -> bool {
        let mut minutes = self.mean.iter().zip(&self.variance);
        minutes.any(|(mean, variance)| *mean > 0.0 && variance.sqrt() > 0.01 * mean)
    }
}

/// So many minutes are worked on at a time, to stay in the nearest cache.
const BLOCK: usize = 256;

/// Mean and variance of the demand on each of `resources` tables and indexes in
/// each of `minutes`: a compound sum has mean E N E U and variance
/// E N (Var U + I (E U)^2). Calls beyond a statement's series are 0. The cost
/// does not depend on how many calls there are.
#[must_use]
pub fn demand(statements: &[StatementLoad<'_>], resources: usize, minutes: usize) -> Vec<Moments> {
    let mut terms: Vec<Vec<Term<'_>>> = (0..resources).map(|_| Vec::new()).collect();
    for statement in statements {
        for touch in &statement.touches {
            let spread = touch.second_moment_units
                + (statement.dispersion - 1.0) * touch.mean_units * touch.mean_units;
            if let Some(terms) = terms.get_mut(touch.resource) {
                terms.push(Term {
                    calls: statement.calls,
                    mean: touch.mean_units,
                    variance: spread.max(0.0),
                });
            }
        }
    }
    let empty = || Moments { mean: vec![0.0; minutes], variance: vec![0.0; minutes] };
    let mut demand: Vec<Moments> = (0..resources).map(|_| empty()).collect();
    for start in (0..minutes).step_by(BLOCK) {
        let end = (start + BLOCK).min(minutes);
        for (moments, terms) in demand.iter_mut().zip(&terms) {
            let mean = &mut moments.mean[start..end];
            let variance = &mut moments.variance[start..end];
            for term in terms {
                term.add(start, mean, variance);
            }
        }
    }
    demand
}

struct Term<'a> {
    calls: &'a [f64],
    mean: f64,
    variance: f64,
}

impl Term<'_> {
    fn add(&self, start: usize, mean: &mut [f64], variance: &mut [f64]) {
        let calls = self.calls.get(start..).unwrap_or(&[]);
        for ((calls, mean), variance) in calls.iter().zip(mean).zip(variance) {
            *mean += calls * self.mean;
            *variance += calls * self.variance;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_add_up_on_what_they_share() {
        let touch = |resource, mean_units, second_moment_units| Touch {
            resource,
            mean_units,
            second_moment_units,
        };
        let (often, seldom) = (vec![100.0; 300], vec![10.0; 200]);
        let statements = [
            StatementLoad {
                calls: &often,
                dispersion: 1.0,
                touches: vec![touch(0, 2.0, 5.0), touch(1, 1.0, 1.0)],
            },
            StatementLoad { calls: &seldom, dispersion: 3.0, touches: vec![touch(0, 4.0, 16.0)] },
        ];
        let demand = demand(&statements, 3, 300);
        // 100 x 2 + 10 x 4; 100 x 5 + 10 x (0 + 3 x 16).
        assert!((demand[0].mean[199] - 240.0).abs() < 1e-9);
        assert!((demand[0].variance[199] - 980.0).abs() < 1e-9);
        assert!((demand[0].mean[299] - 200.0).abs() < 1e-9);
        assert!((demand[1].variance[0] - 100.0).abs() < 1e-9);
        assert!(demand[2].mean.iter().all(|mean| mean.abs() < 1e-12));
        assert!(demand[0].is_noisy() && !demand[2].is_noisy());
    }
}
