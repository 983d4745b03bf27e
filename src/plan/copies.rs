//! Columns of a parent that its children's items hold: the key that they refer to,
//! and copies. A join finds them there, and an update of the source is passed on
//! to every copy.

use std::collections::BTreeSet;

use crate::design::{CopiedColumn, Projection};
use crate::layout::{copied_column, rows_per_parent};
use crate::sql::{Assigned, Columns, Predicate, Step, Test, Value};
use crate::workload::Entity;

use super::bind::Known;
use super::build::Context;
use super::evaluated::Side;
use super::model::Operation;
use super::write::{Write, Written, write};

/// Whether the items that a step has read hold, as copies, all that another step
/// needs of their parent.
pub fn held_by(
    context: &Context<'_>,
    parent: &Entity,
    step: &Step,
    child: (usize, &Entity, &Operation),
) -> bool {
    let (child_step, child, operation) = child;
    let table = &context.design.tables[operation.table];
    let item = &table.items[operation.item];
    let whole =
        operation.index.is_none_or(|index| table.indexes[index].projection == Projection::All);
    let reference = child.parents.iter().find(|one| one.table == parent.table);
    let (Some(reference), true) = (reference, whole && item.from == child.table) else {
        return false;
    };
    let mut held: BTreeSet<&String> = reference.referenced.iter().collect();
    let copies = item.copies.iter().filter(|copy| copy.table == parent.table);
    held.extend(copies.map(|copy| &copy.column));
    let linked = step.predicates.iter().any(|Predicate { column, test }| {
        reference.referenced.contains(column)
            && matches!(test, Test::Equal(Value::Column { step, .. }) if *step == child_step)
    });
    let tested = step.predicates.iter().map(|predicate| &predicate.column);
    let tested = tested.chain(step.residual.iter().flat_map(|residual| &residual.columns));
    let read = match &step.reads {
        Columns::All => return false,
        Columns::Some(columns) => columns,
    };
    linked && read.iter().chain(tested).all(|column| held.contains(column))
}

/// What an update of a parent makes of the copies in its children's items.
///
/// # Errors
/// Why the children cannot be found.
pub fn passed_on(
    context: &Context<'_>,
    parent: &Entity,
    step: &Step,
    rows: f64,
    side: Side,
) -> Result<Written, Vec<String>> {
    let mut all = Written::default();
    let items = context.design.tables.iter().flat_map(|table| &table.items);
    for item in items {
        let changed: Vec<&CopiedColumn> = item
            .copies
            .iter()
            .filter(|copy| copy.table == parent.table)
            .filter(|copy| step.writes.iter().any(|assigned| assigned.column == copy.column))
            .collect();
        let child = context.workload.entity(Some(&item.from.schema), &item.from.name);
        let (Some(child), false) = (child, changed.is_empty()) else { continue };
        let Some(reference) = child.parents.iter().find(|one| one.table == parent.table) else {
            continue;
        };
        let mut known = Known::default();
        for column in &reference.columns {
            known.equal.insert(column.clone(), rows);
        }
        let update = Step {
            schema: Some(child.table.schema.clone()),
            table: child.table.name.clone(),
            alias: child.table.name.clone(),
            predicates: reference
                .columns
                .iter()
                .map(|column| Predicate { column: column.clone(), test: Test::Equal(Value::Given) })
                .collect(),
            residual: Vec::new(),
            writes: changed
                .iter()
                .map(|copy| Assigned {
                    column: copied_column(&copy.attribute),
                    value: Value::Given,
                    null: false,
                })
                .collect(),
            order_by: Vec::new(),
            limit: None,
            ..step.clone()
        };
        let children = rows * rows_per_parent(child, parent);
        let updates = Write {
            step: &update,
            known: &known,
            rows: children,
            handed: None,
            look: None,
            side,
            rule: None,
            nested: true,
        };
        let mut written = write(context, child, &updates)?;
        written.finds_first = false;
        all.notes.push(format!(
            "{} holds copies of what is updated: {children:.2} items a call by the mean of rows \
             per parent",
            child.table
        ));
        all.join(written);
    }
    Ok(all)
}
