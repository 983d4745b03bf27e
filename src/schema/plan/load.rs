//! `[capture]`, `[load]` and `[encoding]`.

use schemars::JsonSchema;

/// How the exports are to be read.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Capture {
    /// The database, where the export has several.
    pub database: Option<String>,
    /// What the counters of an export are.
    pub counting: Option<Counting>,
    /// When the only snapshot was taken.
    pub at: Option<String>,
    /// Seconds from one snapshot to the next, where they have no times.
    pub every_seconds: Option<f64>,
}

/// What the counters of an export are.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum Counting {
    /// Totals since they were reset.
    SinceReset,
    /// Those of the interval that ends at the time given.
    IntervalUpTo,
    /// Those of the interval that begins at the time given.
    IntervalFrom,
}

/// What the captured time stands for.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum CaptureRepresents {
    /// The mean of the month.
    Average,
    /// The busiest time.
    Peak,
    /// One or more whole days.
    WholeDay,
}

/// What the capture stands for, and how load grows.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Load {
    /// What the captured time stands for.
    pub capture_represents: Option<CaptureRepresents>,
    /// The busiest minute's load over the mean.
    pub peak_to_mean: Option<f64>,
    /// Variance over mean of the calls in a second.
    pub dispersion: Option<f64>,
    /// Hour of the day (UTC) with the most load.
    pub peak_hour_utc: Option<f64>,
    /// The load of each day of the week from Monday (UTC), in any unit.
    pub weekday_weights: Option<Vec<f64>>,
    /// Hours of a month with more load than the others.
    pub spikes: Option<Vec<Spike>>,
    /// Statements whose calls all come within some hours of the day.
    pub jobs: Option<Vec<Job>>,
    /// How calls concentrate on the values of columns.
    pub keys: Option<Vec<KeySkew>>,
    /// Months to the horizon.
    pub horizon_months: Option<f64>,
    /// Growth of the load a month; 0.03 is 3 %.
    pub growth_per_month: Option<f64>,
    /// Days for which rows are kept.
    pub retention_days: Option<f64>,
    /// The least and the most multiple of today's load.
    pub range: Option<Vec<f64>>,
    /// Hours of a month.
    pub month_hours: Option<u64>,
    /// Bytes of a GB.
    pub gb_bytes: Option<u64>,
}

/// Hours of a month with more load than the others.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Spike {
    /// Day of the month.
    pub day: f64,
    /// Hour of the day (UTC) at which it begins.
    pub hour_utc: f64,
    /// How long it lasts, hours.
    pub hours: f64,
    /// Multiple of the load.
    pub times: f64,
}

/// A statement whose calls all come within some hours of the day.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Job {
    /// The statement as reports show it; its beginning and `...` will do.
    pub sql: String,
    /// Hour of the day (UTC) at which it begins.
    pub hour_utc: f64,
    /// For how long, hours.
    pub hours: f64,
}

/// How calls are spread over the values of a column: either `zipf` or
/// `top_shares`.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct KeySkew {
    /// The column, as `table.column`.
    pub column: String,
    /// Exponent: the k-th busiest value takes a share proportional to
    /// k^-exponent.
    pub zipf: Option<f64>,
    /// Shares of the busiest values, the busiest first.
    pub top_shares: Option<Vec<f64>>,
}

/// How rows become items.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Encoding {
    /// How numbers are stored.
    pub numbers: Option<Encoded>,
    /// How timestamps are stored.
    pub timestamps: Option<Encoded>,
}

/// A type of attribute.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum Encoded {
    /// A number.
    Number,
    /// A text.
    Text,
}
