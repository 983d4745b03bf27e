use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul};

/// Read capacity: RCU or RRU, counted in halves because an eventually
/// consistent read of up to 4 KB costs one half. Sums and products stop at 2^64 - 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReadUnits {
    halves: u64,
}

impl ReadUnits {
    /// Nothing read.
    pub const ZERO: Self = Self { halves: 0 };

    /// `halves` half units.
    #[must_use]
    pub const fn from_halves(halves: u64) -> Self {
        Self { halves }
    }

    /// `units` whole units.
    #[must_use]
    pub const fn whole(units: u64) -> Self {
        Self { halves: units.saturating_mul(2) }
    }

    /// The number of half units.
    #[must_use]
    pub const fn halves(self) -> u64 {
        self.halves
    }

    /// As a floating-point number, for statistics and drawing. Exact up to
    /// 2^52 units.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "statistics; exact below 2^53 halves")]
    pub fn as_f64(self) -> f64 {
        self.halves as f64 / 2.0
    }
}

impl Add for ReadUnits {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { halves: self.halves.saturating_add(other.halves) }
    }
}

impl AddAssign for ReadUnits {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Mul<u64> for ReadUnits {
    type Output = Self;
    fn mul(self, times: u64) -> Self {
        Self { halves: self.halves.saturating_mul(times) }
    }
}

impl Sum for ReadUnits {
    fn sum<I: Iterator<Item = Self>>(units: I) -> Self {
        units.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for ReadUnits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.halves / 2;
        if self.halves.is_multiple_of(2) { write!(f, "{whole}") } else { write!(f, "{whole}.5") }
    }
}

/// Write capacity: WCU or WRU, always whole. Sums and products stop at 2^64 - 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WriteUnits {
    units: u64,
}

impl WriteUnits {
    /// Nothing written.
    pub const ZERO: Self = Self { units: 0 };

    /// `units` write units.
    #[must_use]
    pub const fn new(units: u64) -> Self {
        Self { units }
    }

    /// The number of units.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.units
    }

    /// As a floating-point number, for statistics and drawing. Exact up to
    /// 2^53 units.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "statistics; exact below 2^53 units")]
    pub fn as_f64(self) -> f64 {
        self.units as f64
    }
}

impl Add for WriteUnits {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { units: self.units.saturating_add(other.units) }
    }
}

impl AddAssign for WriteUnits {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Mul<u64> for WriteUnits {
    type Output = Self;
    fn mul(self, times: u64) -> Self {
        Self { units: self.units.saturating_mul(times) }
    }
}

impl Sum for WriteUnits {
    fn sum<I: Iterator<Item = Self>>(units: I) -> Self {
        units.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for WriteUnits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.units)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_print_as_decimals() {
        assert_eq!(ReadUnits::from_halves(1).to_string(), "0.5");
        assert_eq!(ReadUnits::from_halves(22).to_string(), "11");
        assert_eq!((ReadUnits::from_halves(1) * 3).to_string(), "1.5");
    }
}
