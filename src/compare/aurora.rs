//! The ways to buy a fleet, each with its cheapest class and number of shards.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use crate::postgres::{Fleet, FleetSettings, FleetStorage, Load, fleets};
use crate::pricing::{Dimension, PriceKey};

use super::billing::{Billing, Draft, priced};
use super::model::PostgresPoint;
use super::postgres::{classes, exact, point};

/// Bytes of WAL that Aurora bills as one write request.
const AURORA_WRITE_BYTES: f64 = 4096.0;

/// Instances of a shard: a writer, and a standby or reader to fail over to.
const INSTANCES: Decimal = Decimal::TWO;

/// A way to buy a fleet of Aurora clusters, each a writer and a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuroraOption {
    /// Aurora, I/O billed by request.
    Standard,
    /// Aurora, I/O in the price of instances and storage.
    IoOptimized,
    /// Aurora, I/O billed by request, instances reserved for a year without an
    /// upfront payment.
    Reserved,
}

impl AuroraOption {
    /// All of them; RDS Multi-AZ is the fleet that the comparison rests on.
    pub const ALL: [Self; 3] = [Self::Standard, Self::IoOptimized, Self::Reserved];

    /// The name used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Standard => "Aurora standard, on demand",
            Self::IoOptimized => "Aurora I/O-Optimized, on demand",
            Self::Reserved => "Aurora standard, reserved 1 year, No Upfront",
        }
    }

    const fn instance_hours(self) -> Dimension {
        match self {
            Self::Standard => Dimension::AuroraInstanceHours,
            Self::IoOptimized => Dimension::AuroraIoOptimizedInstanceHours,
            Self::Reserved => Dimension::AuroraReserved1YNoUpfrontHours,
        }
    }

    /// The cheapest fleet of this kind at a multiple of today's load; `None` if
    /// no class with a price carries it.
    ///
    /// For each class the fewest shards are the cheapest: no line of a bill falls
    /// as shards are added.
    #[must_use]
    pub fn cheapest(
        self,
        billing: &Billing<'_>,
        load: &Load,
        settings: &FleetSettings,
        multiple: f64,
    ) -> Option<PostgresPoint> {
        let settings = FleetSettings { storage: FleetStorage::Shared, ..*settings };
        fleets(load, &classes(billing, self.instance_hours()), &settings, multiple)
            .iter()
            .map(|fleet| point(fleet, priced(billing, self.drafts(billing, load, fleet))))
            .filter(|point| point.monthly.is_some())
            .min_by(|a, b| a.monthly.cmp(&b.monthly).then_with(|| a.shards.cmp(&b.shards)))
    }

    fn drafts(self, billing: &Billing<'_>, load: &Load, fleet: &Fleet) -> Vec<Draft> {
        let need = &fleet.need;
        let conventions = billing.conventions;
        let shards = Decimal::from(fleet.shards);
        let gigabytes = conventions.gigabytes(exact(need.stored_bytes).ceil()).ceil();
        let mut wanted = vec![(
            PriceKey::of_class(self.instance_hours(), fleet.class.clone()),
            conventions.month_of(shards * INSTANCES),
        )];
        if self == Self::IoOptimized {
            wanted.push((PriceKey::from(Dimension::AuroraIoOptimizedStorage), gigabytes));
        } else {
            let at_peak = need.read_blocks + need.wal_bytes_per_second / AURORA_WRITE_BYTES;
            let a_second = exact(at_peak / load.peak_to_mean) * Decimal::from(3600);
            wanted.push((PriceKey::from(Dimension::AuroraStorage), gigabytes));
            wanted.push((
                PriceKey::from(Dimension::AuroraIoRequests),
                conventions.month_of(a_second).ceil(),
            ));
        }
        wanted
            .into_iter()
            .map(|(key, quantity)| Draft {
                key,
                region: billing.region.clone(),
                arm: None,
                quantity,
                patterns: BTreeSet::new(),
            })
            .collect()
    }
}
