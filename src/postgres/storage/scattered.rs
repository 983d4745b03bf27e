//! Leaves of a B-tree whose entries came in one by one and in no order.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::real;

/// Bytes of a leaf for entries and its high key: 8192 less header 24 and special
/// space 16.
const LEAF_BYTES: u32 = 8152;
/// Entries that are put into the tree at most.
const ENTRIES_MAX: u64 = 300_000;
/// Trees whose leaves are averaged: where the first pages split is chance.
const TREES: u64 = 4;

/// Leaves that `entries` of one size take (`slot_bytes` with the line pointer),
/// all different, put one by one into an empty tree.
///
/// Pages split in the middle, but the rightmost one at its fillfactor
/// (`_bt_findsplitloc`). The first page splits so before there is any other, and
/// 90 % of all keys come to descend from one page: pages fill, and split, about
/// at the same time, and their fill swings between 63 and 76 % with each doubling
/// of the entries. More entries than can be put in are therefore halved until
/// they can.
pub fn leaves(entries: u64, slot_bytes: u32, fillfactor: u32) -> f64 {
    let mut scale = 1_u64;
    while entries / scale > ENTRIES_MAX {
        scale *= 2;
    }
    let mut pages = 0;
    for seed in 0..TREES {
        let mut tree = Tree { pages: vec![Vec::new()], bounds: Vec::new() };
        let mut random = StdRng::seed_from_u64(seed);
        for _ in 0..entries / scale {
            tree.insert(random.random(), slot_bytes, fillfactor);
        }
        pages += tree.pages.len() as u64;
    }
    real(pages) / real(TREES) * real(scale)
}

/// Keys of each leaf in order, and the lowest key of each leaf but the first.
struct Tree {
    pages: Vec<Vec<u64>>,
    bounds: Vec<u64>,
}

impl Tree {
    fn insert(&mut self, key: u64, slot_bytes: u32, fillfactor: u32) {
        let at = self.bounds.partition_point(|&bound| bound <= key);
        let rightmost = at + 1 == self.pages.len();
        // The rightmost leaf has no high key.
        let high_key = if rightmost { 0 } else { slot_bytes };
        let most = ((LEAF_BYTES - high_key) / slot_bytes).max(2) as usize;
        let page = &mut self.pages[at];
        let place = page.partition_point(|&other| other <= key);
        page.insert(place, key);
        if page.len() > most {
            let percent = if rightmost { fillfactor as usize } else { 50 };
            let kept = (page.len() * percent / 100).clamp(1, page.len() - 1);
            let moved = page.split_off(kept);
            self.bounds.insert(at, moved[0]);
            self.pages.insert(at + 1, moved);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A uuid takes 8 + 16 bytes and a pointer of 4. Density of leaves as
    /// measured on PostgreSQL 15.18 by number of rows: within 5 % of what swings by
    /// 15 %.
    #[test]
    fn fill_swings_with_the_number_of_rows() {
        for (rows, measured) in [
            (50_000, 64.2),
            (150_000, 74.1),
            (200_000, 66.0),
            (300_000, 73.0),
            (400_000, 66.1),
            (600_000, 72.6),
            (800_000, 66.3),
            (1_000_000, 70.6),
        ] {
            let leaves = leaves(rows, 28, 90);
            let fill = 100.0 * (real(rows) + leaves) * 28.0 / (leaves * f64::from(LEAF_BYTES));
            assert!((fill / measured - 1.0).abs() < 0.05, "{rows}: {fill} for {measured}");
        }
    }
}
