//! The Postgres side: a workload as the fleet model sees it, its fleets priced.

mod asked;
mod bill;
mod findings;
mod load;
mod settings;

use std::collections::BTreeSet;

use crate::finding::Origin;
use crate::postgres::{
    Ceiling, Demand, FleetSettings, InstanceClass, Load, Need, ShardKey, ceiling, fleets,
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
    shard_key: Option<ShardKey>,
}

impl<'a> PostgresSide<'a> {
    /// Postgres for a workload; without some of its patterns, if they are given.
    #[must_use]
    pub fn new(
        workload: &Workload,
        billing: &'a Billing<'a>,
        without: Option<&BTreeSet<usize>>,
    ) -> Self {
        let settings = settings::settings(workload, billing);
        let (patterns, statements): (Vec<usize>, Vec<&AccessPattern>) = workload
            .patterns
            .iter()
            .enumerate()
            .filter(|(p, pattern)| {
                !pattern.nested && without.is_none_or(|without| !without.contains(p))
            })
            .unzip();
        let Demanded { mut load, stored_bytes_today, unknown_sizes, shard_key } =
            load::demanded(workload, &statements, billing);
        load.cpu = load::calibration(workload, billing, &settings);
        let scattered =
            |pattern: &usize| shard_key.as_ref().is_none_or(|key| key.scattered.contains(pattern));
        for (statement, pattern) in load.statements.iter_mut().zip(&patterns) {
            statement.scattered = scattered(pattern);
        }
        let classes = classes(billing, Dimension::RdsSingleAzHours);
        Self {
            billing,
            load,
            patterns,
            stored_bytes_today,
            settings,
            classes,
            unknown_sizes,
            shard_key,
        }
    }

    /// What the load needs at a multiple of today's on one shard that holds all
    /// pages in memory.
    pub(super) fn need(&self, multiple: f64) -> Need {
        Demand::of(&self.load, &self.settings, multiple).need(1, f64::INFINITY)
    }

    /// The cheapest fleet at a multiple of today's load.
    #[must_use]
    pub fn sharded(&self, multiple: f64) -> Option<PostgresPoint> {
        self.cheapest(multiple, &self.settings)
    }

    /// The cheapest single instance.
    #[must_use]
    pub fn single(&self, multiple: f64) -> Option<PostgresPoint> {
        self.cheapest(multiple, &self.unsharded())
    }

    /// How a single instance is sized: what keeps a shard small enough to be
    /// restored and moved does not bind it, only what one volume can hold.
    const fn unsharded(&self) -> FleetSettings {
        FleetSettings { shard_bytes_max: VOLUME_BYTES_MAX, logical_shards: 1, ..self.settings }
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

    fn cheapest(&self, multiple: f64, settings: &FleetSettings) -> Option<PostgresPoint> {
        fleets(&self.load, &self.classes, settings, multiple)
            .into_iter()
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
        let spoken = |ceiling: Ceiling| {
            let shards = if ceiling.shards == 1 {
                String::new()
            } else {
                format!("{} shards, as many as there are logical ones, of ", ceiling.shards)
            };
            let why = format!(
                "{} of {shards}the largest class with a verified price ({})",
                ceiling.stopped.word(),
                ceiling.class
            );
            (why, ceiling.multiple)
        };
        PostgresResult {
            sharded: self.sharded(1.0),
            single: self.single(1.0),
            single_ceiling: ceiling(&self.load, &self.classes, &self.unsharded()).map(spoken),
            sharded_ceiling: ceiling(&self.load, &self.classes, &self.settings).map(spoken),
            at: self.at_asked(billing),
            load: self.load.clone(),
            patterns: self.patterns.clone(),
            settings: self.settings,
            without_unserved,
            options: AuroraOption::ALL
                .into_iter()
                .map(|option| {
                    (option.name(), option.cheapest(billing, &self.load, &self.settings, 1.0))
                })
                .collect(),
            findings: self.findings(workload),
            assumptions: vec![Assumption {
                id: "fleet.multi_az_price".to_owned(),
                what: "price of a Multi-AZ instance; equal within 0.1 % wherever both are listed"
                    .to_owned(),
                value: "twice Single-AZ".to_owned(),
                origin: Origin::Default,
                assumed: true,
            }],
        }
    }
}
