//! Consumed capacity as the API reports it: one figure an arm, reads and writes
//! alike.

use std::collections::BTreeMap;
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::dynamodb::{ByArm, IndexKind, Table};
use crate::json::{Json, Node};
use crate::units::{ReadUnits, WriteUnits};

use super::reader::Reader;

/// Capacity units of a response, which do not say whether they are read or
/// write units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Capacity {
    halves: u64,
}

impl From<ReadUnits> for Capacity {
    fn from(units: ReadUnits) -> Self {
        Self { halves: units.halves() }
    }
}

impl From<WriteUnits> for Capacity {
    fn from(units: WriteUnits) -> Self {
        Self { halves: units.get() * 2 }
    }
}

impl Add for Capacity {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { halves: self.halves + other.halves }
    }
}

impl AddAssign for Capacity {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Capacity {
    fn sum<I: Iterator<Item = Self>>(capacities: I) -> Self {
        capacities.fold(Self::default(), Add::add)
    }
}

impl fmt::Display for Capacity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        ReadUnits::from_halves(self.halves).fmt(f)
    }
}

/// What one request consumed on one table. Arms of 0 are left out, as if
/// absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableCapacity {
    /// As reported, or the sum of the arms.
    pub total: Capacity,
    /// The table itself.
    pub table: Capacity,
    /// Global secondary indexes by name.
    pub gsi: BTreeMap<String, Capacity>,
    /// Local secondary indexes by name.
    pub lsi: BTreeMap<String, Capacity>,
}

impl TableCapacity {
    /// Adds what an operation took by the rules.
    pub(super) fn add<U: Copy + Into<Capacity>>(&mut self, table: &Table, arms: &ByArm<U>) {
        let mut add = |arm: &mut Capacity, units: Capacity| {
            *arm += units;
            self.total += units;
        };
        add(&mut self.table, arms.table.into());
        for (index, units) in table.indexes().iter().zip(&arms.indexes) {
            let units = (*units).into();
            if units > Capacity::default() {
                let arms = match index.kind() {
                    IndexKind::Global => &mut self.gsi,
                    IndexKind::Local => &mut self.lsi,
                };
                add(arms.entry(index.name().to_owned()).or_default(), units);
            }
        }
    }

    /// Reads one element of a recorded answer: the table's name and its arms.
    pub(super) fn read(reader: &mut Reader<'_, '_>, node: &Node) -> Option<(String, Self)> {
        let name = reader.required_string(node, "table")?.to_owned();
        let total = reader.required(node, "total").and_then(|total| capacity(reader, total));
        let table = node.get("base").map_or(Some(Capacity::default()), |n| capacity(reader, n));
        let gsi = indexes(reader, node, "gsi");
        let lsi = indexes(reader, node, "lsi");
        Some((name, Self { total: total?, table: table?, gsi: gsi?, lsi: lsi? }))
    }
}

fn indexes(
    reader: &mut Reader<'_, '_>,
    node: &Node,
    key: &str,
) -> Option<BTreeMap<String, Capacity>> {
    let Some(arms) = node.get(key) else {
        return Some(BTreeMap::new());
    };
    let Some(members) = arms.as_object() else {
        return reader.refuse(arms, "an object of units by index should be here");
    };
    let mut units = BTreeMap::new();
    for member in members {
        let arm = capacity(reader, &member.value)?;
        if arm > Capacity::default() {
            units.insert(member.key.clone(), arm);
        }
    }
    Some(units)
}

fn capacity(reader: &mut Reader<'_, '_>, node: &Node) -> Option<Capacity> {
    let units = match &node.json {
        Json::Number(written) => {
            written.parse().or_else(|_| Decimal::from_scientific(written)).ok()
        }
        _ => None,
    };
    let halves = units.and_then(|units| units.checked_mul(Decimal::TWO));
    match halves.filter(Decimal::is_integer).and_then(|halves| halves.to_u64()) {
        Some(halves) => Some(Capacity { halves }),
        None => reader.refuse(node, "capacity units in steps of 0.5 should be here"),
    }
}

impl fmt::Display for TableCapacity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "total {} = table {}", self.total, self.table)?;
        for (name, units) in &self.gsi {
            write!(f, " + gsi {name} {units}")?;
        }
        for (name, units) in &self.lsi {
            write!(f, " + lsi {name} {units}")?;
        }
        Ok(())
    }
}
