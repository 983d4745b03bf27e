use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::finding::{Finding, Severity};

use super::classify;
use super::database::database;
use super::deltas::Deltas;
use super::gathered::{Moment, StatementKey};
use super::model::{Counters, SetAside, Statement};
use super::normal::{Normal, fold_lists};
use super::settings::Settings;
use super::snapshots::Snapshot;
use super::statement_findings;

/// What the server shows of other users' statements to a user without
/// `pg_read_all_stats`.
pub(super) const HIDDEN: &str = "<insufficient privilege>";

/// One entry of the view that belongs to the workload.
pub(super) struct Entry {
    pub key: Rc<StatementKey>,
    pub normal: Rc<Normal>,
    pub per_interval: Vec<Counters>,
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
    statement_findings::aside(&aside, chosen.as_deref(), findings);
    if idle > 0 {
        findings.push(Finding::new(
            "statements-idle",
            Severity::Low,
            format!("statements known to the server that did not run during the capture: {idle}"),
        ));
    }
    statement_findings::entries(&entries, findings);
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
    statement_findings::merged(&statements, &spellings, findings);
    statements
}
