//! Costs over load as functions, and as the points that are drawn.

use std::cell::RefCell;
use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::scenario::Mode;
use crate::units::decimal_from_f64;

use super::billing::{BillLine, Billing, monthly, to_f64};
use super::dynamo;
use super::elsewhere::known_monthly;
use super::model::{Curve, CurveKind, DesignResult};

/// Points per factor of ten of load.
const POINTS_PER_DECADE: f64 = 20.0;

/// A cost over load; `None` where the thing cannot be had or its price is not
/// known.
pub type Cost<'a> = Box<dyn Fn(f64) -> Option<f64> + 'a>;

/// A cost with what it is the cost of.
pub struct NamedCost<'a> {
    /// What it is the cost of.
    pub kind: CurveKind,
    /// The same by name.
    pub name: String,
    /// The cost.
    pub cost: Cost<'a>,
}

/// A cost that is worked out once for each load: curves, crossovers and verdict ask
/// for many of the same.
#[must_use]
pub fn remembered<'a>(cost: impl Fn(f64) -> Option<f64> + 'a) -> Cost<'a> {
    let known = RefCell::new(BTreeMap::new());
    Box::new(move |load: f64| {
        if let Some(usd) = known.borrow().get(&load.to_bits()) {
            return *usd;
        }
        let usd = cost(load);
        known.borrow_mut().insert(load.to_bits(), usd);
        usd
    })
}

/// What a design costs a month at a multiple of today's load, other stores with
/// a stated price included.
#[must_use]
pub fn design_cost<'a>(billing: &'a Billing<'a>, result: &'a DesignResult, mode: Mode) -> Cost<'a> {
    Box::new(move |load| {
        let multiple = decimal_from_f64(load).ok()?;
        let lines = dynamo::lines(billing, &result.design, &result.uses, mode, multiple);
        with_stores(&lines, result, multiple)
    })
}

/// The sum of a bill's lines at a multiple of today's load, with the stated
/// prices of other stores; `None` if a line has no price.
pub(super) fn with_stores(lines: &[BillLine], result: &DesignResult, load: Decimal) -> Option<f64> {
    monthly(lines).map(|usd| to_f64(usd + known_monthly(&result.elsewhere, load)))
}

/// The loads that are drawn: evenly spread on a logarithmic scale, with the
/// ends and every whole power of ten among them.
#[must_use]
pub fn loads((least, most): (f64, f64)) -> Vec<f64> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a range of at most twelve decades"
    )]
    let steps = ((most / least).log10() * POINTS_PER_DECADE).ceil().max(1.0) as u32;
    let mut loads: Vec<f64> = (0..=steps)
        .map(|i| least * (most / least).powf(f64::from(i) / f64::from(steps)))
        .map(|load| decimal_from_f64(load).ok().and_then(|d: Decimal| d.to_f64()).unwrap_or(load))
        .collect();
    if let Some(last) = loads.last_mut() {
        *last = most;
    }
    loads
}

/// The points of a cost.
#[must_use]
pub fn curve(of: &NamedCost<'_>, loads: &[f64], ends: Option<String>) -> Curve {
    let points: Vec<(f64, f64)> =
        loads.iter().filter_map(|&load| (of.cost)(load).map(|usd| (load, usd))).collect();
    let whole = points.len() == loads.len();
    let ends = if whole { None } else { ends };
    Curve { kind: of.kind, name: of.name.clone(), points, ends }
}

/// The loads of [`loads`] and, on both sides of each step, the load at which
/// `kind` changes, so that a stepwise cost is drawn where it steps.
#[must_use]
pub fn with_steps<K: PartialEq>(loads: &[f64], kind: impl Fn(f64) -> K) -> Vec<f64> {
    /// How closely a step is located, as a share of its load.
    const PRECISION: f64 = 1e-6;
    let mut all = Vec::with_capacity(loads.len() * 2);
    for pair in loads.windows(2) {
        all.push(pair[0]);
        let (mut low, mut high) = (pair[0], pair[1]);
        let (before, after) = (kind(low), kind(high));
        if before != after {
            while high - low > PRECISION * low {
                let middle = f64::midpoint(low, high);
                if kind(middle) == before { low = middle } else { high = middle }
            }
            all.extend([low, high]);
        }
    }
    all.extend(loads.last());
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loads_span_the_range() {
        let loads = loads((1.0, 100.0));
        assert_eq!(loads.len(), 41);
        assert!((loads[0] - 1.0).abs() < 1e-12 && (loads[40] - 100.0).abs() < 1e-12);
        assert!((loads[20] - 10.0).abs() < 1e-9);
    }

    #[test]
    fn steps_are_found_between_the_loads() {
        let all = with_steps(&[1.0, 2.0, 4.0], |load: f64| load > 2.7);
        assert_eq!(all.len(), 5);
        assert!(all[2] <= 2.7 && 2.7 < all[3] && all[3] - all[2] < 1e-5, "{all:?}");
    }
}
