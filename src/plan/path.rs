//! Ways to reach the items of a read: by the table's key, by an index, or by
//! looking at everything.

use std::collections::BTreeSet;

use crate::design::{Bucket, IndexKind, Membership, Part, Projection, Template};
use crate::dynamodb::Consistency;
use crate::layout::query_units;
use crate::sql::{Columns, Predicate, Step, Test, Value};
use crate::workload::Entity;

use super::bind::{self, Known, PartitionBinding, SortBinding};
use super::build::Context;

/// Without statistics a range keeps a third of the rows, as Postgres's own
/// planner assumes (`DEFAULT_INEQ_SEL`).
const RANGE_SELECTIVITY: f64 = 1.0 / 3.0;
/// Without statistics a filter keeps half of a percent, as Postgres's own
/// planner assumes for equality (`DEFAULT_EQ_SEL`).
const EQUAL_SELECTIVITY: f64 = 0.005;

/// What a read wants from one kind of item.
pub struct Wanted<'a> {
    /// The table, by position.
    pub table: usize,
    /// The kind of item, by position.
    pub item: usize,
    /// The Postgres table.
    pub entity: &'a Entity,
    /// The statement's step.
    pub step: &'a Step,
    /// What is known.
    pub known: Known,
    /// Rows that the step finds per execution.
    pub rows: f64,
    /// Time buckets a range reaches over, if the design states it.
    pub buckets: Option<f64>,
    /// Only the keys of the items are needed.
    pub keys_only: bool,
}

/// One way to reach the items.
#[derive(Clone, Debug)]
pub struct Path {
    /// The index read, or the table.
    pub index: Option<usize>,
    /// Every key attribute is known: single items are fetched.
    pub by_key: bool,
    /// Requests (keys, if `by_key`).
    pub requests: f64,
    /// Items looked at by all requests together.
    pub evaluated: f64,
    /// Items fetched from the table afterwards, because the index lacks
    /// something.
    pub fetched: f64,
    /// Read units with eventual consistency, to compare paths by.
    pub cost: f64,
    /// What was assumed.
    pub notes: Vec<String>,
}

/// Every way to reach the items by a key, and why the others are none.
pub fn paths(context: &Context<'_>, wanted: &Wanted<'_>) -> (Vec<Path>, Vec<String>) {
    let table = &context.design.tables[wanted.table];
    let item = &table.items[wanted.item];
    let mut found = Vec::new();
    let mut refused = Vec::new();
    let mut consider = |index: Option<usize>, pk: &Template, sk: Option<&Template>| {
        let name = index.map_or_else(
            || format!("table {}", table.name),
            |index| format!("index {}", table.indexes[index].name),
        );
        match path(context, wanted, index, pk, sk) {
            Ok(path) => found.push(path),
            Err(why) => refused.push(format!("{name}: {why}")),
        }
    };
    consider(None, &item.partition_key, item.sort_key.as_ref());
    for (i, index) in table.indexes.iter().enumerate() {
        if context.layout.tables[wanted.table].items[wanted.item].entries[i].is_some() {
            let pk = match index.kind {
                IndexKind::Global => &index.partition_key,
                IndexKind::Local => &item.partition_key,
            };
            consider(Some(i), pk, index.sort_key.as_ref());
        }
    }
    (found, refused)
}

/// Reading the whole table, every kind of item in it.
pub fn scan(context: &Context<'_>, wanted: &Wanted<'_>) -> Option<Path> {
    let items = &context.layout.tables[wanted.table].items;
    let evaluated = items.iter().map(|item| item.count).sum::<Option<f64>>()?;
    let units: f64 =
        items.iter().map(|item| item.count.unwrap_or(0.0) * item.sizes.mean_bytes() / 8192.0).sum();
    Some(Path {
        index: None,
        by_key: false,
        requests: 1.0,
        evaluated,
        fetched: 0.0,
        cost: units.max(0.5),
        notes: vec!["reads the whole table".to_owned()],
    })
}

fn path(
    context: &Context<'_>,
    wanted: &Wanted<'_>,
    index: Option<usize>,
    partition_key: &Template,
    sort_key: Option<&Template>,
) -> Result<Path, String> {
    let partition = bind::partition(partition_key, &wanted.known, wanted.buckets)?;
    let sort = bind::sort(sort_key, &wanted.known);
    if let Some(index) = index {
        complete_index(context, wanted, index, &partition, &sort)?;
    }
    let layout = &context.layout.tables[wanted.table].items[wanted.item];
    if index.is_none() && sort.complete && partition.fan_out <= 1.0 {
        let keys = partition.keys * sort.keys;
        return Ok(Path {
            index: None,
            by_key: true,
            requests: keys,
            evaluated: keys,
            fetched: 0.0,
            cost: keys * layout.sizes.expected_read_units(Consistency::Eventual),
            notes: Vec::new(),
        });
    }
    let narrowed = !partition.equal.is_empty()
        || partition.bucketed.is_some()
        || !sort.equal.is_empty()
        || sort.range.is_some();
    if !narrowed {
        return Err("no column of its key is given: all of it would be read".to_owned());
    }
    let mut notes = Vec::new();
    let requests = partition.keys * partition.fan_out * sort.keys;
    let matching = matching_rows(context, wanted, index, &partition, &sort);
    let mut filters = filters(context, wanted, index, &partition, &sort);
    if wanted.keys_only && !filters.is_empty() && matching.is_some_and(|m| m <= wanted.rows + 1.0) {
        // Hardly more items match the key than the statement changes: the write
        // itself tests the rest, rather than a read before it.
        notes.push(format!(
            "{} tested by the write's condition",
            filters.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
        ));
        filters.clear();
    }
    let evaluated = evaluated(wanted, &sort, &filters, requests, matching, &mut notes);
    let fetched = if lacks_columns(context, wanted, index, &filters) {
        if filters.is_empty() || filters_projected(context, wanted, index, &filters) {
            wanted.rows.max(0.0)
        } else {
            evaluated
        }
    } else {
        0.0
    };
    let sizes = match index {
        None => &layout.sizes,
        Some(index) => &layout.entries[index].as_ref().ok_or("no entry")?.sizes,
    };
    let per_request = if requests > 0.0 { evaluated / requests } else { 0.0 };
    let cost = requests * query_units(sizes, per_request, Consistency::Eventual)
        + fetched * layout.sizes.expected_read_units(Consistency::Eventual);
    Ok(Path { index, by_key: false, requests, evaluated, fetched, cost, notes })
}

/// An index answers a statement only if it holds every row that the statement
/// is about.
fn complete_index(
    context: &Context<'_>,
    wanted: &Wanted<'_>,
    index: usize,
    partition: &PartitionBinding,
    sort: &SortBinding,
) -> Result<(), String> {
    let design = &context.design.tables[wanted.table].indexes[index];
    if let Membership::LikeIndex { index, columns, .. } = &design.membership {
        let tests = |column: &str| {
            wanted.step.predicates.iter().any(|predicate| predicate.column == column)
        };
        if let Some(column) = columns.iter().find(|column| !tests(column)) {
            return Err(format!(
                "it holds only the rows of {index}, and the statement does not test {column}"
            ));
        }
    }
    let tested = |column: &str| {
        partition.equal.contains(column)
            || partition.bucketed.as_deref() == Some(column)
            || sort.equal.contains(column)
            || sort.range.as_deref() == Some(column)
    };
    for column in design.sort_key.iter().flat_map(Template::own_columns) {
        let optional = wanted.entity.attribute(column).is_some_and(|one| one.present < 1.0);
        if optional && !tested(column) {
            return Err(format!("it lacks the rows whose {column} is NULL"));
        }
    }
    Ok(())
}

/// Rows that meet the key conditions, over all requests; `None` where the
/// statistics do not tell.
fn matching_rows(
    context: &Context<'_>,
    wanted: &Wanted<'_>,
    index: Option<usize>,
    partition: &PartitionBinding,
    sort: &SortBinding,
) -> Option<f64> {
    let layout = &context.layout.tables[wanted.table].items[wanted.item];
    let table = &context.design.tables[wanted.table];
    let share = index.and_then(|i| layout.entries[i].as_ref()).map_or(1.0, |entry| entry.share);
    let mut rows = layout.count? * share;
    if let Some(column) = &partition.bucketed {
        let template = match index {
            None => &table.items[wanted.item].partition_key,
            Some(index) => &table.indexes[index].partition_key,
        };
        let bucket = bucket_of(template, column)?;
        let per_second = wanted.entity.inserted_per_month? / Bucket::Month.seconds();
        rows = (per_second * bucket.seconds() * wanted.buckets? * share).min(rows);
    }
    for column in partition.equal.iter().chain(&sort.equal) {
        let Some(distinct) = wanted.entity.attribute(column).and_then(|one| one.distinct) else {
            continue;
        };
        rows *= (wanted.known.equal.get(column).copied().unwrap_or(1.0) / distinct).min(1.0);
    }
    if sort.range.is_some() && sort.range != partition.bucketed {
        rows *= RANGE_SELECTIVITY;
    }
    Some(rows)
}

fn bucket_of(template: &Template, wanted: &str) -> Option<Bucket> {
    template.parts.iter().find_map(|part| match part {
        Part::Bucket { column, bucket } if column == wanted => Some(*bucket),
        _ => None,
    })
}

/// Columns that the statement tests but the key conditions do not settle.
fn filters(
    context: &Context<'_>,
    wanted: &Wanted<'_>,
    index: Option<usize>,
    partition: &PartitionBinding,
    sort: &SortBinding,
) -> BTreeSet<String> {
    let implied = index
        .map(|index| &context.design.tables[wanted.table].indexes[index].membership)
        .and_then(|membership| match membership {
            Membership::LikeIndex { columns, .. } => Some(columns),
            Membership::HasKey => None,
        });
    let settled = |column: &String| {
        partition.equal.contains(column)
            || sort.equal.contains(column)
            || sort.range.as_ref() == Some(column)
            || implied.is_some_and(|columns| columns.contains(column))
    };
    wanted
        .step
        .predicates
        .iter()
        .filter(|predicate| !awaits_another_step(predicate, &wanted.known))
        .map(|predicate| &predicate.column)
        .chain(wanted.step.residual.iter().flat_map(|residual| &residual.columns))
        .filter(|column| !settled(column))
        .cloned()
        .collect()
}

/// A column that must equal one of a step that has not run yet tests nothing
/// here: that step will be given the value instead.
fn awaits_another_step(predicate: &Predicate, known: &Known) -> bool {
    let (Test::Equal(value) | Test::AnyOf { values: value, .. }) = &predicate.test else {
        return false;
    };
    matches!(value, Value::Column { .. }) && !known.equal.contains_key(&predicate.column)
}

/// Items looked at: what is returned, more if a filter throws some away or the
/// order does not let a LIMIT stop early, and never more than there are.
fn evaluated(
    wanted: &Wanted<'_>,
    sort: &SortBinding,
    filters: &BTreeSet<String>,
    requests: f64,
    matching: Option<f64>,
    notes: &mut Vec<String>,
) -> f64 {
    let step = wanted.step;
    let least = wanted.rows;
    if step.aggregate.as_ref().is_some_and(|aggregate| !aggregate.exists) {
        return match matching {
            Some(matching) => matching.max(least),
            None => {
                notes.push("how many rows it adds up is not known: a lower bound".to_owned());
                least
            }
        };
    }
    let in_order = match step.order_by.first() {
        None => !step.ordered_by_other,
        Some(order) => sort.open.first() == Some(&order.column) || sort.complete,
    };
    let most = matching.map_or(f64::INFINITY, |matching| matching.max(least));
    let mut looked_at = least;
    if step.limit.is_some() && !in_order {
        if most.is_finite() {
            notes.push("its order is not the key's, so every matching item is read".to_owned());
            return most;
        }
        notes.push("its order is not the key's: a lower bound of what is read".to_owned());
        return least;
    }
    if step.limit.is_some() && requests > 1.0 {
        // Each request must be asked for the whole page.
        looked_at = least * requests;
    }
    if !filters.is_empty() {
        let kept: f64 = filters.iter().map(|column| selectivity(wanted, column)).product();
        looked_at /= kept;
        notes.push(format!(
            "filters on {} after reading; items looked at are estimated from column statistics",
            filters.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
        ));
    }
    looked_at.min(most.max(least))
}

/// Share of the rows that a test on a column keeps.
fn selectivity(wanted: &Wanted<'_>, column: &str) -> f64 {
    let attribute = wanted.entity.attribute(column);
    let equal = attribute.and_then(|one| one.distinct).map_or(EQUAL_SELECTIVITY, |d| 1.0 / d);
    let kept = wanted
        .step
        .predicates
        .iter()
        .filter(|predicate| predicate.column == column)
        .map(|predicate| match &predicate.test {
            Test::Equal(_) => equal,
            Test::AnyOf { .. } => {
                (equal * wanted.known.equal.get(column).copied().unwrap_or(1.0)).min(1.0)
            }
            Test::Range { .. } | Test::Prefix | Test::Filter => RANGE_SELECTIVITY,
            Test::IsNull => attribute.map_or(0.5, |one| 1.0 - one.present),
            Test::IsNotNull => attribute.map_or(0.5, |one| one.present),
        })
        .product::<f64>();
    kept.clamp(1e-6, 1.0)
}

/// Whether the index lacks a column that the statement needs.
fn lacks_columns(
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

fn filters_projected(
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
