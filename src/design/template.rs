//! Key templates: how a key value is made from a row.
//!
//! A bare name is a column. Otherwise text stands for itself and braces hold:
//! `{column}`, `{parent.column}` (a column of a table referred to),
//! `{column:hour}` (a time bucket: minute, hour, day or month),
//! `{hash(column,16)}` (a suffix that spreads one key over 16), `{generated}` (a
//! unique value that the application makes up for each new item), and `{'ALL'}`
//! (the same text in every key). Inside braces a name that is more than letters,
//! digits, `_` and `$` stands in double quotes, as in SQL: `{"first name"}`; a
//! quote within quotes is doubled.

use std::collections::BTreeSet;
use std::fmt;

use crate::written::{split_last_dot, unquoted};

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
            let open = rest.find('{').unwrap_or(rest.len());
            let (literal, braced) = rest.split_at(open);
            if literal.contains('}') {
                return Err(format!("`}}` without `{{` in \"{text}\""));
            }
            if !literal.is_empty() {
                parts.push(Part::Literal(literal.to_owned()));
            }
            let Some(braced) = braced.strip_prefix('{') else { break };
            let (inside, after) = split_outside(braced, '}')
                .ok_or_else(|| format!("`{{` without `}}` in \"{text}\""))?;
            parts.push(Self::part(inside)?);
            rest = after;
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
            return Ok(Part::Literal(text.replace("''", "'")));
        }
        if let Some(arguments) =
            inside.strip_prefix("hash(").and_then(|rest| rest.strip_suffix(')'))
        {
            let (column, count) = split_outside(arguments, ',')
                .ok_or_else(|| format!("{{{inside}}} must read {{hash(column,16)}}"))?;
            let count = count
                .trim()
                .parse()
                .ok()
                .filter(|count| (2..=100_000).contains(count))
                .ok_or_else(|| format!("the count in {{{inside}}} must be 2 to 100000"))?;
            return Ok(Part::Hash { column: name(column)?, count });
        }
        if let Some((column, width)) = split_outside(inside, ':') {
            let bucket = Bucket::WORDS
                .iter()
                .find(|(word, _)| *word == width.trim())
                .map(|(_, bucket)| *bucket)
                .ok_or_else(|| {
                    format!("\"{width}\" in {{{inside}}} is not minute, hour, day or month")
                })?;
            return Ok(Part::Bucket { column: name(column)?, bucket });
        }
        if let Some((table, column)) = split_last_dot(inside) {
            return Ok(Part::Parent { table: name(table)?, column: name(column)? });
        }
        Ok(Part::Column(name(inside)?))
    }

    /// A column of the item's own table.
    #[must_use]
    pub fn column(column: &str) -> Self {
        Self { parts: vec![Part::Column(column.to_owned())] }
    }

    /// These parts after one another, with `#` between them.
    #[must_use]
    pub fn joined(parts: impl IntoIterator<Item = Part>) -> Self {
        let mut all = Vec::new();
        for part in parts {
            match (all.last_mut(), part) {
                (None, part) => all.push(part),
                (Some(Part::Literal(text)), Part::Literal(more)) => {
                    text.push('#');
                    text.push_str(&more);
                }
                (Some(Part::Literal(text)), part) => {
                    text.push('#');
                    all.push(part);
                }
                (Some(_), Part::Literal(text)) => all.push(Part::Literal(format!("#{text}"))),
                (Some(_), part) => all.extend([Part::Literal("#".to_owned()), part]),
            }
        }
        Self { parts: all }
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

/// What comes before and after the first `mark` outside quotes.
fn split_outside(text: &str, mark: char) -> Option<(&str, &str)> {
    let mut open = None;
    for (at, c) in text.char_indices() {
        match (open, c) {
            (Some(quote), c) if c == quote => open = None,
            (None, '"' | '\'') => open = Some(c),
            (None, c) if c == mark => return Some((&text[..at], &text[at + c.len_utf8()..])),
            _ => {}
        }
    }
    None
}

/// Whether a name needs no quotes inside braces.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$')
}

fn name(text: &str) -> Result<String, String> {
    let text = text.trim();
    let name = unquoted(text);
    let valid = if name == text { is_plain(text) } else { !name.is_empty() };
    if valid { Ok(name) } else { Err(format!("\"{text}\" is not a column name")) }
}

/// A name as it stands inside braces.
struct Named<'n>(&'n str);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_plain(self.0) && self.0 != "generated" {
            f.write_str(self.0)
        } else {
            write!(f, "\"{}\"", self.0.replace('"', "\"\""))
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(text) if text.contains(['{', '}']) => {
                write!(f, "{{'{}'}}", text.replace('\'', "''"))
            }
            Self::Literal(text) => f.write_str(text),
            Self::Generated => f.write_str("{generated}"),
            Self::Column(column) => write!(f, "{{{}}}", Named(column)),
            Self::Parent { table, column } => write!(f, "{{{}.{}}}", Named(table), Named(column)),
            Self::Bucket { column, bucket } => {
                let word = Bucket::WORDS.iter().find(|(_, b)| b == bucket).map_or("", |(w, _)| w);
                write!(f, "{{{}:{word}}}", Named(column))
            }
            Self::Hash { column, count } => write!(f, "{{hash({},{count})}}", Named(column)),
        }
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.parts[..] {
            [Part::Column(column)] if !column.contains(['{', '}']) => f.write_str(column),
            [Part::Literal(text)] => write!(f, "{{'{}'}}", text.replace('\'', "''")),
            parts => parts.iter().try_for_each(|part| part.fmt(f)),
        }
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
            "{'it''s {all}'}",
            "a b-c:d#e",
            "A#{\"first name\"}#{\"a{b}\":day}#{hash(\"x,\"\"y\",2)}",
            "{\"t.x\".\"generated\"}#{\"hash(a,2)\"}",
            "{\"a}b\"}",
            "{'{n}#'}{id}",
        ] {
            assert_eq!(Template::parse(text).unwrap().to_string(), text);
        }
        for name in
            ["a{", "}", "\"", "'", "generated", "ALL", "a.b", "\t\n", "größe", "😀", "a:hour"]
        {
            let parts = vec![Part::Literal("k#".to_owned()), Part::Column(name.to_owned())];
            let alone = Template { parts: vec![Part::Column(name.to_owned())] };
            for template in [alone, Template { parts }] {
                assert_eq!(Template::parse(&template.to_string()), Ok(template));
            }
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
            ("{\"\"}", "\"\"\"\" is not a column name"),
            ("{\"a}", "`{` without `}` in \"{\"a}\""),
            ("a}b{c}", "`}` without `{` in \"a}b{c}\""),
        ] {
            assert_eq!(Template::parse(text).unwrap_err(), fault);
        }
    }
}
