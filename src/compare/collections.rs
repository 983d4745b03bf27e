//! The largest item collections: all items, or index entries, of one partition
//! key.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::demand::Arm;
use crate::design::{Design, IndexKind, Part, Template};
use crate::dynamodb::limits::ITEM_COLLECTION_BYTES_MAX;
use crate::finding::{Finding, Severity};
use crate::layout::Layout;
use crate::simulate::keys::partitions_for_bytes;
use crate::workload::{Entity, Workload};

/// A collection above this share of the limit is near it.
const NEAR: f64 = 0.8;

/// What holds an item collection together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Collection {
    /// The table has a local index: at most 10 GB, entries included; writes beyond
    /// are refused (Developer Guide, "Local secondary indexes", "Item collection
    /// size limit").
    LocalIndex,
    /// It may be split by its sort key over several partitions, unless that only
    /// rises or falls (Developer Guide, "Designing partition keys to distribute
    /// your workload").
    SortKey,
    /// Index entries without a sort key; no published text says whether they can
    /// be split.
    NoSortKey,
    /// A table without a sort key: one item.
    OneItem,
}

/// The largest item collection of a table or index.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LargestCollection {
    /// What holds it together.
    pub held_by: Collection,
    /// Bytes at the horizon at today's load: rows as stored statistics spread them
    /// over the key, those of several kinds of item added up as if they shared
    /// their busiest value. `None` where that is not known, and of single items.
    pub bytes_horizon: Option<f64>,
}

/// The largest collection of a table, local indexes included, or global index.
pub fn largest_collection(
    workload: &Workload,
    design: &Design,
    layout: &Layout,
    arm: Arm,
    month_seconds: f64,
) -> LargestCollection {
    let table = &design.tables[arm.table];
    let local = |index: usize| table.indexes[index].kind == IndexKind::Local;
    let has_local = (0..table.indexes.len()).any(local);
    let held_by = match arm.index {
        Some(index) if table.indexes[index].sort_key.is_some() => Collection::SortKey,
        Some(_) => Collection::NoSortKey,
        None if has_local => Collection::LocalIndex,
        None if table.sort_attribute.is_some() => Collection::SortKey,
        None => Collection::OneItem,
    };
    if held_by == Collection::OneItem {
        return LargestCollection { held_by, bytes_horizon: None };
    }
    let of_kind = |i: usize| -> Option<f64> {
        let (item, sizes) = (&table.items[i], &layout.tables[arm.table].items[i]);
        let entry_bytes = |index: usize| {
            sizes.entries[index].as_ref().map_or(0.0, |one| one.share * one.sizes.mean_bytes())
        };
        let (key, bytes) = match arm.index {
            Some(index) => (&table.indexes[index].partition_key, entry_bytes(index)),
            None => {
                let entries: f64 =
                    (0..table.indexes.len()).filter(|index| local(*index)).map(entry_bytes).sum();
                (&item.partition_key, sizes.sizes.mean_bytes() + entries)
            }
        };
        if bytes <= 0.0 {
            return Some(0.0);
        }
        let entity = workload.entity(Some(&item.from.schema), &item.from.name)?;
        Some(sizes.count_horizon? * stored_share(key, entity, month_seconds)? * bytes)
    };
    let bytes = (0..table.items.len()).map(of_kind).sum::<Option<f64>>();
    LargestCollection { held_by, bytes_horizon: bytes }
}

/// What is said of a collection that is over 10 GB, or, where that is a limit, near it
/// or of a size that nobody knows.
pub fn collection_finding(name: &str, largest: LargestCollection) -> Option<Finding> {
    #[expect(clippy::cast_precision_loss, reason = "10 GB")]
    let most = ITEM_COLLECTION_BYTES_MAX as f64;
    if largest.held_by == Collection::LocalIndex && largest.bytes_horizon.is_none() {
        return Some(
            Finding::new(
                "collection-size-unknown",
                Severity::Medium,
                format!(
                    "{name} has a local index, with which DynamoDB refuses writes to an item \
                     collection above 10 GB, and nothing tells how large the largest becomes"
                ),
            )
            .mend("run ANALYZE and capture pg_stats, or use a global index instead"),
        );
    }
    let bytes = largest.bytes_horizon.filter(|bytes| *bytes > NEAR * most)?;
    let over = bytes > most;
    let size = format!(
        "the largest item collection of {name} comes to {:.1} GB at the horizon, at today's load",
        bytes / (most / 10.0)
    );
    Some(match largest.held_by {
        Collection::LocalIndex => Finding::new(
            if over { "collection-over-10-gb" } else { "collection-near-10-gb" },
            if over { Severity::High } else { Severity::Medium },
            format!("{size}; with a local index DynamoDB refuses writes above 10 GB"),
        )
        .mend("use a global index instead, or a finer partition key"),
        Collection::SortKey if over => Finding::new(
            "collection-spans-partitions",
            Severity::Low,
            format!(
                "{size}: it spans {} partitions or more, split by sort key; where the sort key only \
                 rises or falls, as a time does, one of them takes all of its writes",
                partitions_for_bytes(whole(bytes))
            ),
        )
        .mend("add a time bucket or a suffix to the partition key if its writes near 1,000 units"),
        Collection::NoSortKey if over => Finding::new(
            "collection-over-a-partition",
            Severity::Medium,
            format!(
                "{size}, more than a partition holds; the index has no sort key, and no published \
                 text says that its entries of one key can be split"
            ),
        )
        .mend("give the index a sort key, or a finer partition key"),
        _ => return None,
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bytes, positive and below 2^63"
)]
pub(super) fn whole(bytes: f64) -> u64 {
    bytes.ceil() as u64
}

/// Share of the stored rows that the most common value of a key has: the most
/// common value of each column, or an even share of the distinct ones, as if they
/// did not depend on one another; of a time bucket the rows that are inserted
/// within it on average. `None` where statistics do not tell.
fn stored_share(key: &Template, entity: &Entity, month_seconds: f64) -> Option<f64> {
    let of_column = |column: &str| {
        let attribute = entity.attribute(column)?;
        let even = attribute.distinct.map(|distinct| 1.0 / distinct.max(1.0));
        attribute.top_frequencies.first().copied().into_iter().chain(even).reduce(f64::max)
    };
    key.parts
        .iter()
        .map(|part| match part {
            Part::Literal(_) => Some(1.0),
            Part::Column(column) => of_column(column),
            // The spread of a parent's column over its children is that of the
            // reference to it.
            Part::Parent { table, .. } => {
                let parent = entity.parents.iter().find(|parent| parent.table.name == *table)?;
                of_column(parent.columns.first()?)
            }
            Part::Bucket { bucket, .. } => {
                let inserted = entity.inserted_per_month? * bucket.seconds() / month_seconds;
                Some((inserted / entity.rows_horizon?.max(1.0)).min(1.0))
            }
            Part::Hash { count, .. } => Some(1.0 / f64::from(*count)),
            Part::Generated => Some(0.0),
        })
        .product()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::TableName;
    use crate::workload::{Attribute, ValueBytes};

    fn entity() -> Entity {
        let attribute = |name: &str, distinct: Option<f64>, top: &[f64]| Attribute {
            name: name.to_owned(),
            type_name: "bigint".to_owned(),
            present: 1.0,
            bytes: ValueBytes::About(8.0),
            distinct,
            used_shares: Vec::new(),
            top_frequencies: top.to_vec(),
            has_default: false,
            default_literal: None,
            nullable: false,
            text_bytes: 8.0,
            variable: false,
            guessed: false,
        };
        Entity {
            table: TableName::new("public", "t"),
            rows: Some(1e6),
            attributes: vec![
                attribute("id", Some(1e6), &[]),
                attribute("user_id", Some(1e5), &[0.042, 0.01]),
                attribute("state", Some(4.0), &[0.6]),
                attribute("at", Some(1e6), &[]),
                attribute("unknown", None, &[]),
            ],
            primary_key: vec!["id".to_owned()],
            unique_keys: Vec::new(),
            parents: Vec::new(),
            partial_indexes: Vec::new(),
            inserted_per_month: Some(730_000.0),
            deleted_per_month: None,
            rows_horizon: Some(1e7),
            inserted_horizon: None,
            triggers: Vec::new(),
            row_sizes: None,
            out_of_line: None,
            heap_bytes: None,
            toast_bytes: None,
            index_bytes: None,
        }
    }

    /// 730,000 rows a month are 1,000 an hour, one in ten thousand of ten million.
    #[test]
    fn the_most_common_value_sets_the_share() {
        let share =
            |key: &str| stored_share(&Template::parse(key).unwrap(), &entity(), 2_628_000.0);
        let near = |key: &str, expected: f64| {
            let share = share(key).unwrap();
            assert!((share / expected - 1.0).abs() < 1e-9, "{key}: {share}");
        };
        near("user_id", 0.042);
        near("id", 1e-6);
        near("{state}#{hash(id,10)}", 0.06);
        near("{at:hour}", 1e-4);
        near("{at:hour}#{hash(id,4)}", 2.5e-5);
        assert_eq!(share("unknown"), None);
    }

    #[test]
    fn what_is_over_and_near_is_told_by_what_holds_it_together() {
        const GB: f64 = 1_073_741_824.0;
        let told = |held_by, gigabytes: f64| {
            let bytes_horizon = Some(gigabytes * GB);
            let found = collection_finding("t", LargestCollection { held_by, bytes_horizon });
            found.map(|finding| (finding.id, finding.severity, finding.what))
        };
        let (id, severity, what) = told(Collection::LocalIndex, 12.0).unwrap();
        assert_eq!((id, severity), ("collection-over-10-gb", Severity::High));
        assert!(what.contains("12.0 GB"), "{what}");
        assert_eq!(told(Collection::LocalIndex, 9.0).unwrap().1, Severity::Medium);
        assert_eq!(told(Collection::LocalIndex, 7.9), None);
        let (id, _, what) = told(Collection::SortKey, 25.0).unwrap();
        assert_eq!(id, "collection-spans-partitions");
        assert!(what.contains("spans 3 partitions"), "{what}");
        assert_eq!(told(Collection::SortKey, 9.0), None);
        assert_eq!(told(Collection::NoSortKey, 11.0).unwrap().1, Severity::Medium);
        let unknown = LargestCollection { held_by: Collection::LocalIndex, bytes_horizon: None };
        let (id, what) = collection_finding("t", unknown).map(|one| (one.id, one.what)).unwrap();
        assert_eq!(id, "collection-size-unknown");
        assert!(what.starts_with("t has a local index"), "{what}");
        let free = LargestCollection { held_by: Collection::SortKey, ..unknown };
        assert_eq!(collection_finding("t", free), None);
    }
}
