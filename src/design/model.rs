use std::collections::{BTreeMap, BTreeSet};

use crate::capture::TableName;
use crate::sql::Predicate;

use super::rules::PatternRule;
use super::template::Template;

/// A candidate design, checked against the workload's tables and columns.
#[derive(Clone, Debug)]
pub struct Design {
    /// Its name, unique within a scenario.
    pub name: String,
    /// What it is about, in a sentence.
    pub summary: String,
    /// Its tables, in the order of the file.
    pub tables: Vec<TableDesign>,
    /// What the design says about single statements.
    pub rules: Vec<PatternRule>,
    /// Caches tried out in front of statements.
    pub caches: Vec<CachedPattern>,
}

/// A cache in front of a statement that reads.
#[derive(Clone, Debug, PartialEq)]
pub struct CachedPattern {
    /// The statement, as one line; its beginning if it ends in `...`.
    pub sql: String,
    /// Share of its calls that the cache answers, 0 to 1.
    pub hit_ratio: f64,
}

impl CachedPattern {
    /// Whether it stands in front of a statement, given as one line.
    #[must_use]
    pub fn covers(&self, text: &str) -> bool {
        match self.sql.strip_suffix("...") {
            Some(beginning) => text.starts_with(beginning),
            None => text == self.sql,
        }
    }
}

/// A DynamoDB table.
#[derive(Clone, Debug)]
pub struct TableDesign {
    /// Its name.
    pub name: String,
    /// The name of the partition key attribute.
    pub partition_attribute: String,
    /// The name of the sort key attribute, if it has one.
    pub sort_attribute: Option<String>,
    /// Its secondary indexes.
    pub indexes: Vec<IndexDesign>,
    /// The kinds of items it holds.
    pub items: Vec<ItemType>,
    /// The TTL attribute; expired items are deleted for free.
    pub ttl: Option<String>,
}

/// A kind of item: the rows of one Postgres table.
#[derive(Clone, Debug)]
pub struct ItemType {
    /// Its name within the table.
    pub name: String,
    /// The Postgres table it is made from.
    pub from: TableName,
    /// How its partition key is made.
    pub partition_key: Template,
    /// How its sort key is made.
    pub sort_key: Option<Template>,
    /// Columns that are not stored (the key holds them, or nobody needs them).
    pub omit: BTreeSet<String>,
    /// Attribute names that differ from the column's.
    pub rename: BTreeMap<String, String>,
    /// Compressed columns: compressed bytes over plain bytes.
    pub compress: BTreeMap<String, f64>,
    /// Child rows kept inside the item.
    pub embeds: Vec<Embedded>,
    /// Columns of a parent that the item holds too.
    pub copies: Vec<CopiedColumn>,
    /// Columns whose values no two items share, kept so by guard items.
    pub unique: Vec<Vec<String>>,
}

impl ItemType {
    /// Both key templates.
    #[must_use]
    pub fn partition_key_and_sort(&self) -> (&Template, Option<&Template>) {
        (&self.partition_key, self.sort_key.as_ref())
    }
}

/// A column of a parent row kept in its children's items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopiedColumn {
    /// The attribute that holds it.
    pub attribute: String,
    /// The parent table.
    pub table: TableName,
    /// Its column.
    pub column: String,
}

/// Child rows kept as a list attribute of their parent's item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Embedded {
    /// The child table.
    pub from: TableName,
    /// The list attribute.
    pub attribute: String,
}

/// Global or local.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexKind {
    /// Own keys, own capacity; reads are eventually consistent.
    Global,
    /// The table's partition key; draws on the table's capacity.
    Local,
}

/// A secondary index.
#[derive(Clone, Debug)]
pub struct IndexDesign {
    /// Its name.
    pub name: String,
    /// Global or local.
    pub kind: IndexKind,
    /// How its partition key is made.
    pub partition_key: Template,
    /// How its sort key is made.
    pub sort_key: Option<Template>,
    /// Which attributes it holds besides the keys.
    pub projection: Projection,
    /// Which items it holds besides those that have all its key attributes.
    pub membership: Membership,
    /// The kinds of items it holds, by name; `None` is every kind that has its
    /// key columns. Where it is stated the application keeps the keys in
    /// attributes of the index's own, so that other kinds have none.
    pub items: Option<BTreeSet<String>>,
}

/// What an index entry holds besides the keys of index and table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Projection {
    /// Everything.
    All,
    /// Nothing.
    KeysOnly,
    /// These columns.
    Include(BTreeSet<String>),
}

/// Which items are in a sparse index.
#[derive(Clone, Debug, PartialEq)]
pub enum Membership {
    /// Every item that has the key columns.
    HasKey,
    /// Only items that meet the predicate of a Postgres partial index: the
    /// application sets the index key while it holds and removes it after.
    LikeIndex {
        /// The Postgres index.
        index: String,
        /// Its predicate, as SQL.
        predicate: String,
        /// Columns that the predicate reads.
        columns: BTreeSet<String>,
        /// What the predicate tests, as far as it reads as tests of columns.
        tests: Vec<Predicate>,
        /// Share of the rows that meet it today.
        share: f64,
    },
}

impl Design {
    /// Every kind of item made from that table: indexes of table and item.
    pub fn homes(&self, from: &TableName) -> impl Iterator<Item = (usize, usize)> {
        self.tables.iter().enumerate().flat_map(move |(t, table)| {
            table
                .items
                .iter()
                .enumerate()
                .filter(move |(_, item)| item.from == *from)
                .map(move |(i, _)| (t, i))
        })
    }

    /// Every kind of item that embeds rows of that table: table, item, embed.
    pub fn embedders(&self, from: &TableName) -> impl Iterator<Item = (usize, usize, usize)> {
        self.tables.iter().enumerate().flat_map(move |(t, table)| {
            table.items.iter().enumerate().flat_map(move |(i, item)| {
                item.embeds
                    .iter()
                    .enumerate()
                    .filter(move |(_, embed)| embed.from == *from)
                    .map(move |(e, _)| (t, i, e))
            })
        })
    }
}
