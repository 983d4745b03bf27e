use super::super::gathered::Moment;
use super::statements::{AT, count};
use super::{Importer, Read};

/// `pg_stat_statements_info` (14 and later).
pub(super) const IMPORTER: Importer = Importer {
    name: "pg_stat_statements_info",
    sniff: |head| head.has(&["dealloc", "stats_reset"]),
    read: Read::Rows(|record, gathered| {
        gathered.moments.push(Moment {
            at: record.time(AT)?,
            dealloc: count(record, &["dealloc"])?,
            stats_reset: record.time(&["stats_reset"])?,
            ..Moment::default()
        });
        Ok(())
    }),
};
