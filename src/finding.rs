//! What is said about the input: errors that stop a run, findings that a
//! report prints, and where each number came from.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A spot in a file, as editors and terminals understand it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, as the user named it; `-` is standard input.
    pub file: String,
    /// Line and column, both from 1, where they are known.
    pub line_column: Option<(usize, usize)>,
}

impl Place {
    /// The file as a whole.
    #[must_use]
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: file.into(), line_column: None }
    }

    /// A line and column (characters), both from 1.
    #[must_use]
    pub fn at(file: impl Into<String>, line: usize, column: usize) -> Self {
        Self { file: file.into(), line_column: Some((line, column)) }
    }

    /// The place of a byte offset in `text`.
    #[must_use]
    pub fn of_offset(file: impl Into<String>, text: &str, offset: usize) -> Self {
        let mut end = offset.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = &text[..end];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
        Self::at(file, line, column)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line_column {
            Some((line, column)) => write!(f, "{}:{line}:{column}", self.file),
            None => f.write_str(&self.file),
        }
    }
}

/// One thing wrong with the input: what, where, why, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where.
    pub place: Option<Place>,
    /// What is wrong, in one sentence without a full stop.
    pub what: String,
    /// Why that is a fault, if it is not plain.
    pub why: Option<String>,
    /// What the reader can do about it.
    pub mend: Option<String>,
}

impl Diagnostic {
    /// A fault without a place yet.
    #[must_use]
    pub fn new(what: impl Into<String>) -> Self {
        Self { place: None, what: what.into(), why: None, mend: None }
    }

    /// The same, at a place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// The same, with its reason.
    #[must_use]
    pub fn why(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }

    /// The same, with its remedy.
    #[must_use]
    pub fn mend(mut self, mend: impl Into<String>) -> Self {
        self.mend = Some(mend.into());
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.what)?;
        if let Some(why) = &self.why {
            write!(f, "\n  why: {why}")?;
        }
        if let Some(mend) = &self.mend {
            write!(f, "\n  fix: {mend}")?;
        }
        Ok(())
    }
}

/// Everything found wrong, at once: the error type of every stage that reads
/// what people write. Never empty when returned as an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

/// Nobody reads more faults than this at once, and a large file of the wrong
/// kind has one in every line.
const FAULTS_MAX: usize = 1000;

impl Diagnostics {
    /// Adds one; of those beyond a thousand it is only said that there are more.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if self.0.len() < FAULTS_MAX {
            self.0.push(diagnostic);
        } else if self.0.len() == FAULTS_MAX {
            self.0.push(
                Diagnostic::new(format!("there are more faults than the {FAULTS_MAX} above"))
                    .mend("fix these first"),
            );
        }
    }

    /// `value` if nothing was found, else all that was found.
    ///
    /// # Errors
    /// The diagnostics collected so far, if any.
    pub fn finish<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl Diagnostics {
    /// The same faults with their files taken as names below a folder. Stages
    /// name files as the scenario does, so that a report does not depend on where
    /// the scenario lies; a person is told the whole path.
    #[must_use]
    pub fn below(mut self, folder: &str) -> Self {
        let folder = format!("{}/", folder.trim_end_matches('/'));
        for place in self.0.iter_mut().filter_map(|fault| fault.place.as_mut()) {
            // A file that could not be opened is named in full already.
            if !place.file.starts_with(&folder) {
                place.file.insert_str(0, &folder);
            }
        }
        self
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(one: Diagnostic) -> Self {
        Self(vec![one])
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, diagnostic) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

/// How much a finding weighs in a decision.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The figures may mislead unless this is dealt with.
    High,
    /// Worth a look before deciding.
    Medium,
    /// Good to know.
    Low,
}

impl Severity {
    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// Something a reader of the report must know; it does not stop the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// A stable name of the kind of finding, such as `capture-short`.
    pub id: &'static str,
    /// Its weight.
    pub severity: Severity,
    /// What was found, in a sentence.
    pub what: String,
    /// What to do about it, if there is something.
    pub mend: Option<String>,
}

impl Finding {
    /// A finding without a remedy.
    #[must_use]
    pub fn new(id: &'static str, severity: Severity, what: impl Into<String>) -> Self {
        Self { id, severity, what: what.into(), mend: None }
    }

    /// The same, with what to do.
    #[must_use]
    pub fn mend(mut self, mend: impl Into<String>) -> Self {
        self.mend = Some(mend.into());
        self
    }
}

/// Where a number came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Recorded from the running system.
    Captured,
    /// Written by a person in a file.
    File(Place),
    /// Nobody said: this tool's default, which a report must show.
    Default,
    /// Worked out from other inputs; the text says how.
    Derived(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Captured => f.write_str("captured"),
            Self::File(place) => write!(f, "{place}"),
            Self::Default => f.write_str("default"),
            Self::Derived(how) => write!(f, "derived: {how}"),
        }
    }
}

/// A value that remembers where it came from, so that a default can never pass
/// for a measurement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it came from.
    pub origin: Origin,
}

impl<T> Sourced<T> {
    /// A recorded value.
    pub const fn captured(value: T) -> Self {
        Self { value, origin: Origin::Captured }
    }

    /// A value of this tool's own choice.
    pub const fn default(value: T) -> Self {
        Self { value, origin: Origin::Default }
    }

    /// A value worked out as `how` says.
    pub fn derived(value: T, how: impl Into<String>) -> Self {
        Self { value, origin: Origin::Derived(how.into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_faults_without_number_a_thousand_are_kept() {
        let mut faults = Diagnostics::default();
        for line in 1..=1_000_000 {
            faults.push(Diagnostic::new("wrong").at(Place::at("f", line, 1)));
        }
        assert_eq!(faults.0.len(), FAULTS_MAX + 1);
        assert!(faults.to_string().ends_with("above\n  fix: fix these first"));
    }

    #[test]
    fn places_count_characters_not_bytes() {
        let text = "a = 1\né = x";
        let offset = text.find('x').unwrap();
        assert_eq!(Place::of_offset("f", text, offset), Place::at("f", 2, 5));
        assert_eq!(Place::of_offset("f", text, 999), Place::at("f", 2, 6));
    }
}
