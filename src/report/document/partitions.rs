//! How tables and indexes are spread over partitions.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compare::{self, ArmPartitions, Collection};
use crate::design;
use crate::simulate::keys::SkewSource;

use super::bill::names;

/// The partitions of a table with its local indexes, or of a global index.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Partitions {
    /// The table.
    pub table: String,
    /// The global index.
    pub index: Option<String>,
    /// All items, or entries, of one partition key.
    pub largest_collection: LargestCollection,
    /// At each load that was asked about.
    pub at: Vec<PartitionsAt>,
}

/// The largest item collection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LargestCollection {
    /// Bytes at the horizon at today's load, by the most common stored value of the
    /// key; null where statistics do not tell, and where a key has one item.
    pub bytes_horizon: Option<f64>,
    /// What 10 GB mean to it: with a local index writes beyond are refused; with a
    /// sort key it may be split by it, unless that only rises or falls.
    pub held_by: Collection,
}

/// Partitions at one load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PartitionsAt {
    /// Multiple of today's load.
    pub load: f64,
    /// Partitions needed by size or by throughput, whichever are more; the least
    /// there may be where `by_size` is null.
    pub needed: u64,
    /// Which of the two it is; null where the size is not known and one partition
    /// serves the throughput.
    pub bound_by: Option<BoundBy>,
    /// Bytes stored with the rows of the horizon; null if rows were never counted.
    pub stored_bytes: Option<f64>,
    /// Partitions that these need at 10 GB each.
    pub by_size: Option<u64>,
    /// Partitions that the busiest minute needs at 3,000 read or 1,000 write units a
    /// second each, or a linear mix, if keys spread them evenly.
    pub by_throughput: u64,
    /// Reads.
    pub reads: Direction,
    /// Writes.
    pub writes: Direction,
}

/// What decides the number of partitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BoundBy {
    /// One partition does.
    Neither,
    /// Stored bytes.
    Size,
    /// Units a second.
    Throughput,
}

/// One direction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Direction {
    /// Units a second in the busiest minute.
    pub peak_units_per_second: f64,
    /// The busiest partition; null where nothing is known of the keys.
    pub busiest: Option<Busiest>,
}

/// The busiest partition, with the keys laid over the partitions by a fixed hash:
/// AWS does not publish its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Busiest {
    /// Its share of the units.
    pub share: f64,
    /// Units a second in the busiest minute.
    pub units_per_second: f64,
    /// What one partition serves.
    pub units_per_second_max: u32,
    /// Units a second on the hottest single key, which no split helps.
    pub hottest_key_units_per_second: f64,
    /// Where the skew comes from.
    pub skew: SkewSource,
    /// Partitions at which the busiest one is within its limit; more than are needed
    /// means that it is split for heat. Null where one key is above the limit.
    pub splits_for_heat_to: Option<u64>,
    /// Share of the busiest day's units that are refused if none is split for heat,
    /// beyond what even partitions would refuse, with fixed capacity laid out evenly over the partitions, each with a burst of
    /// its own, and lent where others leave it (adaptive capacity). Null where more is
    /// asked for than that capacity and there are too many partitions to run each.
    pub throttled_share_unless_split: Option<f64>,
}

impl Partitions {
    pub(super) fn new(design: &design::Design, one: &ArmPartitions) -> Self {
        let (table, index) = names(design, one.arm);
        Self {
            table,
            index,
            largest_collection: LargestCollection {
                bytes_horizon: one.largest_collection.bytes_horizon,
                held_by: one.largest_collection.held_by,
            },
            at: one.at.iter().map(PartitionsAt::from).collect(),
        }
    }
}

impl From<&compare::PartitionsAt> for PartitionsAt {
    fn from(at: &compare::PartitionsAt) -> Self {
        use crate::simulate::keys::Direction::{Reads, Writes};
        let direction = |one: &compare::DirectionAt, most: u32| Direction {
            peak_units_per_second: one.peak_units,
            busiest: one.busiest.map(|busiest| Busiest {
                share: busiest.share,
                units_per_second: busiest.units,
                units_per_second_max: most,
                hottest_key_units_per_second: busiest.hottest_key_units,
                skew: busiest.source,
                splits_for_heat_to: busiest.splits_to,
                throttled_share_unless_split: busiest.refused_unless_split,
            }),
        };
        let bound_by = match at.by_size {
            None => (at.by_throughput > 1).then_some(BoundBy::Throughput),
            Some(by_size) if by_size.max(at.by_throughput) == 1 => Some(BoundBy::Neither),
            Some(by_size) if by_size >= at.by_throughput => Some(BoundBy::Size),
            Some(_) => Some(BoundBy::Throughput),
        };
        Self {
            load: at.load,
            needed: at.needed(),
            bound_by,
            stored_bytes: at.stored_bytes,
            by_size: at.by_size,
            by_throughput: at.by_throughput,
            reads: direction(&at.reads, Reads.partition_units_per_s()),
            writes: direction(&at.writes, Writes.partition_units_per_s()),
        }
    }
}
