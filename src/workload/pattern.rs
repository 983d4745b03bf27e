use std::collections::BTreeSet;

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::capture::{CallSeries, Counters};
use crate::sql::Access;

/// One statement with its rate: what a design must serve.
#[derive(Clone, Debug)]
pub struct AccessPattern {
    /// A short stable name within the workload, such as `p07`.
    pub id: String,
    /// `queryid`s that share the text.
    pub query_ids: Vec<String>,
    /// The normalised text on one line.
    pub text: String,
    /// Run inside another statement; its time is part of the outer one's.
    pub nested: bool,
    /// What it touches.
    pub access: Access,
    /// Calls in the capture.
    pub calls: u64,
    /// Calls per month at today's load.
    pub calls_per_month: Decimal,
    /// Rows returned or affected per call; `None` where the export has no rows.
    pub rows_per_call: Option<f64>,
    /// Mean number of values of each list whose length is not in the text, in
    /// the order of the text, where other texts or a query log tell.
    pub list_lengths: Vec<f64>,
    /// Share of its calls that ran in a transaction that writes, where a query
    /// log tells.
    pub in_writing_transaction: Option<f64>,
    /// What index counters tell about its steps, in their order; empty if they
    /// tell nothing.
    pub looks: Vec<Look>,
    /// Counters over the whole capture.
    pub total: Counters,
    /// Smallest execution time of a call, milliseconds.
    pub min_exec_ms: Option<f64>,
    /// Calls in each interval of the capture.
    pub calls_per_interval: CallSeries,
}

impl AccessPattern {
    /// Calls per second at today's load, averaged over the month.
    #[must_use]
    pub fn calls_per_second(&self, month_hours: u32) -> f64 {
        use rust_decimal::prelude::ToPrimitive;
        let per_month = self.calls_per_month.to_f64().unwrap_or(f64::MAX);
        per_month / (f64::from(month_hours) * 3600.0)
    }
}

/// What index counters tell about a step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    /// Values of its list, those that were not found included.
    pub list: Option<Ranged>,
    /// Index entries that a call looks at.
    pub entries: Option<Ranged>,
    /// The columns that the index was searched by for equality.
    pub columns: BTreeSet<String>,
}

/// A number and within which it lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranged {
    /// The best guess.
    pub value: f64,
    /// At least.
    pub least: f64,
    /// At most.
    pub most: f64,
}

impl Ranged {
    /// A number that is known.
    #[must_use]
    pub const fn exactly(value: f64) -> Self {
        Self { value, least: value, most: value }
    }
}

/// How a pattern counts in the coverage of a design.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// Served without reading a whole table.
    Served,
    /// Served by reading a whole table, which the design accepts.
    Scan,
    /// Not served by this design.
    NotServed,
    /// Not understood.
    Unparsed,
    /// Nothing to serve.
    Ignorable,
}

impl Service {
    /// All of them, in the order of reports.
    pub const ALL: [Self; 5] =
        [Self::Served, Self::Scan, Self::NotServed, Self::Unparsed, Self::Ignorable];

    /// The word used in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Served => "served",
            Self::Scan => "scan",
            Self::NotServed => "not_served",
            Self::Unparsed => "unparsed",
            Self::Ignorable => "ignorable",
        }
    }
}
