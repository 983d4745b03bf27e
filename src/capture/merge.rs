use std::collections::BTreeMap;

use crate::finding::{Diagnostic, Finding, Severity};

use super::model::{Capture, Counters, Interval, Statement};
use super::series::CallSeries;

/// What another server is to the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It holds the same data and serves reads.
    Replica,
    /// It holds other rows of the same tables.
    Shard,
}

/// A server beside the first, and what was recorded on it.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its name, for findings.
    pub name: String,
    /// What it is to the first.
    pub role: Role,
    /// What was recorded.
    pub capture: Capture,
}

/// Adds what was recorded on other servers over the same time to the first
/// one's capture.
///
/// Calls fall into the intervals of the first in proportion to the time that
/// they share; totals stay exact. Of the other counters of a statement the
/// share of its calls counts that falls into the time of the first. Of a replica only statements count: data and
/// changed rows are the first one's. Of a shard rows, sizes and changes add up.
///
/// # Errors
/// A node whose recording shares no time with the first.
pub fn merge(mut first: Capture, nodes: Vec<Node>) -> Result<Capture, Diagnostic> {
    if nodes.is_empty() {
        return Ok(first);
    }
    first.findings.retain(|finding| finding.id != ONE_SERVER);
    for node in nodes {
        let Node { name, role, capture } = node;
        let parts = parts(&first.intervals, &capture.intervals);
        if parts.iter().all(Vec::is_empty) {
            return Err(Diagnostic::new(format!(
                "the recording of {name} shares no time with that of the first server"
            ))
            .why("calls of different times do not add up to one load")
            .mend("record all servers at the same time"));
        }
        let (mut added, mut outside) = (0, 0);
        for statement in capture.statements {
            let all = statement.total.calls;
            let spread = spread(&statement.calls, &parts, first.intervals.len());
            let calls: u64 = spread.iter().sum();
            added += calls;
            outside += all - calls;
            let total = share(&statement.total, calls, all);
            let calls = CallSeries::of(&spread);
            add(&mut first.statements, Statement { calls, total, ..statement });
        }
        first.statements.sort_by(|a, b| (&a.text, a.nested).cmp(&(&b.text, b.nested)));
        first.findings.push(Finding::new(
            "node-merged",
            Severity::Low,
            format!(
                "{added} calls of {name} were added{}",
                if outside > 0 {
                    format!("; {outside} calls outside the time of the first server were left out")
                } else {
                    String::new()
                }
            ),
        ));
        if role == Role::Shard {
            add_data(&mut first, &name, &capture.catalog, &capture.table_activity);
        }
        first.set_aside.extend(capture.set_aside);
        let sources = capture.sources.into_iter().map(|mut source| {
            source.name = format!("{name}/{}", source.name);
            source
        });
        first.sources.extend(sources);
        let theirs = capture.findings.into_iter().filter(|finding| finding.id != ONE_SERVER);
        first.findings.extend(theirs.map(|mut finding| {
            finding.what = format!("{name}: {}", finding.what);
            finding
        }));
    }
    first.findings.sort_by_key(|finding| finding.severity);
    Ok(first)
}

/// The finding of a capture of one server only.
pub(super) const ONE_SERVER: &str = "one-server";

/// For each interval of another server: the intervals of the first that share
/// time with it, the time shared, and the length of the other's, microseconds.
fn parts(first: &[Interval], other: &[Interval]) -> Vec<Vec<(usize, u64, u64)>> {
    other
        .iter()
        .map(|one| {
            let length = one.end.micros_since(one.start);
            first
                .iter()
                .enumerate()
                .filter_map(|(i, base)| {
                    let shared = base.end.min(one.end).micros_since(base.start.max(one.start));
                    (shared > 0).then_some((i, shared, length))
                })
                .collect()
        })
        .collect()
}

/// Calls on the intervals of the first server. What one interval holds is given
/// out by running shares, so that nothing is lost to rounding.
fn spread(calls: &CallSeries, parts: &[Vec<(usize, u64, u64)>], intervals: usize) -> Vec<u64> {
    let mut spread = vec![0; intervals];
    for (interval, calls) in calls.iter() {
        let mut reached = 0;
        for (i, shared, length) in &parts[interval] {
            let from = part(calls, reached, *length);
            reached += shared;
            spread[*i] += part(calls, reached, *length) - from;
        }
    }
    spread
}

/// `share` of `whole` parts of a count, rounded down.
fn part(count: u64, share: u64, whole: u64) -> u64 {
    let part = u128::from(count) * u128::from(share) / u128::from(whole.max(1));
    u64::try_from(part).unwrap_or(count)
}

/// The part of all counters that belongs to `calls` of `all` calls.
fn share(counters: &Counters, calls: u64, all: u64) -> Counters {
    let count = |count: u64| part(count, calls, all);
    #[expect(clippy::cast_precision_loss, reason = "a share, for statistics")]
    let fraction = calls as f64 / all.max(1) as f64;
    Counters {
        calls,
        rows: counters.rows.map(count),
        exec_ms: counters.exec_ms.map(|ms| ms * fraction),
        plan_ms: counters.plan_ms.map(|ms| ms * fraction),
        blk_read_ms: counters.blk_read_ms.map(|ms| ms * fraction),
        blk_write_ms: counters.blk_write_ms.map(|ms| ms * fraction),
        shared_blks_hit: counters.shared_blks_hit.map(count),
        shared_blks_read: counters.shared_blks_read.map(count),
        shared_blks_dirtied: counters.shared_blks_dirtied.map(count),
        shared_blks_written: counters.shared_blks_written.map(count),
        temp_blks: counters.temp_blks.map(count),
        wal_records: counters.wal_records.map(count),
        wal_fpi: counters.wal_fpi.map(count),
        wal_bytes: counters.wal_bytes.map(count),
    }
}

fn add(statements: &mut Vec<Statement>, other: Statement) {
    let same =
        statements.iter_mut().find(|one| one.text == other.text && one.nested == other.nested);
    let Some(same) = same else { return statements.push(other) };
    same.calls.add(other.calls);
    same.total = same.total.plus(&other.total);
    same.query_ids.extend(other.query_ids);
    same.query_ids.sort();
    same.query_ids.dedup();
    same.labels.extend(other.labels);
    same.labels.sort();
    same.labels.dedup();
    if same.list_lengths.len() < other.list_lengths.len() {
        same.list_lengths.resize_with(other.list_lengths.len(), BTreeMap::new);
    }
    for (known, more) in same.list_lengths.iter_mut().zip(other.list_lengths) {
        for (length, calls) in more {
            *known.entry(length).or_default() += calls;
        }
    }
    same.min_exec_ms = match (same.min_exec_ms, other.min_exec_ms) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, None) | (None, one) => one,
    };
}

fn add_data(
    first: &mut Capture,
    name: &str,
    catalog: &super::Catalog,
    activity: &[super::TableActivity],
) {
    fn sum<T: std::ops::Add<Output = T>>(a: Option<T>, b: Option<T>) -> Option<T> {
        a.zip(b).map(|(a, b)| a + b)
    }
    let mut missing = Vec::new();
    for table in &catalog.tables {
        let Some(ours) = first.catalog.tables.iter_mut().find(|one| one.name == table.name) else {
            missing.push(table.name.to_string());
            continue;
        };
        // A size that one of them does not know is unknown for both together.
        ours.rows = sum(ours.rows, table.rows);
        ours.heap_bytes = sum(ours.heap_bytes, table.heap_bytes);
        ours.toast_bytes = sum(ours.toast_bytes, table.toast_bytes);
        ours.index_bytes = sum(ours.index_bytes, table.index_bytes);
        for index in &mut ours.indexes {
            let theirs = table.indexes.iter().find(|one| one.name == index.name);
            index.bytes = sum(index.bytes, theirs.and_then(|one| one.bytes));
            index.rows = sum(index.rows, theirs.and_then(|one| one.rows));
        }
    }
    for one in activity {
        match first.table_activity.iter_mut().find(|ours| ours.table == one.table) {
            Some(ours) => {
                ours.inserted += one.inserted;
                ours.updated += one.updated;
                ours.hot_updated += one.hot_updated;
                ours.deleted += one.deleted;
            }
            None => first.table_activity.push(one.clone()),
        }
    }
    if !missing.is_empty() {
        first.findings.push(Finding::new(
            "shard-differs",
            Severity::Medium,
            format!("{name} has tables that the first server has not: {}", missing.join(", ")),
        ));
    }
}
