//! Costs from today to the horizon, if load grows as the plan says.

use crate::compare::model::CurveKind;
use crate::compare::uncertainty::{BandPoint, Costs, bands};

use super::fleet_path::Reshard;
use super::moment::{Course, LOADS};

/// Costs month by month.
#[derive(Clone, Debug, PartialEq)]
pub struct OverTime {
    /// Months from today with the multiple of today's load that growth makes.
    pub months: Vec<(f64, f64)>,
    /// Why they end before the horizon does.
    pub ends: Option<String>,
    /// The curves, in the order of the comparison's.
    pub curves: Vec<TimeCurve>,
    /// When the sharded fleet is divided anew, at the inputs as they are.
    pub reshards: Vec<Reshard>,
}

/// What one thing costs month by month.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeCurve {
    /// What it is the cost of.
    pub kind: CurveKind,
    /// The same by name.
    pub name: String,
    /// By ascending month; without months in which it cannot be had at all.
    pub points: Vec<TimePoint>,
}

/// A month's cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimePoint {
    /// Months from today.
    pub month: f64,
    /// At the inputs as they are, USD a month; `None` if it cannot be had then or
    /// has no price.
    pub usd: Option<f64>,
    /// What it may be, as far as it can be had in any draw; its `load` is the
    /// month.
    pub band: BandPoint,
}

/// The costs of all months: at the inputs as they are, and of every draw.
pub fn over_time(
    names: &[(CurveKind, String)],
    course: &Course,
    horizon_months: f64,
    (known, reshards): (&Costs, Vec<Reshard>),
    drawn: &[Costs],
) -> OverTime {
    let Course { months, moments, .. } = course;
    let curves = names
        .iter()
        .zip(bands(drawn, months))
        .zip(known)
        .map(|(((kind, name), band), known)| {
            let of_month = |month: f64| {
                months.iter().zip(known).find(|(one, _)| **one >= month).and_then(|(_, usd)| *usd)
            };
            TimeCurve {
                kind: *kind,
                name: name.clone(),
                points: band
                    .points
                    .into_iter()
                    .map(|band| TimePoint { month: band.load, usd: of_month(band.load), band })
                    .collect(),
            }
        })
        .collect();
    let loads = moments.iter().map(|moment| moment.load);
    let last = months.last().copied().unwrap_or_default();
    let ends = (last < horizon_months).then(|| {
        format!(
            "after {last} months the load leaves {:e} to {:e} times today's",
            LOADS.start(),
            LOADS.end()
        )
    });
    OverTime { months: months.iter().copied().zip(loads).collect(), ends, curves, reshards }
}
