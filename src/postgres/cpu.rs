//! CPU from statement counters.
//!
//! `total_exec_time` is wall time: it holds waits for disks and locks and
//! leaves out parsing, planning, protocol work and the commit. The constants were
//! measured on PostgreSQL 15 with pgbench against the server's own CPU time;
//! without a calibration the result is a range.

use super::load::{Load, StatementLoad};
use super::settings::FleetSettings;

/// Executor time to CPU time.
const EXEC_TO_CPU: f64 = 1.15;
/// CPU of one call outside the executor, seconds: prepared; simple protocol;
/// simple protocol with caches cold.
const CALL_SECONDS: [f64; 3] = [4.5e-6, 9e-6, 15e-6];
/// CPU of parsing and planning per character of the text, seconds, where
/// planning is not tracked. A text has about as many characters as it has
/// columns, tables and conditions to plan.
const TEXT_SECONDS: [f64; 3] = [0.05e-6, 0.12e-6, 0.35e-6];
/// The same of parsing alone, where planning is tracked.
const PARSE_SECONDS: [f64; 3] = [0.02e-6, 0.05e-6, 0.1e-6];
/// CPU of one commit, seconds.
const COMMIT_SECONDS: [f64; 3] = [50e-6, 90e-6, 130e-6];
/// CPU seconds of one commit of an unprepared transaction.
pub const COMMIT_CPU_SECONDS: f64 = COMMIT_SECONDS[1];
/// Waits for a CPU cannot be told from work: this share of the execution time
/// beyond the shortest call is taken as waiting.
const WAITING: [f64; 3] = [0.65, 0.65, 0.0];
/// The same of a statement that waits for locks.
const LOCK_WAITING: [f64; 3] = [0.98, 0.98, 0.5];
/// From which multiple of its shortest call on the mean call of a writing
/// statement is taken as waiting for locks.
const LOCK_BOUND_FROM: f64 = 10.0;

/// CPU seconds per second by the kind of work, background work included.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CpuParts {
    /// Executing statements.
    pub executing: f64,
    /// Parsing, planning and protocol work.
    pub calling: f64,
    /// Committing.
    pub committing: f64,
}

impl CpuParts {
    /// The parts in the order of their fields.
    #[must_use]
    pub const fn array(self) -> [f64; 3] {
        [self.executing, self.calling, self.committing]
    }

    /// All of it.
    #[must_use]
    pub fn sum(self) -> f64 {
        self.array().iter().sum()
    }

    /// The estimate by kind with the constants as measured for unprepared
    /// statements: what a calibration corrects.
    #[must_use]
    pub fn of(load: &Load, settings: &FleetSettings) -> Self {
        Self::at(load, settings, 1)
    }

    fn at(load: &Load, settings: &FleetSettings, level: usize) -> Self {
        let all = 1.0 + settings.background_cpu;
        Self {
            committing: load.commits_per_second * COMMIT_SECONDS[level] * all,
            ..Self::of_statements(load, settings, level, |_| true)
        }
    }

    /// Without commits.
    fn of_statements(
        load: &Load,
        settings: &FleetSettings,
        level: usize,
        which: impl Fn(&StatementLoad) -> bool,
    ) -> Self {
        let all = 1.0 + settings.background_cpu;
        let sum = |of: &dyn Fn(&StatementLoad) -> f64| -> f64 {
            let some = load.statements.iter().filter(|one| which(one));
            some.map(|one| one.calls_per_second * of(one)).sum::<f64>() * all
        };
        Self {
            executing: sum(&|one| executing_seconds(one, level)),
            calling: sum(&|one| calling_seconds(one, level)),
            committing: 0.0,
        }
    }
}

/// How far a calibrated estimate may be off: measured halves of three recorded
/// runs were foretold from the other halves within as much.
const CALIBRATED_WITHIN: f64 = 1.15;

/// CPU of a load on any number of shards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct CpuDemand {
    once: CpuEstimate,
    /// What statements that go to every shard cost more on each further one: all
    /// but their execution.
    each_more: CpuEstimate,
}

impl CpuDemand {
    pub(super) fn of(load: &Load, settings: &FleetSettings) -> Self {
        let once = CpuEstimate::of(load, settings);
        Self { once, each_more: Self::each_more(load, settings, |_| true) }
    }

    /// That of some of the statements, without commits.
    pub(super) fn of_statements(
        load: &Load,
        settings: &FleetSettings,
        which: impl Fn(&StatementLoad) -> bool,
    ) -> Self {
        let parts = |level| CpuParts::of_statements(load, settings, level, &which);
        Self {
            once: CpuEstimate::from_parts(load, parts),
            each_more: Self::each_more(load, settings, &which),
        }
    }

    fn each_more(
        load: &Load,
        settings: &FleetSettings,
        which: impl Fn(&StatementLoad) -> bool,
    ) -> CpuEstimate {
        let scattered = |level| CpuParts {
            executing: 0.0,
            ..CpuParts::of_statements(load, settings, level, |one| one.scattered && which(one))
        };
        CpuEstimate::from_parts(load, scattered)
    }

    /// CPU seconds per second on so many shards together.
    pub(super) fn on(&self, shards: u32) -> CpuEstimate {
        let more = f64::from(shards) - 1.0;
        let sum = |of: fn(&CpuEstimate) -> f64| of(&self.once) + more * of(&self.each_more);
        CpuEstimate { low: sum(|one| one.low), mid: sum(|one| one.mid), high: sum(|one| one.high) }
    }
}

/// CPU seconds per second of the month's mean, as a range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CpuEstimate {
    /// The least it can be.
    pub low: f64,
    /// The best guess.
    pub mid: f64,
    /// The most it can be.
    pub high: f64,
}

impl CpuEstimate {
    /// What a load takes, background work included.
    #[must_use]
    pub fn of(load: &Load, settings: &FleetSettings) -> Self {
        Self::from_parts(load, |level| CpuParts::at(load, settings, level))
    }

    /// From the parts with the least, the measured and the largest constants.
    fn from_parts(load: &Load, parts: impl Fn(usize) -> CpuParts) -> Self {
        Self::calibrated(load, parts(1)).unwrap_or_else(|| Self::between(parts(0), parts(2)))
    }

    /// The corrected estimate, if what the host used is known.
    fn calibrated(load: &Load, parts: CpuParts) -> Option<Self> {
        let mid = load.cpu?.apply(parts);
        Some(Self { low: mid / CALIBRATED_WITHIN, mid, high: mid * CALIBRATED_WITHIN })
    }

    fn between(low: CpuParts, high: CpuParts) -> Self {
        let (low, high) = (low.sum(), high.sum());
        // As many times the low end as the high end is of it: the factors on each
        // call that are not known multiply.
        Self { low, mid: (low * high).sqrt(), high }
    }
}

/// Whether a statement waits for row locks rather than works: it writes, and its
/// mean call takes far longer than its shortest. What it reads cannot explain
/// that as it can for a query.
#[must_use]
pub fn lock_bound(one: &StatementLoad) -> bool {
    one.writes && one.min_exec_ms.is_some_and(|least| one.exec_ms >= LOCK_BOUND_FROM * least)
}

/// CPU seconds of one call with the constants as measured for unprepared
/// statements: executing it, and parsing, planning and protocol work.
#[must_use]
pub fn statement_cpu(one: &StatementLoad) -> (f64, f64) {
    (executing_seconds(one, 1), calling_seconds(one, 1))
}

fn executing_seconds(one: &StatementLoad, level: usize) -> f64 {
    let busy = (one.exec_ms - one.io_ms).max(0.0);
    let beyond_shortest = (busy - one.min_exec_ms.unwrap_or(busy)).max(0.0);
    let waiting = if lock_bound(one) { LOCK_WAITING } else { WAITING };
    EXEC_TO_CPU * (busy - waiting[level] * beyond_shortest) / 1000.0
}

fn calling_seconds(one: &StatementLoad, level: usize) -> f64 {
    let text = if one.plan_ms > 0.0 { PARSE_SECONDS } else { TEXT_SECONDS };
    CALL_SECONDS[level] + text[level] * one.text_chars + EXEC_TO_CPU * one.plan_ms / 1000.0
}

/// Commits of writing transactions, from the COMMIT and END statements and the
/// writing statements of a stretch of time. Where there are explicit commits the
/// writes are taken to be within them; else each is a transaction of its own.
#[must_use]
pub fn writing_commits(explicit: f64, writes: f64) -> f64 {
    /// Explicit commits that are so few do not hold the writes.
    const FEWEST_SHARE: f64 = 0.05;
    if explicit >= FEWEST_SHARE * writes { explicit.min(writes) } else { writes }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(statement: StatementLoad, commits_per_second: f64) -> Load {
        Load { statements: vec![statement], commits_per_second, ..Load::default() }
    }

    /// A point read by primary key, simple protocol, of 52 characters: 7.1 us
    /// executing and 3.8 us planning took 24.0 us of server CPU. The model:
    /// 1.15 * (7.1 + 3.8) + 9 + 52 * 0.05 = 24.1.
    #[test]
    fn a_point_read() {
        let statement = StatementLoad {
            calls_per_second: 1.0,
            exec_ms: 0.0071,
            plan_ms: 0.0038,
            text_chars: 52.0,
            ..StatementLoad::default()
        };
        let settings = FleetSettings { background_cpu: 0.0, ..FleetSettings::default() };
        let load = load(statement, 0.0);
        let parts = CpuParts::of(&load, &settings);
        assert!((parts.sum() - 24.135e-6).abs() < 0.001e-6, "{parts:?}");
        let cpu = CpuEstimate::of(&load, &settings);
        assert!(cpu.low < 24.0e-6 && 24.0e-6 < cpu.high);
    }

    /// An update of one hot row: 0.7125 ms a call, 0.0034 ms at least.
    #[test]
    fn lock_waits_are_not_work() {
        let mut statement = StatementLoad {
            calls_per_second: 100.0,
            exec_ms: 0.7125,
            min_exec_ms: Some(0.0034),
            writes: true,
            ..StatementLoad::default()
        };
        assert!(lock_bound(&statement));
        let settings = FleetSettings::default();
        let waiting = CpuEstimate::of(&load(statement.clone(), 0.0), &settings);
        statement.writes = false;
        assert!(!lock_bound(&statement));
        let working = CpuEstimate::of(&load(statement, 0.0), &settings);
        assert!(waiting.low < 0.15 * working.low, "{waiting:?} {working:?}");
        assert!(waiting.high < 0.6 * working.high, "{waiting:?} {working:?}");
    }

    #[test]
    fn commits() {
        // One COMMIT for four writes; no COMMIT at all; one stray COMMIT.
        assert!((writing_commits(10.0, 40.0) - 10.0).abs() < 1e-12);
        assert!((writing_commits(0.0, 40.0) - 40.0).abs() < 1e-12);
        assert!((writing_commits(1.0, 40.0) - 40.0).abs() < 1e-12);
        // Reading transactions are committed too, but flush nothing.
        assert!((writing_commits(50.0, 40.0) - 40.0).abs() < 1e-12);
    }
}
