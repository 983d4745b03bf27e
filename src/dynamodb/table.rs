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
    /// of its partition and sort key (a GSI may have several in each); a name
    /// given twice counts once.
    #[must_use]
    pub fn with_index(
        mut self,
        name: String,
        kind: IndexKind,
        mut key: Vec<String>,
        projection: Projection,
    ) -> Self {
        let mut seen = BTreeSet::new();
        key.retain(|name| seen.insert(name.clone()));
        let attributes = match projection {
            Projection::All => None,
            Projection::KeysOnly => Some(BTreeSet::new()),
            Projection::Include(names) => Some(names),
        };
        let others = attributes.map(|mut names| {
            names.extend(self.key.iter().cloned());
            names.retain(|name| !key.contains(name));
            names
        });
        self.indexes.push(Index { name, kind, key, others });
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
    /// What an entry holds besides its key if the item has it; `None` is
    /// everything.
    others: Option<BTreeSet<String>>,
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
        self.others.as_ref().is_none_or(|names| names.contains(attribute))
            || self.key.iter().any(|name| name == attribute)
    }

    /// Whether entries are whole items.
    #[must_use]
    pub const fn projects_all(&self) -> bool {
        self.others.is_none()
    }

    /// The size of the item's entry; `None` if it has none, because it lacks
    /// one of the key attributes.
    #[must_use]
    pub fn entry_bytes(&self, item: &Item, rule: NumberSize) -> Option<Bytes> {
        let has_entry = self.key.iter().all(|name| item.get(name).is_some());
        has_entry.then(|| match &self.others {
            None => item.bytes(rule),
            Some(others) => self
                .key
                .iter()
                .chain(others)
                .filter_map(|name| Some(attribute_bytes(name, item.get(name)?, rule)))
                .sum(),
        })
    }

    /// What one write costs on this index. `bytes` are the sizes of the item
    /// before and after it, which the table's units needed anyway.
    pub(super) fn write(
        &self,
        before: Option<&Item>,
        after: Option<&Item>,
        bytes: (Option<Bytes>, Option<Bytes>),
        rule: NumberSize,
    ) -> WriteUnits {
        let mut of_key = Images::default();
        self.key.iter().for_each(|name| of_key.add(name, before, after, rule));
        let held = |count: usize| count == self.key.len();
        let (was_in, is_in) = (held(of_key.old_count), held(of_key.new_count));
        if !was_in && !is_in {
            return index_write(None, None, false, false);
        }
        let (mut old_bytes, mut new_bytes) = bytes;
        let content_changed = if let Some(others) = &self.others {
            let mut of_entry = of_key;
            others.iter().for_each(|name| of_entry.add(name, before, after, rule));
            (old_bytes, new_bytes) = (Some(of_entry.old_bytes), Some(of_entry.new_bytes));
            of_entry.changed
        } else {
            // Sizes that differ spare the comparison.
            old_bytes != new_bytes || before != after
        };
        let entry = |is_there: bool, bytes: Option<Bytes>| bytes.filter(|_| is_there);
        index_write(
            entry(was_in, old_bytes),
            entry(is_in, new_bytes),
            of_key.changed,
            content_changed,
        )
    }
}

/// Some attributes of an item before and after a write.
#[derive(Clone, Copy, Default)]
struct Images {
    old_count: usize,
    new_count: usize,
    old_bytes: Bytes,
    new_bytes: Bytes,
    changed: bool,
}

impl Images {
    fn add(&mut self, name: &str, before: Option<&Item>, after: Option<&Item>, rule: NumberSize) {
        let old = before.and_then(|item| item.get(name));
        let new = after.and_then(|item| item.get(name));
        if let Some(old) = old {
            self.old_count += 1;
            self.old_bytes += attribute_bytes(name, old, rule);
        }
        if let Some(new) = new {
            self.new_count += 1;
            self.new_bytes += attribute_bytes(name, new, rule);
        }
        self.changed |= old != new;
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
        let bytes = |item: Option<&Item>| item.map(|item| item.bytes(NumberSize::default()));
        index.write(before, after, (bytes(before), bytes(after)), NumberSize::default()).get()
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
        let twice = index(&["g", "g"], Projection::KeysOnly);
        assert_eq!(entry(&twice, &item(&[("pk", 5), ("sk", 7), ("g", 1)])), Some(7 + 9 + 2));
        assert_eq!(write(&twice, None, Some(&item(&[("pk", 5), ("g", 1010)]))), 1);
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
