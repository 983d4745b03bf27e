//! The fleet and its response times at the loads that are asked about.

use crate::postgres::{Latency, latency};

use super::super::billing::Billing;
use super::super::model::{PostgresAt, PostgresPoint};
use super::super::verdict::asked;
use super::PostgresSide;

impl PostgresSide<'_> {
    pub(super) fn at_asked(&self, billing: &Billing<'_>) -> Vec<PostgresAt> {
        asked(&billing.settings.load)
            .into_iter()
            .map(|load| {
                let fleet = self.sharded(load);
                let latency = fleet.as_ref().and_then(|fleet| self.latency(fleet));
                PostgresAt { load, fleet, latency }
            })
            .collect()
    }

    /// Response times on a fleet of this load; `None` where its pool is too small.
    fn latency(&self, fleet: &PostgresPoint) -> Option<Latency> {
        let class = self.classes.iter().find(|class| class.name == fleet.class)?;
        let storage_ms = self.billing.settings.postgres.fleet.storage_ms.value;
        latency(&self.load, &self.settings, class, &fleet.need, storage_ms / 1000.0).ok()
    }
}
