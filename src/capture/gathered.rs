use std::collections::BTreeSet;
use std::rc::Rc;

use crate::finding::Finding;
use crate::units::{Bytes, Timestamp};

use super::catalog::TableName;
use super::courses::Courses;
use super::import::CatalogParts;
use super::left_out::LeftOut;
use super::log::Logs;
use super::model::Counters;
use super::readings::Readings;
use super::samples::{KeySample, LengthSample};

/// What the files hold, before snapshots are told apart and subtracted.
#[derive(Default)]
pub(super) struct Gathered {
    /// Statement counters, folded as they are read.
    pub statements: Readings,
    /// What `pg_stat_user_tables` said, with times.
    pub table_counters: Courses<TableName, TableCounts>,
    /// What `pg_stat_user_indexes` said, with times.
    pub index_counters: Courses<(TableName, String), IndexCounts>,
    /// What the capture could not read.
    pub left_out: Vec<LeftOut>,
    /// Lengths of values in samples.
    pub length_samples: Vec<LengthSample>,
    /// How values of key columns are spread over rows.
    pub key_samples: Vec<KeySample>,
    /// `pg_is_in_recovery()`.
    pub is_replica: Option<bool>,
    /// What was noted beside the snapshots.
    pub moments: Vec<Moment>,
    /// Query logs, reduced as they were read.
    pub logs: Logs,
    /// The schema and its statistics.
    pub catalog: CatalogParts,
    /// What the importers noticed.
    pub findings: Vec<Finding>,
}

/// Rows of one file that were read together.
#[derive(Clone)]
pub(super) struct Group {
    /// The file.
    pub file: Rc<str>,
    /// When, if the rows say so.
    pub at: Option<Timestamp>,
    /// Which entries they tell of.
    pub scope: Scope,
    /// The rows.
    pub rows: Vec<StatementRow>,
    /// Count of rows that were added to another of the same key.
    pub not_told_apart: u64,
}

impl Group {
    /// Adds a row to one of the same key; the same row again says nothing new.
    pub fn add(&mut self, place: usize, row: &StatementRow) {
        if let Some(first) = self.rows.get_mut(place)
            && first.counters != row.counters
        {
            first.counters = first.counters.plus(&row.counters);
            self.not_told_apart += 1;
        }
    }
}

/// Which entries of the view a snapshot tells of.
#[derive(Clone)]
pub(super) enum Scope {
    /// All: one that has no row is gone.
    All,
    /// Those that changed since the snapshot before; one that has no row is
    /// unchanged unless it is named as gone.
    Changes { gone: BTreeSet<StatementKey> },
}

/// One row of `pg_stat_statements` in one snapshot.
#[derive(Clone)]
pub(super) struct StatementRow {
    /// When it was read, if it says so.
    pub at: Option<Timestamp>,
    /// What the view keeps counters by.
    pub key: Rc<StatementKey>,
    /// The text; `None` if it was not shown.
    pub text: Option<Rc<str>>,
    /// The counters, since `stats_since` or the last reset.
    pub counters: Counters,
    /// Rates per second, where the export has those instead.
    pub rates: Option<Rates>,
    /// `min_exec_time`, milliseconds.
    pub min_exec_ms: Option<f64>,
    /// `stats_since` (17 and later).
    pub since: Option<Timestamp>,
}

/// Per second.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rates {
    pub calls: f64,
    pub rows: Option<f64>,
    /// Milliseconds of execution.
    pub exec_ms: Option<f64>,
}

/// The key of a row of `pg_stat_statements`: one row for each database, user,
/// queryid and level.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct StatementKey {
    /// `queryid`, or the text where there is none.
    pub query_id: String,
    /// It is the text.
    pub is_text: bool,
    /// `userid`; empty if not exported.
    pub user: String,
    /// `dbid` or the name; empty if not exported.
    pub database: String,
    /// `toplevel`; `None` if not exported (13 and earlier).
    pub toplevel: Option<bool>,
}

/// Counters of one table.
#[derive(Clone, Debug)]
pub(super) struct TableCounts {
    pub inserted: u64,
    pub updated: u64,
    pub hot_updated: u64,
    pub deleted: u64,
}

/// Counters of one index.
#[derive(Clone, Debug)]
pub(super) struct IndexCounts {
    pub scans: u64,
    pub entries_read: u64,
    pub rows_fetched: u64,
}

/// What a snapshot log says about one moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Moment {
    /// The number of the snapshot.
    pub number: Option<u64>,
    pub at: Option<Timestamp>,
    /// `pg_stat_statements_info.dealloc`.
    pub dealloc: Option<u64>,
    /// `pg_stat_statements_info.stats_reset`.
    pub stats_reset: Option<Timestamp>,
    /// `pg_stat_database.datid` and `datname`.
    pub database: Option<(String, String)>,
    pub commits: Option<u64>,
    pub rollbacks: Option<u64>,
    pub blks_read: Option<u64>,
    pub blks_hit: Option<u64>,
    /// WAL position.
    pub wal_position: Option<Bytes>,
    /// CPU seconds of all server processes since they started.
    pub cpu_s: Option<f64>,
}
