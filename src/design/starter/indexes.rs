//! Which indexes the statements of a workload ask for, when the tables have the
//! keys given.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::prelude::ToPrimitive;

use crate::capture::TableName;
use crate::design::template::{Part, Template};
use crate::sql::{Access, ConflictAction, Step, Value, Verb, predicate_tests, untested};
use crate::workload::{AccessPattern, Workload};

use super::needs::{Need, Writes};
use super::sketch::KeySketch;

/// A Query reads no more than this at once (1 MB).
const PAGE_BYTES: f64 = crate::dynamodb::PAGE_BYTES_MAX as f64;

/// How an index finds rows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// By the value of a column.
    Column(String),
    /// All rows that a partial index of Postgres holds, as a list.
    Sparse(String),
    /// All rows, as a list sorted by a column (or not at all).
    List(Option<String>),
}

/// An index that statements ask for.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    /// Calls a month by the column that they want the entries sorted by.
    pub sorts: BTreeMap<String, f64>,
    /// Columns that reads need besides keys; `None` is all of them.
    pub uses: Vec<Use>,
}

/// A statement that reads an index.
#[derive(Clone, Debug)]
pub(super) struct Use {
    /// Calls a month.
    pub calls: f64,
    /// Rows a call.
    pub rows: f64,
    /// The columns it needs.
    pub columns: Option<BTreeSet<String>>,
}

impl Draft {
    /// Calls a month.
    pub(super) fn calls(&self) -> f64 {
        self.uses.iter().map(|one| one.calls).sum()
    }
}

/// What the workload asks for.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Indexes by table.
    pub indexes: BTreeMap<TableName, BTreeMap<Way, Draft>>,
    /// Statements that no key can serve, and the table that cannot be read.
    pub unserved: Vec<(usize, String)>,
    /// Writes by table.
    pub writes: BTreeMap<TableName, Writes>,
}

/// Goes through the statements, most called first, and asks for an index
/// wherever the keys and the indexes there are do not do.
pub(super) fn ask(workload: &Workload, keys: &BTreeMap<TableName, KeySketch>) -> Asked {
    let mut asked = Asked::default();
    for entity in &workload.entities {
        let months =
            entity.inserted_per_month.unwrap_or(0.0) + entity.deleted_per_month.unwrap_or(0.0);
        asked.writes.entry(entity.table.clone()).or_default().born_and_dead = months;
    }
    for (p, pattern) in workload.patterns.iter().enumerate() {
        let Access::Data(steps) = &pattern.access else { continue };
        asked.count_writes(workload, pattern, steps);
        if let Err(table) = asked.serve(workload, keys, pattern, steps) {
            asked.unserved.push((p, table));
        }
    }
    asked
}

impl Asked {
    fn serve(
        &mut self,
        workload: &Workload,
        keys: &BTreeMap<TableName, KeySketch>,
        pattern: &AccessPattern,
        steps: &[Step],
    ) -> Result<(), String> {
        let calls = pattern.calls_per_month.to_f64().unwrap_or(0.0);
        let rows = pattern.rows_per_call.unwrap_or(1.0).max(1.0);
        let mut done: BTreeSet<usize> = BTreeSet::new();
        while done.len() < steps.len() {
            let reads_left =
                (0..steps.len()).any(|i| !done.contains(&i) && steps[i].verb == Verb::Read);
            let mut best: Option<(f64, usize, Option<Way>)> = None;
            for (i, step) in steps.iter().enumerate() {
                if done.contains(&i) || (reads_left && step.verb != Verb::Read) {
                    continue;
                }
                let Some(entity) = workload.entity(step.schema.as_deref(), &step.table) else {
                    return Err(step.table.clone());
                };
                let need = Need::new(entity, step, &done);
                let found = self.way(&need, keys, steps, &done);
                if let Some((rank, way)) = found
                    && best.as_ref().is_none_or(|(least, ..)| rank < *least)
                {
                    best = Some((rank, i, way));
                }
            }
            let Some((_, i, way)) = best else {
                let left = (0..steps.len()).find(|i| !done.contains(i));
                return Err(left.map_or_else(String::new, |i| steps[i].table.clone()));
            };
            if let Some(way) = way {
                let step = &steps[i];
                let entity = workload.entity(step.schema.as_deref(), &step.table);
                let entity = entity.ok_or_else(|| step.table.clone())?;
                let need = Need::new(entity, step, &done);
                self.note(&need, way, calls, rows);
            }
            done.insert(i);
        }
        Ok(())
    }

    /// The best way to a step, and how good it is (less is better); no way is
    /// noted where the table's own key does.
    fn way(
        &self,
        need: &Need<'_>,
        keys: &BTreeMap<TableName, KeySketch>,
        steps: &[Step],
        done: &BTreeSet<usize>,
    ) -> Option<(f64, Option<Way>)> {
        let step = need.step;
        if step.verb == Verb::Insert || handed_over(need, steps, done) {
            return Some((0.0, None));
        }
        let key = keys.get(&need.entity.table)?;
        let finds = |template: &Template| {
            template.parts.iter().all(|part| match part {
                Part::Literal(_) => true,
                Part::Column(column) => need.equal.contains(column.as_str()),
                Part::Hash { .. } | Part::Parent { .. } | Part::Bucket { .. } | Part::Generated => {
                    false
                }
            })
        };
        let narrows = finds(&key.partition) && !key.partition.is_list();
        let sort_known = key.sort.as_ref().is_none_or(&finds);
        if narrows {
            return Some((if sort_known { 1.0 } else { 2.0 }, None));
        }
        // The narrower, the better: a key that is there already first.
        let rows = need.entity.rows.unwrap_or(1.0).max(1.0);
        let known = self.indexes.get(&need.entity.table);
        let sharpest = need.sharpest();
        let matching = sharpest.map(|column| {
            let unique = need.entity.is_unique(&[&column.name]);
            if unique { 1.0 } else { rows / column.distinct.unwrap_or(1.0) }
        });
        let sparse = sparse_index(need);
        if let Some((index, share)) = &sparse
            && matching.is_none_or(|matching| matching > share * rows)
        {
            return Some((3.0 + share * rows, Some(Way::Sparse(index.clone()))));
        }
        if let (Some(column), Some(matching)) = (sharpest, matching) {
            let way = Way::Column(column.name.clone());
            let there = known.is_some_and(|known| known.contains_key(&way));
            return Some((matching + if there { 2.0 } else { 3.0 }, Some(way)));
        }
        let sorted_by = need.sorted_by();
        let stops = step.limit.is_some()
            && step.order_by.first().is_none_or(|order| sorted_by == Some(&order.column))
            && !step.ordered_by_other
            && step.aggregate.is_none();
        let ranged = sorted_by.is_some_and(|column| need.ranges.contains(column));
        let fits = rows * entry_bytes(need) <= PAGE_BYTES;
        (need.entity.rows.is_some() && (stops || ranged || fits)).then(|| {
            let sort = sorted_by.map(str::to_owned);
            // A list that is there in some order serves a read of all of it.
            let any = known.into_iter().flat_map(BTreeMap::keys).find(|way| match way {
                Way::List(column) => !stops && !ranged || *column == sort,
                _ => false,
            });
            (4.0 + rows, Some(any.cloned().unwrap_or(Way::List(sort))))
        })
    }

    fn note(&mut self, need: &Need<'_>, way: Way, calls: f64, rows: f64) {
        let draft =
            self.indexes.entry(need.entity.table.clone()).or_default().entry(way).or_default();
        if let Some(column) = need.sorted_by() {
            *draft.sorts.entry(column.to_owned()).or_default() += calls;
        }
        draft.uses.push(Use { calls, rows: need.rows_read(rows), columns: need.columns() });
    }

    fn count_writes(&mut self, workload: &Workload, pattern: &AccessPattern, steps: &[Step]) {
        let calls = pattern.calls_per_month.to_f64().unwrap_or(0.0);
        let rows = calls * pattern.rows_per_call.unwrap_or(1.0);
        for step in steps {
            let Some(entity) = workload.entity(step.schema.as_deref(), &step.table) else {
                continue;
            };
            let on_conflict = match step.conflict.as_ref().map(|conflict| &conflict.action) {
                Some(ConflictAction::Update(assigned)) => &assigned[..],
                _ => &[],
            };
            let own = if step.verb == Verb::Update { &step.writes[..] } else { &[] };
            let writes = self.writes.entry(entity.table.clone()).or_default();
            for assigned in own.iter().chain(on_conflict) {
                *writes.updated.entry(assigned.column.clone()).or_default() += rows;
            }
        }
    }
}

/// The rows of a write were found by an earlier step of the same statement.
fn handed_over(need: &Need<'_>, steps: &[Step], done: &BTreeSet<usize>) -> bool {
    need.step.verb != Verb::Read
        && need.step.predicates.iter().any(|predicate| {
            use crate::sql::Test;
            let (Test::Equal(value) | Test::AnyOf { values: value, .. }) = &predicate.test else {
                return false;
            };
            matches!(value, Value::Column { step, .. }
                if done.contains(step) && steps[*step].table == need.step.table)
        })
}

/// A partial index of Postgres that holds every row the step asks for, and its
/// share of the rows.
fn sparse_index(need: &Need<'_>) -> Option<(String, f64)> {
    need.entity
        .partial_indexes
        .iter()
        .filter_map(|index| {
            let share = index.share?;
            let columns = index.columns(need.entity);
            let tests = predicate_tests(&index.predicate);
            let serves = !columns.is_empty() && untested(&columns, &tests, need.step).is_none();
            (serves && share < 0.5).then(|| (index.name.clone(), share))
        })
        .min_by(|a, b| a.1.total_cmp(&b.1))
}

/// Bytes of an index entry that holds what the step needs.
fn entry_bytes(need: &Need<'_>) -> f64 {
    let columns = need.columns();
    need.entity
        .attributes
        .iter()
        .filter(|attribute| {
            columns.as_ref().is_none_or(|columns| columns.contains(&attribute.name))
                || need.entity.primary_key.contains(&attribute.name)
        })
        .map(|attribute| {
            attribute.present
                * (crate::workload::name_bytes(&attribute.name) + attribute.bytes.mean())
        })
        .sum::<f64>()
        .max(1.0)
}
