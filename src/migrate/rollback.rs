//! What going back costs in each phase, and until when nothing is lost.

use crate::units::Usd;

use super::cost::Cost;
use super::phase::PhaseKind;
use super::timeline::Timeline;

/// Going back in one phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rollback {
    /// The phase.
    pub kind: PhaseKind,
    /// What is done.
    pub how: &'static str,
    /// The last day, from 1, on which Postgres still has every write; `None`
    /// where it has lost some already.
    pub last_safe_day: Option<u32>,
    /// What has been paid beyond Postgres alone by the end of the phase.
    pub spent: Usd,
    /// What undoing costs besides.
    pub undo: Cost,
}

/// Going back, phase by phase; `copy_back` is the cost of reading everything out
/// of `DynamoDB`.
#[must_use]
pub fn rollbacks(timeline: &Timeline, copy_back: &Cost) -> Vec<Rollback> {
    let mut spent = Usd::ZERO;
    timeline
        .phases
        .iter()
        .map(|phase| {
            spent += phase.extra();
            let safe = phase.kind.keeps_postgres();
            let undo = if safe {
                Cost::default()
            } else {
                copy_back.clone() + Cost::unknown("writing the changes back into Postgres")
            };
            Rollback {
                kind: phase.kind,
                how: how(phase.kind),
                last_safe_day: safe.then(|| phase.end_day()),
                spent,
                undo,
            }
        })
        .collect()
}

const fn how(kind: PhaseKind) -> &'static str {
    match kind {
        PhaseKind::Baseline => "nothing to undo",
        PhaseKind::DualWrite | PhaseKind::Backfill => "stop the second write, drop the tables",
        PhaseKind::Validation => "stop reading twice, stop the second write, drop the tables",
        PhaseKind::ReadShift => {
            "set the flag to 0 %; retired replicas must be back before Postgres takes all reads"
        }
        PhaseKind::Primary => "set the flag back; rebuild the replicas first",
        PhaseKind::Decommission => {
            "restore the snapshot, export DynamoDB and load what changed since: writes are lost \
             until then"
        }
    }
}
