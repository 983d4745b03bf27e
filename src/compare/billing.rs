//! What a comparison is billed by, and the lines of a bill.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::demand::Arm;
use crate::pricing::{BillSettings, Due, Line, PriceBook, PriceKey, Region, Unpriced, Usage, bill};
use crate::scenario::Settings;
use crate::units::Usd;

use super::arrival::Arrival;

/// Everything a bill depends on besides the load.
pub struct Billing<'a> {
    /// The prices.
    pub book: &'a PriceBook,
    /// The Region.
    pub region: &'a Region,
    /// The scenario's settings.
    pub settings: &'a Settings,
    /// Conventions.
    pub conventions: &'a BillSettings,
    /// Peak over mean.
    pub peak_to_mean: f64,
    /// How the load varies over the month.
    pub arrival: &'a Arrival,
}

/// A line before it has a price.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// What is billed.
    pub key: PriceKey,
    /// Where.
    pub region: Region,
    /// The table or index it is billed for.
    pub arm: Option<Arm>,
    /// The part of a Postgres fleet it is billed for.
    pub part: Option<&'static str>,
    /// How much.
    pub quantity: Decimal,
    /// The patterns behind it.
    pub patterns: BTreeSet<usize>,
}

/// One line of a bill.
#[derive(Clone, Debug, PartialEq)]
pub struct BillLine {
    /// What is billed.
    pub key: PriceKey,
    /// Where.
    pub region: Region,
    /// The table or index it is billed for.
    pub arm: Option<Arm>,
    /// The part of a Postgres fleet it is billed for.
    pub part: Option<&'static str>,
    /// How much.
    pub quantity: Decimal,
    /// The price of a unit, where one holds for the whole line.
    pub unit_usd: Option<Usd>,
    /// What it costs, or why that is not known.
    pub usd: Result<Usd, Unpriced>,
    /// The patterns behind it.
    pub patterns: BTreeSet<usize>,
    /// The figure was verified against AWS's own.
    pub verified: bool,
    /// Source of the figure in the price book.
    pub source: Option<String>,
    /// When the source published it; `None` where that is not known.
    pub price_date: Option<String>,
}

/// Prices the lines of one account together, since tiers are the account's.
#[must_use]
pub fn priced(billing: &Billing<'_>, drafts: Vec<Draft>) -> Vec<BillLine> {
    let usages: Vec<Usage> = drafts
        .iter()
        .map(|draft| Usage {
            key: draft.key.clone(),
            region: draft.region.clone(),
            quantity: draft.quantity,
            label: String::new(),
        })
        .collect();
    let lines = bill(billing.book, &usages, billing.conventions).lines;
    drafts.into_iter().zip(lines).map(|(draft, line)| bill_line(billing, draft, line)).collect()
}

fn bill_line(billing: &Billing<'_>, draft: Draft, line: Line) -> BillLine {
    let price = billing.book.price(&draft.key, &draft.region);
    BillLine {
        price_date: price.known().and_then(|price| price.date.known().map(str::to_owned)),
        unit_usd: line.unit_usd(),
        verified: line.charge.as_ref().is_ok_and(|charge| charge.verified),
        source: line.charge.as_ref().ok().map(|charge| charge.source.clone()),
        usd: line.charge.map(|charge| charge.usd),
        key: draft.key,
        region: draft.region,
        arm: draft.arm,
        part: draft.part,
        quantity: draft.quantity,
        patterns: draft.patterns,
    }
}

/// A month's lines, or `None` if a line has no price.
#[must_use]
pub fn monthly(lines: &[BillLine]) -> Option<Usd> {
    due(lines, Due::Monthly)
}

/// The lines that are paid once, or `None` if a line has no price.
#[must_use]
pub fn upfront(lines: &[BillLine]) -> Option<Usd> {
    due(lines, Due::Once)
}

fn due(lines: &[BillLine], due: Due) -> Option<Usd> {
    let usd = |line: &BillLine| {
        let usd = line.usd.as_ref().ok().copied()?;
        Some(if line.key.dimension.due() == due { usd } else { Usd::ZERO })
    };
    lines.iter().map(usd).sum()
}

/// A quantity as a number, for statistics.
#[must_use]
pub fn decimal_to_f64(quantity: Decimal) -> f64 {
    quantity.to_f64().unwrap_or(f64::INFINITY)
}

/// Dollars as a number, for curves and drawing.
#[must_use]
pub fn to_f64(usd: Usd) -> f64 {
    decimal_to_f64(usd.get())
}
