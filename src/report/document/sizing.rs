//! What Postgres is asked for and what a shard has, so that each number of a
//! fleet can be followed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compare::PostgresResult;
use crate::postgres::{self, COMMIT_CPU_SECONDS, lock_bound, statement_cpu};
use crate::workload::Workload;

/// What the load needs at the peak, all shards together: the sums that the demands
/// of the resources are made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Need {
    /// What the hottest shard has over the mean.
    pub hottest_shard_over_mean: f64,
    /// Busy vCPUs, as those of the captured machine.
    pub busy_vcpus: f64,
    /// The least and the most they can be.
    pub busy_vcpus_range: [f64; 2],
    /// Statements that clients send.
    pub calls_per_second: f64,
    /// Statements executed, once for each shard that they go to.
    pub executions_per_second: f64,
    /// Blocks looked at.
    pub blocks_accessed_per_second: f64,
    /// Share of these that comes from storage; null where reads are counted as
    /// captured.
    pub miss_share: Option<f64>,
    /// Blocks read from storage.
    pub blocks_read_per_second: f64,
    /// Blocks written by checkpoints.
    pub blocks_written_per_second: f64,
    /// Flushes of the WAL.
    pub wal_flushes_per_second: f64,
    /// WAL, page images included.
    pub wal_bytes_per_second: f64,
    /// Of these, page images.
    pub wal_page_image_bytes_per_second: f64,
    /// Data, indexes and bloat.
    pub stored_bytes: f64,
    /// Statements executing at once.
    pub statements_executing: f64,
}

/// A resource of a fleet. `shards_needed` is `demand` times the hottest shard over
/// the mean, divided by `capacity_of_a_shard` times `usable_share`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Resource {
    /// Which.
    pub resource: String,
    /// The unit of demand and capacity.
    pub unit: String,
    /// What all shards together are asked for at the peak.
    pub demand: f64,
    /// What the hottest shard is asked for.
    pub hottest_shard_demand: f64,
    /// What a shard has; null has no limit.
    pub capacity_of_a_shard: Option<f64>,
    /// The share of that which may be asked for.
    pub usable_share: f64,
    /// The shards that this resource alone asks for.
    pub shards_needed: f64,
}

/// Read replicas of every shard: they apply its changes, and answer reads that may
/// be a moment old. One of them may be lost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReadReplicas {
    /// How many a shard has.
    pub of_a_shard: u32,
    /// Busy vCPUs of the reads that they answer, all together.
    pub busy_vcpus: f64,
    /// Statements that clients send them.
    pub calls_per_second: f64,
    /// Blocks that they read from storage.
    pub blocks_read_per_second: f64,
    /// What one of the hottest shard is asked for while another is lost.
    pub resources: Vec<ReplicaResource>,
}

/// A resource of a read replica.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReplicaResource {
    /// Which.
    pub resource: String,
    /// The unit.
    pub unit: String,
    /// What applying the primary's changes takes.
    pub applying: f64,
    /// What its share of the reads takes.
    pub reading: f64,
    /// What it has; null has no limit.
    pub capacity: Option<f64>,
    /// The share of that which may be asked for.
    pub usable_share: f64,
}

impl From<&postgres::Replicas> for ReadReplicas {
    fn from(replicas: &postgres::Replicas) -> Self {
        let resources = replicas.uses.iter().map(|one| ReplicaResource {
            resource: one.resource.word().to_owned(),
            unit: one.resource.unit().to_owned(),
            applying: one.applying,
            reading: one.reading,
            capacity: one.full.is_finite().then_some(one.full),
            usable_share: one.target,
        });
        Self {
            of_a_shard: replicas.of_a_shard,
            busy_vcpus: replicas.work.cpus,
            calls_per_second: replicas.work.client_calls,
            blocks_read_per_second: replicas.work.read_blocks,
            resources: resources.collect(),
        }
    }
}

/// What is asked of Postgres at today's load, as the month's mean.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Demand {
    /// Load of the busiest minute over the mean.
    pub peak_to_mean: f64,
    /// Transactions committed that write.
    pub commits_per_second: f64,
    /// CPU seconds of a commit before `cpu_factors`.
    pub commit_cpu_seconds: f64,
    /// CPU of background processes over that of statements.
    pub background_cpu_share: f64,
    /// Seconds from one checkpoint to the next.
    pub checkpoint_seconds: f64,
    /// Corrections by the host's measured CPU; null where it was not measured.
    pub cpu_factors: Option<CpuFactors>,
    /// Exponent of Zipf's law by which pages are read; null where reads are
    /// counted as captured.
    pub page_popularity_exponent: Option<f64>,
    /// Different values of the shard key; 0 if not known.
    pub shard_key_values: f64,
    /// Share of the rows that its most frequent value has.
    pub shard_key_largest_share: f64,
    /// Bytes at the horizon.
    pub stored_bytes_at_horizon: f64,
    /// The statements.
    pub statements: Vec<StatementDemand>,
}

/// Factors on estimated CPU by the kind of work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CpuFactors {
    /// On executing.
    pub executing: f64,
    /// On parsing, planning and protocol work.
    pub calling: f64,
    /// On committing.
    pub committing: f64,
}

/// What a call of a statement takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StatementDemand {
    /// The statement.
    pub pattern: String,
    /// Calls.
    pub calls_per_second: f64,
    /// It does not name the shard key.
    pub goes_to_every_shard: bool,
    /// A read replica can answer it.
    pub may_lag: bool,
    /// Most of its time is taken as waiting for locks.
    pub lock_bound: bool,
    /// CPU of executing a call, before `cpu_factors`.
    pub executing_cpu_seconds: f64,
    /// CPU of parsing, planning and sending a call, before `cpu_factors`; each
    /// shard that it goes to has it.
    pub calling_cpu_seconds: f64,
    /// Blocks looked at by a call.
    pub blocks_accessed: f64,
    /// Blocks that a call read from outside the buffer cache in the capture.
    pub blocks_read: f64,
    /// Blocks dirtied by a call.
    pub blocks_dirtied: f64,
    /// WAL bytes of a call in the capture, page images included.
    pub wal_bytes: f64,
    /// Page images in them.
    pub wal_page_images: f64,
    /// Bytes of a call and its rows, with all their columns, on the network; null if
    /// the size of the rows is not known.
    pub network_bytes: Option<f64>,
}

impl From<&postgres::Need> for Need {
    fn from(need: &postgres::Need) -> Self {
        Self {
            hottest_shard_over_mean: need.hottest,
            busy_vcpus: need.cpus,
            busy_vcpus_range: [need.cpu_range.0, need.cpu_range.1],
            calls_per_second: need.client_calls,
            executions_per_second: need.calls,
            blocks_accessed_per_second: need.accessed_blocks,
            miss_share: need.miss_share,
            blocks_read_per_second: need.read_blocks,
            blocks_written_per_second: need.written_blocks,
            wal_flushes_per_second: need.flushes,
            wal_bytes_per_second: need.wal_bytes_per_second,
            wal_page_image_bytes_per_second: need.wal_image_bytes_per_second,
            stored_bytes: need.stored_bytes,
            statements_executing: need.active,
        }
    }
}

impl From<&postgres::ResourceUse> for Resource {
    fn from(one: &postgres::ResourceUse) -> Self {
        Self {
            resource: one.resource.word().to_owned(),
            unit: one.resource.unit().to_owned(),
            demand: one.demand,
            hottest_shard_demand: one.hottest_shard,
            capacity_of_a_shard: one.full.is_finite().then_some(one.full),
            usable_share: one.target,
            shards_needed: one.shards_needed,
        }
    }
}

impl Demand {
    pub(super) fn new(workload: &Workload, postgres: &PostgresResult) -> Self {
        let load = &postgres.load;
        let statements = load.statements.iter().zip(&postgres.patterns).map(|(one, pattern)| {
            let (executing, calling) = statement_cpu(one);
            StatementDemand {
                pattern: workload.patterns[*pattern].id.clone(),
                calls_per_second: one.calls_per_second,
                goes_to_every_shard: one.scattered,
                may_lag: one.may_lag,
                lock_bound: lock_bound(one),
                executing_cpu_seconds: executing,
                calling_cpu_seconds: calling,
                blocks_accessed: one.blocks_accessed,
                blocks_read: one.blocks_read,
                blocks_dirtied: one.blocks_dirtied,
                wal_bytes: one.wal_bytes,
                wal_page_images: one.wal_images,
                network_bytes: one.network_bytes,
            }
        });
        Self {
            peak_to_mean: load.peak_to_mean,
            commits_per_second: load.commits_per_second,
            commit_cpu_seconds: COMMIT_CPU_SECONDS,
            background_cpu_share: postgres.settings.background_cpu,
            checkpoint_seconds: postgres.settings.checkpoint_seconds,
            cpu_factors: load.cpu.map(|cpu| {
                let [executing, calling, committing] = cpu.factors();
                CpuFactors { executing, calling, committing }
            }),
            page_popularity_exponent: load.pages.as_ref().map(|law| law.exponent()),
            shard_key_values: load.spread.keys,
            shard_key_largest_share: load.spread.largest(),
            stored_bytes_at_horizon: load.stored_bytes,
            statements: statements.collect(),
        }
    }
}
