//! The ways to buy a Postgres fleet, like held against like, and its people.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compare::{self, Offer, PeopleResult, PostgresPoint, PostgresResult};
use crate::units::Usd;

use super::Exact;
use super::postgres::Fleet;

/// A way to buy a fleet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FleetOffer {
    /// What it is called.
    pub name: String,
    /// Years that one commits to; null at list prices.
    pub committed_years: Option<u32>,
    /// The cheapest fleet at today's load; null where no class with a price carries
    /// it.
    pub fleet: Option<Fleet>,
    /// The cheapest fleet at each load that was asked about.
    pub at: Vec<OfferAt>,
}

/// An offer at one load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OfferAt {
    /// Multiple of today's load.
    pub load: f64,
    /// US dollars a month; null where no class with a price carries the load.
    pub monthly_usd: Option<Exact>,
    /// Number of shards.
    pub shards: Option<u64>,
    /// The instance class.
    pub instance: Option<String>,
    /// Read replicas of each shard.
    pub read_replicas: Option<u32>,
}

/// The cheapest design and the cheapest Postgres on the same terms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LikeForLike {
    /// The terms.
    pub terms: String,
    /// Multiple of today's load.
    pub load: f64,
    /// The design and its capacity mode; null where none is put forward.
    pub design: Option<String>,
    /// What it costs, US dollars a month, upfront fees spread over their terms.
    pub design_monthly_usd: Option<f64>,
    /// The way to buy Postgres; null where none is known.
    pub postgres: Option<String>,
    /// What it costs, US dollars a month, upfront fees spread over their terms.
    pub postgres_monthly_usd: Option<f64>,
    /// What is not among them.
    pub missing: Option<String>,
}

/// Those who look after a sharded fleet: inputs, not facts. Each is the least, the
/// likely and the most.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct People {
    /// Which of the three is in the totals: `no`, `low`, `mid` or `high`.
    pub counted: String,
    /// Engineers at today's load, beyond those of an unsharded instance.
    pub engineers: [f64; 3],
    /// What they cost, US dollars a month; null where the plan does not say what an
    /// engineer costs.
    pub monthly_usd: Option<[Exact; 3]>,
    /// Engineer-years until the first table is sharded, once.
    pub first_sharding_engineer_years: [f64; 3],
    /// What these cost, US dollars, once.
    pub first_sharding_usd: Option<[Exact; 3]>,
}

impl FleetOffer {
    /// All of them, in their order.
    pub(super) fn all(postgres: &PostgresResult) -> Vec<Self> {
        let of = |(nth, offer): (usize, Offer)| {
            let point = |at: &compare::PostgresAt| at.offers[nth].clone();
            let today = postgres.at.iter().find(|at| (at.load - 1.0).abs() < 1e-9);
            Self {
                name: offer.name().to_owned(),
                committed_years: offer.committed_years(),
                fleet: today.and_then(point).as_ref().map(Fleet::from),
                at: postgres
                    .at
                    .iter()
                    .map(|at| OfferAt::new(at.load, point(at).as_ref()))
                    .collect(),
            }
        };
        Offer::ALL.into_iter().enumerate().map(of).collect()
    }
}

impl OfferAt {
    fn new(load: f64, point: Option<&PostgresPoint>) -> Self {
        Self {
            load,
            monthly_usd: point.and_then(|point| point.monthly).map(Exact::usd),
            shards: point.map(|point| point.shards),
            instance: point.map(|point| point.class.clone()),
            read_replicas: point.map(|point| point.instances().2),
        }
    }
}

impl From<&compare::LikeForLike> for LikeForLike {
    fn from(one: &compare::LikeForLike) -> Self {
        Self {
            terms: one.terms.clone(),
            load: one.load,
            design: one.design.as_ref().map(|(name, _)| name.clone()),
            design_monthly_usd: one.design.as_ref().map(|(_, usd)| *usd),
            postgres: one.postgres.as_ref().map(|(name, _)| name.clone()),
            postgres_monthly_usd: one.postgres.as_ref().map(|(_, usd)| *usd),
            missing: one.missing.clone(),
        }
    }
}

impl From<&PeopleResult> for People {
    fn from(people: &PeopleResult) -> Self {
        let exact = |of: [Usd; 3]| of.map(Exact::usd);
        Self {
            counted: people.counted.word().to_owned(),
            engineers: people.engineers,
            monthly_usd: people.monthly.map(exact),
            first_sharding_engineer_years: people.first_sharding_engineer_years,
            first_sharding_usd: people.first_sharding.map(exact),
        }
    }
}
