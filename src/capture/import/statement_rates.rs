use super::super::settings::Counting;
use super::{Importer, Read, statements};

/// Rates per second for each statement and moment, such as Performance Insights
/// shows (`calls_per_sec`, `rows_per_sec`, `total_time_per_sec`).
pub(super) const IMPORTER: Importer = Importer {
    name: "rates of statements",
    sniff: |head| head.has(&["query", "calls_per_sec"]),
    read: Read::File(|source, head, gathered, faults| {
        statements::file(source, head, Counting::IntervalUpTo, gathered, faults);
    }),
};
