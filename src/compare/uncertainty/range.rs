use statrs::distribution::{ContinuousCDF, Normal};

/// An input known within a range, as factors on its point estimate.
///
/// The median is the point estimate itself, one draw in ten lies below `low` and
/// one in ten above `high`; in between and beyond, the logarithm of the factor
/// follows half a normal distribution on either side, each with its own width.
/// So factors stay positive, and a range need not be symmetrical.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FactorRange {
    low: f64,
    high: f64,
}

impl FactorRange {
    /// An input that is known: no draw differs from the point estimate.
    pub const KNOWN: Self = Self { low: 1.0, high: 1.0 };

    /// A range of factors around 1. `None` unless 0 < `low` <= 1 <= `high` and
    /// both are finite.
    #[must_use]
    pub fn new(low: f64, high: f64) -> Option<Self> {
        (low > 0.0 && low <= 1.0 && high >= 1.0 && high.is_finite()).then_some(Self { low, high })
    }

    /// The factor that one draw in ten lies below.
    #[must_use]
    pub const fn low(self) -> f64 {
        self.low
    }

    /// The factor that one draw in ten lies above.
    #[must_use]
    pub const fn high(self) -> f64 {
        self.high
    }

    /// Whether the input is uncertain at all.
    #[must_use]
    pub fn is_known(self) -> bool {
        self == Self::KNOWN
    }

    /// The factor that a share `below` of all draws lies below, 0 < `below` < 1.
    #[must_use]
    pub fn quantile(self, below: f64) -> f64 {
        let standard = Normal::standard();
        let end = if below < 0.5 { self.low } else { self.high };
        let deviations = standard.inverse_cdf(below).abs() / standard.inverse_cdf(0.9);
        // 1 to any power is 1 to the bit: a known input stays what it is.
        end.powf(deviations)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_met_at_its_tenths() {
        let range = FactorRange::new(0.8, 1.5).unwrap();
        assert!((range.quantile(0.1) - 0.8).abs() < 1e-12);
        assert!((range.quantile(0.5) - 1.0).abs() < 1e-12);
        assert!((range.quantile(0.9) - 1.5).abs() < 1e-12);
        // Twice as far out in deviations is the square of the factor:
        // 2 x 1.28155 deviations leave 0.519 % above.
        assert!((range.quantile(1.0 - 0.005_188) - 2.25).abs() < 1e-3);
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "a known input is exactly itself")]
    fn a_known_input_does_not_move() {
        for below in [1e-6, 0.1, 0.3, 0.5, 0.77, 0.999] {
            assert_eq!(FactorRange::KNOWN.quantile(below), 1.0);
        }
        let one_sided = FactorRange::new(1.0, 2.0).unwrap();
        assert_eq!(one_sided.quantile(0.2), 1.0);
    }

    #[test]
    fn nonsense_is_no_range() {
        for (low, high) in
            [(0.0, 1.0), (-1.0, 1.0), (1.1, 1.2), (0.5, 0.9), (0.5, f64::INFINITY), (f64::NAN, 1.0)]
        {
            assert_eq!(FactorRange::new(low, high), None, "{low} {high}");
        }
    }
}
