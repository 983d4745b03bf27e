use super::catalog::TableName;

/// What an index did between the first reading and the last
/// (`pg_stat_user_indexes`). Statement counters know the rows returned, these
/// know the entries looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexActivity {
    /// Its table.
    pub table: TableName,
    /// Its name.
    pub index: String,
    /// Scans started (`idx_scan`).
    pub scans: u64,
    /// Entries returned by scans (`idx_tup_read`).
    pub entries_read: u64,
    /// Live rows fetched by simple scans (`idx_tup_fetch`).
    pub rows_fetched: u64,
}

/// Lengths of values as text (UTF-8) in a sample of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LengthSample {
    /// The table.
    pub table: TableName,
    /// The column; `None` is the whole row, the sum over its columns.
    pub column: Option<String>,
    /// Rows sampled.
    pub rows: u64,
    /// Of these, NULL.
    pub nulls: u64,
    /// Sum of all lengths, bytes.
    pub total_bytes: u64,
    /// The longest, bytes.
    pub max_bytes: u64,
    /// Width of a bucket, bytes.
    pub bucket_bytes: u64,
    /// The number of a bucket and the rows in it: bucket `n` holds lengths from
    /// `n * bucket_bytes` to one less than `(n + 1) * bucket_bytes`.
    pub buckets: Vec<(u64, u64)>,
}

/// How unevenly the values of a column are spread over the rows of a sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySample {
    /// The table.
    pub table: TableName,
    /// The column.
    pub column: String,
    /// Rows sampled.
    pub rows: u64,
    /// Different values among them.
    pub distinct: u64,
    /// Rows that hold the most frequent values, descending; at most 100.
    pub top: Vec<u64>,
}
