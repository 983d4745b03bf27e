//! What a step of a statement can be found by.

use std::collections::{BTreeMap, BTreeSet};

use crate::sql::{Columns, Step, Test, Value, Verb};
use crate::workload::{Attribute, Entity};

/// What is known when a step runs, and what it asks for.
pub(super) struct Need<'w> {
    /// The table.
    pub entity: &'w Entity,
    /// The step.
    pub step: &'w Step,
    /// Columns with known values.
    pub equal: BTreeSet<&'w str>,
    /// Columns with a range.
    pub ranges: BTreeSet<&'w str>,
}

impl<'w> Need<'w> {
    /// A step, after others have been done.
    pub(super) fn new(entity: &'w Entity, step: &'w Step, done: &BTreeSet<usize>) -> Self {
        let given = |value: &Value| match value {
            Value::Given => true,
            Value::Column { step, .. } => done.contains(step),
            Value::Computed => false,
        };
        let mut equal = BTreeSet::new();
        let mut ranges = BTreeSet::new();
        for predicate in &step.predicates {
            match &predicate.test {
                Test::Equal(value) | Test::AnyOf { values: value, .. } if given(value) => {
                    equal.insert(predicate.column.as_str());
                }
                Test::Range { lower, upper } if lower.iter().chain(upper).all(given) => {
                    ranges.insert(predicate.column.as_str());
                }
                _ => {}
            }
        }
        Self { entity, step, equal, ranges }
    }

    /// The known column that narrows most; it must make a key.
    pub(super) fn sharpest(&self) -> Option<&'w Attribute> {
        let mut best: Option<(&Attribute, f64)> = None;
        for column in &self.equal {
            let Some(attribute) = self.entity.attribute(column) else { continue };
            let distinct = distinct(self.entity, attribute);
            if can_be_key(attribute) && best.is_none_or(|(_, most)| distinct > most) {
                best = Some((attribute, distinct));
            }
        }
        best.map(|(attribute, _)| attribute)
    }

    /// The column by which a page or a range is read, if every row has it.
    pub(super) fn sorted_by(&self) -> Option<&'w str> {
        let ordered = self.step.order_by.iter().map(|order| order.column.as_str());
        let first_open = ordered.filter(|column| !self.equal.contains(column)).take(1);
        let pages = self.step.limit.is_some() && !self.step.ordered_by_other;
        let (before, after): (Vec<&str>, Vec<&str>) = if pages {
            (first_open.collect(), Vec::new())
        } else {
            (Vec::new(), first_open.collect())
        };
        before
            .into_iter()
            .chain(self.ranges.iter().copied())
            .chain(after)
            .find(|column| self.can_sort(column))
    }

    /// Rows that are read per call where `returned` are returned: to compute over
    /// rows, all that match are needed.
    pub(super) fn rows_read(&self, returned: f64) -> f64 {
        if self.step.aggregate.as_ref().is_none_or(|aggregate| aggregate.exists) {
            return returned;
        }
        let rows = self.entity.rows.unwrap_or(1.0).max(1.0);
        let matching = self.sharpest().map_or(rows, |column| rows / distinct(self.entity, column));
        matching.max(returned)
    }

    /// Whether a key sorted by that column holds every row.
    fn can_sort(&self, column: &str) -> bool {
        self.entity.attribute(column).is_some_and(|attribute| {
            can_be_key(attribute)
                && attribute.type_name != "boolean"
                && (attribute.present >= 1.0 || self.ranges.contains(column))
        })
    }

    /// The columns that must be at hand once an index entry has been found: what
    /// is read and what is tested; `None` is all of them.
    pub(super) fn columns(&self) -> Option<BTreeSet<String>> {
        let writes = self.step.verb != Verb::Read;
        let mut columns = match &self.step.reads {
            _ if writes => BTreeSet::new(),
            Columns::All => return None,
            Columns::Some(columns) => columns.clone(),
        };
        columns.extend(self.step.predicates.iter().map(|predicate| predicate.column.clone()));
        columns.extend(self.step.residual.iter().flat_map(|one| one.columns.iter().cloned()));
        Some(columns)
    }
}

/// Distinct values of a column; unique ones as many as there are rows.
fn distinct(entity: &Entity, attribute: &Attribute) -> f64 {
    let rows = entity.rows.unwrap_or(1.0).max(1.0);
    if entity.is_unique(&[&attribute.name]) {
        return rows;
    }
    attribute.distinct.unwrap_or(1.0)
}

/// A key is text, a number or bytes, and short; a truth value becomes text.
pub(super) fn can_be_key(attribute: &Attribute) -> bool {
    const KEY_BYTES_MAX: f64 = 1024.0;
    let name = attribute.type_name.as_str();
    let no_key = name.ends_with("[]") || matches!(name, "json" | "jsonb" | "xml" | "tsvector");
    !no_key && attribute.bytes.mean() < KEY_BYTES_MAX / 2.0
}

/// Rows per month that each table gets and loses, and updates of its columns.
#[derive(Clone, Debug, Default)]
pub(super) struct Writes {
    /// Rows inserted and deleted a month.
    pub born_and_dead: f64,
    /// Rows updated a month, by column.
    pub updated: BTreeMap<String, f64>,
}
