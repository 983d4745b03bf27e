//! Values drawn from the widths of columns, with a fixed seed.

use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use super::layout::POINTER_BYTES;
use super::real;
use super::width::{Quantiles, Width};

/// How many rows or index entries stand for all of them. Averages are met far
/// better than by independent draws, see `values`.
pub const DRAWS_MAX: u64 = 30_000;

/// Draws of one table or index.
pub struct Draws {
    random: StdRng,
}

impl Draws {
    /// The same draws every time.
    pub fn new() -> Self {
        Self { random: StdRng::seed_from_u64(1) }
    }

    /// The widths of `count` values of a column, `None` for NULL.
    ///
    /// One value from each of `count` equally likely slices of the distribution,
    /// in random order: shares and averages are exact to one value, and columns
    /// vary independently of one another.
    pub fn values(&mut self, null_fraction: f64, width: &Width, count: u64) -> Vec<Option<u32>> {
        let quantiles = match width {
            Width::Varying(spread) => vec![(1.0, Quantiles::of(spread))],
            Width::Split(split) => vec![
                (1.0 - split.outside_share, Quantiles::of(&split.inline)),
                (split.outside_share, Quantiles::of(&split.outside)),
            ],
            Width::Fixed(_) | Width::OutOfLine => Vec::new(),
        };
        let mut values: Vec<Option<u32>> = self
            .slices(count)
            .into_iter()
            .map(|u| {
                (u >= null_fraction).then(|| match width {
                    Width::Fixed(bytes) => *bytes,
                    Width::OutOfLine => POINTER_BYTES,
                    Width::Varying(_) | Width::Split(_) => {
                        at(&quantiles, (u - null_fraction) / (1.0 - null_fraction))
                    }
                })
            })
            .collect();
        values.shrink_to_fit();
        values
    }

    /// The middles of `count` equal slices of 0 to 1, in random order.
    pub fn slices(&mut self, count: u64) -> Vec<f64> {
        let mut slices: Vec<f64> = (0..count).map(|i| (real(i) + 0.5) / real(count)).collect();
        slices.shuffle(&mut self.random);
        slices
    }
}

/// The value at share `u` of distributions side by side, each with its share.
fn at(parts: &[(f64, Quantiles)], mut u: f64) -> u32 {
    for (i, (share, quantiles)) in parts.iter().enumerate() {
        if u < *share || i + 1 == parts.len() {
            return quantiles.at((u / share.max(f64::MIN_POSITIVE)).min(1.0));
        }
        u -= share;
    }
    0
}
