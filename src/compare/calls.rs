//! What each access pattern asks of a table and its indexes.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::demand::{Arm, Demand};

use super::arm_use::ArmUse;
use super::billing::decimal_to_f64;
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

/// E U^2 / E U of the units that calls take of something, as if each call of a
/// pattern took as many: operations of one size with the same mean and variance.
pub fn jump<'a>(
    calls: impl IntoIterator<Item = &'a Calls>,
    units: impl Fn(&Calls) -> Decimal,
) -> f64 {
    let (mut first, mut second) = (0.0, 0.0);
    for one in calls {
        let (count, units) = (decimal_to_f64(one.per_month), decimal_to_f64(units(one)));
        first += count * units;
        second += count * units * units;
    }
    if first > 0.0 { second / first } else { 0.0 }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// 300 calls of 1 unit and 100 of 5: (300 + 2,500) / (300 + 500) = 3.5.
    #[test]
    fn large_calls_make_larger_jumps() {
        let of = |per_month: u32, units: u32| Calls {
            pattern: 0,
            per_month: Decimal::from(per_month),
            reads: vec![Decimal::from(units)],
            writes: Vec::new(),
        };
        let calls = [of(300, 1), of(100, 5), of(7, 0)];
        assert!((jump(&calls, |one| one.reads[0]) - 3.5).abs() < 1e-12);
        assert!(jump(&calls[2..], |one| one.reads[0]).abs() < 1e-12);
    }
}
