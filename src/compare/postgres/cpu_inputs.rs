//! What a capture does not hold of what CPU is estimated from.

use crate::finding::{Finding, Severity};
use crate::workload::{AccessPattern, Workload};

/// Statements that a finding names.
const NAMED: usize = 12;

/// Findings on missing execution times, shortest calls and I/O times.
pub(super) fn findings(workload: &Workload) -> Vec<Finding> {
    let patterns: Vec<&AccessPattern> =
        workload.patterns.iter().filter(|pattern| !pattern.nested && pattern.calls > 0).collect();
    [untimed(&patterns), without_shortest(&patterns), without_io_times(&patterns)]
        .into_iter()
        .flatten()
        .collect()
}

fn untimed(patterns: &[&AccessPattern]) -> Option<Finding> {
    let untimed: Vec<&&AccessPattern> =
        patterns.iter().filter(|pattern| pattern.total.exec_ms.is_none()).collect();
    let calls = |patterns: &mut dyn Iterator<Item = u64>| patterns.sum::<u64>();
    let share = ratio(
        calls(&mut untimed.iter().map(|pattern| pattern.calls)),
        calls(&mut patterns.iter().map(|pattern| pattern.calls)),
    );
    let names: Vec<&str> = untimed.iter().take(NAMED).map(|one| one.id.as_str()).collect();
    (!untimed.is_empty()).then(|| {
        Finding::new(
            "cpu-without-times",
            Severity::High,
            format!(
                "nobody measured how long {} statements run ({:.0} % of calls): Postgres's CPU \
                 holds their calls and commits, and nothing for executing them: {}{}",
                untimed.len(),
                share * 100.0,
                names.join(", "),
                if untimed.len() > NAMED { ", ..." } else { "" },
            ),
        )
        .mend("export total_exec_time, state exec_ms of a declared statement, or the host's CPU")
    })
}

fn without_shortest(patterns: &[&AccessPattern]) -> Option<Finding> {
    let timed = patterns.iter().any(|pattern| pattern.total.exec_ms.is_some());
    let none = patterns.iter().all(|pattern| pattern.min_exec_ms.is_none());
    (timed && none).then(|| {
        Finding::new(
            "cpu-without-shortest-calls",
            Severity::Medium,
            "the capture has no min_exec_time: waits for locks cannot be told from work and are in \
             Postgres's CPU, which is too high where statements wait for one another",
        )
        .mend("export min_exec_time, or state the host's CPU")
    })
}

fn without_io_times(patterns: &[&AccessPattern]) -> Option<Finding> {
    let read: u64 = patterns.iter().filter_map(|one| one.total.shared_blks_read).sum();
    let hit: u64 = patterns.iter().filter_map(|one| one.total.shared_blks_hit).sum();
    let io: f64 = patterns
        .iter()
        .map(|one| one.total.blk_read_ms.unwrap_or(0.0) + one.total.blk_write_ms.unwrap_or(0.0))
        .sum();
    (read > 0 && io <= 0.0).then(|| {
        Finding::new(
            "cpu-without-io-times",
            Severity::Medium,
            format!(
                "blocks were read ({:.1} % of those looked at) and no time of it was recorded: \
                 waits for storage are in Postgres's CPU, which is too high by them",
                ratio(read, read + hit) * 100.0
            ),
        )
        .mend("set track_io_timing = on while capturing, or state the host's CPU")
    })
}

#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn ratio(part: u64, all: u64) -> f64 {
    if all == 0 { 0.0 } else { part as f64 / all as f64 }
}
