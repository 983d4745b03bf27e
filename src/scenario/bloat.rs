//! What updates make of tables whose sizes nobody measured.

use crate::finding::{Diagnostic, Sourced};
use crate::written::Section;

use super::assumption::Taker;

/// The part of `[postgres]` that bloat is taken from.
#[derive(Clone, Debug)]
pub struct BloatSettings {
    /// Bytes of a heap over those of a fresh one.
    pub heap: Sourced<f64>,
    /// Bytes of indexes over those of fresh ones.
    pub indexes: Sourced<f64>,
    /// Minutes for which a dead row cannot be removed; where it is stated, bloat
    /// follows from it and from the updates, not from the factors.
    pub oldest_transaction_minutes: Sourced<Option<f64>>,
}

impl BloatSettings {
    /// Takes the keys out of `[postgres]`.
    pub(super) fn take(taker: &mut Taker, section: &Section<'_, '_>) -> Self {
        let minutes = section.number_in(
            "oldest_transaction_minutes",
            0.0..=100_000.0,
            "minutes for which the oldest transaction runs",
        );
        if minutes.is_some()
            && let Some(factor) =
                ["heap_bloat", "index_bloat"].into_iter().find(|key| section.has(key))
        {
            section.fault(
                Diagnostic::new(format!(
                    "bloat is stated twice: oldest_transaction_minutes and {factor}"
                ))
                .at(section.place())
                .mend("state the factors, or the age of the oldest transaction"),
            );
        }
        let mut factor = |key: &str, what: &str, default| {
            taker.note(
                &format!("postgres.{key}"),
                what,
                section.number_in(key, 1.0..=20.0, what),
                default,
                |value| format!("x{value}"),
            )
        };
        Self {
            heap: factor(
                "heap_bloat",
                "bytes of a heap in use over those of a fresh one, where they were not measured",
                1.15,
            ),
            indexes: factor(
                "index_bloat",
                "bytes of indexes in use over those of fresh ones, where they were not measured",
                1.35,
            ),
            oldest_transaction_minutes: taker.note(
                "postgres.oldest_transaction_minutes",
                "minutes for which dead rows cannot be removed (the oldest transaction or \
                 replication slot, and the lag of VACUUM), where bloat is to follow from updates",
                minutes.map(|minutes| crate::written::Written {
                    value: Some(minutes.value),
                    place: minutes.place,
                }),
                None,
                |minutes| {
                    minutes
                        .map_or_else(|| "not known".to_owned(), |minutes| format!("{minutes} min"))
                },
            ),
        }
    }
}
