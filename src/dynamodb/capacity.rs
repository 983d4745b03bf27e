//! Rounding a size to capacity units.
//!
//! Rules: Amazon DynamoDB Developer Guide, "DynamoDB read and write
//! operations" and "Global secondary indexes: provisioned throughput
//! considerations". Every operation is rounded by itself; only then summed.

use crate::units::{Bytes, ReadUnits, WriteUnits};

/// One read unit covers this much (4 KB).
pub const READ_UNIT_BYTES: u64 = 4096;
/// One write unit covers this much (1 KB).
pub const WRITE_UNIT_BYTES: u64 = 1024;
/// What storage adds to every item and to every index entry; request units do
/// not know it.
pub const STORAGE_OVERHEAD_BYTES: u64 = 100;

/// How a read is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Consistency {
    /// Half price; may miss the latest write. The only one a GSI offers.
    Eventual,
    /// Full price.
    Strong,
    /// Inside `TransactGetItems`: twice the price.
    Transactional,
}

/// Units of one read request that looked at `evaluated` bytes: rounded up to
/// 4 KB once, and at least one unit even if nothing was found.
#[must_use]
pub fn read(evaluated: Bytes, consistency: Consistency) -> ReadUnits {
    let blocks = evaluated.blocks(READ_UNIT_BYTES).max(1);
    match consistency {
        Consistency::Eventual => ReadUnits::from_halves(blocks),
        Consistency::Strong => ReadUnits::whole(blocks),
        Consistency::Transactional => ReadUnits::whole(blocks * 2),
    }
}

/// Units of one write to a table, from the item before and after it: the larger
/// image, rounded up to 1 KB, and at least one unit (so deleting a missing item
/// costs one).
#[must_use]
pub fn write(before: Option<Bytes>, after: Option<Bytes>) -> WriteUnits {
    let blocks =
        |size: Option<Bytes>| size.map_or(1, |bytes| bytes.blocks(WRITE_UNIT_BYTES).max(1));
    WriteUnits::new(blocks(before).max(blocks(after)))
}

/// What one write does to an entry of a secondary index.
///
/// `before` and `after` are the projected sizes of the entry, `None` where the
/// item is not in the index; `key_changed` says that an index key attribute got
/// another value, `content_changed` that any projected attribute did.
#[must_use]
pub fn index_write(
    before: Option<Bytes>,
    after: Option<Bytes>,
    key_changed: bool,
    content_changed: bool,
) -> WriteUnits {
    match (before, after) {
        (None, None) => WriteUnits::ZERO,
        // The old entry is deleted and a new one put: two writes, rounded apart.
        (Some(old), Some(new)) if key_changed => write(Some(old), None) + write(None, Some(new)),
        (Some(_), Some(_)) if !content_changed => WriteUnits::ZERO,
        (old, new) => write(old, new),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Developer guide, ProvisionedThroughput: 3.5 KB is billed as 4 KB, 10 KB
    /// as 12 KB; a missing item costs the minimum.
    #[test]
    fn reads_round_up_to_four_kilobytes() {
        assert_eq!(read(Bytes::new(3584), Consistency::Strong), ReadUnits::whole(1));
        assert_eq!(read(Bytes::new(10_240), Consistency::Strong), ReadUnits::whole(3));
        assert_eq!(read(Bytes::new(10_240), Consistency::Eventual), ReadUnits::from_halves(3));
        assert_eq!(read(Bytes::ZERO, Consistency::Eventual), ReadUnits::from_halves(1));
        assert_eq!(read(Bytes::new(8192), Consistency::Transactional), ReadUnits::whole(4));
    }

    #[test]
    fn writes_bill_the_larger_image() {
        let bytes = |n| Some(Bytes::new(n));
        assert_eq!(write(None, bytes(1024)), WriteUnits::new(1));
        assert_eq!(write(None, bytes(1025)), WriteUnits::new(2));
        assert_eq!(write(bytes(3277), bytes(410)), WriteUnits::new(4));
        assert_eq!(write(None, None), WriteUnits::new(1));
    }

    #[test]
    fn an_index_entry_costs_two_writes_when_its_key_moves() {
        let entry = Some(Bytes::new(100));
        assert_eq!(index_write(entry, entry, true, true), WriteUnits::new(2));
        assert_eq!(index_write(entry, entry, false, true), WriteUnits::new(1));
        assert_eq!(index_write(entry, entry, false, false), WriteUnits::ZERO);
        assert_eq!(index_write(None, entry, false, true), WriteUnits::new(1));
        assert_eq!(index_write(None, None, false, false), WriteUnits::ZERO);
    }
}
