use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Sub};

use rust_decimal::prelude::FromPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

/// US dollars, exact: a price such as 0.0000001415 keeps every place.
///
/// Rounded only where a person reads it ([`fmt::Display`] prints cents) and
/// never in between.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Usd(Decimal);

impl Usd {
    /// Nothing to pay. Not a stand-in for an unknown price: that is an
    /// `Option` or an error.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// `amount` dollars.
    #[must_use]
    pub const fn new(amount: Decimal) -> Self {
        Self(amount)
    }

    /// The amount in dollars.
    #[must_use]
    pub const fn get(self) -> Decimal {
        self.0
    }

    /// The decimal string used in reports: every place that is not a trailing
    /// zero, up to ten.
    #[must_use]
    pub fn to_report_string(self) -> String {
        self.0.round_dp(10).normalize().to_string()
    }
}

impl Add for Usd {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Usd {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Usd {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Mul<Decimal> for Usd {
    type Output = Self;
    fn mul(self, times: Decimal) -> Self {
        Self(self.0 * times)
    }
}

impl Sum for Usd {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Half a cent is rounded up, as people do, not to the even cent.
        let cents = self.0.abs().round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
        let negative = self.0.is_sign_negative() && !cents.is_zero();
        let cents = cents.to_string();
        let (whole, fraction) = cents.split_once('.').unwrap_or((&cents, ""));
        if negative {
            f.write_str("-")?;
        }
        f.write_str("$")?;
        for (i, digit) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        write!(f, ".{fraction:0<2}")
    }
}

/// The decimal nearest to a statistic, to nine places: the one door from
/// floating point to quantities that are multiplied by a price.
///
/// Nine places keep an expected value of units per call far finer than any
/// input it is made from, and short enough that products with call counts and
/// prices stay exact in 28 digits.
///
/// # Errors
/// The number itself when it is not finite or too large for a decimal.
pub fn decimal_from_f64(number: f64) -> Result<Decimal, f64> {
    Decimal::from_f64(number).map(|decimal| decimal.round_dp(9)).ok_or(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(text: &str) -> Usd {
        Usd::new(text.parse().unwrap())
    }

    #[test]
    fn dollars_print_with_cents_and_thousands() {
        assert_eq!(usd("1234567.891").to_string(), "$1,234,567.89");
        assert_eq!(usd("0").to_string(), "$0.00");
        assert_eq!(usd("-12.5").to_string(), "-$12.50");
        assert_eq!(usd("-0.001").to_string(), "$0.00");
        assert_eq!(usd("0.625").to_string(), "$0.63");
        assert_eq!(usd("-0.005").to_string(), "-$0.01");
    }

    #[test]
    fn small_prices_stay_exact() {
        let price = usd("0.0000001415");
        let billion = Decimal::from(1_000_000_000_u64);
        assert_eq!((price * billion).get(), "141.5".parse().unwrap());
        assert_eq!(price.to_report_string(), "0.0000001415");
    }
}
