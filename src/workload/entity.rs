use std::collections::BTreeSet;

use crate::capture::{TableName, Trigger};
use crate::units::Bytes;

use super::attribute::Attribute;
use super::row_sizes::RowSizes;

/// A Postgres table as something that becomes items.
#[derive(Clone, Debug)]
pub struct Entity {
    /// The table.
    pub table: TableName,
    /// Rows today; `None` if the table was never analysed.
    pub rows: Option<f64>,
    /// Its columns.
    pub attributes: Vec<Attribute>,
    /// Columns of the primary key; empty without one.
    pub primary_key: Vec<String>,
    /// Columns of each other unique constraint.
    pub unique_keys: Vec<Vec<String>>,
    /// The tables it refers to.
    pub parents: Vec<Parent>,
    /// Its partial indexes, which tell how many rows meet their predicate.
    pub partial_indexes: Vec<PartialIndex>,
    /// Rows inserted per month at today's load, where table counters were
    /// recorded.
    pub inserted_per_month: Option<f64>,
    /// Rows deleted per month at today's load, cascades included.
    pub deleted_per_month: Option<f64>,
    /// Rows at the horizon at today's load; `None` if they were never counted.
    pub rows_horizon: Option<f64>,
    /// Rows inserted, at today's load, in the time for which rows are kept, at
    /// most up to the horizon.
    pub inserted_horizon: Option<f64>,
    /// User triggers.
    pub triggers: Vec<Trigger>,
    /// How sizes of rows are spread, where that was measured.
    pub row_sizes: Option<RowSizes>,
    /// Values kept out of line that the statistics do not describe.
    pub out_of_line: Option<OutOfLine>,
    /// Heap on disk.
    pub heap_bytes: Option<Bytes>,
    /// TOAST on disk.
    pub toast_bytes: Option<Bytes>,
    /// Indexes on disk.
    pub index_bytes: Option<Bytes>,
}

impl Entity {
    /// The attribute of that column.
    #[must_use]
    pub fn attribute(&self, column: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == column)
    }

    /// Whether the columns hold a key that no two rows share.
    #[must_use]
    pub fn is_unique(&self, columns: &[&str]) -> bool {
        self.unique_key(columns).is_some()
    }

    /// A key within these columns that no two rows share.
    #[must_use]
    pub fn unique_key(&self, columns: &[&str]) -> Option<&[String]> {
        let covers = |key: &&[String]| {
            !key.is_empty() && key.iter().all(|column| columns.contains(&column.as_str()))
        };
        std::iter::once(&self.primary_key[..])
            .chain(self.unique_keys.iter().map(|key| &key[..]))
            .find(covers)
    }
}

impl PartialIndex {
    /// The columns of its table that its predicate names.
    #[must_use]
    pub fn columns(&self, entity: &Entity) -> BTreeSet<String> {
        let words: BTreeSet<&str> =
            self.predicate.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        entity
            .attributes
            .iter()
            .filter(|attribute| words.contains(attribute.name.as_str()))
            .map(|attribute| attribute.name.clone())
            .collect()
    }
}

/// Values in the TOAST table, known by its size alone.
#[derive(Clone, Debug, PartialEq)]
pub struct OutOfLine {
    /// The column they are taken to belong to.
    pub column: String,
    /// Mean bytes a row of the table, as stored: perhaps compressed.
    pub bytes_per_row: f64,
}

/// A reference to another table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parent {
    /// The table referred to.
    pub table: TableName,
    /// The referring columns.
    pub columns: Vec<String>,
    /// The columns referred to, in the same order.
    pub referenced: Vec<String>,
    /// Deleting the parent deletes the child.
    pub cascade: bool,
}

/// A partial index of Postgres.
#[derive(Clone, Debug, PartialEq)]
pub struct PartialIndex {
    /// Its name.
    pub name: String,
    /// Its predicate, as SQL.
    pub predicate: String,
    /// Share of the rows that meet it, where the index was analysed.
    pub share: Option<f64>,
}
