//! Entries of an index whose duplicates are merged.

use std::collections::BTreeMap;

use super::btree::thrown;
use super::description::{IndexDescription, KeyColumn};
use super::draws::Draws;
use super::posting::{self, Entry, Grouping, ROWS_MAX};
use super::real;

/// Rows that have NULLs in the same columns.
struct Kind {
    /// How many there are.
    rows: f64,
    /// Keys they may have, columns independent of one another.
    cells: f64,
    /// Whether all columns are NULL: one key.
    all_null: bool,
    /// Drawn sizes of their entries.
    sizes: Vec<u32>,
}

/// Entries of a sorted build, and how many rows they stand for. `widths` holds
/// the drawn values of each column, `sizes` the drawn entries, `keys` how many
/// different keys there are.
///
/// NULLs are equal here, so that rows with NULLs in a column have fewer keys than
/// others, and are told apart from them.
pub fn entries(
    index: &IndexDescription,
    columns: &[KeyColumn],
    widths: &[Vec<Option<u32>>],
    sizes: &[u32],
    keys: f64,
    draws: &mut Draws,
) -> (Vec<Entry>, u64) {
    let ordered = columns.len() == 1 && columns[0].in_row_order;
    let grouping = if ordered { Grouping::Even } else { Grouping::Random };
    let kinds = kinds(index, columns, widths, sizes);
    let factor = factor(&kinds, keys);
    // As many rows as stand for all, of each kind in proportion.
    let part = (real(ROWS_MAX) / real(index.entries)).min(1.0);
    let (mut entries, mut covered) = (Vec::new(), 0);
    for kind in &kinds {
        let rows = kind.rows * part;
        let mean = kind.rows / kind.keys(factor);
        let (some, rows) = posting::entries(
            &kind.sizes,
            super::whole_up(rows.round()).max(1),
            (rows / mean).max(1.0),
            grouping,
            draws,
        );
        entries.extend(some);
        covered += rows;
    }
    (entries, covered)
}

impl Kind {
    /// Different keys if there were `factor` times as many to choose from.
    fn keys(&self, factor: f64) -> f64 {
        let cells = if self.all_null { 1.0 } else { (self.cells * factor).max(1.0) };
        thrown(self.rows, cells).clamp(1.0, self.rows.max(1.0))
    }
}

fn kinds(
    index: &IndexDescription,
    columns: &[KeyColumn],
    widths: &[Vec<Option<u32>>],
    sizes: &[u32],
) -> Vec<Kind> {
    let mut drawn: BTreeMap<Vec<bool>, Vec<u32>> = BTreeMap::new();
    for (row, &bytes) in sizes.iter().enumerate() {
        let nulls = widths.iter().map(|column| column[row].is_none()).collect();
        drawn.entry(nulls).or_default().push(bytes);
    }
    let all = real(sizes.len().max(1) as u64);
    drawn
        .into_iter()
        .map(|(nulls, sizes)| Kind {
            rows: real(index.entries) * real(sizes.len() as u64) / all,
            cells: columns
                .iter()
                .zip(&nulls)
                .filter(|(_, null)| !**null)
                .map(|(column, _)| column.distinct.max(1.0))
                .product(),
            all_null: nulls.iter().all(|null| *null),
            sizes,
        })
        .collect()
}

/// The factor on the keys to choose from with which there are as many as were
/// counted.
fn factor(kinds: &[Kind], keys: f64) -> f64 {
    let (mut low, mut high) = (-60.0_f64, 60.0_f64);
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        let sum: f64 = kinds.iter().map(|kind| kind.keys(middle.exp())).sum();
        if sum < keys { low = middle } else { high = middle }
    }
    high.exp()
}
