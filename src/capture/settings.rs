use crate::units::Timestamp;

/// What a counter in a row counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counting {
    /// Everything since the last reset: pg_stat_statements itself.
    SinceReset,
    /// The interval that ends at the row's time (PgHero).
    IntervalUpTo,
    /// The interval that starts at the row's time (pg_stat_monitor).
    IntervalFrom,
}

/// What the files cannot say themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The database to look at, by oid as the export has it or by name; `None`
    /// for the one the catalog is of, else the one with the most calls.
    pub database: Option<String>,
    /// What counters count; `None` to tell by the format, and by whether they
    /// fall all the time.
    pub counting: Option<Counting>,
    /// When the first snapshot was taken, for exports without times.
    pub at: Option<Timestamp>,
    /// Microseconds from one snapshot to the next, for exports without times.
    pub every_micros: Option<u64>,
}
