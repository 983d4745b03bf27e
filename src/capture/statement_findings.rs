//! What there is to say about statements and how they were recorded.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Finding, Severity};

use super::model::{SetAside, Statement};
use super::normal::{SQUASHED, TEXT_BYTES_MAX};
use super::statements::{Entry, HIDDEN};

/// What was merged.
pub(super) fn merged(
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
                "statements that stand under several queryids, counted as one each: {variants}"
            ),
        ));
    }
}

/// Says which lists have unknown lengths, after a query log was looked at.
pub(super) fn squashed(statements: &[Statement], findings: &mut Vec<Finding>) {
    let squashed = statements.iter().filter(|statement| {
        statement.text.contains(SQUASHED) && statement.list_lengths.iter().all(BTreeMap::is_empty)
    });
    let (count, calls) =
        squashed.fold((0, 0_u64), |(n, calls), one| (n + 1, calls.saturating_add(one.total.calls)));
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

/// What was set aside that a reader must know of.
pub(super) fn aside(aside: &[SetAside], database: Option<&str>, findings: &mut Vec<Finding>) {
    let of = |why: &str| {
        let rows = aside.iter().filter(|one| one.why == why);
        rows.fold((0_usize, 0_u64), |(n, calls), one| {
            (n + 1, calls.saturating_add(one.total.calls))
        })
    };
    let (hidden, hidden_calls) = of("text not shown");
    if hidden > 0 {
        findings.push(
            Finding::new(
                "text-hidden",
                Severity::High,
                format!(
                    "{hidden} statements with {hidden_calls} calls have no text ({HIDDEN}, lost, or \
                     kept on the server because it holds a constant): they are in no figure"
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

/// What is odd about the entries of the workload.
pub(super) fn entries(entries: &[Entry], findings: &mut Vec<Finding>) {
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
        .map(|entry| (&*entry.normal.text, entry.delta.total.calls))
        .collect();
    if !cut.is_empty() {
        findings.push(
            Finding::new(
                "text-cut",
                Severity::High,
                format!(
                    "the texts of {} statements with {} calls lack their end: cut off by whatever \
                     exported them, or longer than {TEXT_BYTES_MAX} bytes",
                    cut.len(),
                    cut.values().fold(0_u64, |sum, calls| sum.saturating_add(*calls))
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
