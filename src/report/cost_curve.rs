//! The pictures of the comparison: cost over load and over time.

use crate::compare::{Comparison, Crossover, CurveKind, SHARDED, SINGLE, TimePoint, curve_name};

use super::Manifest;
use super::chart::{CostChart, Mark, Series, SeriesKind, XAxis};
use super::odds::{best_modes, best_modes_over_time, interval};

/// A band is drawn as far as nine draws in ten can have the thing at all.
const AVAILABLE_SHARE_MIN: f64 = 0.9;

/// The cost curves as a data-only description of the chart: each design under its
/// best modes. Report and page have the other modes.
#[must_use]
pub fn chart(manifest: &Manifest, comparison: &Comparison) -> CostChart {
    let best = best_modes(comparison);
    let names = over_load(comparison);
    let series = comparison
        .curves
        .iter()
        .filter(|curve| names.contains(&curve.name))
        .map(|curve| Series {
            name: curve.name.clone(),
            // Instances are bought whole.
            kind: if curve.kind.is_postgres() { SeriesKind::Step } else { SeriesKind::Line },
            points: curve.points.clone(),
            band: band(comparison, &curve.name),
            ends: curve.ends.clone(),
        })
        .collect();
    let marks = crossings(comparison, &best)
        .chain(refusing(comparison, &best))
        .chain(estimated(comparison))
        .collect();
    CostChart {
        title: format!("{}: monthly cost over load", manifest.scenario),
        subtitle: format!(
            "list prices of {}, newest figure {}; each design under its best mode; bands: 8 draws \
             in 10",
            manifest.region, manifest.price_book_date
        ),
        x_label: "load, multiple of today's".to_owned(),
        x_axis: XAxis::Multiples,
        y_label: "USD per month".to_owned(),
        series,
        marks,
        baseline: comparison.baseline.as_ref().map(|baseline| {
            (format!("today: {}", baseline.what), crate::compare::to_f64(baseline.monthly))
        }),
    }
}

/// The names of the lines over load, in their order.
pub fn over_load(comparison: &Comparison) -> Vec<String> {
    let best = best_modes(comparison);
    let curves = comparison.curves.iter().map(|curve| (curve.kind, &curve.name));
    curves.filter(|(kind, name)| kind.is_postgres() || best.contains(name)).map(of_name).collect()
}

/// The names of the lines over time, in their order.
pub fn over_time(comparison: &Comparison) -> Vec<String> {
    let best = best_modes_over_time(comparison);
    let curves = comparison.odds.over_time.curves.iter().map(|curve| (curve.kind, &curve.name));
    curves.filter(|(kind, name)| kind.is_postgres() || best.contains(name)).map(of_name).collect()
}

fn of_name((_, name): (CurveKind, &String)) -> String {
    name.clone()
}

/// Where designs and the sharded fleet change places, with what eight draws in ten
/// say.
fn crossings<'a>(
    comparison: &'a Comparison,
    best: &'a [String],
) -> impl Iterator<Item = Mark> + 'a {
    let of_sharded = |one: &&Crossover| {
        let (above, below) = (&one.cheaper_above, &one.cheaper_below);
        (above == SHARDED && best.contains(below)) || (below == SHARDED && best.contains(above))
    };
    comparison.crossovers.iter().filter(of_sharded).map(|one| {
        let range = interval(comparison, one).map_or(String::new(), |range| {
            format!(" ({:.1}x to {:.1}x)", range.load_p10, range.load_p90)
        });
        Mark { x: one.load, y: one.monthly_usd, label: format!("{:.1}x{range}", one.load) }
    })
}

/// Where each design starts to refuse part of its load, on the curve of the best
/// mode that costs least there.
fn refusing<'a>(comparison: &'a Comparison, best: &'a [String]) -> impl Iterator<Item = Mark> + 'a {
    comparison.designs.iter().filter_map(|result| {
        let starts = result.modes.iter().filter_map(|mode| {
            let (from, _) = *mode.refused.ranges().first()?;
            let name = curve_name(&result.design.name, mode.mode);
            if !best.contains(&name) {
                return None;
            }
            let points = &comparison.curves.iter().find(|curve| curve.name == name)?.points;
            let (_, usd) = *points.iter().find(|(load, _)| *load >= from)?;
            Some(Mark { x: from, y: usd, label: format!("refuses above {from:.1}x") })
        });
        starts.min_by(|a, b| a.y.total_cmp(&b.y))
    })
}

/// Where the price of the unsharded instance starts to be one that nobody verified.
fn estimated(comparison: &Comparison) -> Option<Mark> {
    let verified = comparison.postgres.single_verified_to?;
    let points = &comparison.curves.iter().find(|curve| curve.name == SINGLE)?.points;
    let (load, usd) = *points.iter().find(|(load, _)| *load > verified)?;
    Some(Mark { x: load, y: usd, label: format!("price estimated above {verified:.1}x") })
}

/// Load with the p10 and the p90 of a curve; `None` where nothing is uncertain.
fn band(comparison: &Comparison, name: &str) -> Option<Vec<(f64, f64, f64)>> {
    let curve = comparison.odds.curves.iter().find(|curve| curve.name == name)?;
    let points = curve.band.iter().filter(|point| point.share_available >= AVAILABLE_SHARE_MIN);
    let band: Vec<_> = points.map(|point| (point.load, point.p10, point.p90)).collect();
    band.iter().any(|(_, low, high)| low < high).then_some(band)
}

/// Costs from today to the horizon, each design under the modes that cost least in
/// one of the months.
#[must_use]
pub fn chart_over_time(manifest: &Manifest, comparison: &Comparison) -> CostChart {
    let names = over_time(comparison);
    let over_time = &comparison.odds.over_time;
    let series = over_time
        .curves
        .iter()
        .filter(|curve| names.contains(&curve.name))
        .map(|curve| {
            let band: Vec<(f64, f64, f64)> = curve
                .points
                .iter()
                .filter(|point| point.band.share_available >= AVAILABLE_SHARE_MIN)
                .map(|point| (point.month, point.band.p10, point.band.p90))
                .collect();
            let uncertain = band.iter().any(|(_, low, high)| low < high);
            let known = |point: &TimePoint| Some((point.month, point.usd?));
            Series {
                name: curve.name.clone(),
                // A month is billed by what is bought then.
                kind: SeriesKind::Line,
                points: curve.points.iter().filter_map(known).collect(),
                band: uncertain.then_some(band),
                ends: None,
            }
        })
        .collect();
    let (months, load) = over_time.months.last().copied().unwrap_or((0.0, 1.0));
    CostChart {
        title: format!("{}: monthly cost over time", manifest.scenario),
        subtitle: format!(
            "list prices of {}; {load:.2}x of today's load after {months} months, today's rows at \
             first; each design under its best mode; bands: 8 draws in 10",
            manifest.region
        ),
        x_label: "months from today".to_owned(),
        x_axis: XAxis::Months,
        y_label: "USD per month".to_owned(),
        series,
        marks: Vec::new(),
        baseline: None,
    }
}
