use std::collections::BTreeMap;

use crate::units::Timestamp;

/// What query logs tell that counters cannot. Nothing in it is a rate: a log
/// may hold a sample only.
#[derive(Clone, Debug, PartialEq)]
pub struct QueryLog {
    /// The first statement logged.
    pub start: Timestamp,
    /// The last.
    pub end: Timestamp,
    /// Executions logged.
    pub executions: u64,
    /// The statements, by text.
    pub statements: Vec<LoggedStatement>,
    /// Transactions of two or more different statements, the most frequent
    /// first.
    pub transactions: Vec<LoggedTransaction>,
}

/// One statement as a log has it.
#[derive(Clone, Debug, PartialEq)]
pub struct LoggedStatement {
    /// The text with parameters instead of constants and lists; that of the
    /// capture's statement where it is one.
    pub text: String,
    /// Its queryid, where the server logged it (14 and later, with
    /// `compute_query_id`).
    pub query_id: Option<String>,
    /// Executions.
    pub calls: u64,
    /// Sum of the durations logged, milliseconds; `None` if there were none.
    pub duration_ms: Option<f64>,
    /// For each list of values in the text, in order: executions by number of
    /// values.
    pub list_lengths: Vec<BTreeMap<u64, u64>>,
    /// The columns that values are compared with for equality or inserted into,
    /// by name as written.
    pub keys: Vec<KeyUse>,
}

/// How evenly the values of a column are used. Values themselves are not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyUse {
    /// The column, with its table or alias where the text has one.
    pub column: String,
    /// How many values came, repetitions included.
    pub values: u64,
    /// How many different values; an estimate (about 3 %) from 1,024 on.
    pub distinct: u64,
    /// How often the most frequent values came, descending; at most 100.
    pub top: Vec<u64>,
    /// By how much each of `top` may be too low (0 up to 8,192 different
    /// values).
    pub top_short_by: u64,
}

/// Statements that ran in one transaction, in their order, repetitions in a row
/// left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedTransaction {
    /// Indices into [`QueryLog::statements`].
    pub statements: Vec<usize>,
    /// How many transactions ran just these.
    pub count: u64,
}
