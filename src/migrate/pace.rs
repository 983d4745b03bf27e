//! How long the backfill takes, and whether it throttles what is live.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::simulate::MinuteSeries;
use crate::simulate::on_demand::{self, OnDemand};
use crate::simulate::provisioned::TABLE_QUOTA_UNITS_PER_S;

/// Write units a second of one partition (Developer Guide, "Best practices for
/// designing and using partition keys effectively").
pub const PARTITION_WRITE_UNITS_PER_S: u32 = 1000;
/// Minutes of the backfill that are simulated: from a new table's warm
/// throughput to the quota takes a few doublings of half an hour.
const SIMULATED_MINUTES: usize = 720;

/// What bounds the speed of a backfill, all in write units a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The quota of a table.
    pub table_quota: Decimal,
    /// What the table takes at once: its warm throughput.
    pub warm: Decimal,
    /// What the loader sends.
    pub loader: Decimal,
}

impl Limits {
    /// With the default quota of a table.
    #[must_use]
    pub fn new(warm: u32, loader: Decimal) -> Self {
        Self { table_quota: TABLE_QUOTA_UNITS_PER_S.into(), warm: warm.into(), loader }
    }

    /// The partitions behind the warm throughput.
    #[must_use]
    pub fn partitions(&self) -> Decimal {
        (self.warm / Decimal::from(PARTITION_WRITE_UNITS_PER_S)).ceil().max(Decimal::ONE)
    }

    /// The slowest of quota, partitions and loader.
    #[must_use]
    pub fn units_per_second(&self) -> Decimal {
        let partitions = self.partitions() * Decimal::from(PARTITION_WRITE_UNITS_PER_S);
        self.table_quota.min(partitions).min(self.loader)
    }

    /// Which of them it is.
    #[must_use]
    pub fn binding(&self) -> &'static str {
        let least = self.units_per_second();
        if least == self.loader {
            "the loader's rate"
        } else if least == self.table_quota {
            "the quota of a table"
        } else {
            "the warm throughput (1,000 write units a second for each partition)"
        }
    }
}

/// How a backfill by the API goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Transfer {
    /// Write units a second while it runs.
    pub units_per_second: Decimal,
    /// What bounds them.
    pub binding: &'static str,
    /// How long it takes.
    pub seconds: Decimal,
    /// What it and the live writes at their peak ask for together: the write
    /// capacity to have warm before it begins.
    pub peak_units_per_second: Decimal,
    /// That is more than the table takes at once.
    pub needs_prewarming: bool,
    /// Share of backfill and live writes refused in the first twelve hours if
    /// nothing is pre-warmed and the loader does not slow down.
    pub refused_share: f64,
    /// Minutes in which something was refused.
    pub refused_minutes: u64,
}

impl Transfer {
    /// Whole days that it takes.
    #[must_use]
    pub fn days(&self) -> u32 {
        (self.seconds / Decimal::from(86_400)).ceil().to_u32().unwrap_or(u32::MAX)
    }
}

/// Brings `write_units` into a table beside live writes of `live_peak` units a
/// second at their peak.
#[must_use]
pub fn transfer(write_units: Decimal, limits: &Limits, live_peak: Decimal) -> Transfer {
    let units_per_second = limits.units_per_second();
    let peak = units_per_second + live_peak;
    let seconds = write_units / units_per_second;
    let minutes = (seconds / Decimal::from(60)).ceil().to_usize().unwrap_or(usize::MAX);
    let outcome = simulated(peak, limits, minutes.min(SIMULATED_MINUTES));
    let peak_units = (units_per_second + live_peak).ceil();
    Transfer {
        units_per_second,
        binding: limits.binding(),
        seconds,
        peak_units_per_second: peak_units,
        needs_prewarming: peak_units > limits.warm,
        refused_share: outcome.refused.total().share_of(outcome.offered),
        refused_minutes: outcome.refused_minutes,
    }
}

/// The writes of backfill and application together against on-demand capacity.
fn simulated(peak: Decimal, limits: &Limits, minutes: usize) -> on_demand::DirectionOutcome {
    let milli = (peak * Decimal::from(60_000)).round().to_u64().unwrap_or(u64::MAX);
    let milli = milli.min(crate::simulate::MINUTE_MILLI_MAX);
    let writes = MinuteSeries::new(0, vec![milli; minutes]).expect("no minute is above the most");
    let reads = MinuteSeries::new(0, Vec::new()).expect("nothing is above the most");
    let mut table = OnDemand::COLD;
    table.writes.warm_units_per_s = limits.warm.to_u32().unwrap_or(u32::MAX);
    on_demand::run(&reads, &writes, &table).writes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 29,411,764,706 units at the quota of 40,000 a second: 735,294 s, 8.5 days
    /// (<https://kichik.com/2022/08/31/lessons-learned-from-1tb-dynamodb-import>).
    #[test]
    fn a_terabyte_of_tiny_items_at_the_quota() {
        let limits = Limits::new(100_000, Decimal::from(1_000_000));
        let transfer = transfer(Decimal::from(29_411_764_706_u64), &limits, Decimal::ZERO);
        assert_eq!(transfer.binding, "the quota of a table");
        assert_eq!(transfer.units_per_second, Decimal::from(40_000));
        let days = transfer.seconds / Decimal::from(86_400);
        assert_eq!(days.round_dp(1), Decimal::new(85, 1));
        assert_eq!(transfer.days(), 9);
    }

    #[test]
    fn the_slowest_of_quota_partitions_and_loader_decides() {
        let rate = |warm, loader| Limits::new(warm, Decimal::from(loader)).units_per_second();
        assert_eq!(rate(4000, 1500), Decimal::from(1500));
        assert_eq!(rate(4000, 9000), Decimal::from(4000));
        assert_eq!(rate(90_000, 90_000), Decimal::from(40_000));
    }

    /// A new table takes 4,000 write units a second; 3,000 of a loader beside
    /// 2,000 of the application are refused until it has grown.
    #[test]
    fn a_loader_beside_live_writes_throttles_a_cold_table() {
        let limits = Limits::new(4000, Decimal::from(3000));
        let units = Decimal::from(1_000_000_000_u64);
        let beside = transfer(units, &limits, Decimal::from(2000));
        assert!(
            beside.needs_prewarming && beside.refused_minutes > 0 && beside.refused_share > 0.0
        );
        assert_eq!(beside.peak_units_per_second, Decimal::from(5000));
        let alone = transfer(units, &limits, Decimal::from(500));
        assert!(!alone.needs_prewarming && alone.refused_minutes == 0);
    }

    proptest! {
        #[test]
        fn faster_is_never_longer(
            units in 1_u64..1_000_000_000_000,
            slow in 1_u32..50_000,
            more in 0_u32..50_000,
        ) {
            let seconds = |loader: u32| {
                let limits = Limits::new(4000, loader.into());
                units_seconds(units, &limits)
            };
            prop_assert!(seconds(slow + more) <= seconds(slow));
        }
    }

    fn units_seconds(units: u64, limits: &Limits) -> Decimal {
        transfer(units.into(), limits, Decimal::ZERO).seconds
    }
}
