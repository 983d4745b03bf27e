//! A design that is being made up, and its text as a design file.

use std::fmt::{self, Write};

use crate::design::template::Template;
use crate::visible::{acts, visible};

/// A design file in the making.
#[derive(Clone, Debug, Default)]
pub(super) struct Sketch {
    /// Its name.
    pub name: String,
    /// What it is about, in a sentence.
    pub summary: String,
    /// Its tables.
    pub tables: Vec<TableSketch>,
    /// What is said about single statements.
    pub rules: Vec<RuleSketch>,
    /// What the reader is told at the end of the file.
    pub remarks: Vec<String>,
}

/// A table.
#[derive(Clone, Debug)]
pub(super) struct TableSketch {
    /// Its name.
    pub name: String,
    /// Why it is so.
    pub comment: Option<String>,
    /// Its keys.
    pub key: KeySketch,
    /// Its kinds of items.
    pub items: Vec<ItemSketch>,
    /// Its indexes.
    pub indexes: Vec<IndexSketch>,
}

/// A partition key and perhaps a sort key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeySketch {
    /// The partition key.
    pub partition: Template,
    /// The sort key.
    pub sort: Option<Template>,
}

/// A kind of item.
#[derive(Clone, Debug)]
pub(super) struct ItemSketch {
    /// Its name.
    pub name: String,
    /// The Postgres table.
    pub from: String,
    /// Its keys where they differ from the table's.
    pub key: Option<KeySketch>,
}

/// A global secondary index.
#[derive(Clone, Debug)]
pub(super) struct IndexSketch {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub comment: String,
    /// Its keys.
    pub key: KeySketch,
    /// What it holds besides keys.
    pub projection: ProjectionSketch,
    /// The partial index of Postgres that it is like.
    pub like_index: Option<String>,
    /// The kinds of items it holds; all that have its keys if empty.
    pub items: Vec<String>,
    /// Calls a month that read it; not written down.
    pub calls: f64,
}

/// What an index holds besides keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ProjectionSketch {
    /// Nothing.
    KeysOnly,
    /// Everything.
    All,
    /// These columns.
    Include(Vec<String>),
}

/// What is said about a statement.
#[derive(Clone, Debug)]
pub(super) struct RuleSketch {
    /// Why.
    pub comment: String,
    /// The statement.
    pub sql: String,
    /// A line of TOML.
    pub line: String,
}

impl Sketch {
    /// The design file.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out).expect("writing to a string cannot fail");
        out
    }

    fn write(&self, out: &mut String) -> fmt::Result {
        writeln!(out, "name = {}", quoted(&self.name))?;
        writeln!(out, "summary = {}", quoted(&self.summary))?;
        for table in &self.tables {
            table.write(out)?;
        }
        for rule in &self.rules {
            out.push('\n');
            comment(out, &rule.comment)?;
            writeln!(out, "[[patterns]]\nsql = {}\n{}", quoted(&rule.sql), rule.line)?;
        }
        if !self.remarks.is_empty() {
            out.push('\n');
        }
        for remark in &self.remarks {
            comment(out, remark)?;
        }
        Ok(())
    }
}

impl TableSketch {
    fn write(&self, out: &mut String) -> fmt::Result {
        let name = bare(&self.name);
        out.push('\n');
        if let Some(text) = &self.comment {
            comment(out, text)?;
        }
        writeln!(out, "[tables.{name}]")?;
        self.key.write(out)?;
        for item in &self.items {
            writeln!(out, "\n[tables.{name}.items.{}]", bare(&item.name))?;
            writeln!(out, "from = {}", quoted(&item.from))?;
            if let Some(key) = &item.key {
                key.write(out)?;
            }
        }
        for index in &self.indexes {
            out.push('\n');
            comment(out, &index.comment)?;
            writeln!(out, "[tables.{name}.gsi.{}]", bare(&index.name))?;
            index.key.write(out)?;
            match &index.projection {
                ProjectionSketch::KeysOnly => out.push_str("projection = \"keys_only\"\n"),
                ProjectionSketch::All => out.push_str("projection = \"all\"\n"),
                ProjectionSketch::Include(columns) => {
                    writeln!(out, "include = {}", list(columns))?;
                }
            }
            if let Some(like) = &index.like_index {
                writeln!(out, "like_index = {}", quoted(like))?;
            }
            if !index.items.is_empty() {
                writeln!(out, "items = {}", list(&index.items))?;
            }
        }
        Ok(())
    }
}

impl KeySketch {
    /// A partition key without a sort key.
    pub(super) const fn partition(partition: Template) -> Self {
        Self { partition, sort: None }
    }

    fn write(&self, out: &mut String) -> fmt::Result {
        writeln!(out, "partition_key = {}", quoted(&self.partition.to_string()))?;
        match &self.sort {
            Some(sort) => writeln!(out, "sort_key = {}", quoted(&sort.to_string())),
            None => Ok(()),
        }
    }
}

fn list(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    format!("[{}]", words.join(", "))
}

/// A basic TOML string.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            // Control characters must be written so; others hide or reorder text.
            c if acts(c) => out.push_str(&format!("\\U{:08x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A TOML key, quoted if it must be.
fn bare(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.chars().all(plain) { name.to_owned() } else { quoted(name) }
}

/// A comment, broken into lines. TOML has no control characters in comments: those
/// of names are shown by their codes.
fn comment(out: &mut String, text: &str) -> fmt::Result {
    const WIDTH: usize = 78;
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH {
            writeln!(out, "# {line}")?;
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&visible(word));
    }
    if line.is_empty() { Ok(()) } else { writeln!(out, "# {line}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_as_toml_wants() {
        assert_eq!(quoted("a\"b\\c\nd"), "\"a\\\"b\\\\c\\U0000000ad\"");
        // As it is read again, also where JSON would write two halves.
        for name in ["\u{202e}gnp", "a\u{200b}b", "\u{e0041}", "\u{7f}\u{85}\u{1b}[31m"] {
            assert_eq!(visible(&quoted(name)), quoted(name));
            let read: toml::Table = toml::from_str(&format!("a = {}", quoted(name))).unwrap();
            assert_eq!(read["a"].as_str(), Some(name));
        }
        assert_eq!(bare("order-lines_2"), "order-lines_2");
        assert_eq!(bare("größe"), "\"größe\"");
    }
}
