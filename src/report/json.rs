//! `report.json`: everything the report says, for machines.
//!
//! Money and quantities are decimal strings; statistics are numbers. Names are
//! stable; more may be added.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Value, json};

use crate::compare::{BillLine, Comparison, Coverage, DesignResult, Throttling, operation_costs};
use crate::demand::Arm;
use crate::design::Design;
use crate::dynamodb::ITEM_BYTES_MAX;
use crate::finding::Finding;
use crate::scenario::Assumption;
use crate::units::{Bytes, Usd};
use crate::workload::{Service, Workload};

use super::Manifest;
use super::commitment;
use super::design_check::{unserved, unserved_json};
use super::odds;

/// Version of the shape of `report.json`.
pub const SCHEMA_VERSION: u32 = 1;

/// The report as JSON text; `migration` is the section on the move, if the plan
/// has one.
#[must_use]
pub fn report(
    manifest: &Manifest,
    workload: &Workload,
    comparison: &Comparison,
    migration: Option<&Value>,
) -> String {
    let value = json!({
        "schema_version": SCHEMA_VERSION,
        "manifest": manifest.to_json(),
        "verdict": {
            "sentence": comparison.verdict.sentence,
            "basis": comparison.verdict.basis,
            "at": comparison.verdict.at.iter().map(|at| json!({
                "load": at.load,
                "design": named_cost(at.design.as_ref()),
                "design_is_lower_bound": at.design_is_lower_bound,
                "postgres": named_cost(at.postgres.as_ref()),
            })).collect::<Vec<_>>(),
        },
        "assumptions": comparison.assumptions.iter().map(assumption).collect::<Vec<_>>(),
        "workload": workload_json(workload, comparison),
        "designs": comparison
            .designs
            .iter()
            .map(|design| design_json(workload, design))
            .collect::<Vec<_>>(),
        "break_even_utilisation": commitment::break_even_json(&comparison.break_evens),
        "postgres": super::postgres::section(workload, comparison),
        "curves": comparison.curves.iter().map(|curve| json!({
            "kind": curve.kind,
            "name": curve.name,
            "x": "multiple of today's load",
            "y": "USD per month",
            "points": curve.points,
            "ends": curve.ends,
        })).collect::<Vec<_>>(),
        "crossovers": comparison.crossovers.iter().map(|one| json!({
            "cheaper_below": one.cheaper_below,
            "cheaper_above": one.cheaper_above,
            "load": one.load,
            "monthly_usd": one.monthly_usd,
        })).collect::<Vec<_>>(),
        "uncertainty": odds::section(&comparison.odds),
        "over_time": odds::over_time(&comparison.odds.over_time),
        "migration": migration,
        "findings": comparison.findings.iter().map(finding).collect::<Vec<_>>(),
    });
    let mut text = serde_json::to_string_pretty(&value)
        .expect("a value made of strings and numbers can be written");
    text.push('\n');
    text
}

fn named_cost(cost: Option<&(String, f64)>) -> Value {
    cost.map_or(Value::Null, |(name, usd)| json!({ "name": name, "monthly_usd": usd }))
}

fn assumption(one: &Assumption) -> Value {
    json!({
        "id": one.id,
        "what": one.what,
        "value": one.value,
        "origin": one.origin.to_string(),
        "assumed": one.assumed,
    })
}

fn finding(one: &Finding) -> Value {
    json!({
        "id": one.id,
        "severity": one.severity.as_str(),
        "what": one.what,
        "mend": one.mend,
    })
}

/// A decimal as a string without trailing zeros.
pub(super) fn decimal(number: Decimal) -> Value {
    json!(number.round_dp(10).normalize().to_string())
}

pub(super) fn usd(amount: Option<Usd>) -> Value {
    amount.map_or(Value::Null, |amount| json!(amount.to_report_string()))
}

fn workload_json(workload: &Workload, comparison: &Comparison) -> Value {
    json!({
        "calls_per_month": decimal(workload.calls_per_month),
        "span_seconds": workload.span_seconds,
        "peak_to_mean": workload.peak_to_mean.value,
        "patterns": workload.patterns.iter().map(|pattern| json!({
            "pattern": pattern.id,
            "queryid": pattern.query_ids.join(","),
            "sql": pattern.text,
            "nested": pattern.nested,
            "calls": pattern.calls,
            "calls_per_month": decimal(pattern.calls_per_month),
            "rows_per_call": pattern.rows_per_call,
            "exec_ms": pattern.total.exec_ms,
        })).collect::<Vec<_>>(),
        "set_aside": comparison.set_aside.iter().map(|one| json!({
            "why": one.why,
            "sql": crate::sql::one_line(&one.text),
            "nested": one.nested,
            "calls": one.total.calls,
        })).collect::<Vec<_>>(),
        "entities": workload.entities.iter().map(|entity| json!({
            "table": entity.table.to_string(),
            "rows": entity.rows,
            "inserted_per_month": entity.inserted_per_month,
            "deleted_per_month": entity.deleted_per_month,
        })).collect::<Vec<_>>(),
    })
}

fn coverage(coverage: &Coverage) -> (Value, Value) {
    let shares = |by: &std::collections::BTreeMap<Service, f64>| {
        Value::Object(
            by.iter().map(|(class, share)| (class.word().to_owned(), json!(share))).collect(),
        )
    };
    (shares(&coverage.by_calls), coverage.by_time.as_ref().map_or(Value::Null, shares))
}

fn names(design: &Design, arm: Option<Arm>) -> (Value, Value) {
    let Some(arm) = arm else { return (Value::Null, Value::Null) };
    let table = &design.tables[arm.table];
    (json!(table.name), arm.index.map_or(Value::Null, |index| json!(table.indexes[index].name)))
}

fn line(workload: &Workload, design: Option<&Design>, line: &BillLine) -> Value {
    let (table, index) = design.map_or((Value::Null, Value::Null), |d| names(d, line.arm));
    let ids: Vec<&str> =
        line.patterns.iter().map(|&pattern| workload.patterns[pattern].id.as_str()).collect();
    json!({
        "dimension": line.key.to_string(),
        "table": table,
        "index": index,
        "region": line.region.code(),
        "quantity": decimal(line.quantity),
        "unit": line.key.dimension.unit().as_str(),
        "unit_usd": usd(line.unit_usd),
        "usd": usd(line.usd.as_ref().ok().copied()),
        "unpriced": line.usd.as_ref().err().map(ToString::to_string),
        "verified": line.verified,
        "source": line.source,
        "patterns": ids,
    })
}

/// What a mode refuses at one load: the band, and the patterns that it falls on.
fn throttling(workload: &Workload, one: &Throttling) -> Value {
    json!({
        "load": one.load,
        "throttled_share": one.share,
        "throttled_share_without_burst": one.share_without_burst,
        "throttled_share_without_burst_range":
            [one.share_without_burst_range.0, one.share_without_burst_range.1],
        "patterns": one
            .patterns
            .iter()
            .map(|(pattern, share)| json!({
                "pattern": workload.patterns[*pattern].id,
                "throttled_share": share,
            }))
            .collect::<Vec<_>>(),
    })
}

fn design_json(workload: &Workload, result: &DesignResult) -> Value {
    let (by_calls, by_time) = coverage(&result.coverage);
    json!({
        "name": result.design.name,
        "summary": result.design.summary,
        "coverage": by_calls,
        "coverage_by_time": by_time,
        "served_of_data_calls": result.coverage.served_of_data(),
        "served_of_data_time": result.coverage.served_of_data_time(),
        "operations": operations(workload, result),
        "not_served": not_served(workload, result),
        "elsewhere": result.elsewhere.iter().map(|one| json!({
            "store": one.store,
            "monthly_usd": usd(one.monthly),
            "patterns": one
                .patterns
                .iter()
                .map(|&pattern| workload.patterns[pattern].id.as_str())
                .collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "modes": result.modes.iter().map(|mode| json!({
            "mode": mode.mode.word(),
            "monthly_usd": usd(mode.monthly),
            "upfront_usd": usd(mode.upfront),
            "throttled_share": mode.throttling_at(1.0).map(|one| one.share),
            "throttling": mode.throttling.iter().map(|one| throttling(workload, one)).collect::<Vec<_>>(),
            "strong_reads_monthly_usd": usd(mode.strong_monthly),
            "best_commitment": commitment::best_commitment(mode),
            "lines": mode
                .lines
                .iter()
                .map(|one| line(workload, Some(&result.design), one))
                .collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "storage": result.stored.iter().map(|stored| {
            let (table, index) = names(&result.design, Some(stored.arm));
            json!({
                "table": table,
                "index": index,
                "items_today": stored.items_today,
                "bytes_today": stored.bytes_today,
                "bytes_horizon": stored.bytes_horizon,
            })
        }).collect::<Vec<_>>(),
        "item_sizes": item_sizes(result),
        "findings": result.findings.iter().map(finding).collect::<Vec<_>>(),
    })
}

fn item_sizes(result: &DesignResult) -> Vec<Value> {
    let mut sizes = Vec::new();
    for (table, layout) in result.design.tables.iter().zip(&result.layout.tables) {
        for (item, layout) in table.items.iter().zip(&layout.items) {
            sizes.push(json!({
                "table": table.name,
                "item": item.name,
                "mean_bytes": layout.sizes.mean_bytes(),
                "p50_bytes": layout.sizes.quantile(0.5).get(),
                "p99_bytes": layout.sizes.quantile(0.99).get(),
                "mean_write_units": layout.sizes.expected_write_units(),
                "mean_write_units_range": layout.unit_range.map(|(least, most)| [least, most]),
                "share_over_400_kb": layout.sizes.share_above(Bytes::new(ITEM_BYTES_MAX)),
            }));
        }
    }
    sizes
}

fn operations(workload: &Workload, result: &DesignResult) -> Vec<Value> {
    let costs = operation_costs(result);
    let mut rows = Vec::new();
    for (demand, costs) in result.demand.operations.iter().zip(costs) {
        let pattern = &workload.patterns[demand.pattern];
        let operation = &result.plan.patterns[demand.pattern].operations[demand.operation];
        for (arm, cost) in demand.arms.iter().zip(costs) {
            let (table, index) = names(&result.design, Some(arm.arm));
            rows.push(json!({
                "pattern": pattern.id,
                "queryid": pattern.query_ids.join(","),
                "operation": operation.kind.name(),
                "purpose": operation.purpose,
                "table": table,
                "index": index,
                "calls_per_second": pattern.calls_per_second(workload.month_hours),
                "requests_per_call": operation.per_call,
                "transactional": operation.transactional,
                "read_units_per_call": arm.read.to_f64(),
                "write_units_per_call": arm.write.to_f64(),
                "monthly_usd": usd(cost),
            }));
        }
    }
    rows
}

fn not_served(workload: &Workload, result: &DesignResult) -> Vec<Value> {
    unserved(workload, &result.plan).map(|one| unserved_json(&one)).collect()
}
