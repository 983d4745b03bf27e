//! What a workload asks of Postgres, as the fleet model counts it.

use crate::postgres::{Load, StatementLoad, writing_commits};
use crate::sql::{Access, Verb};
use crate::workload::{AccessPattern, Workload};

use super::super::billing::Billing;

/// What a workload asks of Postgres.
pub(super) struct Demanded {
    /// Statements, commits and data.
    pub load: Load,
    /// Bytes stored before anything is added.
    pub stored_bytes_today: f64,
    /// Tables whose sizes are not known.
    pub unknown_sizes: Vec<String>,
}

/// What the given statements of a workload, and its data, ask for.
pub(super) fn demanded(
    workload: &Workload,
    statements: &[&AccessPattern],
    billing: &Billing<'_>,
) -> Demanded {
    let (stored, unknown_sizes) = stored_bytes(workload);
    let load = Load {
        commits_per_second: commits_per_second(workload, statements),
        statements: statements.iter().map(|one| statement(one, workload)).collect(),
        stored_bytes: stored.horizon,
        peak_to_mean: billing.peak_to_mean,
    };
    Demanded { load, stored_bytes_today: stored.today, unknown_sizes }
}

#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn statement(pattern: &AccessPattern, workload: &Workload) -> StatementLoad {
    let calls = pattern.calls.max(1) as f64;
    let total = &pattern.total;
    let count = |value: Option<u64>| value.unwrap_or(0) as f64 / calls;
    StatementLoad {
        calls_per_second: pattern.calls_per_second(workload.month_hours),
        exec_ms: total.exec_ms.unwrap_or(0.0) / calls,
        min_exec_ms: pattern.min_exec_ms,
        plan_ms: total.plan_ms.unwrap_or(0.0) / calls,
        io_ms: (total.blk_read_ms.unwrap_or(0.0) + total.blk_write_ms.unwrap_or(0.0)) / calls,
        text_chars: pattern.text.len() as f64,
        writes: writes(pattern),
        blocks_read: count(total.shared_blks_read),
        blocks_dirtied: count(total.shared_blks_dirtied),
        wal_bytes: count(total.wal_bytes),
    }
}

/// Commits of writing transactions, interval by interval of the capture: what
/// runs within explicit transactions at one time may run alone at another.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn commits_per_second(workload: &Workload, statements: &[&AccessPattern]) -> f64 {
    let writing: Vec<&&AccessPattern> =
        statements.iter().filter(|pattern| writes(pattern)).collect();
    let rate: f64 = writing.iter().map(|one| one.calls_per_second(workload.month_hours)).sum();
    let intervals = statements.iter().map(|one| one.calls_per_interval.len()).max().unwrap_or(0);
    let calls = |pattern: &AccessPattern, interval: usize| {
        pattern.calls_per_interval.get(interval).copied().unwrap_or(0) as f64
    };
    let (mut commits, mut all) = (0.0, 0.0);
    for interval in 0..intervals {
        let explicit: f64 = statements
            .iter()
            .filter(|pattern| ends_transaction(&pattern.text))
            .map(|pattern| calls(pattern, interval))
            .sum();
        let written: f64 = writing.iter().map(|pattern| calls(pattern, interval)).sum();
        commits += writing_commits(explicit, written);
        all += written;
    }
    if all > 0.0 { rate * commits / all } else { rate }
}

fn writes(pattern: &AccessPattern) -> bool {
    match &pattern.access {
        Access::Data(steps) => steps.iter().any(|step| step.verb != Verb::Read),
        Access::Unparsed(_) => true,
        Access::Ignorable(_) => false,
    }
}

fn ends_transaction(text: &str) -> bool {
    let word = text.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    word.eq_ignore_ascii_case("commit") || word.eq_ignore_ascii_case("end")
}

/// Bytes of all tables.
#[derive(Default)]
struct StoredBytes {
    today: f64,
    horizon: f64,
}

/// Bytes today, and at the horizon: measured bytes a row times the rows that
/// there will be.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn stored_bytes(workload: &Workload) -> (StoredBytes, Vec<String>) {
    let mut sum = StoredBytes::default();
    let mut unknown = Vec::new();
    for entity in &workload.entities {
        let parts = [entity.heap_bytes, entity.toast_bytes, entity.index_bytes];
        let measured: f64 = parts.iter().flatten().map(|bytes| bytes.get() as f64).sum();
        let empty = entity.heap_bytes.is_some_and(|bytes| bytes.get() == 0)
            && entity.inserted_per_month.unwrap_or(0.0) <= 0.0;
        match (entity.rows, entity.rows_horizon) {
            _ if empty => {
                sum.today += measured;
                sum.horizon += measured;
            }
            (Some(rows), Some(horizon)) if rows >= 1.0 && measured > 0.0 => {
                sum.today += measured;
                sum.horizon += measured * (horizon / rows);
            }
            _ => unknown.push(entity.table.to_string()),
        }
    }
    (sum, unknown)
}
