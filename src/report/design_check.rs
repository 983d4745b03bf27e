//! What a design serves, what it cannot and why, which writes arrive without the
//! key they need, and which limits of DynamoDB it meets at any load.

use std::fmt::{self, Write};

use serde_json::{Value, json};

use crate::compare::Coverage;
use crate::finding::Finding;
use crate::plan::{Plan, PlannedPattern};
use crate::workload::{AccessPattern, Service, Workload};

use super::document;

/// A design and how it was planned.
pub struct Checked<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its plan.
    pub plan: &'a Plan,
    /// What it serves.
    pub coverage: &'a Coverage,
    /// Limits that it meets.
    pub limits: &'a [Finding],
}

/// A statement that a design does not serve, or serves by a Scan only.
pub struct Unserved<'a> {
    /// The statement.
    pub pattern: &'a AccessPattern,
    /// How it was planned.
    pub planned: &'a PlannedPattern,
    /// Share of all calls, nested statements included.
    pub calls_share: f64,
    /// Share of the execution time on Postgres; `None` where the export has no
    /// times, or where it runs inside another statement, whose time holds its.
    pub time_share: Option<f64>,
    /// Execution time of one call on Postgres, milliseconds.
    pub exec_ms_per_call: Option<f64>,
}

/// The statements that a plan does not serve without a Scan, in order.
#[expect(clippy::cast_precision_loss, reason = "shares")]
pub fn unserved<'a>(workload: &'a Workload, plan: &'a Plan) -> impl Iterator<Item = Unserved<'a>> {
    let calls = workload.patterns.iter().map(|pattern| pattern.calls);
    let calls = calls.fold(0, u64::saturating_add);
    let time: f64 = workload
        .patterns
        .iter()
        .filter(|pattern| !pattern.nested)
        .filter_map(|pattern| pattern.total.exec_ms)
        .sum();
    let open = |service| matches!(service, Service::NotServed | Service::Unparsed | Service::Scan);
    workload
        .patterns
        .iter()
        .zip(&plan.patterns)
        .filter(move |(_, planned)| open(planned.service))
        .map(move |(pattern, planned)| {
            let exec_ms = pattern.total.exec_ms;
            Unserved {
                pattern,
                planned,
                calls_share: pattern.calls as f64 / calls.max(1) as f64,
                time_share: exec_ms.filter(|_| !pattern.nested && time > 0.0).map(|ms| ms / time),
                exec_ms_per_call: exec_ms.map(|ms| ms / pattern.calls.max(1) as f64),
            }
        })
}

/// The check of one design as text.
#[must_use]
pub fn text(workload: &Workload, checked: &Checked<'_>) -> String {
    let mut out = String::new();
    write_text(&mut out, workload, checked).expect("writing to a string cannot fail");
    out
}

fn write_text(out: &mut String, workload: &Workload, checked: &Checked<'_>) -> fmt::Result {
    let percent = |share: Option<f64>| match share {
        Some(share) => format!("{:.2} %", share * 100.0),
        None => "unknown".to_owned(),
    };
    let coverage = checked.coverage;
    writeln!(
        out,
        "{}: {} of the calls of data statements are served without a Scan",
        checked.name,
        percent(coverage.served_of_data())
    )?;
    for (service, share) in &coverage.by_calls {
        let time = coverage.by_time.as_ref().and_then(|by_time| by_time.get(service)).copied();
        writeln!(
            out,
            "  {}: {} of all calls, {} of execution time",
            service.word(),
            percent(Some(*share)),
            percent(time)
        )?;
    }
    let mut first = true;
    for one in unserved(workload, checked.plan) {
        if std::mem::take(&mut first) {
            writeln!(out, "cannot be served without a Scan:")?;
        }
        let ms = one.exec_ms_per_call.map_or("unknown".to_owned(), |ms| format!("{ms:.3} ms"));
        writeln!(
            out,
            "  {}: {}; {} of calls, {} of execution time, {ms} a call on Postgres",
            one.pattern.id,
            one.planned.service.word(),
            percent(Some(one.calls_share)),
            percent(one.time_share)
        )?;
        writeln!(out, "    {}", one.pattern.text)?;
        for why in &one.planned.notes {
            writeln!(out, "    because: {why}")?;
        }
    }
    let mut first = true;
    for (pattern, planned) in without_key(workload, checked.plan) {
        if std::mem::take(&mut first) {
            writeln!(out, "writes that arrive without the key they need, and look it up first:")?;
        }
        writeln!(out, "  {}: {}", pattern.id, pattern.text)?;
        for operation in &planned.operations {
            writeln!(
                out,
                "    {:.2} {} to {}",
                operation.per_call,
                operation.kind.name(),
                operation.purpose
            )?;
        }
    }
    if !checked.limits.is_empty() {
        writeln!(out, "limits of DynamoDB:")?;
    }
    for limit in checked.limits {
        writeln!(out, "  {}: {}", limit.severity.as_str(), limit.what)?;
        if let Some(fix) = &limit.mend {
            writeln!(out, "    fix: {fix}")?;
        }
    }
    Ok(())
}

/// Writes whose items must be found before they can be written.
fn without_key<'a>(
    workload: &'a Workload,
    plan: &'a Plan,
) -> impl Iterator<Item = (&'a AccessPattern, &'a PlannedPattern)> {
    workload.patterns.iter().zip(&plan.patterns).filter(|(_, planned)| planned.finds_first)
}

/// The check of one design as JSON.
#[must_use]
pub fn json(workload: &Workload, checked: &Checked<'_>) -> Value {
    let by_time = checked.coverage.by_time.as_ref();
    json!({
        "name": checked.name,
        "served_of_data_calls": checked.coverage.served_of_data(),
        "coverage": document::design::Coverage::from(&checked.coverage.by_calls),
        "coverage_by_time": by_time.map(document::design::Coverage::from),
        "unserved": unserved(workload, checked.plan).map(|one| document::design::NotServed::from(&one)).collect::<Vec<_>>(),
        "writes_without_key": without_key(workload, checked.plan)
            .map(|(pattern, _)| json!({ "pattern": pattern.id, "sql": pattern.text }))
            .collect::<Vec<_>>(),
        "limits": checked.limits.iter().map(document::remarks::Finding::from).collect::<Vec<_>>(),
    })
}
