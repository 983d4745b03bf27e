//! The view `pg_stat_statements`, of any version, in CSV or JSON.
//!
//! Columns are told by name, never by a stated version: extension 1.8
//! (Postgres 13) renamed `total_time` to `total_exec_time`, 1.11 (17) renamed
//! `blk_read_time` to `shared_blk_read_time`; see
//! <https://www.postgresql.org/docs/current/pgstatstatements.html> and the
//! upgrade scripts in `contrib/pg_stat_statements`.

use std::rc::Rc;

use crate::finding::{Diagnostic, Diagnostics};

use super::super::gathered::{Gathered, Rates, StatementKey, StatementRow};
use super::super::input::Source;
use super::super::model::Counters;
use super::super::settings::Counting;
use super::super::text::{Names, Record};
use super::{Head, Importer, Read, each_row};

pub(super) const IMPORTER: Importer = Importer {
    name: "pg_stat_statements",
    sniff: |head| {
        head.has(&["query", "calls"]) && head.has_any(&["total_exec_time", "total_time", "rows"])
    },
    read: Read::File(|source, head, gathered, faults| {
        file(source, head, Counting::SinceReset, gathered, faults);
    }),
};

/// Reads a file of rows of statements.
pub(super) fn file(
    source: &mut Source<'_>,
    head: &Head,
    counting: Counting,
    gathered: &mut Gathered,
    faults: &mut Diagnostics,
) {
    gathered.statements.open(&source.name, counting);
    each_row(source, head, faults, |record| {
        gathered.statements.row(row(record)?, &gathered.moments);
        Ok(true)
    });
    gathered.statements.close(false, &gathered.moments);
}

/// The time column of snapshot tables and of the usual export queries.
pub(super) const AT: Names = &[
    "captured_at",
    "now",
    "clock_timestamp",
    "snapshot_at",
    "ts",
    "collected_at",
    "snap_time",
    "bucket_start_time",
];

const TEXT: Names = &["query"];

/// What the view keeps counters by.
pub(super) fn key(record: &Record) -> Result<StatementKey, Diagnostic> {
    let text = |names| record.text(names).unwrap_or_default().to_owned();
    let query_id = record.text(&["queryid", "query_hash"]);
    Ok(StatementKey {
        query_id: query_id.or(record.text(TEXT)).unwrap_or_default().to_owned(),
        user: text(&["userid", "rolname", "usename", "user"]),
        database: text(&["dbid", "datname", "database"]),
        toplevel: record.flag(&["toplevel"])?,
    })
}

/// One row of the view.
pub(super) fn row(record: &Record) -> Result<StatementRow, Diagnostic> {
    let rates = match record.number(&["calls_per_sec"])? {
        None => None,
        Some(calls) => Some(Rates {
            calls,
            rows: record.number(&["rows_per_sec"])?,
            exec_ms: record.number(&["total_time_per_sec"])?,
        }),
    };
    let temp = (record.count(&["temp_blks_read"])?, record.count(&["temp_blks_written"])?);
    Ok(StatementRow {
        at: record.time(AT)?,
        key: Rc::new(key(record)?),
        text: record.text(TEXT).map(Rc::from),
        counters: Counters {
            calls: match record.count(&["calls"])? {
                Some(calls) => calls,
                None if rates.is_some() => 0,
                None => {
                    let fault = Diagnostic::new("this row has no number of calls");
                    return Err(fault.at(record.place(&["calls"])));
                }
            },
            rows: record.count(&["rows"])?,
            exec_ms: record.number(&["total_exec_time", "total_time"])?,
            plan_ms: record.number(&["total_plan_time"])?,
            blk_read_ms: record.number(&["shared_blk_read_time", "blk_read_time"])?,
            blk_write_ms: record.number(&["shared_blk_write_time", "blk_write_time"])?,
            shared_blks_hit: record.count(&["shared_blks_hit"])?,
            shared_blks_read: record.count(&["shared_blks_read"])?,
            shared_blks_dirtied: record.count(&["shared_blks_dirtied"])?,
            shared_blks_written: record.count(&["shared_blks_written"])?,
            temp_blks: match temp {
                (Some(read), Some(written)) => Some(read + written),
                _ => None,
            },
            wal_records: record.count(&["wal_records"])?,
            wal_fpi: record.count(&["wal_fpi"])?,
            wal_bytes: record.count(&["wal_bytes"])?,
        },
        rates,
        min_exec_ms: record.number(&["min_exec_time", "min_time"])?,
        since: record.time(&["stats_since"])?,
    })
}
