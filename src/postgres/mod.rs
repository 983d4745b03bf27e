//! Sharded Postgres, sized as an experienced administrator would: what a load
//! needs of each resource, and which fleets carry it.
//!
//! Quantities only: prices are somebody else's.

mod cpu;
mod fleet;
mod load;
mod settings;
pub mod storage;

pub use cpu::CpuEstimate;
pub use fleet::{Fleet, Need, Resource, fleets, need, single_ceiling};
pub use load::{InstanceClass, Load, StatementLoad};
pub use settings::{FleetAssumption, FleetSettings};
