//! A column of a table description.

use crate::json::Node;

use super::super::description::{Column, Storage};
use super::super::layout::POINTER_BYTES;
use super::super::{Spread, Width, real, whole_up};
use super::fields::Fields;
use super::{Evidence, Reader};

/// Columns as read.
pub type Columns = Vec<ColumnRead>;

/// A column and what indexes on it need to know.
pub struct ColumnRead {
    pub column: Column,
    pub type_name: String,
    /// Different values, NULL not counted.
    pub distinct: f64,
    pub correlation: Option<f64>,
}

/// Types whose equal values may be stored differently, so that index entries of
/// duplicates are not merged: no `btequalimage` support function
/// (`pg_amproc.dat`, PostgreSQL 15, and the extensions of the distribution).
const UNLIKE_TYPES: [&str; 12] = [
    "numeric",
    "jsonb",
    "real",
    "double precision",
    "interval",
    "tsvector",
    "tsquery",
    "record",
    "citext",
    "hstore",
    "ltree",
    "cube",
];

/// Whether equal values of a type are stored alike.
pub fn equal_is_alike(type_name: &str) -> bool {
    let base = type_name.split('(').next().unwrap_or(type_name).trim();
    !UNLIKE_TYPES.contains(&base) && !type_name.ends_with("[]") && !base.ends_with("range")
}

pub fn read(
    reader: &mut Reader<'_, '_>,
    table: &str,
    rows: u64,
    node: &Node,
) -> Option<ColumnRead> {
    let share = (0.0, 1.0);
    let mut fields = Fields::of(reader, node, "a column")?;
    fields.skip(&["not_null", "mcf_top"]);
    let name = fields.required_text(reader, "name");
    let type_name = fields.required_text(reader, "type");
    let typlen = fields.number(reader, "typlen", (-2.0, 65_535.0));
    let alignment = fields.required_text(reader, "typalign");
    let storage = fields.required_text(reader, "storage");
    let null_frac = fields.number(reader, "null_frac", share);
    let avg_width = fields.count(reader, "avg_width");
    let n_distinct = fields.number(reader, "n_distinct", (-1.0, f64::INFINITY));
    let correlation = fields.number(reader, "correlation", (-1.0, 1.0));
    let exact_nulls = fields.number(reader, "exact_null_frac", share);
    let exact_distinct = fields.count(reader, "exact_n_distinct");
    let exact = fields.node("exact");
    let start = fields.start();
    let shown = name.clone().unwrap_or_default();
    fields.finish(reader, &format!("{table}.{shown}"));
    let believe = reader.evidence == Evidence::Exact;
    let exact = exact.filter(|_| believe).and_then(|node| spread(reader, node));
    let null_fraction = exact_nulls.filter(|_| believe).or(null_frac).unwrap_or(0.0);
    let alignment = match alignment?.as_str() {
        "c" => Some(1),
        "s" => Some(2),
        "i" => Some(4),
        "d" => Some(8),
        other => {
            reader.fault(start, format!("typalign of {shown} is c, s, i or d, not {other:?}"));
            None
        }
    };
    let storage = match storage?.as_str() {
        "p" => Some(Storage::Plain),
        "m" => Some(Storage::Main),
        "e" => Some(Storage::External),
        "x" => Some(Storage::Extended),
        other => {
            reader.fault(start, format!("storage of {shown} is p, m, e or x, not {other:?}"));
            None
        }
    };
    let (name, type_name) = (name?, type_name?);
    let movable = matches!(storage, Some(Storage::External | Storage::Extended));
    let width = match (typlen, exact, avg_width) {
        (Some(length), _, _) if length > 0.0 => {
            Some(Width::Fixed(u32::try_from(whole_up(length)).unwrap_or(u32::MAX)))
        }
        (_, Some(spread), _) => Some(Width::Varying(spread)),
        (_, None, Some(width))
            if movable && correlation.is_none() && width == u64::from(POINTER_BYTES) =>
        {
            reader.notes.out_of_line.push(format!("{table}.{name}"));
            Some(Width::OutOfLine)
        }
        // A column of NULLs has no width.
        (_, None, _) if null_fraction >= 1.0 || rows == 0 => Some(Width::Fixed(0)),
        (_, None, Some(width)) => {
            reader.notes.assumed_widths.push(format!("{table}.{name}"));
            Some(Width::Varying(assumed(width, &type_name)))
        }
        (_, None, None) => {
            reader.fault(start, format!("the width of {name} is not known"));
            None
        }
    };
    let not_null = real(rows) * (1.0 - null_fraction);
    let distinct = match (exact_distinct.filter(|_| believe), n_distinct) {
        (Some(distinct), _) => real(distinct),
        (None, Some(fraction)) if fraction < 0.0 => -fraction * real(rows),
        (None, Some(distinct)) if distinct > 0.0 => distinct,
        // 0 is "unknown": as many as there can be gives the largest index.
        (None, _) => not_null,
    };
    Some(ColumnRead {
        column: Column {
            bytes_max: bytes_max(&type_name),
            name,
            alignment: alignment?,
            storage: storage?,
            null_fraction,
            width: width?,
        },
        type_name,
        distinct: distinct.min(not_null),
        correlation,
    })
}

fn spread(reader: &mut Reader<'_, '_>, node: &Node) -> Option<Spread> {
    let any = (0.0, f64::INFINITY);
    let mut fields = Fields::of(reader, node, "exact")?;
    fields.skip(&["avg_text_octets"]);
    let mean = fields.number(reader, "avg_column_size", any);
    let min = fields.count(reader, "min");
    let max = fields.count(reader, "max");
    let stddev = fields.number(reader, "stddev", any);
    let start = fields.start();
    fields.finish(reader, "exact");
    // A column of NULLs has no widths.
    let (mean, min, max) = (mean?, u32::try_from(min?).ok()?, u32::try_from(max?).ok()?);
    if f64::from(min) > mean || mean > f64::from(max) {
        reader.fault(start, format!("the average {mean} lies outside {min} to {max}"));
        return None;
    }
    Some(Spread { mean, min, max, stddev: stddev.unwrap_or(0.0), assumed: false })
}

/// A spread for an average that stands alone.
fn assumed(avg_width: u64, type_name: &str) -> Spread {
    // pg_stats cuts the average off to a whole number.
    let mean = real(avg_width) + 0.5;
    let base = type_name.split('(').next().unwrap_or(type_name).trim();
    let half = match base {
        // Every value has the stated length.
        "character" => 0.5,
        // Two bytes for each four digits.
        "numeric" => 1.0,
        // Rows of such values stay within a page's quarter, or the average would
        // be that of pointers.
        _ => (mean / 2.0).min((2000.0 - mean).max(1.0)),
    };
    let (low, high) = ((mean - half).max(1.0), mean + half);
    let min = u32::try_from(whole_up(low.floor())).unwrap_or(u32::MAX);
    let max = u32::try_from(whole_up(high)).unwrap_or(u32::MAX);
    let values = f64::from(max - min + 1);
    Spread { mean, min, max, stddev: ((values.powi(2) - 1.0) / 12.0).sqrt(), assumed: true }
}

/// Most bytes that a value of a type can take: up to four a character.
fn bytes_max(type_name: &str) -> Option<u64> {
    let (base, rest) = type_name.split_once('(')?;
    let length: u64 = rest.split([',', ')']).next()?.trim().parse().ok()?;
    match base.trim() {
        "character varying" | "character" | "varchar" | "char" => Some(4 + 4 * length),
        "numeric" => Some(16 + length),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_whose_duplicates_are_merged() {
        for name in ["text", "bigint", "uuid", "character varying(40)", "timestamp with time zone"]
        {
            assert!(equal_is_alike(name), "{name}");
        }
        for name in ["numeric(12,2)", "jsonb", "double precision", "text[]", "tstzrange"] {
            assert!(!equal_is_alike(name), "{name}");
        }
    }

    #[test]
    fn longest_values() {
        assert_eq!(bytes_max("character varying(60)"), Some(244));
        assert_eq!(bytes_max("text"), None);
        assert_eq!(bytes_max("numeric"), None);
    }
}
