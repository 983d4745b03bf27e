//! The size of a table and of what hangs on it.

use super::btree::{self, Estimate};
use super::description::{Build, Column, IndexDescription, KeyColumn, Storage, TableDescription};
use super::draws::{DRAWS_MAX, Draws};
use super::width::Width;
use super::{BLOCK_BYTES, heap, maps, real, toast, whole_up};

/// How many chunks of values out of line stand for all of them: those of all drawn
/// values of 260 KB, in 32 MB of memory. Values may be 4,000 times longer.
const CHUNKS_DRAWN_MAX: usize = 4_000_000;

/// Predicted bytes of a table's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableSize {
    /// Main fork.
    pub heap_bytes: u64,
    /// Free-space map.
    pub fsm_bytes: u64,
    /// Visibility map.
    pub vm_bytes: u64,
    /// Main fork of the TOAST table; `None`: there is one, and nothing tells the
    /// size of the values in it.
    pub toast_bytes: Option<u64>,
    /// Its index; `None` as above.
    pub toast_index_bytes: Option<u64>,
    /// Indexes in the order described.
    pub indexes: Vec<IndexSize>,
}

/// Predicted bytes of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexSize {
    /// Its name.
    pub name: String,
    /// Bytes and their range; `None`: not a B-tree, not modelled.
    pub estimate: Option<Estimate>,
}

impl TableSize {
    /// The sum of what is known.
    #[must_use]
    pub fn total_bytes(&self) -> u64 {
        let indexes = self.indexes.iter().filter_map(|index| index.estimate);
        [self.heap_bytes, self.fsm_bytes, self.vm_bytes]
            .into_iter()
            .chain(self.toast_bytes)
            .chain(self.toast_index_bytes)
            .chain(indexes.map(|estimate| estimate.bytes))
            .fold(0, u64::saturating_add)
    }
}

/// Predicts the bytes of a freshly loaded and vacuumed table.
#[must_use]
pub fn predict(table: &TableDescription) -> TableSize {
    let rows = Rows::of(table);
    let heap_pages = heap::pages(&rows.bytes, table.rows, heap::reserve_bytes(table.fillfactor));
    let (toast_bytes, toast_index_bytes) = if table.toast_is_unknown() {
        (None, None)
    } else {
        let (heap, index) = rows.toast(table);
        (Some(heap), Some(index))
    };
    TableSize {
        heap_bytes: heap_pages.saturating_mul(BLOCK_BYTES),
        fsm_bytes: maps::fsm_bytes(heap_pages),
        vm_bytes: maps::vm_bytes(heap_pages),
        toast_bytes,
        toast_index_bytes,
        indexes: table
            .indexes
            .iter()
            .map(|index| IndexSize {
                name: index.name.clone(),
                estimate: index.columns.as_ref().map(|columns| btree::bytes(index, columns)),
            })
            .collect(),
    }
}

impl TableDescription {
    /// Whether there are values out of line whose bytes nothing tells: the
    /// statistics count pointers to them.
    #[must_use]
    pub fn toast_is_unknown(&self) -> bool {
        let measured = self.measured.is_some_and(|measured| {
            measured.toast_heap.is_some_and(|bytes| bytes > 0)
                || measured.toast_total.is_some_and(|bytes| bytes > BLOCK_BYTES)
        });
        let guessed = |column: &Column| {
            matches!(column.width, Width::Varying(spread) if spread.assumed)
                && matches!(column.storage, Storage::External | Storage::Extended)
        };
        let known = |column: &Column| {
            matches!(column.width, Width::Varying(spread) if !spread.assumed)
                && matches!(column.storage, Storage::External | Storage::Extended)
                || matches!(column.width, Width::Split(_))
        };
        let pointers = self.columns.iter().any(|column| column.width == Width::OutOfLine);
        let guesses =
            self.columns.iter().any(guessed) && !self.columns.iter().any(known) && measured;
        self.rows > 0 && (pointers || guesses)
    }
}

/// Drawn rows of a table.
struct Rows {
    /// Aligned bytes of each.
    bytes: Vec<u32>,
    /// Values that left their row.
    out: Vec<u32>,
}

impl Rows {
    fn of(table: &TableDescription) -> Self {
        let count = table.rows.min(DRAWS_MAX);
        let mut draws = Draws::new();
        let columns: Vec<Vec<Option<u32>>> = table
            .columns
            .iter()
            .map(|column| draws.values(column.null_fraction, &column.width, count))
            .collect();
        let mut out = Vec::new();
        let bytes = (0..usize::try_from(count).unwrap_or(usize::MAX))
            .map(|row| {
                let mut values: Vec<_> = columns.iter().map(|column| column[row]).collect();
                toast::row_bytes(&table.columns, &mut values, &mut out)
            })
            .collect();
        Self { bytes, out }
    }

    /// Bytes of the TOAST table and of its index.
    fn toast(&self, table: &TableDescription) -> (u64, u64) {
        if !toast::has_toast_table(&table.columns) {
            return (0, 0);
        }
        let count: u64 = self.out.iter().map(|&bytes| toast::chunks(bytes)).sum();
        let drawn = real(self.bytes.len().max(1) as u64);
        let total = whole_up(real(count) * real(table.rows) / drawn);
        let estimate = toast_index(total);
        // Values are in the order of a draw, so the first stand for all.
        let chunks: Vec<u32> = self
            .out
            .iter()
            .flat_map(|&bytes| toast::chunk_rows(bytes))
            .take(CHUNKS_DRAWN_MAX)
            .collect();
        (heap::pages(&chunks, total, 0).saturating_mul(BLOCK_BYTES), estimate.bytes)
    }
}

/// The index of a TOAST table: the value's number and the chunk's, in the order
/// in which they came.
fn toast_index(chunks: u64) -> Estimate {
    let distinct = real(chunks);
    let key = KeyColumn {
        alignment: 4,
        null_fraction: 0.0,
        width: Width::Fixed(4),
        distinct,
        equal_is_alike: true,
        in_row_order: true,
    };
    let columns = vec![key.clone(), key];
    let index = IndexDescription {
        name: String::new(),
        names: Vec::new(),
        keys: 2,
        unique: true,
        fillfactor: 90,
        entries: chunks,
        distinct_keys: distinct,
        distinct_is_estimated: false,
        build: Build::Ascending,
        columns: None,
        measured: None,
    };
    btree::bytes(&index, &columns)
}

#[cfg(test)]
mod tests {
    use super::super::statistics::assumed;
    use super::*;

    fn column(name: &str, bytes: u32) -> Column {
        Column {
            name: name.to_owned(),
            alignment: bytes.min(8),
            storage: Storage::Plain,
            null_fraction: 0.0,
            width: Width::Fixed(bytes),
            bytes_max: None,
        }
    }

    #[test]
    fn fixed_rows_and_no_toast() {
        let table = TableDescription {
            name: "t".to_owned(),
            rows: 1_000_000,
            fillfactor: 100,
            columns: vec![column("id", 4), column("a", 4), column("b", 2)],
            indexes: Vec::new(),
            measured: None,
        };
        let size = predict(&table);
        assert_eq!(size.heap_bytes, 44_285_952);
        assert_eq!((size.toast_bytes, size.toast_index_bytes), (Some(0), Some(0)));
        assert_eq!(size.total_bytes(), 44_285_952 + 32_768 + 8192);
    }

    fn text(mean: f64) -> Column {
        let width = Width::Varying(assumed(mean, -1.0, "text"));
        Column { storage: Storage::Extended, width, ..column("body", 4) }
    }

    fn of(columns: Vec<Column>) -> TableDescription {
        let (name, indexes) = ("t".to_owned(), Vec::new());
        TableDescription { name, rows: 1000, fillfactor: 100, columns, indexes, measured: None }
    }

    /// A gigabyte a value: 537,946 chunks, four to a page, 1,000 times.
    #[test]
    fn the_longest_values_are_counted_in_bounded_memory() {
        let toast = predict(&of(vec![text(1_073_741_000.0)])).toast_bytes.unwrap();
        let expected = 1000.0 * 537_946.0 / 4.0 * 8192.0;
        assert!((real(toast) / expected - 1.0).abs() < 1e-3, "{toast}");
    }

    #[test]
    fn widths_that_add_up_to_more_than_a_row_are_cut() {
        let plain = Column { storage: Storage::Plain, ..text(1e9) };
        assert_eq!(predict(&of(vec![plain; 5])).heap_bytes, 1000 * BLOCK_BYTES);
        assert_eq!(predict(&of(vec![text(0.0)])).toast_bytes, Some(0));
        let most = TableDescription { rows: u64::MAX, ..of(vec![text(1e9)]) };
        assert_eq!(predict(&most).total_bytes(), u64::MAX);
    }

    /// Entries of 2,704 bytes: three to a page whatever the columns' average says.
    #[test]
    fn entries_of_an_index_are_a_third_of_a_page_at_most() {
        let size = |mean| {
            let key = KeyColumn {
                alignment: 4,
                null_fraction: 0.0,
                width: Width::Varying(assumed(mean, -1.0, "text")),
                distinct: 1000.0,
                equal_is_alike: true,
                in_row_order: false,
            };
            let index = IndexDescription {
                name: "i".to_owned(),
                names: Vec::new(),
                keys: 1,
                unique: false,
                fillfactor: 90,
                entries: 1000,
                distinct_keys: 1000.0,
                distinct_is_estimated: true,
                build: Build::Sorted,
                columns: None,
                measured: None,
            };
            [Build::Sorted, Build::Scattered].map(|build| {
                btree::bytes(
                    &IndexDescription { build, ..index.clone() },
                    std::slice::from_ref(&key),
                )
                .bytes
            })
        };
        for mean in [9000.0, 1e6, 1e9] {
            assert_eq!(size(mean), size(8000.0), "{mean}");
        }
    }
}
