//! What was captured.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compare::Comparison;
use crate::{sql, workload};

use super::Exact;

/// What was captured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Workload {
    /// Calls a month at today's load, all patterns together.
    pub calls_per_month: Exact,
    /// Seconds that the capture covers.
    pub span_seconds: f64,
    /// The busiest minute's load over the mean.
    pub peak_to_mean: f64,
    /// When calls come within a month: by one `daily_wave` or `weekly_wave`, or
    /// each statement as in the `captured_day` or `captured_week`.
    pub arrival: String,
    /// What the counters tell of the busiest minute of the capture.
    pub busiest_minute: Option<BusiestMinute>,
    /// The statements.
    pub patterns: Vec<Pattern>,
    /// Statements kept out of it.
    pub set_aside: Vec<SetAside>,
    /// The tables.
    pub entities: Vec<Entity>,
}

/// The busiest minute of the capture, in calls a second.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BusiestMinute {
    /// Seconds of the longest interval in which calls were counted.
    pub longest_interval_seconds: f64,
    /// The rate of the busiest interval.
    pub at_least_calls_per_second: f64,
    /// The same times the plan's peak over mean, where an interval hides its
    /// minutes.
    pub at_most_calls_per_second: f64,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Pattern {
    /// Its name in this report.
    pub pattern: String,
    /// The `queryid`s that share the text, with commas between.
    pub queryid: String,
    /// The normalised text, on one line.
    pub sql: String,
    /// It runs inside another statement.
    pub nested: bool,
    /// Calls in the capture.
    pub calls: u64,
    /// Calls a month at today's load.
    pub calls_per_month: Exact,
    /// Rows returned or affected by a call; null where the export has no rows.
    pub rows_per_call: Option<f64>,
    /// Milliseconds of execution on Postgres in the whole capture; null where
    /// the export has no times.
    pub exec_ms: Option<f64>,
}

/// A statement kept out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SetAside {
    /// Why.
    pub why: String,
    /// The normalised text, on one line.
    pub sql: String,
    /// It runs inside another statement.
    pub nested: bool,
    /// Calls in the capture.
    pub calls: u64,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Entity {
    /// The table's name.
    pub table: String,
    /// Rows today; null if they were never counted.
    pub rows: Option<f64>,
    /// Rows inserted a month at today's load.
    pub inserted_per_month: Option<f64>,
    /// Rows deleted a month at today's load.
    pub deleted_per_month: Option<f64>,
}

impl Workload {
    pub(super) fn new(workload: &workload::Workload, comparison: &Comparison) -> Self {
        let patterns = workload.patterns.iter().map(|pattern| Pattern {
            pattern: pattern.id.clone(),
            queryid: pattern.query_ids.join(","),
            sql: pattern.text.clone(),
            nested: pattern.nested,
            calls: pattern.calls,
            calls_per_month: Exact::new(pattern.calls_per_month),
            rows_per_call: pattern.rows_per_call,
            exec_ms: pattern.total.exec_ms,
        });
        let set_aside = comparison.set_aside.iter().map(|one| SetAside {
            why: one.why.to_owned(),
            sql: sql::one_line(&one.text),
            nested: one.nested,
            calls: one.total.calls,
        });
        let entities = workload.entities.iter().map(|entity| Entity {
            table: entity.table.to_string(),
            rows: entity.rows,
            inserted_per_month: entity.inserted_per_month,
            deleted_per_month: entity.deleted_per_month,
        });
        Self {
            calls_per_month: Exact::new(workload.calls_per_month),
            span_seconds: workload.span_seconds,
            peak_to_mean: workload.peak_to_mean.value,
            arrival: comparison.arrival.word().to_owned(),
            busiest_minute: comparison.busiest_minute.map(|peak| BusiestMinute {
                longest_interval_seconds: peak.longest_interval_seconds,
                at_least_calls_per_second: peak.at_least_calls_per_second,
                at_most_calls_per_second: peak.at_most_calls_per_second,
            }),
            patterns: patterns.collect(),
            set_aside: set_aside.collect(),
            entities: entities.collect(),
        }
    }
}
