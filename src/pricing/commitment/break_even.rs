use std::fmt;

use rust_decimal::Decimal;

use super::YEAR_HOURS;
use crate::pricing::bill::{Unpriced, usable};
use crate::pricing::book::PriceBook;
use crate::pricing::dimension::Dimension;
use crate::pricing::kinds::{Direction, TableClass, Term};
use crate::pricing::region::Region;
use crate::pricing::settings::BillSettings;
use crate::units::percent;

/// A price that may be used, after the private discount.
pub(super) fn net_price(
    book: &PriceBook,
    dimension: Dimension,
    region: &Region,
    settings: &BillSettings,
) -> Result<Decimal, Unpriced> {
    let price = usable(book.price(&dimension.into(), region), settings)?;
    Ok(price.first_paid().get() * settings.share_paid(dimension.service()))
}

/// A capacity unit serves so many requests of one unit in an hour.
const SECONDS_PER_HOUR: u32 = 3600;

/// The sustained utilisation of provisioned capacity above which it is cheaper
/// than on-demand: the price of a unit-hour over that of 3,600 request units.
///
/// # Errors
/// Why either price is missing.
pub fn break_even_utilisation(
    book: &PriceBook,
    region: &Region,
    direction: Direction,
    class: TableClass,
    settings: &BillSettings,
) -> Result<Decimal, Unpriced> {
    let price = |dimension| net_price(book, dimension, region, settings);
    let capacity = price(Dimension::capacity_hours(direction, class))?;
    let request = price(Dimension::request_units(direction, class))?;
    share(capacity, request * Decimal::from(SECONDS_PER_HOUR))
}

/// One price as a share of another, which a private discount may have made 0.
fn share(price: Decimal, of: Decimal) -> Result<Decimal, Unpriced> {
    price
        .checked_div(of)
        .ok_or_else(|| Unpriced::Unknown(Some("what it is compared with costs nothing".to_owned())))
}

/// What an hour of a reserved unit costs: the hourly fee, and the upfront fee
/// spread over the term.
pub(super) fn effective_hourly(
    book: &PriceBook,
    region: &Region,
    direction: Direction,
    term: Term,
    settings: &BillSettings,
) -> Result<Decimal, Unpriced> {
    let price = |dimension| net_price(book, dimension, region, settings);
    let upfront = price(Dimension::reserved_upfront(direction, term))?;
    let hourly = price(Dimension::reserved_hours(direction, term))?;
    Ok(hourly + upfront / Decimal::from(YEAR_HOURS * term.years()))
}

/// The share of hours in which a unit must be provisioned for its reservation
/// to pay.
///
/// # Errors
/// Why a price is missing: not every Region sells every term.
pub fn reservation_break_even(
    book: &PriceBook,
    region: &Region,
    direction: Direction,
    term: Term,
    settings: &BillSettings,
) -> Result<Decimal, Unpriced> {
    let dimension = Dimension::capacity_hours(direction, TableClass::Standard);
    let list = net_price(book, dimension, region, settings)?;
    share(effective_hourly(book, region, direction, term, settings)?, list)
}

/// From which use on one way of buying throughput is cheaper than another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreakEven {
    /// Reads or writes.
    pub direction: Direction,
    /// As [`break_even_utilisation`], of the Standard class.
    pub provisioned: Result<Decimal, Unpriced>,
    /// As [`reservation_break_even`], by length.
    pub reserved: Vec<(Term, Result<Decimal, Unpriced>)>,
}

/// The break-even utilisations of a Region, reads first.
#[must_use]
pub fn break_evens(
    book: &PriceBook,
    region: &Region,
    terms: &[Term],
    settings: &BillSettings,
) -> Vec<BreakEven> {
    let of = |direction: &Direction| BreakEven {
        direction: *direction,
        provisioned: break_even_utilisation(
            book,
            region,
            *direction,
            TableClass::Standard,
            settings,
        ),
        reserved: terms
            .iter()
            .map(|term| (*term, reservation_break_even(book, region, *direction, *term, settings)))
            .collect(),
    };
    Direction::ALL.iter().map(of).collect()
}

impl fmt::Display for BreakEven {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = |share: &Result<Decimal, Unpriced>| match share {
            Ok(share) => format!("from {}", percent(*share)),
            Err(why) => format!("at a share that is not known ({why})"),
        };
        write!(
            f,
            "{}: provisioned capacity costs less than on demand {} of it used",
            self.direction.as_str(),
            share(&self.provisioned)
        )?;
        for (term, reserved) in &self.reserved {
            write!(
                f,
                "; reserved for {} less than provisioned {} of the hours",
                term.as_str(),
                share(reserved)
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// us-east-1: $0.00065 / (3,600 x $0.000000625) = 28.9 %, and the year's 46.0 %
    /// of below.
    #[test]
    fn break_evens_are_said_in_a_sentence() {
        let region = Region::new("us-east-1").unwrap();
        let all = break_evens(
            &PriceBook::embedded(),
            &region,
            &[Term::OneYear],
            &BillSettings::default(),
        );
        assert_eq!(
            all[1].to_string(),
            "write: provisioned capacity costs less than on demand from 28.9 % of it used; \
             reserved for 1y less than provisioned from 46.0 % of the hours"
        );
    }

    /// us-east-1, writes: ($1.50 / 8,760 + $0.000128) / $0.00065 for a year;
    /// ($1.80 / 26,280 + $0.000081) / $0.00065 for three. Archera (March 2026)
    /// puts the savings at "about 54 %" and "77 %", which these are.
    #[test]
    fn a_reservation_pays_from_46_percent_and_23_percent_of_the_hours() {
        let book = PriceBook::embedded();
        let region = Region::new("us-east-1").unwrap();
        let settings = BillSettings::default();
        let of = |term| {
            reservation_break_even(&book, &region, Direction::Write, term, &settings)
                .unwrap()
                .round_dp(4)
                .to_string()
        };
        assert_eq!(of(Term::OneYear), "0.4604");
        assert_eq!(of(Term::ThreeYears), "0.2300");
    }

    #[test]
    fn a_region_without_three_year_reservations_says_so() {
        let book = PriceBook::embedded();
        let region = Region::new("us-east-2").unwrap();
        let settings = BillSettings::default();
        let why =
            reservation_break_even(&book, &region, Direction::Read, Term::ThreeYears, &settings);
        assert!(matches!(why, Err(Unpriced::NotOffered(_))), "{why:?}");
    }
}
