//! The picture of the comparison: cost over load.

use crate::compare::{Comparison, SHARDED};

use super::Manifest;
use super::chart::{CostChart, Mark, Series, SeriesKind};

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
            band: None,
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
            "list prices of {}, newest figure {}; today is 1x",
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
