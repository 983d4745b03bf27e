//! One design: coverage, operations, sizes, bills.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compare::{Comparison, DesignResult, decimal_to_f64, operation_costs};
use crate::dynamodb::ITEM_BYTES_MAX;
use crate::report::design_check::{Unserved, unserved};
use crate::units::Bytes;
use crate::workload::{self, Service};

use super::Exact;
use super::bill::names;
use super::mode::Mode;
use super::partitions::Partitions;
use super::remarks::Finding;

/// One design.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Design {
    /// Its name.
    pub name: String,
    /// What it is, in a sentence.
    pub summary: String,
    /// Shares of all calls.
    pub coverage: Coverage,
    /// Shares of the execution time on Postgres; null where the export has no
    /// times.
    pub coverage_by_time: Option<Coverage>,
    /// Share of the calls of data statements that is served without a Scan.
    pub served_of_data_calls: Option<f64>,
    /// The same of their execution time.
    pub served_of_data_time: Option<f64>,
    /// What serves each statement.
    pub operations: Vec<Operation>,
    /// Statements that are not served without a Scan.
    pub not_served: Vec<NotServed>,
    /// Other stores that the design needs.
    pub elsewhere: Vec<Elsewhere>,
    /// Its bill under each capacity mode.
    pub modes: Vec<Mode>,
    /// What is stored.
    pub storage: Vec<Stored>,
    /// How its tables and indexes are spread over partitions.
    pub partitions: Vec<Partitions>,
    /// Sizes of its items.
    pub item_sizes: Vec<ItemSize>,
    /// What a reader must know about it.
    pub findings: Vec<Finding>,
}

/// How much a design serves: shares that add up to 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    /// Served without a Scan.
    pub served: f64,
    /// Served by a Scan that the design accepts.
    pub scan: f64,
    /// Not served.
    pub not_served: f64,
    /// Not understood.
    pub unparsed: f64,
    /// Nothing to serve.
    pub ignorable: f64,
}

/// An operation on a table or index that serves a statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Operation {
    /// The statement.
    pub pattern: String,
    /// Its `queryid`s, with commas between.
    pub queryid: String,
    /// The operation's name.
    pub operation: String,
    /// What it is for.
    pub purpose: String,
    /// The table.
    pub table: String,
    /// The index that is read or kept up by it.
    pub index: Option<String>,
    /// Calls of the statement a second, the mean of the month at today's load.
    pub calls_per_second: f64,
    /// Operations a call.
    pub requests_per_call: f64,
    /// It is part of a transaction.
    pub transactional: bool,
    /// Read units a call.
    pub read_units_per_call: f64,
    /// Write units a call.
    pub write_units_per_call: f64,
    /// At on-demand prices, US dollars a month; null if it has no price.
    pub monthly_usd: Option<Exact>,
}

/// A statement that a design does not serve, or serves by a Scan only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NotServed {
    /// The statement.
    pub pattern: String,
    /// How it counts.
    pub service: Service,
    /// Why.
    pub why: Vec<String>,
    /// The other store that the design sends it to.
    pub elsewhere: Option<String>,
    /// Share of all calls.
    pub calls_share: f64,
    /// Share of the execution time on Postgres.
    pub time_share: Option<f64>,
    /// Milliseconds of execution a call on Postgres.
    pub postgres_exec_ms_per_call: Option<f64>,
}

/// Another store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Elsewhere {
    /// Its name.
    pub store: String,
    /// US dollars a month; null unless somebody stated it.
    pub monthly_usd: Option<Exact>,
    /// The statements that it serves.
    pub patterns: Vec<String>,
}

/// What a table or index stores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Stored {
    /// The table.
    pub table: String,
    /// The index.
    pub index: Option<String>,
    /// Items or entries today; null if the rows were never counted.
    pub items_today: Option<f64>,
    /// Bytes billed today.
    pub bytes_today: Option<f64>,
    /// Bytes billed at the horizon.
    pub bytes_horizon: Option<f64>,
}

/// Sizes of a kind of item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ItemSize {
    /// The table.
    pub table: String,
    /// The kind of item.
    pub item: String,
    /// Mean, bytes.
    pub mean_bytes: f64,
    /// Median, bytes.
    pub p50_bytes: u64,
    /// One in a hundred is larger, bytes.
    pub p99_bytes: u64,
    /// Write units of an item, on average.
    pub mean_write_units: f64,
    /// The least and the most that may be, where the spread of sizes is not
    /// known for sure.
    pub mean_write_units_range: Option<(f64, f64)>,
    /// Share of the items over the limit of 400 KB.
    pub share_over_400_kb: f64,
}

impl Design {
    pub(super) fn new(
        workload: &workload::Workload,
        comparison: &Comparison,
        result: &DesignResult,
    ) -> Self {
        let elsewhere = result.elsewhere.iter().map(|one| Elsewhere {
            store: one.store.clone(),
            monthly_usd: one.monthly.map(Exact::usd),
            patterns: one.patterns.iter().map(|&at| workload.patterns[at].id.clone()).collect(),
        });
        let stored = result.stored.iter().map(|stored| {
            let (table, index) = names(&result.design, stored.arm);
            Stored {
                table,
                index,
                items_today: stored.items_today,
                bytes_today: stored.bytes_today,
                bytes_horizon: stored.bytes_horizon,
            }
        });
        Self {
            name: result.design.name.clone(),
            summary: result.design.summary.clone(),
            coverage: Coverage::from(&result.coverage.by_calls),
            coverage_by_time: result.coverage.by_time.as_ref().map(Coverage::from),
            served_of_data_calls: result.coverage.served_of_data(),
            served_of_data_time: result.coverage.served_of_data_time(),
            operations: operations(workload, result),
            not_served: unserved(workload, &result.plan).map(|one| NotServed::from(&one)).collect(),
            elsewhere: elsewhere.collect(),
            modes: result
                .modes
                .iter()
                .map(|mode| Mode::new(workload, comparison, &result.design, mode))
                .collect(),
            storage: stored.collect(),
            partitions: result
                .partitions
                .iter()
                .map(|one| Partitions::new(&result.design, one))
                .collect(),
            item_sizes: item_sizes(result),
            findings: result.findings.iter().map(Finding::from).collect(),
        }
    }
}

impl From<&BTreeMap<Service, f64>> for Coverage {
    fn from(shares: &BTreeMap<Service, f64>) -> Self {
        let of = |service| shares.get(&service).copied().unwrap_or(0.0);
        Self {
            served: of(Service::Served),
            scan: of(Service::Scan),
            not_served: of(Service::NotServed),
            unparsed: of(Service::Unparsed),
            ignorable: of(Service::Ignorable),
        }
    }
}

impl From<&Unserved<'_>> for NotServed {
    fn from(one: &Unserved<'_>) -> Self {
        Self {
            pattern: one.pattern.id.clone(),
            service: one.planned.service,
            why: one.planned.notes.clone(),
            elsewhere: one.planned.elsewhere.clone(),
            calls_share: one.calls_share,
            time_share: one.time_share,
            postgres_exec_ms_per_call: one.exec_ms_per_call,
        }
    }
}

fn operations(workload: &workload::Workload, result: &DesignResult) -> Vec<Operation> {
    let costs = operation_costs(result);
    let mut rows = Vec::new();
    for (demand, costs) in result.demand.operations.iter().zip(costs) {
        let pattern = &workload.patterns[demand.pattern];
        let operation = &result.plan.patterns[demand.pattern].operations[demand.operation];
        for (arm, cost) in demand.arms.iter().zip(costs) {
            let (table, index) = names(&result.design, arm.arm);
            rows.push(Operation {
                pattern: pattern.id.clone(),
                queryid: pattern.query_ids.join(","),
                operation: operation.kind.name().to_owned(),
                purpose: operation.purpose.clone(),
                table,
                index,
                calls_per_second: pattern.calls_per_second(workload.month_hours),
                requests_per_call: operation.per_call,
                transactional: operation.transactional,
                read_units_per_call: decimal_to_f64(arm.read),
                write_units_per_call: decimal_to_f64(arm.write),
                monthly_usd: cost.map(Exact::usd),
            });
        }
    }
    rows
}

fn item_sizes(result: &DesignResult) -> Vec<ItemSize> {
    let mut sizes = Vec::new();
    for (table, layout) in result.design.tables.iter().zip(&result.layout.tables) {
        for (item, layout) in table.items.iter().zip(&layout.items) {
            sizes.push(ItemSize {
                table: table.name.clone(),
                item: item.name.clone(),
                mean_bytes: layout.sizes.mean_bytes(),
                p50_bytes: layout.sizes.quantile(0.5).get(),
                p99_bytes: layout.sizes.quantile(0.99).get(),
                mean_write_units: layout.sizes.expected_write_units(),
                mean_write_units_range: layout.unit_range,
                share_over_400_kb: layout.sizes.share_above(Bytes::new(ITEM_BYTES_MAX)),
            });
        }
    }
    sizes
}
