//! Items as they are when they are new: columns that an INSERT leaves out come
//! later, and lists inside them are empty.

use std::collections::BTreeSet;

use crate::dynamodb::SizeDistribution;
use crate::workload::{Entity, ValueBytes};

use super::attributes::{ItemAttribute, NESTED_BYTES, embedded_column};
use super::build::ItemLayout;
use super::sizes::sizes;

/// Sizes of a new item and of its index entries.
#[derive(Clone, Debug, PartialEq)]
pub struct Inserted {
    /// The item.
    pub item: SizeDistribution,
    /// Its entry in each index of the table.
    pub entries: Vec<Option<SizeDistribution>>,
}

/// The sizes of an item that is put with only these columns given; `None` if
/// that is all it ever holds.
#[must_use]
pub fn inserted(entity: &Entity, item: &ItemLayout, given: &BTreeSet<&str>) -> Option<Inserted> {
    let absent: BTreeSet<&str> = entity
        .attributes
        .iter()
        .filter(|column| column.nullable && !column.has_default)
        .map(|column| column.name.as_str())
        .filter(|column| !given.contains(column))
        .collect();
    let lists: BTreeSet<String> =
        item.lists.iter().map(|list| embedded_column(&list.attribute)).collect();
    let new = |attributes: &[ItemAttribute]| -> Vec<ItemAttribute> {
        attributes
            .iter()
            .filter(|one| !one.columns.iter().any(|column| absent.contains(column.as_str())))
            .cloned()
            .map(|mut one| {
                if one.columns.iter().any(|column| lists.contains(column)) {
                    one.bytes = ValueBytes::About(NESTED_BYTES);
                }
                one
            })
            .collect()
    };
    let at_first = new(&item.attributes);
    if at_first == item.attributes {
        return None;
    }
    Some(Inserted {
        item: sizes(entity, &at_first),
        entries: item
            .entries
            .iter()
            .map(|entry| entry.as_ref().map(|entry| sizes(entity, &new(&entry.attributes))))
            .collect(),
    })
}
