//! What a design uses under factors on sizes, rows and growth.

use crate::compare::arm_use::ArmUse;
use crate::compare::billing::{Billing, decimal_to_f64};
use crate::compare::design::uses;
use crate::compare::model::DesignResult;
use crate::compare::replication::REPLICATED_ITEM_OVERHEAD_BYTES;
use crate::compare::uncertainty::FactorRange;
use crate::demand::{Arm, ReadRule, demand, stored};
use crate::workload::Workload;

use super::knots::{FEW, Knots, MANY};
use super::scaled;

/// What one table or index uses in a month at today's load.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Amounts {
    /// Read units.
    pub read_units: f64,
    /// Write units.
    pub write_units: f64,
    /// Write units of expiries in a Region that replicates them.
    pub expired_units: f64,
    /// Bytes sent to one replica.
    pub sent_bytes: f64,
    /// Bytes stored before anything is added.
    pub bytes_today: f64,
    /// Bytes stored at the horizon.
    pub bytes_horizon: f64,
}

impl Amounts {
    /// Each amount, combined with the same of another.
    fn with(&self, other: &Self, combined: impl Fn(f64, f64) -> f64) -> Self {
        Self {
            read_units: combined(self.read_units, other.read_units),
            write_units: combined(self.write_units, other.write_units),
            expired_units: combined(self.expired_units, other.expired_units),
            sent_bytes: combined(self.sent_bytes, other.sent_bytes),
            bytes_today: combined(self.bytes_today, other.bytes_today),
            bytes_horizon: combined(self.bytes_horizon, other.bytes_horizon),
        }
    }

    /// Adds the throughput of what shares a capacity.
    pub fn add_throughput(&mut self, other: &Self) {
        self.read_units += other.read_units;
        self.write_units += other.write_units;
        self.expired_units += other.expired_units;
    }
}

/// What a design uses for some factors on sizes and rows.
pub struct UnitGrid {
    /// Its tables and indexes, in order.
    pub arms: Vec<Arm>,
    sizes: Knots,
    rows: Knots,
    /// By knot of sizes, then table or index, at as many rows as there are.
    by_size: Vec<Vec<Amounts>>,
    /// By knot of rows, at sizes as they are.
    by_rows: Vec<Vec<Amounts>>,
}

impl UnitGrid {
    /// Works a design's units out knot by knot; `many` are the patterns whose
    /// calls have more than one row.
    pub fn new(
        workload: &Workload,
        billing: &Billing<'_>,
        result: &DesignResult,
        many: &[bool],
        (sizes, rows): (FactorRange, FactorRange),
    ) -> Self {
        // The staircase of units over sizes, smooth once it is a mean over items,
        // bends more than that over rows.
        let (sizes, rows) = (Knots::new(sizes, &MANY), Knots::new(rows, &FEW));
        let arms: Vec<Arm> = result.uses.iter().map(|used| used.arm).collect();
        let at = |size: f64, rows: f64| {
            let layout = scaled::layout(&result.layout, size);
            let plan = scaled::plan(&result.plan, many, size, rows);
            let demand = demand(workload, &layout, &plan, ReadRule::AsPlanned);
            let stored = stored(&layout);
            let uses = uses(workload, &result.design, (&layout, &plan), &demand, &stored);
            arms.iter()
                .map(|arm| {
                    let used = uses.iter().find(|used| used.arm == *arm);
                    let today = stored.iter().find(|stored| stored.arm == *arm);
                    let (bytes, items) =
                        today.map_or((None, None), |one| (one.bytes_today, one.items_today));
                    used.map_or_else(Amounts::default, |used| {
                        amounts(billing, result, used, bytes.zip(items))
                    })
                })
                .collect()
        };
        let by_size = sizes.values().iter().map(|size| at(*size, 1.0)).collect();
        let by_rows = rows.values().iter().map(|rows| at(1.0, *rows)).collect();
        Self { arms, sizes, rows, by_size, by_rows }
    }

    /// What each table and index uses under factors on sizes and rows: exact at a
    /// knot of either, and with both as many times more as with each.
    pub fn under(&self, size: f64, rows: f64) -> Vec<Amounts> {
        let sized = between(&self.by_size, self.sizes.between(size));
        let with_rows = between(&self.by_rows, self.rows.between(rows));
        let today = between(&self.by_rows, self.rows.between(1.0));
        sized
            .iter()
            .zip(with_rows.iter().zip(&today))
            .map(|(sized, (with_rows, today))| {
                let times = |now: f64, then: f64| if then > 0.0 { now / then } else { 1.0 };
                sized.with(&with_rows.with(today, times), |amount, times| amount * times)
            })
            .collect()
    }
}

/// Between the amounts at two knots.
fn between(at: &[Vec<Amounts>], [(lower, less), (upper, more)]: [(usize, f64); 2]) -> Vec<Amounts> {
    let mixed = |(lower, upper): (&Amounts, &Amounts)| {
        lower.with(upper, |lower, upper| (lower * less + upper * more).max(0.0))
    };
    let upper = at.get(upper).unwrap_or(&at[lower]);
    at[lower].iter().zip(upper).map(mixed).collect()
}

/// A use as numbers; what is not known is 0, and has no line in a bill either.
fn amounts(
    billing: &Billing<'_>,
    result: &DesignResult,
    used: &ArmUse,
    today: Option<(f64, f64)>,
) -> Amounts {
    let table = &result.design.tables[used.arm.table].name;
    let replicated = !billing.settings.dynamodb.table(table).replica_regions.is_empty();
    let each =
        if replicated && used.arm.index.is_none() { REPLICATED_ITEM_OVERHEAD_BYTES } else { 0.0 };
    let bytes_of = |(bytes, items): (f64, f64)| bytes + items * each;
    Amounts {
        read_units: decimal_to_f64(used.read_units),
        write_units: decimal_to_f64(used.write_units),
        expired_units: decimal_to_f64(used.expired_units),
        sent_bytes: decimal_to_f64(used.sent_bytes),
        bytes_today: today.map_or(0.0, bytes_of),
        bytes_horizon: used.bytes.zip(used.items).map_or(0.0, bytes_of),
    }
}
