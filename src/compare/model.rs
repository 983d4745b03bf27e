use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::demand::{Arm, Demand, StoredArm};
use crate::design::Design;
use crate::finding::Finding;
use crate::layout::Layout;
use crate::plan::Plan;
use crate::postgres::{
    FleetSettings, Latency, Load, Need, Replicas, ResourceUse, ShardKey, Volumes,
};
use crate::pricing::Dimension;
use crate::scenario::{Counted, Estimate, Mode};
use crate::units::Usd;

use super::arm_use::ArmUse;
use super::billing::BillLine;
use super::commitment::DesignCommitment;
use super::coverage::Coverage;
use super::elsewhere::ElsewhereCost;
use super::noise::Noise;
use super::operation_cost::UnitPrices;
use super::partitions::ArmPartitions;
use super::postgres::Offer;
use super::refused::RefusedLoads;
use super::throttling::Throttling;

/// One design with everything that follows from it.
#[derive(Clone, Debug)]
pub struct DesignResult {
    /// The design.
    pub design: Design,
    /// Its sizes.
    pub layout: Layout,
    /// How it serves each pattern.
    pub plan: Plan,
    /// What that consumes.
    pub demand: Demand,
    /// What each table and index uses.
    pub uses: Vec<ArmUse>,
    /// The same with every read strong that can be.
    pub strong_uses: Vec<ArmUse>,
    /// On-demand prices of its request units.
    pub unit_prices: BTreeMap<Arm, UnitPrices>,
    /// What is stored.
    pub stored: Vec<StoredArm>,
    /// How that is spread over partitions.
    pub partitions: Vec<ArmPartitions>,
    /// How much of the workload it serves.
    pub coverage: Coverage,
    /// Its bill at today's load, by capacity mode.
    pub modes: Vec<ModeResult>,
    /// Stores that serve what it does not.
    pub elsewhere: Vec<ElsewhereCost>,
    /// What the reader must know about it.
    pub findings: Vec<Finding>,
}

/// A design's bill under one capacity mode at today's load.
#[derive(Clone, Debug)]
pub struct ModeResult {
    /// The mode.
    pub mode: Mode,
    /// What it refuses, at today's load and at the multiples that are asked
    /// about.
    pub throttling: Vec<Throttling>,
    /// The loads of the range at which it refuses too much to be put forward.
    pub refused: RefusedLoads,
    /// The lines.
    pub lines: Vec<BillLine>,
    /// Their sum and the stated prices of other stores; `None` if a line has no
    /// price.
    pub monthly: Option<Usd>,
    /// What is paid once; `None` if a line has no price.
    pub upfront: Option<Usd>,
    /// The best commitment beside it, or why none can be told.
    pub best_commitment: Result<DesignCommitment, Vec<String>>,
    /// The same with every read strong that can be.
    pub strong_monthly: Option<Usd>,
    /// What the noise within minutes makes of it, where auto scaling sees any.
    pub noise: Option<Noise>,
}

impl ModeResult {
    /// What it refuses at a multiple of today's load that was asked about.
    #[must_use]
    pub fn throttling_at(&self, load: f64) -> Option<&Throttling> {
        self.throttling.iter().find(|one| (one.load - load).abs() < 1e-9)
    }
}

/// What a curve is the cost of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CurveKind {
    /// A design under a capacity mode.
    Design,
    /// The cheapest fleet of Postgres shards.
    ShardedPostgres,
    /// The cheapest unsharded Postgres instance.
    SinglePostgres,
}

impl CurveKind {
    /// Whether it is the cost of instances, which are bought whole: it steps.
    #[must_use]
    pub const fn is_postgres(self) -> bool {
        matches!(self, Self::ShardedPostgres | Self::SinglePostgres)
    }
}

/// A cost over load.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// What it is the cost of.
    pub kind: CurveKind,
    /// The same by name.
    pub name: String,
    /// Multiples of today's load with dollars a month; ends where the thing
    /// cannot be had any more.
    pub points: Vec<(f64, f64)>,
    /// Why it ends before the range does.
    pub ends: Option<String>,
}

/// Where two curves change places.
#[derive(Clone, Debug, PartialEq)]
pub struct Crossover {
    /// The curve that is cheaper above.
    pub cheaper_above: String,
    /// The curve that is cheaper below.
    pub cheaper_below: String,
    /// The multiple of today's load.
    pub load: f64,
    /// What both cost there, in dollars a month.
    pub monthly_usd: f64,
}

/// A Postgres fleet at one load, with its bill.
#[derive(Clone, Debug, PartialEq)]
pub struct PostgresPoint {
    /// How it is bought.
    pub offer: Offer,
    /// Shards; 1 is the unsharded instance.
    pub shards: u64,
    /// The instance class.
    pub class: String,
    /// Read replicas, where they answer part of the load.
    pub replicas: Option<Replicas>,
    /// What decided the number of shards or the class.
    pub binding: String,
    /// The lines of the bill.
    pub lines: Vec<BillLine>,
    /// Their sum, with `people`; `None` if instances or volumes have no price.
    pub monthly: Option<Usd>,
    /// What those who look after it cost, where the plan counts them.
    pub people: Option<Usd>,
    /// What the load needs of the primaries of these shards, at the peak.
    pub need: Need,
    /// What does not depend on the shards.
    pub volumes: Volumes,
    /// The same by resource, with what a shard has.
    pub uses: Vec<ResourceUse>,
}

impl PostgresPoint {
    /// The lines that have no price and are missing from the total.
    pub fn unpriced(&self) -> impl Iterator<Item = &BillLine> {
        self.lines.iter().filter(|line| line.usd.is_err())
    }

    /// Whether it costs more than the total by what nobody knows: lines without a
    /// price, or bytes between zones.
    #[must_use]
    pub fn is_lower_bound(&self) -> bool {
        let between_zones = |line: &BillLine| line.key.dimension == Dimension::TransferInterAz;
        self.unpriced().next().is_some()
            || !self.volumes.network_is_known && self.lines.iter().any(between_zones)
    }

    /// Whether a price is one that nobody verified.
    #[must_use]
    pub fn is_estimated(&self) -> bool {
        self.lines.iter().any(|line| line.usd.is_ok() && !line.verified)
    }

    /// What is bought, instances and how many of them.
    #[must_use]
    pub fn instances(&self) -> (u64, &str, u32) {
        let replicas = self.replicas.as_ref().map_or(0, |replicas| replicas.of_a_shard);
        (self.shards, &self.class, replicas)
    }
}

/// The sharded fleet at a load that is asked about.
#[derive(Clone, Debug, PartialEq)]
pub struct PostgresAt {
    /// Multiple of today's load.
    pub load: f64,
    /// The fleet; `None` above its ceiling.
    pub fleet: Option<PostgresPoint>,
    /// The unsharded instance; `None` above its ceiling.
    pub single: Option<PostgresPoint>,
    /// The fleet in each way to buy it, in the order of [`super::Offer::ALL`].
    pub offers: Vec<Option<PostgresPoint>>,
    /// Its response times; `None` where its pool is too small for them.
    pub latency: Option<Latency>,
    /// Those of its read replicas, where it has some.
    pub replica_latency: Option<Latency>,
}

/// The Postgres side.
#[derive(Clone, Debug)]
pub struct PostgresResult {
    /// The sharded fleet at today's load.
    pub sharded: Option<PostgresPoint>,
    /// The unsharded instance at today's load; `None` above its ceiling.
    pub single: Option<PostgresPoint>,
    /// What stops the unsharded instance, and at which multiple of today's
    /// load.
    pub single_ceiling: Option<(String, f64)>,
    /// The multiple of today's load up to which its price is verified.
    pub single_verified_to: Option<f64>,
    /// What stops the sharded fleet, and at which multiple of today's load.
    pub sharded_ceiling: Option<(String, f64)>,
    /// The sharded fleet at the loads that are asked about.
    pub at: Vec<PostgresAt>,
    /// What is asked of it at today's load.
    pub load: Load,
    /// The patterns of the load's statements, by position in the workload.
    pub patterns: Vec<usize>,
    /// How it is sized.
    pub settings: FleetSettings,
    /// The sharded fleet without the statements that each design leaves to
    /// another store, by design.
    pub without_unserved: Vec<(String, Option<PostgresPoint>)>,
    /// Those who look after the fleets.
    pub people: PeopleResult,
    /// The column that it is sharded by, first, and others that it could be.
    pub shard_keys: Vec<ShardKeyResult>,
    /// What an administrator of Postgres will ask, with the answers.
    pub questions: Vec<(String, String)>,
    /// What the reader must know about it.
    pub findings: Vec<Finding>,
    /// Inputs of the fleet model that nobody measured.
    pub assumptions: Vec<crate::scenario::Assumption>,
}

/// A column that the fleet is, or could be, sharded by.
#[derive(Clone, Debug, PartialEq)]
pub struct ShardKeyResult {
    /// The column.
    pub key: ShardKey,
    /// The fleet at the loads that are asked about.
    pub at: Vec<ShardKeyAt>,
    /// What stops it, and at which multiple of today's load.
    pub ends: Option<(String, f64)>,
}

/// A fleet sharded by some column at one load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShardKeyAt {
    /// Multiple of today's load.
    pub load: f64,
    /// Its shards; `None` above its ceiling.
    pub shards: Option<u64>,
    /// What it costs a month; `None` too where a line has no price.
    pub monthly: Option<Usd>,
}

impl ShardKeyAt {
    pub(super) fn new(load: f64, fleet: Option<&PostgresPoint>) -> Self {
        Self {
            load,
            shards: fleet.map(|fleet| fleet.shards),
            monthly: fleet.and_then(|fleet| fleet.monthly),
        }
    }
}

/// Those who look after a sharded fleet: an input, not a fact.
#[derive(Clone, Debug, PartialEq)]
pub struct PeopleResult {
    /// Which estimate is in the totals.
    pub counted: Counted,
    /// Engineers at today's load: least, likely, most.
    pub engineers: Estimate,
    /// What they cost a month, where the plan says what one costs.
    pub monthly: Option<[Usd; 3]>,
    /// Engineer-years until the first table is sharded, once.
    pub first_sharding_engineer_years: Estimate,
    /// What these cost, where the plan says what one costs.
    pub first_sharding: Option<[Usd; 3]>,
}
