//! `[migration]`.

use schemars::JsonSchema;

use crate::schema::Amount;

/// The move itself. Days are `[least, likely, most]`.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Migration {
    /// Multiple of today's load during the move.
    pub load: Option<Amount>,
    /// Days of measuring before it.
    pub baseline_days: Option<Vec<f64>>,
    /// Days of writing to both before the backfill.
    pub dual_write_days: Option<Vec<f64>>,
    /// Days of the backfill.
    pub backfill_days: Option<Vec<f64>>,
    /// Days of comparing.
    pub validation_days: Option<Vec<f64>>,
    /// Days in which reads move over.
    pub read_shift_days: Option<Vec<f64>>,
    /// Days in which Postgres can still be gone back to.
    pub primary_days: Option<Vec<f64>>,
    /// Days until Postgres is gone.
    pub decommission_days: Option<Vec<f64>>,
    /// Steps of the reads that have moved over, percent.
    pub read_shift_percent: Option<Vec<f64>>,
    /// Share of the reads that is made on both sides while comparing.
    pub shadow_read_share: Option<Amount>,
    /// Times that everything is read to be compared.
    pub validation_scans: Option<u64>,
    /// Share of the writes that fails on one side and is made again.
    pub dual_write_error_rate: Option<Amount>,
    /// How the stored rows are copied.
    pub backfill: Option<Backfill>,
    /// Which rows are copied.
    pub backfill_rows: Option<BackfillRows>,
    /// Write units a second of the loader.
    pub loader_write_units_per_second: Option<Amount>,
    /// Write units a second that the tables are warmed for.
    pub warm_write_units_per_second: Option<u64>,
    /// Bytes of the files imported over bytes of the items.
    pub import_expansion: Option<Amount>,
    /// Replicas of Postgres kept for the move.
    pub read_replicas: Option<u64>,
    /// How far off the costs may be, percent.
    pub cost_range_percent: Option<Amount>,
}

/// A way to copy what is stored.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum Backfill {
    /// Writes through the API.
    Api,
    /// Import from S3 into a new table.
    S3Import,
    /// A bulk loader.
    BulkPut,
}

/// Which rows are copied.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum BackfillRows {
    /// Those of today.
    Today,
    /// Those of the horizon.
    Horizon,
}
