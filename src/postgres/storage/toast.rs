//! Values that leave their row.

use super::description::{Column, Storage};
use super::layout::{POINTER_BYTES, Placed, data_bytes, max_aligned, row_header_bytes};
use super::width::Width;

/// A row longer than this gives up values (`TOAST_TUPLE_THRESHOLD`: four rows to
/// a page), until it is no longer (`TOAST_TUPLE_TARGET`).
const ROW_BYTES_MAX: u32 = 2032;
/// What the values of a row that stays as it is take together.
pub const INLINE_BYTES_MAX: u32 = ROW_BYTES_MAX - 24;
/// Columns of storage `m` leave only a row longer than a page holds.
const MAIN_ROW_BYTES_MAX: u32 = 8160;
/// Values of this size or less are not worth a pointer.
const VALUE_BYTES_MIN: u32 = max_aligned(POINTER_BYTES);
/// Bytes of a value in one chunk.
const CHUNK_BYTES: u32 = 1996;
/// Bytes of a chunk's row around it: header 24, value's number 4, chunk's number
/// 4, length 4.
const CHUNK_ROW_BYTES: u32 = 36;

impl Column {
    pub(super) const fn placed(&self) -> Placed {
        Placed { alignment: self.alignment, varying: !matches!(self.width, Width::Fixed(_)) }
    }
}

/// Bytes of a row (aligned, without its line pointer) after what is too large
/// has left; those values' bytes are added to `out`.
pub fn row_bytes(columns: &[Column], values: &mut [Option<u32>], out: &mut Vec<u32>) -> u32 {
    let header = row_header_bytes(columns.len(), values.iter().any(Option::is_none));
    let length = |values: &[Option<u32>]| {
        header + data_bytes(columns.iter().map(Column::placed).zip(values.iter().copied()))
    };
    for (limit, main) in [(ROW_BYTES_MAX, false), (MAIN_ROW_BYTES_MAX, true)] {
        while length(values) > limit {
            let largest = columns
                .iter()
                .zip(values.iter_mut())
                .filter(|(column, _)| match column.storage {
                    Storage::External | Storage::Extended => true,
                    Storage::Main => main,
                    Storage::Plain => false,
                })
                .filter_map(|(_, value)| value.as_mut())
                .filter(|bytes| **bytes > VALUE_BYTES_MIN)
                // The first of equals, as the server takes them.
                .reduce(|most, bytes| if *bytes > *most { bytes } else { most });
            let Some(bytes) = largest else { break };
            out.push(*bytes);
            *bytes = POINTER_BYTES;
        }
    }
    max_aligned(length(values))
}

/// Whether a table of these columns has a TOAST table: some value may leave, and
/// the longest row does not fit four to a page (`needs_toast_table`).
pub fn has_toast_table(columns: &[Column]) -> bool {
    let movable = columns.iter().any(|column| column.storage != Storage::Plain);
    // Columns of NULLs have a fixed width of 0 here, whatever their type.
    let longest = columns.iter().try_fold(0_u64, |sum, column| match column.width {
        Width::Fixed(bytes) if bytes > 0 || column.storage == Storage::Plain => {
            Some(sum.saturating_add(u64::from(bytes)))
        }
        _ => column.bytes_max.map(|bytes| sum.saturating_add(bytes)),
    });
    let header = u64::from(row_header_bytes(columns.len(), true));
    movable && longest.is_none_or(|bytes| bytes > u64::from(ROW_BYTES_MAX) - header)
}

/// How many rows of the TOAST table hold a value.
pub fn chunks(value_bytes: u32) -> u64 {
    u64::from(value_bytes.div_ceil(CHUNK_BYTES))
}

/// The rows of the TOAST table that hold a value: aligned bytes of each.
pub fn chunk_rows(value_bytes: u32) -> impl Iterator<Item = u32> {
    let full = value_bytes / CHUNK_BYTES;
    let rest = value_bytes % CHUNK_BYTES;
    (0..full)
        .map(|_| CHUNK_BYTES)
        .chain((rest > 0).then_some(rest))
        .map(|bytes| max_aligned(CHUNK_ROW_BYTES + bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::storage::Spread;

    fn column(storage: Storage, width: Width) -> Column {
        Column {
            name: "c".to_owned(),
            alignment: 4,
            storage,
            null_fraction: 0.0,
            width,
            bytes_max: None,
        }
    }

    fn text() -> Column {
        let spread = Spread { mean: 1.0, min: 1, max: 1, stddev: 0.0, step: 1, assumed: false };
        column(Storage::Extended, Width::Varying(spread))
    }

    /// int 4 and text of 2004: 24 + 4 + 2004 = 2032 stays; 2005 leaves a row of
    /// 24 + 4 + 18 = 46, aligned 48.
    #[test]
    fn the_largest_value_leaves_a_row_that_is_too_long() {
        let columns = [column(Storage::Plain, Width::Fixed(4)), text(), text()];
        let mut out = Vec::new();
        let mut row = [Some(4), Some(2004), None];
        assert_eq!(row_bytes(&columns, &mut row, &mut out), 2032);
        assert!(out.is_empty());
        let mut row = [Some(4), Some(2005), None];
        assert_eq!(row_bytes(&columns, &mut row, &mut out), 48);
        assert_eq!(out, [2005]);
        // 1500 and 1600: only the larger one goes.
        let mut row = [Some(4), Some(1500), Some(1600)];
        out.clear();
        assert_eq!(row_bytes(&columns, &mut row, &mut out), max_aligned(24 + 4 + 1500 + 18));
        assert_eq!(out, [1600]);
    }

    #[test]
    fn plain_and_main_values_stay() {
        let mut out = Vec::new();
        let columns = [column(Storage::Main, Width::OutOfLine)];
        assert_eq!(row_bytes(&columns, &mut [Some(5000)], &mut out), 5024);
        assert_eq!(row_bytes(&columns, &mut [Some(9000)], &mut out), 48);
        assert_eq!(out, [9000]);
    }

    /// 4,000 bytes: two chunks of 1,996 in rows of 2,032 and one of 8 in 44,
    /// aligned 48.
    #[test]
    fn chunks() {
        assert_eq!(chunk_rows(4000).collect::<Vec<_>>(), [2032, 2032, 48]);
        assert_eq!(chunk_rows(1996).collect::<Vec<_>>(), [2032]);
    }

    #[test]
    fn short_rows_have_no_toast_table() {
        let mut short = text();
        short.bytes_max = Some(16);
        assert!(!has_toast_table(&[column(Storage::Plain, Width::Fixed(4)), short.clone()]));
        assert!(has_toast_table(&[short, text()]));
        assert!(!has_toast_table(&[column(Storage::Plain, Width::Fixed(8))]));
    }
}
