//! `workload.toml`.

use std::collections::BTreeMap;

use schemars::JsonSchema;

/// A workload that is declared instead of recorded.
#[derive(Debug, JsonSchema)]
#[schemars(title = "ddbplan workload.toml", deny_unknown_fields)]
pub struct WorkloadFile {
    /// The file of `CREATE TABLE` texts, beside this one.
    pub schema: String,
    /// Rows and sizes, by table.
    pub tables: Option<BTreeMap<String, Table>>,
    /// The statements.
    pub patterns: Vec<Pattern>,
}

/// What is said of a table.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Table {
    /// Rows today.
    pub rows: u64,
    /// Sizes and values, by column.
    pub columns: Option<BTreeMap<String, Column>>,
}

/// What is said of a column.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Column {
    /// Mean bytes of a value that is there.
    pub bytes: Option<f64>,
    /// Share of the rows that have no value.
    pub null_share: Option<f64>,
    /// Different values.
    pub distinct: Option<f64>,
    /// Shares of the rows that the most common values have, the most common first.
    pub top_shares: Option<Vec<f64>>,
}

/// A statement.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Pattern {
    /// Its text, with $1, $2, ... for values.
    pub sql: String,
    /// Calls a second, mean of the month.
    pub calls_per_second: f64,
    /// Rows returned or changed by a call.
    pub rows_per_call: f64,
    /// Milliseconds of execution on Postgres.
    pub exec_ms: Option<f64>,
}
