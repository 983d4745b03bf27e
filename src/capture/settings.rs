use crate::units::Timestamp;

/// What the files cannot say themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The database to look at, by oid as the export has it or by name; `None`
    /// for the one the catalog is of, else the one with the most calls.
    pub database: Option<String>,
    /// When the first snapshot was taken, for exports without times.
    pub at: Option<Timestamp>,
    /// Microseconds from one snapshot to the next, for exports without times.
    pub every_micros: Option<u64>,
}
