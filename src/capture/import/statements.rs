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

/// Largest count that is believed: a million a second for 285 years. The sum of
/// 2,047 such counts still fits a `u64`.
pub(super) const COUNT_MAX: u64 = 1 << 53;

/// Largest number of bytes of WAL that is believed, 1 EiB: a terabyte a second
/// for twelve days.
const WAL_BYTES_MAX: u64 = 1 << 60;

/// Longest time and highest rate that are believed: milliseconds of 31 million
/// years.
const NUMBER_MAX: f64 = 1e18;

/// A count that a server can have reached.
pub(super) fn count(record: &Record, names: Names) -> Result<Option<u64>, Diagnostic> {
    match record.count(names)? {
        Some(count) if count > COUNT_MAX => Err(too_large(record, names, "2^53")),
        count => Ok(count),
    }
}

/// A time or rate of at least 0.
fn amount(record: &Record, names: Names) -> Result<Option<f64>, Diagnostic> {
    match record.number(names)? {
        Some(amount) if !(0.0..=NUMBER_MAX).contains(&amount) => {
            Err(record.wrong(names, "a number from 0 to 10^18").mend(EXPORT_AGAIN))
        }
        amount => Ok(amount),
    }
}

fn wal_bytes(record: &Record, names: Names) -> Result<Option<u64>, Diagnostic> {
    match record.count(names)? {
        Some(bytes) if bytes > WAL_BYTES_MAX => Err(too_large(record, names, "2^60")),
        bytes => Ok(bytes),
    }
}

fn too_large(record: &Record, names: Names, limit: &str) -> Diagnostic {
    record
        .wrong(names, &format!("a count up to {limit}"))
        .why("no server counts that far: the value is damaged, or of another column")
        .mend(EXPORT_AGAIN)
}

const EXPORT_AGAIN: &str = "export it again, or delete the row";

const TEXT: Names = &["query"];

/// What the view keeps counters by.
pub(super) fn key(record: &Record) -> Result<StatementKey, Diagnostic> {
    let text = |names| record.text(names).unwrap_or_default().to_owned();
    let query_id = record.text(&["queryid", "query_hash"]);
    Ok(StatementKey {
        query_id: query_id.or(record.text(TEXT)).unwrap_or_default().to_owned(),
        is_text: query_id.is_none(),
        user: text(&["userid", "rolname", "usename", "user"]),
        database: text(&["dbid", "datname", "database"]),
        toplevel: record.flag(&["toplevel"])?,
    })
}

/// One row of the view.
pub(super) fn row(record: &Record) -> Result<StatementRow, Diagnostic> {
    let rates = match amount(record, &["calls_per_sec"])? {
        None => None,
        Some(calls) => Some(Rates {
            calls,
            rows: amount(record, &["rows_per_sec"])?,
            exec_ms: amount(record, &["total_time_per_sec"])?,
        }),
    };
    let temp = (count(record, &["temp_blks_read"])?, count(record, &["temp_blks_written"])?);
    Ok(StatementRow {
        at: record.time(AT)?,
        key: Rc::new(key(record)?),
        text: record.text(TEXT).map(Rc::from),
        counters: Counters {
            calls: match count(record, &["calls"])? {
                Some(calls) => calls,
                None if rates.is_some() => 0,
                None => {
                    let fault = Diagnostic::new("this row has no number of calls");
                    return Err(fault.at(record.place(&["calls"])));
                }
            },
            rows: count(record, &["rows"])?,
            exec_ms: amount(record, &["total_exec_time", "total_time"])?,
            plan_ms: amount(record, &["total_plan_time"])?,
            blk_read_ms: amount(record, &["shared_blk_read_time", "blk_read_time"])?,
            blk_write_ms: amount(record, &["shared_blk_write_time", "blk_write_time"])?,
            shared_blks_hit: count(record, &["shared_blks_hit"])?,
            shared_blks_read: count(record, &["shared_blks_read"])?,
            shared_blks_dirtied: count(record, &["shared_blks_dirtied"])?,
            shared_blks_written: count(record, &["shared_blks_written"])?,
            temp_blks: match temp {
                (Some(read), Some(written)) => Some(read + written),
                _ => None,
            },
            wal_records: count(record, &["wal_records"])?,
            wal_fpi: count(record, &["wal_fpi"])?,
            wal_bytes: wal_bytes(record, &["wal_bytes"])?,
        },
        rates,
        min_exec_ms: amount(record, &["min_exec_time", "min_time"])?,
        since: record.time(&["stats_since"])?,
    })
}
