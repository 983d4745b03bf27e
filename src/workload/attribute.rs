//! One column as a DynamoDB attribute: which type it becomes and how many bytes
//! a value takes.

use crate::capture::{Catalog, Column, ColumnStats};
use crate::finding::Sourced;
use crate::scenario::{Encoding, NumberEncoding, TimestampEncoding};

use super::digits::mean_digits_up_to;
use super::normal::LogNormal;

/// A column of an entity, as an attribute of an item.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// The column, and the attribute unless a design renames it.
    pub name: String,
    /// The Postgres type, as the catalog prints it.
    pub type_name: String,
    /// Share of rows that have a value (are not NULL).
    pub present: f64,
    /// Bytes of a value, without the name.
    pub bytes: ValueBytes,
    /// Distinct values, where the table was analysed.
    pub distinct: Option<f64>,
    /// Frequencies of the most common values, largest first.
    pub top_frequencies: Vec<f64>,
    /// Shares of the uses of the column that its busiest values take, largest
    /// first, where a query log tells.
    pub used_shares: Vec<f64>,
    /// A row inserted without naming the column gets a value all the same (a
    /// default or an identity).
    pub has_default: bool,
    /// The default, if it is a literal such as `'created'::state` (without quotes
    /// and cast).
    pub default_literal: Option<String>,
    /// The column may be NULL.
    pub nullable: bool,
    /// Mean bytes of a value as text, whatever form it is stored in.
    pub text_bytes: f64,
    /// Values differ in length: text, documents, arrays.
    pub variable: bool,
    /// The bytes are a guess by type alone, because there are no statistics.
    pub guessed: bool,
}

impl Attribute {
    /// Takes the share of rows with a value and the mean length of a value as
    /// text from a sample. Types that are stored in a form of their own keep it.
    pub(super) fn measure(&mut self, present: f64, text_bytes: f64, encoding: &Encoding) {
        self.present = present;
        self.guessed = false;
        self.text_bytes = text_bytes;
        match base_type(&self.type_name) {
            "smallint" | "integer" | "bigint" | "numeric" => {
                self.bytes = ValueBytes::About(number_bytes(text_bytes, encoding));
            }
            "character" | "bpchar" => self.bytes = ValueBytes::About(text_bytes),
            _ if self.variable => self.bytes = ValueBytes::About(text_bytes),
            _ => {}
        }
    }
}

/// Size of an attribute's value in bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ValueBytes {
    /// Always about this many.
    About(f64),
    /// Spread out, with a long tail.
    Spread(LogNormalBytes),
}

/// A lognormal size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogNormalBytes(pub(super) LogNormal);

impl ValueBytes {
    /// The mean size.
    #[must_use]
    pub fn mean(self) -> f64 {
        match self {
            Self::About(bytes) => bytes,
            Self::Spread(size) => size.0.mean(),
        }
    }

    /// The same after compression to `ratio` of the size.
    #[must_use]
    pub fn scaled(self, ratio: f64) -> Self {
        match self {
            Self::About(bytes) => Self::About(bytes * ratio),
            Self::Spread(LogNormalBytes(size)) => Self::Spread(LogNormalBytes(LogNormal {
                mu: size.mu + ratio.ln(),
                sigma: size.sigma,
            })),
        }
    }
}

/// ISO 8601 with microseconds, UTC: `2026-11-23T06:48:18.758334Z`.
const TIMESTAMP_TEXT_BYTES: f64 = 27.0;
/// Sixteen digits of microseconds since 1970: 1 + 8 bytes as a number.
const TIMESTAMP_NUMBER_BYTES: f64 = 9.0;
/// Text of a `jsonb` value over its stored size. Measured on a table of small
/// documents: 290 bytes of text from 389 stored.
const JSONB_TEXT_RATIO: f64 = 0.75;
/// Assumed width of a variable value of a table that was never analysed.
const UNKNOWN_VARLENA_BYTES: f64 = 32.0;
/// Postgres stores variable values up to 126 bytes with a one-byte header,
/// longer ones with four.
const SHORT_VARLENA_BYTES: f64 = 127.0;

/// What an integer column counts, for the number of its digits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum IntegerRange {
    /// A sequence up to about this number (an identity, a reference to one).
    Sequence(f64),
    /// Unknown.
    Unknown,
}

/// Makes the attribute of a column.
pub(super) fn attribute(
    column: &Column,
    catalog: &Catalog,
    encoding: &Encoding,
    rows: f64,
    range: IntegerRange,
) -> Attribute {
    let stats = column.stats.as_ref();
    let bytes = value_bytes(column, catalog, encoding, rows, range);
    Attribute {
        name: column.name.clone(),
        type_name: column.type_name.clone(),
        present: stats.map_or(1.0, |stats| 1.0 - stats.null_fraction),
        bytes: ValueBytes::About(bytes),
        distinct: stats.and_then(|stats| stats.distinct(rows)),
        used_shares: Vec::new(),
        top_frequencies: stats.map(|stats| stats.most_common_freqs.clone()).unwrap_or_default(),
        has_default: column.default.is_some() || column.identity,
        default_literal: column.default.as_deref().and_then(literal),
        nullable: !column.not_null,
        text_bytes: value_bytes(column, catalog, &as_text(), rows, range),
        variable: is_variable(&column.type_name),
        guessed: stats
            .is_none_or(|stats| is_variable(&column.type_name) && stats.avg_width_bytes.is_none()),
    }
}

fn value_bytes(
    column: &Column,
    catalog: &Catalog,
    encoding: &Encoding,
    rows: f64,
    range: IntegerRange,
) -> f64 {
    let base = base_type(&column.type_name);
    let stats = column.stats.as_ref();
    if let Some((_, labels)) = catalog.enums.iter().find(|(name, _)| name == base) {
        return mean_label_bytes(labels);
    }
    match base {
        "boolean" => 1.0,
        "smallint" | "integer" | "bigint" => {
            let digits = match range {
                IntegerRange::Sequence(largest) => mean_digits_up_to(largest),
                IntegerRange::Unknown => mean_digits_up_to(
                    stats.and_then(|stats| stats.distinct(rows)).unwrap_or(1000.0),
                ),
            };
            number_bytes(digits, encoding)
        }
        // Stored as 3 to 5 bytes of header and 2 for each 4 digits.
        "numeric" => {
            let stored = stats.and_then(|stats| stats.avg_width_bytes).unwrap_or(7.0);
            number_bytes(((stored - 3.0) * 2.0).max(1.0), encoding)
        }
        "real" => number_bytes(7.0, encoding),
        "double precision" => number_bytes(15.0, encoding),
        "uuid" => 36.0,
        "date" => 10.0,
        "time without time zone" | "time with time zone" => 15.0,
        "timestamp with time zone" | "timestamp without time zone" => {
            match encoding.timestamps.value {
                TimestampEncoding::Text => TIMESTAMP_TEXT_BYTES,
                TimestampEncoding::Number => TIMESTAMP_NUMBER_BYTES,
            }
        }
        "interval" => 15.0,
        "inet" | "cidr" => 15.0,
        "jsonb" => varlena_bytes(stats) * JSONB_TEXT_RATIO,
        _ => varlena_bytes(stats),
    }
}

/// The text of a default that is a literal.
fn literal(default: &str) -> Option<String> {
    let value = default.split("::").next()?.trim();
    let quoted = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    match quoted {
        Some(text) => Some(text.to_owned()),
        None if value.contains('(') => None,
        None => Some(value.to_owned()),
    }
}

/// The type without its modifier: `numeric(12,2)` is `numeric`, an array stays
/// one.
fn base_type(type_name: &str) -> &str {
    match type_name.find('(') {
        Some(open) if !type_name.ends_with("[]") => {
            let base = type_name[..open].trim_end();
            // `timestamp(6) with time zone`
            if base == "timestamp" { "timestamp with time zone" } else { base }
        }
        _ => type_name.strip_prefix("public.").unwrap_or(type_name),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a label's length is small")]
fn mean_label_bytes(labels: &[String]) -> f64 {
    let total: usize = labels.iter().map(String::len).sum();
    total as f64 / labels.len().max(1) as f64
}

/// A number of `digits` significant digits: as text one byte a digit, as a
/// DynamoDB number one byte for two digits (half the time a digit stands alone
/// in its pair) and one for the exponent.
fn number_bytes(digits: f64, encoding: &Encoding) -> f64 {
    match encoding.numbers.value {
        NumberEncoding::Text => digits,
        NumberEncoding::Number => 1.0 + (digits + 0.5) / 2.0,
    }
}

/// The bytes of a variable-width value: the stored width without its header.
fn varlena_bytes(stats: Option<&ColumnStats>) -> f64 {
    let Some(width) = stats.and_then(|stats| stats.avg_width_bytes) else {
        return UNKNOWN_VARLENA_BYTES;
    };
    if width <= 0.0 {
        // An all-NULL column has width 0.
        return 0.0;
    }
    let header = if width < SHORT_VARLENA_BYTES { 1.0 } else { 4.0 };
    // Postgres cuts the average to a whole number: half a byte is missing on
    // average, unless every value has the same width.
    let cut = if width < SHORT_VARLENA_BYTES { 0.0 } else { 0.5 };
    (width - header + cut).max(0.0)
}

/// Everything as text.
fn as_text() -> Encoding {
    Encoding {
        numbers: Sourced::default(NumberEncoding::Text),
        timestamps: Sourced::default(TimestampEncoding::Text),
    }
}

/// Types whose values differ in length.
fn is_variable(type_name: &str) -> bool {
    let base = type_name.split('(').next().unwrap_or_default().trim_end();
    type_name.ends_with("[]")
        || matches!(
            base,
            "text"
                | "character varying"
                | "varchar"
                | "bytea"
                | "json"
                | "jsonb"
                | "xml"
                | "citext"
        )
}
