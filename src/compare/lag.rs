//! What is said of capacity that comes after the load.

use crate::finding::{Finding, Severity};

use super::model::ModeResult;

/// Minutes in a row from which on it is a lag, and not a noisy minute.
const MINUTES: u64 = 5;
/// Share of the month's units from which on what it refuses matters.
const SHARE: f64 = 0.001;

/// How far the capacity of a mode is behind a step of the load, at the first load that
/// was asked about at which it matters, and what would help.
#[must_use]
pub fn lag_finding(mode: &ModeResult) -> Option<Finding> {
    let lagging = mode.throttling.iter().find_map(|at| {
        let minutes = at.behind_minutes_longest.filter(|minutes| *minutes >= MINUTES)?;
        (at.share - at.share_of_hot_keys >= SHARE).then_some((at, minutes))
    });
    let (at, minutes) = lagging?;
    Some(
        Finding::new(
            "capacity-behind-the-load",
            Severity::Medium,
            format!(
                "{}: at {}x of today's load more is asked for than the capacity in force serves for \
                 {minutes} minutes in a row, and {:.2} to {:.2} % of the month's units are refused",
                mode.mode.label(),
                at.load,
                at.share * 100.0,
                at.share_without_burst * 100.0,
            ),
        )
        .mend(
            "schedule capacity ahead of the step ([[dynamodb.schedule]]), keep a higher minimum, or \
             take on-demand capacity that is warm enough",
        ),
    )
}
