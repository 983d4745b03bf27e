//! Items and their size in bytes.
//!
//! Sizes: Developer Guide, "DynamoDB item sizes and formats"
//! (`CapacityUnitCalculations`), measured to the byte on DynamoDB Local.

use std::collections::{BTreeMap, BTreeSet};

use crate::units::Bytes;

use super::number::Number;
use super::settings::NumberSize;

/// What a list or a map takes before its first element.
const CONTAINER_BYTES: u64 = 3;
/// What each element of a list or map takes besides its own bytes.
const ELEMENT_BYTES: u64 = 1;

/// An attribute value. Two are equal exactly if DynamoDB takes them for the
/// same: sets without order, numbers by value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Text (`S`).
    String(String),
    /// A number (`N`).
    Number(Number),
    /// Bytes (`B`).
    Binary(Vec<u8>),
    /// A truth value (`BOOL`).
    Bool(bool),
    /// `NULL`.
    Null,
    /// A set of texts (`SS`).
    StringSet(BTreeSet<String>),
    /// A set of numbers (`NS`).
    NumberSet(BTreeSet<Number>),
    /// A set of byte strings (`BS`).
    BinarySet(BTreeSet<Vec<u8>>),
    /// A list (`L`).
    List(Vec<Self>),
    /// A map (`M`).
    Map(BTreeMap<String, Self>),
}

impl Value {
    /// The bytes it is billed as, its name apart. Sets are the sum of their
    /// elements.
    #[must_use]
    pub fn bytes(&self, rule: NumberSize) -> Bytes {
        Bytes::new(self.byte_count(rule))
    }

    fn byte_count(&self, rule: NumberSize) -> u64 {
        match self {
            Self::String(text) => length(text),
            Self::Number(number) => number.bytes(rule),
            Self::Binary(bytes) => length(bytes),
            Self::Bool(_) | Self::Null => 1,
            Self::StringSet(texts) => texts.iter().map(length).sum(),
            Self::NumberSet(numbers) => numbers.iter().map(|number| number.bytes(rule)).sum(),
            Self::BinarySet(strings) => strings.iter().map(length).sum(),
            Self::List(elements) => {
                let element = |value: &Self| ELEMENT_BYTES + value.byte_count(rule);
                CONTAINER_BYTES + elements.iter().map(element).sum::<u64>()
            }
            Self::Map(members) => {
                let member = |(key, value): (&String, &Self)| {
                    ELEMENT_BYTES + length(key) + value.byte_count(rule)
                };
                CONTAINER_BYTES + members.iter().map(member).sum::<u64>()
            }
        }
    }
}

/// An item: attributes by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    /// Sorted by name, names distinct. A list rather than a tree, because
    /// sizing walks it all.
    attributes: Vec<(String, Value)>,
}

impl Item {
    /// An attribute's value.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        // Items have a dozen attributes or so: comparing lengths down the list
        // is faster than a binary search.
        self.attributes.iter().find(|(other, _)| other == name).map(|(_, value)| value)
    }

    /// Sets an attribute.
    pub fn insert(&mut self, name: impl Into<String>, value: Value) {
        let name = name.into();
        match self.position(&name) {
            Ok(position) => self.attributes[position].1 = value,
            Err(position) => self.attributes.insert(position, (name, value)),
        }
    }

    /// Takes an attribute away.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.position(name).ok().map(|position| self.attributes.remove(position).1)
    }

    /// The attributes, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.attributes.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The bytes it is billed as: names in UTF-8 and values. Storage adds its
    /// overhead to this, requests do not.
    #[must_use]
    pub fn bytes(&self, rule: NumberSize) -> Bytes {
        self.iter().map(|(name, value)| attribute_bytes(name, value, rule)).sum()
    }

    /// Where the attribute is, or where it belongs.
    fn position(&self, name: &str) -> Result<usize, usize> {
        self.attributes.binary_search_by(|(other, _)| other.as_str().cmp(name))
    }
}

impl FromIterator<(String, Value)> for Item {
    /// Of attributes of the same name, the last one counts.
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(attributes: I) -> Self {
        let sorted: BTreeMap<String, Value> = attributes.into_iter().collect();
        Self { attributes: sorted.into_iter().collect() }
    }
}

/// The bytes of an attribute at the top of an item: its name and its value.
pub(super) fn attribute_bytes(name: &str, value: &Value, rule: NumberSize) -> Bytes {
    Bytes::new(length(name) + value.byte_count(rule))
}

/// Length in bytes; of text, in UTF-8.
fn length(bytes: impl AsRef<[u8]>) -> u64 {
    u64::try_from(bytes.as_ref().len()).expect("a length in memory fits 64 bits")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(value: &Value) -> u64 {
        value.bytes(NumberSize::default()).get()
    }

    fn text(text: &str) -> Value {
        Value::String(text.into())
    }

    /// Measured on DynamoDB Local by padding an item until its write units
    /// step.
    #[test]
    fn values_of_every_type() {
        let number = |text: &str| text.parse::<Number>().unwrap();
        assert_eq!(size(&text("")), 0);
        assert_eq!(size(&text("éééééééééé")), 20);
        assert_eq!(size(&text("漢漢漢漢漢漢漢漢漢漢")), 30);
        assert_eq!(size(&text("😀😀😀😀😀😀😀😀😀😀")), 40);
        assert_eq!(size(&Value::Binary(vec![0; 7])), 7);
        assert_eq!(size(&Value::Bool(false)), 1);
        assert_eq!(size(&Value::Null), 1);
        assert_eq!(size(&Value::Number(number("-42"))), 3);
        let strings = ["abc", "de", "f"].map(String::from);
        assert_eq!(size(&Value::StringSet(strings.into())), 6);
        let numbers = ["1", "123"].map(number);
        assert_eq!(size(&Value::NumberSet(numbers.into())), 5);
        assert_eq!(size(&Value::BinarySet([vec![1, 2], vec![3]].into())), 3);
        assert_eq!(size(&Value::List(vec![])), 3);
        assert_eq!(size(&Value::List(vec![text("abc")])), 7);
        assert_eq!(size(&Value::Map(BTreeMap::new())), 3);
        assert_eq!(size(&Value::Map([("k".to_owned(), text("abc"))].into())), 8);
        let nested = Value::List(vec![Value::List(vec![text("a"), Value::Null])]);
        assert_eq!(size(&nested), 3 + 1 + 3 + (1 + 1) + (1 + 1));
    }

    #[test]
    fn attributes_are_set_and_taken_away_by_name() {
        let mut item: Item =
            ["b", "d", "b"].map(|name| (name.to_owned(), text("1"))).into_iter().collect();
        item.insert("c", text("2"));
        item.insert("d", text("3"));
        item.insert("a", text("4"));
        assert_eq!(item.remove("b"), Some(text("1")));
        assert_eq!(item.remove("b"), None);
        let names: Vec<&str> = item.iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["a", "c", "d"]);
        assert_eq!(item.get("d"), Some(&text("3")));
        assert_eq!(item.get("b"), None);
    }

    #[test]
    fn names_count_in_utf8() {
        let item: Item =
            [("é".to_owned(), text("abc")), ("b".to_owned(), Value::Null)].into_iter().collect();
        assert_eq!(item.bytes(NumberSize::default()), Bytes::new(2 + 3 + 1 + 1));
    }
}
