//! Statement by statement: which operations serve it under each design, what
//! they consume and cost, and what no design serves.

use std::fmt::{self, Write};

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::compare::{DesignResult, operation_costs};
use crate::demand::Arm;
use crate::design::Design;
use crate::plan::PlannedPattern;
use crate::units::Usd;
use crate::workload::{AccessPattern, Service, Workload};

/// The whole explanation as text; with every way that was considered if
/// `alternatives` is set.
#[must_use]
pub fn text(
    workload: &Workload,
    set_aside: &[crate::capture::SetAside],
    designs: &[DesignResult],
    alternatives: bool,
) -> String {
    let mut out = String::new();
    write_text(&mut out, workload, set_aside, designs, alternatives)
        .expect("writing to a string cannot fail");
    out
}

fn write_text(
    out: &mut String,
    workload: &Workload,
    set_aside: &[crate::capture::SetAside],
    designs: &[DesignResult],
    alternatives: bool,
) -> fmt::Result {
    let costs: Vec<_> = designs.iter().map(operation_costs).collect();
    let totals = Totals::of(workload);
    for (p, pattern) in workload.patterns.iter().enumerate() {
        heading(out, workload, pattern, &totals)?;
        for (design, costs) in designs.iter().zip(&costs) {
            under_design(out, p, design, costs)?;
            if alternatives {
                ways(out, &design.plan.patterns[p])?;
            }
        }
        out.push('\n');
    }
    summary(out, workload, set_aside, designs, &costs)
}

struct Totals {
    calls: u64,
    time_ms: f64,
}

impl Totals {
    fn of(workload: &Workload) -> Self {
        Self {
            calls: workload.patterns.iter().map(|pattern| pattern.calls).sum(),
            time_ms: workload
                .patterns
                .iter()
                .filter(|pattern| !pattern.nested)
                .filter_map(|pattern| pattern.total.exec_ms)
                .sum(),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "shares for reading")]
fn heading(
    out: &mut String,
    workload: &Workload,
    pattern: &AccessPattern,
    totals: &Totals,
) -> fmt::Result {
    let per_second = pattern.calls_per_second(workload.month_hours);
    let calls = pattern.calls as f64 / totals.calls.max(1) as f64 * 100.0;
    write!(out, "{}  {} calls captured, {per_second:.2}/s, ", pattern.id, pattern.calls)?;
    match pattern.rows_per_call {
        Some(rows) => write!(out, "{rows:.2} rows a call, ")?,
        None => out.push_str("rows a call unknown, "),
    }
    write!(out, "{calls:.2} % of calls")?;
    match (pattern.nested, pattern.total.exec_ms) {
        (true, _) => out.push_str(", inside another statement"),
        (false, Some(ms)) => {
            write!(out, ", {:.2} % of time", ms / totals.time_ms.max(1e-9) * 100.0)?;
        }
        (false, None) => {}
    }
    writeln!(out, "\n  {}", pattern.text)
}

fn under_design(
    out: &mut String,
    p: usize,
    result: &DesignResult,
    costs: &[Vec<Option<Usd>>],
) -> fmt::Result {
    let planned = &result.plan.patterns[p];
    let mine: Vec<usize> = (0..result.demand.operations.len())
        .filter(|&o| result.demand.operations[o].pattern == p)
        .collect();
    let total: Option<Usd> = mine.iter().flat_map(|&o| costs[o].iter().copied()).sum();
    write!(out, "  {}: {}", result.design.name, planned.service.word())?;
    match (planned.service, total) {
        (Service::Served | Service::Scan, Some(usd)) => {
            write!(out, ", {usd} a month on demand{}", share_of_requests(usd, costs))?;
        }
        (Service::Served | Service::Scan, None) => out.push_str(", price not known"),
        _ => {}
    }
    out.push('\n');
    for o in mine {
        let demand = &result.demand.operations[o];
        let operation = &planned.operations[demand.operation];
        for (a, arm) in demand.arms.iter().enumerate() {
            let units = spoken_units(arm.read, arm.write);
            let where_ = arm_name(&result.design, arm.arm);
            let usd = costs[o][a].map_or("price not known".to_owned(), |usd| usd.to_string());
            let what = if a == 0 {
                format!(
                    "{:.2} {} to {}{}",
                    operation.per_call,
                    operation.kind.name(),
                    operation.purpose,
                    if operation.transactional { ", in a transaction" } else { "" }
                )
            } else {
                "index entry".to_owned()
            };
            writeln!(out, "    {where_}: {units} a call, {usd}; {what}")?;
        }
    }
    if let Some((least, most)) = planned.read_range {
        writeln!(
            out,
            "    reads: {least:.2} to {most:.2} units a call, were all eventually consistent"
        )?;
    }
    for note in &planned.notes {
        writeln!(out, "    note: {note}")?;
    }
    Ok(())
}

/// Every way that was considered to reach the rows, with its price in units.
fn ways(out: &mut String, planned: &PlannedPattern) -> fmt::Result {
    for one in &planned.alternatives {
        write!(out, "    way to {}: {}: ", one.table, one.way)?;
        match &one.read_units {
            Ok(units) => writeln!(
                out,
                "{units:.2} read units a call, eventually consistent{}",
                if one.taken { " (taken)" } else { "" }
            )?,
            Err(why) => writeln!(out, "no: {why}")?,
        }
    }
    Ok(())
}

/// The statement's share of what the design's requests cost.
fn share_of_requests(usd: Usd, costs: &[Vec<Option<Usd>>]) -> String {
    let all: Option<Usd> = costs.iter().flatten().copied().sum();
    match all {
        Some(all) if all > Usd::ZERO => {
            let share = (usd.get() / all.get() * Decimal::ONE_HUNDRED).round_dp(1);
            format!(" ({share} % of its requests)")
        }
        _ => String::new(),
    }
}

/// The name of a table or index, as `table` or `table.index`.
#[must_use]
pub fn arm_name(design: &Design, arm: Arm) -> String {
    let table = &design.tables[arm.table];
    match arm.index {
        None => table.name.clone(),
        Some(index) => format!("{}.{}", table.name, table.indexes[index].name),
    }
}

fn spoken_units(read: Decimal, write: Decimal) -> String {
    let spoken = |units: Decimal, name: &str| {
        (!units.is_zero()).then(|| format!("{} {name}", units.round_dp(3).normalize()))
    };
    let parts: Vec<String> =
        [spoken(read, "RRU"), spoken(write, "WRU")].into_iter().flatten().collect();
    if parts.is_empty() { "0 units".to_owned() } else { parts.join(" and ") }
}

fn summary(
    out: &mut String,
    workload: &Workload,
    set_aside: &[crate::capture::SetAside],
    designs: &[DesignResult],
    costs: &[Vec<Vec<Option<Usd>>>],
) -> fmt::Result {
    let calls = workload.calls_per_month.to_f64().unwrap_or(0.0);
    writeln!(out, "{:.1} M top-level calls a month at today's load", calls / 1e6)?;
    for (result, costs) in designs.iter().zip(costs) {
        let requests: Option<Usd> = costs.iter().flatten().copied().sum();
        let requests = requests.map_or("not known".to_owned(), |usd| usd.to_string());
        let shares: Vec<String> = result
            .coverage
            .by_calls
            .iter()
            .map(|(service, share)| format!("{} {:.2} %", service.word(), share * 100.0))
            .collect();
        writeln!(
            out,
            "{}: requests {requests} a month on demand; by calls: {}",
            result.design.name,
            shares.join(", ")
        )?;
    }
    if !set_aside.is_empty() {
        writeln!(out, "set aside, because no table of the workload is served by them:")?;
        let mut reasons: std::collections::BTreeMap<&str, (usize, u64)> =
            std::collections::BTreeMap::new();
        for one in set_aside {
            let sum = reasons.entry(one.why).or_default();
            sum.0 += 1;
            sum.1 += one.total.calls;
        }
        for (why, (statements, calls)) in reasons {
            writeln!(out, "  {why}: {statements} statements, {calls} calls")?;
        }
    }
    Ok(())
}
