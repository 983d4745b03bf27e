use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::units::{Bytes, Timestamp};

use super::catalog::{Catalog, TableName};
use super::query_log::QueryLog;
use super::samples::{IndexActivity, KeySample, LengthSample};
use super::series::CallSeries;

/// Everything read from one or more exports, reduced to what happened in each
/// interval between two snapshots.
#[derive(Clone, Debug, Default)]
pub struct Capture {
    /// The intervals, in order of time.
    pub intervals: Vec<Interval>,
    /// The statements that belong to the workload, in a fixed order (by text,
    /// then nested after top-level).
    pub statements: Vec<Statement>,
    /// Tables, columns, keys, statistics.
    pub catalog: Catalog,
    /// Rows changed per table over the whole capture, from
    /// `pg_stat_user_tables`.
    pub table_activity: Vec<TableActivity>,
    /// What each index did over the whole capture, where it was recorded at
    /// least twice.
    pub index_activity: Vec<IndexActivity>,
    /// Lengths of values in a sample of each table, where one was taken.
    pub length_samples: Vec<LengthSample>,
    /// How evenly the values of key columns are spread over rows, where a
    /// sample was taken.
    pub key_samples: Vec<KeySample>,
    /// What the whole server did, where it was recorded.
    pub machine: Option<MachineActivity>,
    /// What query logs tell beside the counters.
    pub query_log: Option<QueryLog>,
    /// Statements left out of the workload, and why.
    pub set_aside: Vec<SetAside>,
    /// The files this was read from.
    pub sources: Vec<SourceFile>,
    /// What a reader must know about the quality of the recording.
    pub findings: Vec<Finding>,
}

impl Capture {
    /// Microseconds from the first snapshot to the last.
    #[must_use]
    pub fn span_micros(&self) -> u64 {
        let spans = self.intervals.iter().map(|interval| interval.end.micros_since(interval.start));
        spans.fold(0, u64::saturating_add)
    }
}

/// The time between two snapshots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// The earlier snapshot.
    pub start: Timestamp,
    /// The later snapshot.
    pub end: Timestamp,
}

/// One statement: the same text run by any role, under any queryid.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// `pg_stat_statements.queryid`, all that share this text, as decimal text
    /// (signed 64-bit numbers), sorted.
    pub query_ids: Vec<String>,
    /// The normalised text, without comments and with single spaces; savepoints
    /// and cursors all have one name.
    pub text: String,
    /// Run inside another statement (a trigger, a function, a cascade): its
    /// time, blocks and WAL are contained in the outer statement's.
    pub nested: bool,
    /// Calls in each of [`Capture::intervals`].
    pub calls: CallSeries,
    /// Counter increments over the whole capture.
    pub total: Counters,
    /// Tags of comments in the text (sqlcommenter and its kin). The server keeps
    /// the text of the first call, so they name the first caller only.
    pub labels: Vec<(String, String)>,
    /// Where texts that differ only in the length of their lists of values were
    /// folded into this one (`IN ($1 /*, ... */)`): for each list, in order,
    /// calls by number of values. Calls whose list the server had squashed are
    /// in none, unless a query log shows the lengths: then these are executions
    /// in the log. Empty if nothing was folded: then the text shows the
    /// lengths, or the server squashed them and they are unknown.
    pub list_lengths: Vec<BTreeMap<u64, u64>>,
    /// Smallest execution time of any call since the last reset, in
    /// milliseconds, where the export has it.
    pub min_exec_ms: Option<f64>,
}

/// Increments of the counters of one statement. An `Option` is `None` where
/// the export has no such column: unknown, not 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counters {
    /// Times executed.
    pub calls: u64,
    /// Rows returned or affected.
    pub rows: Option<u64>,
    /// Execution time (wall clock, waits included), milliseconds.
    pub exec_ms: Option<f64>,
    /// Planning time, milliseconds; `Some(0)` also when `track_planning` is off.
    pub plan_ms: Option<f64>,
    /// Time reading data blocks, milliseconds; 0 when `track_io_timing` is off.
    pub blk_read_ms: Option<f64>,
    /// Time writing data blocks, milliseconds.
    pub blk_write_ms: Option<f64>,
    /// Shared blocks found in the buffer cache.
    pub shared_blks_hit: Option<u64>,
    /// Shared blocks read from outside the buffer cache.
    pub shared_blks_read: Option<u64>,
    /// Shared blocks dirtied.
    pub shared_blks_dirtied: Option<u64>,
    /// Shared blocks written by the statement itself.
    pub shared_blks_written: Option<u64>,
    /// Temporary blocks read and written.
    pub temp_blks: Option<u64>,
    /// WAL records.
    pub wal_records: Option<u64>,
    /// WAL full-page images.
    pub wal_fpi: Option<u64>,
    /// WAL bytes.
    pub wal_bytes: Option<u64>,
}

impl Counters {
    /// The sum of two sets of increments. A column missing on one side counts
    /// as that side's nothing only if the other side has it. Sums that do not
    /// fit stay at the largest number.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        fn sum<T>(a: Option<T>, b: Option<T>, add: fn(T, T) -> T) -> Option<T> {
            match (a, b) {
                (Some(a), Some(b)) => Some(add(a, b)),
                (one, None) | (None, one) => one,
            }
        }
        // Each reading is bounded where it is read; any number of files can add up.
        let add = |a, b| sum(a, b, u64::saturating_add);
        let add_ms = |a, b| sum(a, b, |a: f64, b| a + b);
        Self {
            calls: self.calls.saturating_add(other.calls),
            rows: add(self.rows, other.rows),
            exec_ms: add_ms(self.exec_ms, other.exec_ms),
            plan_ms: add_ms(self.plan_ms, other.plan_ms),
            blk_read_ms: add_ms(self.blk_read_ms, other.blk_read_ms),
            blk_write_ms: add_ms(self.blk_write_ms, other.blk_write_ms),
            shared_blks_hit: add(self.shared_blks_hit, other.shared_blks_hit),
            shared_blks_read: add(self.shared_blks_read, other.shared_blks_read),
            shared_blks_dirtied: add(self.shared_blks_dirtied, other.shared_blks_dirtied),
            shared_blks_written: add(self.shared_blks_written, other.shared_blks_written),
            temp_blks: add(self.temp_blks, other.temp_blks),
            wal_records: add(self.wal_records, other.wal_records),
            wal_fpi: add(self.wal_fpi, other.wal_fpi),
            wal_bytes: add(self.wal_bytes, other.wal_bytes),
        }
    }
}

/// Rows changed in one table between the first and the last snapshot
/// (`pg_stat_user_tables`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableActivity {
    /// The table.
    pub table: TableName,
    /// Rows inserted.
    pub inserted: u64,
    /// Rows updated, HOT updates included.
    pub updated: u64,
    /// Rows updated without a new index entry (HOT updates).
    pub hot_updated: u64,
    /// Rows deleted, cascades included.
    pub deleted: u64,
}

/// What the server as a whole did between the first and the last snapshot.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MachineActivity {
    /// Transactions committed.
    pub commits: Option<u64>,
    /// Transactions rolled back.
    pub rollbacks: Option<u64>,
    /// Blocks read from outside the buffer cache.
    pub blks_read: Option<u64>,
    /// Blocks found in the buffer cache.
    pub blks_hit: Option<u64>,
    /// WAL written by the cluster.
    pub wal: Option<Bytes>,
    /// CPU seconds of all server processes, where the host was measured.
    pub cpu_s: Option<f64>,
}

/// Statements kept out of the workload.
#[derive(Clone, Debug, PartialEq)]
pub struct SetAside {
    /// Why, in a few words, such as `foreign-key check`.
    pub why: &'static str,
    /// The normalised text.
    pub text: String,
    /// Run inside another statement.
    pub nested: bool,
    /// Its counters over the whole capture.
    pub total: Counters,
}

/// One input file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Its name within the capture folder.
    pub name: String,
    /// What it was read as, such as `pg_stat_statements JSON lines`.
    pub read_as: &'static str,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}
