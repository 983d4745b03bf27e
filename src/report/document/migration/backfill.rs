//! Copying what is stored already.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::migrate;
use crate::report::document::Exact;

use super::phase::Cost;

/// Copying what is stored already.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Backfill {
    /// How much; null if rows were never counted.
    pub volume: Option<Volume>,
    /// Through the API.
    pub api: Option<Transfer>,
    /// Ways to do it.
    pub ways: Vec<BackfillWay>,
}

/// How much is copied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Volume {
    /// Items.
    pub items: Exact,
    /// Bytes of items.
    pub item_bytes: Exact,
    /// Bytes billed as storage.
    pub stored_bytes: Exact,
    /// Write units of the tables.
    pub table_write_units: Exact,
    /// Write units of the indexes.
    pub index_write_units: Exact,
    /// Read units to scan all of it.
    pub scan_read_units: Exact,
}

/// A backfill through the API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Transfer {
    /// Write units a second.
    pub write_units_per_second: Exact,
    /// What bounds them.
    pub bound_by: String,
    /// How long it takes, seconds.
    pub seconds: Exact,
    /// Write capacity to have warm before, units a second.
    pub prewarm_write_units_per_second: Exact,
    /// That is more than the table takes at once.
    pub needs_prewarming: bool,
    /// Share of the writes refused if nothing is warmed.
    pub refused_share_if_cold: f64,
    /// Minutes in which something is refused if nothing is warmed.
    pub refused_minutes_if_cold: u64,
}

/// A way to do the backfill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BackfillWay {
    /// Its name.
    pub method: String,
    /// What it costs.
    pub cost: Cost,
    /// How long it takes, seconds; null where nobody knows.
    pub seconds: Option<Exact>,
    /// What else to know.
    pub notes: Vec<String>,
}

impl From<&migrate::Migration> for Backfill {
    fn from(migration: &migrate::Migration) -> Self {
        let ways = migration.backfill_options.iter().map(|one| BackfillWay {
            method: one.method.word().to_owned(),
            cost: (&one.cost).into(),
            seconds: one.seconds.map(|seconds| Exact::of_days(seconds.round())),
            notes: one.notes.clone(),
        });
        Self {
            volume: migration.volume.map(|volume| Volume {
                items: Exact::of_days(volume.items),
                item_bytes: Exact::of_days(volume.item_bytes),
                stored_bytes: Exact::of_days(volume.stored_bytes),
                table_write_units: Exact::of_days(volume.table_write_units),
                index_write_units: Exact::of_days(volume.index_write_units),
                scan_read_units: Exact::of_days(volume.scan_read_units()),
            }),
            api: migration.transfer.as_ref().map(|one| Transfer {
                write_units_per_second: Exact::of_days(one.units_per_second),
                bound_by: one.binding.to_owned(),
                seconds: Exact::of_days(one.seconds.round()),
                prewarm_write_units_per_second: Exact::of_days(one.peak_units_per_second),
                needs_prewarming: one.needs_prewarming,
                refused_share_if_cold: one.refused_share,
                refused_minutes_if_cold: one.refused_minutes,
            }),
            ways: ways.collect(),
        }
    }
}
