//! Response times of Postgres beside what is published of `DynamoDB`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compare::PostgresResult;
use crate::postgres;

/// What AWS says of `DynamoDB`'s response times, in milliseconds.
const DYNAMODB_MS: (f64, f64) = (1.0, 10.0);

/// Response times at the loads that are asked about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Latency {
    /// Which times.
    pub what: String,
    /// How they are worked out, and what that was held against.
    pub model: String,
    /// By ascending load.
    pub at: Vec<LatencyAt>,
    /// `DynamoDB`'s.
    pub dynamodb: PublishedBand,
}

/// The sharded fleet at one load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LatencyAt {
    /// Multiple of today's load.
    pub load: f64,
    /// Number of shards; null where no fleet carries the load.
    pub shards: Option<u64>,
    /// The instance class.
    pub instance: Option<String>,
    /// Its times, of what its primaries answer; null where its pool is too small.
    pub postgres: Option<Times>,
    /// The times of what read replicas answer; null where there are none.
    pub read_replicas: Option<Times>,
}

/// Response times on the hottest shard at the peak.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Times {
    /// Statements that are worked on at once.
    pub servers: u32,
    /// Share of them that is busy.
    pub utilization: f64,
    /// Mean CPU of a statement.
    pub cpu_ms: f64,
    /// Mean time that it waits for storage.
    pub storage_ms: f64,
    /// Squared coefficient of variation of its time.
    pub service_cv2: f64,
    /// Of statements that go to one shard.
    pub one_shard: Quantiles,
    /// Of statements that go to every shard.
    pub every_shard: Quantiles,
}

/// Times within which so many percent end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Quantiles {
    /// Half.
    pub p50_ms: f64,
    /// 95 %.
    pub p95_ms: f64,
    /// 99 %.
    pub p99_ms: f64,
}

/// A band that somebody publishes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PublishedBand {
    /// From.
    pub low_ms: f64,
    /// To.
    pub high_ms: f64,
    /// Who says so of what.
    pub what: String,
}

impl From<[f64; 3]> for Quantiles {
    fn from(seconds: [f64; 3]) -> Self {
        let [p50_ms, p95_ms, p99_ms] = seconds.map(|one| one * 1000.0);
        Self { p50_ms, p95_ms, p99_ms }
    }
}

impl From<&postgres::Latency> for Times {
    fn from(one: &postgres::Latency) -> Self {
        Self {
            servers: one.servers,
            utilization: one.utilization,
            cpu_ms: one.cpu_seconds * 1000.0,
            storage_ms: one.storage_seconds * 1000.0,
            service_cv2: one.cv2,
            one_shard: one.one_shard.into(),
            every_shard: one.every_shard.into(),
        }
    }
}

impl From<&PostgresResult> for Latency {
    fn from(postgres: &PostgresResult) -> Self {
        let at = postgres.at.iter().map(|at| LatencyAt {
            load: at.load,
            shards: at.fleet.as_ref().map(|fleet| fleet.shards),
            instance: at.fleet.as_ref().map(|fleet| fleet.class.clone()),
            postgres: at.latency.as_ref().map(Times::from),
            read_replicas: at.replica_latency.as_ref().map(Times::from),
        });
        Self {
            what: "response times at the peak on the hottest shard, from the pool to the end, \
                   without network and client"
                .to_owned(),
            model: "Erlang C with Allen and Cunneen's correction; held against measured waits for \
                    a pool of connections, not against CPUs that slow one another down"
                .to_owned(),
            at: at.collect(),
            dynamodb: PublishedBand {
                low_ms: DYNAMODB_MS.0,
                high_ms: DYNAMODB_MS.1,
                what: "single-digit milliseconds at any load that is not throttled, as AWS states \
                       (Amazon DynamoDB Developer Guide, \"What is Amazon DynamoDB?\"); not \
                       measured"
                    .to_owned(),
            },
        }
    }
}
