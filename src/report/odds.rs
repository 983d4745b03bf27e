//! What is known only within ranges: the section of `report.json`, and a short
//! one on the terminal.

use serde_json::{Value, json};

use crate::compare::uncertainty::{BATCHES, CrossingRange};
use crate::compare::{Comparison, Odds, OverTime, PairOdds, curve_name, percent_of_draws};

use super::Table;

/// The section `uncertainty` of `report.json`.
#[must_use]
pub fn section(odds: &Odds) -> Value {
    json!({
        "draws": odds.draws,
        "batches": BATCHES,
        "seed": odds.seed,
        "inputs": odds.inputs.iter().map(|one| json!({
            "id": one.input.key(),
            "what": one.input.what(),
            "low": one.range.low(),
            "high": one.range.high(),
            "unit": "factor on the value in use; one draw in ten below low, one in ten above high",
            "origin": one.origin.to_string(),
        })).collect::<Vec<_>>(),
        "curves": odds.curves.iter().map(|curve| json!({
            "kind": curve.kind,
            "name": curve.name,
            "x": "multiple of today's load",
            "y": "USD per month",
            "band": curve.band,
        })).collect::<Vec<_>>(),
        "crossovers": odds.pairs.iter().map(pair).collect::<Vec<_>>(),
        "tornado": odds.swings.iter().map(|at| json!({
            "load": at.load,
            "design": at.design,
            "postgres": at.postgres,
            "answer": "what the design costs beyond Postgres, USD per month",
            "point_usd": at.difference_usd,
            "design_cheaper_share_of_draws": at.design_cheaper_share,
            "to_measure": at.to_measure().map(|input| input.key()),
            "swings": at.swings.iter().map(|(input, swing)| json!({
                "input": input.key(),
                "at_low_usd": swing.at_low,
                "at_high_usd": swing.at_high,
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    })
}

fn pair(pair: &PairOdds) -> Value {
    json!({
        "design": pair.design,
        "postgres": pair.postgres,
        "x": "multiple of today's load",
        "design_cheaper_above": pair.design_cheaper_above,
        "postgres_cheaper_above": pair.postgres_cheaper_above,
        "at": pair.at.iter().map(|at| json!({
            "load": at.load,
            "design_cheaper_share_of_draws": at.design_cheaper_share,
        })).collect::<Vec<_>>(),
    })
}

/// A table of how often each design, under the mode that costs least at the last
/// load, is cheaper than Postgres at the loads that were asked about, and where
/// they change places.
#[must_use]
pub fn text(comparison: &Comparison) -> String {
    let best = best_modes(comparison);
    let pairs: Vec<&PairOdds> =
        comparison.odds.pairs.iter().filter(|pair| best.contains(&pair.design)).collect();
    let Some(first) = pairs.first() else { return String::new() };
    let loads = first.at.iter().map(|at| format!("at {}x", at.load));
    let titles = ["cheaper in so many draws".to_owned(), "than".to_owned()]
        .into_iter()
        .chain(loads)
        .chain(["cheaper above".to_owned(), "dearer above".to_owned()]);
    let rows = pairs.iter().map(|pair| {
        let mut row = vec![pair.design.clone(), pair.postgres.clone()];
        row.extend(
            pair.at
                .iter()
                .map(|at| at.design_cheaper_share.map_or("-".to_owned(), percent_of_draws)),
        );
        row.push(range(pair.design_cheaper_above));
        row.push(range(pair.postgres_cheaper_above));
        row
    });
    Table::new(titles).rows(rows).to_string()
}

/// The curve of each design under the mode that costs least at the last load that
/// was asked about.
pub fn best_modes(comparison: &Comparison) -> Vec<String> {
    comparison
        .designs
        .iter()
        .filter_map(|result| {
            let names = result.modes.iter().map(|mode| curve_name(&result.design.name, mode.mode));
            names.min_by(|a, b| at_last(comparison, a).total_cmp(&at_last(comparison, b)))
        })
        .collect()
}

/// The section `over_time` of `report.json`.
#[must_use]
pub fn over_time(over_time: &OverTime) -> Value {
    json!({
        "months": over_time.months.iter().map(|(month, load)| json!({
            "month": month,
            "load": load,
        })).collect::<Vec<_>>(),
        "curves": over_time.curves.iter().map(|curve| json!({
            "kind": curve.kind,
            "name": curve.name,
            "x": "months from today",
            "y": "USD per month",
            "points": curve.points.iter().map(|point| json!({
                "month": point.month,
                "usd": point.usd,
                "p10": point.band.p10,
                "p50": point.band.p50,
                "p90": point.band.p90,
                "standard_error": point.band.standard_error,
                "share_available": point.band.share_available,
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    })
}

/// What a curve costs at the last of the loads that were asked about.
fn at_last(comparison: &Comparison, name: &str) -> f64 {
    let costs = comparison.costs.get(name).and_then(|costs| costs.last());
    costs.map_or(f64::INFINITY, |(_, usd)| *usd)
}

/// A range of loads, with its share of the draws unless it is all of them.
fn range(crossing: Option<CrossingRange>) -> String {
    crossing.map_or("-".to_owned(), |one| {
        let ends = format!("{:.2}x-{:.2}x", one.load_p10, one.load_p90);
        if one.share_of_draws < 1.0 {
            format!("{ends} in {}", percent_of_draws(one.share_of_draws))
        } else {
            ends
        }
    })
}
