use crate::finding::Diagnostic;

use super::super::catalog::ColumnStats;
use super::super::text::{Names, Record};
use super::bounds::{RELATION_ROWS_MAX, VALUE_BYTES_MAX};
use super::{Importer, Read, table_name};

/// The view `pg_stats`; values of the data in it are not looked at.
pub(super) const IMPORTER: Importer = Importer {
    name: "pg_stats",
    sniff: |head| head.has(&["attname", "null_frac", "avg_width", "n_distinct"]),
    read: Read::Rows(|record, gathered| {
        let stats = stats(record)?;
        let inherited = record.flag(&["inherited"])?.unwrap_or(false);
        let key = (table_name(record)?, record.name(&["attname"])?.to_owned(), inherited);
        gathered.catalog.stats.offer(key, stats);
        Ok(())
    }),
};

fn stats(record: &Record) -> Result<ColumnStats, Diagnostic> {
    let needed = |names: Names, range, what: &str| {
        record.need(names)?;
        Ok::<f64, Diagnostic>(record.number_in(names, range, what)?.unwrap_or_default())
    };
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let (distinct, width) = (-1.0..=RELATION_ROWS_MAX as f64, 0.0..=VALUE_BYTES_MAX as f64);
    Ok(ColumnStats {
        null_fraction: needed(&["null_frac"], 0.0..=1.0, "a share of the rows")?,
        avg_width_bytes: record.number_in(&["avg_width"], width, "the bytes of a value")?,
        n_distinct: needed(
            &["n_distinct"],
            distinct,
            "a number of values, or a share of the rows below 0",
        )?,
        most_common_freqs: record.shares(&["most_common_freqs"])?,
        correlation: record.number_in(&["correlation"], -1.0..=1.0, "a correlation")?,
    })
}
