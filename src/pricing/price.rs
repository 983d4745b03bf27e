use std::fmt;

use rust_decimal::Decimal;

use crate::units::Usd;

/// The day a figure was published, or nothing where its source has no date.
/// Undated sorts before every date.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PriceDate(Option<String>);

impl PriceDate {
    /// How a missing date is written.
    pub const UNDATED: &'static str = "undated";

    /// `YYYY-MM-DD` or `undated`.
    ///
    /// # Errors
    /// What is wrong with the text, in a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text == Self::UNDATED {
            return Ok(Self(None));
        }
        let bytes = text.as_bytes();
        let digits = |range: std::ops::Range<usize>| {
            bytes.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit))
        };
        let well_formed = bytes.len() == 10
            && digits(0..4)
            && bytes[4] == b'-'
            && digits(5..7)
            && bytes[7] == b'-'
            && digits(8..10)
            && ("01"..="12").contains(&&text[5..7])
            && ("01"..="31").contains(&&text[8..10]);
        if well_formed {
            Ok(Self(Some(text.to_owned())))
        } else {
            Err(format!("`{text}` is not a date: write YYYY-MM-DD, or `undated`"))
        }
    }

    /// The date, where there is one.
    #[must_use]
    pub fn known(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl fmt::Display for PriceDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_deref().unwrap_or(Self::UNDATED))
    }
}

/// From this monthly usage on, each unit costs so much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tier {
    /// Usage of the account in the Region before this tier begins.
    pub from: Decimal,
    /// Dollars a unit.
    pub usd: Usd,
}

/// A figure of the price book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// Sorted by [`Tier::from`], the first from 0, never empty.
    pub tiers: Vec<Tier>,
    /// The usage up to which the tiers are known, if the source stops short.
    pub known_to: Option<Decimal>,
    /// The id of the source in the book.
    pub source: String,
    /// When the figure was published.
    pub date: PriceDate,
    /// Whether AWS's own figure was seen. An unverified one is used only when
    /// asked for, and marked wherever it shows.
    pub verified: bool,
    /// AWS's product code, where the source states it.
    pub sku: Option<String>,
    /// What a reader should know about this figure.
    pub note: Option<String>,
}

impl Price {
    /// How much usage the free tier covers; 0 where there is none.
    ///
    /// A free tier is a first tier at 0 with a paid one behind it. A single
    /// tier at 0 is a price of 0, not a free tier.
    #[must_use]
    pub fn free_allowance(&self) -> Decimal {
        match self.tiers.as_slice() {
            [first, second, ..] if first.usd == Usd::ZERO => second.from,
            _ => Decimal::ZERO,
        }
    }

    /// The tiers when `free` units of the free tier are left to this usage (0:
    /// the free tier is off or used up, and the first paid price holds from the
    /// first unit).
    #[must_use]
    pub fn tiers_with_free(&self, free: Decimal) -> Vec<Tier> {
        if self.free_allowance().is_zero() {
            return self.tiers.clone();
        }
        let mut tiers = self.tiers.clone();
        tiers[1].from = free;
        if free.is_zero() {
            tiers.remove(0);
        }
        tiers
    }

    /// The price of the first unit that is not free.
    #[must_use]
    pub fn first_paid(&self) -> Usd {
        let first_paid = usize::from(!self.free_allowance().is_zero());
        self.tiers.get(first_paid).map_or(Usd::ZERO, |tier| tier.usd)
    }
}

/// Why the book has no figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    /// Whether the source says that it is not sold there, or says nothing.
    pub offered: Offered,
    /// The reason, in a sentence.
    pub why: String,
    /// The id of the source in the book.
    pub source: String,
    /// When the source was published.
    pub date: PriceDate,
}

/// Whether something without a price can be bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offered {
    /// Not sold in this Region.
    No,
    /// Not known.
    Unknown,
}

/// What the book says of one dimension in one Region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceState<'book> {
    /// There is a figure; look at [`Price::verified`].
    Known(&'book Price),
    /// The source says it is not sold in this Region.
    NotOffered(&'book Absence),
    /// No figure is known; the absence says why, if the book has a word on it.
    Unknown(Option<&'book Absence>),
}

impl<'book> PriceState<'book> {
    /// The figure, verified or not.
    #[must_use]
    pub const fn known(self) -> Option<&'book Price> {
        match self {
            Self::Known(price) => Some(price),
            Self::NotOffered(_) | Self::Unknown(_) => None,
        }
    }
}

/// Where figures came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What it is.
    pub what: String,
    /// When it was published.
    pub date: PriceDate,
    /// Where it can be found, if anywhere.
    pub place: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_have_one_form() {
        assert_eq!(PriceDate::parse("2026-09-24").unwrap().known(), Some("2026-09-24"));
        assert!(PriceDate::parse("undated").unwrap() < PriceDate::parse("2018-01-01").unwrap());
        for bad in ["", "2026-9-24", "2026-13-01", "2026-01-32", "24.09.2026", "2026-09-24T"] {
            assert!(PriceDate::parse(bad).is_err(), "{bad}");
        }
    }
}
