//! Changes tried out on a design: what `[what_if]` of `plan.toml` declares.

use std::collections::BTreeSet;

use crate::finding::{Diagnostic, Diagnostics};
use crate::scenario::WhatIf;
use crate::workload::Workload;
use crate::written::Written;

use super::model::{CachedPattern, Design};
use super::template::{Part, Template};

/// Changes a design as the plan tries out.
///
/// # Errors
/// Names that neither the workload nor the design knows.
pub fn try_out(
    mut design: Design,
    what_if: &WhatIf,
    workload: &Workload,
) -> Result<Design, Diagnostics> {
    let mut faults = Diagnostics::default();
    for cache in &what_if.caches {
        let cached = CachedPattern { sql: cache.sql.value.clone(), hit_ratio: cache.hit_ratio };
        if !workload.patterns.iter().any(|pattern| cached.covers(&pattern.text)) {
            faults.push(
                Diagnostic::new("no statement of the workload reads like this")
                    .at(cache.sql.place.clone())
                    .mend("copy the text that `explain` prints; end it with ... for a beginning"),
            );
        }
        design.caches.push(cached);
    }
    for (column, ratio) in &what_if.compress {
        if !compress(&mut design, &column.value, *ratio, workload) {
            faults.push(unknown(column, "table.column"));
        }
    }
    if let Some(bytes) = &what_if.name_bytes {
        let bytes = usize::try_from(bytes.value).unwrap_or(usize::MAX);
        shorten_names(&mut design, bytes, workload);
    }
    for (name, shards) in &what_if.write_shards {
        let shards = u32::try_from(*shards).unwrap_or(u32::MAX);
        if !spread(&mut design, &name.value, shards) {
            faults.push(unknown(name, "a table of the design or table.index"));
        }
    }
    faults.finish(design)
}

fn unknown(name: &Written<String>, form: &str) -> Diagnostic {
    Diagnostic::new(format!("\"{}\" is not known", name.value))
        .at(name.place.clone())
        .mend(format!("write {form}"))
}

fn compress(design: &mut Design, name: &str, ratio: f64, workload: &Workload) -> bool {
    let Some((table, column)) = name.rsplit_once('.') else { return false };
    let (schema, table) = match table.split_once('.') {
        Some((schema, table)) => (Some(schema), table),
        None => (None, table),
    };
    let Some(entity) = workload.entity(schema, table) else { return false };
    if entity.attribute(column).is_none() {
        return false;
    }
    for item in design.tables.iter_mut().flat_map(|table| &mut table.items) {
        if item.from == entity.table {
            // What the design compresses already is compressed no further.
            item.compress.entry(column.to_owned()).or_insert(ratio);
        }
    }
    true
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
fn spread(design: &mut Design, name: &str, count: u32) -> bool {
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
            return true;
        }
        for index in &mut table.indexes {
            if format!("{}.{}", table.name, index.name) == name {
                index.partition_key.parts.extend(suffix.clone());
                return true;
            }
        }
    }
    false
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
