//! Sizes of items and entries: from measured rows where there are any, else from
//! the columns one by one.

use crate::design::ItemType;
use crate::dynamodb::{SizeDistribution, WRITE_UNIT_BYTES};
use crate::units::Bytes;
use crate::workload::{Entity, item_sizes, name_bytes};

use super::attributes::ItemAttribute;

/// Postgres's own compression makes text at most about this many times shorter;
/// more is rare.
const COMPRESSION_MAX: f64 = 4.0;

/// The size of an item or an index entry with these attributes.
pub(super) fn sizes(entity: &Entity, attributes: &[ItemAttribute]) -> SizeDistribution {
    of_rows(entity, attributes).unwrap_or_else(|| {
        let parts: Vec<_> = attributes.iter().map(ItemAttribute::size_part).collect();
        item_sizes(&parts)
    })
}

/// From the sizes of whole rows. What differs from row to row is what columns of
/// variable length hold; the item keeps as much of it as it keeps of them.
fn of_rows(entity: &Entity, attributes: &[ItemAttribute]) -> Option<SizeDistribution> {
    let rows = entity.row_sizes.as_ref()?;
    let (mut fixed, mut variable) = (0.0, 0.0);
    for column in &entity.attributes {
        let bytes = column.present * column.text_bytes;
        if column.variable { variable += bytes } else { fixed += bytes }
    }
    // The measured rows know the sum better than the columns do.
    let measured = rows.sizes.mean_bytes();
    let held = (measured - fixed).max(0.0);
    if variable <= 0.0 || held <= 0.0 {
        return None;
    }
    let scale = held / variable;
    let (mut item_fixed, mut item_variable) = (0.0, 0.0);
    for attribute in attributes {
        item_fixed += attribute.present * name_bytes(&attribute.name);
        let bytes = attribute.present * attribute.bytes.mean();
        let varies = attribute.columns.len() == 1
            && attribute
                .columns
                .iter()
                .all(|column| entity.attribute(column).is_some_and(|column| column.variable));
        if varies { item_variable += bytes * scale } else { item_fixed += bytes }
    }
    let kept = item_variable / held;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "sizes are positive and far below 2^53"
    )]
    let of_row = |row: Bytes| {
        let varying = (row.get() as f64 - fixed).max(0.0);
        Bytes::new((item_fixed + varying * kept).round() as u64)
    };
    Some(rows.sizes.map(of_row))
}

/// Where values are out of line, only the mean of what is stored is known. The
/// mean of sizes rounded up to units lies between the mean size and one unit
/// more; what is stored may be compressed.
#[expect(clippy::cast_precision_loss, reason = "1 KB")]
pub(super) fn write_unit_range(
    item: &ItemType,
    entity: &Entity,
    sizes: &SizeDistribution,
) -> Option<(f64, f64)> {
    let outside = entity.out_of_line.as_ref().filter(|_| entity.row_sizes.is_none())?;
    if item.omit.contains(&outside.column) {
        return None;
    }
    let ratio = item.compress.get(&outside.column).copied().unwrap_or(1.0);
    let unit = WRITE_UNIT_BYTES as f64;
    let mean = sizes.mean_bytes();
    let longest = mean + outside.bytes_per_row * ratio * (COMPRESSION_MAX - 1.0);
    Some(((mean / unit).max(1.0), longest / unit + 1.0))
}
