//! Key templates: how a key value is made from a row.
//!
//! A bare name is a column. Otherwise text stands for itself and braces hold:
//! `{column}`, `{parent.column}` (a column of a table referred to),
//! `{column:hour}` (a time bucket: minute, hour, day or month),
//! `{hash(column,16)}` (a suffix that spreads one key over 16), `{generated}` (a
//! unique value that the application makes up for each new item), and `{'ALL'}`
//! (the same text in every key).

use std::collections::BTreeSet;
use std::fmt;

/// A key template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its parts, in order.
    pub parts: Vec<Part>,
}

/// A piece of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Text that is the same in every key.
    Literal(String),
    /// The value of a column of the item's own table.
    Column(String),
    /// The value of a column of a parent row.
    Parent {
        /// The parent table's name.
        table: String,
        /// Its column.
        column: String,
    },
    /// The time bucket that a timestamp falls into.
    Bucket {
        /// The timestamp column.
        column: String,
        /// The width.
        bucket: Bucket,
    },
    /// A number below `count`, from a hash of the column.
    Hash {
        /// The hashed column.
        column: String,
        /// How many suffixes there are.
        count: u32,
    },
    /// A unique value made for each new item, where a row has no key.
    Generated,
}

/// A ULID: 26 characters (github.com/ulid/spec).
pub const GENERATED_BYTES: f64 = 26.0;

/// Widths of a time bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bucket {
    /// One minute.
    Minute,
    /// One hour.
    Hour,
    /// One day.
    Day,
    /// One month, of 730 hours.
    Month,
}

impl Bucket {
    const WORDS: [(&'static str, Self); 4] = [
        ("minute", Self::Minute),
        ("hour", Self::Hour),
        ("day", Self::Day),
        ("month", Self::Month),
    ];

    /// The width in seconds.
    #[must_use]
    pub const fn seconds(self) -> f64 {
        match self {
            Self::Minute => 60.0,
            Self::Hour => 3600.0,
            Self::Day => 86_400.0,
            Self::Month => 2_628_000.0,
        }
    }

    /// Bytes of the bucket's name in a key, such as `2026-11-23T06`.
    #[must_use]
    pub const fn key_bytes(self) -> f64 {
        match self {
            Self::Minute => 16.0,
            Self::Hour => 13.0,
            Self::Day => 10.0,
            Self::Month => 7.0,
        }
    }
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("a key cannot be empty".to_owned());
        }
        if !text.contains(['{', '}']) {
            return Ok(Self { parts: vec![Part::Column(text.to_owned())] });
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let Some(open) = rest.find('{') else {
                if rest.contains('}') {
                    return Err(format!("`}}` without `{{` in \"{text}\""));
                }
                parts.push(Part::Literal(rest.to_owned()));
                break;
            };
            if open > 0 {
                parts.push(Part::Literal(rest[..open].to_owned()));
            }
            let Some(close) = rest[open..].find('}') else {
                return Err(format!("`{{` without `}}` in \"{text}\""));
            };
            parts.push(Self::part(&rest[open + 1..open + close])?);
            rest = &rest[open + close + 1..];
        }
        Ok(Self { parts })
    }

    fn part(inside: &str) -> Result<Part, String> {
        let inside = inside.trim();
        if inside == "generated" {
            return Ok(Part::Generated);
        }
        if let Some(text) = inside.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''))
            && !text.is_empty()
        {
            return Ok(Part::Literal(text.to_owned()));
        }
        if let Some(arguments) =
            inside.strip_prefix("hash(").and_then(|rest| rest.strip_suffix(')'))
        {
            let (column, count) = arguments
                .split_once(',')
                .ok_or_else(|| format!("{{{inside}}} must read {{hash(column,16)}}"))?;
            let count = count
                .trim()
                .parse()
                .ok()
                .filter(|count| (2..=100_000).contains(count))
                .ok_or_else(|| format!("the count in {{{inside}}} must be 2 to 100000"))?;
            return Ok(Part::Hash { column: name(column)?, count });
        }
        if let Some((column, width)) = inside.split_once(':') {
            let bucket = Bucket::WORDS
                .iter()
                .find(|(word, _)| *word == width.trim())
                .map(|(_, bucket)| *bucket)
                .ok_or_else(|| {
                    format!("\"{width}\" in {{{inside}}} is not minute, hour, day or month")
                })?;
            return Ok(Part::Bucket { column: name(column)?, bucket });
        }
        if let Some((table, column)) = inside.rsplit_once('.') {
            return Ok(Part::Parent { table: name(table)?, column: name(column)? });
        }
        Ok(Part::Column(name(inside)?))
    }

    /// The column, if the whole key is one column of the item's own table.
    #[must_use]
    pub fn single_column(&self) -> Option<&str> {
        match &self.parts[..] {
            [Part::Column(column)] => Some(column),
            _ => None,
        }
    }

    /// The columns of the item's own table that the key is made from.
    #[must_use]
    pub fn own_columns(&self) -> BTreeSet<&str> {
        self.parts
            .iter()
            .filter_map(|part| match part {
                Part::Literal(_) | Part::Parent { .. } | Part::Generated => None,
                Part::Column(column) | Part::Bucket { column, .. } | Part::Hash { column, .. } => {
                    Some(column.as_str())
                }
            })
            .collect()
    }

    /// Whether the key says nothing about the row: all rows are under one key, or
    /// spread over a few.
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.parts.iter().all(|part| matches!(part, Part::Literal(_) | Part::Hash { .. }))
    }

    /// The text that every key begins with.
    #[must_use]
    pub fn leading_literal(&self) -> &str {
        match self.parts.first() {
            Some(Part::Literal(text)) => text,
            _ => "",
        }
    }
}

fn name(text: &str) -> Result<String, String> {
    let text = text.trim();
    let valid =
        !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$');
    if valid { Ok(text.to_owned()) } else { Err(format!("\"{text}\" is not a column name")) }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(column) = self.single_column() {
            return f.write_str(column);
        }
        if let [Part::Literal(text)] = &self.parts[..] {
            return write!(f, "{{'{text}'}}");
        }
        for part in &self.parts {
            match part {
                Part::Literal(text) => f.write_str(text)?,
                Part::Generated => f.write_str("{generated}")?,
                Part::Column(column) => write!(f, "{{{column}}}")?,
                Part::Parent { table, column } => write!(f, "{{{table}.{column}}}")?,
                Part::Bucket { column, bucket } => {
                    let word =
                        Bucket::WORDS.iter().find(|(_, b)| b == bucket).map_or("", |(w, _)| w);
                    write!(f, "{{{column}:{word}}}")?;
                }
                Part::Hash { column, count } => write!(f, "{{hash({column},{count})}}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_read_back_as_written() {
        for text in [
            "user_id",
            "USER#{user_id}",
            "{created_at:hour}#{hash(id,16)}",
            "N#{created_at}#{id}",
            "{notifications.user_id}",
            "{generated}",
            "{'ALL'}",
        ] {
            assert_eq!(Template::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn faults_are_named() {
        for (text, fault) in [
            ("", "a key cannot be empty"),
            ("A#{b", "`{` without `}` in \"A#{b\""),
            ("A#b}", "`}` without `{` in \"A#b}\""),
            ("{a:week}", "\"week\" in {a:week} is not minute, hour, day or month"),
            ("{hash(a)}", "{hash(a)} must read {hash(column,16)}"),
            ("{hash(a,1)}", "the count in {hash(a,1)} must be 2 to 100000"),
            ("{a b}", "\"a b\" is not a column name"),
            ("PROFILE{}", "\"\" is not a column name"),
        ] {
            assert_eq!(Template::parse(text).unwrap_err(), fault);
        }
    }
}
