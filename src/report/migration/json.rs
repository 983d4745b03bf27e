use serde::Serialize;
use serde_json::{Value, json};

use crate::migrate::Migration;
use crate::report::Manifest;
use crate::report::document::{self, Exact, remarks};
use crate::scenario::Assumption;

/// `migration.json`: the section of `report.json` with its manifest, its
/// assumptions and, in place of their number, every day.
#[must_use]
pub fn document(
    manifest: &Manifest,
    migration: &Migration,
    assumptions: &[Assumption],
    horizon_days: u32,
) -> String {
    let mut value = json!(document::migration::Migration::new(migration, horizon_days));
    let shown = migration.shown_days(horizon_days) as usize;
    let days: Vec<Day> = migration
        .timeline
        .days
        .iter()
        .take(shown)
        .map(|day| Day {
            with_usd: Exact::of_days(day.with.usd.get()),
            without_usd: day.without.is_known().then(|| Exact::of_days(day.without.usd.get())),
        })
        .collect();
    let assumptions: Vec<remarks::Assumption> = assumptions.iter().map(Into::into).collect();
    let mut insert = |key: &str, part: Value| value[key] = part;
    insert("schema_version", json!(document::SCHEMA_VERSION));
    insert("manifest", json!(document::manifest::Manifest::from(manifest)));
    insert("assumptions", json!(assumptions));
    insert("days", json!(days));
    document::pretty(&value)
}

/// What one day costs, US dollars.
#[derive(Serialize)]
struct Day {
    with_usd: Exact,
    without_usd: Option<Exact>,
}
