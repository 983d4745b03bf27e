//! Sizes and units of items in a file.

use std::fmt;

use crate::finding::Diagnostics;
use crate::json::{self, Node, Text};
use crate::units::{Bytes, ReadUnits, WriteUnits};

use super::capacity::{Consistency, STORAGE_OVERHEAD_BYTES, read, write};
use super::item::Item;
use super::json::{is_value, item};
use super::settings::Settings;

/// What one item takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemMeasure {
    /// Names and values: what requests are billed by.
    pub bytes: Bytes,
    /// The same with the overhead that storage adds.
    pub storage_bytes: Bytes,
    /// An eventually consistent read.
    pub read_units_eventual: ReadUnits,
    /// A strongly consistent read.
    pub read_units_strong: ReadUnits,
    /// A write on a table without indexes.
    pub write_units: WriteUnits,
}

impl ItemMeasure {
    /// Measures an item.
    #[must_use]
    pub fn of(item: &Item, settings: &Settings) -> Self {
        let bytes = item.bytes(settings.number_size);
        Self {
            bytes,
            storage_bytes: bytes + Bytes::new(STORAGE_OVERHEAD_BYTES),
            read_units_eventual: read(bytes, Consistency::Eventual),
            read_units_strong: read(bytes, Consistency::Strong),
            write_units: write(None, Some(bytes)),
        }
    }
}

impl fmt::Display for ItemMeasure {
    /// As a JSON object; sizes in bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{{\"bytes\":{},\"storage_bytes\":{},\"read_units_eventual\":{},\
             \"read_units_strong\":{},\"write_units\":{}}}",
            self.bytes.get(),
            self.storage_bytes.get(),
            self.read_units_eventual,
            self.read_units_strong,
            self.write_units
        )
    }
}

/// Measures a file of JSON lines. A line holds an item in DynamoDB JSON, or an
/// object with an item under `item` (or `Item`, as the API and table exports
/// write it) and whatever else.
///
/// # Errors
/// Everything that is wrong with any line.
pub fn measure_lines(
    file: &str,
    text: &str,
    settings: &Settings,
) -> Result<Vec<ItemMeasure>, Diagnostics> {
    let mut found = Diagnostics::default();
    let mut measures = Vec::new();
    for line in Text::lines(file, text) {
        let Some(node) = json::parse(&line, &mut found) else {
            continue;
        };
        if let Some(item) = item(wrapped(&node), &line, &mut found) {
            measures.push(ItemMeasure::of(&item, settings));
        }
    }
    found.finish(measures)
}

/// The item inside an object around it. What could be the value of an attribute
/// called `item` is taken as that; no item can be mistaken for one.
fn wrapped(node: &Node) -> &Node {
    let inner = node.get("item").or_else(|| node.get("Item"));
    inner.filter(|inner| inner.as_object().is_some() && !is_value(inner)).unwrap_or(node)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Result<Vec<u64>, String> {
        measure_lines("f", text, &Settings::default())
            .map(|measures| measures.iter().map(|m| m.bytes.get()).collect())
            .map_err(|found| found.to_string())
    }

    #[test]
    fn takes_items_bare_and_wrapped() {
        let lines = "{\"a\":{\"S\":\"xyz\"}}\n\n{\"item\":{\"a\":{\"S\":\"xyz\"}},\"bytes\":4}\n\
                     {\"Item\":{\"a\":{\"S\":\"xyz\"}}}\n";
        assert_eq!(bytes(lines), Ok(vec![4, 4, 4]));
    }

    #[test]
    fn tells_an_attribute_called_item_from_a_wrapper() {
        assert_eq!(bytes(r#"{"item":{"S":"xyz"}}"#), Ok(vec![4 + 3]));
        assert_eq!(bytes(r#"{"item":{"S":{"S":"xyz"}}}"#), Ok(vec![1 + 3]));
        assert_eq!(bytes(r#"{"item":{"M":{"a":{"S":"xyz"}}}}"#), Ok(vec![4 + 3 + 1 + 1 + 3]));
        assert_eq!(bytes(r#"{"item":{"M":{"S":"xyz"}}}"#), Ok(vec![1 + 3]));
        assert_eq!(bytes(r#"{"item":{"M":{}}}"#), Ok(vec![4 + 3]));
        assert_eq!(bytes(r#"{"item":{"M":{"M":{}}}}"#), Ok(vec![1 + 3]));
        assert_eq!(bytes(r#"{"item":{}}"#), Ok(vec![0]));
    }

    #[test]
    fn collects_the_faults_of_all_lines() {
        let error = bytes("{\"a\":{\"S\":\"x\"}}\n{\n{\"a\":{\"S\":1}}\n[]\n").unwrap_err();
        let places: Vec<&str> = error.lines().filter(|line| line.starts_with("f:")).collect();
        assert_eq!(places.len(), 3, "{error}");
        assert!(places[0].starts_with("f:2:2: "), "{error}");
        assert!(places[1].starts_with("f:3:11: "), "{error}");
        assert!(places[2].starts_with("f:4:1: "), "{error}");
    }

    #[test]
    fn prints_one_json_object() {
        let line = format!("{{\"a\":{{\"S\":\"{}\"}}}}", "x".repeat(5000));
        let measure = measure_lines("f", &line, &Settings::default()).unwrap()[0];
        assert_eq!(
            measure.to_string(),
            "{\"bytes\":5001,\"storage_bytes\":5101,\"read_units_eventual\":1,\
             \"read_units_strong\":2,\"write_units\":5}"
        );
    }
}
