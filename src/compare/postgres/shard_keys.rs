//! The columns that the fleet could be sharded by, side by side.

use crate::finding::{Finding, Severity};
use crate::postgres::skew::Spread;
use crate::postgres::{ShardKey, shard_keys};
use crate::scenario::Placement;
use crate::workload::Workload;

use super::super::billing::to_f64;
use super::super::model::{PostgresAt, ShardKeyAt, ShardKeyResult};
use super::PostgresSide;

/// Columns that are looked at beside the one in use: those that most calls name.
const OTHERS: usize = 3;
/// A column with fewer values is a state or a kind, not a key.
const VALUES_LEAST: f64 = 32.0;

impl<'a> PostgresSide<'a> {
    /// The same sharded by a column; by none, every statement goes to every shard.
    pub(super) fn sharded_by(mut self, key: Option<ShardKey>) -> PostgresSide<'a> {
        let (keys, top) = key.as_ref().and_then(|key| key.values.clone()).unwrap_or_default();
        let placement = self.billing.settings.postgres.fleet.placement.value;
        self.load.spread = Spread { keys, top, by_directory: placement == Placement::Directory };
        let scattered =
            |pattern: &usize| key.as_ref().is_none_or(|key| key.scattered.contains(pattern));
        for (statement, pattern) in self.load.statements.iter_mut().zip(&self.patterns) {
            statement.scattered = scattered(pattern);
        }
        self.shard_key = key;
        self
    }

    /// The column in use, first, and the others that most calls name, with what the
    /// fleet costs by each.
    pub(super) fn shard_keys(&self, workload: &Workload, at: &[PostgresAt]) -> Vec<ShardKeyResult> {
        let Some(used) = &self.shard_key else { return Vec::new() };
        let own = ShardKeyResult {
            key: used.clone(),
            at: at.iter().map(|at| ShardKeyAt::new(at.load, at.fleet.as_ref())).collect(),
            ends: self.sharded_ceiling(),
        };
        let others = shard_keys(workload).into_iter().filter(|key| {
            let few = |(values, _): &(f64, Vec<f64>)| *values < VALUES_LEAST;
            key.column != used.column && !key.values.as_ref().is_some_and(few)
        });
        let other = |key: ShardKey| {
            let side = self.clone().sharded_by(Some(key.clone()));
            let of = |at: &PostgresAt| ShardKeyAt::new(at.load, side.sharded(at.load).as_ref());
            ShardKeyResult { key, at: at.iter().map(of).collect(), ends: side.sharded_ceiling() }
        };
        [own].into_iter().chain(others.take(OTHERS).map(other)).collect()
    }
}

/// Nobody knows how evenly the values of the key in use are used.
pub(super) fn evenness_finding(keys: &[ShardKeyResult]) -> Option<Finding> {
    let (used, others) = keys.split_first()?;
    if used.key.values.is_some() {
        return None;
    }
    let known = others.iter().find_map(|one| {
        let (_, top) = one.key.values.as_ref()?;
        let largest = top.iter().copied().fold(0.0, f64::max);
        Some(format!(
            "; by {}, whose most frequent value has {:.2} % of the rows, {}",
            one.key.column,
            largest * 100.0,
            costs(one)
        ))
    });
    Some(
        Finding::new(
            "shard-key-evenness-unknown",
            Severity::High,
            format!(
                "how evenly the values of {} are used is not known, and shards are taken as even: {}{}",
                used.key.column,
                costs(used),
                known.unwrap_or_default()
            ),
        )
        .mend("run ANALYZE and capture pg_stats, or state another postgres.shard_key"),
    )
}

/// Another column makes the fleet cheaper than the one in use.
pub(super) fn cheaper_finding(keys: &[ShardKeyResult]) -> Option<Finding> {
    /// Less is within what the sizing can tell.
    const BELOW: f64 = 0.95;
    let (used, others) = keys.split_first()?;
    let cheaper: Vec<String> = others
        .iter()
        .filter(|one| {
            one.at.iter().zip(&used.at).any(|(other, own)| match (other.monthly, own.monthly) {
                (Some(other), Some(own)) => to_f64(other) < BELOW * to_f64(own),
                (other, own) => other.is_some() && own.is_none(),
            })
        })
        .map(|one| format!("{}: {}", one.key.column, costs(one)))
        .collect();
    (!cheaper.is_empty()).then(|| {
        Finding::new(
            "cheaper-shard-key",
            Severity::Medium,
            format!(
                "sharded by {}, {}; another column makes a load cheaper: {}",
                used.key.column,
                costs(used),
                cheaper.join("; ")
            ),
        )
        .mend("state postgres.shard_key")
    })
}

/// What a fleet costs at each load that is asked about.
fn costs(key: &ShardKeyResult) -> String {
    let at = |at: &ShardKeyAt| match (at.monthly, at.shards) {
        (Some(usd), Some(shards)) => {
            let noun = if shards == 1 { "shard" } else { "shards" };
            format!("${:.0} a month at {}x ({shards} {noun})", to_f64(usd), at.load)
        }
        _ => format!("no fleet at {}x", at.load),
    };
    key.at.iter().map(at).collect::<Vec<_>>().join(", ")
}
