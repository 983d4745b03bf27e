//! CPU from statement counters.
//!
//! `total_exec_time` is wall time: it holds waits for disks and locks and
//! leaves out parsing, protocol work and the commit. The constants were measured
//! on PostgreSQL 15 with pgbench against the server's own CPU time; without a
//! calibration the result is a range.

use super::load::{Load, StatementLoad};
use super::settings::FleetSettings;

/// Executor time to CPU time.
const EXEC_TO_CPU: f64 = 1.15;
/// CPU of one call outside the executor, seconds: prepared, simple protocol,
/// and texts that are parsed anew each time.
const CALL_SECONDS: [f64; 3] = [4.5e-6, 9e-6, 60e-6];
/// CPU of one commit, seconds.
const COMMIT_SECONDS: [f64; 3] = [50e-6, 90e-6, 130e-6];
/// Waits for locks and for a CPU cannot be told from work: at least this share
/// of the execution time beyond the shortest call is taken as waiting in the low
/// estimate, half of it in the middle one, none in the high one.
const WAITING: [f64; 3] = [0.6, 0.3, 0.0];

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
        let [low, mid, high] = [0, 1, 2].map(|i| {
            let statements: f64 =
                load.statements.iter().map(|one| one.calls_per_second * call_seconds(one, i)).sum();
            let commits = load.commits_per_second * COMMIT_SECONDS[i];
            (statements + commits) * (1.0 + settings.background_cpu)
        });
        Self { low, mid, high }
    }
}

fn call_seconds(one: &StatementLoad, level: usize) -> f64 {
    let busy = (one.exec_ms - one.io_ms).max(0.0);
    let beyond_shortest = (busy - one.min_exec_ms.unwrap_or(busy)).max(0.0);
    let working = busy - WAITING[level] * beyond_shortest;
    EXEC_TO_CPU * (working + one.plan_ms) / 1000.0 + CALL_SECONDS[level]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(statement: StatementLoad, commits_per_second: f64) -> Load {
        Load { statements: vec![statement], commits_per_second, ..Load::default() }
    }

    /// A point read by primary key, simple protocol: 7.1 us executing and 3.8 us
    /// planning took 24.0 us of server CPU.
    #[test]
    fn a_point_read() {
        let statement = StatementLoad {
            calls_per_second: 1.0,
            exec_ms: 0.0071,
            plan_ms: 0.0038,
            ..StatementLoad::default()
        };
        let settings = FleetSettings { background_cpu: 0.0, ..FleetSettings::default() };
        let cpu = CpuEstimate::of(&load(statement, 0.0), &settings);
        assert!((cpu.mid - 21.5e-6).abs() < 0.1e-6, "{}", cpu.mid);
        assert!(cpu.low < 24.0e-6 && 24.0e-6 < cpu.high);
    }

    /// Time that is waiting narrows the low end, never the high one.
    #[test]
    fn waits_open_the_range() {
        let statement = StatementLoad {
            calls_per_second: 100.0,
            exec_ms: 10.0,
            min_exec_ms: Some(0.1),
            ..StatementLoad::default()
        };
        let cpu = CpuEstimate::of(&load(statement, 100.0), &FleetSettings::default());
        assert!(cpu.low < cpu.mid && cpu.mid < cpu.high);
        assert!(cpu.high / cpu.low < 4.0);
    }
}
