use crate::compare::uncertainty::FactorRange;

/// Where knots are on either side, in distances between the median and the tenth:
/// one at the tenth itself, where sensitivities are told, and one at 2.6 of them,
/// which leave four draws in ten thousand outside.
pub const MANY: [f64; 4] = [0.5, 1.0, 1.7, 2.6];
/// The same for what is almost straight.
pub const FEW: [f64; 2] = [1.0, 2.6];

/// Values of a factor for which something is computed; in between it is taken
/// on the straight line, beyond the last two knots on their line. 1 is a knot.
#[derive(Clone, Debug, PartialEq)]
pub struct Knots(Vec<f64>);

impl Knots {
    /// 1, and knots at these distances on each side that is uncertain.
    pub fn new(range: FactorRange, distances: &[f64]) -> Self {
        let side = |end: f64| {
            distances
                .iter()
                .filter(move |_| (end - 1.0).abs() > 0.0)
                .map(move |distance| end.powf(*distance))
        };
        let mut values: Vec<f64> =
            side(range.low()).chain([1.0]).chain(side(range.high())).collect();
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    /// The knots, ascending.
    pub fn values(&self) -> &[f64] {
        &self.0
    }

    /// The two knots to go between, with the weight of each. At a knot it has
    /// all the weight.
    pub fn between(&self, factor: f64) -> [(usize, f64); 2] {
        if self.0.len() < 2 {
            return [(0, 1.0), (0, 0.0)];
        }
        let above = self.0.partition_point(|knot| *knot <= factor);
        let lower = above.saturating_sub(1).min(self.0.len() - 2);
        let share = (factor - self.0[lower]) / (self.0[lower + 1] - self.0[lower]);
        [(lower, 1.0 - share), (lower + 1, share)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(knots: &Knots, factor: f64, of: impl Fn(f64) -> f64) -> f64 {
        knots.between(factor).iter().map(|(at, weight)| of(knots.values()[*at]) * weight).sum()
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "a knot is met to the bit")]
    fn one_is_a_knot_whichever_side_is_known() {
        for (low, high) in [(0.5, 2.0), (1.0, 2.0), (0.5, 1.0), (1.0, 1.0)] {
            let knots = Knots::new(FactorRange::new(low, high).unwrap(), &MANY);
            assert!(knots.values().contains(&1.0));
            assert_eq!(value(&knots, 1.0, |factor| 0.1 * factor), 0.1);
        }
    }

    #[test]
    fn a_line_is_met_everywhere() {
        let knots = Knots::new(FactorRange::new(0.5, 2.0).unwrap(), &MANY);
        assert_eq!(knots.values().len(), 9);
        for factor in [0.01, 0.3, 0.9, 1.1, 4.0, 9.0] {
            assert!((value(&knots, factor, |f| 3.0 * f - 1.0) - (3.0 * factor - 1.0)).abs() < 1e-9);
        }
    }
}
