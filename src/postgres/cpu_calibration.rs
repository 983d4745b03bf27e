//! CPU estimates corrected by the CPU that the host was seen to use.

use super::cpu::CpuParts;

/// How far each kind of work may leave the factor that all have in common: the
/// weight of a squared difference of 1 against that of one interval missed by
/// 100 %. Intervals of a mixed load tell kinds apart; those of an even load do
/// not, and then one factor is all that can be known.
const COMMON_FACTOR_WEIGHT: f64 = 0.01;

/// Factors on the estimate of each kind of work.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CpuCalibration {
    factors: [f64; 3],
}

impl CpuCalibration {
    /// The factors, none negative, that bring estimates closest to measured CPU
    /// by relative error, interval by interval. Estimates and measurements are
    /// in the same unit, such as CPU seconds of the interval. Intervals without
    /// measured CPU tell nothing; `None` if none tells anything.
    #[must_use]
    pub fn fit(intervals: &[(CpuParts, f64)]) -> Option<Self> {
        let told: Vec<([f64; 3], f64)> = intervals
            .iter()
            .filter(|(parts, measured)| *measured > 0.0 && parts.sum() > 0.0)
            .map(|(parts, measured)| (parts.array().map(|part| part / measured), *measured))
            .collect();
        let measured: f64 = told.iter().map(|(_, measured)| measured).sum();
        let estimated: f64 =
            told.iter().map(|(parts, measured)| parts.iter().sum::<f64>() * measured).sum();
        if told.is_empty() {
            return None;
        }
        let common = measured / estimated;
        let mut factors = [common; 3];
        // The error is quadratic and convex: one factor after the other is set to
        // its best value, at least 0, until all rest.
        for _ in 0..10_000 {
            for kind in 0..3 {
                let (mut slope, mut pull) = (COMMON_FACTOR_WEIGHT, COMMON_FACTOR_WEIGHT * common);
                for (parts, _) in &told {
                    let others: f64 = (0..3)
                        .filter(|other| *other != kind)
                        .map(|other| factors[other] * parts[other])
                        .sum();
                    slope += parts[kind] * parts[kind];
                    pull += parts[kind] * (1.0 - others);
                }
                factors[kind] = (pull / slope).max(0.0);
            }
        }
        Some(Self { factors })
    }

    /// The factors on executing, on parsing, planning and protocol work, and on
    /// committing.
    #[must_use]
    pub const fn factors(&self) -> [f64; 3] {
        self.factors
    }

    /// The corrected CPU.
    #[must_use]
    pub fn apply(&self, parts: CpuParts) -> f64 {
        parts.array().iter().zip(self.factors).map(|(part, factor)| part * factor).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(executing: f64, calling: f64) -> CpuParts {
        CpuParts { executing, calling, committing: 0.0 }
    }

    #[test]
    fn an_even_load_gives_one_factor() {
        let fitted = CpuCalibration::fit(&[(parts(1.0, 1.0), 3.0), (parts(2.0, 2.0), 6.0)]);
        assert!((fitted.unwrap().apply(parts(5.0, 1.0)) - 9.0).abs() < 1e-3);
    }

    #[test]
    fn a_mixed_load_tells_kinds_apart() {
        let intervals = [(parts(10.0, 0.0), 20.0), (parts(0.0, 10.0), 5.0)];
        let fitted = CpuCalibration::fit(&intervals).unwrap();
        assert!((fitted.apply(parts(10.0, 0.0)) - 20.0).abs() < 1.0);
        assert!((fitted.apply(parts(0.0, 10.0)) - 5.0).abs() < 0.2);
    }

    #[test]
    fn nothing_measured_is_no_calibration() {
        assert_eq!(CpuCalibration::fit(&[(parts(1.0, 1.0), 0.0)]), None);
    }
}
