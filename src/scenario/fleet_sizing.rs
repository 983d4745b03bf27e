//! What a shard of Postgres may be asked for, and how work is spread over
//! shards.

use crate::finding::{Diagnostic, Sourced};
use crate::written::{Section, Written};

use super::assumption::Taker;

/// A number with many divisors, so that a fleet grows in small steps.
const LOGICAL_SHARDS: u32 = 480;
/// Read replicas that RDS makes of an instance at most (Amazon RDS User Guide,
/// "Working with read replicas for Amazon RDS for PostgreSQL").
const REPLICAS_MAX: u32 = 15;

/// How the keys of the shard key are brought to shards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// By a hash: two large ones may meet on a shard.
    Hashed,
    /// By a directory that keeps shards even.
    Directory,
}

impl Placement {
    const WORDS: [&'static str; 2] = ["hashed", "directory"];

    const fn word(self) -> &'static str {
        match self {
            Self::Hashed => "hashed",
            Self::Directory => "directory",
        }
    }
}

/// The part of `[postgres]` that a fleet is sized by.
#[derive(Clone, Debug)]
pub struct FleetSizing {
    /// Share of a shard's CPU that may be busy at the peak, percent.
    pub cpu_target_percent: Sourced<f64>,
    /// Share of a shard's I/O that may be busy at the peak, percent.
    pub io_target_percent: Sourced<f64>,
    /// Share of a shard's CPU and I/O kept free for a failover, percent.
    pub failover_headroom_percent: Sourced<f64>,
    /// Share of a volume that may be full, percent.
    pub storage_target_percent: Sourced<f64>,
    /// The largest volume of a shard, TB (10^12 bytes), of which
    /// `storage_target_percent` may be full.
    pub shard_storage_tb: Sourced<f64>,
    /// WAL one shard may write, MB/s.
    pub shard_wal_mb_per_second: Sourced<f64>,
    /// Connections a shard's pool opens.
    pub shard_connections: Sourced<f64>,
    /// Logical shards, which the number of physical ones divides.
    pub logical_shards: Sourced<u32>,
    /// The least number of physical shards.
    pub shards_min: Sourced<u32>,
    /// The most read replicas of a shard.
    pub read_replicas_max: Sourced<u32>,
    /// Instance classes that may be taken; empty for all that have a price.
    pub classes: Vec<Written<String>>,
    /// The column to shard by; `None` for the one that most calls name.
    pub shard_key: Sourced<Option<String>>,
    /// How its values are brought to shards.
    pub placement: Sourced<Placement>,
    /// CPU of background processes over that of statements, percent.
    pub background_cpu_percent: Sourced<f64>,
    /// Work that a vCPU of the fleet does over that of a captured one.
    pub vcpu_speed: Sourced<f64>,
    /// Commits that share one WAL flush.
    pub commits_per_flush: Sourced<f64>,
    /// Seconds from one checkpoint to the next; `None` for those of the captured
    /// server.
    pub checkpoint_seconds: Sourced<Option<f64>>,
    /// Share of an instance's memory that holds pages, percent.
    pub cache_memory_percent: Sourced<f64>,
    /// Exponent of the popularity of pages; `None` for that of the capture.
    pub page_popularity_zipf: Sourced<Option<f64>>,
    /// Time of one read from, and of one flush to, storage, ms.
    pub storage_ms: Sourced<f64>,
}

impl FleetSizing {
    /// Takes the keys out of `[postgres]`.
    pub(super) fn take(taker: &mut Taker, section: &Section<'_, '_>) -> Self {
        let logical = logical_shards(section);
        let mut number = |key: &str, what: &str, range, default, unit: &str| {
            taker.number(section, key, what, range, default, unit)
        };
        Self {
            cpu_target_percent: number(
                "cpu_target_percent",
                "CPU of a shard that may be busy at the peak",
                5.0..=95.0,
                60.0,
                " %",
            ),
            io_target_percent: number(
                "io_target_percent",
                "I/O of a shard that may be busy at the peak",
                5.0..=100.0,
                70.0,
                " %",
            ),
            failover_headroom_percent: number(
                "failover_headroom_percent",
                "CPU and I/O of a shard kept free for a failover, on top of what the targets keep \
                 free",
                0.0..=90.0,
                0.0,
                " %",
            ),
            storage_target_percent: number(
                "storage_target_percent",
                "share of a volume that may be full",
                5.0..=100.0,
                75.0,
                " %",
            ),
            shard_storage_tb: number(
                "shard_storage_tb",
                "volume of a shard at most, in TB, of which storage_target_percent may be full",
                0.1..=64.0,
                4.0,
                " TB",
            ),
            shard_wal_mb_per_second: number(
                "shard_wal_mb_per_second",
                "WAL one shard may write in MB/s, so that a standby keeps up",
                1.0..=1000.0,
                75.0,
                " MB/s",
            ),
            shard_connections: number(
                "shard_connections",
                "connections that a shard's pool opens",
                1.0..=10_000.0,
                100.0,
                "",
            ),
            background_cpu_percent: number(
                "background_cpu_percent",
                "CPU of background processes over that of statements",
                0.0..=100.0,
                15.0,
                " %",
            ),
            vcpu_speed: number(
                "vcpu_speed",
                "work that a vCPU of the fleet does over that of one of the captured machine",
                0.1..=10.0,
                1.0,
                "",
            ),
            commits_per_flush: number(
                "commits_per_flush",
                "commits that share one WAL flush",
                1.0..=1000.0,
                2.0,
                "",
            ),
            cache_memory_percent: number(
                "cache_memory_percent",
                "share of an instance's memory that holds pages, in Postgres or the kernel",
                5.0..=100.0,
                75.0,
                " %",
            ),
            storage_ms: number(
                "storage_ms",
                "time of one read from storage, and of one flush to it, in ms",
                0.01..=100.0,
                1.0,
                " ms",
            ),
            shards_min: taker.note(
                "postgres.shards_min",
                "the least number of physical shards",
                shards_min(section, logical.as_ref().map_or(LOGICAL_SHARDS, |one| one.value)),
                1,
                ToString::to_string,
            ),
            read_replicas_max: taker.note(
                "postgres.read_replicas_max",
                "the most read replicas of a shard; they answer reads that only read and that \
                 DynamoDB may answer eventually consistent",
                whole_in(section, "read_replicas_max", 0..=REPLICAS_MAX),
                REPLICAS_MAX,
                ToString::to_string,
            ),
            classes: classes(taker, section),
            logical_shards: taker.note(
                "postgres.logical_shards",
                "logical shards, which the number of physical ones divides",
                logical,
                LOGICAL_SHARDS,
                ToString::to_string,
            ),
            shard_key: taker.note(
                "postgres.shard_key",
                "column to shard by",
                section.text("shard_key").map(some),
                None,
                |column| column.clone().unwrap_or("the one that most calls name".to_owned()),
            ),
            placement: taker.note(
                "postgres.placement",
                "how values of the shard key are brought to shards",
                section.word("placement", &Placement::WORDS).map(|word| Written {
                    value: [Placement::Hashed, Placement::Directory][word.value],
                    place: word.place,
                }),
                Placement::Hashed,
                |placement| placement.word().to_owned(),
            ),
            checkpoint_seconds: taker.note(
                "postgres.checkpoint_seconds",
                "time between checkpoints",
                section
                    .number_in("checkpoint_seconds", 30.0..=86_400.0, "seconds of a checkpoint")
                    .map(some),
                None,
                |seconds| {
                    seconds.map_or(
                        "checkpoint_timeout of the captured server, else 300 s".to_owned(),
                        |seconds| format!("{seconds} s"),
                    )
                },
            ),
            page_popularity_zipf: taker.note(
                "postgres.page_popularity_zipf",
                "exponent of how unevenly pages are read (0: all alike)",
                section
                    .number_in("page_popularity_zipf", 0.0..=2.0, "an exponent of Zipf's law")
                    .map(some),
                None,
                |exponent| {
                    exponent.map_or(
                        "the captured server's, where its cache was smaller than its data; else 1"
                            .to_owned(),
                        |exponent| exponent.to_string(),
                    )
                },
            ),
        }
    }
}

fn some<T>(written: Written<T>) -> Written<Option<T>> {
    Written { value: Some(written.value), place: written.place }
}

fn logical_shards(section: &Section<'_, '_>) -> Option<Written<u32>> {
    /// More have no use: each is a schema or a range of hashes of its own.
    const MOST: u32 = 65_536;
    whole_in(section, "logical_shards", 1..=MOST)
}

/// The instance classes that the plan names.
fn classes(taker: &mut Taker, section: &Section<'_, '_>) -> Vec<Written<String>> {
    let classes = section.texts("classes").unwrap_or_default();
    if let Some(first) = classes.first() {
        let names: Vec<&str> = classes.iter().map(|one| one.value.as_str()).collect();
        let all = Written { value: names.join(", "), place: first.place.clone() };
        taker.note_written("postgres.classes", "instance classes that may be taken", &all, |all| {
            all.clone()
        });
    }
    classes
}

fn shards_min(section: &Section<'_, '_>, logical: u32) -> Option<Written<u32>> {
    let least = whole_in(section, "shards_min", 1..=u32::MAX)?;
    if least.value > logical {
        section.fault(
            Diagnostic::new(format!(
                "postgres.shards_min = {} is more than the {logical} logical shards",
                least.value
            ))
            .at(least.place)
            .why("a logical shard lies on one physical shard")
            .mend("lower it, or raise logical_shards"),
        );
        return None;
    }
    Some(least)
}

fn whole_in(
    section: &Section<'_, '_>,
    key: &str,
    range: std::ops::RangeInclusive<u32>,
) -> Option<Written<u32>> {
    let number = section.whole(key)?;
    match u32::try_from(number.value) {
        Ok(value) if range.contains(&value) => Some(Written { value, place: number.place }),
        _ => {
            let message = format!("postgres.{key} = {} is out of range", number.value);
            let why = format!("it lies between {} and {}", range.start(), range.end());
            let mend = "write a whole number in this range, or leave it out for the default";
            section.fault(Diagnostic::new(message).at(number.place).why(why).mend(mend));
            None
        }
    }
}
