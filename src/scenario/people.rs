//! `[postgres.people]`: those who look after a sharded fleet.

use rust_decimal::Decimal;

use crate::finding::{Diagnostic, Sourced};
use crate::units::Usd;
use crate::written::{Section, Written};

use super::USD_MAX;
use super::assumption::Taker;

/// Least, likely and most.
pub type Estimate = [f64; 3];

/// Engineers for each shard, as published stories of sharded fleets are read: half
/// an engineer for 50 shards, one for 30, two for 10.
const ENGINEERS_PER_SHARD: Estimate = [0.01, 0.033, 0.2];
/// Engineer-years until the first table is sharded, from the same stories: some
/// weeks to a year for a small schema with a clear key, nine months of a small
/// team, and twenty engineers.
const FIRST_SHARDING_ENGINEER_YEARS: Estimate = [1.0, 4.5, 20.0];

/// Which of the three estimates is in the totals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// None of them.
    No,
    /// The least.
    Low,
    /// The likely one.
    Mid,
    /// The most.
    High,
}

impl Counted {
    const WORDS: [&'static str; 4] = ["no", "low", "mid", "high"];

    /// The estimate in the totals, if one is.
    #[must_use]
    pub fn of(self, estimate: Estimate) -> Option<f64> {
        match self {
            Self::No => None,
            Self::Low => Some(estimate[0]),
            Self::Mid => Some(estimate[1]),
            Self::High => Some(estimate[2]),
        }
    }

    /// The word used in files and reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Low => "low",
            Self::Mid => "mid",
            Self::High => "high",
        }
    }
}

/// What is taken of those who look after a fleet. Nobody publishes it: inputs, not
/// facts.
#[derive(Clone, Debug)]
pub struct People {
    /// What is in the totals.
    pub counted: Sourced<Counted>,
    /// What an engineer costs a year; `None` where the plan does not say.
    pub engineer_year: Option<Usd>,
    /// Engineers for each shard beyond an unsharded instance.
    pub engineers_per_shard: Sourced<Estimate>,
    /// Engineer-years until the first table is sharded, once.
    pub first_sharding_engineer_years: Sourced<Estimate>,
}

impl People {
    /// Takes `[postgres.people]`.
    pub(super) fn take(taker: &mut Taker, section: &Section<'_, '_>) -> Self {
        let engineer_year = section.decimal("engineer_year_usd").filter(|usd| {
            let right = usd.value > Decimal::ZERO && usd.value <= Decimal::from(USD_MAX);
            if !right {
                section.fault(
                    Diagnostic::new(
                        "postgres.people.engineer_year_usd must be above 0 and below a trillion",
                    )
                    .at(usd.place.clone())
                    .mend("state what an engineer costs a year, or leave it out"),
                );
            }
            right
        });
        if let Some(usd) = &engineer_year {
            taker.note_written(
                "postgres.people.engineer_year_usd",
                "what an engineer costs a year",
                usd,
                |usd| format!("${usd}"),
            );
        }
        let written = section.word("counted", &Counted::WORDS);
        if let (Some(word), None) = (&written, &engineer_year)
            && word.value != 0
            && !section.has("engineer_year_usd")
        {
            section.fault(
                Diagnostic::new("people are counted, and what they cost is not said")
                    .at(word.place.clone())
                    .mend("add engineer_year_usd, or write counted = \"no\""),
            );
        }
        let counted = written.map(|word| Written {
            value: [Counted::No, Counted::Low, Counted::Mid, Counted::High][word.value],
            place: word.place,
        });
        let show = |estimate: &Estimate| {
            let [low, mid, high] = estimate;
            format!("{low}, {mid} or {high}")
        };
        let settings = Self {
            counted: taker.note(
                "postgres.people.counted",
                "which estimate of those who look after the fleet is in the totals",
                counted,
                Counted::No,
                |counted| counted.word().to_owned(),
            ),
            engineer_year: engineer_year.map(|usd| Usd::new(usd.value)),
            engineers_per_shard: taker.note(
                "postgres.people.engineers_per_shard",
                "engineers for each shard of a fleet of several: least, likely, most",
                estimate(section, "engineers_per_shard"),
                ENGINEERS_PER_SHARD,
                show,
            ),
            first_sharding_engineer_years: taker.note(
                "postgres.people.first_sharding_engineer_years",
                "engineer-years until the first table is sharded: least, likely, most",
                estimate(section, "first_sharding_engineer_years"),
                FIRST_SHARDING_ENGINEER_YEARS,
                show,
            ),
        };
        section.report_left_over();
        settings
    }
}

fn estimate(section: &Section<'_, '_>, key: &str) -> Option<Written<Estimate>> {
    let numbers = section.numbers(key)?;
    let values: Vec<f64> = numbers.iter().map(|one| one.value).collect();
    let place = numbers.first().map_or_else(|| section.place(), |one| one.place.clone());
    match <Estimate>::try_from(values) {
        Ok(value) if value[0] >= 0.0 && value.is_sorted() && value[2] < 1e6 => {
            Some(Written { value, place })
        }
        _ => {
            section.fault(
                Diagnostic::new(format!("postgres.people.{key} must be three ascending numbers"))
                    .at(place)
                    .mend("write [least, likely, most]"),
            );
            None
        }
    }
}
