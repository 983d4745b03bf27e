//! Other ways to move, going back, and what to decide.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::migrate;
use crate::report::document::Exact;

use super::payback::Repaid;
use super::phase::Cost;

/// Another way to move.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Alternative {
    /// What it is called.
    pub name: String,
    /// Hours in which nothing is served; null where nobody knows.
    pub downtime_hours: Option<Exact>,
    /// Days from its first to its last; null where nobody knows.
    pub days: Option<u32>,
    /// What it costs beyond Postgres alone.
    pub premium: Cost,
    /// Months of saving that repay that.
    pub repaid: Repaid,
    /// What else it brings.
    pub note: String,
}

/// One table moved by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TableMove {
    /// The table.
    pub table: String,
    /// What it costs a month on `DynamoDB`.
    pub dynamodb_per_month: Cost,
    /// What Postgres costs less, US dollars a month.
    pub postgres_freed_per_month_usd: Exact,
    /// Its share of backfill and double running.
    pub premium: Cost,
    /// Months of saving that repay that.
    pub repaid: Repaid,
}

/// Going back in a phase.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rollback {
    /// The phase.
    pub phase: String,
    /// What is done.
    pub how: String,
    /// The last day, from 1, on which Postgres still has every write.
    pub last_safe_day: Option<u32>,
    /// What has been paid beyond Postgres alone.
    pub spent: Cost,
    /// What undoing costs besides.
    pub undo: Cost,
}

/// Something to decide before the move.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Question {
    /// A stable name.
    pub id: String,
    /// What is to be decided.
    pub what: String,
    /// The statements or tables that raise it.
    pub raised_by: Vec<String>,
}

impl From<&migrate::Alternative> for Alternative {
    fn from(one: &migrate::Alternative) -> Self {
        Self {
            name: one.name.clone(),
            downtime_hours: one.downtime_hours.map(Exact::of_days),
            days: one.days,
            premium: (&one.premium).into(),
            repaid: one.repaid.into(),
            note: one.note.clone(),
        }
    }
}

impl From<&migrate::TableMove> for TableMove {
    fn from(one: &migrate::TableMove) -> Self {
        Self {
            table: one.table.clone(),
            dynamodb_per_month: (&one.dynamodb).into(),
            postgres_freed_per_month_usd: Exact::of_days(one.freed.get()),
            premium: (&one.premium).into(),
            repaid: one.repaid.into(),
        }
    }
}

impl From<&migrate::Rollback> for Rollback {
    fn from(one: &migrate::Rollback) -> Self {
        Self {
            phase: one.kind.name().to_owned(),
            how: one.how.to_owned(),
            last_safe_day: one.last_safe_day,
            spent: (&one.spent).into(),
            undo: (&one.undo).into(),
        }
    }
}

impl From<&migrate::Question> for Question {
    fn from(one: &migrate::Question) -> Self {
        Self { id: one.id.to_owned(), what: one.what.clone(), raised_by: one.raised_by.clone() }
    }
}
