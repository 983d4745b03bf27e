//! What global tables and TTL add to writes.
//!
//! Developer Guide, "Best practices for global tables" and "Global tables
//! billing"; "Time to Live (TTL)".

use crate::units::WriteUnits;

use super::item::Item;
use super::settings::Settings;
use super::table::Table;
use super::writes::{Change, write_item};

/// What one write costs in one Region of a global table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionalWrite {
    /// Replicated write units (rWCU or rWRU) of the table.
    pub replicated: WriteUnits,
    /// Ordinary write units (WCU or WRU) of each index, in the order of
    /// [`Table::indexes`].
    pub indexes: Vec<WriteUnits>,
}

/// A write to a global table: the same in every Region that holds a replica,
/// the one written to among them.
#[must_use]
pub fn replicated_write(table: &Table, change: Change<'_>, settings: &Settings) -> RegionalWrite {
    let arms = write_item(table, change, settings);
    RegionalWrite { replicated: arms.table, indexes: arms.indexes }
}

/// A delete by TTL in the Region where the item expires: free, for its index
/// entries too. A table in one Region has no other cost of TTL.
#[must_use]
pub fn ttl_delete_at_origin(table: &Table) -> RegionalWrite {
    RegionalWrite {
        replicated: WriteUnits::ZERO,
        indexes: vec![WriteUnits::ZERO; table.indexes().len()],
    }
}

/// The same delete as it reaches another Region: one replicated write, and the
/// deletes of the index entries at the ordinary price, as for every replicated
/// write.
///
/// The TTL page says "one replicated write" whatever the size of the item, and
/// nothing of indexes; the Global tables page bills index updates on replicas.
#[must_use]
pub fn ttl_delete_at_replica(table: &Table, expired: &Item, settings: &Settings) -> RegionalWrite {
    let change = Change { before: Some(expired), after: None };
    let arms = write_item(table, change, settings);
    RegionalWrite { replicated: WriteUnits::new(1), indexes: arms.indexes }
}
