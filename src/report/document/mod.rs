//! `report.json` as types: everything the report says, for machines.
//!
//! One file a section. Money and billed quantities are exact decimals as text;
//! statistics are numbers. The unit of a figure is in its name, in a field
//! beside it, or, for a load, always "multiple of today's load". Names are
//! stable; more may be added.

pub mod bill;
pub mod commitment;
pub mod curves;
pub mod design;
mod exact;
pub mod fleet_offers;
pub mod latency;
pub mod manifest;
pub mod migration;
pub mod mode;
pub mod over_time;
pub mod partitions;
pub mod postgres;
pub mod remarks;
pub mod shard_keys;
pub mod sizing;
pub mod uncertainty;
pub mod verdict;
pub mod workload;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compare::Comparison;
use crate::finding::{Diagnostic, Diagnostics, Place};
use crate::report::pictures::Pictures;

pub use exact::Exact;

/// Version of the shape of `report.json`.
pub const SCHEMA_VERSION: u32 = 1;

/// `report.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "ddbplan report")]
pub struct Report {
    /// Version of the shape of this document.
    pub schema_version: u32,
    /// What it was made from.
    pub manifest: manifest::Manifest,
    /// The answer.
    pub verdict: verdict::Verdict,
    /// What was not measured.
    pub assumptions: Vec<remarks::Assumption>,
    /// What was captured.
    pub workload: workload::Workload,
    /// The designs, cheapest first at today's load.
    pub designs: Vec<design::Design>,
    /// From which use on capacity, and reservations of it, cost less.
    pub break_even_utilisation: Vec<commitment::BreakEven>,
    /// The Postgres side.
    pub postgres: postgres::Postgres,
    /// Costs over load.
    pub curves: Vec<curves::Curve>,
    /// Where a design and Postgres change places.
    pub crossovers: Vec<curves::Crossover>,
    /// What the costs become when inputs are known only within ranges.
    pub uncertainty: uncertainty::Uncertainty,
    /// Costs from today to the horizon.
    pub over_time: over_time::OverTime,
    /// The move itself; null if the plan has none.
    pub migration: Option<migration::Migration>,
    /// What a reader must know; those of a single design are with it.
    pub findings: Vec<remarks::Finding>,
    /// Charts beside the cost curves, as data.
    pub pictures: Pictures,
}

impl Report {
    /// The report of a comparison; `migration` is the section on the move, if
    /// the plan has one.
    #[must_use]
    pub fn new(
        manifest: &super::Manifest,
        workload: &crate::workload::Workload,
        comparison: &Comparison,
        migration: Option<migration::Migration>,
    ) -> Self {
        let designs: Vec<design::Design> = comparison
            .designs
            .iter()
            .map(|result| design::Design::new(workload, comparison, result))
            .collect();
        let postgres = postgres::Postgres::new(workload, comparison);
        Self {
            schema_version: SCHEMA_VERSION,
            pictures: Pictures::new(comparison, &designs, &postgres),
            manifest: manifest.into(),
            verdict: (&comparison.verdict).into(),
            assumptions: comparison.assumptions.iter().map(Into::into).collect(),
            workload: workload::Workload::new(workload, comparison),
            designs,
            break_even_utilisation: comparison.break_evens.iter().map(Into::into).collect(),
            postgres,
            curves: comparison.curves.iter().map(Into::into).collect(),
            crossovers: comparison.crossovers.iter().map(Into::into).collect(),
            uncertainty: (&comparison.odds).into(),
            over_time: (&comparison.odds.over_time).into(),
            migration,
            findings: comparison.findings.iter().map(Into::into).collect(),
        }
    }

    /// Reads a `report.json`.
    ///
    /// # Errors
    /// If it is no report, or one of another version of the shape.
    pub fn read(file: &str, text: &str) -> Result<Self, Diagnostics> {
        let refused = |error: &serde_json::Error, what: &str| {
            Diagnostic::new(format!("{what}: {error}"))
                .at(Place::at(file, error.line(), error.column()))
                .mend("name a report.json that `ddbplan compare` wrote")
        };
        let shape: Shape = serde_json::from_str(text)
            .map_err(|error| refused(&error, "this is no report.json"))?;
        if shape.schema_version != SCHEMA_VERSION {
            return Err(Diagnostic::new(format!(
                "this report has version {} of the shape of report.json",
                shape.schema_version
            ))
            .at(Place::file(file))
            .why(format!("this program writes and reads version {SCHEMA_VERSION}"))
            .mend("make both reports with the same version of ddbplan")
            .into());
        }
        Ok(serde_json::from_str(text)
            .map_err(|error| refused(&error, "this report.json cannot be read"))?)
    }

    /// As JSON text.
    #[must_use]
    pub fn to_json(&self) -> String {
        pretty(self)
    }
}

/// What tells which shape a document has.
#[derive(Deserialize)]
struct Shape {
    schema_version: u32,
}

/// The JSON Schema of `report.json`.
#[must_use]
pub fn schema() -> String {
    pretty(&schemars::schema_for!(Report))
}

/// A document as JSON text.
pub(super) fn pretty(document: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(document)
        .expect("a document made of strings and numbers can be written");
    text.push('\n');
    text
}
