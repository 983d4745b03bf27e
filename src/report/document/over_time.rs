//! Costs from today to the horizon, as load and rows grow.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compare::{self, CurveKind};

/// Costs from today to the horizon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OverTime {
    /// The months and the load that growth gives each.
    pub months: Vec<Month>,
    /// Why they end before the horizon does, if they do.
    pub ends: Option<String>,
    /// The costs.
    pub curves: Vec<Curve>,
    /// When the sharded fleet is divided anew with every input as stated: shards are
    /// ready ahead of the load and are not merged again.
    pub reshards: Vec<Reshard>,
}

/// A move of data to more shards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reshard {
    /// Months from today at which the new shards are ready.
    pub month: f64,
    /// Shards before.
    pub from_shards: u64,
    /// Shards after.
    pub to_shards: u64,
    /// What the old ones cost while both are paid for, US dollars a month.
    pub old_monthly_usd: f64,
}

/// A month and its load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Month {
    /// Months from today.
    pub month: f64,
    /// Multiple of today's load.
    pub load: f64,
}

/// A cost over months.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Curve {
    /// What it is the cost of.
    pub kind: CurveKind,
    /// The curve's name.
    pub name: String,
    /// What x is.
    pub x: String,
    /// What y is.
    pub y: String,
    /// The points.
    pub points: Vec<Point>,
}

/// A cost in one month, and what it may be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Point {
    /// Months from today.
    pub month: f64,
    /// US dollars a month with every input as stated; null where it cannot be
    /// had.
    pub usd: Option<f64>,
    /// One draw in ten costs less, US dollars a month.
    pub p10: f64,
    /// Half of the draws cost less, US dollars a month.
    pub p50: f64,
    /// One draw in ten costs more, US dollars a month.
    pub p90: f64,
    /// The standard error of the quantiles, US dollars a month.
    pub standard_error: f64,
    /// Share of the draws in which it can be had at all.
    pub share_available: f64,
}

impl From<&compare::OverTime> for OverTime {
    fn from(over_time: &compare::OverTime) -> Self {
        let curves = over_time.curves.iter().map(|curve| Curve {
            kind: curve.kind,
            name: curve.name.clone(),
            x: "months from today".to_owned(),
            y: "USD per month".to_owned(),
            points: curve
                .points
                .iter()
                .map(|point| Point {
                    month: point.month,
                    usd: point.usd,
                    p10: point.band.p10,
                    p50: point.band.p50,
                    p90: point.band.p90,
                    standard_error: point.band.standard_error,
                    share_available: point.band.share_available,
                })
                .collect(),
        });
        let months = over_time.months.iter().map(|&(month, load)| Month { month, load });
        let reshards = over_time.reshards.iter().map(|one| Reshard {
            month: one.month,
            from_shards: one.from,
            to_shards: one.to,
            old_monthly_usd: one.old_monthly_usd,
        });
        Self {
            months: months.collect(),
            ends: over_time.ends.clone(),
            curves: curves.collect(),
            reshards: reshards.collect(),
        }
    }
}
