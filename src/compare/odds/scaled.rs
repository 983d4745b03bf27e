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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamodb::{Consistency, SizeDistribution};
    use crate::layout::{EntryLayout, ItemLayout, ListLayout, TableLayout};
    use crate::plan::{Append, Evidence, OperationKind, PlannedPattern};
    use crate::workload::Service;

    fn constant(bytes: u64) -> SizeDistribution {
        SizeDistribution::constant(Bytes::new(bytes))
    }

    #[test]
    fn items_entries_and_list_rows_are_resized() {
        let item = ItemLayout {
            attributes: Vec::new(),
            sizes: constant(1001),
            unit_range: None,
            guard_bytes: 40.0,
            count: Some(7.0),
            count_horizon: Some(9.0),
            lists: vec![ListLayout {
                attribute: "events".to_owned(),
                rows_per_item: 2.0,
                row_bytes: 50.0,
                rows: None,
                rows_horizon: None,
                longest_share: None,
            }],
            entries: vec![
                None,
                Some(EntryLayout { attributes: Vec::new(), sizes: constant(10), share: 0.5 }),
            ],
        };
        let scaled = layout(&Layout { tables: vec![TableLayout { items: vec![item] }] }, 1.5);
        let item = &scaled.tables[0].items[0];
        // 1,501.5 bytes are rounded away from zero.
        assert_eq!(item.sizes, constant(1502));
        assert_eq!(item.entries[1].as_ref().unwrap().sizes, constant(15));
        assert!((item.lists[0].row_bytes - 75.0).abs() < 1e-12);
        assert_eq!((item.count, item.guard_bytes.to_bits()), (Some(7.0), 40_f64.to_bits()));
    }

    fn operation(per_call: f64, detail: Detail) -> Operation {
        Operation {
            kind: OperationKind::Query,
            table: 0,
            item: 0,
            index: None,
            per_call,
            transactional: false,
            detail,
            purpose: String::new(),
        }
    }

    fn read(items: f64) -> Detail {
        Detail::Read {
            items,
            along_bytes: 100.0,
            evidence: Evidence::Counted,
            found: 1.0,
            consistency: Consistency::Eventual,
            may_be_strong: false,
        }
    }

    /// Of a pattern whose calls have many rows, a Query looks at twice as many
    /// items and a batch has twice as many keys; a single item stays one. Nothing
    /// changes for other patterns, and no call comes to have less than one.
    #[test]
    fn rows_are_multiplied_where_there_are_many() {
        let append = Append { rows: 3.0, row_bytes: 20.0 };
        let write = Detail::Write {
            succeeds: 1.0,
            entries: Vec::new(),
            appends: Some(append),
            inserted: None,
        };
        let operations = vec![
            operation(1.0, read(5.0)),
            operation(4.0, read(1.0)),
            operation(1.0, read(1.0)),
            operation(3.0, write),
        ];
        let pattern = PlannedPattern {
            service: Service::Served,
            operations,
            notes: Vec::new(),
            elsewhere: None,
            finds_first: false,
            read_range: None,
            alternatives: Vec::new(),
        };
        let today = Plan { patterns: vec![pattern.clone(), pattern], findings: Vec::new() };
        let numbers = |plan: &Plan, pattern: usize| -> Vec<(f64, f64)> {
            plan.patterns[pattern]
                .operations
                .iter()
                .map(|one| match &one.detail {
                    Detail::Read { items, .. } => (one.per_call, *items),
                    Detail::Write { appends, .. } => (one.per_call, appends.unwrap().row_bytes),
                    Detail::Guard => unreachable!("there is none"),
                })
                .collect()
        };
        let scaled = plan(&today, &[true, false], 1.5, 2.0);
        assert_eq!(numbers(&scaled, 0), [(1.0, 10.0), (8.0, 1.0), (1.0, 1.0), (6.0, 30.0)]);
        assert_eq!(numbers(&scaled, 1), [(1.0, 5.0), (4.0, 1.0), (1.0, 1.0), (3.0, 30.0)]);
        let fewer = plan(&today, &[true, true], 1.0, 0.1);
        assert_eq!(numbers(&fewer, 0), [(1.0, 1.0), (1.0, 1.0), (1.0, 1.0), (1.0, 20.0)]);
    }
}
