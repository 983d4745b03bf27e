use rust_decimal::Decimal;

use crate::design::Design;
use crate::dynamodb::{Consistency, SizeDistribution};
use crate::layout::{Layout, read_units};
use crate::plan::{Append, Detail, Operation, Plan};
use crate::units::{Bytes, decimal_from_f64};
use crate::workload::Workload;

/// A table or one of its indexes: what capacity is counted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Arm {
    /// The table, by position in the design.
    pub table: usize,
    /// The index, by position in the table; `None` is the table itself.
    pub index: Option<usize>,
}

impl Arm {
    /// The name of the table, or of table and index: `inbox.by_provider`.
    #[must_use]
    pub fn name(self, design: &Design) -> String {
        let table = &design.tables[self.table];
        match self.index {
            Some(index) => format!("{}.{}", table.name, table.indexes[index].name),
            None => table.name.clone(),
        }
    }
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
    // A transaction prepares and commits each item (Developer Guide, "Amazon
    // DynamoDB Transactions"); index entries are written once.
    let doubled = if operation.transactional { 2.0 } else { 1.0 };
    match &operation.detail {
        Detail::Read { items, along_bytes, found, consistency, may_be_strong, .. } => {
            let consistency = match reads {
                ReadRule::AllStrong if *may_be_strong => Consistency::Strong,
                _ => *consistency,
            };
            let arm = Arm { table: operation.table, index: operation.index };
            let sizes = match operation.index.and_then(|index| item.entries[index].as_ref()) {
                Some(entry) => &entry.sizes,
                None => &item.sizes,
            };
            let hit = read_units(sizes, *items, *along_bytes, consistency);
            let miss = crate::dynamodb::read(Bytes::ZERO, consistency).as_f64();
            let per_request = found * hit + (1.0 - found) * miss;
            vec![ArmUnits {
                arm,
                read: exact(operation.per_call * per_request),
                write: Decimal::ZERO,
            }]
        }
        // A key is shorter than 1 KB: the minimum.
        Detail::Guard => vec![ArmUnits {
            arm: table,
            read: Decimal::ZERO,
            write: exact(operation.per_call * doubled),
        }],
        Detail::Write { succeeds, entries, appends, inserted } => {
            let new = inserted.as_ref();
            let units = written_units(new.map_or(&item.sizes, |new| &new.item), *appends);
            let mut arms = vec![ArmUnits {
                arm: table,
                read: Decimal::ZERO,
                write: exact(operation.per_call * doubled * units),
            }];
            for change in entries {
                let Some(entry) = &item.entries[change.index] else { continue };
                let sizes =
                    new.and_then(|new| new.entries[change.index].as_ref()).unwrap_or(&entry.sizes);
                let units =
                    operation.per_call * succeeds * change.writes * sizes.expected_write_units();
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

/// Write units of one item. A list that grows inside it is billed at each length
/// it passes through: the mean over the appends from the first to the last.
#[must_use]
pub fn written_units(sizes: &SizeDistribution, appends: Option<Append>) -> f64 {
    let Some(Append { rows, row_bytes }) = appends else {
        return sizes.expected_write_units();
    };
    let mut units = 0.0;
    let mut done = 0.0;
    while done < rows {
        // The last step may be a part of a row: lists differ in length.
        let share = (rows - done).min(1.0);
        let missing = (rows - done - share) * row_bytes;
        units += share * sizes.map(|bytes| shorter(bytes, missing)).expected_write_units();
        done += share;
    }
    if rows > 0.0 { units / rows } else { sizes.expected_write_units() }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a part of an item's size: positive and far below 2^53"
)]
fn shorter(bytes: Bytes, missing: f64) -> Bytes {
    Bytes::new(bytes.get().saturating_sub(missing.round() as u64))
}

/// A statistic as a decimal.
fn exact(units: f64) -> Decimal {
    decimal_from_f64(units).expect("units of one call are far below the limit of a decimal")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An item of 1,000 bytes with a list that grows to 4 rows of 100 bytes: the
    /// appends leave 700, 800, 900 and 1,000 bytes: 1 unit each. At 1,200 bytes
    /// they leave 900 and 1,000 (1 unit), 1,100 and 1,200 (2 units): 1.5.
    #[test]
    fn a_growing_list_is_billed_at_each_length() {
        let append = Some(Append { rows: 4.0, row_bytes: 100.0 });
        let units = |bytes| written_units(&SizeDistribution::constant(Bytes::new(bytes)), append);
        assert!((units(1000) - 1.0).abs() < 1e-9);
        assert!((units(1200) - 1.5).abs() < 1e-9);
    }
}
