use std::collections::BTreeSet;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul};

use rust_decimal::Decimal;

use crate::compare::BillLine;
use crate::units::Usd;

/// Places of a day's cost. A month's cost over its hours has no end of places;
/// it is rounded here, once, so that days add up to phases and phases to totals
/// without a rest.
const PLACES: u32 = 12;

/// Dollars, and the names of what must be paid besides but has no known price.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// What is known.
    pub usd: Usd,
    /// What is not, by name; while there is any, `usd` is a lower bound.
    pub unknown: BTreeSet<String>,
}

impl Cost {
    /// A known cost.
    #[must_use]
    pub const fn known(usd: Usd) -> Self {
        Self { usd, unknown: BTreeSet::new() }
    }

    /// Something that has no known price.
    #[must_use]
    pub fn unknown(name: impl Into<String>) -> Self {
        Self { usd: Usd::ZERO, unknown: BTreeSet::from([name.into()]) }
    }

    /// The sum of lines; those without a price by the name of what they bill.
    #[must_use]
    pub fn of_lines(lines: &[BillLine]) -> Self {
        lines
            .iter()
            .map(|line| match &line.usd {
                Ok(usd) => Self::known(*usd),
                Err(_) => Self::unknown(line.key.to_string()),
            })
            .sum()
    }

    /// A day of something that costs this a month of so many hours.
    #[must_use]
    pub fn per_day(&self, month_hours: Decimal) -> Self {
        let usd = self.usd.get() * Decimal::from(24) / month_hours;
        Self { usd: Usd::new(usd.round_dp(PLACES)), unknown: self.unknown.clone() }
    }

    /// The same with its dollars at the places of a day's cost.
    #[must_use]
    pub fn rounded(self) -> Self {
        Self { usd: Usd::new(self.usd.get().round_dp(PLACES)), unknown: self.unknown }
    }

    /// Everything has a price.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.unknown.is_empty()
    }
}

impl Add for Cost {
    type Output = Self;
    fn add(mut self, other: Self) -> Self {
        self += other;
        self
    }
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        self.usd += other.usd;
        self.unknown.extend(other.unknown);
    }
}

impl Mul<Decimal> for Cost {
    type Output = Self;
    fn mul(self, times: Decimal) -> Self {
        Self { usd: self.usd * times, unknown: self.unknown }
    }
}

impl Sum for Cost {
    fn sum<I: Iterator<Item = Self>>(costs: I) -> Self {
        costs.fold(Self::default(), Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unknown_stays_in_the_sum_by_name() {
        let sum = Cost::known(Usd::new(Decimal::TEN)) + Cost::unknown("warm throughput");
        assert_eq!(sum.usd.get(), Decimal::TEN);
        assert!(!sum.is_known());
        assert_eq!(
            (sum * Decimal::TWO).unknown.into_iter().collect::<Vec<_>>(),
            ["warm throughput"]
        );
    }

    /// 730 h of 73 cents an hour: a day is 24 hours of it.
    #[test]
    fn a_day_is_24_hours_of_a_month() {
        let month = Cost::known(Usd::new(Decimal::new(53_290, 2)));
        assert_eq!(month.per_day(730.into()).usd.get().normalize(), Decimal::new(1752, 2));
    }
}
