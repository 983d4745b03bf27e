//! Readings of a bundle of version 2 or later: a reading lists the entries of
//! `pg_stat_statements` that changed since the reading before, and ends with a
//! line of kind `reading` that says whether it lists all and which are gone.

use std::collections::BTreeSet;
use std::rc::Rc;

use serde_json::{Map, Value};

use crate::finding::{Diagnostic, Finding, Severity};
use crate::units::Timestamp;

use super::super::gathered::{Gathered, Group, Scope, StatementKey, StatementRow};
use super::super::text::{Names, Record};
use super::statements::AT;

/// The version of the bundle that is understood here.
const VERSION_MAX: u64 = 2;

/// The readings of one bundle, as far as they were read.
#[derive(Default)]
pub(super) struct Changes {
    version: u64,
    /// Rows of the reading whose end has not come yet.
    rows: Vec<StatementRow>,
    /// The entries at the last reading; `None` before the first, which lists all.
    held: Option<BTreeSet<Rc<StatementKey>>>,
    /// The first reading of counters, and the last.
    span: Option<(Timestamp, Timestamp)>,
    /// Readings that hold another number of entries than they say; the first
    /// place.
    incomplete: Option<(usize, String)>,
}

impl Changes {
    /// Takes the line about the server, which starts a session.
    pub fn server(&mut self, row: &Record, gathered: &mut Gathered) -> Result<(), Diagnostic> {
        const VERSION: Names = &["bundle_version"];
        self.version = row.count(VERSION)?.unwrap_or(1);
        if self.version > VERSION_MAX {
            return Err(row
                .wrong(VERSION, "a version that this ddbplan reads (1 or 2)")
                .mend("import it with the ddbplan that recorded it, or a later one"));
        }
        gathered.is_replica = row.flag(&["is_replica"])?;
        if row.flag(&["sees_all_statements"])? == Some(false) {
            gathered.findings.push(
                Finding::new(
                    "statements-of-others-hidden",
                    Severity::High,
                    "the role that recorded this sees its own statements only: those of all other \
                     roles have no text and are in no figure",
                )
                .mend("GRANT pg_monitor TO the role that records, then record again"),
            );
        }
        Ok(())
    }

    /// Whether rows are changes.
    pub fn are_recorded(&self) -> bool {
        self.version >= 2
    }

    /// Takes a row of the reading.
    pub fn row(&mut self, row: StatementRow) {
        self.rows.push(row);
    }

    /// Takes the text of a queryid.
    pub fn text(row: &Record, gathered: &mut Gathered) -> Result<(), Diagnostic> {
        let query_id = row.need(&["queryid"])?;
        let database = row.text(&["dbid"]).unwrap_or_default();
        let kept_back = row.flag(&["redacted"])?.unwrap_or(false);
        // The tag of a query says nothing of its tables: it is a statement whose
        // text is not known, not a SELECT of nothing.
        let text = row.text(&["query"]).filter(|tag| !(kept_back && QUERIES.contains(tag)));
        if let Some(text) = text {
            gathered.statements.text(query_id, database, text);
        }
        Ok(())
    }

    /// Takes the end of a reading.
    pub fn reading(
        &mut self,
        file: &Rc<str>,
        row: &Record,
        gathered: &mut Gathered,
    ) -> Result<(), Diagnostic> {
        let at = row.time(AT)?;
        let at = at.ok_or_else(|| Diagnostic::new("this reading has no time").at(row.place(AT)))?;
        let full = row.flag(&["full"])?.unwrap_or(false);
        let gone = gone(row, self.held.as_ref())?;
        let mut rows = std::mem::take(&mut self.rows);
        let before = rows.len();
        // What a lost connection left of a reading.
        rows.retain(|one| one.at == Some(at));
        if !full && (self.held.is_none() || rows.len() < before) {
            return Err(Diagnostic::new(
                "this reading lists changes only, and the reading before it is missing",
            )
            .at(row.place(AT))
            .why("an entry that is not listed counts as it did before")
            .mend("import the whole file that was recorded, not a part of it"));
        }
        let held = self.held.get_or_insert_default();
        if full {
            held.clear();
        }
        held.retain(|key| !gone.contains(&**key));
        held.extend(rows.iter().map(|one| Rc::clone(&one.key)));
        if row.count(&["entries"])?.is_some_and(|entries| entries != held.len() as u64) {
            let place = row.place(&["entries"]).to_string();
            self.incomplete.get_or_insert((0, place)).0 += 1;
        }
        let span = self.span.get_or_insert((at, at));
        span.1 = span.1.max(at);
        let scope = if full { Scope::All } else { Scope::Changes { gone } };
        let group = Group { file: Rc::clone(file), at: Some(at), scope, rows, not_told_apart: 0 };
        gathered.statements.group(group, &gathered.moments);
        Ok(())
    }

    /// Ends the file. Rows of a reading without an end are dropped: others of it
    /// may be missing.
    pub fn finish(self, gathered: &mut Gathered) {
        if let Some((from, until)) = self.span {
            gathered.index_counters.unchanged(from, until);
        }
        if let Some((readings, place)) = self.incomplete {
            gathered.findings.push(
                Finding::new(
                    "readings-incomplete",
                    Severity::High,
                    format!(
                        "{place}: {readings} readings hold another number of entries than they say: \
                         lines are missing from the file"
                    ),
                )
                .mend("import the whole file that was recorded, not a part of it"),
            );
        }
    }
}

/// Command tags of statements that read or change rows.
const QUERIES: [&str; 9] =
    ["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "VALUES", "TABLE", "DECLARE"];

/// The entries that a reading says are gone.
fn gone(
    row: &Record,
    held: Option<&BTreeSet<Rc<StatementKey>>>,
) -> Result<BTreeSet<StatementKey>, Diagnostic> {
    const GONE: Names = &["gone"];
    let Some(text) = row.text(GONE) else { return Ok(BTreeSet::new()) };
    let entries: Vec<Map<String, Value>> = serde_json::from_str(text)
        .map_err(|_| row.wrong(GONE, "a list of objects with userid, queryid and toplevel"))?;
    // A bundle is of one database.
    let database = held.and_then(|held| held.first()).map(|key| key.database.as_str());
    let gone = entries.iter().map(|entry| {
        let text = |name| match entry.get(name) {
            Some(Value::String(text)) => Some(text.clone()),
            None | Some(Value::Null) => None,
            Some(other) => Some(other.to_string()),
        };
        StatementKey {
            query_id: text("queryid").unwrap_or_default(),
            is_text: false,
            user: text("userid").unwrap_or_default(),
            database: text("dbid").or(database.map(str::to_owned)).unwrap_or_default(),
            toplevel: text("toplevel").map(|text| matches!(text.as_str(), "true" | "t")),
        }
    });
    Ok(gone.collect())
}
