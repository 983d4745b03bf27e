//! Bytes of a column's values as stored.

/// Bytes of a column's values as stored, the length header of those that vary
/// included (what `pg_column_size` tells).
#[derive(Clone, Debug, PartialEq)]
pub enum Width {
    /// Every value takes as many.
    Fixed(u32),
    /// They vary.
    Varying(Spread),
    /// They vary, and some leave their row.
    Split(Box<Split>),
    /// They vary, and all that is known is that the row holds a pointer to each:
    /// `pg_stats.avg_width` counts a value kept out of line as 18 bytes.
    OutOfLine,
}

impl Width {
    /// The mean bytes of a value in its row or index entry.
    pub(super) fn mean(&self) -> f64 {
        match self {
            Self::Fixed(bytes) => f64::from(*bytes),
            Self::Varying(spread) => spread.mean,
            Self::Split(split) => {
                let outside = split.outside_share;
                split.inline.mean * (1.0 - outside) + split.outside.mean * outside
            }
            Self::OutOfLine => f64::from(super::layout::POINTER_BYTES),
        }
    }
}

/// How values' bytes vary.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Average.
    pub mean: f64,
    /// Smallest.
    pub min: u32,
    /// Largest.
    pub max: u32,
    /// Standard deviation.
    pub stddev: f64,
    /// Bytes from one possible width to the next, from the smallest on: 2 for
    /// numeric, which keeps four decimal digits in two bytes.
    pub step: u32,
    /// Whether smallest, largest and deviation are this tool's choice: only the
    /// average is known.
    pub assumed: bool,
}

/// Values of a column of which some are kept out of line.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// Those that stay.
    pub inline: Spread,
    /// Those that leave.
    pub outside: Spread,
    /// Share of those that leave.
    pub outside_share: f64,
}

/// Into how many cells a range is cut.
const CELLS_MAX: u32 = 512;
/// Steps after which the solution is taken as it is.
const STEPS_MAX: usize = 200;

/// The distribution of a [`Spread`]: of all over its range with its mean and
/// deviation the one that assumes least (largest entropy). It is even where the
/// deviation is that of even values, a bell where it is less, and heaped at the
/// ends where it is more.
#[derive(Clone, Debug)]
pub struct Quantiles {
    least: u32,
    step: u32,
    /// Steps above the least and the share of values below, ascending in both.
    knots: Vec<(f64, f64)>,
}

impl Quantiles {
    /// Prepares the look-up.
    pub fn of(spread: &Spread) -> Self {
        let step = spread.step.max(1);
        let least = spread.min;
        let steps = |bytes: f64| (bytes - f64::from(least)) / f64::from(step);
        let most = (spread.max - least) / step;
        let values = most + 1;
        let cells = values.min(CELLS_MAX);
        let cell = f64::from(values) / f64::from(cells);
        // Whole bytes stand for the cell around them.
        let low = -0.5_f64;
        let share = |bytes: f64| (bytes - low) / f64::from(values) * 2.0 - 1.0;
        let centres: Vec<f64> =
            (0..cells).map(|i| share(low + (f64::from(i) + 0.5) * cell)).collect();
        let mean = share(steps(spread.mean).clamp(0.0, f64::from(most)));
        // What lies inside a cell of several bytes is even.
        let inside = if cell > 1.0 { cell.powi(2) / 12.0 } else { 0.0 };
        let variance = ((spread.stddev / f64::from(step)).powi(2) - inside)
            * (2.0 / f64::from(values)).powi(2);
        let weights = least_assuming(&centres, mean, variance.max(0.0));
        let mut knots = vec![(low, 0.0)];
        let mut below = 0.0;
        for (i, weight) in (1..=cells).zip(weights) {
            below += weight;
            knots.push((low + f64::from(i) * cell, below));
        }
        Self { least, step, knots }
    }

    /// The bytes that a share `u` (0 to 1) of the values stays below.
    pub fn at(&self, u: f64) -> u32 {
        let next = self.knots.partition_point(|&(_, below)| below < u);
        let next = next.clamp(1, self.knots.len() - 1);
        let ((x0, u0), (x1, u1)) = (self.knots[next - 1], self.knots[next]);
        let x = if u1 > u0 { x0 + (x1 - x0) * ((u - u0) / (u1 - u0)).clamp(0.0, 1.0) } else { x1 };
        // The lowest cell begins half a step below its value.
        let last = self.knots[self.knots.len() - 1].0;
        self.least + self.step * whole((x.min(last - 1e-9) + 0.5).floor())
    }
}

/// Weights of ascending, evenly spaced points with this mean and variance: the
/// exponential of a square polynomial, by Newton's method on the logarithm of
/// its sum, which is convex. Where no weights have that variance the nearest
/// possible one is taken.
fn least_assuming(points: &[f64], mean: f64, variance: f64) -> Vec<f64> {
    let (first, last) = (points[0], points[points.len() - 1]);
    let step = (last - first) / super::real(points.len().max(2) as u64 - 1);
    let mean = mean.clamp(first, last);
    let below =
        points.partition_point(|&point| point <= mean).clamp(1, points.len().max(2) - 1) - 1;
    let between = if step > 0.0 { ((mean - points[below]) / step).clamp(0.0, 1.0) } else { 0.0 };
    let mut weights = vec![0.0; points.len()];
    if variance <= between * (1.0 - between) * step.powi(2) * 1.001 + 1e-15 {
        weights[below] += 1.0 - between;
        if let Some(next) = weights.get_mut(below + 1) {
            *next += between;
        }
        return weights;
    }
    if variance >= (mean - first) * (last - mean) * 0.999 {
        let at_last = (mean - first) / (last - first);
        weights[0] = 1.0 - at_last;
        weights[points.len() - 1] = at_last;
        return weights;
    }
    let square = variance + mean.powi(2);
    let (mut linear, mut quadratic) = (0.0, 0.0);
    let mut best = Sum::of(points, linear, quadratic);
    for _ in 0..STEPS_MAX {
        let (over_mean, over_square) = (best.mean - mean, best.square - square);
        if over_mean.abs() < 1e-10 && over_square.abs() < 1e-10 {
            break;
        }
        let determinant = best.var_mean * best.var_square - best.covariance.powi(2);
        if determinant <= 1e-300 {
            break;
        }
        let d_linear = (best.var_square * over_mean - best.covariance * over_square) / determinant;
        let d_quadratic = (best.var_mean * over_square - best.covariance * over_mean) / determinant;
        let value = best.log_sum - linear * mean - quadratic * square;
        let slope = d_linear * over_mean + d_quadratic * over_square;
        let mut length = 1.0;
        loop {
            let (a, b) = (linear - length * d_linear, quadratic - length * d_quadratic);
            let next = Sum::of(points, a, b);
            let fallen = value - (next.log_sum - a * mean - b * square);
            if fallen >= 1e-4 * length * slope || length < 1e-9 {
                (linear, quadratic, best) = (a, b, next);
                break;
            }
            length /= 2.0;
        }
    }
    best.weights
}

/// Weights `e^(linear x + quadratic x^2)` and their moments.
struct Sum {
    weights: Vec<f64>,
    log_sum: f64,
    mean: f64,
    square: f64,
    var_mean: f64,
    var_square: f64,
    covariance: f64,
}

impl Sum {
    fn of(points: &[f64], linear: f64, quadratic: f64) -> Self {
        let exponents: Vec<f64> =
            points.iter().map(|x| linear * x + quadratic * x.powi(2)).collect();
        let largest = exponents.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut weights: Vec<f64> = exponents.iter().map(|e| (e - largest).exp()).collect();
        let sum: f64 = weights.iter().sum();
        for weight in &mut weights {
            *weight /= sum;
        }
        let moment = |power| -> f64 {
            points.iter().zip(&weights).map(|(x, weight)| x.powi(power) * weight).sum()
        };
        let [mean, square, cube, fourth] = [1, 2, 3, 4].map(moment);
        Self {
            weights,
            log_sum: largest + sum.ln(),
            mean,
            square,
            var_mean: square - mean.powi(2),
            var_square: fourth - square.powi(2),
            covariance: cube - mean * square,
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a quantile lies between two u32 bounds"
)]
fn whole(steps: f64) -> u32 {
    steps.max(0.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(min: u32, max: u32, mean: f64, stddev: f64) -> Spread {
        Spread { mean, min, max, stddev, step: 1, assumed: false }
    }

    fn moments(spread: &Spread) -> (f64, f64, u32, u32) {
        let quantiles = Quantiles::of(spread);
        let drawn: Vec<u32> =
            (0..20_000).map(|i| quantiles.at((f64::from(i) + 0.5) / 20_000.0)).collect();
        let mean = drawn.iter().map(|&w| f64::from(w)).sum::<f64>() / 20_000.0;
        let square = drawn.iter().map(|&w| (f64::from(w) - mean).powi(2)).sum::<f64>() / 20_000.0;
        (mean, square.sqrt(), *drawn.iter().min().unwrap(), *drawn.iter().max().unwrap())
    }

    /// Mean and deviation come back, and nothing lies outside the range: even
    /// (deviation of 401 even values: 115.76), heaped in the middle, at the
    /// upper end, and all alike.
    #[test]
    fn moments_come_back() {
        for given in [
            spread(704, 1104, 904.0, 115.76),
            spread(740, 886, 814.5, 34.96),
            spread(3, 7, 6.979, 0.204),
            spread(18, 19, 18.5, 0.5),
            spread(4, 4, 4.0, 0.0),
            spread(500, 60_000, 2100.0, 900.0),
        ] {
            let (mean, stddev, min, max) = moments(&given);
            assert!((mean / given.mean - 1.0).abs() < 0.005, "{given:?}: {mean}");
            assert!(
                (stddev - given.stddev).abs() < 0.01 * given.stddev + 0.02,
                "{given:?}: {stddev}"
            );
            assert!(given.min <= min && max <= given.max, "{given:?}: {min} {max}");
        }
    }

    /// 25 % of 7 and 75 % of 9 bytes have a mean of 8.5, and nothing is 8 long.
    #[test]
    fn widths_in_steps() {
        let quantiles = Quantiles::of(&Spread { step: 2, ..spread(7, 9, 8.5, 0.866) });
        let drawn: Vec<u32> =
            (0..100).map(|i| quantiles.at((f64::from(i) + 0.5) / 100.0)).collect();
        assert_eq!(drawn.iter().filter(|&&bytes| bytes == 7).count(), 25);
        assert_eq!(drawn.iter().filter(|&&bytes| bytes == 9).count(), 75);
    }

    #[test]
    fn even_values_are_even() {
        let quantiles = Quantiles::of(&spread(10, 19, 14.5, 2.872));
        for i in 0..10_u32 {
            assert_eq!(quantiles.at((f64::from(i) + 0.5) / 10.0), 10 + i);
        }
    }
}
