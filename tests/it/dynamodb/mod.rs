//! The capacity rules against published examples, recorded sizes, laws and
//! malformed input.

mod laws;
mod malformed;
mod recorded_sizes;
mod worked_examples;

use ddbplan::dynamodb::{Item, Value};

/// An item of texts of these lengths in bytes.
fn item(attributes: &[(&str, usize)]) -> Item {
    attributes
        .iter()
        .map(|(name, length)| ((*name).to_owned(), Value::String("x".repeat(*length))))
        .collect()
}

/// An item with a key `pk` of 1 byte that takes this many bytes in all.
fn item_of(bytes: usize) -> Item {
    item(&[("pk", 1), ("v", bytes - 4)])
}
