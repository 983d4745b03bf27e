//! What bringing existing rows over takes: write units by the API, bytes of an
//! import, read units of a scan that compares.

use rust_decimal::Decimal;

use crate::dynamodb::{STORAGE_OVERHEAD_BYTES, SizeDistribution};
use crate::layout::Layout;
use crate::units::decimal_from_f64;

/// What one table's existing items come to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Volume {
    /// Items.
    pub items: Decimal,
    /// Bytes of items, without the overhead of storage or indexes.
    pub item_bytes: Decimal,
    /// Write units of the items: each rounded up by itself, in whatever batch it
    /// is sent (API reference, `BatchWriteItem`).
    pub table_write_units: Decimal,
    /// Write units of the index entries.
    pub index_write_units: Decimal,
    /// Bytes billed as storage, entries of indexes included.
    pub stored_bytes: Decimal,
}

impl Volume {
    /// `items` items of these sizes in a table without indexes; `None` if there
    /// are more than a decimal holds.
    #[must_use]
    pub fn of_items(items: f64, sizes: &SizeDistribution) -> Option<Self> {
        let exact = |number: f64| decimal_from_f64(number).ok();
        let bytes = items * sizes.mean_bytes();
        #[expect(clippy::cast_precision_loss, reason = "100 bytes")]
        let overhead = items * STORAGE_OVERHEAD_BYTES as f64;
        Some(Self {
            items: exact(items)?,
            item_bytes: exact(bytes)?.ceil(),
            table_write_units: exact(items * sizes.expected_write_units())?.ceil(),
            index_write_units: Decimal::ZERO,
            stored_bytes: exact(bytes + overhead)?.ceil(),
        })
    }

    /// All write units.
    #[must_use]
    pub fn write_units(&self) -> Decimal {
        self.table_write_units + self.index_write_units
    }

    /// Read units of one eventually consistent Scan: half a unit for each 4 KB,
    /// summed over pages that are full.
    #[must_use]
    pub fn scan_read_units(&self) -> Decimal {
        (self.item_bytes / Decimal::from(4096)).ceil() / Decimal::TWO
    }

    /// This and another table.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            items: self.items + other.items,
            item_bytes: self.item_bytes + other.item_bytes,
            table_write_units: self.table_write_units + other.table_write_units,
            index_write_units: self.index_write_units + other.index_write_units,
            stored_bytes: self.stored_bytes + other.stored_bytes,
        }
    }
}

/// The existing items of each table of a design at `load` times today's, as
/// counted or as at the horizon; `None` for a table whose rows nobody counted.
#[must_use]
pub fn volumes(layout: &Layout, load: f64, horizon: bool) -> Vec<Option<Volume>> {
    layout
        .tables
        .iter()
        .map(|table| {
            table
                .items
                .iter()
                .map(|item| {
                    let count = if horizon { item.count_horizon } else { item.count };
                    let items = count? * load;
                    let mut volume = Volume::of_items(items, &item.sizes)?;
                    for entry in item.entries.iter().flatten() {
                        let entries = Volume::of_items(items * entry.share, &entry.sizes)?;
                        volume.index_write_units += entries.table_write_units;
                        volume.stored_bytes += entries.stored_bytes;
                    }
                    Some(volume)
                })
                .try_fold(Volume::default(), |sum, one| Some(sum.plus(one?)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::layout::{ItemLayout, TableLayout};
    use crate::units::Bytes;

    fn terabyte(bytes: u64) -> Volume {
        #[expect(clippy::cast_precision_loss, reason = "a count in a test")]
        let items = 1e12 / bytes as f64;
        Volume::of_items(items, &SizeDistribution::constant(Bytes::new(bytes))).unwrap()
    }

    /// A BatchWriteItem of 25 items of 34 bytes takes 25 units, not the 1 that
    /// its 850 bytes would (<https://kichik.com/2022/08/31/lessons-learned-from-1tb-dynamodb-import>).
    #[test]
    fn each_item_of_a_batch_is_rounded_by_itself() {
        let sizes = SizeDistribution::constant(Bytes::new(34));
        let batch = Volume::of_items(25.0, &sizes).unwrap();
        assert_eq!(batch.write_units(), Decimal::from(25));
        assert_eq!(batch.item_bytes, Decimal::from(850));
    }

    /// 10^12 B of 34-byte items: 10^12 / 34 = 29,411,764,706 items of one unit
    /// each; with 100 bytes each, 134 B, they store 3.94 x 10^12 B.
    #[test]
    fn a_terabyte_of_tiny_items() {
        let volume = terabyte(34);
        assert_eq!(volume.write_units(), Decimal::from(29_411_764_706_u64));
        let terabytes = volume.stored_bytes / Decimal::from(1_000_000_000_000_u64);
        assert_eq!(terabytes.round_dp(2), Decimal::new(394, 2));
    }

    /// A Scan of 10^12 B reads 244,140,625 blocks of 4 KB at half a unit.
    #[test]
    fn a_scan_of_a_terabyte() {
        let units = terabyte(1000).scan_read_units();
        assert_eq!(units, Decimal::new(1_220_703_125, 1));
        let usd = units * "0.000000125".parse::<Decimal>().unwrap();
        assert_eq!(usd.round_dp(2), Decimal::new(1526, 2));
    }

    /// One table holds 100 users, who stay, and 200 orders, of which there are
    /// 5,000 at the horizon; each kind of item grows by itself.
    #[test]
    fn each_kind_of_item_has_a_horizon_of_its_own() {
        let kind = |today, horizon| ItemLayout {
            attributes: Vec::new(),
            sizes: SizeDistribution::constant(Bytes::new(1000)),
            unit_range: None,
            guard_bytes: 0.0,
            count: Some(today),
            count_horizon: Some(horizon),
            lists: Vec::new(),
            entries: Vec::new(),
        };
        let items = vec![kind(100.0, 100.0), kind(200.0, 5000.0)];
        let layout = Layout { tables: vec![TableLayout { items }] };
        let items = |horizon| volumes(&layout, 2.0, horizon)[0].unwrap().items;
        assert_eq!(items(false), Decimal::from(600));
        assert_eq!(items(true), Decimal::from(10_200));
    }

    proptest! {
        #[test]
        fn an_item_takes_a_unit_a_started_kilobyte(items in 1_u32..10_000, bytes in 1_u64..400_000) {
            let sizes = SizeDistribution::constant(Bytes::new(bytes));
            let volume = Volume::of_items(f64::from(items), &sizes).unwrap();
            prop_assert_eq!(
                volume.write_units(),
                Decimal::from(u64::from(items) * bytes.div_ceil(1024))
            );
        }
    }
}
