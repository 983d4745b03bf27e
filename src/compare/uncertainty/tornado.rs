use serde::Serialize;

use super::range::FactorRange;

/// How the answer moves when one input goes from its low to its high end and
/// the others stay at their point estimates.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Swing {
    /// The input, by position.
    pub input: usize,
    /// The answer at the input's p10; `None` where there is none.
    pub at_low: Option<f64>,
    /// The answer at the point estimates.
    pub at_point: Option<f64>,
    /// The answer at the input's p90.
    pub at_high: Option<f64>,
}

impl Swing {
    /// How far the answer moves from the point estimate or from end to end,
    /// whichever is further: in steps it may move the same way at both ends.
    /// `None` where it has none, which is further than any distance.
    #[must_use]
    pub fn width(&self) -> Option<f64> {
        let (low, point, high) = (self.at_low?, self.at_point?, self.at_high?);
        Some(low.max(point).max(high) - low.min(point).min(high))
    }
}

/// The swings of all uncertain inputs, the widest first (inputs whose end has no
/// answer before all others); equal ones in the order of the inputs.
#[must_use]
pub fn tornado(ranges: &[FactorRange], answer: impl Fn(&[f64]) -> Option<f64>) -> Vec<Swing> {
    let at_point = answer(&vec![1.0; ranges.len()]);
    let mut swings: Vec<Swing> = ranges
        .iter()
        .enumerate()
        .filter(|(_, range)| !range.is_known())
        .map(|(input, range)| {
            let at = |factor| {
                let mut factors = vec![1.0; ranges.len()];
                factors[input] = factor;
                answer(&factors)
            };
            Swing { input, at_low: at(range.low()), at_point, at_high: at(range.high()) }
        })
        .collect();
    let key = |swing: &Swing| swing.width().unwrap_or(f64::INFINITY);
    swings.sort_by(|a, b| key(b).total_cmp(&key(a)));
    swings
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 10 x a - 3 x b + c: a over 0.9 to 1.1 moves it by 2, b over 0.5 to 2 by
    /// 4.5, c is known.
    #[test]
    fn the_widest_swing_comes_first() {
        let ranges = [
            FactorRange::new(0.9, 1.1).unwrap(),
            FactorRange::new(0.5, 2.0).unwrap(),
            FactorRange::KNOWN,
        ];
        let swings = tornado(&ranges, |f| Some(10.0 * f[0] - 3.0 * f[1] + f[2]));
        let widths: Vec<(usize, f64)> =
            swings.iter().map(|s| (s.input, s.width().unwrap())).collect();
        assert_eq!(widths.len(), 2);
        assert!(widths[0].0 == 1 && (widths[0].1 - 4.5).abs() < 1e-12);
        assert!(widths[1].0 == 0 && (widths[1].1 - 2.0).abs() < 1e-12);
    }

    #[test]
    fn what_moves_the_same_way_at_both_ends_moves() {
        let range = FactorRange::new(0.5, 2.0).unwrap();
        let swing = tornado(&[range], |f| Some((f[0] - 1.0).abs().min(0.5)))[0];
        assert!((swing.width().unwrap() - 0.5).abs() < 1e-12);
    }

    #[test]
    fn an_end_without_an_answer_matters_most() {
        let ranges = [FactorRange::new(0.1, 9.0).unwrap(), FactorRange::new(0.9, 1.1).unwrap()];
        let swings = tornado(&ranges, |f| (f[1] < 1.05).then(|| f[0]));
        assert_eq!((swings[0].input, swings[0].at_high), (1, None));
    }
}
