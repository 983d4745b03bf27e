//! Columns that triggers write into the rows of a statement.

use std::collections::BTreeSet;

use crate::capture::Trigger;
use crate::sql::{Access, Assigned, ConflictAction, Step, Value, Verb};

use super::entity::Entity;
use super::pattern::AccessPattern;

/// Adds to each statement the columns that `BEFORE` triggers assign: in Postgres
/// nobody sees them written, on DynamoDB the application writes them, and
/// indexes that hold them are written with them.
pub fn fill_in(entities: &[Entity], patterns: &mut [AccessPattern]) {
    for pattern in patterns {
        let Access::Data(steps) = &mut pattern.access else { continue };
        for step in steps {
            let entity = entities.iter().find(|entity| {
                entity.table.name == step.table
                    && step.schema.as_ref().is_none_or(|schema| *schema == entity.table.schema)
            });
            if let Some(entity) = entity {
                add(&entity.triggers, step);
            }
        }
    }
}

fn add(triggers: &[Trigger], step: &mut Step) {
    match step.verb {
        Verb::Insert => {
            let columns = assigned(triggers, |trigger| trigger.fires.on_insert);
            write(&mut step.writes, columns);
        }
        Verb::Update => {
            let columns = on_update(triggers, &step.writes);
            write(&mut step.writes, columns);
        }
        _ => {}
    }
    if let Some(ConflictAction::Update(writes)) =
        step.conflict.as_mut().map(|conflict| &mut conflict.action)
    {
        let columns = on_update(triggers, writes);
        write(writes, columns);
    }
}

fn on_update(triggers: &[Trigger], writes: &[Assigned]) -> BTreeSet<String> {
    assigned(triggers, |trigger| {
        let of = &trigger.fires.update_of;
        let named = || writes.iter().any(|one| of.contains(&one.column));
        trigger.fires.on_update && (of.is_empty() || named())
    })
}

fn assigned(triggers: &[Trigger], fires: impl Fn(&Trigger) -> bool) -> BTreeSet<String> {
    triggers
        .iter()
        .filter(|trigger| trigger.fires.before && fires(trigger))
        .filter_map(|trigger| trigger.body.as_ref())
        .flat_map(|body| body.sets.iter().cloned())
        .collect()
}

fn write(writes: &mut Vec<Assigned>, columns: BTreeSet<String>) {
    for column in columns {
        if !writes.iter().any(|one| one.column == column) {
            writes.push(Assigned { column, value: Value::Computed, null: false });
        }
    }
}
