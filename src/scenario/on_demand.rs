//! What a table takes on demand, where the plan says so.

use crate::finding::Diagnostic;
use crate::written::{Section, Written};

use super::assumption::Taker;

/// Limits of a table and of each of its indexes on demand, in units a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OnDemandLimits {
    /// Warm read throughput; `None` is that of a new table.
    pub warm_read: Option<u32>,
    /// Warm write throughput; `None` is that of a new table.
    pub warm_write: Option<u32>,
    /// Maximum read throughput; `None` is no maximum.
    pub max_read: Option<u32>,
    /// Maximum write throughput; `None` is no maximum.
    pub max_write: Option<u32>,
}

/// The keys, in the order of [`OnDemandLimits`], and what they mean.
const KEYS: [(&str, &str); 4] = [
    (
        "warm_read_units_per_second",
        "warm read throughput on demand; raising it is paid once, which no bill here has",
    ),
    (
        "warm_write_units_per_second",
        "warm write throughput on demand; raising it is paid once, which no bill here has",
    ),
    ("max_read_units_per_second", "maximum read throughput set on demand"),
    ("max_write_units_per_second", "maximum write throughput set on demand"),
];

/// The limits as a section has them.
#[derive(Clone, Debug, Default)]
pub(super) struct OnDemandKeys([Option<Written<u32>>; 4]);

impl OnDemandKeys {
    pub(super) fn read(section: &Section<'_, '_>) -> Self {
        Self(KEYS.map(|(key, _)| {
            let written = section.whole(key)?;
            match u32::try_from(written.value) {
                Ok(value) if value > 0 => Some(Written { value, place: written.place }),
                _ => {
                    section.fault(
                        Diagnostic::new(format!("{key} = {} is out of range", written.value))
                            .at(written.place)
                            .why("it counts units a second, at least 1"),
                    );
                    None
                }
            }
        }))
    }

    /// Lists what is written; `section` is the name of the section.
    pub(super) fn note(&self, taker: &mut Taker, section: &str) {
        for ((key, what), written) in KEYS.iter().zip(&self.0) {
            if let Some(written) = written {
                taker.note_written(&format!("{section}.{key}"), what, written, ToString::to_string);
            }
        }
    }

    /// These limits, and others where these are silent.
    pub(super) fn over(&self, others: OnDemandLimits) -> OnDemandLimits {
        let value = |at: usize, other| self.0[at].as_ref().map(|one| one.value).or(other);
        OnDemandLimits {
            warm_read: value(0, others.warm_read),
            warm_write: value(1, others.warm_write),
            max_read: value(2, others.max_read),
            max_write: value(3, others.max_write),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::scenario::{OnDemandLimits, Settings};

    #[test]
    fn a_table_has_its_own_limits_and_else_those_of_all() {
        let plan = "[dynamodb]\nwarm_write_units_per_second = 9000\nmax_read_units_per_second = 5\n\
                    [dynamodb.tables.inbox]\nwarm_write_units_per_second = 20000\n";
        let (settings, assumptions) = Settings::read("plan.toml", plan).unwrap();
        let limits = |warm| OnDemandLimits {
            warm_write: Some(warm),
            max_read: Some(5),
            ..OnDemandLimits::default()
        };
        assert_eq!(settings.dynamodb.table("inbox").on_demand, limits(20_000));
        assert_eq!(settings.dynamodb.table("users").on_demand, limits(9_000));
        let listed = |id: &str| assumptions.iter().any(|one| one.id == id && !one.assumed);
        assert!(listed("dynamodb.tables.inbox.warm_write_units_per_second"));
        assert!(listed("dynamodb.max_read_units_per_second"));
    }

    #[test]
    fn nothing_is_no_throughput() {
        let plan = "[dynamodb]\nmax_write_units_per_second = 0\n";
        let told = Settings::read("plan.toml", plan).unwrap_err().to_string();
        assert!(told.contains("max_write_units_per_second = 0 is out of range"), "{told}");
    }
}
