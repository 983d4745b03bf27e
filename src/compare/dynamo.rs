//! The DynamoDB side of the bill: units and bytes under a capacity mode become
//! usage, usage becomes lines.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::demand::{Arm, Demand, StoredArm};
use crate::design::{Design, IndexKind};
use crate::pricing::{
    BillSettings, Dimension, Direction, PriceBook, PriceKey, Region, TableClass, Unpriced, Usage,
    bill,
};
use crate::scenario::{Mode, Settings};
use crate::units::{Usd, decimal_from_f64};

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

/// One line of a design's bill.
#[derive(Clone, Debug, PartialEq)]
pub struct BillLine {
    /// What is billed.
    pub key: PriceKey,
    /// The table or index it is billed for.
    pub arm: Option<Arm>,
    /// How much.
    pub quantity: Decimal,
    /// The price of a unit, where one holds for the whole line.
    pub unit_usd: Option<Usd>,
    /// What it costs, or why that is not known.
    pub usd: Result<Usd, Unpriced>,
    /// The patterns behind it.
    pub patterns: BTreeSet<usize>,
    /// The figure was verified against AWS's own.
    pub verified: bool,
    /// Source of the figure in the price book.
    pub source: Option<String>,
}

/// Everything a bill depends on besides the load.
pub struct Billing<'a> {
    /// The prices.
    pub book: &'a PriceBook,
    /// The Region.
    pub region: &'a Region,
    /// The scenario's settings.
    pub settings: &'a Settings,
    /// Conventions.
    pub conventions: &'a BillSettings,
    /// Peak over mean.
    pub peak_to_mean: f64,
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
        Mode::OnDemand => on_demand(uses, load, &mut drafts),
        Mode::Provisioned => provisioned(billing, design, uses, load, &mut drafts),
    }
    storage(billing, design, uses, load, &mut drafts);
    let usages: Vec<Usage> = drafts
        .iter()
        .map(|draft| Usage {
            key: PriceKey::from(draft.dimension),
            region: billing.region.clone(),
            quantity: draft.quantity,
            label: String::new(),
        })
        .collect();
    let billed = bill(billing.book, &usages, billing.conventions);
    drafts
        .into_iter()
        .zip(billed.lines)
        .map(|(draft, line)| BillLine {
            arm: Some(draft.arm),
            quantity: draft.quantity,
            unit_usd: line.unit_usd(),
            verified: line.charge.as_ref().is_ok_and(|charge| charge.verified),
            source: line.charge.as_ref().ok().map(|charge| charge.source.clone()),
            usd: line.charge.map(|charge| charge.usd),
            patterns: draft.patterns,
            key: line.usage.key,
        })
        .collect()
}

/// The sum of lines, or `None` if one of them has no price.
#[must_use]
pub fn total(lines: &[BillLine]) -> Option<Usd> {
    lines.iter().map(|line| line.usd.as_ref().ok().copied()).sum()
}

struct Draft {
    dimension: Dimension,
    arm: Arm,
    quantity: Decimal,
    patterns: BTreeSet<usize>,
}

fn on_demand(uses: &[ArmUse], load: Decimal, drafts: &mut Vec<Draft>) {
    for used in uses {
        for (direction, units, patterns) in [
            (Direction::Write, used.write_units, &used.writers),
            (Direction::Read, used.read_units, &used.readers),
        ] {
            if !units.is_zero() {
                drafts.push(Draft {
                    dimension: Dimension::request_units(direction, TableClass::Standard),
                    arm: used.arm,
                    quantity: units * load,
                    patterns: patterns.clone(),
                });
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
            drafts.push(Draft {
                dimension: Dimension::capacity_hours(direction, TableClass::Standard),
                arm: used.arm,
                quantity: billing.conventions.month_of(capacity),
                patterns,
            });
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
        let draft =
            |dimension| Draft { dimension, arm: used.arm, quantity, patterns: BTreeSet::new() };
        drafts.push(draft(Dimension::Storage));
        let global = used.arm.index.is_some_and(|index| {
            design.tables[used.arm.table].indexes[index].kind == IndexKind::Global
        });
        if billing.settings.dynamodb.pitr.value && !global {
            drafts.push(draft(Dimension::PitrStorage));
        }
    }
}

/// Dollars as a number, for curves and drawing.
#[must_use]
pub fn to_f64(usd: Usd) -> f64 {
    usd.get().to_f64().unwrap_or(f64::INFINITY)
}
