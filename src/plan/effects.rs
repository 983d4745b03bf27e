//! What a write does to the entries of the item in the table's indexes.

use std::collections::BTreeSet;

use crate::design::{IndexDesign, IndexEffect, Membership, PatternRule, Template};
use crate::dynamodb;
use crate::sql::{Access, Assigned, ConflictAction, Verb};
use crate::units::Bytes;
use crate::workload::{Entity, Workload};

use super::build::Context;
use super::model::EntryChange;

/// A write of one item.
pub enum Change<'a> {
    /// A new item, with these columns given; `None` if the columns are not
    /// known (all of them, then).
    Put(Option<BTreeSet<&'a str>>),
    /// An existing item gets new values in these columns.
    Update {
        /// The columns.
        columns: BTreeSet<String>,
        /// Those set to NULL.
        cleared: BTreeSet<String>,
    },
    /// The item goes.
    Delete,
}

/// What happens to an index entry.
#[derive(Clone, Copy)]
enum Entry {
    Untouched,
    Appears,
    Disappears,
    Changes,
    Moves,
}

impl Entry {
    /// Writes of the entry, by the rule that recorded answers are held against:
    /// the units of an entry of one unit.
    fn writes(self) -> f64 {
        let one = Some(Bytes::new(1));
        let units = match self {
            Self::Untouched => dynamodb::index_write(one, one, false, false),
            Self::Appears => dynamodb::index_write(None, one, false, true),
            Self::Disappears => dynamodb::index_write(one, None, false, true),
            Self::Changes => dynamodb::index_write(one, one, false, true),
            Self::Moves => dynamodb::index_write(one, one, true, true),
        };
        units.as_f64()
    }
}

/// The changes of the entries in every index of the table. `via` is the index
/// through which the item was found: it has an entry there for sure.
pub fn entry_changes(
    context: &Context<'_>,
    (table, item): (usize, usize),
    entity: &Entity,
    change: &Change<'_>,
    via: Option<usize>,
    rule: Option<&PatternRule>,
) -> Vec<EntryChange> {
    let mut changes = Vec::new();
    for (i, index) in context.design.tables[table].indexes.iter().enumerate() {
        let Some(entry) = &context.layout.tables[table].items[item].entries[i] else { continue };
        let stated = rule.and_then(|rule| rule.index_effects.get(&index.name));
        let (writes, why) = match stated {
            Some(effect) => stated_effect(*effect),
            None => {
                let share = if via == Some(i) { 1.0 } else { entry.share };
                let projected =
                    entry.attributes.iter().flat_map(|attribute| &attribute.columns).collect();
                inferred(context, index, entity, change, share, &projected)
            }
        };
        if writes > 0.0 {
            changes.push(EntryChange { index: i, writes, why });
        }
    }
    changes
}

fn stated_effect(effect: IndexEffect) -> (f64, String) {
    match effect {
        IndexEffect::Untouched => {
            (Entry::Untouched.writes(), "the design says it is untouched".to_owned())
        }
        IndexEffect::Enters => {
            (Entry::Appears.writes(), "the design says the entry appears".to_owned())
        }
        IndexEffect::Leaves => {
            (Entry::Disappears.writes(), "the design says the entry disappears".to_owned())
        }
        IndexEffect::Moves => {
            (Entry::Moves.writes(), "the design says the entry's key changes".to_owned())
        }
        IndexEffect::Changes => {
            (Entry::Changes.writes(), "the design says the entry changes".to_owned())
        }
    }
}

fn inferred(
    context: &Context<'_>,
    index: &IndexDesign,
    entity: &Entity,
    change: &Change<'_>,
    share: f64,
    projected: &BTreeSet<&String>,
) -> (f64, String) {
    match change {
        Change::Put(columns) => put(index, entity, columns.as_ref()),
        Change::Delete => {
            (share * Entry::Disappears.writes(), "the entry goes with its item".to_owned())
        }
        Change::Update { columns, cleared } => {
            let keys = index_columns(index);
            if let Some(key) = keys.iter().find(|key| columns.contains(**key)) {
                if cleared.contains(*key) {
                    return (
                        share * Entry::Disappears.writes(),
                        format!("{key} is removed, and the entry with it"),
                    );
                }
                if context.first_assignments.contains(&(entity.table.clone(), (*key).to_owned())) {
                    return (
                        Entry::Appears.writes(),
                        format!("{key} gets its first value: the entry appears"),
                    );
                }
                return (
                    share * Entry::Moves.writes(),
                    format!("{key} changes: the entry is deleted and put again"),
                );
            }
            if let Membership::LikeIndex { columns: tested, .. } = &index.membership
                && let Some(column) = tested.iter().find(|column| columns.contains(*column))
            {
                return (
                    Entry::Appears.writes(),
                    format!(
                        "{column} decides whether there is an entry: counted as one write \
                         (state it with index_effects)"
                    ),
                );
            }
            match columns.iter().find(|column| projected.contains(column)) {
                Some(column) => (share * Entry::Changes.writes(), format!("{column} is projected")),
                None => (Entry::Untouched.writes(), String::new()),
            }
        }
    }
}

/// A new item enters an index if it is given all the columns of its key.
fn put(index: &IndexDesign, entity: &Entity, given: Option<&BTreeSet<&str>>) -> (f64, String) {
    let appears = (Entry::Appears.writes(), "the entry appears".to_owned());
    let Some(given) = given else { return appears };
    for column in index_columns(index) {
        let Some(attribute) = entity.attribute(column) else { continue };
        if !given.contains(column) && !attribute.has_default && attribute.nullable {
            return (0.0, format!("{column} is not given"));
        }
    }
    if let Membership::LikeIndex { columns, predicate, .. } = &index.membership {
        for column in columns {
            let Some(attribute) = entity.attribute(column) else { continue };
            if given.contains(column.as_str()) {
                continue;
            }
            let meets = attribute.default_literal.as_deref().is_some_and(|literal| {
                predicate.contains(&format!("'{literal}'")) || predicate.contains(literal)
            });
            if !meets {
                return (0.0, format!("the default of {column} does not meet the index"));
            }
        }
    }
    appears
}

fn index_columns(index: &IndexDesign) -> BTreeSet<&str> {
    index
        .partition_key
        .own_columns()
        .into_iter()
        .chain(index.sort_key.iter().flat_map(Template::own_columns))
        .collect()
}

/// Columns that are NULL when a row is inserted and get a value once in its
/// life: no INSERT of the workload gives them, and no more rows are updated
/// with them than are inserted. Setting such a column makes an index entry
/// appear rather than move.
pub fn first_assignments(workload: &Workload) -> BTreeSet<(crate::capture::TableName, String)> {
    let mut found = BTreeSet::new();
    for entity in &workload.entities {
        let Some(inserted) = rows_inserted(workload, entity) else { continue };
        for attribute in &entity.attributes {
            if !attribute.nullable || attribute.has_default {
                continue;
            }
            let mut assigned_at_insert = false;
            let mut rows_updated = 0.0;
            for (verb, assigned, rows) in assignments(workload, entity) {
                if assigned.iter().any(|one| one.column == attribute.name && !one.null) {
                    match verb {
                        Verb::Insert => assigned_at_insert = true,
                        _ => rows_updated += rows,
                    }
                }
            }
            // A few per cent of slack for rows inserted before the capture.
            if !assigned_at_insert && rows_updated > 0.0 && rows_updated <= inserted * 1.05 {
                found.insert((entity.table.clone(), attribute.name.clone()));
            }
        }
    }
    found
}

fn rows_inserted(workload: &Workload, entity: &Entity) -> Option<f64> {
    let rows: f64 = assignments(workload, entity)
        .filter(|(verb, ..)| *verb == Verb::Insert)
        .map(|(_, _, rows)| rows)
        .sum();
    (rows > 0.0).then_some(rows)
}

/// Every assignment of the workload to a table's columns, with the rows it
/// reached in the capture.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn assignments<'w>(
    workload: &'w Workload,
    entity: &'w Entity,
) -> impl Iterator<Item = (Verb, &'w [Assigned], f64)> {
    workload.patterns.iter().flat_map(move |pattern| {
        let steps = match &pattern.access {
            Access::Data(steps) => &steps[..],
            _ => &[],
        };
        let rows = pattern.total.rows.unwrap_or(pattern.calls) as f64;
        steps
            .iter()
            .filter(move |step| {
                // The name first: looking every table up costs as many as there are.
                step.table == entity.table.name
                    && workload
                        .entity(step.schema.as_deref(), &step.table)
                        .is_some_and(|found| found.table == entity.table)
            })
            .flat_map(move |step| {
                let on_conflict = match step.conflict.as_ref().map(|conflict| &conflict.action) {
                    Some(ConflictAction::Update(assigned)) => {
                        Some((Verb::Update, &assigned[..], rows))
                    }
                    _ => None,
                };
                let own = matches!(step.verb, Verb::Insert | Verb::Update).then_some((
                    step.verb,
                    &step.writes[..],
                    rows,
                ));
                own.into_iter().chain(on_conflict)
            })
    })
}
