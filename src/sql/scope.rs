//! Names in a statement: which step or subquery a column belongs to.

use std::collections::BTreeMap;

use crate::capture::Catalog;

use super::access::Step;

/// A column of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Index of the step.
    pub step: usize,
    /// The column.
    pub column: String,
}

/// Something in FROM.
#[derive(Clone, Debug)]
pub enum Source {
    /// A table.
    Step(usize),
    /// A subquery or a CTE: its output columns, and where each comes from
    /// (`None` for an expression).
    Derived(Derived),
}

/// The output of a query.
#[derive(Clone, Debug, Default)]
pub struct Derived {
    /// Output columns by name.
    pub columns: BTreeMap<String, Option<Place>>,
    /// The output columns in order.
    pub ordered: Vec<Option<Place>>,
    /// Steps whose every column is put out (`SELECT *`).
    pub whole: Vec<usize>,
}

/// The names visible in one SELECT, and in those around it.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Sources by alias, in order.
    pub sources: Vec<(String, Source)>,
    /// The scope around it, for correlated subqueries.
    pub outer: Option<Box<Scope>>,
}

/// What a name turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    /// A column of a step.
    Column(Place),
    /// An output column of a subquery that is an expression, or a function's
    /// row.
    Computed,
    /// Nothing known.
    Unknown,
}

impl Scope {
    /// Looks a column up, by its qualifier if it has one.
    pub fn find(
        &self,
        qualifier: Option<&str>,
        column: &str,
        steps: &[Step],
        catalog: &Catalog,
    ) -> Name {
        let here = self.find_here(qualifier, column, steps, catalog);
        match (&here, &self.outer) {
            (Name::Unknown, Some(outer)) => outer.find(qualifier, column, steps, catalog),
            _ => here,
        }
    }

    fn find_here(
        &self,
        qualifier: Option<&str>,
        column: &str,
        steps: &[Step],
        catalog: &Catalog,
    ) -> Name {
        let candidates: Vec<&Source> = self
            .sources
            .iter()
            .filter(|(alias, _)| qualifier.is_none_or(|qualifier| qualifier == alias))
            .map(|(_, source)| source)
            .collect();
        let mut unknown_tables = Vec::new();
        for source in &candidates {
            match source {
                Source::Step(step) => match has_column(&steps[*step], column, catalog) {
                    Some(true) => return column_of(*step, column),
                    Some(false) => {}
                    None => unknown_tables.push(*step),
                },
                Source::Derived(derived) => {
                    match derived.columns.get(column) {
                        Some(Some(place)) => return Name::Column(place.clone()),
                        Some(None) => return Name::Computed,
                        None => {}
                    }
                    for &step in &derived.whole {
                        match has_column(&steps[step], column, catalog) {
                            Some(true) => return column_of(step, column),
                            Some(false) => {}
                            None => unknown_tables.push(step),
                        }
                    }
                }
            }
        }
        // A table that the catalog does not know may have any column.
        match unknown_tables[..] {
            [step] => column_of(step, column),
            [] if candidates.len() == 1 && qualifier.is_some() => Name::Computed,
            _ => Name::Unknown,
        }
    }
}

fn column_of(step: usize, column: &str) -> Name {
    Name::Column(Place { step, column: column.to_owned() })
}

/// Whether the step's table has the column; `None` if the table is not in the
/// catalog.
fn has_column(step: &Step, column: &str, catalog: &Catalog) -> Option<bool> {
    let table = catalog.find(step.schema.as_deref(), &step.table)?;
    Some(table.column(column).is_some())
}
