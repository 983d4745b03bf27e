//! Each access pattern as the DynamoDB operations that serve it under a design,
//! or the reason why none can.

mod bind;
mod build;
mod effects;
mod model;
mod path;
mod read;
mod write;

pub use build::plan;
pub use model::{Append, Detail, EntryChange, Operation, OperationKind, Plan, PlannedPattern};
