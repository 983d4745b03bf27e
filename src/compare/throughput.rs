//! Reads and writes of a table and its indexes under a capacity mode, in every
//! Region that it is in.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::demand::Arm;
use crate::design::{IndexKind, TableDesign};
use crate::finding::Origin;
use crate::pricing::{Dimension, Direction, PriceKey, Region, TableClass};
use crate::scenario::{Assumption, ScheduledLeast, TableSettings};
use crate::simulate::provisioned::{
    BilledCapacity, HourBasis, Minute, Provisioned, TargetTracking, run_days, run_days_each,
};
use crate::simulate::{Recurrence, ScheduledAction, TargetPercent};
use crate::units::decimal_from_f64;

use super::arm_use::ArmUse;
use super::arrival::LoadCurve;
use super::billing::{Billing, Draft, decimal_to_f64};
use super::replication::in_regions;

/// A table with what is set for it and what it uses.
pub struct TableUse<'a> {
    /// The table.
    pub table: &'a TableDesign,
    /// What is set for it.
    pub settings: TableSettings,
    /// What it and its indexes use, the table first.
    pub uses: &'a [ArmUse],
}

impl TableUse<'_> {
    /// Whether this is a global index: it has capacity of its own, and on a
    /// replica its writes are ordinary ones.
    pub fn is_global_index(&self, arm: Arm) -> bool {
        arm.index.is_some_and(|index| self.table.indexes[index].kind == IndexKind::Global)
    }

    /// What draws on each capacity: a local index on its table's.
    pub fn by_capacity(&self) -> BTreeMap<Arm, ArmUse> {
        let mut by_capacity: BTreeMap<Arm, ArmUse> = BTreeMap::new();
        for used in self.uses {
            let own = used.arm.index.is_none() || self.is_global_index(used.arm);
            let arm = if own { used.arm } else { Arm { index: None, ..used.arm } };
            by_capacity.entry(arm).or_insert_with(|| ArmUse::none(arm)).add_throughput(used);
        }
        by_capacity
    }

    /// Target utilisation of the table's or index's capacity.
    pub fn target_percent(&self, arm: Arm) -> f64 {
        self.settings.target_of(arm.index.map(|i| self.table.indexes[i].name.as_str()))
    }

    fn is_replicated(&self) -> bool {
        !self.settings.replica_regions.is_empty()
    }
}

/// The dimension of writes: request units, or capacity-unit hours.
fn write_dimension(on_demand: bool, replicated: bool, class: TableClass) -> Dimension {
    match (on_demand, replicated) {
        (true, false) => Dimension::request_units(Direction::Write, class),
        (true, true) => Dimension::replicated_write_request_units(class),
        (false, false) => Dimension::capacity_hours(Direction::Write, class),
        (false, true) => Dimension::replicated_write_capacity_hours(class),
    }
}

/// What one write request is billed as on demand, by Region: of a table with
/// replicas a replicated write in each of them, of its global indexes an
/// ordinary one in each.
pub fn write_requests(
    billing: &Billing<'_>,
    settings: &TableSettings,
    global_index: bool,
) -> Vec<(Region, Dimension)> {
    let replicated = !settings.replica_regions.is_empty() && !global_index;
    let dimension = write_dimension(true, replicated, settings.class);
    let regions = std::iter::once(billing.region).chain(&settings.replica_regions);
    regions.map(|region| (region.clone(), dimension)).collect()
}

/// Request units of the month.
pub fn on_demand(billing: &Billing<'_>, of: &TableUse<'_>, load: Decimal, drafts: &mut Vec<Draft>) {
    let class = of.settings.class;
    for used in of.uses {
        let global_index = of.is_global_index(used.arm);
        let dimension = write_dimension(true, of.is_replicated() && !global_index, class);
        let regions = in_regions(billing, &of.settings.replica_regions, used, global_index, load);
        for (place, demand) in regions.into_iter().enumerate() {
            let quantity = demand.replicated_write_units + demand.index_write_units;
            if !quantity.is_zero() {
                let mut patterns: BTreeSet<usize> = used.writers.keys().copied().collect();
                if place > 0 {
                    patterns.extend(&used.expirers);
                }
                drafts.push(Draft {
                    key: PriceKey::from(dimension),
                    region: demand.region,
                    arm: Some(used.arm),
                    part: None,
                    quantity,
                    patterns,
                });
            }
        }
        if !used.read_units.is_zero() {
            drafts.push(Draft {
                key: PriceKey::from(Dimension::request_units(Direction::Read, class)),
                region: billing.region.clone(),
                arm: Some(used.arm),
                part: None,
                quantity: used.read_units * load,
                patterns: used.readers.keys().copied().collect(),
            });
        }
    }
}

/// How provisioned capacity is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sizing {
    /// Fixed for the whole month: the peak second's units over the target
    /// utilisation, whole units, at least one.
    Fixed,
    /// Moved by target tracking minute by minute.
    Tracked,
}

/// Unit-hours of the month. A local index draws on its table's capacity.
///
/// Every replica has the same write capacity (Developer Guide, "Best practices
/// for global tables"), so that of the Region that writes most, and the read
/// capacity of the source unless it is overridden (API Reference,
/// "CreateReplicationGroupMemberAction" and "ReplicaGlobalSecondaryIndex").
pub fn provisioned(
    billing: &Billing<'_>,
    of: &TableUse<'_>,
    sizing: Sizing,
    load: Decimal,
    drafts: &mut Vec<Draft>,
) {
    let by_capacity = of.by_capacity();
    let class = of.settings.class;
    for used in by_capacity.values() {
        let global_index = of.is_global_index(used.arm);
        let target = of.target_percent(used.arm);
        let regions = in_regions(billing, &of.settings.replica_regions, used, global_index, load);
        let most_writes = regions
            .iter()
            .map(|demand| demand.replicated_write_units + demand.index_write_units)
            .max()
            .unwrap_or_default();
        for (direction, units, by_pattern) in [
            (Direction::Write, most_writes, &used.writers),
            (Direction::Read, used.read_units * load, &used.readers),
        ] {
            let curve = billing.arrival.of_units(by_pattern);
            let dimension = match direction {
                Direction::Write => {
                    write_dimension(false, of.is_replicated() && !global_index, class)
                }
                Direction::Read => Dimension::capacity_hours(direction, class),
            };
            let unit_hours = match sizing {
                Sizing::Fixed => {
                    billing.conventions.month_of(capacity_units(billing, &curve, target, units))
                }
                Sizing::Tracked => tracked_unit_hours(billing, &curve, target, units),
            };
            for demand in &regions {
                let mut patterns: BTreeSet<usize> = by_pattern.keys().copied().collect();
                if direction == Direction::Write && of.is_replicated() {
                    patterns.extend(&used.expirers);
                }
                drafts.push(Draft {
                    key: PriceKey::from(dimension),
                    region: demand.region.clone(),
                    arm: Some(used.arm),
                    part: None,
                    quantity: unit_hours,
                    patterns,
                });
            }
        }
    }
}

/// More units a second than any quota, and little enough to be counted.
const MOST_UNITS: u32 = u32::MAX / 4;

/// Provisioned units for so many units per month, of which the peak may use
/// `target_percent`.
pub fn capacity_units(
    billing: &Billing<'_>,
    curve: &LoadCurve,
    target_percent: f64,
    units_per_month: Decimal,
) -> Decimal {
    let headroom = decimal_from_f64(curve.peak_to_mean() / (target_percent / 100.0))
        .expect("a minute has no more than a month, and the settings bound the target");
    let mean = units_per_month / billing.conventions.month_seconds();
    (mean * headroom).ceil().max(Decimal::ONE)
}

/// Unit-hours of a month that target tracking provisions for so many units.
///
/// # Panics
/// Never: loads are bounded far below what a series can count.
pub fn tracked_unit_hours(
    billing: &Billing<'_>,
    curve: &LoadCurve,
    target_percent: f64,
    units_per_month: Decimal,
) -> Decimal {
    let days = curve.loads(units_per_month).expect("a load that can be counted");
    let settings = tracking(billing, target_percent, units_per_month);
    let (mut before, mut whole) = (BilledCapacity::default(), BilledCapacity::default());
    run_days(&days, &settings, |day, outcome| {
        whole += outcome.billed;
        if day < curve.days_before() {
            before += outcome.billed;
        }
    });
    (whole.unit_hours(HourBasis::Max) - before.unit_hours(HourBasis::Max)) * curve.per_month()
}

/// The policy of a table or index that is auto-scaled for so many units a month,
/// with the scheduled actions of the plan. Beyond the default quota of a
/// table it scales on: the quota is raised on request, and a finding says at
/// which load that is needed.
pub fn tracking(
    billing: &Billing<'_>,
    target_percent: f64,
    units_per_month: Decimal,
) -> Provisioned {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the settings bound it to 20 to 90"
    )]
    let target = TargetPercent::new(target_percent.round() as u8);
    let target = target.unwrap_or(TargetPercent::CONSOLE_DEFAULT);
    let at_target = decimal_to_f64(units_per_month / billing.conventions.month_seconds())
        / (f64::from(target.percent()) / 100.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to what a capacity can be"
    )]
    let least = |times: f64| (times * at_target).ceil().clamp(1.0, f64::from(MOST_UNITS)) as u32;
    let action = |one: &ScheduledLeast| ScheduledAction {
        when: Recurrence::Daily(one.start_minute),
        min: least(one.times_mean),
        max: MOST_UNITS,
    };
    Provisioned::scaled(TargetTracking {
        max: MOST_UNITS,
        schedule: billing.settings.dynamodb.schedule.iter().map(action).collect(),
        ..TargetTracking::new(target)
    })
}

/// What the capacity modes are run under besides the plan's settings.
pub fn assumptions() -> Vec<Assumption> {
    let assumed = |id: &str, what: &str, value: &str| Assumption {
        id: id.to_owned(),
        what: what.to_owned(),
        value: value.to_owned(),
        origin: Origin::Default,
        assumed: true,
    };
    vec![
        assumed(
            "auto_scaling.reaction",
            "when auto scaling moves capacity",
            "2 minutes above the target or 15 below it, 2 minutes later; 4 decreases a UTC day and \
             one an hour beyond; from 1 unit a second up",
        ),
        assumed(
            "auto_scaling.changed_hours",
            "capacity billed for an hour in which it changed",
            "the largest of the hour",
        ),
        assumed(
            "auto_scaling.noise",
            "calls within a minute, for the bill with noise beside the smooth one",
            "at random by load.dispersion, each of its statement's mean units; 20 replicas of a \
             day, fewer of a month",
        ),
        assumed(
            "throttling.scope",
            "what the throttled share takes for granted",
            "keys that share a partition are split apart for heat and capacity goes to whichever \
             partition asks for it; one key takes no more than its partition; quotas are raised",
        ),
    ]
}

/// How a month's auto-scaled unit-hours are spread over its hours: the capacity
/// of each, of a table so large that whole units make no difference.
pub fn tracked_hour_weights(
    billing: &Billing<'_>,
    curve: &LoadCurve,
    hours: usize,
) -> Vec<Decimal> {
    const UNITS_PER_SECOND: u32 = 1_000;
    let units = Decimal::from(UNITS_PER_SECOND) * billing.conventions.month_seconds();
    let days = curve.loads(units).expect("a load that can be counted");
    let target_percent = billing.settings.dynamodb.target_utilization_percent.value;
    let settings = tracking(billing, target_percent, units);
    let mut highest: Vec<u32> = Vec::new();
    let each = |of_day: &mut Vec<u32>, minute: Minute| {
        if minute.index.is_multiple_of(60) {
            of_day.push(0);
        }
        let hour = of_day.last_mut().expect("a day begins with an hour");
        *hour = (*hour).max(minute.capacity);
    };
    run_days_each(&days, &settings, each, |day, _, of_day: &Vec<u32>| {
        if day >= curve.days_before() {
            highest.extend(of_day);
        }
    });
    highest.iter().cycle().take(hours).map(|units| Decimal::from(*units)).collect()
}

#[cfg(test)]
mod tests {
    use crate::compare::Arrival;
    use crate::pricing::{BillSettings, PriceBook};
    use crate::scenario::Settings;

    use super::*;

    /// A daily wave: 730 hours, the same every day, the busiest of the afternoon
    /// above the quietest of the night; a flat load has the same in every hour.
    #[test]
    fn hours_of_tracked_capacity_follow_the_load() {
        let weights = |peak_to_mean| {
            let (settings, _) = Settings::read("plan.toml", "").unwrap();
            let billing = Billing {
                book: &PriceBook::embedded(),
                region: &Region::new("us-east-1").unwrap(),
                settings: &settings,
                conventions: &BillSettings::default(),
                peak_to_mean,
                arrival: &Arrival::new(&settings.load, peak_to_mean),
            };
            tracked_hour_weights(&billing, billing.arrival.usual(), 730)
        };
        let waved = weights(3.0);
        assert_eq!(waved.len(), 730);
        assert_eq!(waved[..24], waved[24..48]);
        assert!(waved[14] > waved[2] * Decimal::TWO);
        let flat = weights(1.0);
        assert!(flat.iter().all(|weight| *weight == flat[0]));
    }
}
