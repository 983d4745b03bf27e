//! What changed between two reports, and by which lines and statements.

mod costs;
mod find;
mod text;

use serde::Serialize;

use crate::finding::Severity;

use super::document::Exact;

pub use find::difference;

/// What changed between two reports. Lists hold only what differs; a value that
/// is null was not there, or not known.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Difference {
    /// The verdict, if it reads differently.
    pub verdict: Option<Change>,
    /// Scenario, version, seed, Region and price book.
    pub made_from: Vec<Change>,
    /// Input files, by the hashes of their bytes.
    pub inputs: Vec<Change>,
    /// Assumptions, by id.
    pub assumptions: Vec<Change>,
    /// Prices of a unit in US dollars, by dimension and Region.
    pub prices: Vec<Change>,
    /// Designs that only the second report has.
    pub designs_added: Vec<String>,
    /// Designs that only the first report has.
    pub designs_removed: Vec<String>,
    /// Shares served, by calls and by time, and statements not served.
    pub coverage: Vec<CoverageChange>,
    /// What each thing costs at each load that was asked about.
    pub costs: Vec<CostChange>,
    /// Lines of bills at today's load, the largest change first.
    pub lines: Vec<LineChange>,
    /// What the operations of each statement cost at on-demand prices, the
    /// largest change first.
    pub patterns: Vec<PatternChange>,
    /// Where two curves change places.
    pub crossovers: Vec<CrossoverChange>,
    /// Findings that only the second report has.
    pub findings_added: Vec<FindingOf>,
    /// Findings that only the first report has.
    pub findings_removed: Vec<FindingOf>,
}

/// A value that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What it is the value of.
    pub what: String,
    /// In the first report.
    pub from: Option<String>,
    /// In the second.
    pub to: Option<String>,
}

/// A share or a number of statements that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CoverageChange {
    /// The design.
    pub design: String,
    /// `served_of_data_calls`, `served_of_data_time` (shares) or `not_served`
    /// (statements).
    pub figure: String,
    /// In the first report.
    pub from: Option<f64>,
    /// In the second.
    pub to: Option<f64>,
}

/// A cost at one load that differs, US dollars a month.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CostChange {
    /// The design and mode, or the Postgres.
    pub curve: String,
    /// Multiple of today's load.
    pub load: f64,
    /// In the first report.
    pub from_usd: Option<f64>,
    /// In the second.
    pub to_usd: Option<f64>,
    /// The second less the first, where both are known.
    pub change_usd: Option<f64>,
}

/// A line of a bill that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LineChange {
    /// The design and mode, or the Postgres.
    pub bill: String,
    /// What is billed, for which table or index, in which Region.
    pub what: String,
    /// Unit of the quantities.
    pub unit: String,
    /// Quantity in the first report.
    pub from_quantity: Option<Exact>,
    /// Quantity in the second.
    pub to_quantity: Option<Exact>,
    /// US dollars in the first report.
    pub from_usd: Option<Exact>,
    /// US dollars in the second.
    pub to_usd: Option<Exact>,
    /// The second less the first; a line that is not there counts as 0, one
    /// without a price leaves this null.
    pub change_usd: Option<Exact>,
    /// What of the change comes from the quantity, at the first price.
    pub by_quantity_usd: Option<Exact>,
    /// What of the change comes from the price, at the second quantity.
    pub by_price_usd: Option<Exact>,
}

/// What a statement costs under a design, if that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PatternChange {
    /// The design.
    pub design: String,
    /// The statement.
    pub pattern: String,
    /// US dollars a month in the first report; null if it is not served or has
    /// no price.
    pub from_usd: Option<Exact>,
    /// The same in the second.
    pub to_usd: Option<Exact>,
    /// The second less the first, where both are known.
    pub change_usd: Option<Exact>,
}

/// Where two curves change places, if that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CrossoverChange {
    /// The curve that is cheaper above.
    pub cheaper_above: String,
    /// The curve that is cheaper below.
    pub cheaper_below: String,
    /// Multiples of today's load in the first report.
    pub from_loads: Vec<f64>,
    /// The same in the second.
    pub to_loads: Vec<f64>,
}

/// A finding with the design it is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct FindingOf {
    /// Its weight.
    pub severity: Severity,
    /// The design; null if it is about all.
    pub design: Option<String>,
    /// Its kind.
    pub id: String,
    /// What was found.
    pub what: String,
}

impl Difference {
    /// As JSON text.
    #[must_use]
    pub fn to_json(&self) -> String {
        super::document::pretty(self)
    }
}
