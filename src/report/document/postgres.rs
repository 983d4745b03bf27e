//! The Postgres side.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compare::{Comparison, PostgresAt, PostgresPoint, SHARDED, SINGLE, like_for_like};
use crate::workload::Workload;

use super::Exact;
use super::bill::PostgresLine;
use super::curves::CostAt;
use super::fleet_offers::{FleetOffer, LikeForLike, People};
use super::latency::Latency;
use super::shard_keys::ShardKey;
use super::sizing::{Demand, Need, ReadReplicas, Resource};

/// The Postgres side at today's load. What the sharded fleet is stands in the
/// section itself; all of it is null where no fleet carries the load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Postgres {
    /// How it is bought.
    pub offer: Option<String>,
    /// US dollars a month; null too if a line has no price.
    pub monthly_usd: Option<Exact>,
    /// The same at each load that was asked about and that a fleet carries.
    pub monthly_usd_at: Vec<CostAt>,
    /// Number of shards.
    pub shards: Option<u64>,
    /// The instance class.
    pub instance: Option<String>,
    /// What decided the number of shards or the class.
    pub binding: Option<String>,
    /// Share of each resource in use at the peak.
    pub utilization: Option<IndexMap<String, f64>>,
    /// What the load needs.
    pub need: Option<Need>,
    /// What it is asked for and has of each resource.
    pub resources: Option<Vec<Resource>>,
    /// The bill.
    pub lines: Option<Vec<PostgresLine>>,
    /// The unsharded instance; null above its ceiling.
    pub single: Option<Fleet>,
    /// What the unsharded instance costs at each load that was asked about and
    /// that it carries.
    pub single_monthly_usd_at: Vec<CostAt>,
    /// What stops the unsharded instance.
    pub single_ceiling: Option<Ceiling>,
    /// What stops the sharded fleet.
    pub sharded_ceiling: Option<Ceiling>,
    /// Multiple of today's load up to which the price of the unsharded instance is
    /// verified; beyond it is an estimate. Null where none is verified.
    pub single_verified_to_load: Option<f64>,
    /// What is asked of it, statement by statement.
    pub demand: Demand,
    /// The sharded fleet at the loads that are asked about.
    pub at: Vec<FleetAt>,
    /// Response times at these loads.
    pub latency: Latency,
    /// The sharded fleet without the statements that a design leaves to another
    /// store.
    pub without_unserved: Vec<WithoutUnserved>,
    /// The column that it is sharded by, first, and others that it could be.
    pub shard_keys: Vec<ShardKey>,
    /// The ways to buy the fleet, those at list prices first.
    pub offers: Vec<FleetOffer>,
    /// The cheapest design beside the cheapest Postgres, bought in the same way.
    pub like_for_like: Vec<LikeForLike>,
    /// Those who look after it.
    pub people: People,
    /// What an administrator of Postgres will ask, answered from these figures.
    pub questions: Vec<Question>,
    /// What Postgres costs today, where the plan says so.
    pub baseline: Option<Baseline>,
}

/// A fleet with its bill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Fleet {
    /// How it is bought.
    pub offer: String,
    /// US dollars a month, the sum of the lines and of `people_monthly_usd`; null if
    /// instances or volumes have no price.
    pub monthly_usd: Option<Exact>,
    /// The sum leaves out lines without a price, or bytes between zones that are not
    /// known.
    pub is_lower_bound: bool,
    /// A price was not verified against the vendor's own.
    pub is_estimated: bool,
    /// What those who look after it cost, US dollars a month; null if they are not
    /// counted.
    pub people_monthly_usd: Option<Exact>,
    /// Number of shards.
    pub shards: u64,
    /// The instance class.
    pub instance: String,
    /// Read replicas; null where there are none.
    pub read_replicas: Option<ReadReplicas>,
    /// What decided the number of shards or the class.
    pub binding: String,
    /// Share of each resource in use at the peak.
    pub utilization: IndexMap<String, f64>,
    /// What the load needs.
    pub need: Need,
    /// What it is asked for and has of each resource.
    pub resources: Vec<Resource>,
    /// The bill.
    pub lines: Vec<PostgresLine>,
}

/// The sharded fleet at a load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FleetAt {
    /// Multiple of today's load.
    pub load: f64,
    /// The fleet; null above its ceiling.
    pub fleet: Option<Fleet>,
    /// Why there is no fleet; null where there is one.
    pub no_fleet: Option<String>,
    /// The unsharded instance; null above its ceiling.
    pub single: Option<Fleet>,
    /// Why no single instance will do; null where one does.
    pub no_single: Option<String>,
    /// What it costs in the draws of all uncertain inputs; null where there is no
    /// fleet, though some draws may have one.
    pub monthly_usd_range: Option<UsdRange>,
}

/// US dollars a month in the draws.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UsdRange {
    /// One draw in ten costs less.
    pub p10: f64,
    /// Half cost less.
    pub p50: f64,
    /// One in ten costs more.
    pub p90: f64,
}

/// The load that a fleet carries at most.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Ceiling {
    /// What stops it.
    pub why: String,
    /// Multiple of today's load.
    pub load: f64,
}

/// A fleet that runs less than the whole workload.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WithoutUnserved {
    /// The design that leaves the rest.
    pub design: String,
    /// US dollars a month; null if it has no price.
    pub monthly_usd: Option<Exact>,
    /// Number of shards.
    pub shards: Option<u64>,
}

/// What is asked about the Postgres side, with its answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Question {
    /// The question.
    pub question: String,
    /// The answer, in the figures of this report.
    pub answer: String,
}

/// What is paid today.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Baseline {
    /// What for.
    pub what: String,
    /// US dollars a month.
    pub monthly_usd: Exact,
}

impl From<&PostgresPoint> for Fleet {
    fn from(point: &PostgresPoint) -> Self {
        Self {
            offer: point.offer.name().to_owned(),
            monthly_usd: point.monthly.map(Exact::usd),
            is_lower_bound: point.is_lower_bound(),
            is_estimated: point.is_estimated(),
            people_monthly_usd: point.people.map(Exact::usd),
            shards: point.shards,
            instance: point.class.clone(),
            read_replicas: point.replicas.as_ref().map(ReadReplicas::from),
            binding: point.binding.clone(),
            utilization: point
                .uses
                .iter()
                .map(|one| (one.resource.word().to_owned(), one.utilization()))
                .collect(),
            need: (&point.need).into(),
            resources: point.uses.iter().map(Resource::from).collect(),
            lines: point.lines.iter().map(PostgresLine::from).collect(),
        }
    }
}

impl FleetAt {
    fn new(comparison: &Comparison, at: &PostgresAt) -> Self {
        let band = comparison.odds.curves.iter().find(|curve| curve.name == SHARDED);
        let same = |load: f64| (load / at.load - 1.0).abs() < 1e-9;
        let range = band.and_then(|curve| curve.band.iter().find(|point| same(point.load)));
        Self {
            load: at.load,
            fleet: at.fleet.as_ref().map(Fleet::from),
            no_fleet: at.fleet.is_none().then(|| ended(&comparison.postgres.sharded_ceiling)),
            single: at.single.as_ref().map(Fleet::from),
            no_single: at.single.is_none().then(|| ended(&comparison.postgres.single_ceiling)),
            monthly_usd_range: range.filter(|_| at.fleet.is_some()).map(|point| UsdRange {
                p10: point.p10,
                p50: point.p50,
                p90: point.p90,
            }),
        }
    }
}

/// Why there is nothing above a ceiling.
fn ended(ceiling: &Option<(String, f64)>) -> String {
    match ceiling {
        Some((why, most)) => format!("ends at {most:.1}x: {why}"),
        None => "no instance with a price carries any load".to_owned(),
    }
}

impl Ceiling {
    fn new((why, load): &(String, f64)) -> Self {
        Self { why: why.clone(), load: *load }
    }
}

impl Postgres {
    pub(super) fn new(workload: &Workload, comparison: &Comparison) -> Self {
        let postgres = &comparison.postgres;
        let sharded = postgres.sharded.as_ref().map(Fleet::from);
        let of = sharded.as_ref();
        let without = postgres.without_unserved.iter().map(|(design, point)| WithoutUnserved {
            design: design.clone(),
            monthly_usd: point.as_ref().and_then(|point| point.monthly).map(Exact::usd),
            shards: point.as_ref().map(|point| point.shards),
        });
        let questions = postgres.questions.iter().map(|(question, answer)| Question {
            question: question.clone(),
            answer: answer.clone(),
        });
        Self {
            offer: of.map(|fleet| fleet.offer.clone()),
            monthly_usd: of.and_then(|fleet| fleet.monthly_usd),
            monthly_usd_at: CostAt::of(comparison, SHARDED),
            shards: of.map(|fleet| fleet.shards),
            instance: of.map(|fleet| fleet.instance.clone()),
            binding: of.map(|fleet| fleet.binding.clone()),
            utilization: of.map(|fleet| fleet.utilization.clone()),
            need: of.map(|fleet| fleet.need.clone()),
            resources: of.map(|fleet| fleet.resources.clone()),
            lines: of.map(|fleet| fleet.lines.clone()),
            single: postgres.single.as_ref().map(Fleet::from),
            single_monthly_usd_at: CostAt::of(comparison, SINGLE),
            single_ceiling: postgres.single_ceiling.as_ref().map(Ceiling::new),
            sharded_ceiling: postgres.sharded_ceiling.as_ref().map(Ceiling::new),
            single_verified_to_load: postgres.single_verified_to,
            demand: Demand::new(workload, postgres),
            at: postgres.at.iter().map(|at| FleetAt::new(comparison, at)).collect(),
            latency: postgres.into(),
            without_unserved: without.collect(),
            shard_keys: postgres
                .shard_keys
                .iter()
                .map(|one| ShardKey::new(workload, one))
                .collect(),
            offers: FleetOffer::all(postgres),
            like_for_like: like_for_like(comparison).iter().map(LikeForLike::from).collect(),
            people: (&postgres.people).into(),
            questions: questions.collect(),
            baseline: comparison.baseline.as_ref().map(|baseline| Baseline {
                what: baseline.what.clone(),
                monthly_usd: Exact::usd(baseline.monthly),
            }),
        }
    }
}
