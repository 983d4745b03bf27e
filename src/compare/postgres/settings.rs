//! A plan's fleet sizing, and what the captured server says where it says nothing.

use crate::postgres::{FleetSettings, FleetStorage};
use crate::workload::Workload;

use super::super::billing::Billing;

/// Time between checkpoints where neither plan nor capture tells: Postgres's own
/// default (PostgreSQL documentation, "Write Ahead Log", `checkpoint_timeout`).
const CHECKPOINT_SECONDS: f64 = 300.0;

/// How fleets are sized.
pub(super) fn settings(workload: &Workload, billing: &Billing<'_>) -> FleetSettings {
    let plan = &billing.settings.postgres.fleet;
    let usable = 1.0 - plan.failover_headroom_percent.value / 100.0;
    FleetSettings {
        storage: FleetStorage::Gp3,
        cpu_target: plan.cpu_target_percent.value / 100.0 * usable,
        io_target: plan.io_target_percent.value / 100.0 * usable,
        shard_bytes_max: plan.shard_storage_tb.value * 1e12,
        storage_target: plan.storage_target_percent.value / 100.0,
        wal_bytes_per_second_max: plan.shard_wal_mb_per_second.value * 1e6,
        connections: plan.shard_connections.value,
        logical_shards: plan.logical_shards.value,
        shards_min: plan.shards_min.value,
        replicas_max: plan.read_replicas_max.value,
        background_cpu: plan.background_cpu_percent.value / 100.0,
        vcpu_speed: plan.vcpu_speed.value,
        commits_per_flush: plan.commits_per_flush.value,
        checkpoint_seconds: plan
            .checkpoint_seconds
            .value
            .or(workload.server.checkpoint_seconds)
            .unwrap_or(CHECKPOINT_SECONDS),
        page_images: !workload.server.without_page_images,
        cache_share: plan.cache_memory_percent.value / 100.0,
    }
}
