//! Pages of a heap: a table's rows, or the chunks of its out-of-line values.

use super::{real, whole_up};

/// Bytes of a page without its header of 24.
const PAGE_BYTES: u32 = 8168;
/// Each tuple's line pointer.
const LINE_POINTER_BYTES: u32 = 4;
/// Heap pages that one page of the free-space map keeps account of.
const MAP_SLOTS: usize = 4069;
/// Bytes of a class of free space in the map (`freespace.c`).
const CATEGORY_BYTES: u32 = 32;

/// Bytes that inserts leave free on each page.
pub const fn reserve_bytes(fillfactor: u32) -> u32 {
    8192 * (100 - fillfactor) / 100
}

/// Pages that `total` tuples take, of which `drawn` (aligned bytes, without line
/// pointers) are a fair sample in the order of insertion.
pub fn pages(drawn: &[u32], total: u64, reserve: u32) -> u64 {
    let Some(&first) = drawn.first() else { return 0 };
    if drawn.iter().all(|&bytes| bytes == first) {
        let slot = first + LINE_POINTER_BYTES;
        let each = ((PAGE_BYTES - reserve) / slot).max(1);
        return total.div_ceil(u64::from(each));
    }
    let packed = Packing::of(drawn, reserve);
    let drawn = drawn.len() as u64;
    if drawn == total {
        whole_up(packed.ceil())
    } else {
        whole_up(packed * real(total) / real(drawn))
    }
}

/// Tuples of different sizes put on pages the way the server does (`hio.c`): on
/// the page of the last insert if there is room, or else on the next page that
/// the free-space map says has, or else on a new one.
struct Packing {
    free: Vec<u32>,
    current: usize,
    map: Map,
}

impl Packing {
    /// How many pages, the last one as far as it is filled.
    fn of(drawn: &[u32], reserve: u32) -> f64 {
        let mut packing = Self { free: vec![PAGE_BYTES], current: 0, map: Map::new() };
        for &bytes in drawn {
            packing.insert(bytes, reserve);
        }
        let last = packing.free.last().copied().unwrap_or(0);
        let filled = f64::from(PAGE_BYTES - last) / f64::from(PAGE_BYTES - reserve);
        real(packing.free.len() as u64 - 1) + filled.min(1.0)
    }

    fn insert(&mut self, bytes: u32, reserve: u32) {
        let wanted = bytes + reserve;
        while self.room(self.current) < wanted && self.free[self.current] < PAGE_BYTES {
            // A page of the map knows only the pages it keeps account of.
            let first = self.current / MAP_SLOTS * MAP_SLOTS;
            self.map.set(self.current - first, self.room(self.current) / CATEGORY_BYTES);
            let found = self.map.search(wanted.div_ceil(CATEGORY_BYTES));
            self.current = found.map_or(self.free.len(), |slot| first + slot);
            if self.current == self.free.len() {
                self.free.push(PAGE_BYTES);
                if self.current.is_multiple_of(MAP_SLOTS) {
                    self.map = Map::new();
                }
            }
        }
        self.free[self.current] =
            self.free[self.current].saturating_sub(bytes + LINE_POINTER_BYTES);
    }

    /// Bytes a page has for one more tuple.
    fn room(&self, page: usize) -> u32 {
        self.free[page].saturating_sub(LINE_POINTER_BYTES)
    }
}

/// One page of the free-space map: a binary tree of the largest class below
/// each node, searched from where the last search ended (`fsmpage.c`).
struct Map {
    /// The root is at 1.
    tree: Vec<u32>,
    next: usize,
}

const LEAVES: usize = 4096;

impl Map {
    fn new() -> Self {
        Self { tree: vec![0; 2 * LEAVES], next: 0 }
    }

    fn set(&mut self, slot: usize, class: u32) {
        let mut node = LEAVES + slot;
        self.tree[node] = class;
        while node > 1 {
            node /= 2;
            self.tree[node] = self.tree[2 * node].max(self.tree[2 * node + 1]);
        }
    }

    fn search(&mut self, class: u32) -> Option<usize> {
        if self.tree[1] < class {
            return None;
        }
        // To the right and up, around the end of each level.
        let mut node = LEAVES + self.next;
        while self.tree[node] < class {
            let right = if (node + 1).is_power_of_two() { node.div_ceil(2) } else { node + 1 };
            node = (right / 2).max(1);
        }
        while node < LEAVES {
            node *= 2;
            if self.tree[node] < class {
                node += 1;
            }
        }
        let slot = node - LEAVES;
        self.next = (slot + 1) % LEAVES;
        Some(slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (int, int, smallint): 24 + 10 = 34 bytes, aligned 40, with the pointer
    /// 44; 185 to a page of 8168 bytes: a million rows took 5,406 pages.
    #[test]
    fn rows_of_one_size() {
        assert_eq!(pages(&[40], 1_000_000, 0), 5406);
        assert_eq!(pages(&[], 0, 0), 0);
    }

    /// At a fillfactor of 70 inserts keep 8192 x 30 % = 2457 bytes free: 129 of
    /// the rows above.
    #[test]
    fn fillfactor() {
        assert_eq!(reserve_bytes(70), 2457);
        assert_eq!(pages(&[40], 129_000, reserve_bytes(70)), 1000);
    }

    /// Small rows go where large ones left room: 5000 and 3000 by turns fit a
    /// page together although 5000 + 5000 do not.
    #[test]
    fn gaps_are_filled() {
        let drawn: Vec<u32> = [5000; 50].into_iter().chain([3000; 50]).collect();
        let mut packing = Packing { free: vec![PAGE_BYTES], current: 0, map: Map::new() };
        for &bytes in &drawn {
            packing.insert(bytes, 0);
        }
        assert_eq!(packing.free.len(), 50);
    }

    /// The map's search against looking at every slot in turn.
    #[test]
    fn the_map_finds_the_next_slot_with_room() {
        let mut map = Map::new();
        for (slot, class) in [(5, 10), (900, 20), (3000, 15)] {
            map.set(slot, class);
        }
        assert_eq!(map.search(15), Some(900));
        assert_eq!(map.search(15), Some(3000));
        assert_eq!(map.search(15), Some(900));
        assert_eq!(map.search(21), None);
        map.set(900, 0);
        assert_eq!(map.search(16), None);
        assert_eq!(map.search(1), Some(3000));
        assert_eq!(map.search(1), Some(5));
    }
}
