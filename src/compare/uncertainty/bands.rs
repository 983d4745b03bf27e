use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Costs;
use super::draws::BATCHES;

/// What a cost may be at one load.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BandPoint {
    /// Multiple of today's load.
    pub load: f64,
    /// One draw in ten costs less, USD a month.
    pub p10: f64,
    /// Half of the draws cost less, USD a month.
    pub p50: f64,
    /// One draw in ten costs more, USD a month.
    pub p90: f64,
    /// How far p10 and p90 may be off because draws are finite: the larger of
    /// their standard errors, USD a month.
    pub standard_error: f64,
    /// Share of draws in which it can be had at this load at all; the others
    /// are not in the quantiles.
    pub share_available: f64,
}

/// What one curve's cost may be, by ascending load. Loads where no draw can
/// have it are left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// The points.
    pub points: Vec<BandPoint>,
}

/// The bands of all curves from the costs of all draws, in the order of
/// [`super::Draws::factors`].
#[must_use]
pub fn bands(costs: &[Costs], loads: &[f64]) -> Vec<Band> {
    let curves = costs.first().map_or(0, Vec::len);
    (0..curves)
        .map(|curve| {
            let point = |(at, &load): (usize, &f64)| {
                let drawn: Vec<Option<f64>> = costs.iter().map(|draw| draw[curve][at]).collect();
                band_point(&drawn, load)
            };
            Band { points: loads.iter().enumerate().filter_map(point).collect() }
        })
        .collect()
}

fn band_point(drawn: &[Option<f64>], load: f64) -> Option<BandPoint> {
    let all = sorted(drawn)?;
    let batches: Vec<Vec<f64>> =
        drawn.chunks(drawn.len().div_ceil(BATCHES)).filter_map(sorted).collect();
    let error = |below| {
        let quantiles: Vec<f64> = batches.iter().map(|batch| quantile(batch, below)).collect();
        standard_error(&quantiles)
    };
    Some(BandPoint {
        load,
        p10: quantile(&all, 0.1),
        p50: quantile(&all, 0.5),
        p90: quantile(&all, 0.9),
        standard_error: error(0.1).max(error(0.9)),
        share_available: all.len() as f64 / drawn.len() as f64,
    })
}

/// The values that are there, ascending; `None` if there are none.
pub(super) fn sorted(drawn: &[Option<f64>]) -> Option<Vec<f64>> {
    let mut values: Vec<f64> = drawn.iter().copied().flatten().collect();
    values.sort_by(f64::total_cmp);
    (!values.is_empty()).then_some(values)
}

/// The value that a share `below` of the ascending `values` lies below, between
/// two of them as their distance says (Hyndman and Fan's type 7).
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a position in a list")]
pub(super) fn quantile(values: &[f64], below: f64) -> f64 {
    let at = below * (values.len() - 1) as f64;
    let (lower, upper) = (values[at.floor() as usize], values[at.ceil() as usize]);
    // Equal neighbours stay what they are, to the bit.
    lower + (upper - lower) * at.fract()
}

/// Of the mean of independent values.
fn standard_error(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    if values.len() < 2 {
        return 0.0;
    }
    // Counted from the first, so that equal values have no scatter to the bit.
    let offsets = || values.iter().map(|value| value - values[0]);
    let mean = offsets().sum::<f64>() / count;
    let squares: f64 = offsets().map(|offset| (offset - mean).powi(2)).sum();
    (squares / (count - 1.0) / count).sqrt()
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{ContinuousCDF, Normal};

    use super::super::{Draws, FactorRange};
    use super::*;

    /// A cost of `100 x load x a x b`: the logarithms of the two factors have
    /// deviations ln 2 / z and ln 1.5 / z, z = 1.28155, so the logarithm of the
    /// product has the root of the sum of squares, and p10 and p90 lie z of
    /// those away: at exp(± sqrt(ln 2 ^2 + ln 1.5 ^2)) = exp(± 0.80306) = 0.448
    /// and 2.232.
    #[test]
    fn bands_are_those_of_a_closed_form() {
        let ranges =
            [FactorRange::new(0.5, 2.0).unwrap(), FactorRange::new(1.0 / 1.5, 1.5).unwrap()];
        let draws = Draws::new(&ranges, 400, 3);
        let loads = [1.0, 10.0];
        let costs: Vec<Costs> = draws
            .factors
            .iter()
            .map(|f| vec![loads.iter().map(|load| Some(100.0 * load * f[0] * f[1])).collect()])
            .collect();
        let spread = 2.0_f64.ln().hypot(1.5_f64.ln());
        for (point, load) in bands(&costs, &loads)[0].points.iter().zip(loads) {
            let sigma = spread / Normal::standard().inverse_cdf(0.9);
            assert!((sigma - 0.6266).abs() < 1e-3);
            for (quantile, exact) in [
                (point.p10, 100.0 * load * (-spread).exp()),
                (point.p50, 100.0 * load),
                (point.p90, 100.0 * load * spread.exp()),
            ] {
                let off = (quantile - exact).abs();
                assert!(off < 4.0 * point.standard_error, "{quantile} {exact} {point:?}");
            }
            // The error is worth stating: around a hundredth of the figure.
            assert!(point.standard_error < 0.03 * point.p90, "{point:?}");
        }
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "ranges without width change nothing")]
    fn known_inputs_give_the_point_estimate() {
        let draws = Draws::new(&[FactorRange::KNOWN; 2], 10, 3);
        let costs: Vec<Costs> =
            draws.factors.iter().map(|f| vec![vec![Some(0.1 * 3.0 * f[0] * f[1])]]).collect();
        let point = bands(&costs, &[1.0])[0].points[0];
        assert_eq!((point.p10, point.p50, point.p90), (0.1 * 3.0, 0.1 * 3.0, 0.1 * 3.0));
        assert_eq!(point.standard_error, 0.0);
    }

    #[test]
    fn what_cannot_be_had_is_counted_not_averaged() {
        let costs: Vec<Costs> = (0_u32..10)
            .map(|draw| vec![vec![(draw < 4).then_some(f64::from(draw)), None]])
            .collect();
        let band = &bands(&costs, &[1.0, 2.0])[0];
        assert_eq!(band.points.len(), 1);
        assert!((band.points[0].share_available - 0.4).abs() < 1e-12);
        assert!((band.points[0].p90 - 2.7).abs() < 1e-12);
    }
}
