//! `[uncertainty]`: within what the inputs are known.

use crate::finding::{Diagnostic, Sourced};
use crate::written::{Section, Written};

use super::assumption::Taker;

/// An input that is known only within a range, as a factor on its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UncertainInput {
    /// Bytes of rows, and of the items made of them.
    ItemSize,
    /// Rows of a call that has more than one.
    RowsPerCall,
    /// What is added until the horizon: rows, and load over time.
    Growth,
    /// Variance over mean of the calls in a second.
    Dispersion,
    /// Load of the busiest minute over the mean.
    PeakToMean,
    /// CPU of Postgres.
    PostgresCpu,
    /// Bytes that Postgres stores for the same rows.
    Bloat,
    /// Reads of Postgres that its memory does not serve.
    CacheMisses,
}

impl UncertainInput {
    /// All of them, in the order in which they are drawn.
    pub const ALL: [Self; 8] = [
        Self::ItemSize,
        Self::RowsPerCall,
        Self::Growth,
        Self::Dispersion,
        Self::PeakToMean,
        Self::PostgresCpu,
        Self::Bloat,
        Self::CacheMisses,
    ];

    /// The key in `[uncertainty]`, and the name in reports.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::ItemSize => "item_size",
            Self::RowsPerCall => "rows_per_call",
            Self::Growth => "growth",
            Self::Dispersion => "dispersion",
            Self::PeakToMean => "peak_to_mean",
            Self::PostgresCpu => "postgres_cpu",
            Self::Bloat => "bloat",
            Self::CacheMisses => "cache_misses",
        }
    }

    /// What the factor is on.
    #[must_use]
    pub const fn what(self) -> &'static str {
        match self {
            Self::ItemSize => {
                "bytes of every item and index entry, and of Postgres's rows and WAL alike"
            }
            Self::RowsPerCall => {
                "rows of a call that has more than one: items read or written, and Postgres's \
                 time, blocks and WAL of such statements alike"
            }
            Self::Growth => "rows and load that are added until the horizon, on both sides alike",
            Self::Dispersion => {
                "variance over mean of the calls in a second: moves what is throttled, not what is \
                 billed"
            }
            Self::PeakToMean => {
                "load of the busiest minute over the mean, for provisioned capacity and Postgres \
                 alike"
            }
            Self::PostgresCpu => "CPU that Postgres needs for the same statements",
            Self::Bloat => "bytes that Postgres stores for the same rows",
            Self::CacheMisses => "reads of Postgres that its memory does not serve",
        }
    }

    /// Low and high where the plan states none; `None` is left to the model of
    /// Postgres, which knows how well it knows its CPU.
    const fn default_range(self) -> Option<(f64, f64)> {
        match self {
            Self::ItemSize => Some((0.85, 1.2)),
            Self::RowsPerCall => Some((0.8, 1.25)),
            Self::Growth => Some((0.7, 1.5)),
            Self::Dispersion => Some((1.0, 4.0)),
            Self::PeakToMean => Some((0.8, 1.5)),
            Self::PostgresCpu => None,
            Self::Bloat => Some((0.9, 1.4)),
            Self::CacheMisses => Some((0.5, 2.0)),
        }
    }
}

/// `[uncertainty]`: ranges of inputs, and how many draws are made of them.
#[derive(Clone, Debug)]
pub struct UncertaintySettings {
    /// In the order of [`UncertainInput::ALL`].
    ranges: Vec<Sourced<Option<(f64, f64)>>>,
    /// Draws of all inputs.
    pub draws: Sourced<u32>,
    /// Seed of the draws.
    pub seed: Sourced<u64>,
}

impl UncertaintySettings {
    /// The factors that one in ten is below and above; `None` is left to the
    /// model.
    #[must_use]
    pub fn range(&self, input: UncertainInput) -> &Sourced<Option<(f64, f64)>> {
        &self.ranges[input as usize]
    }

    /// Takes `[uncertainty]`.
    pub(super) fn take(taker: &mut Taker, section: &Section<'_, '_>) -> Self {
        let ranges = UncertainInput::ALL.map(|input| {
            taker.note(
                &format!("uncertainty.{}", input.key()),
                &format!("range of a factor on: {}", input.what()),
                factors(section, input.key()),
                input.default_range(),
                shown,
            )
        });
        let settings = Self {
            ranges: ranges.into(),
            draws: taker.note(
                "uncertainty.draws",
                "draws of all uncertain inputs, from which bands and odds are read",
                whole_in(section, "draws", DRAWS),
                400,
                ToString::to_string,
            ),
            seed: taker.note(
                "uncertainty.seed",
                "seed of the draws",
                section.whole("seed"),
                1,
                ToString::to_string,
            ),
        };
        section.report_left_over();
        settings
    }
}

/// Fewer draws tell nothing of one in ten; more take long and tell no more than
/// ranges that are guesses themselves.
const DRAWS: std::ops::RangeInclusive<u64> = 100..=10_000;
/// A factor beyond these means that an input is not known at all.
const FACTORS: (f64, f64) = (0.01, 100.0);

fn shown(range: &Option<(f64, f64)>) -> String {
    match range {
        Some((low, high)) if high - low <= 0.0 => "known".to_owned(),
        Some((low, high)) => format!("{low} to {high} (one in ten below, one in ten above)"),
        None => "as well as the model of Postgres knows it".to_owned(),
    }
}

fn factors(section: &Section<'_, '_>, key: &str) -> Option<Written<Option<(f64, f64)>>> {
    let place = section.place();
    let numbers = section.numbers(key)?;
    let ends: Vec<f64> = numbers.iter().map(|number| number.value).collect();
    if let [low, high] = ends[..]
        && (FACTORS.0..=1.0).contains(&low)
        && (1.0..=FACTORS.1).contains(&high)
    {
        return Some(Written { value: Some((low, high)), place: numbers[0].place.clone() });
    }
    section.fault(
        Diagnostic::new(format!("uncertainty.{key} must be two factors around 1"))
            .at(numbers.first().map_or(place, |number| number.place.clone()))
            .why(format!(
                "the value in use is the median: the low factor lies between {} and 1, the high \
                 one between 1 and {}",
                FACTORS.0, FACTORS.1
            ))
            .mend(format!("write the lower first, such as {key} = [0.8, 1.5]; [1, 1] is known")),
    );
    None
}

fn whole_in(
    section: &Section<'_, '_>,
    key: &str,
    range: std::ops::RangeInclusive<u64>,
) -> Option<Written<u32>> {
    let number = section.whole(key)?;
    if let Ok(value) = u32::try_from(number.value)
        && range.contains(&number.value)
    {
        return Some(Written { value, place: number.place });
    }
    section.fault(
        Diagnostic::new(format!("uncertainty.{key} = {} is out of range", number.value))
            .at(number.place)
            .why(format!("it lies between {} and {}", range.start(), range.end())),
    );
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Origin;
    use crate::scenario::Settings;

    #[test]
    fn a_silent_plan_has_ranges_and_says_so() {
        let (settings, assumptions) = Settings::read("plan.toml", "").unwrap();
        let uncertainty = &settings.uncertainty;
        for input in UncertainInput::ALL {
            let range = uncertainty.range(input);
            assert_eq!(range.origin, Origin::Default);
            assert_eq!(range.value.is_none(), input == UncertainInput::PostgresCpu);
            let id = format!("uncertainty.{}", input.key());
            assert!(assumptions.iter().any(|one| one.id == id && one.assumed), "{id}");
        }
        assert_eq!((uncertainty.draws.value, uncertainty.seed.value), (400, 1));
    }

    #[test]
    fn stated_ranges_may_have_no_width() {
        let text = "[uncertainty]\nitem_size = [1, 1]\npostgres_cpu = [0.5, 2]\ndraws = 1000\n";
        let (settings, assumptions) = Settings::read("plan.toml", text).unwrap();
        let range = |input| settings.uncertainty.range(input).value;
        assert_eq!(range(UncertainInput::ItemSize), Some((1.0, 1.0)));
        assert_eq!(range(UncertainInput::PostgresCpu), Some((0.5, 2.0)));
        let listed = assumptions.iter().find(|one| one.id == "uncertainty.item_size").unwrap();
        assert_eq!((listed.value.as_str(), listed.assumed), ("known", false));
    }

    #[test]
    fn every_fault_has_its_place() {
        let text = "[uncertainty]\nbloat = [1.2, 1.5]\ngrowth = [0.5]\ndraws = 5\n\
                    peak_to_mean = [0.0, 2]\nitem_sizes = [1, 2]\n";
        let error = Settings::read("plan.toml", text).unwrap_err().to_string();
        for part in [
            "plan.toml:2:10: uncertainty.bloat must be two factors around 1",
            "plan.toml:3:11: uncertainty.growth",
            "plan.toml:4:9: uncertainty.draws = 5 is out of range",
            "plan.toml:5:17: uncertainty.peak_to_mean",
            "plan.toml:6:1: uncertainty.item_sizes is not a known key",
        ] {
            assert!(error.contains(part), "{part} in {error}");
        }
    }
}
