//! A design's tables and indexes, for a trace of operations that is replayed
//! against them.

use rust_decimal::prelude::ToPrimitive;

use crate::demand::Arm;
use crate::design::{Design, IndexKind, Projection};
use crate::layout;
use crate::plan::{self, Detail, OperationKind, Plan};
use crate::simulate::trace::{EntryBytes, IndexKey, OnUpdate, Tables, TraceIndex, TraceTable};
use crate::units::Bytes;
use crate::workload::Workload;

/// The tables of a design, each spread over so many partitions. A trace does not
/// say which attributes an update changes: each index sees of every update what
/// it sees of most updates that the workload's statements make. Entries that are
/// not whole items have the size of the largest mean entry. An index whose key is not
/// the table's cannot be divided by partition, since a trace has the table's key
/// alone. Tables that are not the design's are refused.
#[must_use]
pub fn trace_tables(workload: &Workload, design: &Design, partitions: u32) -> Tables {
    let layout = layout::build(design, workload);
    let plan = plan::plan(workload, design, &layout, false);
    let tables = design.tables.iter().enumerate().map(|(t, table)| TraceTable {
        name: table.name.clone(),
        partitions,
        indexes: table
            .indexes
            .iter()
            .enumerate()
            .map(|(i, index)| {
                let entries = layout.tables[t].items.iter().filter_map(|item| {
                    item.entries[i].as_ref().map(|entry| entry.sizes.mean_bytes().ceil())
                });
                let largest = entries.fold(0.0, f64::max).to_u64().unwrap_or(0);
                // A local index has its table's key; so has a global one made like it.
                let of_table = index.kind == IndexKind::Local
                    || table.items.iter().all(|item| item.partition_key == index.partition_key);
                TraceIndex {
                    name: index.name.clone(),
                    key: if of_table { IndexKey::Tables } else { IndexKey::Unknown },
                    entry: match index.projection {
                        Projection::All => EntryBytes::WholeItem,
                        _ => EntryBytes::AtMost(Bytes::new(largest)),
                    },
                    on_update: on_update(workload, &plan, Arm { table: t, index: Some(i) }),
                }
            })
            .collect(),
    });
    Tables { tables: tables.collect(), other_table_partitions: None }
}

/// What most updates of a table do to one of its indexes.
fn on_update(workload: &Workload, plan: &Plan, arm: Arm) -> OnUpdate {
    let (mut updates, mut writes) = (0.0, 0.0);
    for (pattern, planned) in workload.patterns.iter().zip(&plan.patterns) {
        let calls = pattern.calls_per_month.to_f64().unwrap_or(0.0);
        for operation in &planned.operations {
            let Detail::Write { entries, .. } = &operation.detail else { continue };
            if operation.table != arm.table || operation.kind != OperationKind::UpdateItem {
                continue;
            }
            let requests = calls * operation.per_call;
            updates += requests;
            let of_index = entries.iter().filter(|entry| Some(entry.index) == arm.index);
            writes += of_index.map(|entry| requests * entry.writes).sum::<f64>();
        }
    }
    match writes / f64::max(updates, 1e-9) {
        mean if mean < 0.5 => OnUpdate::Untouched,
        mean if mean < 1.5 => OnUpdate::ContentChanges,
        _ => OnUpdate::KeyChanges,
    }
}
