//! The move day by day: what each day costs with it and without it.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::scenario::MigrationSettings;
use crate::units::Usd;

use super::cost::Cost;
use super::phase::{PhaseKind, Traffic, traffic};
use super::rates::{Rates, Sides};

/// Work that is paid once, on the first day of its phase.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Bringing existing rows over.
    pub backfill: Cost,
    /// Days whose writes are sent again when the dual writes begin: those that
    /// an import could not see.
    pub catch_up_days: u32,
    /// Reading everything to compare it.
    pub validation: Cost,
}

/// One phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phase {
    /// Which.
    pub kind: PhaseKind,
    /// Its first day, from 0.
    pub first_day: u32,
    /// How many.
    pub days: u32,
    /// What its days cost, by side.
    pub sides: Sides,
    /// What is paid once.
    pub work: Cost,
    /// What Postgres alone would cost in these days.
    pub without: Cost,
}

impl Phase {
    /// The day after its last.
    #[must_use]
    pub const fn end_day(&self) -> u32 {
        self.first_day + self.days
    }

    /// Everything paid in it.
    #[must_use]
    pub fn total(&self) -> Cost {
        self.sides.total() + self.work.clone()
    }

    /// What it costs beyond Postgres alone.
    #[must_use]
    pub fn extra(&self) -> Usd {
        self.total().usd - self.without.usd
    }
}

/// The cost of one day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// With the move, work included.
    pub with: Cost,
    /// Postgres alone.
    pub without: Cost,
}

/// A move, day by day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// Its phases in order; those of no day are left out.
    pub phases: Vec<Phase>,
    /// Every day, also those after the move.
    pub days: Vec<Day>,
}

impl Timeline {
    /// Phases of given lengths, then `DynamoDB` alone, `days` days at least.
    #[must_use]
    pub fn new(
        lengths: &[(PhaseKind, u32)],
        settings: &MigrationSettings,
        work: &Work,
        rates: &dyn Rates,
        days: u32,
    ) -> Self {
        let mut known = Known { rates, days: BTreeMap::new() };
        let mut timeline = Self { phases: Vec::new(), days: Vec::new() };
        let mut first_day = 0;
        for &(kind, length) in lengths.iter().filter(|(_, length)| *length > 0) {
            let mut phase = Phase {
                kind,
                first_day,
                days: length,
                sides: Sides::default(),
                work: Cost::default(),
                without: Cost::default(),
            };
            for day in 0..length {
                let at = first_day + day;
                let sides = known.on(at, traffic(kind, day, length, settings));
                let once = if day == 0 { once(kind, work, &sides) } else { Cost::default() };
                let without = known.on(at, Traffic::BEFORE).postgres;
                timeline
                    .days
                    .push(Day { with: sides.total() + once.clone(), without: without.clone() });
                phase.sides.add(&sides);
                phase.work += once;
                phase.without += without;
            }
            first_day += length;
            timeline.phases.push(phase);
        }
        for at in first_day..days.max(first_day) {
            timeline.days.push(Day {
                with: known.on(at, Traffic::AFTER).total(),
                without: known.on(at, Traffic::BEFORE).postgres,
            });
        }
        timeline
    }

    /// The day after the last phase.
    #[must_use]
    pub fn end_day(&self) -> u32 {
        self.phases.last().map_or(0, Phase::end_day)
    }

    /// The sums of the days up to and with each, with the move and without.
    #[must_use]
    pub fn cumulative(&self) -> Vec<(Usd, Usd)> {
        let mut sums = (Usd::ZERO, Usd::ZERO);
        self.days
            .iter()
            .map(|day| {
                sums = (sums.0 + day.with.usd, sums.1 + day.without.usd);
                sums
            })
            .collect()
    }

    /// Everything paid until the end of the last phase.
    #[must_use]
    pub fn total(&self) -> Cost {
        self.phases.iter().map(Phase::total).sum()
    }

    /// What running both sides costs beyond Postgres alone, work included, until
    /// Postgres is no longer needed.
    #[must_use]
    pub fn premium(&self) -> Cost {
        let both = self.phases.iter().filter(|phase| phase.kind.keeps_postgres());
        let mut premium = Cost::default();
        for phase in both {
            premium += phase.total();
            premium.usd = premium.usd - phase.without.usd;
        }
        premium
    }
}

/// Days that are priced already.
struct Known<'a> {
    rates: &'a dyn Rates,
    days: BTreeMap<(u32, Traffic), Sides>,
}

impl Known<'_> {
    fn on(&mut self, day: u32, traffic: Traffic) -> Sides {
        let period = self.rates.period(day);
        let rates = self.rates;
        self.days.entry((period, traffic)).or_insert_with(|| rates.day(period, traffic)).clone()
    }
}

fn once(kind: PhaseKind, work: &Work, sides: &Sides) -> Cost {
    match kind {
        PhaseKind::Backfill => work.backfill.clone(),
        PhaseKind::DualWrite => sides.writes.clone() * Decimal::from(work.catch_up_days),
        PhaseKind::Validation => work.validation.clone(),
        _ => Cost::default(),
    }
}
