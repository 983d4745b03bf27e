//! What a workload asks of Postgres, as the fleet model counts it.

use crate::finding::Finding;
use crate::postgres::cache::PagePopularity;
use crate::postgres::skew::Spread;
use crate::postgres::storage::Bloat;
use crate::postgres::{
    CpuCalibration, CpuParts, FleetSettings, Load, StatementLoad, writing_commits,
};
use crate::scenario::BloatSettings;
use crate::sql::{Access, Verb};
use crate::workload::{AccessPattern, Workload};

use super::super::billing::Billing;
use super::stored::stored;

/// What a workload asks of Postgres, whatever it is sharded by.
pub(super) struct Demanded {
    /// Statements, commits and data.
    pub load: Load,
    /// Bytes stored before anything is added.
    pub stored_bytes_today: f64,
    /// What of the stored bytes is not measured.
    pub size_findings: Vec<Finding>,
}

/// Exponent of the popularity of pages where neither plan nor capture tells: the
/// law that Zipf found for words.
const POPULARITY: f64 = 1.0;

/// What the given statements of a workload, and its data, ask for.
pub(super) fn demanded(
    workload: &Workload,
    statements: &[&AccessPattern],
    billing: &Billing<'_>,
) -> Demanded {
    let stored = stored(workload, bloat(&billing.settings.postgres.bloat));
    let sizing = &billing.settings.postgres.fleet;
    let load = Load {
        commits_per_second: commits_per_second(workload, statements),
        statements: statements.iter().map(|one| statement(one, workload)).collect(),
        stored_bytes: stored.horizon,
        peak_to_mean: billing.peak_to_mean,
        cpu: None,
        spread: Spread::default(),
        pages: popularity(workload, stored.today, sizing.page_popularity_zipf.value),
    };
    Demanded { load, stored_bytes_today: stored.today, size_findings: stored.findings }
}

/// Load of the busiest minute over the month's mean: as stated, or what spikes and
/// jobs of the plan make of the calls, or of the time that they take, if that is more.
pub(super) fn peak_to_mean(load: &Load, patterns: &[usize], billing: &Billing<'_>) -> f64 {
    let plan = &billing.settings.load;
    if plan.spikes.is_empty() && plan.jobs.is_empty() {
        return load.peak_to_mean;
    }
    let statements = || load.statements.iter().zip(patterns);
    let calls = statements().map(|(one, pattern)| (*pattern, one.calls_per_second));
    let time = statements().map(|(one, pattern)| (*pattern, one.calls_per_second * one.exec_ms));
    let of_calls = billing.arrival.together(calls).highest_to_mean();
    let of_time = billing.arrival.together(time).highest_to_mean();
    load.peak_to_mean.max(of_calls).max(of_time)
}

fn bloat(settings: &BloatSettings) -> Bloat {
    match settings.oldest_transaction_minutes.value {
        Some(minutes) => Bloat::Horizon(minutes * 60.0),
        None => Bloat::Factors { heap: settings.heap.value, indexes: settings.indexes.value },
    }
}

/// How unevenly pages are read: as stated, as the captured server's cache missed
/// them, or as words are used. `None` where the capture does not count the blocks
/// that statements look at.
fn popularity(workload: &Workload, bytes: f64, stated: Option<f64>) -> Option<PagePopularity> {
    /// Bytes of a block.
    const BLOCK: f64 = 8192.0;
    let (mut hit, mut read) = (0, 0);
    for total in workload.patterns.iter().filter(|one| !one.nested).map(|one| &one.total) {
        hit += total.shared_blks_hit.unwrap_or(0);
        read += total.shared_blks_read.unwrap_or(0);
    }
    if hit == 0 {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "statistics")]
    let hit_share = hit as f64 / (hit + read) as f64;
    let measured = || {
        let buffers = workload.server.buffer_bytes?;
        PagePopularity::measured(bytes / BLOCK, buffers / BLOCK, hit_share)
    };
    stated
        .map(PagePopularity::zipf)
        .or_else(measured)
        .or_else(|| Some(PagePopularity::zipf(POPULARITY)))
}

/// The correction of the CPU by what the host used, as the plan states it or the
/// capture recorded it.
pub(super) fn calibration(
    workload: &Workload,
    billing: &Billing<'_>,
    settings: &FleetSettings,
) -> Option<CpuCalibration> {
    let span = workload.span_seconds;
    let stated = billing.settings.postgres.host_cpu.as_ref();
    let measured = stated.map(|cpu| cpu.value.seconds(span)).or(workload.server.cpu_seconds)?;
    let statements: Vec<&AccessPattern> =
        workload.patterns.iter().filter(|pattern| !pattern.nested).collect();
    let a_month = commits_per_second(workload, &statements);
    let mut captured = Load {
        statements: statements.iter().map(|one| statement(one, workload)).collect(),
        ..Load::default()
    };
    // Back from the month's rates to those of the capture.
    let (mut then, mut now) = (0.0, 0.0);
    for (one, pattern) in captured.statements.iter_mut().zip(&statements) {
        now += one.calls_per_second;
        #[expect(clippy::cast_precision_loss, reason = "statistics")]
        let calls = pattern.calls as f64;
        one.calls_per_second = calls / span;
        then += one.calls_per_second;
    }
    captured.commits_per_second = if now > 0.0 { a_month * then / now } else { 0.0 };
    let parts = CpuParts::of(&captured, settings);
    CpuCalibration::fit(&[(parts, measured / span)])
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
        scattered: false,
        blocks_accessed: count(total.shared_blks_hit) + count(total.shared_blks_read),
        blocks_read: count(total.shared_blks_read),
        blocks_dirtied: count(total.shared_blks_dirtied),
        wal_bytes: count(total.wal_bytes),
        wal_images: count(total.wal_fpi),
        may_lag: may_lag(pattern),
        network_bytes: network_bytes(pattern, workload),
    }
}

/// Whether the statement only reads, locks nothing, and did not run in
/// transactions that write, as far as a log tells: such reads may be a moment
/// old, on both sides of the comparison.
fn may_lag(pattern: &AccessPattern) -> bool {
    /// From as large a share of its calls on a statement belongs to transactions
    /// that write.
    const HALF: f64 = 0.5;
    let Access::Data(steps) = &pattern.access else { return false };
    steps.iter().all(|step| step.verb == Verb::Read && step.locking.is_none())
        && pattern.in_writing_transaction.is_none_or(|share| share < HALF)
}

/// Bytes of a call: its text, and its rows with all their columns, whichever way
/// they go.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn network_bytes(pattern: &AccessPattern, workload: &Workload) -> Option<f64> {
    let text = pattern.text.len() as f64;
    let Access::Data(steps) = &pattern.access else { return Some(text) };
    let rows = pattern.rows_per_call?;
    let mut bytes = 0.0;
    for step in steps {
        let entity = workload.entity(step.schema.as_deref(), &step.table)?;
        let stored =
            entity.heap_bytes?.get() as f64 + entity.toast_bytes.map_or(0.0, |b| b.get() as f64);
        bytes += match entity.rows {
            Some(count) if count >= 1.0 => stored / count,
            _ if stored <= 0.0 => 0.0,
            _ => return None,
        };
    }
    Some(text + rows * bytes)
}

/// Commits of writing transactions, interval by interval of the capture: what
/// runs within explicit transactions at one time may run alone at another.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
pub(super) fn commits_per_second(workload: &Workload, statements: &[&AccessPattern]) -> f64 {
    let writing: Vec<&&AccessPattern> =
        statements.iter().filter(|pattern| writes(pattern)).collect();
    let rate: f64 = writing.iter().map(|one| one.calls_per_second(workload.month_hours)).sum();
    let sum = |patterns: &mut dyn Iterator<Item = &AccessPattern>| {
        let mut calls = vec![0; workload.intervals.len()];
        patterns.for_each(|pattern| pattern.calls_per_interval.add_to(&mut calls));
        calls
    };
    let all_patterns = statements.iter().copied();
    let explicit = sum(&mut all_patterns.filter(|pattern| ends_transaction(&pattern.text)));
    let written = sum(&mut writing.iter().map(|pattern| **pattern));
    let (mut commits, mut all) = (0.0, 0.0);
    for (explicit, written) in explicit.into_iter().zip(written) {
        commits += writing_commits(explicit as f64, written as f64);
        all += written as f64;
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
