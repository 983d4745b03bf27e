//! A layout and a plan under factors on sizes and on rows.

use crate::layout::Layout;
use crate::plan::{Detail, Operation, Plan};
use crate::units::Bytes;
use crate::workload::Workload;

use crate::compare::model::DesignResult;

/// The patterns whose calls have more than one row: those that return or change
/// more, and those whose reads look at more under any design.
pub fn many_rows(workload: &Workload, designs: &[DesignResult]) -> Vec<bool> {
    let looks_at_more = |operation: &Operation| matches!(operation.detail, Detail::Read { items, .. } if items > 1.0);
    workload
        .patterns
        .iter()
        .enumerate()
        .map(|(p, pattern)| {
            pattern.rows_per_call.is_some_and(|rows| rows > 1.0)
                || designs
                    .iter()
                    .any(|one| one.plan.patterns[p].operations.iter().any(looks_at_more))
        })
        .collect()
}

/// Every item and index entry `factor` times as large, rounded to whole bytes.
pub fn layout(today: &Layout, factor: f64) -> Layout {
    let mut scaled = today.clone();
    for item in scaled.tables.iter_mut().flat_map(|table| &mut table.items) {
        item.sizes = item.sizes.map(|bytes| resized(bytes, factor));
        for list in &mut item.lists {
            list.row_bytes *= factor;
        }
        for entry in item.entries.iter_mut().flatten() {
            entry.sizes = entry.sizes.map(|bytes| resized(bytes, factor));
        }
    }
    scaled
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "item sizes are positive and far below 2^53"
)]
fn resized(bytes: Bytes, factor: f64) -> Bytes {
    Bytes::new((bytes.get() as f64 * factor).round() as u64)
}

/// The same operations with `rows` times as many items where a call of one of
/// the patterns `many` has more than one, at least one, and with what is read
/// along or appended `size` times as large.
pub fn plan(today: &Plan, many: &[bool], size: f64, rows: f64) -> Plan {
    let more = |number: f64| if number > 1.0 { (number * rows).max(1.0) } else { number };
    let mut scaled = today.clone();
    for (pattern, many) in scaled.patterns.iter_mut().zip(many) {
        for operation in &mut pattern.operations {
            let mut per_call = operation.per_call;
            match &mut operation.detail {
                Detail::Read { items, along_bytes, .. } => {
                    *along_bytes *= size;
                    if *many && *items > 1.0 {
                        *items = more(*items);
                    } else if *many {
                        per_call = more(per_call);
                    }
                }
                Detail::Write { appends, inserted, .. } => {
                    if let Some(append) = appends {
                        append.row_bytes *= size;
                    }
                    if let Some(new) = inserted {
                        new.item = new.item.map(|bytes| resized(bytes, size));
                        for entry in new.entries.iter_mut().flatten() {
                            *entry = entry.map(|bytes| resized(bytes, size));
                        }
                    }
                    if *many {
                        per_call = more(per_call);
                    }
                }
                Detail::Guard if *many => per_call = more(per_call),
                Detail::Guard => {}
            }
            operation.per_call = per_call;
        }
    }
    scaled
}
