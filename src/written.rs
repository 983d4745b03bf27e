//! Reading the TOML files that people write, with every fault found at once.
//!
//! A derive-based reader stops at its first error. Here a file is walked as a
//! tree of values with positions: each stage takes the keys it knows, and
//! whatever is wrong, missing or left over becomes a [`Diagnostic`] with its
//! line and column.

mod names;
mod nearest;
mod ranges;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use rust_decimal::Decimal;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use crate::finding::{Diagnostic, Diagnostics, Place};

pub use names::{quoted_part, split_last_dot, split_name, unquoted};
pub use nearest::nearest;

/// A TOML file: its name for messages and its text.
pub struct Document<'t> {
    file: &'t str,
    text: &'t str,
    faults: RefCell<Diagnostics>,
    /// The offset whose place was asked for last, and its line and column.
    last: Cell<(usize, usize, usize)>,
}

impl<'t> Document<'t> {
    /// A file that has been read.
    #[must_use]
    pub const fn new(file: &'t str, text: &'t str) -> Self {
        let faults = RefCell::new(Diagnostics(Vec::new()));
        Self { file, text, faults, last: Cell::new((0, 1, 1)) }
    }

    /// Parses the text and lets `read` take it apart; keys that nobody took are
    /// faults too.
    ///
    /// # Errors
    /// All faults of syntax, or all faults that `read` found.
    pub fn read<T>(
        self,
        read: impl FnOnce(&Section<'_, 't>) -> Option<T>,
    ) -> Result<T, Diagnostics> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        if !errors.is_empty() {
            let faults = errors.iter().map(|error| {
                let span = error.span().unwrap_or_default();
                let mut what = error.message().replace('\n', ", ");
                // What the parser does not name is named by its own text.
                let text = self.text.get(span.clone()).unwrap_or_default();
                if !text.trim().is_empty() && !text.contains('\n') {
                    what.push_str(&format!(": {text}"));
                }
                Diagnostic::new(what).at(self.place(span.start))
            });
            return Err(Diagnostics(faults.collect()));
        }
        let root = Section {
            document: &self,
            table: Some(table.get_ref()),
            name: String::new(),
            offset: 0,
            taken: RefCell::default(),
        };
        let value = read(&root);
        root.report_left_over();
        let faults = self.faults.into_inner();
        match value {
            Some(value) => faults.finish(value),
            None if faults.0.is_empty() => {
                Err(Diagnostic::new("this file lacks something required").into())
            }
            None => Err(faults),
        }
    }

    /// Counted on from the last one: each from the start is the square of a file.
    fn place(&self, offset: usize) -> Place {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let (at, line, column) =
            Some(self.last.get()).filter(|last| last.0 <= offset).unwrap_or((0, 1, 1));
        let passed = &self.text[at..offset];
        let line = line + passed.matches('\n').count();
        let column = match passed.rfind('\n') {
            Some(end) => passed[end..].chars().count(),
            None => column + passed.chars().count(),
        };
        self.last.set((offset, line, column));
        Place::at(self.file, line, column)
    }
}

/// A value with the place it stands at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written<T> {
    /// The value.
    pub value: T,
    /// Where it is written.
    pub place: Place,
}

/// A table of a TOML file.
pub struct Section<'d, 't> {
    document: &'d Document<'t>,
    /// `None` is a section that the file does not have: every key is absent.
    table: Option<&'d DeTable<'t>>,
    name: String,
    offset: usize,
    taken: RefCell<BTreeSet<String>>,
}

impl<'d, 't> Section<'d, 't> {
    /// Where the section begins.
    #[must_use]
    pub fn place(&self) -> Place {
        self.document.place(self.offset)
    }

    /// The dotted name of the section; empty for the file as a whole.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Notes a fault.
    pub fn fault(&self, diagnostic: Diagnostic) {
        self.document.faults.borrow_mut().push(diagnostic);
    }

    /// Whether the key is there; does not take it.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.table.is_some_and(|table| table.contains_key(key))
    }

    /// The keys in order of writing, for sections whose keys are names.
    #[must_use]
    pub fn keys(&self) -> Vec<Written<String>> {
        self.entries()
            .map(|(key, _)| Written {
                value: key.get_ref().to_string(),
                place: self.document.place(key.span().start),
            })
            .collect()
    }

    /// A string.
    pub fn text(&self, key: &str) -> Option<Written<String>> {
        self.take(key, "a text in quotes", |value| value.as_str().map(str::to_owned))
    }

    /// A string that must be there.
    pub fn required_text(&self, key: &str) -> Option<Written<String>> {
        self.require(key, "a text in quotes").then(|| self.text(key)).flatten()
    }

    /// `true` or `false`.
    pub fn flag(&self, key: &str) -> Option<Written<bool>> {
        self.take(key, "true or false", DeValue::as_bool)
    }

    /// A number, whole or not.
    pub fn number(&self, key: &str) -> Option<Written<f64>> {
        self.take(key, "a number", as_f64)
    }

    /// A whole number, not negative.
    pub fn whole(&self, key: &str) -> Option<Written<u64>> {
        self.take(key, "a whole number from 0 on", as_u64)
    }

    /// An exact decimal: a number, or a text such as `"0.625"`.
    pub fn decimal(&self, key: &str) -> Option<Written<Decimal>> {
        self.take(key, "a decimal number", |value| match value {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse().ok(),
            DeValue::Float(number) => number.as_str().replace('_', "").parse().ok(),
            DeValue::String(text) => text.parse().ok(),
            _ => None,
        })
    }

    /// A list of strings.
    pub fn texts(&self, key: &str) -> Option<Vec<Written<String>>> {
        self.list(key, "a list of texts", |value| value.as_str().map(str::to_owned))
    }

    /// A list of numbers.
    pub fn numbers(&self, key: &str) -> Option<Vec<Written<f64>>> {
        self.list(key, "a list of numbers", as_f64)
    }

    /// A string that must be one of `words`; gives its position among them.
    pub fn word(&self, key: &str, words: &[&str]) -> Option<Written<usize>> {
        let word = self.text(key)?;
        if let Some(value) = words.iter().position(|known| *known == word.value) {
            return Some(Written { value, place: word.place });
        }
        self.fault(
            Diagnostic::new(format!("{} = \"{}\" is not known", self.key_name(key), word.value))
                .at(word.place)
                .mend(format!("write one of: {}", words.join(", "))),
        );
        None
    }

    /// A subsection `[name.key]`.
    pub fn section(&self, key: &str) -> Option<Section<'d, 't>> {
        let (value, offset) = self.find(key)?;
        self.taken.borrow_mut().insert(key.to_owned());
        match value.get_ref() {
            DeValue::Table(table) => Some(self.child(key, table, offset)),
            _ => {
                self.wrong_kind(key, value, "a section");
                None
            }
        }
    }

    /// A subsection, empty where the file does not have it, so that every key
    /// takes its default.
    pub fn section_or_empty(&self, key: &str) -> Section<'d, 't> {
        self.section(key).unwrap_or_else(|| Section {
            document: self.document,
            table: None,
            name: self.key_name(key),
            offset: self.offset,
            taken: RefCell::default(),
        })
    }

    /// The elements of `[[name.key]]`; none where the key is absent.
    pub fn sections(&self, key: &str) -> Vec<Section<'d, 't>> {
        let Some((value, _)) = self.find(key) else { return Vec::new() };
        self.taken.borrow_mut().insert(key.to_owned());
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_kind(key, value, "a list of sections");
            return Vec::new();
        };
        let mut found = Vec::new();
        for element in array.iter() {
            match element.get_ref() {
                DeValue::Table(table) => found.push(self.child(key, table, element.span().start)),
                _ => self.wrong_kind(key, element, "a section"),
            }
        }
        found
    }

    /// Every key as a subsection, in order of writing. The keys are names, and an
    /// empty one is a fault.
    pub fn each_section(&self) -> Vec<(Written<String>, Section<'d, 't>)> {
        let mut found = Vec::new();
        for key in self.keys() {
            if key.value.is_empty() {
                self.fault(
                    Diagnostic::new(format!("{} has an empty name", self.name)).at(key.place),
                );
                self.taken.borrow_mut().insert(key.value);
                continue;
            }
            if let Some(section) = self.section(&key.value) {
                found.push((key, section));
            }
        }
        found
    }

    /// Reports the keys that nobody took. Called for the whole file by
    /// [`Document::read`]; stages call it for the sections they open.
    pub fn report_left_over(&self) {
        let taken = self.taken.borrow();
        for key in self.keys() {
            if !taken.contains(&key.value) {
                let known: Vec<&str> = taken.iter().map(String::as_str).collect();
                let mut fault =
                    Diagnostic::new(format!("{} is not a known key", self.key_name(&key.value)))
                        .at(key.place);
                if let Some(near) = nearest(&key.value, &known) {
                    fault = fault.mend(format!("did you mean {near}?"));
                } else {
                    fault = fault.mend(format!("the keys used here are: {}", known.join(", ")));
                }
                self.fault(fault);
            }
        }
    }

    fn entries(
        &self,
    ) -> impl Iterator<Item = (&'d Spanned<DeString<'t>>, &'d Spanned<DeValue<'t>>)> + use<'d, 't>
    {
        self.table.into_iter().flatten()
    }

    fn child(&self, key: &str, table: &'d DeTable<'t>, offset: usize) -> Section<'d, 't> {
        Section {
            document: self.document,
            table: Some(table),
            name: self.key_name(key),
            offset,
            taken: RefCell::default(),
        }
    }

    fn key_name(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }

    fn find(&self, key: &str) -> Option<(&'d Spanned<DeValue<'t>>, usize)> {
        // Keys that are asked for are known, whether they are there or not.
        self.taken.borrow_mut().insert(key.to_owned());
        let (name, value) = self.table?.get_key_value(key)?;
        Some((value, name.span().start))
    }

    fn require(&self, key: &str, form: &str) -> bool {
        let present = self.has(key);
        if !present {
            self.fault(
                Diagnostic::new(format!("{} is missing", self.key_name(key)))
                    .at(self.place())
                    .mend(format!("add {key} = {form}")),
            );
            self.taken.borrow_mut().insert(key.to_owned());
        }
        present
    }

    fn take<T>(
        &self,
        key: &str,
        form: &str,
        convert: impl FnOnce(&DeValue<'t>) -> Option<T>,
    ) -> Option<Written<T>> {
        let (value, _) = self.find(key)?;
        match convert(value.get_ref()) {
            Some(converted) => {
                Some(Written { value: converted, place: self.document.place(value.span().start) })
            }
            None => {
                self.wrong_kind(key, value, form);
                None
            }
        }
    }

    fn list<T>(
        &self,
        key: &str,
        form: &str,
        convert: impl Fn(&DeValue<'t>) -> Option<T>,
    ) -> Option<Vec<Written<T>>> {
        let (value, _) = self.find(key)?;
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_kind(key, value, form);
            return None;
        };
        let mut found = Vec::new();
        for element in array.iter() {
            match convert(element.get_ref()) {
                Some(converted) => found.push(Written {
                    value: converted,
                    place: self.document.place(element.span().start),
                }),
                None => self.wrong_kind(key, element, form),
            }
        }
        Some(found)
    }

    fn wrong_kind(&self, key: &str, value: &Spanned<DeValue<'t>>, form: &str) {
        let found = match value.get_ref() {
            DeValue::Integer(number) => number.to_string(),
            DeValue::Float(number) => number.to_string(),
            other => format!("a {}", other.type_str()),
        };
        self.fault(
            Diagnostic::new(format!("{} must be {form}, not {found}", self.key_name(key)))
                .at(self.document.place(value.span().start)),
        );
    }
}

fn as_f64(value: &DeValue<'_>) -> Option<f64> {
    let number: f64 = match value {
        DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse().ok()?,
        DeValue::Float(number) => number.as_str().replace('_', "").parse().ok()?,
        _ => return None,
    };
    number.is_finite().then_some(number)
}

fn as_u64(value: &DeValue<'_>) -> Option<u64> {
    match value {
        DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix()).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_faults_are_found_at_once_with_their_places() {
        let text = "name = 5\n[load]\npeak_to_maen = 3\nrange = [1, \"x\"]\n";
        let error = Document::new("plan.toml", text)
            .read(|root| {
                root.text("name");
                let load = root.section("load")?;
                load.number("peak_to_mean");
                load.numbers("range");
                load.report_left_over();
                Some(())
            })
            .unwrap_err();
        let lines: Vec<String> = error.0.iter().map(ToString::to_string).collect();
        assert_eq!(
            lines,
            [
                "plan.toml:1:8: name must be a text in quotes, not 5",
                "plan.toml:4:13: load.range must be a list of numbers, not a string",
                "plan.toml:3:1: load.peak_to_maen is not a known key\n  fix: did you mean peak_to_mean?",
            ]
        );
    }

    #[test]
    fn places_in_a_long_file_are_found_in_any_order() {
        let numbers = vec!["1"; 200_000].join(", ");
        let text = format!("\"é\" = \"x\"\nlist = [{numbers}, \"no\"]\n[last]\nb = 1\n");
        let error = Document::new("p", &text)
            .read(|root| {
                root.section("last")?.report_left_over();
                root.numbers("list");
                root.number("é").map(|_| ())
            })
            .unwrap_err();
        for (fault, place) in error.0.iter().zip(["p:4:1: ", "p:2:600009: ", "p:1:7: "]) {
            assert!(fault.to_string().starts_with(place), "{fault}");
        }
    }

    #[test]
    fn syntax_errors_have_a_place() {
        let error = Document::new("d.toml", "a = [1,\nb =\n").read(|_| Some(())).unwrap_err();
        assert!(error.to_string().starts_with("d.toml:"), "{error}");
    }

    #[test]
    fn a_section_that_stands_twice_is_named() {
        let error = Document::new("p.toml", "[load]\na = 1\n[load]\nb = 2\n")
            .read(|_| Some(()))
            .unwrap_err();
        assert_eq!(error.to_string(), "p.toml:3:2: duplicate key: load");
    }

    #[test]
    fn decimals_keep_every_place() {
        let document = Document::new("p", "usd = 0.0000001415\n");
        let usd = document.read(|root| root.decimal("usd")).unwrap();
        assert_eq!(usd.value.to_string(), "0.0000001415");
    }
}
