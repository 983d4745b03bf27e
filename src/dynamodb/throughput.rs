//! From units an operation to units a second, and back to time and keys.

use crate::units::{Bytes, ReadUnits};

use super::capacity::{Consistency, READ_UNIT_BYTES, read};
use super::limits::PARTITION_READ_UNITS_PER_SECOND;

/// How many seconds reading a whole table takes if its scans are held to a
/// number of read units a second, rounded up.
///
/// Developer Guide, "Performance considerations" for `EMRforDynamoDB`. `None`
/// if there are no units to read with.
#[must_use]
pub fn scan_seconds(
    table: Bytes,
    read_units_per_second: u64,
    consistency: Consistency,
) -> Option<u64> {
    let halves_per_second = ReadUnits::whole(read_units_per_second).halves();
    let halves_per_block = read(Bytes::new(1), consistency).halves();
    let blocks_per_second_times_cost = READ_UNIT_BYTES.checked_mul(halves_per_second)?;
    if blocks_per_second_times_cost == 0 {
        return None;
    }
    Some((table.get().checked_mul(halves_per_block)?).div_ceil(blocks_per_second_times_cost))
}

/// How many partition key values a collection read at `items_per_second` must
/// be spread over, so that none needs more read units than a partition serves.
///
/// Developer Guide, "Example of modeling relational data in DynamoDB"
/// (`bp-modeling-nosql-B`): strongly consistent Queries of small items, whole
/// items to a unit.
#[must_use]
pub fn read_shards(items_per_second: u64, item: Bytes) -> u64 {
    let items_per_unit = (READ_UNIT_BYTES / item.get().max(1)).max(1);
    let units_per_item = item.blocks(READ_UNIT_BYTES).max(1);
    let units = items_per_second.saturating_mul(units_per_item).div_ceil(items_per_unit);
    units.div_ceil(PARTITION_READ_UNITS_PER_SECOND).max(1)
}
