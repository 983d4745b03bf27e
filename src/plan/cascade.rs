//! Deletes that foreign keys pass on to child rows. Where the capture recorded
//! the nested statements of the cascades they are planned as statements;
//! elsewhere what the schema says must do.

use crate::layout::rows_per_parent;
use crate::sql::{Access, Predicate, Step, Test, Value, Verb};
use crate::workload::{Entity, Workload};

use super::bind::Known;
use super::build::Context;
use super::evaluated::Side;
use super::write::{Write, Written, write};

/// Schemas can refer in circles.
const DEPTH_MAX: usize = 8;

/// Deletes that one delete passes on; circles of many tables multiply with each
/// level.
const CASCADES_MAX: usize = 1000;

/// What the delete of `rows` rows of a table makes of its children.
///
/// # Errors
/// Why the children cannot be found.
pub fn cascades(
    context: &Context<'_>,
    parent: &Entity,
    step: &Step,
    rows: f64,
    side: Side,
) -> Result<Written, Vec<String>> {
    let mut all = Written::default();
    let mut open = vec![(parent, rows, 0)];
    let mut count = 0;
    while let Some((parent, rows, depth)) = open.pop() {
        for child in &context.workload.entities {
            let references =
                child.parents.iter().filter(|one| one.cascade && one.table == parent.table);
            for reference in references {
                let embedded = context
                    .design
                    .embedders(&child.table)
                    .any(|home| context.entity_of((home.0, home.1)).table == parent.table);
                if embedded || recorded(context.workload, child) {
                    continue;
                }
                count += 1;
                if count > CASCADES_MAX {
                    return Err(vec![format!(
                        "the delete cascades to more than {CASCADES_MAX} kinds of rows in turn"
                    )]);
                }
                let step = child_step(step, child, &reference.columns);
                let mut known = Known::default();
                for column in &reference.columns {
                    known.equal.insert(column.clone(), rows);
                }
                let children = rows * rows_per_parent(child, parent);
                let deletes = Write {
                    step: &step,
                    known: &known,
                    rows: children,
                    handed: None,
                    look: None,
                    side,
                    rule: None,
                    nested: true,
                };
                let mut written = write(context, child, &deletes)?;
                written.finds_first = false;
                all.notes.push(format!(
                    "the delete cascades to {}: {children:.2} rows a call by the mean of rows per \
                     parent",
                    child.table
                ));
                all.join(written);
                if depth < DEPTH_MAX && child.table != parent.table {
                    open.push((child, children, depth + 1));
                }
            }
        }
    }
    Ok(all)
}

/// The capture has the nested deletes of these rows.
fn recorded(workload: &Workload, child: &Entity) -> bool {
    workload.patterns.iter().filter(|pattern| pattern.nested).any(|pattern| {
        matches!(&pattern.access, Access::Data(steps) if steps.iter().any(|step| {
            step.verb == Verb::Delete && step.table == child.table.name
        }))
    })
}

/// `DELETE FROM child WHERE reference = $1`.
fn child_step(step: &Step, child: &Entity, columns: &[String]) -> Step {
    Step {
        schema: Some(child.table.schema.clone()),
        table: child.table.name.clone(),
        alias: child.table.name.clone(),
        predicates: columns
            .iter()
            .map(|column| Predicate { column: column.clone(), test: Test::Equal(Value::Given) })
            .collect(),
        residual: Vec::new(),
        order_by: Vec::new(),
        limit: None,
        ..step.clone()
    }
}
