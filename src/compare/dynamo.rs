//! The DynamoDB side of the bill: units and bytes under a capacity mode become
//! usage, usage becomes lines.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::demand::{Arm, Demand, StoredArm};
use crate::design::{Design, IndexKind};
use crate::pricing::{Dimension, Direction, PriceKey, TableClass};
use crate::scenario::Mode;
use crate::units::decimal_from_f64;

use super::billing::{BillLine, Billing, Draft, priced};

/// What one table or index uses in a month at today's load.
#[derive(Clone, Debug, PartialEq)]
pub struct ArmUse {
    /// Where.
    pub arm: Arm,
    /// Read units per month.
    pub read_units: Decimal,
    /// Write units per month.
    pub write_units: Decimal,
    /// Bytes stored at the horizon; `None` where rows were never counted.
    pub bytes: Option<f64>,
    /// Patterns that read here.
    pub readers: BTreeSet<usize>,
    /// Patterns that write here.
    pub writers: BTreeSet<usize>,
}

/// Adds a demand up by table and index.
#[must_use]
pub fn arm_uses(demand: &Demand, stored: &[StoredArm]) -> Vec<ArmUse> {
    let empty = |arm| ArmUse {
        arm,
        read_units: Decimal::ZERO,
        write_units: Decimal::ZERO,
        bytes: None,
        readers: BTreeSet::new(),
        writers: BTreeSet::new(),
    };
    let mut uses: BTreeMap<Arm, ArmUse> = stored
        .iter()
        .map(|stored| (stored.arm, ArmUse { bytes: stored.bytes_horizon, ..empty(stored.arm) }))
        .collect();
    for operation in &demand.operations {
        for units in &operation.arms {
            let used = uses.entry(units.arm).or_insert_with(|| empty(units.arm));
            if !units.read.is_zero() {
                used.read_units += operation.calls_per_month * units.read;
                used.readers.insert(operation.pattern);
            }
            if !units.write.is_zero() {
                used.write_units += operation.calls_per_month * units.write;
                used.writers.insert(operation.pattern);
            }
        }
    }
    uses.into_values().collect()
}

/// A month of a design under a capacity mode at a multiple of today's load.
#[must_use]
pub fn lines(
    billing: &Billing<'_>,
    design: &Design,
    uses: &[ArmUse],
    mode: Mode,
    load: Decimal,
) -> Vec<BillLine> {
    let mut drafts = Vec::new();
    match mode {
        Mode::OnDemand => on_demand(billing, uses, load, &mut drafts),
        Mode::Provisioned => provisioned(billing, design, uses, load, &mut drafts),
    }
    storage(billing, design, uses, load, &mut drafts);
    priced(billing, drafts)
}

fn draft(
    billing: &Billing<'_>,
    dimension: Dimension,
    arm: Arm,
    quantity: Decimal,
    patterns: BTreeSet<usize>,
) -> Draft {
    Draft {
        key: PriceKey::from(dimension),
        region: billing.region.clone(),
        arm: Some(arm),
        quantity,
        patterns,
    }
}

fn on_demand(billing: &Billing<'_>, uses: &[ArmUse], load: Decimal, drafts: &mut Vec<Draft>) {
    for used in uses {
        for (direction, units, patterns) in [
            (Direction::Write, used.write_units, &used.writers),
            (Direction::Read, used.read_units, &used.readers),
        ] {
            if !units.is_zero() {
                let dimension = Dimension::request_units(direction, TableClass::Standard);
                drafts.push(draft(billing, dimension, used.arm, units * load, patterns.clone()));
            }
        }
    }
}

/// A fixed capacity for the whole month: the peak second's units over the
/// target utilisation, whole units, at least one. A local index draws on its
/// table's capacity.
fn provisioned(
    billing: &Billing<'_>,
    design: &Design,
    uses: &[ArmUse],
    load: Decimal,
    drafts: &mut Vec<Draft>,
) {
    let mut by_capacity: BTreeMap<Arm, ArmUse> = BTreeMap::new();
    for used in uses {
        let local = used.arm.index.is_some_and(|index| {
            design.tables[used.arm.table].indexes[index].kind == IndexKind::Local
        });
        let arm = if local { Arm { index: None, ..used.arm } } else { used.arm };
        let sum = by_capacity.entry(arm).or_insert_with(|| ArmUse {
            arm,
            read_units: Decimal::ZERO,
            write_units: Decimal::ZERO,
            ..used.clone()
        });
        sum.read_units += used.read_units;
        sum.write_units += used.write_units;
        sum.readers.extend(&used.readers);
        sum.writers.extend(&used.writers);
    }
    for used in by_capacity.into_values() {
        for (direction, units, patterns) in [
            (Direction::Write, used.write_units, used.writers),
            (Direction::Read, used.read_units, used.readers),
        ] {
            let capacity = capacity_units(billing, units * load);
            let dimension = Dimension::capacity_hours(direction, TableClass::Standard);
            let quantity = billing.conventions.month_of(capacity);
            drafts.push(draft(billing, dimension, used.arm, quantity, patterns));
        }
    }
}

/// Provisioned units for so many units per month.
#[must_use]
pub fn capacity_units(billing: &Billing<'_>, units_per_month: Decimal) -> Decimal {
    let target = billing.settings.dynamodb.target_utilization_percent.value / 100.0;
    let headroom = decimal_from_f64(billing.peak_to_mean / target)
        .expect("the settings bound both to sensible ranges");
    let mean = units_per_month / billing.conventions.month_seconds();
    (mean * headroom).ceil().max(Decimal::ONE)
}

/// Storage of tables and indexes, and point-in-time recovery of tables with
/// their local indexes (global ones are rebuilt, not backed up: Developer
/// Guide, "Point-in-time recovery", pricing page "Backup and restore").
fn storage(
    billing: &Billing<'_>,
    design: &Design,
    uses: &[ArmUse],
    load: Decimal,
    drafts: &mut Vec<Draft>,
) {
    for used in uses {
        let Some(bytes) = used.bytes.and_then(|bytes| decimal_from_f64(bytes).ok()) else {
            continue;
        };
        let quantity = billing.conventions.gigabytes(bytes.round() * load);
        let draft = |dimension| draft(billing, dimension, used.arm, quantity, BTreeSet::new());
        drafts.push(draft(Dimension::Storage));
        let global = used.arm.index.is_some_and(|index| {
            design.tables[used.arm.table].indexes[index].kind == IndexKind::Global
        });
        if billing.settings.dynamodb.pitr.value && !global {
            drafts.push(draft(Dimension::PitrStorage));
        }
    }
}
