//! Costs over time.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compare::{self, CurveKind};

use super::curves::COST_UNIT;

/// Costs from today to the horizon, as the plan's growth has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OverTime {
    /// The load of each month.
    pub months: Vec<MonthLoad>,
    /// What each thing costs.
    pub curves: Vec<TimeCurve>,
}

/// The load of a month.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MonthLoad {
    /// Months from today.
    pub month: f64,
    /// Multiple of today's load.
    pub load: f64,
}

/// A cost over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TimeCurve {
    /// What it is the cost of.
    pub kind: CurveKind,
    /// The same by name.
    pub name: String,
    /// Unit of the months.
    pub x: String,
    /// Unit of the costs.
    pub y: String,
    /// By ascending month.
    pub points: Vec<TimePoint>,
}

/// A cost in one month.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TimePoint {
    /// Months from today.
    pub month: f64,
    /// At the point estimates, US dollars a month; null if it cannot be had.
    pub usd: Option<f64>,
    /// One draw in ten costs less, US dollars a month.
    pub p10: f64,
    /// Half of the draws cost less, US dollars a month.
    pub p50: f64,
    /// One draw in ten costs more, US dollars a month.
    pub p90: f64,
    /// How far p10 and p90 may be off because draws are finite, US dollars a
    /// month.
    pub standard_error: f64,
    /// Share of the draws in which it can be had at all.
    pub share_available: f64,
}

impl From<&compare::OverTime> for OverTime {
    fn from(over_time: &compare::OverTime) -> Self {
        let curves = over_time.curves.iter().map(|curve| TimeCurve {
            kind: curve.kind,
            name: curve.name.clone(),
            x: "months from today".to_owned(),
            y: COST_UNIT.to_owned(),
            points: curve
                .points
                .iter()
                .map(|point| TimePoint {
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
        Self {
            months: over_time
                .months
                .iter()
                .map(|&(month, load)| MonthLoad { month, load })
                .collect(),
            curves: curves.collect(),
        }
    }
}
