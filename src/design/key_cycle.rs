//! Keys that are made of one another: to make the key of one item the row of
//! the other must be read first, and for that the key of the first.

use std::collections::{BTreeMap, BTreeSet};

use crate::capture::TableName;
use crate::finding::Diagnostic;
use crate::workload::Workload;
use crate::written::Section;

use super::model::TableDesign;
use super::template::Part;

/// The tables whose columns the keys of a table's items take.
type Taken = BTreeMap<TableName, BTreeSet<TableName>>;

/// Notes a fault for each circle of tables whose keys are made of one another.
pub(super) fn check(root: &Section<'_, '_>, tables: &[TableDesign], workload: &Workload) {
    let taken = taken(tables, workload);
    let mut told: BTreeSet<&TableName> = BTreeSet::new();
    for table in tables {
        for item in &table.items {
            let reached = reached(&taken, &item.from);
            if told.contains(&item.from) || !reached.contains(&item.from) {
                continue;
            }
            let circle: Vec<&TableName> = reached
                .into_iter()
                .filter(|other| self::reached(&taken, other).contains(&item.from))
                .collect();
            told.extend(&circle);
            let what = match circle.as_slice() {
                [one] => format!("the key of {one} is made of itself"),
                [some @ .., last] => {
                    let some: Vec<String> = some.iter().map(ToString::to_string).collect();
                    format!("the keys of {} and {last} are made of one another", some.join(", "))
                }
                [] => continue,
            };
            root.fault(
                Diagnostic::new(what)
                    .at(place(root, &table.name, &item.name))
                    .why("to make one key the row of another must be read, and so on without end")
                    .mend("make one of the keys of columns of its own table"),
            );
        }
    }
}

fn taken(tables: &[TableDesign], workload: &Workload) -> Taken {
    let mut taken = Taken::new();
    for item in tables.iter().flat_map(|table| &table.items) {
        let Some(entity) = workload.entity(Some(&item.from.schema), &item.from.name) else {
            continue;
        };
        let (partition, sort) = item.partition_key_and_sort();
        for part in partition.parts.iter().chain(sort.iter().flat_map(|sort| &sort.parts)) {
            if let Part::Parent { table, .. } = part
                && let Some(parent) = entity.parents.iter().find(|one| one.table.name == *table)
            {
                taken.entry(item.from.clone()).or_default().insert(parent.table.clone());
            }
        }
    }
    taken
}

/// The tables that are come to from one, itself only if a way leads back.
fn reached<'t>(taken: &'t Taken, from: &TableName) -> BTreeSet<&'t TableName> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&TableName> = taken.get(from).into_iter().flatten().collect();
    while let Some(next) = open.pop() {
        if reached.insert(next) {
            open.extend(taken.get(next).into_iter().flatten());
        }
    }
    reached
}

/// Where a kind of item is written.
fn place(root: &Section<'_, '_>, table: &str, item: &str) -> crate::finding::Place {
    let items = root.section("tables").and_then(|tables| tables.section(table)?.section("items"));
    items.and_then(|items| items.section(item)).map_or_else(|| root.place(), |item| item.place())
}
