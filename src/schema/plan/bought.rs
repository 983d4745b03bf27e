//! `[dynamodb]` and `[postgres]`.

use std::collections::BTreeMap;

use schemars::JsonSchema;

use crate::scenario::Mode;
use crate::schema::Amount;

/// The `DynamoDB` side, for every table.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct DynamoDb {
    /// Capacity modes to compare.
    pub modes: Option<Vec<Mode>>,
    /// Capacity is sized so that the peak uses this share of it, percent.
    pub target_utilization_percent: Option<f64>,
    /// Consistency of reads that nothing else decides.
    pub reads: Option<Consistency>,
    /// Continuous backups.
    pub pitr: Option<bool>,
    /// Full on-demand backups held.
    pub backups_kept: Option<Amount>,
    /// Billed `GetRecords` calls a second on each stream.
    pub stream_reads_per_second: Option<Amount>,
    /// Regions of replicas (global tables).
    pub replica_regions: Option<Vec<String>>,
    /// The table class.
    pub table_class: Option<TableClass>,
    /// Warm read throughput on demand, units a second.
    pub warm_read_units_per_second: Option<u32>,
    /// Warm write throughput on demand, units a second.
    pub warm_write_units_per_second: Option<u32>,
    /// Maximum read throughput set on demand, units a second.
    pub max_read_units_per_second: Option<u32>,
    /// Maximum write throughput set on demand, units a second.
    pub max_write_units_per_second: Option<u32>,
    /// Scheduled actions of auto scaling.
    pub schedule: Option<Vec<ScheduledLeast>>,
    /// Settings of single tables.
    pub tables: Option<BTreeMap<String, Table>>,
    /// What may be bought ahead.
    pub commitment: Option<Commitment>,
}

/// A scheduled action of auto scaling.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ScheduledLeast {
    /// Hour of the UTC day.
    pub hour_utc: f64,
    /// From then on capacity serves at least so many times the mean load at the
    /// target utilisation; 0 lifts that.
    pub least_times_mean: f64,
}

/// Settings of one table.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Table {
    /// Its capacity mode, whichever is compared.
    pub mode: Option<Mode>,
    /// Capacity is sized so that the peak uses this share of it, percent.
    pub target_utilization_percent: Option<f64>,
    /// Continuous backups.
    pub pitr: Option<bool>,
    /// Full on-demand backups held.
    pub backups_kept: Option<Amount>,
    /// Billed `GetRecords` calls a second on its stream.
    pub stream_reads_per_second: Option<Amount>,
    /// Regions of replicas.
    pub replica_regions: Option<Vec<String>>,
    /// The table class.
    pub table_class: Option<TableClass>,
    /// Warm read throughput on demand, units a second.
    pub warm_read_units_per_second: Option<u32>,
    /// Warm write throughput on demand, units a second.
    pub warm_write_units_per_second: Option<u32>,
    /// Maximum read throughput set on demand, units a second.
    pub max_read_units_per_second: Option<u32>,
    /// Maximum write throughput set on demand, units a second.
    pub max_write_units_per_second: Option<u32>,
    /// Settings of its indexes.
    pub indexes: Option<BTreeMap<String, Index>>,
}

/// Settings of one index.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Index {
    /// Capacity is sized so that the peak uses this share of it, percent.
    pub target_utilization_percent: Option<f64>,
}

/// Consistency of reads.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum Consistency {
    /// Eventual.
    Eventual,
    /// Strong.
    Strong,
}

/// A table class.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum TableClass {
    /// Standard.
    Standard,
    /// Standard with infrequent access.
    StandardIa,
}

/// What may be bought ahead.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Commitment {
    /// Lengths of reservations.
    pub terms: Option<Vec<Term>>,
    /// Savings Plans are considered.
    pub savings_plan: Option<bool>,
    /// Rates that nobody verified are used, and marked.
    pub unverified: Option<bool>,
    /// Reservations paid for already.
    pub sunk: Option<Vec<Sunk>>,
}

/// Length of a reservation.
#[derive(Debug, JsonSchema)]
pub enum Term {
    /// One year.
    #[schemars(rename = "1y")]
    OneYear,
    /// Three years.
    #[schemars(rename = "3y")]
    ThreeYears,
}

/// A reservation paid for already.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Sunk {
    /// Reads or writes.
    pub direction: Direction,
    /// Its length.
    pub term: Term,
    /// Blocks of 100 units.
    pub blocks: u64,
}

/// Reads or writes.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum Direction {
    /// Reads.
    Read,
    /// Writes.
    Write,
}

/// The Postgres side.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Postgres {
    /// The most CPU of an instance that is used at the peak, percent.
    pub cpu_target_percent: Option<f64>,
    /// How the fleet is bought; left out, in the way that costs least at each load.
    pub offer: Option<Purchase>,
    /// The largest volume of a shard, TB, of which `storage_target_percent` may be
    /// full.
    pub shard_storage_tb: Option<f64>,
    /// The most WAL of a shard, MB a second.
    pub shard_wal_mb_per_second: Option<f64>,
    /// Connections of a shard's pool.
    pub shard_connections: Option<f64>,
    /// The most I/O of an instance that is used at the peak, percent.
    pub io_target_percent: Option<f64>,
    /// CPU and I/O kept free for a failover beyond that, percent.
    pub failover_headroom_percent: Option<f64>,
    /// Share of a volume that may be full, percent.
    pub storage_target_percent: Option<f64>,
    /// Logical shards, which the number of physical ones divides.
    pub logical_shards: Option<u32>,
    /// The least number of physical shards.
    pub shards_min: Option<u32>,
    /// The most read replicas of a shard.
    pub read_replicas_max: Option<u32>,
    /// Instance classes that may be taken; left out, all that have a price.
    pub classes: Option<Vec<String>>,
    /// The column to shard by.
    pub shard_key: Option<String>,
    /// How its values are brought to shards.
    pub placement: Option<Placement>,
    /// CPU of background processes over that of statements, percent.
    pub background_cpu_percent: Option<f64>,
    /// Work that a vCPU does over that of one of the captured machine.
    pub vcpu_speed: Option<f64>,
    /// Commits that share one flush of the WAL.
    pub commits_per_flush: Option<f64>,
    /// Seconds from one checkpoint to the next.
    pub checkpoint_seconds: Option<f64>,
    /// Share of an instance's memory that holds pages, percent.
    pub cache_memory_percent: Option<f64>,
    /// Exponent of Zipf's law by which pages are read.
    pub page_popularity_zipf: Option<f64>,
    /// Time of a read from storage, and of a flush to it, milliseconds.
    pub storage_ms: Option<f64>,
    /// Bytes of a heap in use over those of a fresh one.
    pub heap_bloat: Option<f64>,
    /// Bytes of indexes in use over those of fresh ones.
    pub index_bloat: Option<f64>,
    /// Minutes for which dead rows cannot be removed, in place of these two.
    pub oldest_transaction_minutes: Option<f64>,
    /// Busy CPU of the captured host, percent; with `host_vcpus`.
    pub host_cpu_percent: Option<f64>,
    /// Its virtual CPUs.
    pub host_vcpus: Option<f64>,
    /// CPU seconds that it used while it was captured, in place of these two.
    pub host_cpu_seconds: Option<f64>,
    /// Days for which any moment can be restored.
    pub backup_retention_days: Option<f64>,
    /// Snapshots of the whole database kept beside the backups.
    pub snapshots_kept: Option<f64>,
    /// What pools connections.
    pub pooler: Option<Pooler>,
    /// Share of the bytes between clients and servers that crosses Availability
    /// Zones, percent.
    pub cross_az_percent: Option<f64>,
    /// Shards of a staging fleet, Single-AZ.
    pub staging_shards: Option<f64>,
    /// Months before a load comes that shards for it are ready.
    pub reshard_lead_months: Option<f64>,
    /// Months for which the old and the new shards are both paid for.
    pub reshard_overlap_months: Option<f64>,
    /// Those who look after it.
    pub people: Option<People>,
    /// What Postgres costs today.
    pub baseline: Option<Baseline>,
}

/// How a fleet is bought, at list prices.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum Purchase {
    /// In the way that costs least at each load.
    Cheapest,
    /// RDS Multi-AZ instances.
    RdsMultiAz,
    /// Aurora, I/O billed by request.
    Aurora,
    /// Aurora, I/O in the price of instances and storage.
    AuroraIoOptimized,
}

/// What pools connections.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum Pooler {
    /// RDS Proxy, billed by the vCPUs behind it.
    RdsProxy,
    /// A pooler on hosts that are paid for anyway.
    SelfHosted,
}

/// Those who look after a sharded fleet.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct People {
    /// Which estimate is in the totals.
    pub counted: Option<Counted>,
    /// What an engineer costs a year, US dollars.
    pub engineer_year_usd: Option<Amount>,
    /// Engineers for each shard: least, likely, most.
    pub engineers_per_shard: Option<[f64; 3]>,
    /// Engineer-years until the first table is sharded: least, likely, most.
    pub first_sharding_engineer_years: Option<[f64; 3]>,
}

/// Which estimate of people is in the totals.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum Counted {
    /// None.
    No,
    /// The least.
    Low,
    /// The likely one.
    Mid,
    /// The most.
    High,
}

/// How values of the shard key are brought to shards.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum Placement {
    /// By a hash.
    Hashed,
    /// By a directory that keeps shards even.
    Directory,
}

/// What Postgres costs today.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Baseline {
    /// What is paid for.
    pub what: String,
    /// US dollars a month.
    pub monthly_usd: Amount,
}
