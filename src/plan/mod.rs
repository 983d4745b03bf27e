//! Each access pattern as the DynamoDB operations that serve it under a design,
//! or the reason why none can.

mod bind;
mod build;
mod cascade;
mod collection;
mod copies;
mod effects;
mod evaluated;
mod findings;
mod model;
mod path;
mod projected;
mod read;
mod stated;
mod unique;
mod write;

pub use build::plan;
pub use model::{
    Alternative, Append, Detail, EntryChange, Evidence, Operation, OperationKind, Plan,
    PlannedPattern,
};
