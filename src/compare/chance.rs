//! What chance makes of capacity within a minute: calls come at random, not evenly.

use std::collections::BTreeMap;

use rust_decimal::prelude::ToPrimitive;

use crate::demand::Demand;
use crate::design::Design;
use crate::finding::{Finding, Severity};
use crate::pricing::Direction;
use crate::scenario::{Mode, UncertainInput};
use crate::simulate::jumps::{JumpMeasure, UnitLaw, excess};
use crate::simulate::provisioned::{BURST_SECONDS, Minute, Provisioned, run_days_each};

use super::arm_use::ArmUse;
use super::arrival::LoadCurve;
use super::billing::{Billing, decimal_to_f64};
use super::calls::{Calls, calls_of};
use super::throughput::{TableUse, capacity_units};

/// A burst that chance uses up less often than this is as good as never used up.
const NEVER: f64 = 1e-9;
/// Above this it is weighty.
const OFTEN: f64 = 1e-3;

/// Units refused if nothing were kept as burst and calls came at random within
/// each minute, at the dispersion in use and at the ends of its range. `jump` is
/// what a call takes: see [`super::calls::jump`].
pub fn without_burst(
    billing: &Billing<'_>,
    settings: &Provisioned,
    curve: &LoadCurve,
    units_per_month: rust_decimal::Decimal,
    jump: f64,
) -> [f64; 3] {
    let days = match curve.loads(units_per_month) {
        Some(days) if !units_per_month.is_zero() => days,
        _ => return [0.0; 3],
    };
    let dispersion = billing.settings.load.dispersion.value;
    let range = billing.settings.uncertainty.range(UncertainInput::Dispersion).value;
    let (low, high) = range.unwrap_or((1.0, 1.0));
    let settings = Provisioned { burst_seconds: 0, ..settings.clone() };
    let each = |of_day: &mut Vec<[f64; 3]>, minute: Minute| {
        #[expect(clippy::cast_precision_loss, reason = "statistics")]
        let mean = minute.offered_milli as f64 / 60_000.0;
        let capacity = f64::from(minute.capacity);
        of_day.push(
            [1.0, low, high]
                .map(|factor| 60.0 * excess(mean, jump * dispersion * factor, capacity)),
        );
    };
    let mut refused = [0.0; 3];
    run_days_each(&days, &settings, each, |day, _, of_day: &Vec<[f64; 3]>| {
        if day >= curve.days_before() {
            for minute in of_day {
                refused.iter_mut().zip(minute).for_each(|(sum, more)| *sum += more);
            }
        }
    });
    refused
}

/// Fixed capacities, at today's load, whose burst chance alone uses up now and
/// then: for them the figure with burst is too low. For all others it is not, by
/// the bound of Cramer and Lundberg.
pub fn burst_findings(
    billing: &Billing<'_>,
    design: &Design,
    demand: &Demand,
    uses: &[ArmUse],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !billing.settings.dynamodb.modes.value.contains(&Mode::Provisioned) {
        return findings;
    }
    for uses in uses.chunk_by(|a, b| a.arm.table == b.arm.table) {
        let table = &design.tables[uses[0].arm.table];
        let settings = billing.settings.dynamodb.table(&table.name);
        if settings.mode.is_some_and(|mode| mode != Mode::Provisioned) {
            continue;
        }
        let of = TableUse { table, settings, uses };
        let arms: Vec<ArmUse> = of.by_capacity().into_values().collect();
        let calls = calls_of(demand, &of, &arms);
        for (at, used) in arms.iter().enumerate() {
            let name = used.arm.name(design);
            let target = of.target_percent(used.arm);
            for direction in [Direction::Read, Direction::Write] {
                let found = used_up(billing, (&calls, at), used, direction, target);
                findings.extend(found.and_then(|one| one.finding(&name, direction)));
            }
        }
    }
    findings
}

/// How often a burst is used up.
struct UsedUp {
    /// Units a second.
    capacity: f64,
    /// The largest call, in units.
    largest: f64,
    /// At most this share of the seconds of the busiest minute.
    share: f64,
}

fn used_up(
    billing: &Billing<'_>,
    (calls, at): (&[Calls], usize),
    used: &ArmUse,
    direction: Direction,
    target_percent: f64,
) -> Option<UsedUp> {
    let (units, by_pattern) = match direction {
        Direction::Read => (used.read_units, &used.readers),
        Direction::Write => (used.write_units, &used.writers),
    };
    let curve = billing.arrival.of_units(by_pattern);
    let capacity = capacity_units(billing, &curve, target_percent, units).to_f64()?;
    let dispersion = billing.settings.load.dispersion.value.max(1.0);
    let seconds = decimal_to_f64(billing.conventions.month_seconds());
    let mut measure = JumpMeasure::default();
    let mut largest = 0.0_f64;
    for one in calls {
        let units = match direction {
            Direction::Read => &one.reads[at],
            Direction::Write => &one.writes[at],
        };
        let Some(units) = units.to_f64().filter(|units| *units > 0.0) else { continue };
        // Calls of a dispersion above 1 come in batches of so many.
        let per_second = decimal_to_f64(one.per_month) / seconds / dispersion;
        let steps = BTreeMap::from([(thousandths(units * dispersion), 1.0)]);
        measure.add(per_second * curve.peak_to_mean(), &UnitLaw::of_weights(&steps)?);
        largest = largest.max(units);
    }
    let decay = measure.decay_rate(capacity * 1000.0)?;
    let share = (-decay * capacity * 1000.0 * f64::from(BURST_SECONDS)).exp();
    Some(UsedUp { capacity, largest, share })
}

impl UsedUp {
    fn finding(&self, name: &str, direction: Direction) -> Option<Finding> {
        let word = match direction {
            Direction::Read => "reads",
            Direction::Write => "writes",
        };
        (self.share > NEVER).then(|| {
            Finding::new(
                "burst-used-up-by-chance",
                if self.share > OFTEN { Severity::Medium } else { Severity::Low },
                format!(
                    "fixed capacity for {word} of {name}, {} units a second: calls of up to {:.1} \
                     units that come at random use up its {BURST_SECONDS} seconds of burst in up \
                     to {:.2e} of the seconds of the busiest minute; part of what is refused \
                     without burst is refused with it too",
                    self.capacity, self.largest, self.share
                ),
            )
            .mend("read and write in smaller pieces, or give it a lower target utilization")
        })
    }
}

/// Units of a call in thousandths, the steps of a law; at least one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "units of a call, positive; a cast saturates"
)]
pub(super) fn thousandths(units: f64) -> u32 {
    (units * 1000.0).round().max(1.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_that_is_never_used_up_is_not_worth_a_word() {
        let used = |share| UsedUp { capacity: 2.0, largest: 60.0, share };
        assert_eq!(used(9e-10).finding("t", Direction::Read), None);
        let found = used(2.5e-4).finding("t", Direction::Read).unwrap();
        assert_eq!(found.severity, Severity::Low);
        assert!(found.what.contains("2.50e-4") && found.what.contains("reads of t, 2 units"));
        let often = used(0.02).finding("t", Direction::Write).unwrap();
        assert_eq!(often.severity, Severity::Medium);
    }
}
