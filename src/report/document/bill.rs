//! Lines of bills.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compare::BillLine;
use crate::demand::Arm;
use crate::{design, workload};

use super::Exact;

/// A line of a design's bill at today's load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Line {
    /// What is billed.
    pub dimension: String,
    /// The table it is billed for.
    pub table: Option<String>,
    /// The index of that table it is billed for.
    pub index: Option<String>,
    /// Where.
    pub region: String,
    /// How much of `unit`.
    pub quantity: Exact,
    /// The unit of the quantity.
    pub unit: String,
    /// US dollars a unit, where one price holds for the whole line.
    pub unit_usd: Option<Exact>,
    /// US dollars a month, or once for what is paid once; null if it has no price.
    pub usd: Option<Exact>,
    /// Why it has no price.
    pub unpriced: Option<String>,
    /// The price was verified against the vendor's own.
    pub verified: bool,
    /// Source of the price in the price book.
    pub source: Option<String>,
    /// When the source published the price; null where that is not known.
    pub price_date: Option<String>,
    /// The patterns behind it.
    pub patterns: Vec<String>,
}

/// A line of Postgres's bill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PostgresLine {
    /// What is billed.
    pub dimension: String,
    /// The part of the fleet that it is billed for; null in a line of no fleet.
    pub part: Option<String>,
    /// How much of `unit`.
    pub quantity: Exact,
    /// The unit of the quantity.
    pub unit: String,
    /// US dollars a unit, where one price holds for the whole line.
    pub unit_usd: Option<Exact>,
    /// US dollars a month; null if it has no price.
    pub usd: Option<Exact>,
    /// Why it has no price.
    pub unpriced: Option<String>,
    /// The price was verified against the vendor's own.
    pub verified: bool,
    /// Source of the price in the price book.
    pub source: Option<String>,
    /// When the source published the price; null where that is not known.
    pub price_date: Option<String>,
}

impl Line {
    pub(super) fn new(
        workload: &workload::Workload,
        design: &design::Design,
        line: &BillLine,
    ) -> Self {
        let (table, index) = match line.arm {
            Some(arm) => {
                let (table, index) = names(design, arm);
                (Some(table), index)
            }
            None => (None, None),
        };
        let PostgresLine {
            dimension,
            quantity,
            unit,
            unit_usd,
            usd,
            unpriced,
            verified,
            source,
            price_date,
            part: _,
        } = PostgresLine::from(line);
        let patterns = line.patterns.iter().map(|&pattern| workload.patterns[pattern].id.clone());
        Self {
            dimension,
            table,
            index,
            region: line.region.code().to_owned(),
            quantity,
            unit,
            unit_usd,
            usd,
            unpriced,
            verified,
            source,
            price_date,
            patterns: patterns.collect(),
        }
    }
}

impl From<&BillLine> for PostgresLine {
    fn from(line: &BillLine) -> Self {
        Self {
            dimension: line.key.to_string(),
            part: line.part.map(str::to_owned),
            quantity: Exact::new(line.quantity),
            unit: line.key.dimension.unit().as_str().to_owned(),
            unit_usd: line.unit_usd.map(Exact::usd),
            usd: line.usd.as_ref().ok().copied().map(Exact::usd),
            unpriced: line.usd.as_ref().err().map(ToString::to_string),
            verified: line.verified,
            source: line.source.clone(),
            price_date: line.price_date.clone(),
        }
    }
}

/// The names of a table and of its index.
pub(super) fn names(design: &design::Design, arm: Arm) -> (String, Option<String>) {
    let table = &design.tables[arm.table];
    (table.name.clone(), arm.index.map(|index| table.indexes[index].name.clone()))
}
