//! Quantities in, lines out. A bill knows neither tables nor queries: the
//! label of a usage is the caller's.

use std::collections::BTreeMap;
use std::fmt;

use rust_decimal::Decimal;

use super::book::PriceBook;
use super::dimension::Dimension;
use super::kinds::Due;
use super::price::{Price, PriceDate, PriceState};
use super::price_key::PriceKey;
use super::region::Region;
use super::settings::BillSettings;
use super::tiers::{self, Part};
use crate::units::Usd;

/// How much of one thing an account used in one Region in a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// What is billed.
    pub key: PriceKey,
    /// Where.
    pub region: Region,
    /// How much, in the dimension's unit, for the month (or once, for what is
    /// due once).
    pub quantity: Decimal,
    /// The caller's name for it; the bill only repeats it.
    pub label: String,
}

/// One line: the usage at the same index, and what it costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The usage that this line bills.
    pub usage: Usage,
    /// The price, or why there is none.
    pub charge: Result<Charge, Unpriced>,
}

impl Line {
    /// The cost, if the line could be priced.
    #[must_use]
    pub fn usd(&self) -> Option<Usd> {
        self.charge.as_ref().ok().map(|charge| charge.usd)
    }

    /// The price of a unit, where one price holds for the whole line.
    #[must_use]
    pub fn unit_usd(&self) -> Option<Usd> {
        match self.charge.as_ref().ok()?.parts.as_slice() {
            [part] => Some(part.unit_usd),
            _ => None,
        }
    }
}

/// What a line costs, and by which figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// The sum of the parts.
    pub usd: Usd,
    /// One part for each tier that the line falls into; at least one.
    pub parts: Vec<Part>,
    /// The id of the source in the book.
    pub source: String,
    /// The date of the figure.
    pub date: PriceDate,
    /// Whether AWS's own figure was seen.
    pub verified: bool,
    /// What the book remarks on the figure.
    pub note: Option<String>,
}

/// Why a line has no price. Never the same as a price of 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unpriced {
    /// Not sold in this Region; the text says who says so.
    NotOffered(String),
    /// The book has no figure; the text says why, if it has a word on it.
    Unknown(Option<String>),
    /// The book has a figure that nobody verified, and unverified figures were
    /// not asked for.
    Unverified(Option<String>),
    /// The source states the price only up to this usage.
    BeyondKnownTiers(Decimal),
    /// The quantity is negative.
    NegativeQuantity,
    /// The quantity is too large to be multiplied exactly.
    TooLarge,
}

impl fmt::Display for Unpriced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOffered(why) => write!(f, "not offered: {why}"),
            Self::Unknown(Some(why)) => write!(f, "price not known: {why}"),
            Self::Unknown(None) => f.write_str("price not known: not in the price book"),
            Self::Unverified(Some(note)) => {
                write!(f, "the book's figure is not verified ({note}) and was not asked for")
            }
            Self::Unverified(None) => {
                f.write_str("the book's figure is not verified and was not asked for")
            }
            Self::BeyondKnownTiers(to) => write!(f, "the price is known only up to {to}"),
            Self::NegativeQuantity => f.write_str("the quantity is negative"),
            Self::TooLarge => f.write_str("the quantity is too large to bill exactly"),
        }
    }
}

/// A month's bill: one line for each usage, in the same order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bill {
    /// The lines.
    pub lines: Vec<Line>,
}

impl Bill {
    /// The indices of the lines without a price.
    #[must_use]
    pub fn unpriced(&self) -> Vec<usize> {
        let unpriced = |(index, line): (usize, &Line)| line.charge.is_err().then_some(index);
        self.lines.iter().enumerate().filter_map(unpriced).collect()
    }

    /// The lines that rest on unverified figures.
    pub fn unverified(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.charge.as_ref().is_ok_and(|charge| !charge.verified))
    }

    /// The sum of the monthly lines that have a price: the total, if
    /// [`Bill::unpriced`] is empty, else a lower bound of it.
    #[must_use]
    pub fn priced_monthly(&self) -> Usd {
        self.sum(Due::Monthly)
    }

    /// The sum of the lines due once that have a price.
    #[must_use]
    pub fn priced_upfront(&self) -> Usd {
        self.sum(Due::Once)
    }

    /// The month's total, or `None` if any line of the bill has no price.
    #[must_use]
    pub fn monthly(&self) -> Option<Usd> {
        self.unpriced().is_empty().then(|| self.priced_monthly())
    }

    /// What is due once, or `None` if any line of the bill has no price.
    #[must_use]
    pub fn upfront(&self) -> Option<Usd> {
        self.unpriced().is_empty().then(|| self.priced_upfront())
    }

    /// Twelve months.
    #[must_use]
    pub fn yearly(&self) -> Option<Usd> {
        self.monthly().map(|month| month * Decimal::from(12))
    }

    fn sum(&self, due: Due) -> Usd {
        let due_then = self.lines.iter().filter(|line| line.usage.key.dimension.due() == due);
        due_then.filter_map(Line::usd).sum()
    }
}

/// Prices a month's usage.
///
/// Tiers are those of the account's whole usage in a Region: lines of the same
/// key and Region fill them one after the other, in the order given, so that
/// the lines add up to the bill exactly and the free tier is given once.
#[must_use]
pub fn bill(book: &PriceBook, usages: &[Usage], settings: &BillSettings) -> Bill {
    let mut before: BTreeMap<(&PriceKey, &Region), Decimal> = BTreeMap::new();
    let mut free_used: BTreeMap<&PriceKey, Decimal> = BTreeMap::new();
    let lines = usages.iter().map(|usage| {
        let used = before.entry((&usage.key, &usage.region)).or_default();
        // The free part of internet traffic is one per account, not per Region.
        let elsewhere = match usage.key.dimension {
            Dimension::TransferInternetOut => {
                free_used.get(&usage.key).copied().unwrap_or_default().saturating_sub(*used)
            }
            _ => Decimal::ZERO,
        };
        let charge = price_line(book, usage, *used, elsewhere, settings);
        if charge.is_ok() {
            *used += usage.quantity;
            *free_used.entry(&usage.key).or_default() += usage.quantity;
        }
        Line { usage: usage.clone(), charge }
    });
    Bill { lines: lines.collect() }
}

fn price_line(
    book: &PriceBook,
    usage: &Usage,
    used_before: Decimal,
    free_used_elsewhere: Decimal,
    settings: &BillSettings,
) -> Result<Charge, Unpriced> {
    if usage.quantity.is_sign_negative() && !usage.quantity.is_zero() {
        return Err(Unpriced::NegativeQuantity);
    }
    let price = usable(book.price(&usage.key, &usage.region), settings)?;
    let end = used_before.checked_add(usage.quantity).ok_or(Unpriced::TooLarge)?;
    if let Some(to) = price.known_to
        && end > to
    {
        return Err(Unpriced::BeyondKnownTiers(to));
    }
    let allowance = if settings.free_tier { price.free_allowance() } else { Decimal::ZERO };
    let free = allowance.saturating_sub(free_used_elsewhere).max(Decimal::ZERO);
    let share = settings.share_paid(usage.key.dimension.service());
    let parts = tiers::split(&price.tiers_with_free(free), used_before, usage.quantity, share)
        .ok_or(Unpriced::TooLarge)?;
    let total = parts.iter().try_fold(Decimal::ZERO, |sum, part| sum.checked_add(part.usd.get()));
    Ok(Charge {
        usd: Usd::new(total.ok_or(Unpriced::TooLarge)?),
        parts,
        source: price.source.clone(),
        date: price.date.clone(),
        verified: price.verified,
        note: price.note.clone(),
    })
}

/// The figure, if there is one that may be used.
///
/// # Errors
/// Why there is none.
pub fn usable<'book>(
    state: PriceState<'book>,
    settings: &BillSettings,
) -> Result<&'book Price, Unpriced> {
    match state {
        PriceState::Known(price) if price.verified || settings.unverified => Ok(price),
        PriceState::Known(price) => Err(Unpriced::Unverified(price.note.clone())),
        PriceState::NotOffered(absence) => Err(Unpriced::NotOffered(absence.why.clone())),
        PriceState::Unknown(absence) => {
            Err(Unpriced::Unknown(absence.map(|absence| absence.why.clone())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pricing::Service;

    fn usage(dimension: Dimension, region: &str, quantity: &str) -> Usage {
        Usage {
            key: dimension.into(),
            region: Region::new(region).unwrap(),
            quantity: quantity.parse().unwrap(),
            label: String::new(),
        }
    }

    fn monthly(usages: &[Usage], settings: &BillSettings) -> Option<Usd> {
        bill(&PriceBook::embedded(), usages, settings).monthly()
    }

    /// Two tables of 20 GB share one free tier of 25 GB: 15 GB at $0.25.
    #[test]
    fn the_free_tier_is_given_once_per_region_and_only_when_asked_for() {
        let usages = [
            usage(Dimension::Storage, "us-east-1", "20"),
            usage(Dimension::Storage, "us-east-1", "20"),
        ];
        let free = BillSettings { free_tier: true, ..BillSettings::default() };
        assert_eq!(monthly(&usages, &free), Some(Usd::new("3.75".parse().unwrap())));
        assert_eq!(
            monthly(&usages, &BillSettings::default()),
            Some(Usd::new("10".parse().unwrap()))
        );
        let elsewhere = [
            usage(Dimension::Storage, "us-east-1", "20"),
            usage(Dimension::Storage, "us-west-2", "20"),
        ];
        assert_eq!(monthly(&elsewhere, &free), Some(Usd::ZERO));
    }

    /// GovCloud's list has no free tier: switching it on changes nothing.
    #[test]
    fn a_region_without_free_tier_gives_none() {
        let usages = [usage(Dimension::WcuHours, "us-gov-west-1", "730")];
        let free = BillSettings { free_tier: true, ..BillSettings::default() };
        assert_eq!(monthly(&usages, &free), monthly(&usages, &BillSettings::default()));
        assert!(monthly(&usages, &free) > Some(Usd::ZERO));
    }

    /// Internet traffic from us-east-1: 100 GB free when asked for, $0.09 to
    /// 10,240 GB, $0.085 to 51,200 GB.
    #[test]
    fn tiers_are_cut_at_their_bounds() {
        let usages = [usage(Dimension::TransferInternetOut, "us-east-1", "20000")];
        let book = PriceBook::embedded();
        let off = bill(&book, &usages, &BillSettings::default());
        assert_eq!(off.monthly(), Some(Usd::new("1751.2".parse().unwrap())));
        assert_eq!(off.lines[0].unit_usd(), None);
        assert_eq!(off.lines[0].charge.as_ref().unwrap().parts.len(), 2);
        let free = BillSettings { free_tier: true, ..BillSettings::default() };
        assert_eq!(monthly(&usages, &free), Some(Usd::new("1742.2".parse().unwrap())));
    }

    #[test]
    fn a_source_that_stops_at_ten_terabytes_prices_no_more() {
        let book = PriceBook::embedded();
        let usages = [
            usage(Dimension::TransferInternetOut, "eu-west-1", "10000"),
            usage(Dimension::TransferInternetOut, "eu-west-1", "1000"),
        ];
        let bill = bill(&book, &usages, &BillSettings::default());
        assert_eq!(bill.lines[0].usd(), Some(Usd::new("900".parse().unwrap())));
        assert_eq!(bill.lines[1].charge, Err(Unpriced::BeyondKnownTiers(10_240.into())));
        assert_eq!(bill.monthly(), None);
        assert_eq!(bill.priced_monthly(), Usd::new("900".parse().unwrap()));
    }

    #[test]
    fn unverified_figures_are_used_only_when_asked_for_and_stay_marked() {
        let book = PriceBook::embedded();
        let usages = [usage(Dimension::ContributorEvents, "us-east-1", "1000000")];
        assert_eq!(bill(&book, &usages, &BillSettings::default()).unpriced(), [0]);
        let asked = BillSettings { unverified: true, ..BillSettings::default() };
        let bill = bill(&book, &usages, &asked);
        assert_eq!(bill.monthly(), Some(Usd::new("0.03".parse().unwrap())));
        assert_eq!(bill.unverified().count(), 1);
    }

    #[test]
    fn upfront_fees_are_kept_apart_and_discounts_are_per_service() {
        let usages = [
            usage(Dimension::Reserved1YWcuUpfront, "us-east-1", "100"),
            usage(Dimension::Reserved1YWcuHours, "us-east-1", "73000"),
            usage(Dimension::TransferInterAz, "us-east-1", "100"),
        ];
        let discounts = [(Service::DynamoDb, "0.1".parse().unwrap())].into();
        let settings = BillSettings { discounts, ..BillSettings::default() };
        let bill = bill(&PriceBook::embedded(), &usages, &settings);
        assert_eq!(bill.upfront(), Some(Usd::new("135".parse().unwrap())));
        assert_eq!(bill.monthly(), Some(Usd::new("9.4096".parse().unwrap())));
    }

    #[test]
    fn what_cannot_be_billed_exactly_is_not_billed() {
        let book = PriceBook::embedded();
        let usages = [
            usage(Dimension::Storage, "us-east-1", "-1"),
            usage(Dimension::Reserved1YWcuUpfront, "us-east-1", "79228162514264337593543950335"),
        ];
        let bill = bill(&book, &usages, &BillSettings::default());
        assert_eq!(bill.lines[0].charge, Err(Unpriced::NegativeQuantity));
        assert_eq!(bill.lines[1].charge, Err(Unpriced::TooLarge));
    }
}
