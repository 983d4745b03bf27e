//! Which column a workload can be sharded by, and which statements do not name
//! it and so go to every shard.

use std::collections::BTreeSet;

use crate::finding::Diagnostic;
use crate::sql::{Access, Step, Test, Value, Verb};
use crate::workload::{Entity, Workload};

/// A column to shard by.
#[derive(Clone, Debug, PartialEq)]
pub struct ShardKey {
    /// The column's name in the tables that carry it.
    pub column: String,
    /// Share of the calls on tables that go to one shard.
    pub routed_share: f64,
    /// The statements that go to every shard, by position in the workload, most
    /// called first.
    pub scattered: Vec<usize>,
    /// Different values of it, and the shares of rows of the most frequent, in the
    /// largest table that carries it; `None` without statistics.
    pub values: Option<(f64, Vec<f64>)>,
}

/// The column that sends most calls to one shard, or the stated one; `None` if no
/// statement names a value of it.
#[must_use]
pub fn shard_key(workload: &Workload, stated: Option<&str>) -> Option<ShardKey> {
    let named = |key: &ShardKey| stated.is_none_or(|stated| stated == key.column);
    shard_keys(workload).into_iter().find(named)
}

/// A stated column to shard by, which some table must have.
///
/// # Errors
/// The columns that statements name where none has it.
pub fn check_shard_key(workload: &Workload, stated: &str) -> Result<(), Diagnostic> {
    if workload.entities.iter().any(|entity| entity.attribute(stated).is_some()) {
        return Ok(());
    }
    let keys = shard_keys(workload);
    let named: Vec<&str> = keys.iter().map(|key| key.column.as_str()).collect();
    Err(Diagnostic::new(format!("no table has a column {stated}"))
        .why("the fleet is to be sharded by it")
        .mend(if named.is_empty() {
            "leave postgres.shard_key out: no statement names a value of any column".to_owned()
        } else {
            format!("statements name values of: {}", named.join(", "))
        }))
}

/// Every column of which a statement names a value, those first that send most
/// calls to one shard. Statements that are not understood count as scattered.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "statistics")]
pub fn shard_keys(workload: &Workload) -> Vec<ShardKey> {
    let on_tables: Vec<usize> = (0..workload.patterns.len())
        .filter(|&p| {
            let pattern = &workload.patterns[p];
            !pattern.nested && !matches!(pattern.access, Access::Ignorable(_))
        })
        .collect();
    let calls = |p: &usize| workload.patterns[*p].calls;
    let all: u64 = on_tables.iter().map(calls).sum();
    let candidates: BTreeSet<&str> = on_tables
        .iter()
        .filter_map(|&p| steps(&workload.patterns[p].access))
        .flatten()
        .flat_map(|step| &step.predicates)
        .filter(|predicate| predicate.test == Test::Equal(Value::Given))
        .map(|predicate| predicate.column.as_str())
        .collect();
    let keys = candidates.into_iter().filter_map(|column| {
        let mut scattered: Vec<usize> = on_tables
            .iter()
            .copied()
            .filter(|&p| {
                steps(&workload.patterns[p].access)
                    .is_none_or(|steps| !routed(workload, steps, column))
            })
            .collect();
        scattered.sort_by_key(|p| std::cmp::Reverse(calls(p)));
        let lost: u64 = scattered.iter().map(calls).sum();
        (lost < all).then(|| {
            let key = ShardKey {
                column: column.to_owned(),
                routed_share: 1.0 - lost as f64 / all as f64,
                scattered,
                values: values(workload, column),
            };
            (lost, key)
        })
    });
    let mut keys: Vec<(u64, ShardKey)> = keys.collect();
    keys.sort_by_key(|(lost, _)| *lost);
    keys.into_iter().map(|(_, key)| key).collect()
}

/// The values of a shard key in the largest table that has many rows of each.
fn values(workload: &Workload, column: &str) -> Option<(f64, Vec<f64>)> {
    let carrying = workload.entities.iter().filter_map(|entity| {
        let own = entity.attribute(&key_column(workload, entity, column)?)?;
        Some((entity.rows.unwrap_or(0.0), own))
    });
    let (_, own) = carrying.max_by(|a, b| a.0.total_cmp(&b.0))?;
    Some((own.distinct?, own.top_frequencies.clone()))
}

fn steps(access: &Access) -> Option<&[Step]> {
    match access {
        Access::Data(steps) => Some(steps),
        Access::Ignorable(_) | Access::Unparsed(_) => None,
    }
}

/// Whether the text pins every table to the shard of one value.
fn routed(workload: &Workload, steps: &[Step], column: &str) -> bool {
    // A step may take the value from another, whose own must be pinned; no chain
    // is longer than the list.
    let mut pinned = vec![false; steps.len()];
    for _ in 0..steps.len() {
        for (i, step) in steps.iter().enumerate() {
            pinned[i] = pinned[i] || pins(workload, steps, &pinned, step, column);
        }
    }
    pinned.iter().all(|pinned| *pinned)
}

fn pins(workload: &Workload, steps: &[Step], pinned: &[bool], step: &Step, column: &str) -> bool {
    let key = |of: &Step| {
        let entity = workload.entity(of.schema.as_deref(), &of.table)?;
        key_column(workload, entity, column)
    };
    let Some(own) = key(step) else { return false };
    let known = |value: &Value| match value {
        Value::Given => true,
        Value::Column { step, column } => {
            pinned.get(*step) == Some(&true) && key(&steps[*step]).as_ref() == Some(column)
        }
        Value::Computed => false,
    };
    if step.verb == Verb::Insert {
        // A value that the server makes can be made on the shard that it names.
        let made = step.writes.iter().all(|one| one.column != own);
        let entity = workload.entity(step.schema.as_deref(), &step.table);
        if made && entity.is_some_and(|entity| entity.primary_key == [own.as_str()]) {
            return true;
        }
        return step.writes.iter().any(|one| one.column == own && known(&one.value));
    }
    step.predicates.iter().any(|predicate| match &predicate.test {
        Test::Equal(value) => predicate.column == own && known(value),
        _ => false,
    })
}

/// The column of a table that holds the key: of the same name, or the one that
/// foreign keys of that name refer to.
fn key_column(workload: &Workload, entity: &Entity, column: &str) -> Option<String> {
    if entity.attribute(column).is_some() && !referred_to_only(workload, entity, column) {
        return Some(column.to_owned());
    }
    workload
        .entities
        .iter()
        .flat_map(|child| &child.parents)
        .filter(|parent| parent.table == entity.table)
        .find_map(|parent| {
            let at = parent.columns.iter().position(|one| one == column)?;
            parent.referenced.get(at).cloned()
        })
}

/// A column such as `id` means something else in each table: it is the same key
/// only in the table that is looked at by it, unless foreign keys carry the name.
fn referred_to_only(workload: &Workload, entity: &Entity, column: &str) -> bool {
    let others = workload.entities.iter().filter(|other| other.table != entity.table);
    let alone = [column.to_owned()];
    entity.primary_key == alone && others.into_iter().any(|other| other.primary_key == alone)
}
