use crate::finding::Diagnostic;
use crate::units::Timestamp;

use super::super::gathered::TableCounts;
use super::super::text::Record;
use super::statements::{AT, count};
use super::{Importer, Read, table_name};

/// `pg_stat_user_tables` with a time in each row.
pub(super) const SERIES: Importer = Importer {
    name: "pg_stat_user_tables over time",
    sniff: |head| head.has(&["relname", "n_tup_ins", "n_tup_upd", "n_tup_del"]) && head.has_any(AT),
    read: Read::Rows(|record, gathered| {
        let (at, counts) = (time(record)?, counts(record)?);
        gathered.table_counters.push(table_name(record)?, at, counts);
        Ok(())
    }),
};

/// `pg_stat_user_tables` once: totals since a reset that may be years ago.
pub(super) const TOTALS: Importer = Importer {
    name: "pg_stat_user_tables (totals, not used)",
    sniff: |head| head.has(&["relname", "n_tup_ins", "n_tup_upd", "n_tup_del"]),
    read: Read::Unused,
};

/// When a row of a series was read.
pub(super) fn time(record: &Record) -> Result<Timestamp, Diagnostic> {
    let at = record.time(AT)?;
    at.ok_or_else(|| Diagnostic::new("this row has no time").at(record.place(AT)))
}

fn counts(record: &Record) -> Result<TableCounts, Diagnostic> {
    let count = |names| Ok::<_, Diagnostic>(count(record, names)?.unwrap_or(0));
    Ok(TableCounts {
        inserted: count(&["n_tup_ins"])?,
        updated: count(&["n_tup_upd"])?,
        hot_updated: count(&["n_tup_hot_upd"])?,
        deleted: count(&["n_tup_del"])?,
    })
}
