//! The Postgres side.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compare::{Comparison, PostgresAt, PostgresPoint, SHARDED, SINGLE};
use crate::workload::Workload;

use super::Exact;
use super::bill::PostgresLine;
use super::curves::CostAt;
use super::latency::Latency;
use super::sizing::{Demand, Need, Resource};

/// The Postgres side at today's load. What the sharded fleet is stands in the
/// section itself; all of it is null where no fleet carries the load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Postgres {
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
    /// What is asked of it, statement by statement.
    pub demand: Demand,
    /// The sharded fleet at the loads that are asked about.
    pub at: Vec<FleetAt>,
    /// Response times at these loads.
    pub latency: Latency,
    /// The sharded fleet without the statements that a design leaves to another
    /// store.
    pub without_unserved: Vec<WithoutUnserved>,
    /// Other ways to buy the fleet.
    pub options: Vec<FleetOption>,
    /// What Postgres costs today, where the plan says so.
    pub baseline: Option<Baseline>,
}

/// A fleet with its bill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Fleet {
    /// US dollars a month; null if a line has no price.
    pub monthly_usd: Option<Exact>,
    /// Number of shards.
    pub shards: u64,
    /// The instance class.
    pub instance: String,
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
    /// What it costs in the draws of all uncertain inputs; null where no draw can
    /// have it.
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

/// Another way to buy a fleet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FleetOption {
    /// What it is called.
    pub name: String,
    /// The fleet; null where no class with a price carries the load.
    pub fleet: Option<Fleet>,
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
            monthly_usd: point.monthly.map(Exact::usd),
            shards: point.shards,
            instance: point.class.clone(),
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
            monthly_usd_range: range.map(|point| UsdRange {
                p10: point.p10,
                p50: point.p50,
                p90: point.p90,
            }),
        }
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
        let options = postgres.options.iter().map(|(name, point)| FleetOption {
            name: (*name).to_owned(),
            fleet: point.as_ref().map(Fleet::from),
        });
        Self {
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
            demand: Demand::new(workload, postgres),
            at: postgres.at.iter().map(|at| FleetAt::new(comparison, at)).collect(),
            latency: postgres.into(),
            without_unserved: without.collect(),
            options: options.collect(),
            baseline: comparison.baseline.as_ref().map(|baseline| Baseline {
                what: baseline.what.clone(),
                monthly_usd: Exact::usd(baseline.monthly),
            }),
        }
    }
}
