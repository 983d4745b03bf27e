//! The section `postgres` of `report.json`, and its line on the terminal.

use serde_json::{Map, Value, json};

use crate::compare::{Comparison, PostgresAt, PostgresPoint, PostgresResult, SHARDED};
use crate::postgres::{
    COMMIT_CPU_SECONDS, Latency, Need, ResourceUse, SHARES, lock_bound, statement_cpu,
};
use crate::workload::Workload;

use super::json::{decimal, usd};

/// What AWS says of `DynamoDB`'s response times: "single-digit millisecond". It is
/// the same at any load until requests are throttled.
const DYNAMODB_MS: (f64, f64) = (1.0, 10.0);

/// The section.
#[must_use]
pub(super) fn section(workload: &Workload, comparison: &Comparison) -> Value {
    let postgres = &comparison.postgres;
    let mut object = match &postgres.sharded {
        Some(point) => fleet(point),
        None => Map::new(),
    };
    let ceiling = |ceiling: &Option<(String, f64)>| {
        ceiling.as_ref().map_or(Value::Null, |(why, load)| json!({ "why": why, "load": load }))
    };
    let baseline = comparison.baseline.as_ref().map_or(
        Value::Null,
        |baseline| json!({ "what": baseline.what, "monthly_usd": usd(Some(baseline.monthly)) }),
    );
    let without: Value = postgres
        .without_unserved
        .iter()
        .map(|(design, point)| {
            json!({
                "design": design,
                "monthly_usd": usd(point.as_ref().and_then(|point| point.monthly)),
                "shards": point.as_ref().map(|point| point.shards),
            })
        })
        .collect();
    let options: Value = postgres
        .options
        .iter()
        .map(|(name, point)| json!({ "name": name, "fleet": point.as_ref().map(fleet) }))
        .collect();
    let rest = [
        ("single", json!(postgres.single.as_ref().map(fleet))),
        ("single_ceiling", ceiling(&postgres.single_ceiling)),
        ("sharded_ceiling", ceiling(&postgres.sharded_ceiling)),
        ("without_unserved", without),
        ("options", options),
        ("baseline", baseline),
        ("demand", demand(workload, postgres)),
        ("at", postgres.at.iter().map(|at| at_load(comparison, at)).collect()),
        ("latency", latencies(postgres)),
    ];
    object.extend(rest.map(|(key, value)| (key.to_owned(), value)));
    Value::Object(object)
}

fn fleet(point: &PostgresPoint) -> Map<String, Value> {
    let utilization: Map<String, Value> = point
        .uses
        .iter()
        .map(|one| (one.resource.word().to_owned(), json!(one.utilization())))
        .collect();
    let lines: Value = point
        .lines
        .iter()
        .map(|one| {
            json!({
                "dimension": one.key.to_string(),
                "quantity": decimal(one.quantity),
                "unit": one.key.dimension.unit().as_str(),
                "unit_usd": usd(one.unit_usd),
                "usd": usd(one.usd.as_ref().ok().copied()),
                "unpriced": one.usd.as_ref().err().map(ToString::to_string),
                "verified": one.verified,
                "source": one.source,
            })
        })
        .collect();
    [
        ("monthly_usd", usd(point.monthly)),
        ("shards", json!(point.shards)),
        ("instance", json!(point.class)),
        ("binding", json!(point.binding)),
        ("utilization", Value::Object(utilization)),
        ("need", need(&point.need)),
        ("resources", point.uses.iter().map(resource).collect()),
        ("lines", lines),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .into_iter()
    .collect()
}

/// What the load needs at the peak, all shards together: the sums that the
/// demands of the resources are made of.
fn need(need: &Need) -> Value {
    json!({
        "hottest_shard_over_mean": need.hottest,
        "busy_vcpus": need.cpus,
        "busy_vcpus_range": [need.cpu_range.0, need.cpu_range.1],
        "calls_per_second": need.client_calls,
        "executions_per_second": need.calls,
        "blocks_accessed_per_second": need.accessed_blocks,
        "miss_share": need.miss_share,
        "blocks_read_per_second": need.read_blocks,
        "blocks_written_per_second": need.written_blocks,
        "wal_flushes_per_second": need.flushes,
        "wal_bytes_per_second": need.wal_bytes_per_second,
        "wal_page_image_bytes_per_second": need.wal_image_bytes_per_second,
        "stored_bytes": need.stored_bytes,
        "statements_executing": need.active,
    })
}

/// `shards_needed` is the demand times the hottest shard over the mean, divided by
/// the usable share of what a shard has; no capacity is no limit.
fn resource(one: &ResourceUse) -> Value {
    let known = |value: f64| value.is_finite().then_some(value);
    json!({
        "resource": one.resource.word(),
        "unit": one.resource.unit(),
        "demand": one.demand,
        "hottest_shard_demand": one.hottest_shard,
        "capacity_of_a_shard": known(one.full),
        "usable_share": one.target,
        "shards_needed": one.shards_needed,
    })
}

/// What the statements ask for at today's load, per second of the month's mean.
fn demand(workload: &Workload, postgres: &PostgresResult) -> Value {
    let load = &postgres.load;
    let statements: Vec<Value> = load
        .statements
        .iter()
        .zip(&postgres.patterns)
        .map(|(one, pattern)| {
            let (executing, calling) = statement_cpu(one);
            json!({
                "pattern": workload.patterns[*pattern].id,
                "calls_per_second": one.calls_per_second,
                "goes_to_every_shard": one.scattered,
                "lock_bound": lock_bound(one),
                "executing_cpu_seconds": executing,
                "calling_cpu_seconds": calling,
                "blocks_accessed": one.blocks_accessed,
                "blocks_read": one.blocks_read,
                "blocks_dirtied": one.blocks_dirtied,
                "wal_bytes": one.wal_bytes,
                "wal_page_images": one.wal_images,
            })
        })
        .collect();
    json!({
        "peak_to_mean": load.peak_to_mean,
        "commits_per_second": load.commits_per_second,
        "commit_cpu_seconds": COMMIT_CPU_SECONDS,
        "background_cpu_share": postgres.settings.background_cpu,
        "checkpoint_seconds": postgres.settings.checkpoint_seconds,
        "cpu_factors": load.cpu.map(|cpu| {
            let [executing, calling, committing] = cpu.factors();
            json!({ "executing": executing, "calling": calling, "committing": committing })
        }),
        "page_popularity_exponent": load.pages.as_ref().map(|law| law.exponent()),
        "shard_key_values": load.spread.keys,
        "shard_key_largest_share": load.spread.largest(),
        "stored_bytes_at_horizon": load.stored_bytes,
        "statements": statements,
    })
}

fn at_load(comparison: &Comparison, at: &PostgresAt) -> Value {
    let mut object = at.fleet.as_ref().map(fleet).unwrap_or_default();
    object.insert("load".to_owned(), json!(at.load));
    let band = comparison.odds.curves.iter().find(|curve| curve.name == SHARDED);
    let range = band
        .and_then(|curve| curve.band.iter().find(|point| (point.load / at.load - 1.0).abs() < 1e-9))
        .map(|point| json!({ "p10": point.p10, "p50": point.p50, "p90": point.p90 }));
    object.insert("monthly_usd_range".to_owned(), json!(range));
    Value::Object(object)
}

fn latencies(postgres: &PostgresResult) -> Value {
    let at: Vec<Value> = postgres
        .at
        .iter()
        .map(|at| {
            json!({
                "load": at.load,
                "shards": at.fleet.as_ref().map(|fleet| fleet.shards),
                "instance": at.fleet.as_ref().map(|fleet| &fleet.class),
                "postgres": at.latency.as_ref().map(latency),
            })
        })
        .collect();
    json!({
        "what": "response times at the peak on the hottest shard, from the pool to the end, \
                 without network and client",
        "model": "Erlang C with Allen and Cunneen's correction; held against measured waits for a \
                  pool of connections, not against CPUs that slow one another down",
        "at": at,
        "dynamodb": {
            "low_ms": DYNAMODB_MS.0,
            "high_ms": DYNAMODB_MS.1,
            "what": "single-digit milliseconds at any load that is not throttled, as AWS states \
                     (Amazon DynamoDB Developer Guide, \"What is Amazon DynamoDB?\"); not measured",
        },
    })
}

fn latency(one: &Latency) -> Value {
    let quantiles = |seconds: [f64; 3]| -> Value {
        let named = SHARES.into_iter().zip(seconds);
        let named =
            named.map(|(share, time)| (format!("p{:.0}_ms", share * 100.0), json!(time * 1000.0)));
        Value::Object(named.collect())
    };
    json!({
        "servers": one.servers,
        "utilization": one.utilization,
        "cpu_ms": one.cpu_seconds * 1000.0,
        "storage_ms": one.storage_seconds * 1000.0,
        "service_cv2": one.cv2,
        "one_shard": quantiles(one.one_shard),
        "every_shard": quantiles(one.every_shard),
    })
}

/// One line: response times at each load that was asked about.
#[must_use]
pub(super) fn line(comparison: &Comparison) -> String {
    let times: Vec<String> = comparison
        .postgres
        .at
        .iter()
        .map(|at| match &at.latency {
            Some(one) => {
                let [half, p95, p99] = one.one_shard.map(|seconds| milliseconds(seconds * 1000.0));
                format!("{half}/{p95}/{p99} ms at {}x", at.load)
            }
            None => format!("unknown at {}x", at.load),
        })
        .collect();
    format!(
        "Sharded Postgres at the peak, p50/p95/p99 without network: {}; DynamoDB: single-digit ms as \
         AWS states, not measured.\n",
        times.join(", ")
    )
}

fn milliseconds(ms: f64) -> String {
    if ms < 10.0 { format!("{ms:.2}") } else { format!("{ms:.0}") }
}
