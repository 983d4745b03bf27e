//! What became of a load: minute by minute, and in all.

use rust_decimal::Decimal;

use crate::simulate::series::UnitSum;

/// What happened in one minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Minute {
    /// Minutes since the start of the series.
    pub index: u64,
    /// Capacity in force, in units a second.
    pub capacity: u32,
    /// Thousandths of a unit asked for.
    pub offered_milli: u64,
    /// Thousandths of a unit consumed; the rest was throttled.
    pub served_milli: u64,
}

impl Minute {
    /// Thousandths of a unit that the capacity in force serves in a minute, burst
    /// aside.
    #[must_use]
    pub const fn capacity_milli(&self) -> u64 {
        self.capacity as u64 * 60_000
    }

    /// Thousandths of a unit refused.
    #[must_use]
    pub const fn throttled_milli(&self) -> u64 {
        self.offered_milli - self.served_milli
    }
}

/// Capacity paid for, in units x minutes, so that hours stay whole numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BilledCapacity {
    /// Every UTC hour at the largest capacity in force in it. An hour that the
    /// series cuts off counts for the minutes it covers.
    pub hours_at_max_unit_minutes: u128,
    /// Every minute at its own capacity.
    pub hours_at_mean_unit_minutes: u128,
}

/// How an hour whose capacity changed is billed. No published text of AWS
/// settles it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HourBasis {
    /// At its largest capacity: the careful default.
    #[default]
    Max,
    /// At its mean capacity.
    Mean,
}

impl std::ops::AddAssign for BilledCapacity {
    fn add_assign(&mut self, next: Self) {
        self.hours_at_max_unit_minutes += next.hours_at_max_unit_minutes;
        self.hours_at_mean_unit_minutes += next.hours_at_mean_unit_minutes;
    }
}

impl BilledCapacity {
    /// Unit-hours: what a price per RCU-hour or WCU-hour is multiplied by.
    #[must_use]
    pub fn unit_hours(&self, basis: HourBasis) -> Decimal {
        let unit_minutes = match basis {
            HourBasis::Max => self.hours_at_max_unit_minutes,
            HourBasis::Mean => self.hours_at_mean_unit_minutes,
        };
        let unit_minutes = i128::try_from(unit_minutes).ok();
        unit_minutes
            .and_then(|minutes| Decimal::try_from_i128_with_scale(minutes, 0).ok())
            .expect("32-bit capacities over any series in memory fit a decimal")
            / Decimal::from(60)
    }
}

/// Totals of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Minutes simulated.
    pub minutes: u64,
    /// Units asked for.
    pub offered: UnitSum,
    /// Units refused.
    pub throttled: UnitSum,
    /// Minutes in which something was refused.
    pub throttled_minutes: u64,
    /// Capacity paid for.
    pub billed: BilledCapacity,
    /// The largest capacity in force, in units a second.
    pub capacity_peak: u32,
    /// Changes upwards that took effect or were asked for.
    pub increases: u32,
    /// Changes downwards that took effect or were asked for.
    pub decreases: u32,
}

/// What comes after it.
impl std::ops::AddAssign<&Outcome> for Outcome {
    fn add_assign(&mut self, next: &Self) {
        self.minutes += next.minutes;
        self.offered += next.offered;
        self.throttled += next.throttled;
        self.throttled_minutes += next.throttled_minutes;
        self.billed += next.billed;
        self.capacity_peak = self.capacity_peak.max(next.capacity_peak);
        self.increases += next.increases;
        self.decreases += next.decreases;
    }
}

impl Outcome {
    /// Units consumed.
    #[must_use]
    pub fn consumed(&self) -> UnitSum {
        self.offered - self.throttled
    }
}
