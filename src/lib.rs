//! What a Postgres workload would cost, and where it would throttle, on
//! DynamoDB: item design by item design, at today's load and at a multiple of
//! it, compared with sharding Postgres.
//!
//! Folders are the stages of the pipeline; a stage uses only the stages listed
//! above it here. `tests/it/layers.rs` holds that rule.

// What every stage speaks of.
pub mod finding;
pub mod units;
pub mod written;

// The one module that touches files.
pub mod disk;

// Pure rules: bytes to units, quantities to dollars.
pub mod dynamodb;
pub mod pricing;

// What was recorded, what people say about it, and what it means.
pub mod capture;
pub mod scenario;
pub mod sql;
pub mod workload;

// Designs, and the workload under them.
pub mod compare;
pub mod demand;
pub mod design;
pub mod layout;
pub mod plan;
pub mod report;
