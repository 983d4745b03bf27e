use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::finding::{Finding, Severity};

use super::classify;
use super::database::database;
use super::deltas::{Delta, Deltas};
use super::gathered::{Moment, StatementKey};
use super::model::{Counters, SetAside, Statement};
use super::normal::{Normal, fold_lists};
use super::series::CallSeries;
use super::settings::Settings;
use super::statement_findings;

/// What the server shows of other users' statements to a user without
/// `pg_read_all_stats`.
pub(super) const HIDDEN: &str = "<insufficient privilege>";

/// One entry of the view that belongs to the workload.
pub(super) struct Entry {
    pub key: Rc<StatementKey>,
    pub normal: Rc<Normal>,
    pub delta: Delta,
}

/// Whether the server shows the text of a statement.
pub(super) fn is_shown(text: &str) -> bool {
    !text.trim().is_empty() && text != HIDDEN && text != "<query text unavailable>"
}

/// Sorts the increments of all keys into statements of the workload and what is
/// no part of it.
pub(super) fn sort(
    deltas: Deltas,
    moments: &[Moment],
    settings: &Settings,
    findings: &mut Vec<Finding>,
) -> (Vec<Statement>, Vec<SetAside>) {
    let chosen = database(&deltas, moments, settings);
    let Deltas { entries: deltas, texts, .. } = deltas;
    let mut entries = Vec::new();
    let mut idle = 0_u64;
    let mut aside: BTreeMap<(&'static str, String, bool), Counters> = BTreeMap::new();
    for (key, delta) in deltas {
        if delta.total.calls == 0 {
            idle += 1;
            continue;
        }
        let normal = texts.of(&key.query_id, &key.database).map(Rc::clone);
        let why = if chosen.as_ref().is_some_and(|chosen| *chosen != key.database) {
            Some("another database")
        } else {
            normal.as_ref().map_or(Some("text not shown"), |n| classify::set_aside(&n.text))
        };
        match (why, normal) {
            (None, Some(normal)) => {
                entries.push(Entry { key, normal, delta });
            }
            (why, normal) => {
                let text = normal.map_or_else(
                    || match key.is_text {
                        true => HIDDEN.to_owned(),
                        false => format!("{HIDDEN} queryid {}", key.query_id),
                    },
                    |n| n.text.clone(),
                );
                let nested = key.toplevel == Some(false);
                let sum = aside.entry((why.unwrap_or_default(), text, nested)).or_default();
                *sum = sum.plus(&delta.total);
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
    (merge(entries, findings), aside)
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
                unclear = unclear.saturating_add(entries[i].delta.total.rows.unwrap_or(0));
                continue;
            }
        };
        let fetched = entries[i].delta.total.rows.replace(0).unwrap_or(0);
        given = given.saturating_add(fetched);
        let of_declared = &mut entries[to].delta.total.rows;
        *of_declared = Some(of_declared.unwrap_or(0).saturating_add(fetched));
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
fn merge(entries: Vec<Entry>, findings: &mut Vec<Finding>) -> Vec<Statement> {
    let normals: Vec<Rc<Normal>> = entries.iter().map(|entry| Rc::clone(&entry.normal)).collect();
    // Texts that differ only in the lengths of their lists.
    let mut spellings: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let folds: Vec<(String, Vec<Option<u64>>)> =
        normals.iter().map(|normal| fold_lists(&normal.text)).collect();
    for (normal, (folded, _)) in normals.iter().zip(&folds) {
        spellings.entry(folded.clone()).or_default().insert(&normal.text);
    }
    let mut statements: BTreeMap<(String, bool), Statement> = BTreeMap::new();
    for (entry, (folded, lengths)) in entries.into_iter().zip(folds) {
        let fold = !lengths.is_empty() && spellings[&folded].len() > 1;
        let text = if fold { folded } else { entry.normal.text.clone() };
        let nested = entry.key.toplevel == Some(false);
        let statement = statements.entry((text.clone(), nested)).or_insert_with(|| Statement {
            query_ids: Vec::new(),
            text,
            nested,
            calls: CallSeries::default(),
            total: Counters::default(),
            labels: Vec::new(),
            list_lengths: vec![BTreeMap::new(); if fold { lengths.len() } else { 0 }],
            min_exec_ms: None,
        });
        if !entry.key.is_text {
            statement.query_ids.push(entry.key.query_id.clone());
        }
        statement.labels.extend(entry.normal.labels.iter().cloned());
        for (known, length) in statement.list_lengths.iter_mut().zip(lengths) {
            if let Some(length) = length {
                let sum = known.entry(length).or_default();
                *sum = sum.saturating_add(entry.delta.total.calls);
            }
        }
        statement.calls.add(entry.delta.calls);
        statement.total = statement.total.plus(&entry.delta.total);
        statement.min_exec_ms = match (statement.min_exec_ms, entry.delta.min_exec_ms) {
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
