//! Sharded Postgres, sized as an experienced administrator would: what a load
//! needs of each resource, and which fleets carry it.
//!
//! Quantities only: prices are somebody else's.

pub mod cache;
mod cpu;
mod cpu_calibration;
mod demand;
mod fleet;
mod latency;
mod load;
pub mod queue;
mod replicas;
mod resource;
mod settings;
mod shard_key;
pub mod skew;
pub mod storage;
pub mod wal;

pub use cpu::{
    COMMIT_CPU_SECONDS, CpuEstimate, CpuParts, lock_bound, statement_cpu, writing_commits,
};
pub use cpu_calibration::CpuCalibration;
pub use demand::{Demand, Need, ReplicaWork, Volumes};
pub use fleet::{Ceiling, Fleet, ResourceUse, ceiling, fleets};
pub use latency::{Latency, SHARES, latency};
pub use load::{InstanceClass, Load, StatementLoad};
pub use replicas::{ReplicaUse, Replicas};
pub use resource::Resource;
pub use settings::{FleetSettings, FleetStorage};
pub use shard_key::{ShardKey, check_shard_key, shard_key, shard_keys};
