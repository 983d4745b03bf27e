use super::super::settings::Counting;
use super::{Importer, Read, statements};

/// PgHero's `pghero_query_stats`: calls and time only, since the reading before
/// (it reads, then resets).
pub(super) const IMPORTER: Importer = Importer {
    name: "PgHero query stats",
    sniff: |head| head.has(&["query", "query_hash", "total_time", "calls", "captured_at"]),
    read: Read::File(|source, head, gathered, faults| {
        statements::file(source, head, Counting::IntervalUpTo, gathered, faults);
    }),
};
