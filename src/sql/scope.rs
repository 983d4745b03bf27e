//! Names in a statement: which step or subquery a column belongs to.

use crate::capture::Catalog;

use super::access::Step;

/// A column of a step.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Index of the step.
    pub step: usize,
    /// The column.
    pub column: String,
}

/// Where the values of an output column come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Columns of steps, as they are: one, or one of each arm of a UNION.
    Columns(Vec<Place>),
    /// Values of the caller: rows of `VALUES` or of an array, as many as the
    /// text shows.
    Listed(Option<u64>),
    /// A single value of the caller.
    Given,
    /// An expression over columns.
    Computed,
}

impl Origin {
    /// How many columns of steps it names, at least one.
    pub fn size(&self) -> usize {
        match self {
            Self::Columns(places) => places.len().max(1),
            Self::Listed(_) | Self::Given | Self::Computed => 1,
        }
    }
}

/// What a query puts out.
#[derive(Clone, Debug, Default)]
pub struct Output {
    /// The columns in order, by name.
    pub columns: Vec<(String, Origin)>,
    /// Steps whose every column is put out (`SELECT *`).
    pub whole: Vec<usize>,
    /// The steps of its FROM, from which its rows are made.
    pub steps: Vec<usize>,
    /// What any other column name stands for: the rows of a function have
    /// columns that the text does not list.
    pub unlisted: Option<Origin>,
}

impl Output {
    /// The only column, or the first, if it is known.
    pub fn first(&self) -> Option<&Origin> {
        self.columns.first().map(|(_, origin)| origin)
    }

    /// How many tables and columns it names: what copying it costs.
    pub fn size(&self) -> usize {
        let columns = self.columns.iter().map(|(_, origin)| origin.size());
        columns.sum::<usize>() + self.whole.len() + self.steps.len()
    }

    /// The same with its columns named anew by an alias.
    pub fn renamed(mut self, names: Vec<String>) -> Self {
        if let (true, Some(origin)) = (self.columns.is_empty(), &self.unlisted) {
            self.columns = names.into_iter().map(|name| (name, origin.clone())).collect();
            return self;
        }
        for (column, name) in self.columns.iter_mut().zip(names) {
            column.0 = name;
        }
        self
    }
}

/// Something in FROM.
#[derive(Clone, Debug)]
pub enum Source {
    /// A table.
    Step(usize),
    /// A subquery, a CTE, `VALUES` or a function.
    Rows(Output),
}

impl Source {
    /// The steps it is made from.
    pub fn steps(&self) -> &[usize] {
        match self {
            Self::Step(step) => std::slice::from_ref(step),
            Self::Rows(output) => &output.steps,
        }
    }
}

/// The names visible in one SELECT, and in those around it.
#[derive(Clone, Debug, Default)]
pub struct Scope<'o> {
    /// Sources by alias, in order.
    pub sources: Vec<(String, Source)>,
    /// The scope around it, for correlated subqueries.
    pub outer: Option<&'o Scope<'o>>,
}

/// What a name turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    /// A column of something in FROM.
    Column(Origin),
    /// The whole row of these steps, as in `to_json(t)`.
    Row(Vec<usize>),
    /// It cannot be told which table has the column; the sentence says why.
    Unknown(String),
}

/// Columns that every table has beside its own.
const SYSTEM_COLUMNS: [&str; 6] = ["ctid", "tableoid", "xmin", "xmax", "cmin", "cmax"];

impl Scope<'_> {
    /// Looks a column up, by its qualifier if it has one.
    pub fn find(
        &self,
        qualifier: Option<&str>,
        column: &str,
        steps: &[Step],
        catalog: &Catalog,
    ) -> Name {
        let found = match qualifier {
            Some(qualifier) => self.qualified(qualifier, column, steps, catalog),
            None => self
                .known(column, steps, catalog)
                .or_else(|| self.likely(column, steps, catalog))
                .or_else(|| self.leftover(column)),
        };
        found.unwrap_or_else(|| match qualifier {
            Some(qualifier) => Name::Unknown(format!(
                "nothing in its FROM is called {qualifier} with a column {column}"
            )),
            None => Name::Unknown(format!("no table in its FROM has a column {column}")),
        })
    }

    /// This scope and those around it, from the inside out.
    fn outward(&self) -> impl Iterator<Item = &Scope<'_>> {
        let mut next = Some(self);
        std::iter::from_fn(move || {
            let this = next?;
            next = this.outer;
            Some(this)
        })
    }

    fn qualified(
        &self,
        qualifier: &str,
        column: &str,
        steps: &[Step],
        catalog: &Catalog,
    ) -> Option<Name> {
        let source = self
            .outward()
            .flat_map(|scope| &scope.sources)
            .find(|(alias, _)| alias == qualifier)
            .map(|(_, source)| source)?;
        match source {
            // The text is believed: the catalog may be younger.
            Source::Step(step) => Some(column_of(*step, column)),
            Source::Rows(output) => {
                let listed = in_output(output, column, steps, catalog);
                listed.or_else(|| output.unlisted.clone()).map(Name::Column).or_else(|| {
                    let step = output.whole.first().filter(|_| output.whole.len() == 1)?;
                    Some(column_of(*step, column))
                })
            }
        }
    }

    /// A source that surely has the column.
    fn known(&self, column: &str, steps: &[Step], catalog: &Catalog) -> Option<Name> {
        self.outward().find_map(|scope| scope.known_here(column, steps, catalog))
    }

    /// A source of this very scope that surely has the column.
    pub fn known_here(&self, column: &str, steps: &[Step], catalog: &Catalog) -> Option<Name> {
        self.sources.iter().find_map(|(_, source)| match source {
            Source::Step(step) => (has_column(&steps[*step], column, catalog) == Some(true))
                .then(|| column_of(*step, column)),
            Source::Rows(output) => in_output(output, column, steps, catalog).map(Name::Column),
        })
    }

    /// The only table of the innermost scope that the catalog does not know.
    fn likely(&self, column: &str, steps: &[Step], catalog: &Catalog) -> Option<Name> {
        self.outward().find_map(|scope| {
            let mut unknown: Vec<usize> = Vec::new();
            for (alias, source) in &scope.sources {
                let candidates = match source {
                    Source::Step(step) => {
                        if alias == column && steps[*step].table != column {
                            return Some(Name::Row(vec![*step]));
                        }
                        std::slice::from_ref(step)
                    }
                    Source::Rows(output) => &output.whole[..],
                };
                unknown.extend(
                    candidates
                        .iter()
                        .filter(|step| has_column(&steps[**step], column, catalog).is_none()),
                );
            }
            match unknown[..] {
                [] => None,
                [step] => Some(column_of(step, column)),
                [..] => {
                    let tables: Vec<&str> =
                        unknown.iter().map(|step| steps[*step].table.as_str()).collect();
                    Some(Name::Unknown(format!(
                        "it cannot be told which table column {column} belongs to: the catalog \
                         lacks {}",
                        tables.join(" and ")
                    )))
                }
            }
        })
    }

    /// A whole row, a column of a function's rows, a system column, or a column
    /// that the catalog does not have (yet).
    fn leftover(&self, column: &str) -> Option<Name> {
        self.outward().find_map(|scope| {
            let row = scope.sources.iter().find(|(alias, _)| alias == column);
            let unlisted = scope.sources.iter().find_map(|(_, source)| match source {
                Source::Rows(output) => output.unlisted.clone(),
                Source::Step(_) => None,
            });
            let tables: Vec<usize> = scope
                .sources
                .iter()
                .filter_map(|(_, source)| match source {
                    Source::Step(step) => Some(*step),
                    Source::Rows(_) => None,
                })
                .collect();
            match row {
                Some((_, Source::Rows(Output { unlisted: Some(origin), .. }))) => {
                    return Some(Name::Column(origin.clone()));
                }
                Some((_, source)) => return Some(Name::Row(source.steps().to_vec())),
                None => {}
            }
            if let Some(origin) = unlisted {
                return Some(Name::Column(origin));
            }
            match tables[..] {
                [step] => Some(column_of(step, column)),
                [first, ..] if SYSTEM_COLUMNS.contains(&column) => Some(column_of(first, column)),
                _ => None,
            }
        })
    }
}

fn column_of(step: usize, column: &str) -> Name {
    Name::Column(Origin::Columns(vec![Place { step, column: column.to_owned() }]))
}

/// Whether a step's table has the column; `None` if the catalog lacks the
/// table.
fn has_column(step: &Step, column: &str, catalog: &Catalog) -> Option<bool> {
    catalog.find(step.schema.as_deref(), &step.table).map(|table| table.column(column).is_some())
}

fn in_output(output: &Output, column: &str, steps: &[Step], catalog: &Catalog) -> Option<Origin> {
    if let Some((_, origin)) = output.columns.iter().find(|(name, _)| name == column) {
        return Some(origin.clone());
    }
    let step = output
        .whole
        .iter()
        .find(|step| has_column(&steps[**step], column, catalog) == Some(true))?;
    Some(Origin::Columns(vec![Place { step: *step, column: column.to_owned() }]))
}
