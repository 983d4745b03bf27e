use std::collections::BTreeSet;
use std::fmt;

use crate::units::Bytes;
use crate::written::quoted_part;

/// A table's schema and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableName {
    /// The schema, such as `public`.
    pub schema: String,
    /// The name within it.
    pub name: String,
}

impl TableName {
    /// A table of a schema.
    #[must_use]
    pub fn new(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self { schema: schema.into(), name: name.into() }
    }
}

impl fmt::Display for TableName {
    /// Without the schema where it is `public`; names with dots are quoted as in
    /// SQL, so that [`crate::written::split_name`] reads back what is printed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.schema != "public" {
            write!(f, "{}.", quoted_part(&self.schema))?;
        }
        f.write_str(&quoted_part(&self.name))
    }
}

/// The schema and the statistics of one database.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// Tables in order of schema and name.
    pub tables: Vec<Table>,
    /// Labels of each enum type, by type name without schema `public`.
    pub enums: Vec<(String, Vec<String>)>,
    /// Server settings by name, with their unit where they have one.
    pub settings: Vec<(String, String, Option<String>)>,
}

impl Catalog {
    /// The table of that name; a name without a schema is looked up in
    /// `public` first, then anywhere if it is unique.
    #[must_use]
    pub fn find(&self, schema: Option<&str>, name: &str) -> Option<&Table> {
        let named = || self.tables.iter().filter(|table| table.name.name == name);
        match schema {
            Some(schema) => named().find(|table| table.name.schema == schema),
            None => named().find(|table| table.name.schema == "public").or_else(|| {
                let mut all = named();
                all.next().filter(|_| all.next().is_none())
            }),
        }
    }
}

/// One table.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Its name.
    pub name: TableName,
    /// Columns in order of attribute number.
    pub columns: Vec<Column>,
    /// Primary key, unique and foreign-key constraints.
    pub constraints: Vec<Constraint>,
    /// All indexes, those of constraints included.
    pub indexes: Vec<Index>,
    /// User triggers (from the schema text).
    pub triggers: Vec<Trigger>,
    /// `pg_class.reltuples`, or a count; `None` if never analysed.
    pub rows: Option<u64>,
    /// Main fork of the heap.
    pub heap_bytes: Option<Bytes>,
    /// TOAST table with its index.
    pub toast_bytes: Option<Bytes>,
    /// All indexes together.
    pub index_bytes: Option<Bytes>,
    /// How full inserts fill a page, percent, where that is set.
    pub fillfactor: Option<u32>,
}

impl Table {
    /// The columns of the primary key, in key order; empty without one.
    #[must_use]
    pub fn primary_key(&self) -> &[String] {
        self.constraints
            .iter()
            .find(|constraint| constraint.kind == ConstraintKind::PrimaryKey)
            .map_or(&[], |constraint| &constraint.columns)
    }

    /// The column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// One column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// The type as `format_type` prints it, such as `timestamp with time zone`
    /// or `numeric(12,2)`; an enum by its name.
    pub type_name: String,
    /// `NOT NULL`.
    pub not_null: bool,
    /// The default expression, if any.
    pub default: Option<String>,
    /// `GENERATED … AS IDENTITY`.
    pub identity: bool,
    /// What `pg_stats` says, if the table was analysed.
    pub stats: Option<ColumnStats>,
}

/// A row of `pg_stats`, without any values of the data.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnStats {
    /// Share of rows that are NULL.
    pub null_fraction: f64,
    /// Average width in bytes as stored (compressed or a TOAST pointer where it
    /// is out of line), header included; cut to a whole number by Postgres. `None`
    /// where a declared column does not say.
    pub avg_width_bytes: Option<f64>,
    /// As `pg_stats` has it: positive is a count, negative a share of the rows.
    pub n_distinct: f64,
    /// Frequencies of the most common values.
    pub most_common_freqs: Vec<f64>,
    /// Correlation of physical with logical order.
    pub correlation: Option<f64>,
}

impl ColumnStats {
    /// How many distinct values `rows` rows hold, at least 1; `None` where nobody
    /// knows, which Postgres writes as 0.
    #[must_use]
    pub fn distinct(&self, rows: f64) -> Option<f64> {
        let count = if self.n_distinct < 0.0 { -self.n_distinct * rows } else { self.n_distinct };
        (count > 0.0).then(|| count.max(1.0))
    }
}

/// A constraint.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    /// Its name.
    pub name: String,
    /// What it demands.
    pub kind: ConstraintKind,
    /// The columns it is on, in order.
    pub columns: Vec<String>,
}

/// The kinds of constraints that matter to a design.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConstraintKind {
    /// `PRIMARY KEY`.
    PrimaryKey,
    /// `UNIQUE`.
    Unique,
    /// `FOREIGN KEY`.
    ForeignKey {
        /// The table referred to.
        references: TableName,
        /// Its columns, in the order of the referring ones.
        referenced_columns: Vec<String>,
        /// What deleting the parent does.
        on_delete: OnDelete,
    },
}

/// `ON DELETE` of a foreign key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDelete {
    /// `NO ACTION` or `RESTRICT`.
    Refuse,
    /// `CASCADE`.
    Cascade,
    /// `SET NULL` or `SET DEFAULT`.
    SetNull,
}

/// An index.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Key columns in order; `None` is an expression.
    pub key_columns: Vec<Option<String>>,
    /// Columns of `INCLUDE`.
    pub included_columns: Vec<String>,
    /// `UNIQUE`.
    pub unique: bool,
    /// The index of the primary key.
    pub primary: bool,
    /// Access method, such as `btree`.
    pub method: String,
    /// The predicate of a partial index, as SQL.
    pub predicate: Option<String>,
    /// Size on disk.
    pub bytes: Option<Bytes>,
    /// Entries (`pg_class.reltuples`).
    pub rows: Option<u64>,
    /// How full a build fills its leaves, percent, where that is set.
    pub fillfactor: Option<u32>,
}

/// A user trigger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// Its name.
    pub name: String,
    /// When it fires and what it calls, as SQL.
    pub definition: String,
    /// When it fires.
    pub fires: Firing,
    /// The function that it calls.
    pub function: Option<TableName>,
    /// What that does, where its text was recorded.
    pub body: Option<Body>,
}

/// When a trigger fires.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Firing {
    /// Before the row is written: the function can change it.
    pub before: bool,
    /// When a row is inserted.
    pub on_insert: bool,
    /// When a row is updated.
    pub on_update: bool,
    /// Only when one of these columns is updated; empty for any.
    pub update_of: Vec<String>,
}

/// What a trigger's function does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    /// Columns of the new row that it assigns.
    pub sets: BTreeSet<String>,
    /// It runs statements of its own.
    pub does_more: bool,
}
