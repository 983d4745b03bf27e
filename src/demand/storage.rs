use std::collections::BTreeMap;

use crate::dynamodb::STORAGE_OVERHEAD_BYTES;
use crate::layout::Layout;
use crate::scenario::LoadSettings;
use crate::workload::Entity;

use super::units::Arm;

/// What one table or index stores at today's load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StoredArm {
    /// Where.
    pub arm: Arm,
    /// Items or entries today; `None` where rows were never counted.
    pub items_today: Option<f64>,
    /// The same at the horizon.
    pub items_horizon: Option<f64>,
    /// Bytes today, with 100 bytes an item.
    pub bytes_today: Option<f64>,
    /// Bytes at the horizon.
    pub bytes_horizon: Option<f64>,
}

/// A month of 730 hours in days.
const MONTH_DAYS: f64 = 730.0 / 24.0;

/// Rows of a table at the horizon at today's load: those there are, and the net
/// of inserts and deletes for as long as rows are kept, at most to the horizon.
/// The same rule holds on both sides of the comparison.
#[must_use]
pub fn horizon_rows(entity: &Entity, load: &LoadSettings) -> Option<f64> {
    let rows = entity.rows?;
    let horizon_months = load.horizon_months.value;
    let kept_months = load
        .retention_days
        .value
        .map_or(horizon_months, |days| (days / MONTH_DAYS).min(horizon_months));
    let net = entity.inserted_per_month.unwrap_or(0.0) - entity.deleted_per_month.unwrap_or(0.0);
    Some(rows + net.max(0.0) * kept_months)
}

/// What every table and index stores. `horizon_of` gives the factor from rows
/// today to rows at the horizon of each kind of item.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "100 bytes")]
pub fn stored(
    layout: &Layout,
    horizon_of: impl Fn((usize, usize)) -> Option<f64>,
) -> Vec<StoredArm> {
    let mut arms: BTreeMap<Arm, [Option<f64>; 4]> = BTreeMap::new();
    let mut add = |arm: Arm, items: Option<f64>, mean_bytes: f64, factor: Option<f64>| {
        let bytes = items.map(|items| items * (mean_bytes + STORAGE_OVERHEAD_BYTES as f64));
        let items_horizon = items.zip(factor).map(|(items, factor)| items * factor);
        let horizon = bytes.zip(factor).map(|(bytes, factor)| bytes * factor);
        let sum = arms.entry(arm).or_insert([Some(0.0); 4]);
        for (sum, more) in sum.iter_mut().zip([items, items_horizon, bytes, horizon]) {
            *sum = sum.zip(more).map(|(sum, more)| sum + more);
        }
    };
    for (t, table) in layout.tables.iter().enumerate() {
        for (i, item) in table.items.iter().enumerate() {
            let factor = horizon_of((t, i));
            let bytes = item.sizes.mean_bytes() + item.guard_bytes;
            add(Arm { table: t, index: None }, item.count, bytes, factor);
            for (x, entry) in item.entries.iter().enumerate() {
                if let Some(entry) = entry {
                    let entries = item.count.map(|count| count * entry.share);
                    let arm = Arm { table: t, index: Some(x) };
                    add(arm, entries, entry.sizes.mean_bytes(), factor);
                }
            }
        }
    }
    arms.into_iter()
        .map(|(arm, [items_today, items_horizon, bytes_today, bytes_horizon])| StoredArm {
            arm,
            items_today,
            items_horizon,
            bytes_today,
            bytes_horizon,
        })
        .collect()
}
