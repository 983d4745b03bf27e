//! The fleet and its response times at the loads that are asked about.

use crate::postgres::{FleetSettings, Latency, Load, Need, latency};

use super::super::billing::Billing;
use super::super::model::{PostgresAt, PostgresPoint};
use super::super::verdict::asked;
use super::PostgresSide;
use super::market::Choice;
use super::offer::Offer;

impl PostgresSide<'_> {
    pub(super) fn at_asked(&self, billing: &Billing<'_>) -> Vec<PostgresAt> {
        let offered = Offer::ALL.map(|offer| Choice::new(&[offer], billing, false));
        asked(&billing.settings.load)
            .into_iter()
            .map(|load| {
                let fleet = self.sharded(load);
                let latency = fleet.as_ref().and_then(|fleet| self.latency(fleet));
                let replica_latency = fleet.as_ref().and_then(|fleet| self.replica_latency(fleet));
                let offers = offered.iter().map(|choice| self.point(choice, &self.settings, load));
                PostgresAt {
                    load,
                    latency,
                    replica_latency,
                    fleet,
                    single: self.single(load),
                    offers: offers.collect(),
                }
            })
            .collect()
    }

    /// Response times of the primaries of a fleet of this load; `None` where their
    /// pool is too small.
    fn latency(&self, fleet: &PostgresPoint) -> Option<Latency> {
        let need = (&fleet.need, fleet.need.shards);
        if fleet.replicas.is_some() {
            self.times(&self.load.of_primaries(), fleet, need)
        } else {
            self.times(&self.load, fleet, need)
        }
    }

    /// The same of its replicas.
    fn replica_latency(&self, fleet: &PostgresPoint) -> Option<Latency> {
        let replicas = fleet.replicas.as_ref()?;
        let need = replicas.need(&fleet.need);
        let sharing = need.shards * replicas.answering();
        self.times(&self.load.of_replicas(), fleet, (&need, sharing))
    }

    fn times(&self, load: &Load, fleet: &PostgresPoint, need: (&Need, u32)) -> Option<Latency> {
        let class = self.verified.class(&fleet.class)?;
        let storage_ms = self.billing.settings.postgres.fleet.storage_ms.value;
        let settings = FleetSettings { storage: fleet.offer.storage(), ..self.settings };
        latency(load, &settings, class, need, storage_ms / 1000.0).ok()
    }
}
