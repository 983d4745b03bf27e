//! The Postgres side: a workload as the fleet model sees it, its fleets priced.

mod bill;
mod findings;
mod load;

use std::collections::BTreeSet;

use crate::finding::Origin;
use crate::postgres::{
    Fleet, FleetAssumption, FleetSettings, InstanceClass, Load, Need, fleets, need, single_ceiling,
};
use crate::pricing::Dimension;
use crate::scenario::Assumption;
use crate::workload::{AccessPattern, Service, Workload};

use super::aurora::AuroraOption;
use super::billing::{Billing, to_f64};
use super::model::{DesignResult, PostgresPoint, PostgresResult};

use load::Demanded;

pub(super) use bill::{classes, exact, point};

/// Largest gp3 volume of an RDS for PostgreSQL instance, 64 TiB (Amazon RDS User
/// Guide, "Amazon RDS DB instance storage").
const VOLUME_BYTES_MAX: f64 = 64.0 * 1024.0 * GIB;

const GIB: f64 = 1_073_741_824.0;

/// The workload and the classes, ready to be sized for any load.
#[derive(Clone)]
pub struct PostgresSide<'a> {
    billing: &'a Billing<'a>,
    pub(super) load: Load,
    /// The patterns of the load's statements, by position in the workload.
    pub(super) patterns: Vec<usize>,
    /// Bytes stored before anything is added.
    pub(super) stored_bytes_today: f64,
    settings: FleetSettings,
    pub(super) classes: Vec<InstanceClass>,
    unknown_sizes: Vec<String>,
}

impl<'a> PostgresSide<'a> {
    /// Postgres for a workload; without some of its patterns, if they are given.
    #[must_use]
    pub fn new(
        workload: &Workload,
        billing: &'a Billing<'a>,
        without: Option<&BTreeSet<usize>>,
    ) -> Self {
        let plan = &billing.settings.postgres;
        let settings = FleetSettings {
            cpu_target: plan.cpu_target_percent.value / 100.0,
            shard_bytes_max: plan.shard_storage_tb.value * 1e12,
            wal_bytes_per_second_max: plan.shard_wal_mb_per_second.value * 1e6,
            connections: plan.shard_connections.value,
            ..FleetSettings::default()
        };
        let (patterns, statements): (Vec<usize>, Vec<&AccessPattern>) = workload
            .patterns
            .iter()
            .enumerate()
            .filter(|(p, pattern)| {
                !pattern.nested && without.is_none_or(|without| !without.contains(p))
            })
            .unzip();
        let Demanded { load, stored_bytes_today, unknown_sizes } =
            load::demanded(workload, &statements, billing);
        let classes = classes(billing, Dimension::RdsSingleAzHours);
        Self { billing, load, patterns, stored_bytes_today, settings, classes, unknown_sizes }
    }

    /// What the load needs at a multiple of today's.
    pub(super) fn need(&self, multiple: f64) -> Need {
        need(&self.load, &self.settings, multiple)
    }

    /// The cheapest fleet at a multiple of today's load.
    #[must_use]
    pub fn sharded(&self, multiple: f64) -> Option<PostgresPoint> {
        self.cheapest(multiple, &self.settings, |_| true)
    }

    /// The cheapest single instance.
    #[must_use]
    pub fn single(&self, multiple: f64) -> Option<PostgresPoint> {
        self.cheapest(multiple, &self.unsharded(), |fleet| fleet.shards == 1)
    }

    /// How a single instance is sized: what keeps a shard small enough to be
    /// restored and moved does not bind it, only what one volume can hold.
    const fn unsharded(&self) -> FleetSettings {
        FleetSettings { shard_bytes_max: VOLUME_BYTES_MAX, ..self.settings }
    }

    /// Dollars a month of the sharded fleet.
    #[must_use]
    pub fn sharded_cost(&self, multiple: f64) -> Option<f64> {
        self.sharded(multiple)?.monthly.map(to_f64)
    }

    /// Dollars a month of the single instance.
    #[must_use]
    pub fn single_cost(&self, multiple: f64) -> Option<f64> {
        self.single(multiple)?.monthly.map(to_f64)
    }

    fn cheapest(
        &self,
        multiple: f64,
        settings: &FleetSettings,
        wanted: impl Fn(&Fleet) -> bool,
    ) -> Option<PostgresPoint> {
        let need = need(&self.load, settings, multiple);
        fleets(&need, &self.classes, settings)
            .into_iter()
            .filter(|fleet| wanted(fleet))
            .map(|fleet| bill::multi_az(self.billing, &fleet))
            .filter(|point| point.monthly.is_some())
            .min_by(|a, b| a.monthly.cmp(&b.monthly).then_with(|| a.shards.cmp(&b.shards)))
    }

    /// Everything a report says about Postgres.
    #[must_use]
    pub fn result(
        &self,
        workload: &Workload,
        billing: &Billing<'_>,
        designs: &[DesignResult],
    ) -> PostgresResult {
        let without_unserved = designs
            .iter()
            .map(|design| {
                let unserved: BTreeSet<usize> = (0..workload.patterns.len())
                    .filter(|&p| {
                        matches!(
                            design.plan.patterns[p].service,
                            Service::NotServed | Service::Unparsed
                        )
                    })
                    .collect();
                let side = PostgresSide::new(workload, billing, Some(&unserved));
                (design.design.name.clone(), side.sharded(1.0))
            })
            .collect();
        let ceiling = single_ceiling(&self.load, &self.classes, &self.unsharded()).map(
            |(multiple, resource)| {
                let largest = self
                    .classes
                    .iter()
                    .max_by(|a, b| a.vcpu.total_cmp(&b.vcpu))
                    .map_or("", |class| class.name.as_str());
                (
                    format!(
                        "{} of the largest class with a verified price ({largest})",
                        resource.word()
                    ),
                    multiple,
                )
            },
        );
        PostgresResult {
            sharded: self.sharded(1.0),
            single: self.single(1.0),
            single_ceiling: ceiling,
            without_unserved,
            options: AuroraOption::ALL
                .into_iter()
                .map(|option| {
                    (option.name(), option.cheapest(billing, &self.load, &self.settings, 1.0))
                })
                .collect(),
            findings: self.findings(workload),
            assumptions: self.assumptions(),
        }
    }

    fn assumptions(&self) -> Vec<Assumption> {
        let multi_az = FleetAssumption {
            id: "fleet.multi_az_price",
            what: "price of a Multi-AZ instance; equal within 0.1 % wherever both are listed",
            value: "twice Single-AZ".to_owned(),
        };
        self.settings
            .assumptions()
            .into_iter()
            .chain([multi_az])
            .map(|one| Assumption {
                id: one.id.to_owned(),
                what: one.what.to_owned(),
                value: one.value,
                origin: Origin::Default,
                assumed: true,
            })
            .collect()
    }
}
