use std::collections::BTreeMap;

use crate::dynamodb::STORAGE_OVERHEAD_BYTES;
use crate::layout::{ItemAttribute, ItemLayout, Layout, ListLayout};

use super::units::Arm;

/// What one table or index stores at today's load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StoredArm {
    /// Where.
    pub arm: Arm,
    /// Items or entries today; `None` where rows were never counted.
    pub items_today: Option<f64>,
    /// The same at the horizon.
    pub items_horizon: Option<f64>,
    /// Bytes today, with 100 bytes an item.
    pub bytes_today: Option<f64>,
    /// Bytes at the horizon.
    pub bytes_horizon: Option<f64>,
}

/// What every table and index stores.
#[must_use]
pub fn stored(layout: &Layout) -> Vec<StoredArm> {
    let mut arms: BTreeMap<Arm, [Option<f64>; 4]> = BTreeMap::new();
    let mut add = |arm: Arm, kept: [Option<f64>; 4]| {
        let sum = arms.entry(arm).or_insert([Some(0.0); 4]);
        for (sum, more) in sum.iter_mut().zip(kept) {
            *sum = sum.zip(more).map(|(sum, more)| sum + more);
        }
    };
    for (t, table) in layout.tables.iter().enumerate() {
        for item in &table.items {
            let bytes = item.sizes.mean_bytes() + item.guard_bytes;
            add(Arm { table: t, index: None }, kept(item, &item.attributes, bytes, 1.0));
            for (x, entry) in item.entries.iter().enumerate() {
                if let Some(entry) = entry {
                    let arm = Arm { table: t, index: Some(x) };
                    let bytes = entry.sizes.mean_bytes();
                    add(arm, kept(item, &entry.attributes, bytes, entry.share));
                }
            }
        }
    }
    arms.into_iter()
        .map(|(arm, [items_today, items_horizon, bytes_today, bytes_horizon])| StoredArm {
            arm,
            items_today,
            items_horizon,
            bytes_today,
            bytes_horizon,
        })
        .collect()
}

/// Items and bytes of one kind of item, or of its entries in an index that a
/// share of the items have: items today and at the horizon, bytes today and at
/// the horizon. Rows in lists are counted as they are in Postgres, for they come
/// and go by themselves.
#[expect(clippy::cast_precision_loss, reason = "100 bytes")]
fn kept(
    item: &ItemLayout,
    attributes: &[ItemAttribute],
    mean_bytes: f64,
    share: f64,
) -> [Option<f64>; 4] {
    let held = |list: &&ListLayout| attributes.iter().any(|one| one.name == list.attribute);
    let lists: Vec<&ListLayout> = item.lists.iter().filter(held).collect();
    let in_lists: f64 = lists.iter().map(|list| list.rows_per_item * list.row_bytes).sum();
    let alone = mean_bytes - in_lists + STORAGE_OVERHEAD_BYTES as f64;
    let bytes = |items: Option<f64>, rows: fn(&ListLayout) -> Option<f64>| {
        lists.iter().try_fold(items? * share * alone, |bytes, list| {
            Some(bytes + rows(list)? * share * list.row_bytes)
        })
    };
    [
        item.count.map(|count| count * share),
        item.count_horizon.map(|count| count * share),
        bytes(item.count, |list| list.rows),
        bytes(item.count_horizon, |list| list.rows_horizon),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamodb::SizeDistribution;
    use crate::layout::TableLayout;
    use crate::units::Bytes;

    /// 1,000 users of 300 bytes, of which the item's size counts 100 as a list of
    /// 2 rows of 50. Users stay; their rows go from 2,000 to 60,000:
    /// today 1,000 x (200 + 100) + 2,000 x 50 = 400,000 bytes;
    /// at the horizon 300,000 + 60,000 x 50 = 3,300,000.
    #[test]
    fn rows_in_lists_are_stored_as_they_come() {
        let list = ListLayout {
            attribute: "events".to_owned(),
            rows_per_item: 2.0,
            row_bytes: 50.0,
            rows: Some(2_000.0),
            rows_horizon: Some(60_000.0),
            longest_share: None,
        };
        let held = ItemAttribute {
            name: "events".to_owned(),
            columns: std::collections::BTreeSet::new(),
            present: 1.0,
            bytes: crate::workload::ValueBytes::About(100.0),
        };
        let item = ItemLayout {
            attributes: vec![held],
            sizes: SizeDistribution::constant(Bytes::new(300)),
            unit_range: None,
            guard_bytes: 0.0,
            count: Some(1_000.0),
            count_horizon: Some(1_000.0),
            lists: vec![list],
            entries: Vec::new(),
        };
        let stored = stored(&Layout { tables: vec![TableLayout { items: vec![item] }] });
        assert_eq!(stored[0].bytes_today, Some(400_000.0));
        assert_eq!(stored[0].bytes_horizon, Some(3_300_000.0));
    }
}
