//! Budget files, as [`crate::report::budget`] reads them.

use schemars::JsonSchema;

/// Limits that a comparison must keep.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields, title = "ddbplan budget file")]
pub struct BudgetFile {
    /// The limits.
    pub limits: Vec<Limits>,
}

/// Limits on figures of a design; one or more of the keys that end in `_max` or
/// `_min`.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Limits {
    /// The design's name; left out, every design.
    pub design: Option<String>,
    /// The capacity mode; needed for limits of cost and throttling.
    pub mode: Option<WhichMode>,
    /// Multiple of today's load; needed for limits of cost and throttling.
    pub load: Option<f64>,
    /// Compare the bill although another store without a stated price is left
    /// out of it.
    pub leave_out_other_stores: Option<bool>,
    /// The most that it may cost, US dollars a month.
    pub monthly_usd_max: Option<f64>,
    /// The largest share of units that may be refused, with burst.
    pub throttled_share_max: Option<f64>,
    /// The same without burst.
    pub throttled_share_without_burst_max: Option<f64>,
    /// The least share of the calls that is served without a Scan.
    pub served_calls_share_min: Option<f64>,
    /// The least share of the execution time that is served without a Scan.
    pub served_time_share_min: Option<f64>,
    /// The most statements that may not be served without a Scan.
    pub not_served_max: Option<f64>,
}

/// A capacity mode, the cheapest of them, or each.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum WhichMode {
    /// Pay per request.
    OnDemand,
    /// A fixed capacity.
    Provisioned,
    /// Capacity that follows the load.
    AutoScaled,
    /// The one that costs least at the load.
    Cheapest,
    /// Every one that is compared.
    Each,
}
