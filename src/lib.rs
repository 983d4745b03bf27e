//! What a Postgres workload would cost, and where it would throttle, on
//! DynamoDB: item design by item design, at today's load and at a multiple of
//! it, compared with sharding Postgres.
//!
//! Folders are the stages of the pipeline; a stage uses only the stages listed
//! above it here. `tests/it/layers.rs` holds that rule.

pub mod disk;
pub mod finding;
pub mod units;

pub mod dynamodb;

pub mod capture;
pub mod sql;

pub mod simulate;
