//! Line and column of entries in a JSON text, so that every faulty entry of a
//! long file can be named at once.

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::finding::{Diagnostic, Place};

/// The place of `part`, which must be a slice of `text`.
pub(super) fn place_of(file: &str, text: &str, part: &str) -> Place {
    let offset = part.as_ptr().addr().saturating_sub(text.as_ptr().addr());
    Place::of_offset(file, text, offset)
}

/// Reads a whole JSON text.
pub(super) fn read<'t, T: serde::Deserialize<'t>>(
    file: &str,
    text: &'t str,
) -> Result<T, Diagnostic> {
    serde_json::from_str(text).map_err(|error| {
        Diagnostic::new(message(&error)).at(Place::at(file, error.line(), error.column()))
    })
}

/// Reads one entry of `text`.
pub(super) fn read_entry<T: DeserializeOwned>(
    file: &str,
    text: &str,
    entry: &RawValue,
) -> Result<T, Diagnostic> {
    serde_json::from_str(entry.get()).map_err(|error| {
        let start = place_of(file, text, entry.get());
        let (line, column) = start.line_column.unwrap_or((1, 1));
        let place = if error.line() <= 1 {
            Place::at(file, line, column + error.column().saturating_sub(1))
        } else {
            Place::at(file, line + error.line() - 1, error.column())
        };
        Diagnostic::new(message(&error)).at(place)
    })
}

/// The parser's message without its own idea of the place.
fn message(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}
