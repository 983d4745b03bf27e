//! What statistics leave open of the bytes of indexes.
//!
//! An average width does not tell whether values lie on one side of an alignment or
//! on both, and different values are counted in a sample, column by column. The
//! bytes are worked out again for what may be true instead.

use super::btree::{self, Estimate};
use super::description::{IndexDescription, KeyColumn, TableDescription};
use super::predict::TableSize;
use super::real;
use super::width::{Spread, Width};

/// Times by which a count of different values from a sample may be off.
const SAMPLED_WITHIN: f64 = 2.0;
/// Share by which a fresh index of a measured table lay beside its prediction at most,
/// with exact widths and counts: 5.3 % of eighteen tables; nine in ten lay within 1 %.
const MODEL_WITHIN: f64 = 0.055;

/// The same prediction, with ranges as wide as statistics leave them.
#[must_use]
pub fn with_ranges(table: &TableDescription, mut size: TableSize) -> TableSize {
    for (described, predicted) in table.indexes.iter().zip(&mut size.indexes) {
        if let (Some(columns), Some(estimate)) = (&described.columns, &mut predicted.estimate) {
            *estimate = widened(described, columns, *estimate);
        }
    }
    size
}

fn widened(index: &IndexDescription, columns: &[KeyColumn], estimate: Estimate) -> Estimate {
    let counts = if index.distinct_is_estimated && !index.unique {
        let keys = &columns[..index.keys];
        let rows = real(index.entries);
        // Columns that go with one another have no more keys together than one of
        // them, others have every combination.
        let fewest = keys.iter().map(|key| key.distinct.max(1.0)).fold(1.0, f64::max);
        let most: f64 = keys.iter().map(|key| key.distinct.max(1.0) + 1.0).product();
        vec![
            index.distinct_keys,
            (fewest / SAMPLED_WITHIN).clamp(1.0, rows.max(1.0)),
            (most * SAMPLED_WITHIN).clamp(1.0, rows.max(1.0)),
        ]
    } else {
        vec![index.distinct_keys]
    };
    let guessed = columns.iter().any(|column| guessed(column).is_some());
    let shapes: &[Shape] = if guessed { &Shape::ALL } else { &[Shape::AsPredicted] };
    shapes
        .iter()
        .flat_map(|shape| counts.iter().map(move |count| (shape, *count)))
        .map(|(shape, distinct_keys)| {
            let columns: Vec<KeyColumn> = columns.iter().map(|one| shape.of(one)).collect();
            btree::bytes(&IndexDescription { distinct_keys, ..index.clone() }, &columns)
        })
        .fold(estimate, |all, one| Estimate {
            low: all.low.min(one.low),
            bytes: all.bytes,
            high: all.high.max(one.high),
        })
        .within(MODEL_WITHIN)
}

impl Estimate {
    /// The same, not narrower than what the model itself may be off by.
    fn within(self, share: f64) -> Self {
        let bytes = real(self.bytes);
        Self {
            low: self.low.min(super::whole_up(bytes * (1.0 - share))),
            bytes: self.bytes,
            high: self.high.max(super::whole_up(bytes * (1.0 + share))),
        }
    }
}

/// How values of an average width may be spread.
#[derive(Clone, Copy)]
enum Shape {
    AsPredicted,
    /// All of the stated width, which was cut off to a whole number.
    AllShort,
    /// All nearly one byte more.
    AllLong,
    /// From nothing to twice the average.
    Wide,
}

impl Shape {
    const ALL: [Self; 4] = [Self::AsPredicted, Self::AllShort, Self::AllLong, Self::Wide];

    fn of(self, column: &KeyColumn) -> KeyColumn {
        let Some(spread) = guessed(column) else { return column.clone() };
        let stated = bytes_of(spread.mean.floor());
        let alike = |bytes: u32| Spread {
            mean: f64::from(bytes),
            min: bytes,
            max: bytes,
            stddev: 0.0,
            step: 1,
            ..spread
        };
        let spread = match self {
            Self::AsPredicted => spread,
            Self::AllShort => alike(stated),
            Self::AllLong => alike(stated + 1),
            Self::Wide => {
                let max = (2 * stated).max(2) - 1;
                // Of evenly spread values.
                let stddev = ((f64::from(max).powi(2) - 1.0) / 12.0).sqrt();
                Spread { min: 1, max, stddev, step: 1, ..spread }
            }
        };
        KeyColumn { width: Width::Varying(spread), ..column.clone() }
    }
}

/// The spread of a column of which only the average is known.
fn guessed(column: &KeyColumn) -> Option<Spread> {
    match &column.width {
        Width::Varying(spread) if spread.assumed => Some(*spread),
        _ => None,
    }
}

fn bytes_of(width: f64) -> u32 {
    u32::try_from(super::whole_up(width)).unwrap_or(u32::MAX / 4)
}
