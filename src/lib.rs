//! What a Postgres workload would cost, and where it would throttle, on
//! DynamoDB: item design by item design, at today's load and at a multiple of
//! it, compared with sharding Postgres.
//!
//! Folders are the stages of the pipeline; a stage uses only the stages listed
//! above it here. `tests/it/layers.rs` holds that rule.

// The order below is the order of dependency. A comment before each keeps it
// from being sorted.

// Characters that act on a terminal, made visible.
pub mod visible;
// What is said about input and results: faults, findings, origins.
pub mod finding;
// Quantities with types.
pub mod units;
// Reading the files that people write.
pub mod written;
// Reading JSON with the place of every fault.
pub mod json;
// The one module that touches files.
pub mod disk;

// Bytes to capacity units: pure rules.
pub mod dynamodb;
// The rules held against recorded answers of real servers.
pub mod verify;
// Quantities to dollars: the price book, bills, commitments.
pub mod pricing;

// What was recorded.
pub mod capture;
// A workload that people declare instead of recording one.
pub mod declared;
// What a statement's text touches.
pub mod sql;
// What people say about their scenario.
pub mod scenario;
// What the recording means: entities and access patterns.
pub mod workload;

// Candidate designs.
pub mod design;
// A design filled with a workload: sizes and counts.
pub mod layout;
// The operations that serve each access pattern.
pub mod plan;
// What they consume and store.
pub mod demand;

// Demand over time: capacity modes, throttling, partitions, keys.
pub mod simulate;

// Sharded Postgres, in quantities.
pub mod postgres;

// Both sides in dollars over load.
pub mod compare;
// The move from one side to the other.
pub mod migrate;
// What is shown of it.
pub mod report;
// Descriptions of the files that people write.
pub mod schema;
