//! The Postgres side: a workload as the fleet model sees it, its fleets priced.

mod around;
mod asked;
mod bill;
mod findings;
mod load;
mod offer;
mod people;
mod questions;
mod settings;
mod stored;

use std::collections::BTreeSet;

use crate::finding::{Finding, Origin};
use crate::postgres::{
    Ceiling, Demand, FleetSettings, InstanceClass, Load, Need, ShardKey, ceiling, fleets,
};
use crate::pricing::BillSettings;
use crate::scenario::Assumption;
use crate::workload::{AccessPattern, Service, Workload};

use super::billing::{Billing, to_f64};
use super::model::{DesignResult, PeopleResult, PostgresPoint, PostgresResult};

use load::Demanded;

pub use offer::Offer;

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
    /// Those with a verified price.
    pub(super) classes: Vec<InstanceClass>,
    /// Those with any price.
    pub(super) estimated_classes: Vec<InstanceClass>,
    size_findings: Vec<Finding>,
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
        let Demanded { mut load, stored_bytes_today, size_findings, shard_key } =
            load::demanded(workload, &statements, billing);
        load.cpu = load::calibration(workload, billing, &settings);
        let scattered =
            |pattern: &usize| shard_key.as_ref().is_none_or(|key| key.scattered.contains(pattern));
        for (statement, pattern) in load.statements.iter_mut().zip(&patterns) {
            statement.scattered = scattered(pattern);
        }
        let hours = Offer::RdsMultiAz.instance_hours();
        let classes = bill::classes(billing, hours, billing.conventions);
        let estimated_classes = bill::classes(billing, hours, &unverified(billing));
        Self {
            billing,
            load,
            patterns,
            stored_bytes_today,
            settings,
            classes,
            estimated_classes,
            size_findings,
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
        self.cheapest(Offer::RdsMultiAz, self.billing, &self.classes, &self.settings, multiple)
    }

    /// The cheapest fleet with at least so many shards.
    pub(super) fn sharded_from(&self, shards_min: u32, multiple: f64) -> Option<PostgresPoint> {
        let settings = FleetSettings { shards_min, ..self.settings };
        self.cheapest(Offer::RdsMultiAz, self.billing, &self.classes, &settings, multiple)
    }

    /// The cheapest single instance, with its replicas; where none with a verified
    /// price carries the load, one whose price is an estimate.
    #[must_use]
    pub fn single(&self, multiple: f64) -> Option<PostgresPoint> {
        let settings = self.unsharded();
        self.cheapest(Offer::RdsMultiAz, self.billing, &self.classes, &settings, multiple).or_else(
            || {
                let conventions = unverified(self.billing);
                let billing = Billing { conventions: &conventions, ..*self.billing };
                let classes = &self.estimated_classes;
                self.cheapest(Offer::RdsMultiAz, &billing, classes, &settings, multiple)
            },
        )
    }

    /// The cheapest fleet in some way to buy it.
    fn offered(&self, offer: Offer, multiple: f64) -> Option<PostgresPoint> {
        let settings = FleetSettings { storage: offer.storage(), ..self.settings };
        let conventions = self.billing.conventions;
        let classes = bill::classes(self.billing, offer.instance_hours(), conventions);
        self.cheapest(offer, self.billing, &classes, &settings, multiple)
    }

    /// How a single instance is sized: what keeps a shard small enough to be
    /// restored and moved does not bind it, only what one volume can hold.
    const fn unsharded(&self) -> FleetSettings {
        FleetSettings {
            shard_bytes_max: VOLUME_BYTES_MAX,
            logical_shards: 1,
            shards_min: 1,
            ..self.settings
        }
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
        offer: Offer,
        billing: &Billing<'_>,
        classes: &[InstanceClass],
        settings: &FleetSettings,
        multiple: f64,
    ) -> Option<PostgresPoint> {
        fleets(&self.load, classes, settings, multiple)
            .into_iter()
            .map(|fleet| bill::point(offer, billing, &fleet, self.load.peak_to_mean))
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
            let verified = self.classes.iter().any(|class| class.name == ceiling.class);
            let why = format!(
                "{} of {shards}the largest class with {} price ({})",
                ceiling.stopped.word(),
                if verified { "a verified" } else { "any" },
                ceiling.class
            );
            (why, ceiling.multiple)
        };
        let at = self.at_asked(billing);
        PostgresResult {
            questions: self.questions(workload, &at),
            sharded: self.sharded(1.0),
            single: self.single(1.0),
            single_ceiling: ceiling(&self.load, &self.estimated_classes, &self.unsharded())
                .map(spoken),
            single_verified_to: ceiling(&self.load, &self.classes, &self.unsharded())
                .map(|ceiling| ceiling.multiple),
            sharded_ceiling: ceiling(&self.load, &self.classes, &self.settings).map(spoken),
            load: self.load.clone(),
            patterns: self.patterns.clone(),
            settings: self.settings,
            without_unserved,
            people: self.people(),
            findings: self.findings(workload, &at),
            at,
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

    fn people(&self) -> PeopleResult {
        let plan = &self.billing.settings.postgres.bill.people;
        let shards = self.sharded(1.0).map_or(1, |fleet| fleet.need.shards);
        let engineers = people::engineers(self.billing, shards);
        let first = plan.first_sharding_engineer_years.value;
        // A year of work paid in one month is twelve times a month's share of it.
        let usd = |of: [f64; 3]| {
            let [low, mid, high] = of.map(|engineers| people::month_of(self.billing, engineers));
            Some([low?, mid?, high?])
        };
        PeopleResult {
            counted: plan.counted.value,
            engineers,
            monthly: usd(engineers),
            first_sharding_engineer_years: first,
            first_sharding: usd(first.map(|years| years * 12.0)),
        }
    }
}

/// The conventions of a bill in which figures that nobody verified are used too.
fn unverified(billing: &Billing<'_>) -> BillSettings {
    BillSettings { unverified: true, ..billing.conventions.clone() }
}
