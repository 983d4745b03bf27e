use std::ops::RangeInclusive;

use crate::finding::{Diagnostic, Origin, Sourced};
use crate::written::{Section, Written};

/// One line of the assumptions table: a value that was not measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// A stable name, as in `plan.toml`.
    pub id: String,
    /// What it means.
    pub what: String,
    /// The value with its unit.
    pub value: String,
    /// Where it comes from.
    pub origin: Origin,
    /// The plan says it is not measured.
    pub assumed: bool,
}

/// Takes values one by one and writes down what each assumes.
pub(super) struct Taker {
    assumed: Vec<Written<String>>,
    pub(super) assumptions: Vec<Assumption>,
}

impl Taker {
    pub(super) fn new(root: &Section<'_, '_>) -> Self {
        Self { assumed: root.texts("assumed").unwrap_or_default(), assumptions: Vec::new() }
    }

    /// The written value or the default, noted down.
    pub(super) fn note<T: Clone>(
        &mut self,
        id: &str,
        what: &str,
        written: Option<Written<T>>,
        default: T,
        show: impl Fn(&T) -> String,
    ) -> Sourced<T> {
        let sourced = match written {
            Some(written) => Sourced { value: written.value, origin: Origin::File(written.place) },
            None => Sourced::default(default),
        };
        self.list(id, what, show(&sourced.value), sourced.origin.clone());
        sourced
    }

    /// A number of a section, or its default, noted down with its unit.
    pub(super) fn number(
        &mut self,
        section: &Section<'_, '_>,
        key: &str,
        what: &str,
        range: RangeInclusive<f64>,
        default: f64,
        unit: &str,
    ) -> Sourced<f64> {
        self.note(
            &format!("{}.{key}", section.name()),
            what,
            section.number_in(key, range, what),
            default,
            |value| format!("{value}{unit}"),
        )
    }

    /// A value that has no default, noted down where it is written.
    pub(super) fn note_written<T>(
        &mut self,
        id: &str,
        what: &str,
        written: &Written<T>,
        show: impl Fn(&T) -> String,
    ) {
        self.list(id, what, show(&written.value), Origin::File(written.place.clone()));
    }

    fn list(&mut self, id: &str, what: &str, value: String, origin: Origin) {
        self.assumptions.push(Assumption {
            id: id.to_owned(),
            what: what.to_owned(),
            value,
            assumed: origin == Origin::Default || self.assumed.iter().any(|name| name.value == id),
            origin,
        });
    }

    pub(super) fn check_assumed(&self, root: &Section<'_, '_>) {
        for name in &self.assumed {
            if !self.assumptions.iter().any(|assumption| assumption.id == name.value) {
                let known: Vec<&str> = self.assumptions.iter().map(|a| a.id.as_str()).collect();
                root.fault(
                    Diagnostic::new(format!("\"{}\" is not a setting", name.value))
                        .at(name.place.clone())
                        .mend(format!("the settings are: {}", known.join(", "))),
                );
            }
        }
    }
}
