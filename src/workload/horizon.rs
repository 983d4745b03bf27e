//! How many rows there will be.

use crate::scenario::LoadSettings;

use super::entity::Entity;

/// A month of 730 hours in days.
const MONTH_DAYS: f64 = 730.0 / 24.0;

/// Fills in how many rows each table has at the horizon at today's load: those
/// there are, and the net of inserts and deletes for as long as rows are kept,
/// at most up to the horizon. Both sides of the comparison store by this rule.
pub fn fill_in(entities: &mut [Entity], load: &LoadSettings) {
    let horizon_months = load.horizon_months.value;
    let kept_months = load
        .retention_days
        .value
        .map_or(horizon_months, |days| (days / MONTH_DAYS).min(horizon_months));
    for entity in entities {
        let inserted = entity.inserted_per_month.unwrap_or(0.0);
        let net = inserted - entity.deleted_per_month.unwrap_or(0.0);
        entity.rows_horizon = entity.rows.map(|rows| rows + net.max(0.0) * kept_months);
        entity.inserted_horizon = entity.inserted_per_month.map(|_| inserted * kept_months);
    }
}
