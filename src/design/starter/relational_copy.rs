//! A table for each Postgres table, keyed by its primary key, and an index for
//! each other way in.

use std::collections::{BTreeMap, BTreeSet};

use crate::capture::TableName;
use crate::design::template::Template;
use crate::workload::{Entity, Workload};

use super::indexes::{Asked, TableKey, ask};
use super::projection;
use super::sketch::{IndexSketch, ItemSketch, KeySketch, Sketch, TableSketch};

/// Default quota of global secondary indexes a table.
const INDEXES_MAX: usize = 20;

/// The sketch of the design.
pub(super) fn sketch(workload: &Workload) -> Sketch {
    let keys: BTreeMap<TableName, KeySketch> = workload
        .entities
        .iter()
        .map(|entity| (entity.table.clone(), primary_key(entity)))
        .collect();
    let asked = ask(workload, &parsed(&keys));
    let mut sketch = Sketch {
        name: "relational-copy".to_owned(),
        summary: "a table for each Postgres table, an index for each other way in".to_owned(),
        ..Sketch::default()
    };
    let names = names(workload);
    for (entity, name) in workload.entities.iter().zip(names) {
        let key = keys[&entity.table].clone();
        let own: BTreeSet<String> = entity.primary_key.iter().cloned().collect();
        let (indexes, dropped) = most_called(&name, indexes(workload, entity, &asked, &own));
        sketch.remarks.extend(dropped);
        sketch.tables.push(TableSketch {
            comment: entity.primary_key.is_empty().then(|| {
                "The rows have no primary key: the application makes one up for each item."
                    .to_owned()
            }),
            key,
            items: vec![ItemSketch { name: name.clone(), from: from(entity), key: None }],
            indexes,
            name,
        });
    }
    sketch.remarks.extend(unserved(workload, &asked));
    sketch
}

/// The primary key as partition and sort key.
pub(super) fn primary_key(entity: &Entity) -> KeySketch {
    match &entity.primary_key[..] {
        [] => KeySketch::partition("{generated}"),
        [one] => KeySketch::partition(one),
        [first, second] => KeySketch { partition: first.clone(), sort: Some(second.clone()) },
        [first, rest @ ..] => {
            let rest: Vec<String> = rest.iter().map(|column| format!("{{{column}}}")).collect();
            KeySketch { partition: first.clone(), sort: Some(rest.join("#")) }
        }
    }
}

/// The keys as templates.
pub(super) fn parsed(keys: &BTreeMap<TableName, KeySketch>) -> BTreeMap<TableName, TableKey> {
    let template = |text: &String| Template::parse(text).expect("a starter's keys are templates");
    keys.iter()
        .map(|(table, key)| {
            let partition = template(&key.partition);
            (table.clone(), TableKey { partition, sort: key.sort.as_ref().map(template) })
        })
        .collect()
}

/// A DynamoDB name for each table, each its own.
pub(super) fn names(workload: &Workload) -> Vec<String> {
    workload
        .entities
        .iter()
        .map(|entity| match entity.table.schema.as_str() {
            "public" => entity.table.name.clone(),
            schema => format!("{schema}_{}", entity.table.name),
        })
        .collect()
}

/// The Postgres table as design files name it.
pub(super) fn from(entity: &Entity) -> String {
    match entity.table.schema.as_str() {
        "public" => entity.table.name.clone(),
        schema => format!("{schema}.{}", entity.table.name),
    }
}

/// The indexes that a Postgres table needs.
pub(super) fn indexes(
    workload: &Workload,
    entity: &Entity,
    asked: &Asked,
    key_columns: &BTreeSet<String>,
) -> Vec<IndexSketch> {
    let Some(drafts) = asked.indexes.get(&entity.table) else { return Vec::new() };
    let writes = asked.writes.get(&entity.table).cloned().unwrap_or_default();
    let peak = workload.peak_to_mean.value;
    drafts
        .iter()
        .map(|(way, draft)| projection::index(entity, way, draft, &writes, peak, key_columns))
        .collect()
}

/// The most called indexes of a DynamoDB table, as many as there is room for,
/// and a remark on each of the others.
pub(super) fn most_called(
    table: &str,
    mut indexes: Vec<IndexSketch>,
) -> (Vec<IndexSketch>, Vec<String>) {
    indexes.sort_by(|a, b| b.calls.total_cmp(&a.calls));
    let dropped = indexes.split_off(indexes.len().min(INDEXES_MAX));
    let remarks = dropped.iter().map(|index| {
        format!(
            "Table {table} has no room for index {}, which {:.0} calls a month would read.",
            index.name, index.calls
        )
    });
    (indexes, remarks.collect())
}

/// A remark on each statement that no key serves.
pub(super) fn unserved(workload: &Workload, asked: &Asked) -> Vec<String> {
    if asked.unserved.is_empty() {
        return Vec::new();
    }
    let mut remarks = vec![
        "Nothing here serves these statements: change them, send them to another store with \
         `elsewhere`, or accept a Scan with `accept_scan`."
            .to_owned(),
    ];
    remarks.extend(asked.unserved.iter().map(|(p, table)| {
        format!("- {}: {table} cannot be read by any key", workload.patterns[*p].id)
    }));
    remarks
}
