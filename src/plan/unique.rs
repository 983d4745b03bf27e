//! Uniqueness of values that are no key: a guard item for each value, written in
//! one transaction with the row (Developer Guide, "Using transactions").

use std::collections::BTreeSet;

use crate::design::ItemType;

use super::effects::Change;
use super::model::{Detail, Operation, OperationKind};

/// The writes of guard items that go with a write of the row itself; none if it
/// leaves the unique values alone.
pub fn guards(
    home: (usize, usize),
    item: &ItemType,
    change: &Change<'_>,
    requests: f64,
) -> Vec<Operation> {
    let mut writes = Vec::new();
    for columns in &item.unique {
        let value = columns.join(", ");
        let mut guard = |kind: OperationKind, what: &str| {
            writes.push(Operation {
                kind,
                table: home.0,
                item: home.1,
                index: None,
                per_call: requests,
                transactional: true,
                detail: Detail::Guard,
                purpose: format!("{what} the value of {value}"),
            });
        };
        match change {
            Change::Put(_) => guard(OperationKind::PutItem, "take"),
            Change::Delete => guard(OperationKind::DeleteItem, "give back"),
            Change::Update { columns: written, .. } => {
                let columns: BTreeSet<&String> = columns.iter().collect();
                if written.iter().any(|column| columns.contains(column)) {
                    guard(OperationKind::DeleteItem, "give back");
                    guard(OperationKind::PutItem, "take");
                }
            }
        }
    }
    writes
}
