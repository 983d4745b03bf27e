//! Which columns an index entry holds.

use std::collections::BTreeSet;

use crate::design::{Part, Projection};
use crate::sql::Columns;

use super::build::Context;
use super::path::Wanted;

/// Whether the index lacks a column that the statement needs.
pub fn lacks_columns(
    context: &Context<'_>,
    wanted: &Wanted<'_>,
    index: Option<usize>,
    filters: &BTreeSet<String>,
) -> bool {
    let Some(index) = index else { return false };
    if context.design.tables[wanted.table].indexes[index].projection == Projection::All {
        return false;
    }
    let held = held_columns(context, wanted, index);
    let filtered = filters.iter().any(|column| !held.contains(column));
    if wanted.keys_only {
        return filtered;
    }
    match &wanted.step.reads {
        Columns::All => true,
        Columns::Some(columns) => filtered || columns.iter().any(|column| !held.contains(column)),
    }
}

/// Whether the index holds every column that is tested after reading.
pub fn filters_projected(
    context: &Context<'_>,
    wanted: &Wanted<'_>,
    index: Option<usize>,
    filters: &BTreeSet<String>,
) -> bool {
    index.is_none_or(|index| {
        let held = held_columns(context, wanted, index);
        filters.iter().all(|column| held.contains(column))
    })
}

/// The columns whose values an index entry holds, directly or within a key.
fn held_columns(context: &Context<'_>, wanted: &Wanted<'_>, index: usize) -> BTreeSet<String> {
    let item = &context.design.tables[wanted.table].items[wanted.item];
    let design = &context.design.tables[wanted.table].indexes[index];
    let layout = &context.layout.tables[wanted.table].items[wanted.item];
    let mut held: BTreeSet<String> = layout.entries[index]
        .iter()
        .flat_map(|entry| &entry.attributes)
        .filter(|attribute| attribute.columns.len() == 1)
        .flat_map(|attribute| attribute.columns.iter().cloned())
        .collect();
    let templates = [
        Some(&item.partition_key),
        item.sort_key.as_ref(),
        Some(&design.partition_key),
        design.sort_key.as_ref(),
    ];
    for part in templates.into_iter().flatten().flat_map(|template| &template.parts) {
        if let Part::Column(column) = part {
            held.insert(column.clone());
        }
    }
    held
}
