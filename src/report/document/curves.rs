//! Costs over load, and where they cross.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compare::{self, CurveKind};

/// Unit of the loads of every curve.
pub(super) const LOAD_UNIT: &str = "multiple of today's load";
/// Unit of the costs of every curve.
pub(super) const COST_UNIT: &str = "USD per month";

/// A cost over load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Curve {
    /// What it is the cost of.
    pub kind: CurveKind,
    /// The same by name.
    pub name: String,
    /// Unit of the first number of each point.
    pub x: String,
    /// Unit of the second number of each point.
    pub y: String,
    /// Loads with costs.
    pub points: Vec<(f64, f64)>,
    /// Why it ends before the range of loads does.
    pub ends: Option<String>,
}

impl From<&compare::Curve> for Curve {
    fn from(curve: &compare::Curve) -> Self {
        Self {
            kind: curve.kind,
            name: curve.name.clone(),
            x: LOAD_UNIT.to_owned(),
            y: COST_UNIT.to_owned(),
            points: curve.points.clone(),
            ends: curve.ends.clone(),
        }
    }
}

/// What something costs at a load that was asked about.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CostAt {
    /// Multiple of today's load.
    pub load: f64,
    /// US dollars a month.
    pub monthly_usd: f64,
}

impl CostAt {
    /// What a curve costs at the loads that were asked about and at which it can
    /// be had.
    pub(super) fn of(comparison: &compare::Comparison, curve: &str) -> Vec<Self> {
        let costs = comparison.costs.get(curve).into_iter().flatten();
        costs.map(|&(load, monthly_usd)| Self { load, monthly_usd }).collect()
    }
}

/// Where two curves change places.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Crossover {
    /// The curve that is cheaper below.
    pub cheaper_below: String,
    /// The curve that is cheaper above.
    pub cheaper_above: String,
    /// Multiple of today's load.
    pub load: f64,
    /// What both cost there, US dollars a month.
    pub monthly_usd: f64,
}

impl From<&compare::Crossover> for Crossover {
    fn from(one: &compare::Crossover) -> Self {
        Self {
            cheaper_below: one.cheaper_below.clone(),
            cheaper_above: one.cheaper_above.clone(),
            load: one.load,
            monthly_usd: one.monthly_usd,
        }
    }
}
