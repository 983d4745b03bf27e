//! Collecting the steps of a statement.
//!
//! The parts of a statement are read by the files beside this one; each adds
//! its methods to [`Builder`].

use std::collections::{BTreeMap, BTreeSet};

use sqlparser::ast::{Ident, ObjectName, Statement};

use crate::capture::Catalog;

use super::access::{Aggregate, Columns, Predicate, Step, Test, Value, Verb};
use super::scope::{Output, Place};

/// How many tables, subqueries and functions a statement may have in FROM, each
/// counted as often as it stands there: planning compares each with each, and no
/// application writes as many.
const SOURCES_MAX: usize = 200;
/// How many columns a query may put out: Postgres takes no more
/// (`MaxTupleAttributeNumber`).
const COLUMNS_MAX: usize = 1664;
/// How many tables and columns all uses of CTEs and subqueries may come to: a
/// CTE used twice within the next one doubles with each.
const EXPANDED_MAX: usize = 100_000;

/// A statement taken apart.
pub struct Built {
    /// The steps.
    pub steps: Vec<Step>,
    /// Functions called that are not known to be harmless, in order.
    pub calls: Vec<String>,
}

/// Collects the steps of one statement.
pub struct Builder<'c> {
    pub(super) catalog: &'c Catalog,
    pub(super) steps: Vec<Step>,
    /// The steps in the order in which they are put out: a write stands behind
    /// the reads of its condition.
    pub(super) order: Vec<usize>,
    pub(super) calls: Vec<String>,
    /// CTEs in scope, the latest last.
    pub(super) ctes: Vec<(String, Output)>,
    /// How often each word stands in the text without a column after it: a CTE
    /// that is used twice must not be narrowed for one of its uses.
    pub(super) words: BTreeMap<String, usize>,
    /// Steps all of whose rows count, whatever the condition being read says:
    /// those outside of a subquery whose result is merely computed, and the
    /// preserved side of an outer join.
    pub(super) kept: BTreeSet<usize>,
    /// Steps whose rows are limited, grouped or used more than once: conditions
    /// of a query around them come too late to narrow them.
    pub(super) sealed: BTreeSet<usize>,
    /// How often a column was found to be needed.
    pub(super) needs: usize,
    /// RETURNING is being read: columns of the written row are needed too.
    pub(super) returning: bool,
    refused: Option<String>,
    /// Sources in FROM so far; see [`SOURCES_MAX`].
    sources: usize,
    /// Tables and columns taken over so far; see [`EXPANDED_MAX`].
    expanded: usize,
}

impl<'c> Builder<'c> {
    /// Nothing yet.
    pub fn new(catalog: &'c Catalog, words: BTreeMap<String, usize>) -> Self {
        Self {
            catalog,
            steps: Vec::new(),
            order: Vec::new(),
            calls: Vec::new(),
            ctes: Vec::new(),
            words,
            kept: BTreeSet::new(),
            sealed: BTreeSet::new(),
            needs: 0,
            returning: false,
            refused: None,
            sources: 0,
            expanded: 0,
        }
    }

    /// Reads a whole statement.
    ///
    /// # Errors
    /// Why it is given up on: one construct that is not understood makes the
    /// whole unreliable.
    pub fn build(mut self, statement: &Statement) -> Result<Built, String> {
        match statement {
            Statement::Query(query) => {
                let output = self.query(query, None);
                self.need_output(&output);
            }
            other => {
                self.write(other, None);
            }
        }
        match self.refused.take() {
            Some(why) => Err(why),
            None => Ok(self.finish()),
        }
    }

    /// Puts the steps in order and numbers them anew.
    fn finish(mut self) -> Built {
        self.settle_known_rows();
        let mut position = vec![0; self.steps.len()];
        for (new, old) in self.order.iter().enumerate() {
            position[*old] = new;
        }
        let renumber = |value: &mut Value| {
            if let Value::Column { step, .. } = value {
                *step = position[*step];
            }
        };
        for step in &mut self.steps {
            step.writes.iter_mut().for_each(|one| renumber(&mut one.value));
            for Predicate { test, .. } in &mut step.predicates {
                match test {
                    Test::Equal(value) | Test::AnyOf { values: value, .. } => renumber(value),
                    Test::Range { lower, upper } => {
                        lower.iter_mut().chain(upper).for_each(renumber);
                    }
                    Test::Prefix | Test::IsNull | Test::IsNotNull | Test::Filter => {}
                }
            }
        }
        let mut steps: Vec<(usize, Step)> = position.into_iter().zip(self.steps).collect();
        steps.sort_by_key(|(new, _)| *new);
        Built { steps: steps.into_iter().map(|(_, step)| step).collect(), calls: self.calls }
    }

    /// A read that asks for a column of the row being written cannot come after
    /// the write; where the statement names that row by the same column, the
    /// value is known beforehand.
    fn settle_known_rows(&mut self) {
        let mut given: BTreeSet<Place> = BTreeSet::new();
        for (step, written) in self.steps.iter().enumerate() {
            for Predicate { column, test } in &written.predicates {
                if written.verb != Verb::Read && *test == Test::Equal(Value::Given) {
                    given.insert(Place { step, column: column.clone() });
                }
            }
        }
        for read in self.steps.iter_mut().filter(|step| step.verb == Verb::Read) {
            for Predicate { test, .. } in &mut read.predicates {
                if let Test::Equal(value) = test
                    && let Value::Column { step, column } = value
                    && given.contains(&Place { step: *step, column: column.clone() })
                {
                    *value = Value::Given;
                }
            }
        }
    }

    /// Gives the statement up; the first reason stays.
    pub(super) fn refuse(&mut self, why: impl Into<String>) {
        self.refused.get_or_insert(why.into());
    }

    /// Counts one more source in FROM; false if it is one too many, and nothing
    /// in FROM is read any more.
    pub(super) fn may_add_source(&mut self) -> bool {
        self.sources += 1;
        if self.sources > SOURCES_MAX {
            self.refuse(format!("it reads from more than {SOURCES_MAX} tables and subqueries"));
        }
        self.refused.is_none()
    }

    /// Whether a query may put out, or be ordered or grouped by, that many
    /// columns: Postgres carries all of them in its rows.
    pub(super) fn may_put_out(&mut self, columns: usize) -> bool {
        if columns > COLUMNS_MAX {
            self.refuse(format!("it puts out more than {COLUMNS_MAX} columns, Postgres's limit"));
        }
        columns <= COLUMNS_MAX
    }

    /// Counts tables and columns that a query takes over from another; false if
    /// they are too many, and must not be taken over.
    pub(super) fn may_expand(&mut self, size: usize) -> bool {
        self.expanded = self.expanded.saturating_add(size);
        let may = self.expanded <= EXPANDED_MAX;
        if !may {
            self.refuse(format!(
                "its subqueries, written out, name more than {EXPANDED_MAX} tables and columns"
            ));
        }
        may
    }

    /// Adds an empty step; a write enters the order when it is complete.
    pub(super) fn step(&mut self, verb: Verb, name: &ObjectName, alias: Option<&Ident>) -> usize {
        let table = last_name(name);
        let index = self.steps.len();
        self.steps.push(Step {
            verb,
            schema: schema_of(name),
            alias: alias.map_or_else(|| table.clone(), fold),
            table,
            predicates: Vec::new(),
            residual: Vec::new(),
            reads: Columns::none(),
            writes: Vec::new(),
            order_by: Vec::new(),
            ordered_by_other: false,
            limit: None,
            offset: false,
            aggregate: None,
            locking: None,
            conflict: None,
            rows_inserted: None,
            outer: false,
        });
        if verb == Verb::Read {
            self.order.push(index);
        }
        index
    }

    /// Notes that a column's value is needed. The row that a statement writes is
    /// at hand where it is written: only RETURNING needs its columns.
    pub(super) fn need(&mut self, place: &Place) {
        self.needs += 1;
        if self.returning || self.steps[place.step].verb == Verb::Read {
            self.return_column(place);
        }
    }

    pub(super) fn need_all<'p>(&mut self, places: impl IntoIterator<Item = &'p Place>) {
        for place in places {
            self.need(place);
        }
    }

    /// Everything that a query puts out is wanted.
    pub(super) fn need_output(&mut self, output: &Output) {
        for &step in &output.whole {
            self.steps[step].reads = Columns::All;
        }
        for (_, origin) in &output.columns {
            if let super::scope::Origin::Columns(places) = origin {
                for place in places {
                    self.return_column(place);
                }
            }
        }
    }

    fn return_column(&mut self, place: &Place) {
        if let Columns::Some(columns) = &mut self.steps[place.step].reads {
            columns.insert(place.column.clone());
        }
    }

    /// Whether a condition may narrow the rows of a step.
    pub(super) fn narrows(&self, step: usize) -> bool {
        !self.kept.contains(&step) && !self.sealed.contains(&step)
    }

    /// Runs `inside` with more steps whose rows all count.
    pub(super) fn keeping<T>(
        &mut self,
        steps: impl IntoIterator<Item = usize>,
        inside: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let before = self.kept.clone();
        self.kept.extend(steps);
        let result = inside(self);
        self.kept = before;
        result
    }

    /// Runs `inside` so that no condition in it narrows any step there is now.
    pub(super) fn apart<T>(&mut self, inside: impl FnOnce(&mut Self) -> T) -> T {
        self.keeping(0..self.steps.len(), inside)
    }

    /// The aggregate of a step, made if it has none.
    pub(super) fn aggregate_of(&mut self, step: usize) -> &mut Aggregate {
        self.steps[step].aggregate.get_or_insert_with(Aggregate::default)
    }
}

/// An identifier as Postgres folds it.
pub(super) fn fold(ident: &Ident) -> String {
    if ident.quote_style.is_some() { ident.value.clone() } else { ident.value.to_lowercase() }
}

/// The last part of a name.
pub(super) fn last_name(name: &ObjectName) -> String {
    name.0.last().and_then(|part| part.as_ident()).map(fold).unwrap_or_default()
}

/// The part before the last.
pub(super) fn schema_of(name: &ObjectName) -> Option<String> {
    name.0.len().checked_sub(2).and_then(|at| name.0[at].as_ident()).map(fold)
}
