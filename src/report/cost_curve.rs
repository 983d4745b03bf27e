//! The picture of the comparison: cost over load.

use crate::compare::{Comparison, SHARDED};

use super::Manifest;
use super::chart::{CostChart, Mark, Series, SeriesKind};

/// A band is drawn as far as nine draws in ten can have the thing at all.
const AVAILABLE_SHARE_MIN: f64 = 0.9;

/// The cost curves as a data-only description of the chart.
#[must_use]
pub fn chart(manifest: &Manifest, comparison: &Comparison) -> CostChart {
    let series = comparison
        .curves
        .iter()
        .map(|curve| Series {
            name: curve.name.clone(),
            // Instances are bought whole.
            kind: if curve.kind.is_postgres() { SeriesKind::Step } else { SeriesKind::Line },
            points: curve.points.clone(),
            band: band(comparison, &curve.name),
            ends: curve.ends.clone(),
        })
        .collect();
    let marks = comparison
        .crossovers
        .iter()
        .filter(|one| one.cheaper_above == SHARDED || one.cheaper_below == SHARDED)
        .map(|one| Mark { x: one.load, y: one.monthly_usd, label: format!("{:.1}x", one.load) })
        .collect();
    CostChart {
        title: format!("{}: monthly cost over load", manifest.scenario),
        subtitle: format!(
            "list prices of {}, newest figure {}; today is 1x; bands: 8 draws in 10",
            manifest.region, manifest.price_book_date
        ),
        x_label: "load, multiple of today's".to_owned(),
        y_label: "USD per month".to_owned(),
        series,
        marks,
        baseline: comparison.baseline.as_ref().map(|baseline| {
            (format!("today: {}", baseline.what), crate::compare::to_f64(baseline.monthly))
        }),
    }
}

/// Load with the p10 and the p90 of a curve; `None` where nothing is uncertain.
fn band(comparison: &Comparison, name: &str) -> Option<Vec<(f64, f64, f64)>> {
    let curve = comparison.odds.curves.iter().find(|curve| curve.name == name)?;
    let points = curve.band.iter().filter(|point| point.share_available >= AVAILABLE_SHARE_MIN);
    let band: Vec<_> = points.map(|point| (point.load, point.p10, point.p90)).collect();
    band.iter().any(|(_, low, high)| low < high).then_some(band)
}
