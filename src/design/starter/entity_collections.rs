//! Children keyed under the parent through which they are read: one item
//! collection for a parent and its children, and no index for what the key
//! serves.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::prelude::ToPrimitive;

use crate::capture::TableName;
use crate::design::template::{Part, Template};
use crate::sql::{Access, Test, Value, Verb};
use crate::workload::{Entity, Workload};

use super::indexes::{Asked, ask};
use super::relational_copy::{indexes, most_called, names, primary_key, unserved};
use super::sketch::{IndexSketch, ItemSketch, KeySketch, Sketch, TableSketch};

/// A child and the column through which it belongs to its parent.
struct Member<'w> {
    child: &'w Entity,
    column: String,
}

/// The sketch of a design with a table for each family.
pub(super) fn sketch(workload: &Workload) -> Sketch {
    let mut sketch = Sketch {
        name: "entity-collections".to_owned(),
        summary: "children under the parent through which they are read, an index for each other \
                  way in"
            .to_owned(),
        ..Sketch::default()
    };
    let kin = Kin::of(workload, false);
    let asked = ask(workload, &kin.keys);
    for root in kin.roots(workload) {
        let (table, remarks) = kin.table(workload, root, &asked);
        sketch.tables.push(table);
        sketch.remarks.extend(remarks);
    }
    sketch.remarks.extend(unserved(workload, &asked));
    sketch
}

/// The sketch of a design with one table for everything.
pub(super) fn single_table(workload: &Workload) -> Sketch {
    const TABLE: &str = "app";
    let kin = Kin::of(workload, true);
    let asked = ask(workload, &kin.keys);
    let mut items = Vec::new();
    let mut wanted = Vec::new();
    for entity in &workload.entities {
        items.push(kin.item(entity, true));
        wanted.extend(kin.indexes(workload, entity, &asked, true));
    }
    let (indexes, mut remarks) = most_called(TABLE, wanted);
    remarks.extend(unserved(workload, &asked));
    Sketch {
        name: "single-table".to_owned(),
        summary: "all items in one table, children under the parent through which they are read"
            .to_owned(),
        tables: vec![TableSketch {
            name: TABLE.to_owned(),
            comment: Some(
                "Every item states its own key; the table's is the form of all of them.".to_owned(),
            ),
            key: items
                .first()
                .and_then(|item| item.key.clone())
                .unwrap_or_else(|| KeySketch::partition(Template { parts: vec![Part::Generated] })),
            items,
            indexes,
        }],
        rules: Vec::new(),
        remarks,
    }
}

/// Who belongs to whom, and the keys that follow from it.
struct Kin<'w> {
    families: BTreeMap<TableName, Vec<Member<'w>>>,
    names: BTreeMap<TableName, String>,
    keys: BTreeMap<TableName, KeySketch>,
}

impl<'w> Kin<'w> {
    /// The kin of a workload; in one table all keys are composed, so that no two
    /// items share one.
    fn of(workload: &'w Workload, one_table: bool) -> Self {
        let families = families(workload);
        let names: BTreeMap<TableName, String> = workload
            .entities
            .iter()
            .map(|entity| entity.table.clone())
            .zip(names(workload))
            .collect();
        let mut keys = BTreeMap::new();
        for entity in &workload.entities {
            let composed = one_table || families.contains_key(&entity.table);
            let key = if composed { parent_key(entity, &names) } else { primary_key(entity) };
            keys.insert(entity.table.clone(), key);
        }
        for (parent, members) in &families {
            for member in members {
                keys.insert(member.child.table.clone(), child_key(member, parent, &names));
            }
        }
        Self { families, names, keys }
    }

    /// The tables that are no other's children.
    fn roots(&self, workload: &'w Workload) -> Vec<&'w Entity> {
        let children: BTreeSet<&TableName> =
            self.families.values().flatten().map(|member| &member.child.table).collect();
        workload.entities.iter().filter(|entity| !children.contains(&entity.table)).collect()
    }

    fn item(&self, entity: &Entity, own_key: bool) -> ItemSketch {
        ItemSketch {
            name: self.names[&entity.table].clone(),
            from: entity.table.to_string(),
            key: own_key.then(|| self.keys[&entity.table].clone()),
        }
    }

    /// The indexes over the items of one kind; in a table with others they are
    /// named after it and hold only it.
    fn indexes(
        &self,
        workload: &Workload,
        entity: &Entity,
        asked: &Asked,
        shared: bool,
    ) -> Vec<IndexSketch> {
        let mut found = indexes(workload, entity, asked, &key_columns(&self.keys[&entity.table]));
        if shared {
            let name = &self.names[&entity.table];
            for index in &mut found {
                index.name = format!("{name}_{}", index.name);
                index.items = vec![name.clone()];
            }
        }
        found
    }

    /// A family's table.
    fn table(
        &self,
        workload: &Workload,
        root: &Entity,
        asked: &Asked,
    ) -> (TableSketch, Vec<String>) {
        let name = &self.names[&root.table];
        let family = self.families.get(&root.table).map_or(&[][..], Vec::as_slice);
        let shared = !family.is_empty();
        let mut items = vec![self.item(root, false)];
        let mut wanted = self.indexes(workload, root, asked, shared);
        for member in family {
            items.push(self.item(member.child, true));
            wanted.extend(self.indexes(workload, member.child, asked, shared));
        }
        let (indexes, remarks) = most_called(name, wanted);
        let comment = if root.primary_key.is_empty() {
            Some(
                "The rows have no primary key: the application makes one up for each item."
                    .to_owned(),
            )
        } else if shared {
            let spoken: Vec<String> = family
                .iter()
                .map(|member| format!("{} (by {})", member.child.table, member.column))
                .collect();
            Some(format!("Each row of {} with its {}.", root.table, spoken.join(", ")))
        } else {
            None
        };
        let key = self.keys[&root.table].clone();
        (TableSketch { name: name.clone(), comment, key, items, indexes }, remarks)
    }
}

/// Columns that a key holds.
fn key_columns(key: &KeySketch) -> BTreeSet<String> {
    std::iter::once(&key.partition)
        .chain(&key.sort)
        .flat_map(Template::own_columns)
        .map(str::to_owned)
        .collect()
}

/// The parent is the first item of its collection.
fn parent_key(entity: &Entity, names: &BTreeMap<TableName, String>) -> KeySketch {
    let name = Part::Literal(names[&entity.table].clone());
    let mut own: Vec<Part> = entity.primary_key.iter().cloned().map(Part::Column).collect();
    if own.is_empty() {
        own.push(Part::Generated);
    }
    KeySketch {
        partition: Template::joined(std::iter::once(name.clone()).chain(own)),
        sort: Some(Template { parts: vec![name] }),
    }
}

/// A child stands under its parent, in the order of its own key.
fn child_key(
    member: &Member<'_>,
    parent: &TableName,
    names: &BTreeMap<TableName, String>,
) -> KeySketch {
    let name = |table: &TableName| Part::Literal(names[table].clone());
    let own = member.child.primary_key.iter().filter(|column| **column != member.column);
    let own = own.cloned().map(Part::Column);
    KeySketch {
        partition: Template::joined([name(parent), Part::Column(member.column.clone())]),
        sort: Some(Template::joined(std::iter::once(name(&member.child.table)).chain(own))),
    }
}

/// Which children go under which parents: those that are read through a
/// reference to it more often than by their own key. A parent is no child: its
/// own key must stay what its children refer to.
fn families(workload: &Workload) -> BTreeMap<TableName, Vec<Member<'_>>> {
    let mut candidates: Vec<(f64, &Entity, String, TableName)> = Vec::new();
    for child in &workload.entities {
        for reference in &child.parents {
            let ([column], [referenced]) = (&reference.columns[..], &reference.referenced[..])
            else {
                continue;
            };
            let parent = workload.entity(Some(&reference.table.schema), &reference.table.name);
            let keyed = parent.is_some_and(|parent| parent.primary_key == [referenced.clone()]);
            let always = child.attribute(column).is_some_and(|one| !one.nullable);
            if !keyed || !always || reference.table == child.table || child.primary_key.is_empty() {
                continue;
            }
            let (through, alone) = asked_by(workload, child, column);
            if through > alone {
                candidates.push((through - alone, child, column.clone(), reference.table.clone()));
            }
        }
    }
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut families: BTreeMap<TableName, Vec<Member<'_>>> = BTreeMap::new();
    let mut children: BTreeSet<TableName> = BTreeSet::new();
    for (_, child, column, parent) in candidates {
        let taken = children.contains(&child.table)
            || children.contains(&parent)
            || families.contains_key(&child.table);
        if !taken {
            children.insert(child.table.clone());
            families.entry(parent).or_default().push(Member { child, column });
        }
    }
    families
}

/// Calls a month that reach a table through a column, and that reach it by its
/// key without that column.
fn asked_by(workload: &Workload, entity: &Entity, column: &str) -> (f64, f64) {
    let (mut through, mut alone) = (0.0, 0.0);
    for pattern in &workload.patterns {
        let Access::Data(steps) = &pattern.access else { continue };
        for step in steps.iter().filter(|step| step.verb != Verb::Insert) {
            let found = workload.entity(step.schema.as_deref(), &step.table);
            if found.is_none_or(|found| found.table != entity.table) {
                continue;
            }
            let calls = pattern.calls_per_month.to_f64().unwrap_or(0.0);
            let tested = |column: &str, linked: bool| {
                step.predicates.iter().any(|predicate| {
                    let (Test::Equal(value) | Test::AnyOf { values: value, .. }) = &predicate.test
                    else {
                        return false;
                    };
                    predicate.column == column
                        && match value {
                            Value::Given => true,
                            Value::Column { .. } => linked,
                            Value::Computed => false,
                        }
                })
            };
            // What the caller gives decides; a join goes by its own key where it
            // can.
            let by_key = |linked| entity.primary_key.iter().all(|key| tested(key, linked));
            let given = step.predicates.iter().any(|one| tested(&one.column, false));
            let in_key = entity.primary_key.iter().any(|key| key == column);
            if tested(column, false) {
                through += calls;
            } else if by_key(false) || (!given && !in_key && by_key(true)) {
                alone += calls;
            } else if !given && tested(column, true) {
                through += calls;
            }
        }
    }
    (through, alone)
}
