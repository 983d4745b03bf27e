//! How many items a read looks at: the key conditions decide, not what is
//! returned.

use std::collections::BTreeSet;

use crate::design::{Bucket, Membership, Part, Template};
use crate::sql::{Predicate, Test, Value};
use crate::workload::Ranged;

use super::bind::{Known, PartitionBinding, SortBinding};
use super::build::Context;
use super::model::Evidence;
use super::path::Wanted;

/// Without statistics a range keeps a third of the rows, as Postgres's own
/// planner assumes (`DEFAULT_INEQ_SEL`).
const RANGE_SELECTIVITY: f64 = 1.0 / 3.0;
/// Without statistics a filter keeps half of a percent, as Postgres's own
/// planner assumes for equality (`DEFAULT_EQ_SEL`).
const EQUAL_SELECTIVITY: f64 = 0.005;

/// The items that a read looks at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evaluated {
    /// By all requests together.
    pub items: f64,
    /// How that is known.
    pub evidence: Evidence,
}

/// Which end of what is not known for sure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The best guess.
    Value,
    /// At least.
    Least,
    /// At most.
    Most,
}

impl Side {
    /// That end of a range.
    pub const fn of(self, ranged: Ranged) -> f64 {
        match self {
            Self::Value => ranged.value,
            Self::Least => ranged.least,
            Self::Most => ranged.most,
        }
    }
}

/// What the keys of a table or an index give a read.
pub struct Keys<'a> {
    /// The partition key.
    pub partition: &'a PartitionBinding,
    /// The sort key.
    pub sort: &'a SortBinding,
    /// Columns tested after reading.
    pub filters: &'a BTreeSet<String>,
    /// Requests made.
    pub requests: f64,
    /// Rows that meet the key conditions, if known.
    pub matching: Option<f64>,
    /// The key conditions narrow nothing: all of the list is under the key.
    pub whole: bool,
}

/// Rows that meet the key conditions, over all requests; `None` where the
/// statistics do not tell.
pub fn matching_rows(
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
        let Some(attribute) = wanted.entity.attribute(column) else { continue };
        let Some(distinct) = attribute.distinct else { continue };
        // At most all calls ask for the most frequent value.
        let share = match (wanted.side, attribute.top_frequencies.first()) {
            (Side::Most, Some(top)) => top.max(1.0 / distinct),
            _ => 1.0 / distinct,
        };
        rows *= (wanted.known.equal.get(column).copied().unwrap_or(1.0) * share).min(1.0);
    }
    if wanted.side != Side::Most && sort.range.is_some() && sort.range != partition.bucketed {
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
pub fn filters(
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

/// Whether the items come in the order that the statement asks for, so that a
/// LIMIT stops the read early.
pub fn in_order(wanted: &Wanted<'_>, sort: &SortBinding) -> bool {
    let mut open = sort.open.iter();
    !wanted.step.ordered_by_other
        && wanted
            .step
            .order_by
            .iter()
            // What a key condition settles is the same in every item read.
            .filter(|order| !wanted.known.equal.contains_key(&order.column))
            .take(1)
            .all(|order| sort.complete || open.next() == Some(&order.column))
}

/// Items looked at: what is returned, more if a filter throws some away or the
/// order does not let a LIMIT stop early, and never more than there are.
pub fn evaluated(wanted: &Wanted<'_>, keys: &Keys<'_>, notes: &mut Vec<String>) -> Evaluated {
    let step = wanted.step;
    let least = wanted.rows;
    if let Some(entries) = counted(wanted, keys) {
        notes.push("items looked at are what Postgres's index counters leave for it".to_owned());
        // A filter or an aggregate looks at what it is given at least.
        let items = wanted.side.of(entries);
        return Evaluated { items, evidence: Evidence::IndexCounters };
    }
    let computed = wanted.computes();
    let stops_early = step.limit.is_some() && in_order(wanted, keys.sort) && !computed;
    let exists = step.aggregate.as_ref().is_some_and(|aggregate| aggregate.exists);
    if computed || (step.limit.is_some() && !stops_early) || (keys.whole && !stops_early && !exists)
    {
        notes.push(
            if computed {
                "every matching item is read to compute over"
            } else if step.limit.is_some() {
                "its order is not the key's, so every matching item is read"
            } else {
                "the whole list is read"
            }
            .to_owned(),
        );
        if wanted.side == Side::Least && !keys.whole {
            return Evaluated { items: least, evidence: Evidence::Estimated };
        }
        return match keys.matching {
            Some(matching) => {
                if keys.whole {
                    Evaluated { items: matching, evidence: Evidence::Counted }
                } else {
                    Evaluated { items: matching.max(least), evidence: Evidence::Estimated }
                }
            }
            None => {
                notes.push("how many there are is not known: a lower bound".to_owned());
                Evaluated { items: least, evidence: Evidence::LowerBound }
            }
        };
    }
    let mut evidence = if wanted.rows_known { Evidence::Counted } else { Evidence::Estimated };
    let most = keys.matching.map_or(f64::INFINITY, |matching| matching.max(least));
    let mut items = least;
    if step.limit.is_some() && keys.requests > 1.0 {
        // Each request must be asked for the whole page.
        items = least * keys.requests;
    }
    if !keys.filters.is_empty() && wanted.side == Side::Most {
        // Nothing of a collection but the rows returned passes.
        items = most;
        evidence = Evidence::Estimated;
    } else if !keys.filters.is_empty() && wanted.side == Side::Value {
        let kept: f64 = keys.filters.iter().map(|column| selectivity(wanted, column)).product();
        items /= kept;
        evidence = Evidence::Estimated;
        notes.push(format!("filters on {} after reading", spoken(keys.filters)));
    }
    if step.offset {
        evidence = Evidence::LowerBound;
        notes.push("rows skipped by OFFSET are read all the same: a lower bound".to_owned());
    }
    Evaluated { items: items.min(most.max(least)), evidence }
}

/// The entries that Postgres looked at, if its index was searched by the same
/// columns as this key.
fn counted(wanted: &Wanted<'_>, keys: &Keys<'_>) -> Option<Ranged> {
    let look = wanted.look?;
    let searched = keys.partition.equal.union(&keys.sort.equal);
    let same = searched.collect::<BTreeSet<_>>() == look.columns.iter().collect::<BTreeSet<_>>();
    let ranged = wanted.step.predicates.iter().any(|one| matches!(one.test, Test::Range { .. }));
    look.entries.filter(|_| same && !keys.whole && (!ranged || keys.sort.range.is_some()))
}

/// Column names as a list for the reader.
pub fn spoken(columns: &BTreeSet<String>) -> String {
    columns.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
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
