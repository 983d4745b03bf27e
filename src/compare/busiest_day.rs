//! The busiest day of the capacity that costs most.

use crate::pricing::{Direction, Unit};
use crate::scenario::Mode;
use crate::simulate::modes::CourseMinute;
use crate::simulate::provisioned::{Minute, Provisioned, run_days_each};

use super::arm_use::ArmUse;
use super::billing::{Billing, to_f64};
use super::model::{DesignResult, ModeResult};
use super::throughput::{TableUse, capacity_units, tracking};

/// A day of one direction of one table or index, minute by minute.
#[derive(Clone, Debug, PartialEq)]
pub struct BusiestDay {
    /// The design.
    pub design: String,
    /// Its capacity mode.
    pub mode: Mode,
    /// The table or index.
    pub arm: String,
    direction: Direction,
    /// From midnight UTC on.
    pub minutes: Vec<CourseMinute>,
}

impl BusiestDay {
    /// `reads` or `writes`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self.direction {
            Direction::Read => "reads",
            Direction::Write => "writes",
        }
    }

    /// `read` or `write`.
    #[must_use]
    pub const fn direction_word(&self) -> &'static str {
        match self.direction {
            Direction::Read => "read",
            Direction::Write => "write",
        }
    }
}

/// The day of the costliest capacity of the design and mode with capacity that
/// cost least today. `None` if no mode has any.
#[must_use]
pub fn busiest_day(billing: &Billing<'_>, results: &[DesignResult]) -> Option<BusiestDay> {
    let provisioned = |mode: &&ModeResult| mode.mode != Mode::OnDemand && mode.monthly.is_some();
    let (result, mode) = results
        .iter()
        .flat_map(|result| result.modes.iter().filter(provisioned).map(move |mode| (result, mode)))
        .min_by_key(|(_, mode)| mode.monthly)?;
    let hours = |unit| matches!(unit, Unit::RcuHour | Unit::WcuHour | Unit::RwcuHour);
    let line = mode
        .lines
        .iter()
        .filter(|line| hours(line.key.dimension.unit()) && line.region == *billing.region)
        .max_by(|a, b| {
            let usd =
                |usd: &Result<crate::units::Usd, _>| usd.as_ref().map_or(0.0, |usd| to_f64(*usd));
            usd(&a.usd).total_cmp(&usd(&b.usd))
        })?;
    let arm = line.arm?;
    let direction = match line.key.dimension.unit() {
        Unit::RcuHour => Direction::Read,
        _ => Direction::Write,
    };
    let table = &result.design.tables[arm.table];
    let settings = billing.settings.dynamodb.table(&table.name);
    let of_mode = settings.mode.unwrap_or(mode.mode);
    let uses: Vec<ArmUse> =
        result.uses.iter().filter(|used| used.arm.table == arm.table).cloned().collect();
    let of = TableUse { table, settings, uses: &uses };
    let used = of.by_capacity().remove(&arm)?;
    let (units, by_pattern) = match direction {
        Direction::Read => (used.read_units, &used.readers),
        Direction::Write => (used.write_units, &used.writers),
    };
    let curve = billing.arrival.of_units(by_pattern);
    let target = of.target_percent(arm);
    let supply = if of_mode == Mode::AutoScaled {
        tracking(billing, target, units)
    } else {
        let capacity = capacity_units(billing, &curve, target, units);
        Provisioned::flat(u32::try_from(capacity).unwrap_or(u32::MAX / 4))
    };
    let days = curve.loads(units)?;
    let counted = days.iter().enumerate().skip(curve.days_before());
    let busiest = counted.max_by_key(|(day, one)| (one.peak_milli(), std::cmp::Reverse(*day)))?.0;
    #[expect(clippy::cast_precision_loss, reason = "for a picture")]
    let per_second = |milli: u64| milli as f64 / 60_000.0;
    let mut minutes = Vec::new();
    let each = |of_day: &mut Vec<CourseMinute>, minute: Minute| {
        of_day.push(CourseMinute {
            demand: per_second(minute.offered_milli),
            capacity: Some(f64::from(minute.capacity)),
            throttled: per_second(minute.throttled_milli()),
        });
    };
    run_days_each(&days, &supply, each, |day, _, of_day: &Vec<CourseMinute>| {
        if day == busiest {
            minutes.clone_from(of_day);
        }
    });
    Some(BusiestDay {
        design: result.design.name.clone(),
        mode: mode.mode,
        arm: arm.name(&result.design),
        direction,
        minutes,
    })
}
