//! What each access pattern asks of a table and its indexes.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::demand::{Arm, Demand};

use super::arm_use::ArmUse;
use super::throughput::TableUse;

/// What one pattern asks of a table: calls a month, and units per call of each
/// arm.
pub struct Calls {
    /// The pattern, by position in the workload.
    pub pattern: usize,
    /// Calls a month at today's load.
    pub per_month: Decimal,
    /// Read units a call, by arm.
    pub reads: Vec<Decimal>,
    /// Write units a call, by arm.
    pub writes: Vec<Decimal>,
}

/// What each pattern asks of the capacities of a table, `arms`.
pub fn calls_of(demand: &Demand, of: &TableUse<'_>, arms: &[ArmUse]) -> Vec<Calls> {
    let table = arms[0].arm.table;
    let mut calls: BTreeMap<usize, Calls> = BTreeMap::new();
    for operation in &demand.operations {
        for units in operation.arms.iter().filter(|units| units.arm.table == table) {
            let own = units.arm.index.is_none() || of.is_global_index(units.arm);
            let arm = if own { units.arm } else { Arm { index: None, ..units.arm } };
            let Some(at) = arms.iter().position(|used| used.arm == arm) else { continue };
            let nothing = || vec![Decimal::ZERO; arms.len()];
            let one = calls.entry(operation.pattern).or_insert_with(|| Calls {
                pattern: operation.pattern,
                per_month: operation.calls_per_month,
                reads: nothing(),
                writes: nothing(),
            });
            one.reads[at] += units.read;
            one.writes[at] += units.write;
        }
    }
    calls.into_values().collect()
}
