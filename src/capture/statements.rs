use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::finding::{Finding, Severity};

use super::classify;
use super::database::database;
use super::deltas::Deltas;
use super::gathered::{Moment, StatementKey};
use super::model::{Counters, SetAside, Statement};
use super::normal::{Normal, SQUASHED, fold_lists};
use super::settings::Settings;
use super::snapshots::Snapshot;

/// What the server shows of other users' statements to a user without
/// `pg_read_all_stats`.
const HIDDEN: &str = "<insufficient privilege>";

/// One entry of the view that belongs to the workload.
struct Entry {
    key: Rc<StatementKey>,
    normal: Rc<Normal>,
    per_interval: Vec<Counters>,
}

/// Sorts the increments of all keys into statements of the workload and what is
/// no part of it.
pub(super) fn sort(
    deltas: Deltas,
    snapshots: &[Snapshot],
    moments: &[Moment],
    settings: &Settings,
    findings: &mut Vec<Finding>,
) -> (Vec<Statement>, Vec<SetAside>) {
    let chosen = database(&deltas, moments, settings);
    let texts = texts(snapshots);
    let mut entries = Vec::new();
    let mut idle = 0_u64;
    let mut aside: BTreeMap<(&'static str, String, bool), Counters> = BTreeMap::new();
    for (key, per_interval) in deltas {
        if per_interval.iter().all(|one| one.calls == 0) {
            idle += 1;
            continue;
        }
        let normal = texts.get(&(key.query_id.as_str(), key.database.as_str())).map(Rc::clone);
        let why = if chosen.as_ref().is_some_and(|chosen| *chosen != key.database) {
            Some("another database")
        } else {
            normal.as_ref().map_or(Some("text not shown"), |n| classify::set_aside(&n.text))
        };
        match (why, normal) {
            (None, Some(normal)) => {
                entries.push(Entry { key, normal, per_interval });
            }
            (why, normal) => {
                let text = normal.map_or_else(
                    || format!("{HIDDEN} queryid {}", key.query_id),
                    |n| n.text.clone(),
                );
                let nested = key.toplevel == Some(false);
                let sum = aside.entry((why.unwrap_or_default(), text, nested)).or_default();
                *sum = per_interval.iter().fold(sum.clone(), |sum, one| sum.plus(one));
            }
        }
    }
    let aside: Vec<SetAside> = aside
        .into_iter()
        .map(|((why, text, nested), total)| SetAside { why, text, nested, total })
        .collect();
    tell_aside(&aside, chosen.as_deref(), findings);
    if idle > 0 {
        findings.push(Finding::new(
            "statements-idle",
            Severity::Low,
            format!("{idle} statements known to the server did not run during the capture"),
        ));
    }
    tell_entries(&entries, findings);
    give_rows_to_cursors(&mut entries, findings);
    (merge(entries, snapshots, findings), aside)
}

/// The text of each queryid of a database, as any role was shown it.
fn texts(snapshots: &[Snapshot]) -> BTreeMap<(&str, &str), Rc<Normal>> {
    let mut texts: BTreeMap<(&str, &str), Rc<Normal>> = BTreeMap::new();
    for row in snapshots.iter().flat_map(|snapshot| snapshot.rows.values()) {
        let place = (row.key.query_id.as_str(), row.key.database.as_str());
        if let Some(text) = row.text.as_deref()
            && !texts.contains_key(&place)
            && !text.trim().is_empty()
            && text != HIDDEN
            && text != "<query text unavailable>"
        {
            texts.insert(place, Rc::new(Normal::of(text)));
        }
    }
    texts
}

/// A cursor's rows are counted where they are fetched; the table is named where
/// it is declared. Rows go to the declaration if its name says which it was.
fn give_rows_to_cursors(entries: &mut [Entry], findings: &mut Vec<Finding>) {
    let is = |entry: &Entry, verb: &str| {
        entry.normal.text.get(..verb.len()).is_some_and(|start| start.eq_ignore_ascii_case(verb))
    };
    let mut declared: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (i, entry) in entries.iter().enumerate().filter(|(_, entry)| is(entry, "declare ")) {
        if let Some(cursor) = &entry.normal.cursor {
            declared.entry(cursor.clone()).or_default().push(i);
        }
    }
    let (mut given, mut unclear) = (0_u64, 0_u64);
    for i in 0..entries.len() {
        if !is(&entries[i], "fetch ") {
            continue;
        }
        let Some(cursor) = entries[i].normal.cursor.clone() else { continue };
        let to = match declared.get(&cursor).map(Vec::as_slice) {
            Some([one]) => *one,
            _ => {
                unclear += entries[i].per_interval.iter().filter_map(|one| one.rows).sum::<u64>();
                continue;
            }
        };
        for interval in 0..entries[i].per_interval.len() {
            let rows = &mut entries[i].per_interval[interval].rows;
            let fetched = rows.replace(0).unwrap_or(0);
            given += fetched;
            let of_declared = &mut entries[to].per_interval[interval].rows;
            *of_declared = Some(of_declared.unwrap_or(0) + fetched);
        }
    }
    if given > 0 {
        findings.push(Finding::new(
            "cursor-rows",
            Severity::Low,
            format!("{given} rows fetched from cursors are counted with the statements that declared them"),
        ));
    }
    if unclear > 0 {
        findings.push(Finding::new(
            "cursor-rows-unclear",
            Severity::Medium,
            format!(
                "{unclear} rows were fetched from cursors whose declaration is not known: they are \
                 with no table"
            ),
        ));
    }
}

/// One statement for all entries of one text.
fn merge(
    entries: Vec<Entry>,
    snapshots: &[Snapshot],
    findings: &mut Vec<Finding>,
) -> Vec<Statement> {
    let mut min_exec_ms: BTreeMap<&StatementKey, f64> = BTreeMap::new();
    for row in snapshots.iter().flat_map(|snapshot| snapshot.rows.values()) {
        if let Some(min) = row.min_exec_ms {
            // Later readings include the earlier ones.
            min_exec_ms.insert(&row.key, min);
        }
    }
    // Texts that differ only in the lengths of their lists.
    let mut spellings: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let folds: Vec<(String, Vec<Option<u64>>)> =
        entries.iter().map(|entry| fold_lists(&entry.normal.text)).collect();
    for (entry, (folded, _)) in entries.iter().zip(&folds) {
        spellings.entry(folded.clone()).or_default().insert(&entry.normal.text);
    }
    let mut statements: BTreeMap<(String, bool), Statement> = BTreeMap::new();
    for (entry, (folded, lengths)) in entries.iter().zip(folds) {
        let fold = !lengths.is_empty() && spellings[&folded].len() > 1;
        let text = if fold { folded } else { entry.normal.text.clone() };
        let nested = entry.key.toplevel == Some(false);
        let statement = statements.entry((text.clone(), nested)).or_insert_with(|| Statement {
            query_ids: Vec::new(),
            text,
            nested,
            per_interval: vec![Counters::default(); entry.per_interval.len()],
            labels: Vec::new(),
            list_lengths: vec![BTreeMap::new(); if fold { lengths.len() } else { 0 }],
            min_exec_ms: None,
        });
        statement.query_ids.push(entry.key.query_id.clone());
        statement.labels.extend(entry.normal.labels.iter().cloned());
        let calls: u64 = entry.per_interval.iter().map(|one| one.calls).sum();
        for (known, length) in statement.list_lengths.iter_mut().zip(lengths) {
            if let Some(length) = length {
                *known.entry(length).or_default() += calls;
            }
        }
        for (sum, one) in statement.per_interval.iter_mut().zip(&entry.per_interval) {
            *sum = sum.plus(one);
        }
        let min = min_exec_ms.get(&*entry.key).copied();
        statement.min_exec_ms = match (statement.min_exec_ms, min) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (one, None) | (None, one) => one,
        };
    }
    let mut statements: Vec<Statement> = statements.into_values().collect();
    for statement in &mut statements {
        statement.query_ids.sort();
        statement.query_ids.dedup();
        statement.labels.sort();
        statement.labels.dedup();
    }
    tell_statements(&statements, &spellings, findings);
    statements
}

fn tell_statements(
    statements: &[Statement],
    spellings: &BTreeMap<String, BTreeSet<&str>>,
    findings: &mut Vec<Finding>,
) {
    let folded = statements.iter().filter(|statement| !statement.list_lengths.is_empty()).count();
    if folded > 0 {
        let texts: usize = spellings.values().map(BTreeSet::len).filter(|n| *n > 1).sum();
        findings.push(Finding::new(
            "lists-folded",
            Severity::Low,
            format!(
                "{texts} texts that differ only in the lengths of their lists are {folded} statements; \
                 the lengths are kept"
            ),
        ));
    }
    let variants = statements
        .iter()
        .filter(|statement| statement.query_ids.len() > 1 && statement.list_lengths.is_empty())
        .count();
    if variants > 0 {
        findings.push(Finding::new(
            "queryids-merged",
            Severity::Low,
            format!(
                "{variants} statements stand under several queryids and are counted as one each"
            ),
        ));
    }
}

/// Says which lists have unknown lengths, after a query log was looked at.
pub(super) fn tell_squashed(statements: &[Statement], findings: &mut Vec<Finding>) {
    let squashed = statements.iter().filter(|statement| {
        statement.text.contains(SQUASHED) && statement.list_lengths.iter().all(BTreeMap::is_empty)
    });
    let (count, calls) =
        squashed.fold((0, 0), |(n, calls), one| (n + 1, calls + one.total().calls));
    if count > 0 {
        findings.push(
            Finding::new(
                "list-lengths-unknown",
                Severity::Medium,
                format!(
                    "the server squashed the lists of {count} statements ({calls} calls): how many \
                     values they hold is not recorded, and rows per call is the best stand-in"
                ),
            )
            .mend("add a query log, or state the lengths"),
        );
    }
}

fn tell_aside(aside: &[SetAside], database: Option<&str>, findings: &mut Vec<Finding>) {
    let of = |why: &str| {
        let rows = aside.iter().filter(|one| one.why == why);
        rows.fold((0_usize, 0_u64), |(n, calls), one| (n + 1, calls + one.total.calls))
    };
    let (hidden, hidden_calls) = of("text not shown");
    if hidden > 0 {
        findings.push(
            Finding::new(
                "text-hidden",
                Severity::High,
                format!(
                    "{hidden} statements with {hidden_calls} calls have no text ({HIDDEN} or lost): \
                     they are in no figure"
                ),
            )
            .mend("export as a role with pg_read_all_stats (or pg_monitor)"),
        );
    }
    let (other, other_calls) = of("another database");
    if other > 0 {
        findings.push(
            Finding::new(
                "other-databases",
                Severity::Low,
                format!(
                    "{other} statements with {other_calls} calls belong to other databases than {} \
                     and were set aside",
                    database.unwrap_or_default()
                ),
            )
            .mend("name another database if this is not the one meant"),
        );
    }
}

fn tell_entries(entries: &[Entry], findings: &mut Vec<Finding>) {
    let mut users: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for entry in entries {
        users.entry(&entry.normal.text).or_default().insert(&entry.key.user);
    }
    let merged = users.values().filter(|users| users.len() > 1).count();
    if merged > 0 {
        findings.push(Finding::new(
            "roles-merged",
            Severity::Low,
            format!("{merged} statements were run by several roles and are counted as one each"),
        ));
    }
    let cut: BTreeMap<&str, u64> = entries
        .iter()
        .filter(|entry| entry.normal.cut)
        .map(|entry| (&*entry.normal.text, entry.per_interval.iter().map(|one| one.calls).sum()))
        .collect();
    if !cut.is_empty() {
        findings.push(
            Finding::new(
                "text-cut",
                Severity::High,
                format!(
                    "the texts of {} statements with {} calls were cut off by whatever exported them",
                    cut.len(),
                    cut.values().sum::<u64>()
                ),
            )
            .mend("export the whole text of `query`"),
        );
    }
    if entries.iter().any(|entry| entry.key.toplevel.is_none()) {
        findings.push(
            Finding::new(
                "level-unknown",
                Severity::Medium,
                "the export does not say which statements ran inside others (column toplevel, \
                 Postgres 14 and later): if pg_stat_statements.track is `all`, the time and WAL of \
                 nested statements are counted twice",
            )
            .mend("export the column toplevel, or capture with pg_stat_statements.track = top"),
        );
    }
}
