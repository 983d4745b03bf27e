//! The move itself.

pub mod backfill;
pub mod choices;
pub mod payback;
pub mod phase;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::migrate;
use crate::scenario::Mode;

use super::Exact;
use backfill::Backfill;
use choices::{Alternative, Question, Rollback, TableMove};
use payback::{Payback, PaybackRange};
use phase::{Cost, MovePhase};

/// The move itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Migration {
    /// The design moved to.
    pub design: String,
    /// Its capacity mode.
    pub mode: Mode,
    /// Multiple of today's load during the move.
    pub load: Exact,
    /// What it comes to.
    pub verdict: String,
    /// Days from the first to the last.
    pub days: u32,
    /// The least and the most days.
    pub days_range: (u32, u32),
    /// The phases, in order.
    pub phases: Vec<MovePhase>,
    /// Everything paid over the move.
    pub total: Cost,
    /// What is paid beyond Postgres alone.
    pub double_running_premium: Cost,
    /// What each side costs a month once the move is done.
    pub steady_per_month: Steady,
    /// When the move has paid for itself.
    pub payback: PaybackRange,
    /// Copying what is stored already.
    pub backfill: Backfill,
    /// Other ways to move.
    pub alternatives: Vec<Alternative>,
    /// Each table moved by itself.
    pub table_by_table: Vec<TableMove>,
    /// Going back, phase by phase.
    pub rollback: Vec<Rollback>,
    /// What to decide before.
    pub decide_first: Vec<Question>,
    /// What the figures leave out.
    pub not_included: Vec<String>,
    /// What has been paid by the end of a day.
    pub cumulative: Cumulative,
}

/// What each side costs a month.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Steady {
    /// Postgres, a month.
    pub postgres: Cost,
    /// `DynamoDB` and other stores, a month.
    pub dynamodb: Cost,
}

/// What has been paid by the end of a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cumulative {
    /// What the parts of a point are, with their units.
    pub columns: Vec<String>,
    /// Day, US dollars with the move, US dollars without it.
    pub points: Vec<(u32, Exact, Option<Exact>)>,
}

/// Days from one point of the cumulative curve to the next in a report.
const STEP_DAYS: u32 = 7;

impl Migration {
    /// The section of a move, drawn up to a horizon.
    #[must_use]
    pub fn new(migration: &migrate::Migration, horizon_days: u32) -> Self {
        let timeline = &migration.timeline;
        let [at_best, likely, at_worst] =
            migration.payback.map(|one| Payback::new(one, migration.month_hours));
        Self {
            design: migration.design.clone(),
            mode: migration.mode,
            load: Exact::of_days(migration.load),
            verdict: migration.verdict(),
            days: timeline.end_day(),
            days_range: migration.days_range,
            phases: timeline.phases.iter().map(|one| MovePhase::new(one, migration)).collect(),
            total: (&timeline.total()).into(),
            double_running_premium: (&timeline.premium()).into(),
            steady_per_month: Steady {
                postgres: (&migration.monthly(&migration.steady.0)).into(),
                dynamodb: (&migration.monthly(&migration.steady.1.total())).into(),
            },
            payback: PaybackRange { at_best, likely, at_worst },
            backfill: migration.into(),
            alternatives: migration.alternatives.iter().map(Into::into).collect(),
            table_by_table: migration.tables.iter().map(Into::into).collect(),
            rollback: migration.rollbacks.iter().map(Into::into).collect(),
            decide_first: migration.checklist.iter().map(Into::into).collect(),
            not_included: migration.not_included.iter().map(|&one| one.to_owned()).collect(),
            cumulative: Cumulative {
                columns: ["day", "with_usd", "without_usd"].map(str::to_owned).to_vec(),
                points: points(migration, horizon_days),
            },
        }
    }
}

fn points(migration: &migrate::Migration, horizon_days: u32) -> Vec<(u32, Exact, Option<Exact>)> {
    let timeline = &migration.timeline;
    let shown = migration.shown_days(horizon_days);
    let cumulative = timeline.cumulative();
    let postgres_known = timeline.days.iter().all(|day| day.without.is_known());
    (0..shown)
        .filter(|day| {
            (day + 1) % STEP_DAYS == 0
                || day + 1 == shown
                || timeline.phases.iter().any(|phase| phase.end_day() == day + 1)
        })
        .filter_map(|day| {
            let (with, without) = cumulative.get(day as usize)?;
            let without = postgres_known.then(|| Exact::of_days(without.get()));
            Some((day + 1, Exact::of_days(with.get()), without))
        })
        .collect()
}
