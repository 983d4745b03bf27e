//! Reads and writes of a table and its indexes under a capacity mode, in every
//! Region that it is in.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::demand::Arm;
use crate::design::{IndexKind, TableDesign};
use crate::pricing::{Dimension, Direction, PriceKey, Region, TableClass};
use crate::scenario::TableSettings;
use crate::units::decimal_from_f64;

use super::arm_use::ArmUse;
use super::billing::{Billing, Draft};
use super::replication::in_regions;

/// A table with what is set for it and what it uses.
pub struct TableUse<'a> {
    /// The table.
    pub table: &'a TableDesign,
    /// What is set for it.
    pub settings: TableSettings,
    /// What it and its indexes use, the table first.
    pub uses: &'a [ArmUse],
}

impl TableUse<'_> {
    /// Whether this is a global index: it has capacity of its own, and on a
    /// replica its writes are ordinary ones.
    pub fn is_global_index(&self, arm: Arm) -> bool {
        arm.index.is_some_and(|index| self.table.indexes[index].kind == IndexKind::Global)
    }

    fn is_replicated(&self) -> bool {
        !self.settings.replica_regions.is_empty()
    }
}

/// The dimension of writes: request units, or capacity-unit hours.
fn write_dimension(on_demand: bool, replicated: bool, class: TableClass) -> Dimension {
    match (on_demand, replicated) {
        (true, false) => Dimension::request_units(Direction::Write, class),
        (true, true) => Dimension::replicated_write_request_units(class),
        (false, false) => Dimension::capacity_hours(Direction::Write, class),
        (false, true) => Dimension::replicated_write_capacity_hours(class),
    }
}

/// What one write request is billed as on demand, by Region: of a table with
/// replicas a replicated write in each of them, of its global indexes an
/// ordinary one in each.
pub fn write_requests(
    billing: &Billing<'_>,
    settings: &TableSettings,
    global_index: bool,
) -> Vec<(Region, Dimension)> {
    let replicated = !settings.replica_regions.is_empty() && !global_index;
    let dimension = write_dimension(true, replicated, settings.class);
    let regions = std::iter::once(billing.region).chain(&settings.replica_regions);
    regions.map(|region| (region.clone(), dimension)).collect()
}

/// Request units of the month.
pub fn on_demand(billing: &Billing<'_>, of: &TableUse<'_>, load: Decimal, drafts: &mut Vec<Draft>) {
    let class = of.settings.class;
    for used in of.uses {
        let global_index = of.is_global_index(used.arm);
        let dimension = write_dimension(true, of.is_replicated() && !global_index, class);
        let regions = in_regions(billing, &of.settings.replica_regions, used, global_index, load);
        for (place, demand) in regions.into_iter().enumerate() {
            let quantity = demand.replicated_write_units + demand.index_write_units;
            if !quantity.is_zero() {
                let mut patterns = used.writers.clone();
                if place > 0 {
                    patterns.extend(&used.expirers);
                }
                drafts.push(Draft {
                    key: PriceKey::from(dimension),
                    region: demand.region,
                    arm: Some(used.arm),
                    quantity,
                    patterns,
                });
            }
        }
        if !used.read_units.is_zero() {
            drafts.push(Draft {
                key: PriceKey::from(Dimension::request_units(Direction::Read, class)),
                region: billing.region.clone(),
                arm: Some(used.arm),
                quantity: used.read_units * load,
                patterns: used.readers.clone(),
            });
        }
    }
}

/// A fixed capacity for the whole month: the peak second's units over the
/// target utilisation, whole units, at least one. A local index draws on its
/// table's capacity.
///
/// Every replica has the same write capacity (Developer Guide, "Best practices
/// for global tables"), so that of the Region that writes most, and the read
/// capacity of the source unless it is overridden (API Reference,
/// "CreateReplicationGroupMemberAction" and "ReplicaGlobalSecondaryIndex").
pub fn provisioned(
    billing: &Billing<'_>,
    of: &TableUse<'_>,
    load: Decimal,
    drafts: &mut Vec<Draft>,
) {
    let mut by_capacity: BTreeMap<Arm, ArmUse> = BTreeMap::new();
    for used in of.uses {
        let own = used.arm.index.is_none() || of.is_global_index(used.arm);
        let arm = if own { used.arm } else { Arm { index: None, ..used.arm } };
        by_capacity.entry(arm).or_insert_with(|| ArmUse::none(arm)).add_throughput(used);
    }
    let class = of.settings.class;
    for used in by_capacity.values() {
        let global_index = of.is_global_index(used.arm);
        let target =
            of.settings.target_of(used.arm.index.map(|i| of.table.indexes[i].name.as_str()));
        let regions = in_regions(billing, &of.settings.replica_regions, used, global_index, load);
        let most_writes = regions
            .iter()
            .map(|demand| demand.replicated_write_units + demand.index_write_units)
            .max()
            .unwrap_or_default();
        for (direction, units, patterns) in [
            (Direction::Write, most_writes, &used.writers),
            (Direction::Read, used.read_units * load, &used.readers),
        ] {
            let dimension = match direction {
                Direction::Write => {
                    write_dimension(false, of.is_replicated() && !global_index, class)
                }
                Direction::Read => Dimension::capacity_hours(direction, class),
            };
            let capacity = capacity_units(billing, target, units);
            for demand in &regions {
                let mut patterns = patterns.clone();
                if direction == Direction::Write && of.is_replicated() {
                    patterns.extend(&used.expirers);
                }
                drafts.push(Draft {
                    key: PriceKey::from(dimension),
                    region: demand.region.clone(),
                    arm: Some(used.arm),
                    quantity: billing.conventions.month_of(capacity),
                    patterns,
                });
            }
        }
    }
}

/// Provisioned units for so many units per month, of which the peak may use
/// `target_percent`.
fn capacity_units(billing: &Billing<'_>, target_percent: f64, units_per_month: Decimal) -> Decimal {
    let headroom = decimal_from_f64(billing.peak_to_mean / (target_percent / 100.0))
        .expect("the settings bound both to sensible ranges");
    let mean = units_per_month / billing.conventions.month_seconds();
    (mean * headroom).ceil().max(Decimal::ONE)
}
