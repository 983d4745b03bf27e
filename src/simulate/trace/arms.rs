use crate::dynamodb;
use crate::units::{Bytes, WriteUnits};

use super::operation::{Images, Record};

/// The tables that a trace's operations hit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tables {
    /// Tables whose indexes and partitions are known.
    pub tables: Vec<TraceTable>,
    /// How many partitions any other table has (no indexes are assumed);
    /// `None` refuses operations on other tables.
    pub other_table_partitions: Option<u32>,
}

/// One table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceTable {
    /// Its name in the trace.
    pub name: String,
    /// Partitions that its keys are spread over, at least 1.
    pub partitions: u32,
    /// Its secondary indexes.
    pub indexes: Vec<TraceIndex>,
}

/// What writes to the table do to one of its indexes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceIndex {
    /// Its name.
    pub name: String,
    /// Where its partition key is known from.
    pub key: IndexKey,
    /// Size of an entry.
    pub entry: EntryBytes,
    /// What `UpdateItem` does to an entry. A put over an item or a delete is
    /// known from the sizes.
    pub on_update: OnUpdate,
}

/// Where the partition key of an index is known from. A trace has one key an
/// operation: that of the table for writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexKey {
    /// It is the table's.
    Tables,
    /// The trace does not have it: nobody knows the index's partitions.
    Unknown,
}

/// Size of the index entry of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryBytes {
    /// Projection ALL: as large as the item.
    WholeItem,
    /// KEYS_ONLY or INCLUDE: this size, or the item's where that is smaller.
    AtMost(Bytes),
}

/// What an update does to an index entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnUpdate {
    /// No projected attribute changes: no write.
    Untouched,
    /// Projected attributes change, the key does not: one write.
    ContentChanges,
    /// The index key changes: the old entry is deleted, a new one put.
    KeyChanges,
}

impl TraceIndex {
    /// The index's partition of an operation whose key has this one.
    pub(super) const fn partition(&self, of_key: u32) -> u32 {
        match self.key {
            IndexKey::Tables => of_key,
            IndexKey::Unknown => 0,
        }
    }

    /// Units that one recorded write costs on this index. Index arms are not
    /// doubled in a transaction (measured by dynoxide on eu-west-2).
    pub(super) fn write_units(&self, record: &Record<'_>, images: Images) -> WriteUnits {
        let entry = |item: Option<Bytes>| {
            item.map(|bytes| match self.entry {
                EntryBytes::WholeItem => bytes,
                EntryBytes::AtMost(limit) => bytes.min(limit),
            })
        };
        let (before, after) = (entry(images.before), entry(images.after));
        let (key_changed, content_changed) = if record.is_update() {
            match self.on_update {
                OnUpdate::Untouched => (false, false),
                OnUpdate::ContentChanges => (false, true),
                OnUpdate::KeyChanges => (true, true),
            }
        } else {
            (false, true)
        };
        dynamodb::index_write(before, after, key_changed, content_changed)
    }
}
