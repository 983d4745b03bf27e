//! An index of a table description.

use crate::capture::fillfactor_of;
use crate::finding::Diagnostic;
use crate::json::Node;

use super::super::description::{Build, IndexDescription, KeyColumn, MeasuredIndex};
use super::super::statistics::{distinct_keys, equal_is_alike, within};
use super::super::{ORDERED_FROM, Spread, Width, real, whole_up};
use super::column::ColumnRead;
use super::fields::Fields;
use super::{Evidence, Reader};

/// What `md5` returns, with the header of a short value.
const MD5: Spread = Spread { mean: 33.0, min: 33, max: 33, stddev: 0.0, step: 1, assumed: false };

pub fn read(
    reader: &mut Reader<'_, '_>,
    table: &str,
    rows: u64,
    columns: &[ColumnRead],
    node: &Node,
) -> Option<IndexDescription> {
    let mut fields = Fields::of(reader, node, "an index")?;
    fields.skip(&["tree_level", "internal_pages", "leaf_pages", "avg_leaf_density"]);
    let name = fields.required_text(reader, "name");
    let definition = fields.required_text(reader, "indexdef");
    let unique = fields.flag(reader, "unique").unwrap_or(false);
    let bytes = fields.count(reader, "bytes");
    let reltuples = fields.count(reader, "entries");
    let exact_entries = fields.count(reader, "exact_entries");
    let exact_distinct = fields.count(reader, "exact_distinct_keys_incl_null");
    let keys = fields.required_list(reader, "keys").and_then(|_| fields.texts(reader, "keys"));
    let include = fields.texts(reader, "include").unwrap_or_default();
    let stated = fields.percent(reader, "fillfactor");
    let predicate = fields.text(reader, "predicate");
    let built = fields.text(reader, "built");
    let expression_nodes = fields.list(reader, "expression_stats").unwrap_or_default();
    let start = fields.start();
    let shown = name.clone().unwrap_or_default();
    fields.finish(reader, &format!("{table}.{shown}"));
    let (name, definition, keys) = (name?, definition?, keys?);
    if keys.is_empty() {
        reader.fault(start, format!("{name} has no keys"));
        return None;
    }
    if exact_entries.is_some_and(|entries| entries > rows) {
        reader.fault(start, format!("{name} has more entries than the {rows} rows of the table"));
    }
    if exact_distinct.zip(exact_entries).is_some_and(|(distinct, entries)| distinct > entries) {
        reader.fault(start, format!("{name} has more distinct keys than entries"));
    }
    let believe = reader.evidence == Evidence::Exact;
    let known = exact_entries.filter(|_| believe).or(reltuples);
    let entries = match (known, &predicate) {
        (Some(entries), _) => entries,
        (None, None) => rows,
        (None, Some(_)) => {
            let place = reader.text.place(start);
            reader.found.push(
                Diagnostic::new(format!(
                    "{name} is partial and nothing tells how many rows it has"
                ))
                .at(place)
                .mend("add entries: pg_class.reltuples of the index"),
            );
            0
        }
    };
    let method = definition.to_ascii_lowercase();
    let is_btree = method.contains("using btree") || !method.contains(" using ");
    let mut expressions = expression_nodes
        .iter()
        .filter_map(|node| expression(reader, &name, rows, node))
        .collect::<Vec<_>>()
        .into_iter();
    let mut parts = Vec::new();
    let mut whole = true;
    for text in keys.iter().chain(&include) {
        match part(text, columns, &mut expressions) {
            Some(part) => parts.push(within(predicate.as_deref(), column_name(text), part)),
            // Of another method nothing is computed.
            None if is_btree => {
                whole = false;
                reader.fault(
                    start,
                    format!("{name} is on {text}, which is no column and has no expression_stats"),
                );
            }
            None => {}
        }
    }
    let build = build(built.as_deref(), parts.first());
    if build.is_none() {
        reader.notes.unknown_builds.push(name.clone());
    }
    whole.then(|| IndexDescription {
        distinct_keys: exact_distinct
            .filter(|_| believe)
            .map_or_else(|| distinct_keys(&parts, keys.len(), unique, entries), real),
        distinct_is_estimated: exact_distinct.filter(|_| believe).is_none(),
        columns: is_btree.then_some(parts),
        names: keys.iter().chain(&include).map(|text| column_name(text).to_owned()).collect(),
        keys: keys.len(),
        unique,
        fillfactor: stated.or_else(|| fillfactor_of(&definition)).unwrap_or(90),
        entries,
        build: build.unwrap_or(Build::Sorted),
        measured: bytes.map(|bytes| MeasuredIndex { bytes }),
        name,
    })
}

/// A key as `pg_get_indexdef` writes it, without order and operator class.
fn column_name(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or(text).trim_matches('"')
}

fn column_of<'c>(text: &str, columns: &'c [ColumnRead]) -> Option<&'c ColumnRead> {
    let name = column_name(text);
    columns.iter().find(|column| column.column.name == name)
}

fn part(
    text: &str,
    columns: &[ColumnRead],
    expressions: &mut dyn Iterator<Item = KeyColumn>,
) -> Option<KeyColumn> {
    if let Some(column) = column_of(text, columns) {
        return Some(key_of(column));
    }
    let statistics = expressions.next();
    if text.starts_with("md5(") {
        // 32 digits, whatever ANALYZE says of the text before it is stored.
        return statistics.map(|key| KeyColumn { width: Width::Varying(MD5), ..key });
    }
    // Changing case leaves the width as it is, and columns are known better than
    // expressions.
    let inner = ["lower(", "upper("]
        .iter()
        .find_map(|function| text.strip_prefix(function)?.split(')').next())
        .map(|inner| inner.trim_start_matches('(').split("::").next().unwrap_or(inner));
    let column = inner.and_then(|inner| column_of(inner, columns)).map(key_of);
    match (column, statistics) {
        (Some(column), Some(statistics)) => {
            Some(KeyColumn { distinct: statistics.distinct, ..column })
        }
        (column, statistics) => column.or(statistics),
    }
}

fn key_of(read: &ColumnRead) -> KeyColumn {
    KeyColumn {
        alignment: read.column.alignment,
        null_fraction: read.column.null_fraction,
        width: read.column.width.clone(),
        distinct: read.distinct,
        equal_is_alike: equal_is_alike(&read.type_name),
        in_row_order: read.correlation.is_some_and(|correlation| correlation >= ORDERED_FROM),
    }
}

/// What ANALYZE keeps about an expression of an index.
fn expression(
    reader: &mut Reader<'_, '_>,
    index: &str,
    rows: u64,
    node: &Node,
) -> Option<KeyColumn> {
    let mut fields = Fields::of(reader, node, "statistics of an expression")?;
    fields.skip(&["name"]);
    let width = fields.required_count(reader, "avg_width");
    let nulls = fields.number(reader, "null_frac", (0.0, 1.0)).unwrap_or(0.0);
    let n_distinct = fields.number(reader, "n_distinct", (-1.0, f64::INFINITY)).unwrap_or(-1.0);
    fields.finish(reader, &format!("{index}.expression_stats"));
    let bytes = u32::try_from(width?).ok()?;
    let distinct = if n_distinct < 0.0 { -n_distinct * real(rows) } else { n_distinct };
    let (alignment, width) = match bytes {
        // The type is not told; numbers, dates and times have these.
        1 | 2 | 4 | 8 => (bytes, Width::Fixed(bytes)),
        _ => {
            reader.notes.assumed_widths.push(index.to_owned());
            // Computed texts have the long header of 4 bytes, and short ones are
            // stored with one of 1.
            let mean = f64::from(bytes) + if bytes <= 130 { -2.5 } else { 0.5 };
            let spread = Spread {
                mean,
                min: u32::try_from(whole_up(mean * 0.5)).ok()?,
                max: u32::try_from(whole_up(mean * 1.5)).ok()?,
                stddev: mean / 12.0_f64.sqrt(),
                step: 1,
                assumed: true,
            };
            (4, Width::Varying(spread))
        }
    };
    Some(KeyColumn {
        alignment,
        null_fraction: nulls,
        width,
        distinct,
        equal_is_alike: true,
        in_row_order: false,
    })
}

fn build(built: Option<&str>, leading: Option<&KeyColumn>) -> Option<Build> {
    Some(match (built?.contains("incremental"), leading) {
        (false, _) => Build::Sorted,
        (true, Some(key)) if key.in_row_order => Build::Ascending,
        (true, _) => Build::Scattered,
    })
}
