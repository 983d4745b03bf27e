//! Sharded Postgres, sized as an experienced administrator would: what a load
//! needs of each resource, and which fleets carry it.
//!
//! Quantities only: prices are somebody else's.

pub mod cache;
mod cpu;
mod cpu_calibration;
mod fleet;
mod load;
pub mod queue;
mod settings;
mod shard_key;
pub mod skew;
pub mod storage;
pub mod wal;

pub use cpu::{CpuEstimate, CpuParts, lock_bound, writing_commits};
pub use cpu_calibration::CpuCalibration;
pub use fleet::{Fleet, Need, Resource, fleets, need, single_ceiling};
pub use load::{InstanceClass, Load, StatementLoad};
pub use settings::{FleetAssumption, FleetSettings, FleetStorage};
pub use shard_key::{ShardKey, shard_key};
