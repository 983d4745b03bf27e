//! A column of a table description.

use crate::json::Node;

use super::super::description::{Column, Storage};
use super::super::layout::POINTER_BYTES;
use super::super::split::{all_stay, split};
use super::super::statistics::{assumed, bytes_max, distinct_values, in_steps};
use super::super::toast::INLINE_BYTES_MAX;
use super::super::{COUNT_MAX, Spread, Width, real, whole_up};
use super::fields::Fields;
use super::{Evidence, Reader};

/// Most bytes of a value: a gigabyte.
const BYTES_MAX: f64 = 1_073_741_824.0;

/// Columns as read.
pub type Columns = Vec<ColumnRead>;

/// A column and what indexes on it need to know.
pub struct ColumnRead {
    pub column: Column,
    pub type_name: String,
    /// Different values, NULL not counted.
    pub distinct: f64,
    pub correlation: Option<f64>,
    pub avg_width: Option<u64>,
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
    let typlen = fields.required_number(reader, "typlen", (-2.0, 65_535.0));
    let alignment = fields.required_text(reader, "typalign");
    let storage = fields.required_text(reader, "storage");
    let null_frac = fields.number(reader, "null_frac", share);
    let avg_width = fields.number(reader, "avg_width", (0.0, BYTES_MAX)).map(whole_up);
    let n_distinct = fields.number(reader, "n_distinct", (-1.0, real(COUNT_MAX)));
    let correlation = fields.number(reader, "correlation", (-1.0, 1.0));
    let exact_nulls = fields.number(reader, "exact_null_frac", share);
    let exact_distinct = fields.count(reader, "exact_n_distinct");
    let exact = fields.node("exact");
    let start = fields.start();
    let shown = name.clone().unwrap_or_default();
    fields.finish(reader, &format!("{table}.{shown}"));
    if exact_distinct.is_some_and(|distinct| distinct > rows) {
        reader.fault(
            start,
            format!("exact_n_distinct of {shown} is more than the {rows} rows of the table"),
        );
    }
    let believe = reader.evidence == Evidence::Exact;
    let exact = exact.filter(|_| believe).and_then(|node| spread(reader, node, &shown));
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
        (_, Some(spread), _) => Some(Width::Varying(in_steps(spread, &type_name))),
        (_, None, Some(width))
            if movable && correlation.is_none() && width == u64::from(POINTER_BYTES) =>
        {
            Some(Width::OutOfLine)
        }
        // A column of NULLs has no width.
        (_, None, _) if null_fraction >= 1.0 || rows == 0 => Some(Width::Fixed(0)),
        (_, None, Some(width)) => {
            reader.notes.assumed_widths.push(format!("{table}.{name}"));
            Some(Width::Varying(assumed(real(width), n_distinct.unwrap_or(0.0), &type_name)))
        }
        (_, None, None) => {
            reader.fault(start, format!("the width of {name} is not known"));
            None
        }
    };
    let not_null = real(rows) * (1.0 - null_fraction);
    let distinct = match exact_distinct.filter(|_| believe) {
        Some(distinct) => real(distinct),
        None => distinct_values(n_distinct.unwrap_or(0.0), real(rows), not_null),
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
        avg_width,
    })
}

/// Tells apart, in columns whose average with pointers is known beside the exact
/// one, values that stay and values that leave.
pub fn tell_apart(columns: &mut Columns) {
    let kept = |read: &ColumnRead| {
        let mean = match &read.column.width {
            Width::Fixed(bytes) => f64::from(*bytes),
            Width::Varying(spread) => read.avg_width.map_or(spread.mean, |bytes| real(bytes) + 0.5),
            Width::Split(_) | Width::OutOfLine => f64::from(POINTER_BYTES),
        };
        mean * (1.0 - read.column.null_fraction)
    };
    let all: f64 = columns.iter().map(kept).sum();
    let room: Vec<f64> =
        columns.iter().map(|read| f64::from(INLINE_BYTES_MAX) - (all - kept(read))).collect();
    for (read, room) in columns.iter_mut().zip(room) {
        let movable = matches!(read.column.storage, Storage::External | Storage::Extended);
        if let (true, Width::Varying(spread), Some(avg_width)) =
            (movable, &read.column.width, read.avg_width)
            && !spread.assumed
        {
            if all_stay(spread, avg_width) {
                // Rows that seem too long are so by chance of the draw.
                read.column.storage = Storage::Main;
            } else {
                read.column.width = split(*spread, avg_width, room);
            }
        }
    }
}

/// Exact widths; `None` also for a column of NULLs, whose widths are null.
fn spread(reader: &mut Reader<'_, '_>, node: &Node, column: &str) -> Option<Spread> {
    let any = (0.0, BYTES_MAX);
    let mut fields = Fields::of(reader, node, "exact")?;
    fields.skip(&["avg_text_octets"]);
    let mean = fields.number(reader, "avg_column_size", any);
    let min = fields.number(reader, "min", any);
    let max = fields.number(reader, "max", any);
    let stddev = fields.number(reader, "stddev", any);
    let start = fields.start();
    let written = ["avg_column_size", "min", "max"].map(|key| fields.node(key).is_some());
    fields.finish(reader, "exact");
    if written == [false; 3] {
        return None;
    }
    for (key, written) in ["avg_column_size", "min", "max"].iter().zip(written) {
        if !written {
            reader.fault(start, format!("exact of {column} needs {key}"));
        }
    }
    let (mean, min, max) = (mean?, min?, max?);
    if min > mean || mean > max {
        reader.fault(start, format!("the average {mean} lies outside {min} to {max}"));
        return None;
    }
    if stddev.is_none() && min < max {
        reader.fault(start, format!("exact of {column} needs stddev, for its widths vary"));
    }
    let whole = |bytes| u32::try_from(whole_up(bytes)).unwrap_or(u32::MAX);
    let (min, max) = (whole(min), whole(max));
    Some(Spread { mean, min, max, stddev: stddev.unwrap_or(0.0), step: 1, assumed: false })
}
