//! Integration tests: one binary, one module a subject.

mod capacity;
mod capture;
mod dynamodb;
mod layers;
mod notifications;
mod postgres_size;
mod pricing;
mod pricing_cli;
mod pricing_commitment;
mod pricing_examples;
mod pricing_import;
mod rekeying;
mod replay;
mod verify;
