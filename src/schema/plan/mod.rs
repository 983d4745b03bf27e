//! `plan.toml`, as [`crate::scenario::Settings`] reads it.

pub mod bought;
pub mod load;
pub mod migration;
pub mod trial;

use std::collections::BTreeMap;

use schemars::JsonSchema;

use super::Amount;
use bought::{DynamoDb, Postgres};
use load::{Capture, Encoding, Load};
use migration::Migration;
use trial::{Uncertainty, WhatIf};

/// What a comparison assumes. Everything may be left out; what is left out has a
/// default, which the report names.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields, title = "ddbplan plan.toml")]
pub struct PlanFile {
    /// AWS Region of the prices.
    pub region: Option<String>,
    /// Settings of this file that nobody measured, by name, such as
    /// `load.peak_to_mean`.
    pub assumed: Option<Vec<String>>,
    /// How the exports are to be read.
    pub capture: Option<Capture>,
    /// What the capture stands for, and how load grows.
    pub load: Option<Load>,
    /// How rows become items.
    pub encoding: Option<Encoding>,
    /// The `DynamoDB` side.
    pub dynamodb: Option<DynamoDb>,
    /// The Postgres side.
    pub postgres: Option<Postgres>,
    /// Statements that go to another store.
    pub elsewhere: Option<Vec<Elsewhere>>,
    /// The move itself.
    pub migration: Option<Migration>,
    /// Measured sizes of rows, by table.
    pub row_sizes: Option<BTreeMap<String, RowSizes>>,
    /// Within what the inputs are known.
    pub uncertainty: Option<Uncertainty>,
    /// Changes tried out on every design.
    pub what_if: Option<WhatIf>,
}

/// Statements that go to another store.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Elsewhere {
    /// The statement; `...` at the end matches a beginning.
    pub sql: String,
    /// The store.
    pub store: String,
    /// What it costs, US dollars a month; unknown if left out.
    pub monthly_usd: Option<Amount>,
    /// That grows with the load.
    pub grows_with_load: Option<bool>,
}

/// Measured sizes of a table's rows.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RowSizes {
    /// Text bytes of a row's values: 10th, 50th, 90th and 99th percentile, and the
    /// most.
    pub quantile_bytes: Vec<f64>,
}
