//! Charts beside the cost curves: descriptions that are data only, made from the
//! report itself, drawn as PNG and in the page alike.

mod busiest_day;
mod cost_breakdown;
mod postgres_utilisation;
mod refused;
mod write_amplification;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compare::Comparison;

use super::chart::{BreakdownChart, TimelineChart, breakdown_png, shown_names, timeline_png};
use super::cost_curve;
use super::document::design::Design;
use super::document::postgres::Postgres;

/// The descriptions, with the numbers of the pictures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Pictures {
    /// What the bills are made of at today's load.
    pub cost_breakdown: BreakdownChart,
    /// What global indexes add to the writes of a design.
    pub write_amplification: BreakdownChart,
    /// Demand against capacity over the busiest day of the costliest capacity of
    /// the cheapest design; null where no design has provisioned capacity.
    pub busiest_day: Option<TimelineChart>,
    /// What each capacity mode refuses of the cheapest design's statements at
    /// today's load; null where none refuses anything.
    pub refused: Option<BreakdownChart>,
    /// How much of a shard each resource has in use at the peak.
    pub postgres_utilisation: BreakdownChart,
    /// Names that the pictures show as numbers because they cannot draw their
    /// letters.
    pub replaced_names: Vec<ReplacedName>,
}

/// A name in letters that the pictures cannot draw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReplacedName {
    /// The file of the picture.
    pub picture: String,
    /// What it shows instead.
    pub shown: String,
    /// The name.
    pub name: String,
}

impl Pictures {
    pub(super) fn new(comparison: &Comparison, designs: &[Design], postgres: &Postgres) -> Self {
        let cost_breakdown = cost_breakdown::chart(designs, postgres);
        let write_amplification = write_amplification::chart(designs);
        let bars = |chart: &BreakdownChart| chart.bars.iter().map(|bar| bar.name.clone()).collect();
        let replaced_names = [
            ("cost_curve.png", "series", cost_curve::over_load(comparison)),
            ("cost_over_time.png", "series", cost_curve::over_time(comparison)),
            ("cost_breakdown.png", "bar", bars(&cost_breakdown)),
            ("write_amplification.png", "bar", bars(&write_amplification)),
        ]
        .into_iter()
        .flat_map(|(picture, kind, names)| replaced(picture, kind, &names))
        .collect();
        Self {
            cost_breakdown,
            write_amplification,
            busiest_day: comparison.busiest_day.as_ref().map(busiest_day::chart),
            refused: designs.first().and_then(refused::chart),
            postgres_utilisation: postgres_utilisation::chart(postgres),
            replaced_names,
        }
    }

    /// The pictures as PNG, with the names of their files.
    #[must_use]
    pub fn png(&self) -> BTreeMap<String, Vec<u8>> {
        let mut drawn = BTreeMap::from([
            ("cost_breakdown.png".to_owned(), breakdown_png(&self.cost_breakdown)),
            ("write_amplification.png".to_owned(), breakdown_png(&self.write_amplification)),
            ("postgres_utilisation.png".to_owned(), breakdown_png(&self.postgres_utilisation)),
        ]);
        let busiest_day = self.busiest_day.as_ref().map(timeline_png);
        drawn.extend(busiest_day.map(|png| ("busiest_day.png".to_owned(), png)));
        let refused = self.refused.as_ref().map(breakdown_png);
        drawn.extend(refused.map(|png| ("refused.png".to_owned(), png)));
        drawn
    }
}

fn replaced(picture: &str, kind: &str, names: &[String]) -> Vec<ReplacedName> {
    let shown = shown_names(kind, names);
    let pairs = names.iter().zip(shown);
    pairs
        .filter_map(|(name, shown)| {
            Some(ReplacedName { picture: picture.to_owned(), shown: shown?, name: name.clone() })
        })
        .collect()
}
