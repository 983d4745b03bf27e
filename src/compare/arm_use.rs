//! What each table and index of a design uses in a month at today's load.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::demand::{Arm, Demand, StoredArm};

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
    /// Items or entries at the horizon.
    pub items: Option<f64>,
    /// Of a table: bytes of the items written and deleted per month, as they
    /// are sent to a replica.
    pub sent_bytes: Decimal,
    /// Write units per month of deletes by TTL in a Region that replicates
    /// them; in the Region of expiry they are free.
    pub expired_units: Decimal,
    /// Patterns that read here, with the read units per month of each.
    pub readers: BTreeMap<usize, Decimal>,
    /// Patterns that write here, with the write units per month of each.
    pub writers: BTreeMap<usize, Decimal>,
    /// Patterns that are left to TTL.
    pub expirers: BTreeSet<usize>,
}

impl ArmUse {
    /// No use at all.
    #[must_use]
    pub const fn none(arm: Arm) -> Self {
        Self {
            arm,
            read_units: Decimal::ZERO,
            write_units: Decimal::ZERO,
            bytes: None,
            items: None,
            sent_bytes: Decimal::ZERO,
            expired_units: Decimal::ZERO,
            readers: BTreeMap::new(),
            writers: BTreeMap::new(),
            expirers: BTreeSet::new(),
        }
    }

    /// Adds the throughput, not the storage, of a local index to its table's.
    pub(super) fn add_throughput(&mut self, other: &Self) {
        self.read_units += other.read_units;
        self.write_units += other.write_units;
        self.expired_units += other.expired_units;
        add(&mut self.readers, &other.readers);
        add(&mut self.writers, &other.writers);
        self.expirers.extend(&other.expirers);
    }
}

fn add(sum: &mut BTreeMap<usize, Decimal>, more: &BTreeMap<usize, Decimal>) {
    for (pattern, units) in more {
        *sum.entry(*pattern).or_default() += units;
    }
}

/// Adds a demand up by table and index, in their order.
#[must_use]
pub fn arm_uses(demand: &Demand, stored: &[StoredArm]) -> Vec<ArmUse> {
    let mut uses: BTreeMap<Arm, ArmUse> = stored
        .iter()
        .map(|stored| {
            let (bytes, items) = (stored.bytes_horizon, stored.items_horizon);
            (stored.arm, ArmUse { bytes, items, ..ArmUse::none(stored.arm) })
        })
        .collect();
    for operation in &demand.operations {
        for units in &operation.arms {
            let used = uses.entry(units.arm).or_insert_with(|| ArmUse::none(units.arm));
            if !units.read.is_zero() {
                let read_units = operation.calls_per_month * units.read;
                used.read_units += read_units;
                *used.readers.entry(operation.pattern).or_default() += read_units;
            }
            if !units.write.is_zero() {
                let write_units = operation.calls_per_month * units.write;
                used.write_units += write_units;
                *used.writers.entry(operation.pattern).or_default() += write_units;
            }
        }
    }
    uses.into_values().collect()
}
