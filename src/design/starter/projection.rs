//! From an index that is asked for to one that is written down: its keys and
//! what it holds.

use std::collections::BTreeSet;

use crate::design::template::{Part, Template};
use crate::workload::{Entity, name_bytes};

use super::indexes::{Draft, Way};
use super::needs::{Writes, can_be_key};
use super::sketch::{IndexSketch, KeySketch, ProjectionSketch};

/// A partition takes 1,000 write units and 3,000 read units a second (Developer
/// Guide, "Designing partition keys"); keys are spread so that eight times
/// today's load at the peak stays below.
const PARTITION_WRITES_PER_S: f64 = 1000.0;
const PARTITION_READS_PER_S: f64 = 3000.0;
const HEADROOM: f64 = 8.0;
const MONTH_S: f64 = 2_628_000.0;
/// A write unit costs five times as much as a read unit on demand, in every
/// Region.
const WRITE_OVER_READ: f64 = 5.0;
/// More columns than this are not worth listing: all of them then.
const INCLUDED_MAX: usize = 20;

/// Writes the index down.
pub(super) fn index(
    entity: &Entity,
    way: &Way,
    draft: &Draft,
    writes: &Writes,
    peak_to_mean: f64,
    table_key: &BTreeSet<String>,
) -> IndexSketch {
    let sort = match way {
        Way::List(sort) => sort.clone(),
        _ => favourite(draft),
    };
    let spread = |busiest: f64| {
        let updated = writes.updated.values().copied().fold(0.0, f64::max);
        let per_s = |month: f64| month / MONTH_S * peak_to_mean * HEADROOM * busiest;
        let written = per_s(writes.born_and_dead + updated) / PARTITION_WRITES_PER_S;
        let read = per_s(draft.calls()) / PARTITION_READS_PER_S;
        let keys = written.max(read).ceil();
        hash_column(entity)
            .filter(|_| keys > 1.0)
            .map(|column| Part::Hash { column: column.to_owned(), count: power_of_two(keys) })
    };
    let list_key = || match spread(1.0) {
        Some(hash) => Template { parts: vec![hash] },
        None => Template { parts: vec![Part::Literal("ALL".to_owned())] },
    };
    let (partition, name, comment) = match way {
        Way::Column(column) => {
            let attribute = entity.attribute(column);
            let busiest = attribute.map_or(1.0, |attribute| {
                let even = attribute.distinct.map_or(1.0, |distinct| 1.0 / distinct);
                attribute.top_frequencies.first().copied().unwrap_or(0.0).max(even)
            });
            // A truth value cannot be a key: it becomes part of a text.
            let truth = attribute.is_some_and(|attribute| attribute.type_name == "boolean");
            let partition = match spread(busiest) {
                Some(hash) => Template::joined([Part::Column(column.clone()), hash]),
                None if truth => {
                    Template::joined([Part::Literal(column.clone()), Part::Column(column.clone())])
                }
                None => Template::column(column),
            };
            (partition, format!("by_{column}"), format!("Rows by {column}."))
        }
        Way::Sparse(index) => (
            list_key(),
            index.clone(),
            format!("Only the rows that the partial index {index} of Postgres holds."),
        ),
        Way::List(Some(column)) => {
            (list_key(), format!("all_by_{column}"), format!("All rows in the order of {column}."))
        }
        Way::List(None) => (list_key(), "all".to_owned(), "All rows, to be listed.".to_owned()),
    };
    let sort = sort.filter(|sort| !matches!(way, Way::Column(column) if column == sort));
    let mut held = table_key.clone();
    held.extend(sort.clone());
    if let Way::Column(column) = way {
        held.insert(column.clone());
    }
    IndexSketch {
        name,
        comment,
        key: KeySketch { partition, sort: sort.as_deref().map(Template::column) },
        projection: projection(entity, draft, writes, &held),
        like_index: match way {
            Way::Sparse(index) => Some(index.clone()),
            _ => None,
        },
        items: Vec::new(),
        calls: draft.calls(),
    }
}

/// The sort order that most calls want.
fn favourite(draft: &Draft) -> Option<String> {
    let mut best: Option<(&String, f64)> = None;
    for (column, calls) in &draft.sorts {
        if best.is_none_or(|(_, most)| *calls > most) {
            best = Some((column, *calls));
        }
    }
    best.map(|(column, _)| column.clone())
}

/// The column whose hash spreads rows evenly.
fn hash_column(entity: &Entity) -> Option<&str> {
    let unique = entity.primary_key.iter().map(String::as_str);
    unique.chain(entity.attributes.iter().map(|one| one.name.as_str())).find(|column| {
        entity.attribute(column).is_some_and(|attribute| {
            can_be_key(attribute) && attribute.distinct.is_some_and(|distinct| distinct > 1000.0)
        })
    })
}

/// The next power of two, at most 1,024.
fn power_of_two(keys: f64) -> u32 {
    let mut power = 2;
    while f64::from(power) < keys && power < 1024 {
        power *= 2;
    }
    power
}

/// What costs least: keys and a fetch of each row, the columns that are needed,
/// or everything.
fn projection(
    entity: &Entity,
    draft: &Draft,
    writes: &Writes,
    held: &BTreeSet<String>,
) -> ProjectionSketch {
    let all: BTreeSet<String> = entity.attributes.iter().map(|one| one.name.clone()).collect();
    let needed: BTreeSet<String> = draft
        .uses
        .iter()
        .flat_map(|one| one.columns.as_ref().unwrap_or(&all).iter().cloned())
        .filter(|column| all.contains(column) && !held.contains(column))
        .collect();
    if needed.is_empty() {
        return ProjectionSketch::KeysOnly;
    }
    let cost = |included: &BTreeSet<String>| {
        let entry: BTreeSet<String> = held.union(included).cloned().collect();
        let units = (bytes(entity, &entry) / 1024.0).ceil().max(1.0);
        let moved: f64 = writes
            .updated
            .iter()
            .filter(|(column, _)| entry.contains(*column))
            .map(|(_, rows)| rows)
            .fold(0.0, |most, rows| most.max(*rows));
        let fetched: f64 = draft
            .uses
            .iter()
            .filter(|one| {
                let columns = one.columns.as_ref().unwrap_or(&all);
                columns.iter().any(|column| all.contains(column) && !entry.contains(column))
            })
            .map(|one| one.calls * one.rows)
            .sum();
        let fetch = (bytes(entity, &all) / 4096.0).ceil().max(1.0) / 2.0;
        (writes.born_and_dead + moved) * units * WRITE_OVER_READ + fetched * fetch
    };
    let keys = cost(&BTreeSet::new());
    let include = cost(&needed);
    let everything = cost(&all);
    if keys < include && keys < everything {
        ProjectionSketch::KeysOnly
    } else if include <= everything && needed.len() <= INCLUDED_MAX {
        ProjectionSketch::Include(needed.into_iter().collect())
    } else {
        ProjectionSketch::All
    }
}

/// Mean bytes of these columns with their names.
fn bytes(entity: &Entity, columns: &BTreeSet<String>) -> f64 {
    entity
        .attributes
        .iter()
        .filter(|attribute| columns.contains(&attribute.name))
        .map(|attribute| attribute.present * (name_bytes(&attribute.name) + attribute.bytes.mean()))
        .sum()
}
