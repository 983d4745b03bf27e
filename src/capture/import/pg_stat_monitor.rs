use super::super::settings::Counting;
use super::{Importer, Read, statements};

/// Percona's `pg_stat_monitor`: one row for each time bucket and statement, and
/// for each client and plan where those are told apart; see
/// <https://docs.percona.com/pg-stat-monitor/reference.html>.
pub(super) const IMPORTER: Importer = Importer {
    name: "pg_stat_monitor",
    sniff: |head| head.has(&["query", "calls", "bucket_start_time"]),
    read: Read::File(|source, head, gathered, faults| {
        statements::file(source, head, Counting::IntervalFrom, gathered, faults);
    }),
};
