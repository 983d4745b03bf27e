//! WAL bytes of single changes and of page images.
//!
//! A record is a 24-byte header, a reference to each block it changes (20 bytes;
//! 8 where the relation is the one before), 2 bytes that announce the main data,
//! the main data and each block's data; it is padded to 8 bytes. Sizes of the
//! pieces: `access/xlogrecord.h`, `heapam_xlog.h` and `nbtxlog.h` of PostgreSQL
//! 13 to 16.

const HEADER: u64 = 24;
const BLOCK: u64 = 20;
const SAME_RELATION_BLOCK: u64 = 8;
const MAIN_DATA_HEADER: u64 = 2;
/// Of a heap tuple, the log keeps 5 bytes in place of the 23-byte header.
const TUPLE_HEADER: u64 = 23;
const LOGGED_TUPLE_HEADER: u64 = 5;

/// Bytes of a record as it lies in the log.
#[must_use]
pub const fn padded(record_bytes: u64) -> u64 {
    record_bytes.next_multiple_of(8)
}

/// A commit without dropped files or invalidations.
pub const COMMIT_BYTES: u64 = HEADER + MAIN_DATA_HEADER + 8;
/// A row marked as deleted.
pub const DELETE_BYTES: u64 = HEADER + BLOCK + MAIN_DATA_HEADER + 8;
/// The old version's lock before an update moves the row to another page.
pub const LOCK_BYTES: u64 = HEADER + BLOCK + MAIN_DATA_HEADER + 8;

/// A row inserted into a heap, by the bytes of its tuple (header included, not
/// padded).
#[must_use]
pub const fn insert_bytes(tuple_bytes: u64) -> u64 {
    let tuple = LOGGED_TUPLE_HEADER + tuple_bytes.saturating_sub(TUPLE_HEADER);
    HEADER + BLOCK + MAIN_DATA_HEADER + 3 + tuple
}

/// A row whose new version is on another page, without the lock of the old one.
#[must_use]
pub const fn moved_update_bytes(tuple_bytes: u64) -> u64 {
    let tuple = LOGGED_TUPLE_HEADER + tuple_bytes.saturating_sub(TUPLE_HEADER);
    HEADER + BLOCK + SAME_RELATION_BLOCK + MAIN_DATA_HEADER + 14 + tuple
}

/// A row whose new version is on the same page: what lies before and after the
/// changed bytes is named by two lengths. `bitmap_bytes` is `t_hoff - 23`: the
/// null bitmap with its padding.
#[must_use]
pub const fn same_page_update_bytes(bitmap_bytes: u64, changed_bytes: u64) -> u64 {
    HEADER + BLOCK + MAIN_DATA_HEADER + 14 + 4 + LOGGED_TUPLE_HEADER + bitmap_bytes + changed_bytes
}

/// A page pruned of dead versions: 4 bytes for each chain redirected, 2 for each
/// line pointer freed.
#[must_use]
pub const fn prune_bytes(redirected: u64, freed: u64) -> u64 {
    HEADER + BLOCK + MAIN_DATA_HEADER + 8 + 4 * redirected + 2 * freed
}

/// An entry put into a B-tree leaf, by the bytes of the index tuple (padded, as
/// it is stored).
#[must_use]
pub const fn index_insert_bytes(index_tuple_bytes: u64) -> u64 {
    HEADER + BLOCK + MAIN_DATA_HEADER + 2 + index_tuple_bytes
}

/// Share of a heap page that its image holds: what is not the hole between line
/// pointers and tuples.
pub const HEAP_IMAGE_SHARE: f64 = 0.985;
/// The same of an index page, which is about as full as its leaves.
pub const INDEX_IMAGE_SHARE: f64 = 0.82;
/// The same of a page of either kind, where nobody knows how many are of which.
pub const PAGE_IMAGE_SHARE: f64 = f64::midpoint(HEAP_IMAGE_SHARE, INDEX_IMAGE_SHARE);

/// Distinct pages among `touches` of a relation's pages at random: as many as
/// have their image written in one checkpoint interval.
#[must_use]
pub fn distinct_pages(pages: f64, touches: f64) -> f64 {
    if pages <= 0.0 { 0.0 } else { -pages * (-touches / pages).exp_m1() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Averages of `pg_get_wal_records_info` on 15.18. Tuples: 24 of header, then
    /// bigint, int and a text of 100 letters (137), or bigint, bigint, int and
    /// such a text (145); index tuples of a bigint have 16.
    #[test]
    fn records_to_the_byte() {
        assert_eq!(insert_bytes(137), 168);
        assert_eq!(insert_bytes(145), 176);
        assert_eq!(moved_update_bytes(145), 195);
        assert_eq!(same_page_update_bytes(1, 1), 71);
        assert_eq!(prune_bytes(1, 0), 58);
        assert_eq!(index_insert_bytes(16), 64);
        assert_eq!((COMMIT_BYTES, LOCK_BYTES, DELETE_BYTES), (34, 54, 54));
    }

    #[test]
    fn touches_find_distinct_pages() {
        assert!((distinct_pages(1e12, 10.0) - 10.0).abs() < 1e-3);
        assert!((distinct_pages(1.0, 100.0) - 1.0).abs() < 1e-9);
        assert!(distinct_pages(0.0, 5.0).abs() < 1e-12);
    }
}
