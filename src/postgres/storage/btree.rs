//! Pages of a B-tree (`nbtsort.c`, `nbtdedup.c`).

use super::description::{Build, IndexDescription, KeyColumn};
use super::draws::{DRAWS_MAX, Draws};
use super::layout::{Placed, data_bytes, entry_header_bytes, max_aligned};
use super::posting::Entry;
use super::width::Width;
use super::{BLOCK_BYTES, merged, real, scattered, whole_up};

/// What an empty page has for one more entry: 8192 less header 24, special space
/// 16 and the line pointers of the high key and of the entry.
const PAGE_BYTES: u32 = 8144;
const LINE_POINTER_BYTES: u32 = 4;
/// The largest entry: a third of a page (`BTMaxItemSize`). Postgres refuses a row
/// whose entry would be larger after compression.
pub const ENTRY_BYTES_MAX: u32 = 2704;
/// Kept free on a leaf for the row address that its high key may need.
const HIGH_KEY_ADDRESS_BYTES: u32 = 8;
/// Inner pages are filled to 70 %.
const INNER_FILLFACTOR: u32 = 70;
/// The first entry of an inner page has no key.
const FIRST_INNER_ENTRY_BYTES: u32 = 8;
/// Share of a page in use after scattered inserts: ln 2 in the mean, and least
/// and most of what was measured.
const SCATTERED_FILL: (f64, f64, f64) = (0.63, std::f64::consts::LN_2, 0.76);
/// Where so many of the rows have a leading key of their own, entries come in all
/// over the index.
const ALL_OVER_FROM: f64 = 0.5;
/// Many duplicates that came in one by one: measured fill lies this share around
/// that of a sorted build.
const DUPLICATES_BAND: f64 = 0.15;

/// Bytes of an index and the range they may lie in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// Least.
    pub low: u64,
    /// Best guess.
    pub bytes: u64,
    /// Most.
    pub high: u64,
}

/// Bytes of an index on these columns (keys first, then included ones).
pub fn bytes(index: &IndexDescription, columns: &[KeyColumn]) -> Estimate {
    if index.entries == 0 {
        // The meta page alone.
        return Estimate { low: BLOCK_BYTES, bytes: BLOCK_BYTES, high: BLOCK_BYTES };
    }
    let shape = Shape::of(index, columns);
    let sorted = shape.bytes(shape.leaves);
    match index.build {
        Build::Sorted | Build::Ascending => Estimate { low: sorted, bytes: sorted, high: sorted },
        Build::Scattered if shape.leaves <= 1.0 => {
            Estimate { low: sorted, bytes: sorted, high: sorted }
        }
        Build::Scattered if shape.long_duplicates => Estimate {
            low: shape.bytes(shape.leaves * (1.0 - DUPLICATES_BAND)),
            bytes: sorted,
            high: shape.bytes(shape.leaves * (1.0 + DUPLICATES_BAND)),
        },
        Build::Scattered => {
            let fill = f64::from(index.fillfactor) / 100.0;
            let at = |share: f64| shape.bytes(shape.leaves * fill / share);
            let (least, mean, most) = SCATTERED_FILL;
            let bytes = shape.entry_bytes.map_or_else(
                || at(mean),
                |bytes| {
                    let slot = bytes + LINE_POINTER_BYTES;
                    shape.bytes(scattered::leaves(index.entries, slot, index.fillfactor))
                },
            );
            Estimate { low: at(most).min(bytes), bytes, high: at(least).max(bytes) }
        }
    }
}

/// What a sorted build makes of an index.
struct Shape {
    /// Leaf pages, the last as far as it is filled.
    leaves: f64,
    /// Mean bytes of an inner page's entry.
    pivot_bytes: f64,
    /// Whether one key's rows fill pages of their own.
    long_duplicates: bool,
    /// Mean bytes of an entry, where nearly each row has a leading key of its
    /// own.
    entry_bytes: Option<u32>,
}

impl Shape {
    fn of(index: &IndexDescription, columns: &[KeyColumn]) -> Self {
        let rows = index.entries;
        let drawn = rows.min(DRAWS_MAX);
        let mut draws = Draws::new();
        let widths: Vec<Vec<Option<u32>>> = columns
            .iter()
            .map(|column| draws.values(column.null_fraction, &column.width, drawn))
            .collect();
        let prefix = |count: usize| -> Vec<u32> {
            (0..widths[0].len())
                .map(|row| entry_bytes(&columns[..count], &widths[..count], row))
                .collect()
        };
        let sizes = prefix(columns.len());
        let keys = index.distinct_keys.clamp(1.0, real(rows));
        let merged = !index.unique
            && index.keys == columns.len()
            && columns.iter().all(|column| column.equal_is_alike);
        let full = 8192 * (100 - index.fillfactor) / 100;
        let (entries, covered) = if merged {
            merged::entries(index, columns, &widths, &sizes, keys, &mut draws)
        } else {
            (sizes.iter().map(|&bytes| Entry::single(bytes)).collect(), drawn)
        };
        let leaves = if covered == 0 {
            0.0
        } else if entries.iter().all(|entry| *entry == entries[0]) && entries[0].list_bytes == 0 {
            // A page closes when the next entry comes and gives it its last.
            let each = pages(&vec![entries[0]; 2000], full, true).0;
            ((real(rows) - 1.0) / real(each)).max(1e-9)
        } else {
            let (_, leaves) = pages(&entries, full, true);
            leaves * real(rows) / real(covered)
        };
        let per_entry = real(covered) / real(entries.len().max(1) as u64);
        let leading = columns[0].distinct / real(rows);
        let mean = sizes.iter().map(|&bytes| real(u64::from(bytes))).sum::<f64>()
            / real(sizes.len().max(1) as u64);
        let entry_bytes = (leading >= ALL_OVER_FROM).then(|| whole(mean));
        let alike = 1.0 - (keys * per_entry / real(rows)).min(1.0);
        Self {
            leaves,
            pivot_bytes: pivot_bytes(index, columns, &prefix, alike),
            long_duplicates: merged && real(rows) / keys > real(rows) / leaves.max(1.0),
            entry_bytes,
        }
    }

    /// Bytes with so many leaves: inner levels up to the root, and the meta page.
    fn bytes(&self, leaves: f64) -> u64 {
        let full = 8192 * (100 - INNER_FILLFACTOR) / 100;
        let each = pages_of_mean(self.pivot_bytes, full);
        let mut level = whole_up(leaves).max(1);
        let mut sum = level + 1;
        while level > 1 {
            level = whole_up((real(level) - 1.0) / each).max(1);
            sum += level;
        }
        sum.saturating_mul(BLOCK_BYTES)
    }
}

fn entry_bytes(columns: &[KeyColumn], widths: &[Vec<Option<u32>>], row: usize) -> u32 {
    let placed = |column: &KeyColumn| Placed {
        alignment: column.alignment,
        varying: !matches!(column.width, Width::Fixed(_)),
    };
    let has_null = widths.iter().any(|column| column[row].is_none());
    let values = columns.iter().zip(widths).map(|(column, widths)| (placed(column), widths[row]));
    max_aligned(entry_header_bytes(has_null) + data_bytes(values)).min(ENTRY_BYTES_MAX)
}

/// Mean bytes of an inner page's entry: the keys up to the first that tells its
/// two neighbours apart, and a row's address if none does.
fn pivot_bytes(
    index: &IndexDescription,
    columns: &[KeyColumn],
    prefix: &dyn Fn(usize) -> Vec<u32>,
    alike: f64,
) -> f64 {
    let mean = |sizes: Vec<u32>| {
        sizes.iter().map(|&bytes| f64::from(bytes)).sum::<f64>() / real(sizes.len() as u64)
    };
    let rows = real(index.entries);
    let mut reached = 1.0;
    let mut bytes = 0.0;
    let mut distinct = 1.0;
    for (i, column) in columns[..index.keys].iter().enumerate() {
        let last = i + 1 == index.keys;
        distinct *= column.distinct.max(1.0) + if column.null_fraction > 0.0 { 1.0 } else { 0.0 };
        let beyond = if last { alike } else { (1.0 - thrown(rows, distinct) / rows).max(alike) };
        let size = mean(prefix(i + 1));
        bytes += (reached - beyond).max(0.0) * size;
        if last {
            bytes += beyond.min(reached) * (size + 8.0);
        }
        reached = reached.min(beyond);
    }
    bytes
}

fn whole(bytes: f64) -> u32 {
    u32::try_from(whole_up(bytes.floor())).unwrap_or(u32::MAX)
}

/// How many of `cells` are hit when `rows` are thrown at them.
pub fn thrown(rows: f64, cells: f64) -> f64 {
    if rows <= 0.0 || cells <= 0.0 { 0.0 } else { cells * -(-rows / cells).exp_m1() }
}

/// Fills pages with entries in order: entries on the first page that closed, and
/// pages in all, the last as far as it is filled.
///
/// A page closes when an entry comes and less than `full` bytes would be free
/// without the last entry's list, or the new one does not fit; its last entry
/// then moves to the next page.
fn pages(entries: &[Entry], full: u32, leaf: bool) -> (u64, f64) {
    let spare = if leaf { HIGH_KEY_ADDRESS_BYTES } else { 0 };
    let (mut free, mut count, mut closed, mut first) = (PAGE_BYTES, 0_u64, 0_u64, None);
    let mut last = Entry::single(0);
    for &entry in entries {
        let filled = free.saturating_add(last.list_bytes) < full && count >= 2;
        if count > 0 && (free < entry.bytes + spare || filled) {
            closed += 1;
            first = first.or(Some(count - 1));
            let moved = if leaf { last.bytes } else { FIRST_INNER_ENTRY_BYTES };
            free = PAGE_BYTES - moved - LINE_POINTER_BYTES;
            count = 1;
        }
        free = free.saturating_sub(entry.bytes + LINE_POINTER_BYTES);
        count += 1;
        last = entry;
    }
    let each = first.unwrap_or(count).max(1);
    let filled = f64::from(PAGE_BYTES - free) / f64::from(PAGE_BYTES - full);
    (each, real(closed) + filled.min(1.0))
}

/// Entries on a closed page if all had this mean size.
fn pages_of_mean(mean_bytes: f64, full: u32) -> f64 {
    let slot = mean_bytes + f64::from(LINE_POINTER_BYTES);
    let room = f64::from(PAGE_BYTES - FIRST_INNER_ENTRY_BYTES - LINE_POINTER_BYTES - full + 1);
    (room / slot).ceil().max(2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(bytes: u32, distinct: f64, null_fraction: f64) -> KeyColumn {
        KeyColumn {
            alignment: bytes.min(8),
            null_fraction,
            width: Width::Fixed(bytes),
            distinct,
            equal_is_alike: true,
            in_row_order: false,
        }
    }

    fn index(
        columns: Vec<KeyColumn>,
        unique: bool,
        entries: u64,
        distinct: f64,
    ) -> IndexDescription {
        IndexDescription {
            name: "i".to_owned(),
            names: Vec::new(),
            keys: columns.len(),
            columns: Some(columns),
            unique,
            fillfactor: 90,
            entries,
            distinct_keys: distinct,
            distinct_is_estimated: false,
            build: Build::Sorted,
            measured: None,
        }
    }

    fn size(index: &IndexDescription) -> u64 {
        bytes(index, index.columns.as_ref().unwrap()).bytes
    }

    /// Entries of 16, 24 and 32 bytes: 366, 261 and 203 to a leaf that is 90 %
    /// full.
    #[test]
    fn entries_on_a_leaf() {
        for (bytes, each) in [(16, 366), (24, 261), (32, 203)] {
            assert_eq!(pages(&vec![Entry::single(bytes); 1000], 819, true).0, each);
        }
    }

    /// A unique bigint: 1,000,000 rows in 2,733 leaves, 10 inner pages, the root
    /// and the meta page, as the server made it.
    #[test]
    fn a_unique_index() {
        let index = index(vec![key(8, 1e6, 0.0)], true, 1_000_000, 1e6);
        assert_eq!(size(&index), (2733 + 10 + 1 + 1) * BLOCK_BYTES);
    }

    /// A boolean over 500,000 rows: 421 leaves of 1,188 rows (nine lists of 132),
    /// 3 inner pages, root and meta page.
    #[test]
    fn two_keys() {
        let index = index(vec![key(1, 2.0, 0.0)], false, 500_000, 2.0);
        assert_eq!(size(&index), 426 * BLOCK_BYTES);
    }

    /// Half of 400,000 rows NULL, the others of 5,000 values: 350 pages.
    #[test]
    fn nulls_are_one_key() {
        let index = index(vec![key(4, 5000.0, 0.4989)], false, 400_000, 5001.0);
        let pages = real(size(&index) / BLOCK_BYTES);
        assert!((pages / 350.0 - 1.0).abs() < 0.01, "{pages}");
    }

    #[test]
    fn an_empty_index_is_its_meta_page() {
        assert_eq!(size(&index(vec![key(8, 0.0, 0.0)], true, 0, 0.0)), BLOCK_BYTES);
        assert_eq!(size(&index(vec![key(8, 1.0, 0.0)], true, 1, 1.0)), 2 * BLOCK_BYTES);
    }

    /// Scattered inserts leave pages 64 to 76 % full: a uuid index of 400,000
    /// rows took 17,743,872 bytes, a bigint one 10,682,368.
    #[test]
    fn scattered_inserts() {
        for (width, measured) in [(16, 17_743_872), (8, 10_682_368)] {
            let mut index = index(vec![key(width, 4e5, 0.0)], true, 400_000, 4e5);
            index.build = Build::Scattered;
            let estimate = bytes(&index, index.columns.as_ref().unwrap());
            assert!(estimate.low <= estimate.bytes && estimate.bytes <= estimate.high);
            assert!(estimate.low < estimate.high);
            assert!(real(estimate.low) <= real(measured) * 1.01, "{estimate:?}");
            assert!(real(measured) <= real(estimate.high) * 1.01, "{estimate:?}");
        }
    }

    #[test]
    fn thrown_at_cells() {
        assert!((thrown(1000.0, 1e9) - 1000.0).abs() < 0.01);
        assert!((thrown(1e9, 1000.0) - 1000.0).abs() < 1e-9);
    }
}
