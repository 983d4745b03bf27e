//! The Postgres side: a workload as the fleet model sees it, its fleets priced.

mod around;
mod asked;
mod bill;
mod cpu_inputs;
mod findings;
mod load;
mod market;
mod offer;
mod people;
mod questions;
mod rates;
mod settings;
mod shard_keys;
mod stored;

use std::collections::BTreeSet;

use crate::finding::{Finding, Origin};
use crate::postgres::{Ceiling, Demand, FleetSettings, Load, Need, ShardKey, shard_key};
use crate::scenario::Assumption;
use crate::workload::{AccessPattern, Service, Workload};

use super::billing::{Billing, to_f64};
use super::model::{DesignResult, PeopleResult, PostgresPoint, PostgresResult};

use load::Demanded;
use market::{Bought, Choice};

pub use offer::Offer;

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
    /// Instances with a verified price.
    pub(super) verified: Choice,
    /// Those with any price.
    pub(super) estimated: Choice,
    size_findings: Vec<Finding>,
    shard_key: Option<ShardKey>,
}

impl<'a> PostgresSide<'a> {
    /// Postgres for a workload.
    #[must_use]
    pub fn new(workload: &Workload, billing: &'a Billing<'a>) -> Self {
        let settings = settings::settings(workload, billing);
        let (patterns, statements): (Vec<usize>, Vec<&AccessPattern>) =
            workload.patterns.iter().enumerate().filter(|(_, pattern)| !pattern.nested).unzip();
        let Demanded { mut load, stored_bytes_today, size_findings } =
            load::demanded(workload, &statements, billing);
        load.cpu = load::calibration(workload, billing, &settings);
        load.peak_to_mean = load::peak_to_mean(&load, &patterns, billing);
        let plan = &billing.settings.postgres;
        let offers = Offer::listed(plan.bill.offer.value);
        let side = Self {
            billing,
            load,
            patterns,
            stored_bytes_today,
            settings,
            verified: Choice::new(offers, billing, false),
            estimated: Choice::new(offers, billing, true),
            size_findings,
            shard_key: None,
        };
        side.sharded_by(shard_key(workload, plan.fleet.shard_key.value.as_deref()))
    }

    /// The same with all of the data, and without some of the workload's patterns.
    #[must_use]
    pub fn without(&self, workload: &Workload, left_out: &BTreeSet<usize>) -> Self {
        let mut side = self.clone();
        let kept = |pattern: &usize| !left_out.contains(pattern);
        side.load.statements = self
            .load
            .statements
            .iter()
            .zip(&self.patterns)
            .filter(|(_, pattern)| kept(pattern))
            .map(|(statement, _)| statement.clone())
            .collect();
        side.patterns.retain(kept);
        let statements: Vec<&AccessPattern> =
            side.patterns.iter().map(|&pattern| &workload.patterns[pattern]).collect();
        side.load.commits_per_second = load::commits_per_second(workload, &statements);
        side
    }

    /// What the load needs at a multiple of today's on one shard that holds all
    /// pages in memory.
    pub(super) fn need(&self, multiple: f64) -> Need {
        Demand::of(&self.load, &self.settings, multiple).need(1, f64::INFINITY)
    }

    /// The cheapest fleet at a multiple of today's load.
    #[must_use]
    pub fn sharded(&self, multiple: f64) -> Option<PostgresPoint> {
        self.point(&self.verified, &self.settings, multiple)
    }

    /// The cheapest single instance, with its replicas; where none with a verified
    /// price carries the load, one whose price is an estimate.
    #[must_use]
    pub fn single(&self, multiple: f64) -> Option<PostgresPoint> {
        let of = |choice| self.point(choice, &self.unsharded(), multiple);
        of(&self.verified).or_else(|| of(&self.estimated))
    }

    /// How a single instance is sized: what keeps a shard small enough to be
    /// restored and moved does not bind it, only what one volume can hold.
    const fn unsharded(&self) -> FleetSettings {
        FleetSettings {
            shard_bytes_max: f64::INFINITY,
            logical_shards: 1,
            shards_min: 1,
            ..self.settings
        }
    }

    /// Dollars a month of the sharded fleet.
    #[must_use]
    pub fn sharded_cost(&self, multiple: f64) -> Option<f64> {
        self.sharded_cost_from(1, multiple).map(|(_, usd)| usd)
    }

    /// Shards and dollars a month of the cheapest fleet with at least so many shards.
    pub(super) fn sharded_cost_from(&self, shards_min: u32, multiple: f64) -> Option<(u64, f64)> {
        let shards_min = self.settings.shards_min.max(shards_min);
        let settings = FleetSettings { shards_min, ..self.settings };
        let best = self.cheapest(&self.verified, &settings, multiple)?;
        Some((u64::from(best.fleet.shards), to_f64(best.monthly)))
    }

    /// Dollars a month of the single instance.
    #[must_use]
    pub fn single_cost(&self, multiple: f64) -> Option<f64> {
        let of = |choice| self.cheapest(choice, &self.unsharded(), multiple);
        of(&self.verified).or_else(|| of(&self.estimated)).map(|best| to_f64(best.monthly))
    }

    fn point(
        &self,
        choice: &Choice,
        settings: &FleetSettings,
        multiple: f64,
    ) -> Option<PostgresPoint> {
        let Bought { monthly, offer, fleet } = self.cheapest(choice, settings, multiple)?;
        let conventions = choice.conventions(self.billing);
        let billing = Billing { conventions: &conventions, ..*self.billing };
        let point = bill::point(offer, &billing, &fleet, self.load.peak_to_mean);
        debug_assert_eq!(point.monthly, Some(monthly), "a fleet is billed as it was chosen");
        Some(point)
    }

    fn cheapest(&self, choice: &Choice, settings: &FleetSettings, multiple: f64) -> Option<Bought> {
        choice.cheapest(self.billing, &self.load, settings, multiple)
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
                let side = self.without(workload, &unserved);
                (design.design.name.clone(), side.sharded(1.0))
            })
            .collect();
        let spoken = |ceiling: Ceiling| self.spoken(&ceiling);
        let at = self.at_asked(billing);
        let shard_keys = self.shard_keys(workload, &at);
        PostgresResult {
            questions: self.questions(workload, &at),
            sharded: self.sharded(1.0),
            single: self.single(1.0),
            single_ceiling: self.estimated.ceiling(&self.load, &self.unsharded()).map(spoken),
            single_verified_to: self
                .verified
                .ceiling(&self.load, &self.unsharded())
                .map(|ceiling| ceiling.multiple),
            sharded_ceiling: self.sharded_ceiling(),
            load: self.load.clone(),
            patterns: self.patterns.clone(),
            settings: self.settings,
            without_unserved,
            people: self.people(),
            findings: self.findings(workload, &at, &shard_keys),
            shard_keys,
            at,
            assumptions: vec![Assumption {
                id: "fleet.multi_az_price".to_owned(),
                what: "price of a Multi-AZ instance of RDS; equal within 0.1 % wherever both are \
                       listed"
                    .to_owned(),
                value: "twice Single-AZ".to_owned(),
                origin: Origin::Default,
                assumed: true,
            }],
        }
    }

    /// What stops the sharded fleet, and at which multiple of today's load.
    fn sharded_ceiling(&self) -> Option<(String, f64)> {
        let ceiling = self.verified.ceiling(&self.load, &self.settings)?;
        Some(self.spoken(&ceiling))
    }

    fn spoken(&self, ceiling: &Ceiling) -> (String, f64) {
        let shards = if ceiling.shards == 1 {
            String::new()
        } else {
            format!("{} shards, as many as there are logical ones, of ", ceiling.shards)
        };
        let verified = self.verified.class(&ceiling.class).is_some();
        let why = format!(
            "{} of {shards}the largest class with {} price ({})",
            ceiling.stopped.word(),
            if verified { "a verified" } else { "any" },
            ceiling.class
        );
        (why, ceiling.multiple)
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
