//! A table for each Postgres table, keyed by its primary key, and an index for
//! each other way in.

use std::collections::{BTreeMap, BTreeSet};

use crate::capture::TableName;
use crate::design::template::{Part, Template};
use crate::dynamodb::limits::{NAME_LENGTH_MAX, NAME_LENGTH_MIN, is_name_character};
use crate::workload::{Entity, Workload};

use super::indexes::{Asked, ask};
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
    let asked = ask(workload, &keys);
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
            items: vec![ItemSketch {
                name: name.clone(),
                from: entity.table.to_string(),
                key: None,
            }],
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
        [] => KeySketch::partition(Template { parts: vec![Part::Generated] }),
        [first, rest @ ..] => KeySketch {
            partition: Template::column(first),
            sort: (!rest.is_empty())
                .then(|| Template::joined(rest.iter().cloned().map(Part::Column))),
        },
    }
}

/// A DynamoDB name for each table, each its own.
pub(super) fn names(workload: &Workload) -> Vec<String> {
    let names = workload.entities.iter().map(|entity| match entity.table.schema.as_str() {
        "public" => entity.table.name.clone(),
        schema => format!("{schema}_{}", entity.table.name),
    });
    unlike(names, "table")
}

/// Names as DynamoDB allows them, each its own: what it does not allow is `_`,
/// short ones end in `kind`, and of equal ones all but the first in a number.
fn unlike(names: impl Iterator<Item = String>, kind: &str) -> Vec<String> {
    let mut taken = BTreeSet::new();
    names
        .map(|name| {
            let allowed = |c: char| if is_name_character(c) { c } else { '_' };
            // Room for a number.
            let mut own: String = name.chars().map(allowed).take(NAME_LENGTH_MAX - 10).collect();
            if own.len() < NAME_LENGTH_MIN {
                own = format!("{own}_{kind}");
            }
            let mut numbered = own.clone();
            let mut number = 1;
            while !taken.insert(numbered.clone()) {
                number += 1;
                numbered = format!("{own}_{number}");
            }
            numbered
        })
        .collect()
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
    let names = unlike(indexes.iter().map(|index| index.name.clone()), "index");
    for (index, name) in indexes.iter_mut().zip(names) {
        index.name = name;
    }
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
