//! The columns that a Postgres fleet could be sharded by.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compare::ShardKeyResult;
use crate::workload::Workload;

use super::Exact;

/// A column that the fleet is, or could be, sharded by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ShardKey {
    /// The column, by its name in the tables that carry it.
    pub column: String,
    /// Share of the calls on tables that go to one shard.
    pub routed_share: f64,
    /// The statements that go to every shard, most called first.
    pub scattered: Vec<String>,
    /// Different values; null where there are no statistics, and shards are taken as
    /// even.
    pub values: Option<f64>,
    /// Share of the rows that the most frequent value has; null where there are no
    /// statistics.
    pub largest_share: Option<f64>,
    /// The fleet at each load that was asked about.
    pub at: Vec<ShardKeyAt>,
    /// Multiple of today's load at which it ends; null where it carries none.
    pub ends_at_load: Option<f64>,
    /// What ends it.
    pub ends: Option<String>,
}

/// A fleet sharded by a column at one load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ShardKeyAt {
    /// Multiple of today's load.
    pub load: f64,
    /// Number of shards; null where no fleet carries the load.
    pub shards: Option<u64>,
    /// US dollars a month; null too where a line has no price.
    pub monthly_usd: Option<Exact>,
}

impl ShardKey {
    pub(super) fn new(workload: &Workload, of: &ShardKeyResult) -> Self {
        let key = &of.key;
        let values = key.values.as_ref();
        let largest = |(_, top): &(f64, Vec<f64>)| top.iter().copied().fold(0.0, f64::max);
        let at = of.at.iter().map(|at| ShardKeyAt {
            load: at.load,
            shards: at.shards,
            monthly_usd: at.monthly.map(Exact::usd),
        });
        Self {
            column: key.column.clone(),
            routed_share: key.routed_share,
            scattered: key.scattered.iter().map(|&p| workload.patterns[p].id.clone()).collect(),
            values: values.map(|(values, _)| *values),
            largest_share: values.map(largest),
            at: at.collect(),
            ends_at_load: of.ends.as_ref().map(|(_, load)| *load),
            ends: of.ends.as_ref().map(|(why, _)| why.clone()),
        }
    }
}
