//! A table of a recorded or declared catalog as its size is predicted from.

use std::fmt;

use crate::capture::{self, Catalog, Index, Table};
use crate::finding::{Finding, Severity};

use super::btree;
use super::description::{
    Build, Column, IndexDescription, KeyColumn, Measured, MeasuredIndex, TableDescription,
};
use super::statistics::{
    assumed, bytes_max, distinct_keys, distinct_values, equal_is_alike, within,
};
use super::types::{ENUM, TypeLayout, type_layout};
use super::{ASSUMED_WIDTHS, Descriptions, ORDERED_FROM, Width, real};

/// What a recorded table cannot be predicted for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// It was never analysed: nobody knows how many rows it has.
    Rows,
    /// These columns have values of varying size and no statistics.
    Widths(Vec<String>),
    /// These columns are of types whose layout is not known.
    Types(Vec<String>),
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows => f.write_str("its rows were never counted"),
            Self::Widths(names) => write!(f, "no statistics of {}", names.join(", ")),
            Self::Types(names) => {
                write!(f, "how these types are stored is not known: {}", names.join(", "))
            }
        }
    }
}

/// A described table, and what the catalog does not tell of it.
#[derive(Clone, Debug, PartialEq)]
pub struct FromCatalog {
    /// The description.
    pub table: TableDescription,
    /// Columns of which only an average width is known.
    pub assumed_widths: Vec<String>,
    /// Indexes that are not modelled: not B-trees, or on expressions.
    pub not_modelled: Vec<String>,
    /// Partial indexes whose entries nobody counted: taken as holding all rows.
    pub uncounted: Vec<String>,
    /// Indexes on values that are on average longer than an entry may be, with the
    /// columns' bytes.
    pub over_long: Vec<String>,
}

/// Describes a table for a number of rows (`None`: as many as were counted).
///
/// # Errors
/// What is not known without which nothing can be predicted.
pub fn from_catalog(
    table: &Table,
    enums: &[(String, Vec<String>)],
    rows: Option<u64>,
) -> Result<FromCatalog, Missing> {
    let counted = table.rows.ok_or(Missing::Rows)?;
    let rows = rows.unwrap_or(counted);
    // The TOAST table of a table that never needed it is empty but for the meta
    // page of its index.
    let toasted = table.toast_bytes.is_some_and(|bytes| bytes.get() > super::BLOCK_BYTES);
    let (mut types, mut widths, mut assumed_widths) = (Vec::new(), Vec::new(), Vec::new());
    let mut columns = Vec::new();
    for column in &table.columns {
        let Some(layout) = layout(column, enums) else {
            types.push(format!("{} ({})", column.name, column.type_name));
            continue;
        };
        match width(column, layout, rows, toasted) {
            Some(width) => {
                if matches!(width, Width::Varying(spread) if spread.assumed) {
                    assumed_widths.push(column.name.clone());
                }
                columns.push(described(column, layout, width, real(rows)));
            }
            None => widths.push(column.name.clone()),
        }
    }
    if !types.is_empty() {
        return Err(Missing::Types(types));
    }
    if !widths.is_empty() {
        return Err(Missing::Widths(widths));
    }
    let mut told = FromCatalog {
        table: TableDescription {
            name: table.name.to_string(),
            rows,
            fillfactor: table.fillfactor.unwrap_or(100),
            columns: columns.iter().map(|(column, _)| column.clone()).collect(),
            indexes: Vec::new(),
            measured: table.heap_bytes.map(|heap| Measured {
                heap: heap.get(),
                toast_total: table.toast_bytes.map(crate::units::Bytes::get),
                ..Measured::default()
            }),
        },
        assumed_widths,
        not_modelled: Vec::new(),
        uncounted: Vec::new(),
        over_long: Vec::new(),
    };
    for one in &table.indexes {
        let index = index(one, &columns, counted, rows, &mut told);
        told.table.indexes.push(index);
    }
    Ok(told)
}

/// Describes all tables of a catalog, and says what could not be or was taken for
/// granted.
#[must_use]
pub fn describe(catalog: &Catalog) -> Descriptions {
    let mut tables = Vec::new();
    let (mut unpredicted, mut assumed, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    let (mut not_modelled, mut uncounted, mut over_long) = (Vec::new(), Vec::new(), Vec::new());
    for table in &catalog.tables {
        let name = &table.name;
        match from_catalog(table, &catalog.enums, None) {
            Ok(told) => {
                assumed.extend(told.assumed_widths.iter().map(|one| format!("{name}.{one}")));
                not_modelled.extend(told.not_modelled);
                uncounted.extend(told.uncounted);
                over_long.extend(told.over_long.iter().map(|one| format!("{name}.{one}")));
                if told.table.toast_is_unknown() {
                    unknown.push(name.to_string());
                }
                tables.push(told.table);
            }
            Err(missing) => unpredicted.push(format!("{name}: {missing}")),
        }
    }
    let one = |id, severity, names: Vec<String>, what: &str, mend: &str| {
        (!names.is_empty())
            .then(|| Finding::new(id, severity, format!("{what}: {}", names.join(", "))).mend(mend))
    };
    let findings = [
        one(
            "tables-not-described",
            Severity::High,
            unpredicted,
            "nothing is predicted of these tables",
            "run ANALYZE and export tables, columns and pg_stats again",
        ),
        one(
            "toast-unknown",
            Severity::High,
            unknown,
            "values are out of line, where pg_stats counts only pointers: their bytes are unknown \
             and in no sum",
            "describe the table in JSON with exact: {avg_column_size, min, max, stddev} of \
             pg_column_size(column)",
        ),
        one(
            "index-not-modelled",
            Severity::Medium,
            not_modelled,
            "not B-trees, or on expressions of which nothing is known: not predicted",
            "see their measured bytes",
        ),
        one(
            "partial-index-uncounted",
            Severity::Medium,
            uncounted,
            "nobody counted the rows of these partial indexes: taken as holding all rows",
            "export pg_class.reltuples of the index",
        ),
        one(
            "assumed-widths",
            Severity::Medium,
            assumed,
            ASSUMED_WIDTHS,
            "describe the table in JSON with exact: {avg_column_size, min, max, stddev} of \
             pg_column_size(column)",
        ),
    ];
    let mut findings: Vec<Finding> =
        findings.into_iter().chain([over_long_entries(over_long)]).flatten().collect();
    findings.push(Finding::new(
        "freshly-built",
        Severity::Low,
        "predicted is a freshly loaded table with freshly built indexes; what measured sizes are \
         above it is bloat",
    ));
    Descriptions { tables, findings }
}

/// What is said of [`FromCatalog::over_long`] indexes; `None` without any.
#[must_use]
pub fn over_long_entries(indexes: Vec<String>) -> Option<Finding> {
    (!indexes.is_empty()).then(|| {
        Finding::new(
            "index-entries-over-long",
            Severity::High,
            format!(
                "Postgres refuses rows whose index entry is over {most} bytes after compression (a \
                 third of a page), and the columns of these indexes are longer on average: sized \
                 with entries of {most} bytes: {}",
                indexes.join(", "),
                most = btree::ENTRY_BYTES_MAX,
            ),
        )
        .mend(
            "check the lengths of these columns; index a hash of a long value (md5(column)) instead \
             of the value",
        )
    })
}

fn layout(column: &capture::Column, enums: &[(String, Vec<String>)]) -> Option<TypeLayout> {
    type_layout(&column.type_name)
        .or_else(|| enums.iter().any(|(name, _)| *name == column.type_name).then_some(ENUM))
}

fn width(column: &capture::Column, layout: TypeLayout, rows: u64, toasted: bool) -> Option<Width> {
    if let Some(bytes) = layout.bytes {
        return Some(Width::Fixed(bytes));
    }
    if rows == 0 {
        return Some(Width::Fixed(0));
    }
    let stats = column.stats.as_ref()?;
    if stats.null_fraction >= 1.0 {
        return Some(Width::Fixed(0));
    }
    // ANALYZE leaves values that are out of line out of its samples of values,
    // so that a column of nothing else has no correlation.
    let width = stats.avg_width_bytes?;
    let pointers = (width - f64::from(super::layout::POINTER_BYTES)).abs() < 0.5;
    if toasted && pointers && stats.correlation.is_none() {
        return Some(Width::OutOfLine);
    }
    Some(Width::Varying(assumed(width, stats.n_distinct, &column.type_name)))
}

fn described(
    column: &capture::Column,
    layout: TypeLayout,
    width: Width,
    rows: f64,
) -> (Column, KeyColumn) {
    let stats = column.stats.as_ref();
    let null_fraction = stats.map_or(0.0, |stats| stats.null_fraction);
    let not_null = rows * (1.0 - null_fraction);
    let key = KeyColumn {
        alignment: layout.alignment,
        null_fraction,
        width: width.clone(),
        distinct: stats
            .map_or(not_null, |stats| distinct_values(stats.n_distinct, rows, not_null))
            .min(not_null),
        equal_is_alike: equal_is_alike(&column.type_name),
        in_row_order: stats
            .and_then(|stats| stats.correlation)
            .is_some_and(|correlation| correlation >= ORDERED_FROM),
    };
    let described = Column {
        name: column.name.clone(),
        alignment: layout.alignment,
        storage: layout.storage,
        null_fraction,
        width,
        bytes_max: bytes_max(&column.type_name),
    };
    (described, key)
}

fn index(
    index: &Index,
    columns: &[(Column, KeyColumn)],
    counted: u64,
    rows: u64,
    told: &mut FromCatalog,
) -> IndexDescription {
    let names =
        index.key_columns.iter().cloned().chain(index.included_columns.iter().cloned().map(Some));
    let parts: Option<Vec<KeyColumn>> = names
        .map(|name| {
            let name = name?;
            let (_, key) = columns.iter().find(|(column, _)| column.name == name)?;
            Some(within(index.predicate.as_deref(), &name, key.clone()))
        })
        .collect();
    let parts = parts.filter(|_| index.method == "btree" && !index.key_columns.is_empty());
    if parts.is_none() {
        told.not_modelled.push(index.name.clone());
    }
    let mean: f64 = parts.iter().flatten().map(|part| part.width.mean()).sum();
    if mean > f64::from(btree::ENTRY_BYTES_MAX) {
        told.over_long.push(format!("{} ({mean:.0} bytes)", index.name));
    }
    let share = match (index.rows, &index.predicate) {
        (Some(entries), _) if counted > 0 => (real(entries) / real(counted)).min(1.0),
        (_, None) => 1.0,
        (_, Some(_)) => {
            told.uncounted.push(index.name.clone());
            1.0
        }
    };
    let entries = super::whole_up(real(rows) * share).min(rows);
    let keys = index.key_columns.len();
    IndexDescription {
        name: index.name.clone(),
        distinct_keys: parts
            .as_ref()
            .map_or(0.0, |parts| distinct_keys(parts, keys, index.unique, entries)),
        distinct_is_estimated: true,
        columns: parts,
        names: index.key_columns.iter().flatten().chain(&index.included_columns).cloned().collect(),
        keys,
        unique: index.unique,
        fillfactor: index.fillfactor.unwrap_or(90),
        entries,
        // What is predicted is a fresh index; what time makes of it is bloat.
        build: Build::Sorted,
        measured: index.bytes.map(|bytes| MeasuredIndex { bytes: bytes.get() }),
    }
}
