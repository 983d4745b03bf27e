//! Changes tried out on a design: what `[what_if]` of `plan.toml` declares.

use std::collections::BTreeSet;

use crate::finding::{Diagnostic, Diagnostics};
use crate::scenario::WhatIf;
use crate::workload::{Entity, Workload};
use crate::written::{Written, split_last_dot, split_name, unquoted};

use super::model::{CachedPattern, Design};
use super::template::{Part, Template};

/// Changes a design as the plan tries out. Names that it does not know change
/// nothing: see [`check_names`].
#[must_use]
pub fn try_out(mut design: Design, what_if: &WhatIf, workload: &Workload) -> Design {
    for cache in &what_if.caches {
        design
            .caches
            .push(CachedPattern { sql: cache.sql.value.clone(), hit_ratio: cache.hit_ratio });
    }
    for (column, ratio) in &what_if.compress {
        if let Some((entity, column)) = column_of(&column.value, workload) {
            compress(&mut design, entity, column, *ratio);
        }
    }
    if let Some(bytes) = &what_if.name_bytes {
        let bytes = usize::try_from(bytes.value).unwrap_or(usize::MAX);
        shorten_names(&mut design, bytes, workload);
    }
    for (name, shards) in &what_if.write_shards {
        spread(&mut design, &name.value, u32::try_from(*shards).unwrap_or(u32::MAX));
    }
    design
}

/// Finds fault with statements, columns, tables and indexes that neither the
/// workload nor any design has.
pub fn check_names(
    designs: &[Design],
    what_if: &WhatIf,
    workload: &Workload,
    faults: &mut Diagnostics,
) {
    for cache in &what_if.caches {
        let cached = CachedPattern { sql: cache.sql.value.clone(), hit_ratio: cache.hit_ratio };
        if !workload.patterns.iter().any(|pattern| cached.covers(&pattern.text)) {
            faults.push(
                Diagnostic::new("no statement of the workload reads like this")
                    .at(cache.sql.place.clone())
                    .mend("copy the text that `explain` prints; end it with ... for a beginning"),
            );
        }
    }
    for (column, _) in &what_if.compress {
        if column_of(&column.value, workload).is_none() {
            faults.push(unknown(column, "table.column"));
        }
    }
    for (name, _) in &what_if.write_shards {
        let known = designs.iter().flat_map(|design| &design.tables).any(|table| {
            table.name == name.value
                || table
                    .indexes
                    .iter()
                    .any(|index| format!("{}.{}", table.name, index.name) == name.value)
        });
        if !known {
            faults.push(unknown(name, "a table of some design, or table.index"));
        }
    }
}

fn unknown(name: &Written<String>, form: &str) -> Diagnostic {
    Diagnostic::new(format!("\"{}\" is not known", name.value))
        .at(name.place.clone())
        .mend(format!("write {form}"))
}

/// The table and the column that `table.column` names.
fn column_of<'w>(name: &str, workload: &'w Workload) -> Option<(&'w Entity, &'w str)> {
    let (table, column) = split_last_dot(name)?;
    let (schema, table) = split_name(table);
    let entity = workload.entity(schema.as_deref(), &table)?;
    entity.attribute(&unquoted(column)).map(|attribute| (entity, attribute.name.as_str()))
}

fn compress(design: &mut Design, entity: &Entity, column: &str, ratio: f64) {
    for item in design.tables.iter_mut().flat_map(|table| &mut table.items) {
        if item.from == entity.table {
            // What the design compresses already is compressed no further.
            item.compress.entry(column.to_owned()).or_insert(ratio);
        }
    }
}

/// Cuts the names of attributes that are no keys. Names are then made different
/// by other letters, not by length.
fn shorten_names(design: &mut Design, bytes: usize, workload: &Workload) {
    for table in &mut design.tables {
        let keys: BTreeSet<String> = table
            .indexes
            .iter()
            .flat_map(|index| [Some(&index.partition_key), index.sort_key.as_ref()])
            .flatten()
            .filter_map(Template::single_column)
            .map(str::to_owned)
            .chain([table.partition_attribute.clone()])
            .chain(table.sort_attribute.clone())
            .collect();
        for item in &mut table.items {
            let Some(entity) = workload.entity(Some(&item.from.schema), &item.from.name) else {
                continue;
            };
            for (i, attribute) in entity.attributes.iter().enumerate() {
                let short = short_name(i, bytes);
                if attribute.name.len() > short.len() && !keys.contains(&attribute.name) {
                    item.rename.entry(attribute.name.clone()).or_insert(short);
                }
            }
        }
    }
}

/// A name of that many bytes for the attribute at a position.
fn short_name(mut position: usize, bytes: usize) -> String {
    let mut name = String::new();
    loop {
        name.insert(0, char::from(b'a' + u8::try_from(position % 26).unwrap_or(0)));
        position /= 26;
        if position == 0 {
            break;
        }
    }
    while name.len() < bytes {
        name.insert(0, '_');
    }
    name
}

/// Puts a hash suffix onto a partition key.
fn spread(design: &mut Design, name: &str, count: u32) {
    for table in &mut design.tables {
        let Some(column) = table.items.first().and_then(|item| {
            item.partition_key.own_columns().into_iter().next().map(str::to_owned)
        }) else {
            continue;
        };
        let suffix = [Part::Literal("#".to_owned()), Part::Hash { column: column.clone(), count }];
        if table.name == name {
            for item in &mut table.items {
                item.partition_key.parts.extend(suffix.clone());
            }
            table.partition_attribute = "pk".to_owned();
            return;
        }
        for index in &mut table.indexes {
            if format!("{}.{}", table.name, index.name) == name {
                index.partition_key.parts.extend(suffix.clone());
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_differ_and_have_the_length() {
        let names: BTreeSet<String> = (0..100).map(|i| short_name(i, 2)).collect();
        assert_eq!(names.len(), 100);
        assert!(names.iter().all(|name| name.len() == 2), "{names:?}");
        assert_eq!(short_name(0, 1), "a");
    }
}
