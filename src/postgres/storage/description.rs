use super::width::Width;

/// A table as its size is predicted from.
#[derive(Clone, Debug, PartialEq)]
pub struct TableDescription {
    /// Its name.
    pub name: String,
    /// Live rows.
    pub rows: u64,
    /// How full inserts fill a page, percent (10 to 100).
    pub fillfactor: u32,
    /// Columns in the order of `pg_attribute.attnum`.
    pub columns: Vec<Column>,
    /// Its indexes.
    pub indexes: Vec<IndexDescription>,
    /// What its files really take, where that is known.
    pub measured: Option<Measured>,
}

/// A column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Alignment of its values in bytes: 1, 2, 4 or 8.
    pub alignment: u32,
    /// Whether its values may leave the row.
    pub storage: Storage,
    /// Share of NULLs, 0 to 1.
    pub null_fraction: f64,
    /// Bytes of a value as stored.
    pub width: Width,
    /// Most bytes that a value of its type can take; `None` if there is no bound.
    /// A table whose rows always fit a page has no TOAST table.
    pub bytes_max: Option<u64>,
}

/// `pg_attribute.attstorage`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// `p`: never compressed, never out of line.
    Plain,
    /// `m`: compressed, out of line only as a last resort.
    Main,
    /// `e`: out of line, never compressed.
    External,
    /// `x`: compressed, then out of line.
    Extended,
}

/// A B-tree index.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexDescription {
    /// Its name.
    pub name: String,
    /// Key columns, then included ones. `None`: not a B-tree, whose size is not
    /// modelled.
    pub columns: Option<Vec<KeyColumn>>,
    /// Names of its columns, of those that are no expressions.
    pub names: Vec<String>,
    /// How many of the columns are keys.
    pub keys: usize,
    /// Whether it is unique.
    pub unique: bool,
    /// How full a build fills its leaves, percent (10 to 100).
    pub fillfactor: u32,
    /// Rows in it: fewer than the table's if it is partial.
    pub entries: u64,
    /// Different keys, all columns together, NULLs counted as values.
    pub distinct_keys: f64,
    /// Whether these were counted in samples, column by column.
    pub distinct_is_estimated: bool,
    /// How its entries came in.
    pub build: Build,
    /// What it really takes, where that is known.
    pub measured: Option<MeasuredIndex>,
}

/// A column of an index.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyColumn {
    /// Alignment of its values in bytes.
    pub alignment: u32,
    /// Share of NULLs, 0 to 1.
    pub null_fraction: f64,
    /// Bytes of a value as stored.
    pub width: Width,
    /// Different values, NULL not counted.
    pub distinct: f64,
    /// Whether equal values are stored alike, so that duplicates may share an
    /// entry (not so for numeric, jsonb, floats and containers).
    pub equal_is_alike: bool,
    /// Whether rows stand in the order of its values, as of a sequence or a
    /// clock.
    pub in_row_order: bool,
}

/// How the entries of an index came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Build {
    /// Sorted: `CREATE INDEX` or `REINDEX` of rows that stood there.
    Sorted,
    /// One by one in ascending order of the key, as of a sequence or a clock.
    Ascending,
    /// One by one in no order.
    Scattered,
}

/// Bytes of a table's files as the server reported them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// Main fork.
    pub heap: u64,
    /// Free-space map, where it was measured.
    pub fsm: Option<u64>,
    /// Visibility map, where it was measured.
    pub vm: Option<u64>,
    /// Main fork of the TOAST table; `None` if not measured.
    pub toast_heap: Option<u64>,
    /// The TOAST table's index; `None` if not measured.
    pub toast_index: Option<u64>,
    /// TOAST table, its index and its maps, where only their sum was measured.
    pub toast_total: Option<u64>,
}

/// Bytes of an index as the server reported them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeasuredIndex {
    /// Main fork.
    pub bytes: u64,
}
