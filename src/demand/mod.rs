//! A plan in capacity units and bytes: what each operation consumes on the
//! table and on each index, and what is stored.

mod storage;
mod units;

pub use storage::{StoredArm, stored};
pub use units::{Arm, ArmUnits, Demand, OperationDemand, ReadRule, demand, written_units};
