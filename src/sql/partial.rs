//! Which statements an index on part of the rows can serve.

use std::collections::BTreeSet;

use crate::capture::Catalog;

use super::access::{Access, Predicate, Step, Test};
use super::read::read;

/// What the predicate of a partial index tests: it reads like the condition of a
/// statement.
#[must_use]
pub fn predicate_tests(predicate: &str) -> Vec<Predicate> {
    let statement = format!("SELECT 1 FROM t WHERE {predicate}");
    match read(&statement, &Catalog::default()) {
        Access::Data(steps) => steps.into_iter().next().map(|step| step.predicates),
        _ => None,
    }
    .unwrap_or_default()
}

/// A column of a partial index's predicate that the statement does not restrict
/// in the same form. Values are not in the texts: that they are the same is
/// taken from the form.
#[must_use]
pub fn untested<'c>(
    columns: &'c BTreeSet<String>,
    tests: &[Predicate],
    step: &Step,
) -> Option<&'c String> {
    columns.iter().find(|column| {
        let mut own = step.predicates.iter().filter(|one| one.column == **column).peekable();
        let of_index: Vec<&Test> =
            tests.iter().filter(|one| one.column == **column).map(|one| &one.test).collect();
        if of_index.is_empty() {
            // The predicate is not understood: that the column is tested must do.
            return own.peek().is_none();
        }
        let own: Vec<&Test> = own.map(|one| &one.test).collect();
        !of_index.iter().all(|test| own.iter().any(|own| implies(own, test)))
    })
}

/// Whether rows that pass `own` are taken to pass `index`.
fn implies(own: &Test, index: &Test) -> bool {
    match (own, index) {
        (Test::Equal(_), Test::Equal(_)) | (Test::IsNull, Test::IsNull) => true,
        (Test::AnyOf { count: own, .. }, Test::AnyOf { count: index, .. }) => {
            own.is_none() || own == index
        }
        // A comparison is never true of NULL.
        (
            Test::Equal(_)
            | Test::AnyOf { .. }
            | Test::Range { .. }
            | Test::Prefix
            | Test::IsNotNull,
            Test::IsNotNull,
        ) => true,
        (Test::Range { lower: a, upper: b }, Test::Range { lower: c, upper: d }) => {
            a.is_some() == c.is_some() && b.is_some() == d.is_some()
        }
        _ => false,
    }
}
