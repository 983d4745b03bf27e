use crate::finding::Diagnostic;

use super::super::gathered::IndexCounts;
use super::super::text::Record;
use super::statements::{AT, count};
use super::table_counters::time;
use super::{Importer, Read, table_name};

/// `pg_stat_user_indexes` with a time in each row.
pub(super) const SERIES: Importer = Importer {
    name: "pg_stat_user_indexes over time",
    sniff: |head| head.has(&["indexrelname", "idx_scan", "idx_tup_read"]) && head.has_any(AT),
    read: Read::Rows(|record, gathered| {
        let index = record.need(&["indexrelname"])?.to_owned();
        let (at, counts) = (time(record)?, counts(record)?);
        gathered.index_counters.push((table_name(record)?, index), at, counts);
        Ok(())
    }),
};

/// `pg_stat_user_indexes` once: totals since a reset that may be years ago.
pub(super) const TOTALS: Importer = Importer {
    name: "pg_stat_user_indexes (totals, not used)",
    sniff: |head| head.has(&["indexrelname", "idx_scan"]),
    read: Read::Unused,
};

fn counts(record: &Record) -> Result<IndexCounts, Diagnostic> {
    let count = |names| Ok::<_, Diagnostic>(count(record, names)?.unwrap_or(0));
    Ok(IndexCounts {
        scans: count(&["idx_scan"])?,
        entries_read: count(&["idx_tup_read"])?,
        rows_fetched: count(&["idx_tup_fetch"])?,
    })
}
