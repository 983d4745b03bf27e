//! Tables and their secondary indexes: keys, projections, index entries.
//!
//! Developer Guide, "Using global secondary indexes" and "Local secondary
//! indexes": attribute projections, sparse indexes.

use std::collections::BTreeSet;

use crate::units::{Bytes, WriteUnits};

use super::capacity::index_write;
use super::item::{Item, attribute_bytes};
use super::settings::NumberSize;

/// A table as far as capacity rules need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    name: String,
    key: Vec<String>,
    indexes: Vec<Index>,
}

impl Table {
    /// A table without indexes; `key` names the partition key attribute and, if
    /// there is one, the sort key attribute.
    #[must_use]
    pub const fn new(name: String, key: Vec<String>) -> Self {
        Self { name, key, indexes: Vec::new() }
    }

    /// The same with one more secondary index, whose `key` names all attributes
    /// of its partition and sort key (a GSI may have several in each).
    #[must_use]
    pub fn with_index(
        mut self,
        name: String,
        kind: IndexKind,
        key: Vec<String>,
        projection: Projection,
    ) -> Self {
        let attributes = match projection {
            Projection::All => None,
            Projection::KeysOnly => Some(BTreeSet::new()),
            Projection::Include(names) => Some(names),
        };
        let attributes = attributes.map(|mut names| {
            names.extend(key.iter().chain(&self.key).cloned());
            names
        });
        self.indexes.push(Index { name, kind, key, attributes });
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The attributes of its primary key.
    #[must_use]
    pub fn key(&self) -> &[String] {
        &self.key
    }

    /// Its secondary indexes, in the order they were added.
    #[must_use]
    pub fn indexes(&self) -> &[Index] {
        &self.indexes
    }

    /// Where in [`Table::indexes`] the index of this name is.
    #[must_use]
    pub fn index_position(&self, name: &str) -> Option<usize> {
        self.indexes.iter().position(|index| index.name == name)
    }
}

/// The two kinds of secondary index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IndexKind {
    /// A GSI: capacity of its own, eventually consistent reads only, no way
    /// back to the table.
    Global,
    /// An LSI: draws on the table's capacity, fetches from the table what it
    /// lacks.
    Local,
}

/// Which attributes an index copies besides its own keys and the table's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Projection {
    /// None (`KEYS_ONLY`).
    KeysOnly,
    /// These (`INCLUDE`).
    Include(BTreeSet<String>),
    /// All (`ALL`).
    All,
}

/// A secondary index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    name: String,
    kind: IndexKind,
    key: Vec<String>,
    /// What an entry holds if the item has it; `None` is everything.
    attributes: Option<BTreeSet<String>>,
}

impl Index {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Global or local.
    #[must_use]
    pub const fn kind(&self) -> IndexKind {
        self.kind
    }

    /// The attributes of its partition and sort key.
    #[must_use]
    pub fn key(&self) -> &[String] {
        &self.key
    }

    /// Whether entries hold this attribute of the item.
    #[must_use]
    pub fn projects(&self, attribute: &str) -> bool {
        self.attributes.as_ref().is_none_or(|names| names.contains(attribute))
    }

    /// Whether entries are whole items.
    #[must_use]
    pub const fn projects_all(&self) -> bool {
        self.attributes.is_none()
    }

    /// The size of the item's entry; `None` if it has none, because it lacks
    /// one of the key attributes.
    #[must_use]
    pub fn entry_bytes(&self, item: &Item, rule: NumberSize) -> Option<Bytes> {
        let has_entry = self.key.iter().all(|name| item.get(name).is_some());
        has_entry.then(|| match &self.attributes {
            None => item.bytes(rule),
            Some(names) => names
                .iter()
                .filter_map(|name| Some(attribute_bytes(name, item.get(name)?, rule)))
                .sum(),
        })
    }

    /// What one write of an item costs on this index, from the item before and
    /// after it.
    #[must_use]
    pub fn write(
        &self,
        before: Option<&Item>,
        after: Option<&Item>,
        rule: NumberSize,
    ) -> WriteUnits {
        let entry = |item: Option<&Item>| item.and_then(|item| self.entry_bytes(item, rule));
        let (old, new) = (entry(before), entry(after));
        let (key_changed, content_changed) = match (before, after) {
            (Some(before), Some(after)) => {
                let differs = |name: &String| before.get(name) != after.get(name);
                let content_changed = match &self.attributes {
                    None => before != after,
                    Some(names) => names.iter().any(differs),
                };
                (self.key.iter().any(differs), content_changed)
            }
            _ => (false, true),
        };
        index_write(old, new, key_changed, content_changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamodb::item::Value;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    fn index(key: &[&str], projection: Projection) -> Index {
        let table = Table::new("t".into(), names(&["pk", "sk"]));
        let table = table.with_index("i".into(), IndexKind::Global, names(key), projection);
        table.indexes()[0].clone()
    }

    fn item(attributes: &[(&str, usize)]) -> Item {
        attributes.iter().map(|(k, n)| (k.to_string(), Value::String("x".repeat(*n)))).collect()
    }

    fn write(index: &Index, before: Option<&Item>, after: Option<&Item>) -> u64 {
        index.write(before, after, NumberSize::default()).get()
    }

    fn entry(index: &Index, item: &Item) -> Option<u64> {
        index.entry_bytes(item, NumberSize::default()).map(Bytes::get)
    }

    #[test]
    fn an_entry_needs_every_key_attribute() {
        let index = index(&["g", "h"], Projection::KeysOnly);
        assert_eq!(entry(&index, &item(&[("pk", 1), ("sk", 1), ("g", 1)])), None);
        assert_eq!(entry(&index, &item(&[("pk", 1), ("sk", 1), ("h", 1)])), None);
        let whole = item(&[("pk", 1), ("sk", 1), ("g", 1), ("h", 1), ("other", 900)]);
        assert_eq!(entry(&index, &whole), Some(3 + 3 + 2 + 2));
    }

    #[test]
    fn attributes_shared_by_the_keys_count_once() {
        let inverted = index(&["sk", "pk"], Projection::Include(["pk".to_owned()].into()));
        assert_eq!(entry(&inverted, &item(&[("pk", 5), ("sk", 7), ("x", 9)])), Some(7 + 9));
    }

    #[test]
    fn an_entry_holds_the_projected_attributes_that_there_are() {
        let include = Projection::Include(["a".to_owned(), "b".to_owned()].into());
        let some = index(&["g"], include);
        let full = item(&[("pk", 1), ("sk", 1), ("g", 1), ("a", 10), ("z", 100)]);
        assert_eq!(entry(&some, &full), Some(3 + 3 + 2 + 11));
        assert_eq!(entry(&index(&["g"], Projection::All), &full), Some(3 + 3 + 2 + 11 + 101));
        assert!(some.projects("b") && some.projects("pk") && some.projects("g"));
        assert!(!some.projects("z") && !some.projects_all());
    }

    /// Production answers recorded by the dynoxide project: 2,017 B shrunk to
    /// 117 B costs 2; 1,517 B moved costs 4; 3,017 B moved to 18 B costs 4.
    #[test]
    fn six_cases_of_before_and_after() {
        let all = index(&["g"], Projection::All);
        let sized = |g: usize, bytes: usize| item(&[("pk", 1), ("g", g), ("v", bytes - 5 - g)]);
        let (big, small) = (sized(1, 2017), sized(1, 117));
        assert_eq!(big.bytes(NumberSize::default()).get(), 2017);
        let out = item(&[("pk", 1), ("v", 5000)]);
        assert_eq!(write(&all, Some(&out), Some(&out)), 0);
        assert_eq!(write(&all, None, Some(&out)), 0);
        assert_eq!(write(&all, None, Some(&big)), 2);
        assert_eq!(write(&all, Some(&out), Some(&big)), 2);
        assert_eq!(write(&all, Some(&big), Some(&out)), 2);
        assert_eq!(write(&all, Some(&big), None), 2);
        assert_eq!(write(&all, Some(&big), Some(&big)), 0);
        assert_eq!(write(&all, Some(&big), Some(&small)), 2);
        assert_eq!(write(&all, Some(&small), Some(&big)), 2);
        assert_eq!(write(&all, Some(&sized(1, 1517)), Some(&sized(2, 1517))), 4);
        assert_eq!(write(&all, Some(&sized(1, 3017)), Some(&sized(2, 18))), 4);
        assert_eq!(write(&all, None, None), 0);
    }

    #[test]
    fn changes_outside_the_projection_are_free() {
        let include = index(&["g"], Projection::Include(["a".to_owned()].into()));
        let before = item(&[("pk", 1), ("sk", 1), ("g", 1), ("z", 1)]);
        let mut after = before.clone();
        after.insert("z", Value::Null);
        after.insert("zz", Value::Null);
        assert_eq!(write(&include, Some(&before), Some(&after)), 0);
        after.insert("a", Value::Null);
        assert_eq!(write(&include, Some(&before), Some(&after)), 1);
        assert_eq!(write(&include, Some(&after), Some(&before)), 1);
    }
}
