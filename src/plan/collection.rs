//! Steps of a join that one Query of an item collection serves together.

use crate::design::{Part, Template};
use crate::dynamodb::Consistency;
use crate::layout::{read_units, rows_per_parent};
use crate::sql::{Predicate, Step, Test, Value};

use super::build::Context;
use super::model::{Detail, Operation, OperationKind};

/// A step that was read by a single request to a table.
pub struct Lone {
    /// Position of the step in the statement.
    pub step: usize,
    /// Position of its only operation.
    pub operation: usize,
}

/// Joins reads of the same collection into one Query wherever that costs less:
/// a parent and its children, or children of the same parent. Returns what was
/// joined, for the reader.
pub fn join(
    context: &Context<'_>,
    steps: &[Step],
    lone: &[Lone],
    operations: &mut Vec<Operation>,
) -> Vec<String> {
    let mut notes = Vec::new();
    let mut gone: Vec<usize> = Vec::new();
    for (at, first) in lone.iter().enumerate() {
        for second in &lone[at + 1..] {
            if gone.contains(&first.operation) || gone.contains(&second.operation) {
                continue;
            }
            let (a, b) = (&operations[first.operation], &operations[second.operation]);
            if !same_collection(context, steps, (first, a), (second, b)) {
                continue;
            }
            if let Some(joined) = one_query(context, a, b) {
                let names = [&steps[first.step].table, &steps[second.step].table];
                notes.push(format!(
                    "{} and {} are read from one item collection",
                    names[0], names[1]
                ));
                operations[first.operation] = joined;
                gone.push(second.operation);
            }
        }
    }
    gone.sort_unstable();
    for position in gone.into_iter().rev() {
        operations.remove(position);
    }
    notes
}

/// Both read one partition of the table itself, and the statement says that it
/// is the same.
fn same_collection(
    context: &Context<'_>,
    steps: &[Step],
    (first, a): (&Lone, &Operation),
    (second, b): (&Lone, &Operation),
) -> bool {
    let single = |operation: &Operation| {
        operation.index.is_none()
            && (operation.per_call - 1.0).abs() < 1e-9
            && matches!(operation.kind, OperationKind::GetItem | OperationKind::Query)
    };
    if !single(a) || !single(b) || a.table != b.table || a.item == b.item {
        return false;
    }
    let items = &context.design.tables[a.table].items;
    let (mine, other) = (&items[a.item].partition_key, &items[b.item].partition_key);
    let (Some((text, mine)), Some((other_text, other))) = (lone_column(mine), lone_column(other))
    else {
        return false;
    };
    let linked = |step: &Step, column: &str, to: usize, target: &str| {
        step.predicates.iter().any(|Predicate { column: tested, test }| {
            tested == column
                && matches!(test, Test::Equal(Value::Column { step, column })
                    if *step == to && column == target)
        })
    };
    text == other_text
        && (linked(&steps[first.step], mine, second.step, other)
            || linked(&steps[second.step], other, first.step, mine))
}

/// The one column of a key and the text before it.
fn lone_column(template: &Template) -> Option<(&str, &str)> {
    match &template.parts[..] {
        [Part::Column(column)] => Some(("", column)),
        [Part::Literal(text), Part::Column(column)] => Some((text, column)),
        _ => None,
    }
}

/// One Query of the whole collection instead of both requests, if it costs
/// less. It reads every other kind of item of the collection along.
fn one_query(context: &Context<'_>, a: &Operation, b: &Operation) -> Option<Operation> {
    let layout = &context.layout.tables[a.table].items;
    let items = &context.design.tables[a.table].items;
    let (Detail::Read { items: a_items, .. }, Detail::Read { items: b_items, .. }) =
        (&a.detail, &b.detail)
    else {
        return None;
    };
    // The more numerous kind stands for the Query.
    let (main, other, main_items, other_items) =
        if a_items >= b_items { (a, b, *a_items, *b_items) } else { (b, a, *b_items, *a_items) };
    let text = lone_column(&items[main.item].partition_key)?.0;
    let root = items.iter().find(|item| {
        let own = context.workload.entity(Some(&item.from.schema), &item.from.name);
        lone_column(&item.partition_key).is_some_and(|(other, column)| {
            other == text && own.is_some_and(|own| own.primary_key == [column.to_owned()])
        })
    })?;
    let root = context.workload.entity(Some(&root.from.schema), &root.from.name)?;
    let mut along = other_items * layout[other.item].sizes.mean_bytes();
    for (i, item) in items.iter().enumerate() {
        let theirs = lone_column(&item.partition_key).is_some_and(|(other, _)| other == text);
        if i == main.item || i == other.item || !theirs {
            continue;
        }
        let entity = context.workload.entity(Some(&item.from.schema), &item.from.name)?;
        along += rows_per_parent(entity, root) * layout[i].sizes.mean_bytes();
    }
    let units = |operation: &Operation, items: f64, along: f64| {
        let sizes = &layout[operation.item].sizes;
        read_units(sizes, items, along, Consistency::Eventual)
    };
    let apart = units(main, main_items, 0.0) + units(other, other_items, 0.0);
    if units(main, main_items, along) >= apart {
        return None;
    }
    let Detail::Read { evidence, found, consistency, may_be_strong, .. } = main.detail else {
        return None;
    };
    Some(Operation {
        kind: OperationKind::Query,
        detail: Detail::Read {
            items: main_items,
            along_bytes: along,
            evidence,
            found,
            consistency,
            may_be_strong,
        },
        purpose: format!("{}, with what else is in its collection", main.purpose),
        ..main.clone()
    })
}
