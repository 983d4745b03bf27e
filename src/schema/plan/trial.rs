//! `[uncertainty]` and `[what_if]`.

use std::collections::BTreeMap;

use schemars::JsonSchema;

/// Within what the inputs are known: factors `[low, high]` on the values in use,
/// one draw in ten below low, one in ten above high.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Uncertainty {
    /// Sizes of items.
    pub item_size: Option<Vec<f64>>,
    /// Rows a call.
    pub rows_per_call: Option<Vec<f64>>,
    /// Growth.
    pub growth: Option<Vec<f64>>,
    /// Dispersion of the calls in a second.
    pub dispersion: Option<Vec<f64>>,
    /// Peak over mean.
    pub peak_to_mean: Option<Vec<f64>>,
    /// CPU of Postgres.
    pub postgres_cpu: Option<Vec<f64>>,
    /// Bloat of Postgres.
    pub bloat: Option<Vec<f64>>,
    /// Reads of Postgres that its memory does not serve.
    pub cache_misses: Option<Vec<f64>>,
    /// Number of draws.
    pub draws: Option<u64>,
    /// Seed of the draws.
    pub seed: Option<u64>,
}

/// Changes tried out on every design.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct WhatIf {
    /// Names of attributes other than keys are cut to so many bytes.
    pub name_bytes: Option<u64>,
    /// `table.column` with the size of a compressed value over the plain one.
    pub compress: Option<BTreeMap<String, f64>>,
    /// A table, or `table.index`, with the number of keys its writes are spread
    /// over.
    pub write_shards: Option<BTreeMap<String, u64>>,
    /// Caches in front of statements.
    pub cache: Option<Vec<Cache>>,
}

/// A cache in front of a statement.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Cache {
    /// The statement; `...` at the end matches a beginning.
    pub sql: String,
    /// Share of its calls that the cache answers.
    pub hit_ratio: f64,
}
