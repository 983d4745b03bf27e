//! Design files, as [`crate::design::read`] reads them.

use std::collections::BTreeMap;

use schemars::JsonSchema;

/// An item design: tables, what they hold, and what the planner cannot know.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields, title = "ddbplan design file")]
pub struct DesignFile {
    /// The design's name.
    pub name: String,
    /// What it is, in a sentence.
    pub summary: Option<String>,
    /// The tables by name.
    pub tables: BTreeMap<String, Table>,
    /// What only the application knows about a statement.
    pub patterns: Option<Vec<Pattern>>,
}

/// A table.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Table {
    /// A column, or a template such as `N#{created_at}#{id}`.
    pub partition_key: String,
    /// A column, or a template.
    pub sort_key: Option<String>,
    /// The attribute that holds when an item expires.
    pub ttl: Option<String>,
    /// The kinds of items by name.
    pub items: BTreeMap<String, Item>,
    /// Global secondary indexes by name.
    pub gsi: Option<BTreeMap<String, GlobalIndex>>,
    /// Local secondary indexes by name.
    pub lsi: Option<BTreeMap<String, LocalIndex>>,
}

/// A kind of item, made from the rows of one Postgres table.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Item {
    /// The Postgres table.
    pub from: String,
    /// Its own partition key, where it is not the table's.
    pub partition_key: Option<String>,
    /// Its own sort key, where it is not the table's.
    pub sort_key: Option<String>,
    /// Columns that are not stored.
    pub omit: Option<Vec<String>>,
    /// Columns with the names of their attributes.
    pub rename: Option<BTreeMap<String, String>>,
    /// Columns with the size of a compressed value over the plain one.
    pub compress: Option<BTreeMap<String, f64>>,
    /// Child tables with the attribute that holds their rows as a list.
    pub embed: Option<BTreeMap<String, String>>,
    /// Columns (with commas between) whose values a guard item keeps unique.
    pub unique: Option<Vec<String>>,
    /// Attributes with the parent's column (`table.column`) that they copy.
    pub copy: Option<BTreeMap<String, String>>,
}

/// A global secondary index.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct GlobalIndex {
    /// A column, or a template.
    pub partition_key: String,
    /// A column, or a template.
    pub sort_key: Option<String>,
    /// What of an item is in it.
    pub projection: Option<Projection>,
    /// Attributes that are in it besides the keys.
    pub include: Option<Vec<String>>,
    /// Sparse like this partial index of Postgres.
    pub like_index: Option<String>,
    /// Only these kinds of items.
    pub items: Option<Vec<String>>,
}

/// A local secondary index.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct LocalIndex {
    /// A column, or a template.
    pub sort_key: Option<String>,
    /// What of an item is in it.
    pub projection: Option<Projection>,
    /// Attributes that are in it besides the keys.
    pub include: Option<Vec<String>>,
    /// Sparse like this partial index of Postgres.
    pub like_index: Option<String>,
    /// Only these kinds of items.
    pub items: Option<Vec<String>>,
}

/// What of an item is in an index.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum Projection {
    /// All of it.
    All,
    /// Its keys.
    KeysOnly,
    /// Its keys and what `include` names.
    Include,
}

/// What only the application knows about a statement.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Pattern {
    /// The statement as `explain` prints it; `...` at the end matches a
    /// beginning.
    pub sql: String,
    /// Columns that the caller knows besides those in the statement.
    pub supplies: Option<Vec<String>>,
    /// Reading the whole table is accepted.
    pub accept_scan: Option<bool>,
    /// The other store that serves it.
    pub elsewhere: Option<String>,
    /// Deletes are left to TTL.
    pub by_ttl: Option<bool>,
    /// A range reaches over so many time buckets.
    pub buckets: Option<f64>,
    /// Its writes are one transaction.
    pub transaction: Option<bool>,
    /// Its reads are strongly consistent.
    pub strong: Option<bool>,
    /// What it does to each index.
    pub index_effects: Option<BTreeMap<String, IndexEffect>>,
    /// The operations, where the planner is not to find them.
    pub operations: Option<Vec<Operation>>,
}

/// What a write does to the entry of an item in an index.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum IndexEffect {
    /// Nothing.
    Untouched,
    /// It puts one in.
    Enters,
    /// It takes it out.
    Leaves,
    /// It takes it out and puts another in.
    Moves,
    /// It changes it in place.
    Changes,
}

/// An operation.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Operation {
    /// The request.
    pub operation: Request,
    /// The table.
    pub table: String,
    /// The kind of item.
    pub item: String,
    /// The index that is read.
    pub index: Option<String>,
    /// Requests a call.
    pub per_call: Option<f64>,
    /// Items a request.
    pub items: Option<f64>,
    /// Columns that it changes.
    pub changes: Option<Vec<String>>,
}

/// A request of the `DynamoDB` API.
#[derive(Debug, JsonSchema)]
pub enum Request {
    /// One item by its key.
    GetItem,
    /// Items of a partition.
    Query,
    /// A whole table or index.
    Scan,
    /// A new item.
    PutItem,
    /// A change of an item.
    UpdateItem,
    /// The end of an item.
    DeleteItem,
}
