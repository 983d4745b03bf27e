//! A workload that people declare instead of recording one: `workload.toml`.
//!
//! It becomes the exports that a recording of it would hold (the schema, row
//! counts, column statistics, two readings of pg_stat_statements a month apart),
//! so that everything after it does not know the difference. That nothing in it
//! was measured is said by a finding.

mod exports;
mod read;

use crate::finding::{Finding, Severity};
use crate::written::Written;

pub use exports::exports;
pub use read::read;

/// `workload.toml`.
#[derive(Clone, Debug, PartialEq)]
pub struct Declared {
    /// The file of `CREATE TABLE` texts, beside this one.
    pub schema: Written<String>,
    /// The tables that something is said of.
    pub tables: Vec<DeclaredTable>,
    /// The statements.
    pub patterns: Vec<DeclaredPattern>,
}

/// `[tables.NAME]`.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclaredTable {
    /// Its schema; `public` where the name has none.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Rows today.
    pub rows: u64,
    /// The columns that something is said of.
    pub columns: Vec<DeclaredColumn>,
}

/// `[tables.NAME.columns.NAME]`.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclaredColumn {
    /// Its name.
    pub name: String,
    /// Mean bytes of a value, without what Postgres puts before it; `None` for a
    /// type of fixed size.
    pub bytes: Option<f64>,
    /// Share of the rows that have no value.
    pub null_share: f64,
    /// Different values; `None` if nobody knows.
    pub distinct: Option<f64>,
    /// Shares of the rows that the most common values have.
    pub top_shares: Vec<f64>,
}

/// `[[patterns]]`.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclaredPattern {
    /// The statement.
    pub sql: Written<String>,
    /// Calls a second, mean of the month.
    pub calls_per_second: f64,
    /// Rows returned or changed by a call.
    pub rows_per_call: f64,
    /// Milliseconds of execution on Postgres; `None` if nobody knows.
    pub exec_ms: Option<f64>,
}

/// What every report of such a workload says.
#[must_use]
pub fn finding() -> Finding {
    Finding::new(
        "workload-declared",
        Severity::High,
        "the workload is declared in workload.toml: rates, rows and sizes are what somebody wrote, \
         nothing of it was measured",
    )
    .mend("record the database as soon as there is one (ddbplan capture)")
}
