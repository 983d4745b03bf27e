//! Other ways to make the move, side by side.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::compare::{Billing, DesignResult, lines};
use crate::scenario::Mode;
use crate::units::Usd;
use crate::workload::Workload;

use super::cost::Cost;
use super::payback::Repaid;
use super::rates::Billed;

/// One way to make the move.
#[derive(Clone, Debug, PartialEq)]
pub struct Alternative {
    /// What it is called.
    pub name: String,
    /// Hours in which nothing is served; `None` where nobody knows.
    pub downtime_hours: Option<Decimal>,
    /// Days from its first to its last; `None` where nobody knows.
    pub days: Option<u32>,
    /// What it costs beyond Postgres alone.
    pub premium: Cost,
    /// Months of saving that repay that.
    pub repaid: Repaid,
    /// What else it brings.
    pub note: String,
}

/// One table of a design moved by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct TableMove {
    /// The table.
    pub table: String,
    /// What it costs a month on `DynamoDB`.
    pub dynamodb: Cost,
    /// What Postgres costs less a month without its statements, given the tables
    /// that moved before; storage is given back with the last of them.
    pub freed: Usd,
    /// Its share of backfill and double running.
    pub premium: Cost,
    /// Months of saving that repay that.
    pub repaid: Repaid,
}

/// The tables in the order that pays back soonest; those that save nothing come
/// last, the least loss first. A statement is freed once every table that its
/// operations touch has moved; with the last table Postgres goes, and what no
/// table serves needs its other store. Empty where no fleet carries the load.
#[must_use]
pub fn table_by_table(
    workload: &Workload,
    result: &DesignResult,
    mode: Mode,
    billing: &Billing<'_>,
    rates: &Billed<'_>,
    premium_of: impl Fn(usize, &Cost) -> Cost,
) -> Vec<TableMove> {
    let load = billing.settings.migration.load.value;
    let multiple = load.to_f64().unwrap_or(1.0);
    let monthly = |moved: &BTreeSet<usize>| {
        let freed = freed(result, moved);
        let fleet = rates.fleet_without(workload, &freed, multiple)?;
        let cost = rates.fleet_month(&fleet, Decimal::ONE);
        cost.is_known().then_some(cost.usd)
    };
    let bill = lines(billing, &result.design, &result.uses, mode, load);
    let dynamodb = |table: usize| {
        let of_table: Vec<_> = bill
            .iter()
            .filter(|line| line.arm.is_some_and(|arm| arm.table == table))
            .cloned()
            .collect();
        Cost::of_lines(&of_table)
    };
    let mut left: Vec<usize> = (0..result.design.tables.len()).collect();
    let mut moved = BTreeSet::new();
    let mut order = Vec::new();
    let Some(mut before) = monthly(&moved) else { return order };
    while !left.is_empty() {
        let candidates = left.iter().map(|&table| {
            let with: BTreeSet<usize> = moved.iter().copied().chain([table]).collect();
            let last = left.len() == 1;
            let after = if last { Usd::ZERO } else { monthly(&with).unwrap_or(before) };
            let cost = dynamodb(table)
                + if last { rates.elsewhere_month(rates.load(0)) } else { Cost::default() };
            let freed = before - after;
            let premium = premium_of(table, &cost);
            let saving = freed - cost.usd;
            let one = TableMove {
                table: result.design.tables[table].name.clone(),
                repaid: Repaid::new(&premium, &Cost::known(freed), &cost),
                dynamodb: cost,
                freed,
                premium,
            };
            (table, after, saving, one)
        });
        let best = candidates.min_by(|a, b| {
            let months = |one: &TableMove| (one.repaid.months().is_none(), one.repaid.months());
            months(&a.3).cmp(&months(&b.3)).then_with(|| b.2.cmp(&a.2))
        });
        let Some((table, after, _, one)) = best else { break };
        left.retain(|other| *other != table);
        moved.insert(table);
        before = after;
        order.push(one);
    }
    order
}

/// The patterns whose operations touch moved tables only.
fn freed(result: &DesignResult, moved: &BTreeSet<usize>) -> BTreeSet<usize> {
    result
        .plan
        .patterns
        .iter()
        .enumerate()
        .filter(|(_, planned)| {
            !planned.operations.is_empty()
                && planned.operations.iter().all(|one| moved.contains(&one.table))
        })
        .map(|(p, _)| p)
        .collect()
}
