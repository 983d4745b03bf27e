use rust_decimal::Decimal;

use crate::dynamodb::Consistency;
use crate::layout::{Layout, query_units};
use crate::plan::{Detail, Operation, Plan};
use crate::units::decimal_from_f64;
use crate::workload::Workload;

/// A table or one of its indexes: what capacity is counted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Arm {
    /// The table, by position in the design.
    pub table: usize,
    /// The index, by position in the table; `None` is the table itself.
    pub index: Option<usize>,
}

/// Units of one call of a statement on one arm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArmUnits {
    /// Where.
    pub arm: Arm,
    /// Read units, on average.
    pub read: Decimal,
    /// Write units, on average.
    pub write: Decimal,
}

/// One operation of one pattern, in units.
#[derive(Clone, Debug, PartialEq)]
pub struct OperationDemand {
    /// The pattern, by position in the workload.
    pub pattern: usize,
    /// The operation, by position in the planned pattern.
    pub operation: usize,
    /// Calls of the statement per month at today's load.
    pub calls_per_month: Decimal,
    /// Units per call, the table first.
    pub arms: Vec<ArmUnits>,
}

/// What a plan consumes.
#[derive(Clone, Debug, PartialEq)]
pub struct Demand {
    /// Every operation of every pattern, in order.
    pub operations: Vec<OperationDemand>,
}

/// Which reads are taken as strongly consistent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadRule {
    /// As planned.
    AsPlanned,
    /// All that can be: everything but reads of a GSI.
    AllStrong,
}

/// The units of every operation of a plan.
#[must_use]
pub fn demand(workload: &Workload, layout: &Layout, plan: &Plan, reads: ReadRule) -> Demand {
    let mut operations = Vec::new();
    for (p, planned) in plan.patterns.iter().enumerate() {
        for (o, operation) in planned.operations.iter().enumerate() {
            operations.push(OperationDemand {
                pattern: p,
                operation: o,
                calls_per_month: workload.patterns[p].calls_per_month,
                arms: units(operation, layout, reads),
            });
        }
    }
    Demand { operations }
}

/// The expected units of one call: over the distribution of item sizes, rounded
/// per request.
fn units(operation: &Operation, layout: &Layout, reads: ReadRule) -> Vec<ArmUnits> {
    let item = &layout.tables[operation.table].items[operation.item];
    let table = Arm { table: operation.table, index: None };
    match &operation.detail {
        Detail::Read { items, found, consistency, may_be_strong } => {
            let consistency = match reads {
                ReadRule::AllStrong if *may_be_strong => Consistency::Strong,
                _ => *consistency,
            };
            let arm = Arm { table: operation.table, index: operation.index };
            let sizes = match operation.index.and_then(|index| item.entries[index].as_ref()) {
                Some(entry) => &entry.sizes,
                None => &item.sizes,
            };
            let hit = query_units(sizes, *items, consistency);
            let miss = crate::dynamodb::read(crate::units::Bytes::ZERO, consistency).as_f64();
            let per_request = found * hit + (1.0 - found) * miss;
            vec![ArmUnits {
                arm,
                read: exact(operation.per_call * per_request),
                write: Decimal::ZERO,
            }]
        }
        Detail::Write { succeeds, entries } => {
            let mut arms = vec![ArmUnits {
                arm: table,
                read: Decimal::ZERO,
                write: exact(operation.per_call * item.sizes.expected_write_units()),
            }];
            for change in entries {
                let Some(entry) = &item.entries[change.index] else { continue };
                let units = operation.per_call
                    * succeeds
                    * change.writes
                    * entry.sizes.expected_write_units();
                arms.push(ArmUnits {
                    arm: Arm { table: operation.table, index: Some(change.index) },
                    read: Decimal::ZERO,
                    write: exact(units),
                });
            }
            arms
        }
    }
}

/// A statistic as a decimal.
fn exact(units: f64) -> Decimal {
    decimal_from_f64(units).expect("units of one call are far below the limit of a decimal")
}
