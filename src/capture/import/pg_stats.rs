use crate::finding::Diagnostic;

use super::super::catalog::ColumnStats;
use super::super::text::Names;
use super::{Importer, Read, table_name};

const FREQUENCIES: Names = &["most_common_freqs"];

/// The view `pg_stats`; values of the data in it are not looked at.
pub(super) const IMPORTER: Importer = Importer {
    name: "pg_stats",
    sniff: |head| head.has(&["attname", "null_frac", "avg_width", "n_distinct"]),
    read: Read::Rows(|record, gathered| {
        let number = |names: Names| {
            record.number(names)?.ok_or_else(|| {
                Diagnostic::new(format!("this row has no `{}`", names[0])).at(record.place(names))
            })
        };
        let mut most_common_freqs = Vec::new();
        for text in record.list(FREQUENCIES)?.unwrap_or_default() {
            let share: f64 =
                text.parse().map_err(|_| record.wrong(FREQUENCIES, "a list of numbers"))?;
            most_common_freqs.push(share);
        }
        let stats = ColumnStats {
            null_fraction: number(&["null_frac"])?,
            avg_width_bytes: record.number(&["avg_width"])?,
            n_distinct: number(&["n_distinct"])?,
            most_common_freqs,
            correlation: record.number(&["correlation"])?,
        };
        let inherited = record.flag(&["inherited"])?.unwrap_or(false);
        let key = (table_name(record)?, record.need(&["attname"])?.to_owned(), inherited);
        gathered.catalog.stats.offer(key, stats);
        Ok(())
    }),
};
