//! The lognormal distribution in the form item sizes need.

use statrs::distribution::{ContinuousCDF, Normal};

/// A size whose logarithm is normal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogNormal {
    /// Mean of the logarithm.
    pub mu: f64,
    /// Standard deviation of the logarithm, above 0.
    pub sigma: f64,
}

impl LogNormal {
    /// The lognormal with this mean and this spread of the logarithm.
    pub fn with_mean(mean: f64, sigma: f64) -> Self {
        Self { mu: mean.ln() - sigma * sigma / 2.0, sigma }
    }

    /// The mean.
    pub fn mean(self) -> f64 {
        (self.mu + self.sigma * self.sigma / 2.0).exp()
    }

    /// The part of the mean that comes from values below `limit`.
    pub fn mean_below(self, limit: f64) -> f64 {
        self.mean() * standard().cdf((limit.ln() - self.mu - self.sigma * self.sigma) / self.sigma)
    }

    /// The probability of a value below `limit`.
    pub fn below(self, limit: f64) -> f64 {
        standard().cdf((limit.ln() - self.mu) / self.sigma)
    }

    /// Points that stand for the distribution: classes finer towards the long
    /// tail, each with its probability and the mean within it, so that the mean
    /// of the points is the mean of the distribution.
    pub fn points(self) -> Vec<(f64, f64)> {
        let normal = standard();
        let mut edges: Vec<f64> = (1..90).map(|i| f64::from(i) / 100.0).collect();
        for decade in 1..=6 {
            let tail = 10_f64.powi(-decade);
            edges.extend((0..12).map(|i| 1.0 - tail * (1.0 - 0.075 * f64::from(i))));
        }
        let mean = self.mean();
        let mut points = Vec::with_capacity(edges.len() + 1);
        let mut low = (0.0, 0.0);
        for p in edges.into_iter().chain([1.0]) {
            let share = if p < 1.0 { normal.cdf(normal.inverse_cdf(p) - self.sigma) } else { 1.0 };
            if p > low.0 {
                points.push((mean * (share - low.1) / (p - low.0), p - low.0));
                low = (p, share);
            }
        }
        points
    }
}

fn standard() -> Normal {
    Normal::standard()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_keep_the_mean_and_the_probability() {
        for sigma in [0.1, 0.5, 1.34, 2.0] {
            let size = LogNormal::with_mean(960.0, sigma);
            let points = size.points();
            let mean: f64 = points.iter().map(|(value, weight)| value * weight).sum();
            let weight: f64 = points.iter().map(|(_, weight)| weight).sum();
            assert!((mean - 960.0).abs() < 1e-6, "{sigma}: {mean}");
            assert!((weight - 1.0).abs() < 1e-12, "{sigma}: {weight}");
            assert!(points.windows(2).all(|pair| pair[0].0 < pair[1].0), "{sigma}");
        }
    }

    #[test]
    fn the_mean_splits_at_a_limit() {
        let size = LogNormal::with_mean(960.0, 1.34);
        assert!((size.mean_below(1e12) - 960.0).abs() < 1e-6);
        assert!(size.mean_below(1430.0) < 400.0);
        assert!((size.below(size.mu.exp()) - 0.5).abs() < 1e-9);
    }
}
