//! The phases of a move.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::migrate::{self, Phase};
use crate::report::document::Exact;

/// A cost of which a part may not be known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cost {
    /// US dollars; a lower bound while something is unknown.
    pub usd: Exact,
    /// What is not known.
    pub unknown: Vec<String>,
}

/// A phase of the move.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MovePhase {
    /// Its name.
    pub phase: String,
    /// Its first day, from 1.
    pub first_day: u32,
    /// Its last day, from 1.
    pub last_day: u32,
    /// Days.
    pub days: u32,
    /// The least and the most days.
    pub days_range: (u32, u32),
    /// What is done in it.
    pub work: String,
    /// Postgres.
    pub postgres: Cost,
    /// Writes to `DynamoDB`.
    pub dynamodb_writes: Cost,
    /// Reads from `DynamoDB`.
    pub dynamodb_reads: Cost,
    /// Storage in `DynamoDB`.
    pub dynamodb_storage: Cost,
    /// Other stores.
    pub elsewhere: Cost,
    /// What is paid once.
    pub paid_once: Cost,
    /// All of it.
    pub total: Cost,
    /// What the same days cost without the move.
    pub postgres_alone: Cost,
}

impl From<&migrate::Cost> for Cost {
    fn from(cost: &migrate::Cost) -> Self {
        Self {
            usd: Exact::of_days(cost.usd.get()),
            unknown: cost.unknown.iter().cloned().collect(),
        }
    }
}

impl MovePhase {
    pub(super) fn new(phase: &Phase, migration: &migrate::Migration) -> Self {
        Self {
            phase: phase.kind.name().to_owned(),
            first_day: phase.first_day + 1,
            last_day: phase.end_day(),
            days: phase.days,
            days_range: migration.range_of(phase.kind),
            work: phase.kind.work().to_owned(),
            postgres: (&phase.sides.postgres).into(),
            dynamodb_writes: (&phase.sides.writes).into(),
            dynamodb_reads: (&phase.sides.reads).into(),
            dynamodb_storage: (&phase.sides.storage).into(),
            elsewhere: (&phase.sides.elsewhere).into(),
            paid_once: (&phase.work).into(),
            total: (&phase.total()).into(),
            postgres_alone: (&phase.without).into(),
        }
    }
}
