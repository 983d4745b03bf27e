//! Values laid out one after another: the part that rows and index entries have
//! in common.

/// Largest value with a one-byte header, that header included: such values are
/// not aligned (the manual's "TOAST").
const SHORT_VALUE_BYTES_MAX: u32 = 127;
/// What a row holds of a value kept out of line: `varatt_external` with its
/// header, not aligned.
pub const POINTER_BYTES: u32 = 18;

/// A row or an index entry is a value of at most 1 GB: where statistics add up to
/// more, it is cut here.
const DATA_BYTES_MAX: u32 = 1 << 30;

/// How a column's values are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Alignment in bytes.
    pub alignment: u32,
    /// Whether values vary in length, so that short ones are not aligned.
    pub varying: bool,
}

/// Up to a multiple of 8 bytes (`MAXALIGN`).
pub const fn max_aligned(bytes: u32) -> u32 {
    bytes.next_multiple_of(8)
}

/// Bytes of values in column order, from the first to the end of the last; a
/// missing value is NULL and takes none.
pub fn data_bytes(values: impl Iterator<Item = (Placed, Option<u32>)>) -> u32 {
    let mut offset = 0_u32;
    for (placed, width) in values {
        let Some(width) = width else { continue };
        if !placed.varying || width > SHORT_VALUE_BYTES_MAX {
            offset = offset.next_multiple_of(placed.alignment);
        }
        offset = offset.saturating_add(width).min(DATA_BYTES_MAX);
    }
    offset
}

/// Bytes of a row's header: 23, a bit a column if any value is NULL, aligned.
pub fn row_header_bytes(columns: usize, has_null: bool) -> u32 {
    let bitmap = if has_null { u32::try_from(columns.div_ceil(8)).unwrap_or(u32::MAX) } else { 0 };
    max_aligned(23 + bitmap)
}

/// Bytes of an index entry's header: with a bitmap for the 32 columns an index
/// may have if any key is NULL.
pub const fn entry_header_bytes(has_null: bool) -> u32 {
    if has_null { 16 } else { 8 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixed(alignment: u32) -> Placed {
        Placed { alignment, varying: false }
    }

    /// bool, bigint, bool, bigint, smallint, int, bool, timestamptz: 8 bytes for
    /// each bool before a bigint, 16 + 16 + 2 (+2) + 4 + 1 (+7) + 8 = 56. With
    /// the header of 24 bytes a row of 80; by falling alignment it would be 33.
    #[test]
    fn the_order_of_columns_matters() {
        let columns = [(1, 1), (8, 8), (1, 1), (8, 8), (2, 2), (4, 4), (1, 1), (8, 8)];
        let bytes = |columns: &[(u32, u32)]| {
            data_bytes(columns.iter().map(|&(align, width)| (fixed(align), Some(width))))
        };
        assert_eq!(bytes(&columns), 56);
        assert_eq!(row_header_bytes(8, false) + bytes(&columns), 80);
        let mut ordered = columns;
        ordered.sort_by_key(|&(align, _)| std::cmp::Reverse(align));
        assert_eq!(bytes(&ordered), 33);
    }

    #[test]
    fn short_values_are_not_aligned() {
        let text = Placed { alignment: 4, varying: true };
        let row = |width| data_bytes([(fixed(1), Some(1)), (text, Some(width))].into_iter());
        assert_eq!(row(127), 128);
        assert_eq!(row(131), 4 + 131);
    }

    /// 24 bytes up to 8 columns, 32 from 9 to 72.
    #[test]
    fn the_bitmap_of_nulls() {
        assert_eq!(row_header_bytes(14, false), 24);
        assert_eq!(row_header_bytes(8, true), 24);
        assert_eq!(row_header_bytes(9, true), 32);
        assert_eq!(row_header_bytes(72, true), 32);
        assert_eq!(row_header_bytes(73, true), 40);
    }
}
