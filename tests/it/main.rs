//! Integration tests: one binary, one module a subject.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests make and read files, and a failure to do so is a failed test"
)]

mod capacity;
mod capture;
mod declared;
mod dependencies;
mod design_cli;
mod dynamodb;
mod files;
mod hostile_text;
mod import;
mod layers;
mod migrate;
mod notifications;
mod partitions;
mod planning;
mod postgres_capacity;
mod postgres_cpu;
mod postgres_size;
mod pricing;
mod pricing_cli;
mod pricing_commitment;
mod pricing_examples;
mod pricing_import;
mod rekeying;
mod replay;
mod runs;
mod schemas;
mod simulate;
mod spike;
mod sql;
mod verify;
