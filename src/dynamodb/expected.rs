//! Expected units over a distribution of sizes.
//!
//! A planner knows sizes only as distributions, and units are a staircase of
//! the size: the units of the mean size are not the mean of the units. What is
//! here takes the mean of the exact functions of this folder, with no
//! approximation of the staircase; sums of many items are treated exactly too
//! (see [`SizeDistribution::expected_query_units`]).

use std::collections::BTreeMap;
use std::f64::consts::TAU;
use std::fmt;

use crate::units::Bytes;

use super::capacity::{Consistency, READ_UNIT_BYTES, read, write};

/// Why points do not make a distribution.
#[derive(Clone, Debug, PartialEq)]
pub enum DistributionError {
    /// No point has a positive weight.
    Empty,
    /// A weight is negative, infinite or not a number.
    BadWeight {
        /// The size it was given for.
        size: Bytes,
        /// The weight as given.
        weight: f64,
    },
}

impl fmt::Display for DistributionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("no size has a positive weight"),
            Self::BadWeight { size, weight } => {
                write!(f, "the weight of {size} is {weight}: it must be a number of 0 or more")
            }
        }
    }
}

impl std::error::Error for DistributionError {}

/// Sizes with their probabilities: a finite mixture of points.
///
/// Points are distinct, sorted by size, have a positive weight, and their
/// weights add up to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct SizeDistribution {
    points: Vec<(Bytes, f64)>,
}

impl SizeDistribution {
    /// A distribution of sizes with weights, which need not add up to 1; equal
    /// sizes are merged, weights of 0 are dropped.
    ///
    /// # Errors
    /// If a weight is no number of 0 or more, or none is positive.
    pub fn from_points(
        points: impl IntoIterator<Item = (Bytes, f64)>,
    ) -> Result<Self, DistributionError> {
        let mut weights: BTreeMap<Bytes, f64> = BTreeMap::new();
        for (size, weight) in points {
            if !(weight.is_finite() && weight >= 0.0) {
                return Err(DistributionError::BadWeight { size, weight });
            }
            if weight > 0.0 {
                *weights.entry(size).or_default() += weight;
            }
        }
        let total: f64 = weights.values().sum();
        if weights.is_empty() {
            return Err(DistributionError::Empty);
        }
        Ok(Self { points: weights.into_iter().map(|(size, w)| (size, w / total)).collect() })
    }

    /// Always the same size.
    #[must_use]
    pub fn constant(size: Bytes) -> Self {
        Self { points: vec![(size, 1.0)] }
    }

    /// The points: distinct sizes in rising order with weights that add up to
    /// 1.
    #[must_use]
    pub fn points(&self) -> &[(Bytes, f64)] {
        &self.points
    }

    /// The mean of any function of the size.
    #[must_use]
    pub fn expectation(&self, value: impl Fn(Bytes) -> f64) -> f64 {
        self.points.iter().map(|(size, weight)| weight * value(*size)).sum()
    }

    /// The mean size in bytes.
    #[must_use]
    pub fn mean_bytes(&self) -> f64 {
        self.expectation(bytes_f64)
    }

    /// The largest size that can occur.
    #[must_use]
    pub fn max(&self) -> Bytes {
        self.points.last().map_or(Bytes::ZERO, |(size, _)| *size)
    }

    /// The share of sizes above `limit`.
    #[must_use]
    pub fn share_above(&self, limit: Bytes) -> f64 {
        self.expectation(|size| if size > limit { 1.0 } else { 0.0 })
    }

    /// The smallest size that at least a share of `share` (0 to 1) does not
    /// exceed. With uniform random shares this draws samples.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Bytes {
        let mut reached = 0.0;
        for (size, weight) in &self.points {
            reached += weight;
            if reached >= share {
                return *size;
            }
        }
        self.max()
    }

    /// The sizes after a change, such as a constant number of bytes more.
    #[must_use]
    pub fn map(&self, change: impl Fn(Bytes) -> Bytes) -> Self {
        Self::merged(self.points.iter().map(|(size, weight)| (change(*size), *weight)))
    }

    /// The sum of two independent sizes, exactly: up to `n * m` points.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self::merged(
            self.points
                .iter()
                .flat_map(|(a, p)| other.points.iter().map(move |(b, q)| (*a + *b, p * q))),
        )
    }

    /// At most `points_max` points (but never fewer than 2) with the same mean:
    /// neighbours are pooled in groups of about equal weight, and each group
    /// becomes its mean, shared between the two whole bytes around it.
    ///
    /// No size moves further than the width of its group.
    #[must_use]
    pub fn condensed(&self, points_max: usize) -> Self {
        if self.points.len() <= points_max.max(2) {
            return self.clone();
        }
        let groups = (points_max / 2).max(1);
        let share = 1.0 / usize_f64(groups);
        let mut condensed = Vec::with_capacity(groups * 2);
        let (mut weight, mut moment, mut below) = (0.0, 0.0, 0.0);
        let mut closed = 0;
        for (i, (size, w)) in self.points.iter().enumerate() {
            weight += w;
            moment += w * bytes_f64(*size);
            let is_last = i + 1 == self.points.len();
            let is_full = below + weight >= share * usize_f64(closed + 1) && closed + 1 < groups;
            if is_full || is_last {
                let mean = moment / weight;
                let upper_share = mean.fract();
                let lower = whole_bytes(mean);
                condensed.push((lower, weight * (1.0 - upper_share)));
                condensed.push((lower + Bytes::new(1), weight * upper_share));
                below += weight;
                (weight, moment) = (0.0, 0.0);
                closed += 1;
            }
        }
        Self::merged(condensed.into_iter().filter(|(_, w)| *w > 0.0))
    }

    /// Mean read units of one request for one item.
    #[must_use]
    pub fn expected_read_units(&self, consistency: Consistency) -> f64 {
        self.expectation(|size| read(size, consistency).as_f64())
    }

    /// Mean write units of one write whose larger image has this size.
    #[must_use]
    pub fn expected_write_units(&self) -> f64 {
        self.expectation(|size| write(None, Some(size)).as_f64())
    }

    /// Mean read units of one Query or Scan page that evaluates `items` items
    /// of independent sizes: the sizes are added up, then rounded once.
    ///
    /// Exact but for floating point, for any number of items: with blocks of
    /// `B` bytes, `ceil(S/B) = (S + (-S mod B)) / B`, and the waste
    /// `-S mod B` depends only on the residue of the sum, whose distribution
    /// has the characteristic function of one size to the power of `items`.
    ///
    /// A result of more than 1 MB comes in several pages, each rounded by
    /// itself: that adds less than one block (4 KB) for each further 256.
    #[must_use]
    pub fn expected_query_units(&self, items: u64, consistency: Consistency) -> f64 {
        if items == 0 {
            return read(Bytes::ZERO, consistency).as_f64();
        }
        let block = bytes_f64(Bytes::new(READ_UNIT_BYTES));
        let blocks = (self.mean_bytes() * u64_f64(items) + self.expected_waste(items)) / block;
        // Only a sum of nothing is below the minimum of one block.
        let nothing = match self.points.first() {
            Some((Bytes::ZERO, weight)) => power((*weight, 0.0), items).0,
            _ => 0.0,
        };
        (blocks + nothing) * read(Bytes::new(1), consistency).as_f64()
    }

    /// The mean of `-S mod B` for the sum S of `items` sizes.
    ///
    /// On the residues 0..B the function `-s mod B` has the Fourier
    /// coefficients `(B-1)/2` and `1/(w^k - 1)`, `w = e^(2 pi i / B)`.
    fn expected_waste(&self, items: u64) -> f64 {
        let block = usize::try_from(READ_UNIT_BYTES).expect("4096 fits every usize");
        let roots: Vec<Complex> = (0..block)
            .map(|k| {
                let angle = TAU * usize_f64(k) / usize_f64(block);
                (angle.cos(), angle.sin())
            })
            .collect();
        let residues: Vec<(usize, f64)> = self
            .points
            .iter()
            .map(|(size, weight)| {
                let residue = usize::try_from(size.get() % READ_UNIT_BYTES);
                (residue.expect("a residue of 4096 fits every usize"), *weight)
            })
            .collect();
        let mut waste = usize_f64(block - 1) / 2.0;
        for k in 1..block {
            let one = residues.iter().fold((0.0, 0.0), |(re, im), (residue, weight)| {
                let root = roots[k * residue % block];
                (re + weight * root.0, im + weight * root.1)
            });
            let sum = power(one, items);
            // The real part of sum / (w^k - 1); the imaginary parts of k and
            // B - k cancel.
            let (re, im) = (roots[k].0 - 1.0, roots[k].1);
            waste += (sum.0 * re + sum.1 * im) / (re * re + im * im);
        }
        waste
    }

    /// Points whose weights add up to 1 already.
    fn merged(points: impl Iterator<Item = (Bytes, f64)>) -> Self {
        let mut weights: BTreeMap<Bytes, f64> = BTreeMap::new();
        for (size, weight) in points {
            *weights.entry(size).or_default() += weight;
        }
        Self { points: weights.into_iter().collect() }
    }
}

/// Real and imaginary part.
type Complex = (f64, f64);

fn power(base: Complex, exponent: u64) -> Complex {
    let times = |a: Complex, b: Complex| (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0);
    let (mut base, mut exponent, mut result) = (base, exponent, (1.0, 0.0));
    while exponent > 0 {
        if exponent % 2 == 1 {
            result = times(result, base);
        }
        base = times(base, base);
        exponent /= 2;
    }
    result
}

fn bytes_f64(size: Bytes) -> f64 {
    u64_f64(size.get())
}

#[expect(clippy::cast_precision_loss, reason = "statistics; exact below 2^53")]
fn u64_f64(count: u64) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "statistics; exact below 2^53")]
fn usize_f64(count: usize) -> f64 {
    count as f64
}

/// The whole bytes below a mean of sizes.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a mean of sizes lies between them, and rounding down is meant"
)]
fn whole_bytes(mean: f64) -> Bytes {
    Bytes::new(mean as u64)
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    use super::*;

    fn points(points: &[(u64, f64)]) -> SizeDistribution {
        SizeDistribution::from_points(points.iter().map(|(b, w)| (Bytes::new(*b), *w))).unwrap()
    }

    /// A heavy tail over residues of every kind.
    fn notifications() -> SizeDistribution {
        points(&[(190, 3.0), (611, 4.0), (1024, 1.0), (1500, 1.5), (4097, 0.4), (9000, 0.1)])
    }

    fn close(a: f64, b: f64, tolerance: f64) {
        assert!((a - b).abs() <= tolerance, "{a} and {b} differ by more than {tolerance}");
    }

    /// The exact function over every sum of the n-fold convolution.
    fn query_by_convolution(one: &SizeDistribution, items: u64, consistency: Consistency) -> f64 {
        let mut sum = SizeDistribution::constant(Bytes::ZERO);
        for _ in 0..items {
            sum = sum.plus(one);
        }
        sum.expected_read_units(consistency)
    }

    #[test]
    fn rejects_what_is_no_distribution() {
        assert_eq!(SizeDistribution::from_points([]), Err(DistributionError::Empty));
        let zero = [(Bytes::new(5), 0.0)];
        assert_eq!(SizeDistribution::from_points(zero), Err(DistributionError::Empty));
        let negative = [(Bytes::new(5), -1.0)];
        assert!(SizeDistribution::from_points(negative).is_err());
        assert!(SizeDistribution::from_points([(Bytes::new(5), f64::NAN)]).is_err());
    }

    #[test]
    fn merges_sorts_and_normalises() {
        let d = points(&[(10, 1.0), (5, 1.0), (10, 2.0), (7, 0.0)]);
        assert_eq!(d.points(), [(Bytes::new(5), 0.25), (Bytes::new(10), 0.75)]);
        close(d.mean_bytes(), 8.75, 1e-12);
        assert_eq!(d.quantile(0.2), Bytes::new(5));
        assert_eq!(d.quantile(0.25), Bytes::new(5));
        assert_eq!(d.quantile(0.3), Bytes::new(10));
        close(d.share_above(Bytes::new(5)), 0.75, 1e-12);
        assert_eq!(d.map(|_| Bytes::new(1)), SizeDistribution::constant(Bytes::new(1)));
    }

    /// Mean of the units is not units of the mean: half of 100 B and half of
    /// 2,000 B cost (1 + 2) / 2 write units, the mean of 1,050 B would cost 2.
    #[test]
    fn takes_the_mean_of_the_staircase() {
        let d = points(&[(100, 1.0), (2000, 1.0)]);
        close(d.expected_write_units(), 1.5, 1e-12);
        close(d.expected_read_units(Consistency::Eventual), 0.5, 1e-12);
        close(d.expected_read_units(Consistency::Strong), 1.0, 1e-12);
    }

    #[test]
    fn query_of_fixed_sizes_is_the_exact_function() {
        for (size, items) in [(1024, 4), (1024, 5), (4096, 3), (333, 1000), (5, 1), (8191, 77)] {
            let d = SizeDistribution::constant(Bytes::new(size));
            let exact = read(Bytes::new(size * items), Consistency::Strong).as_f64();
            close(d.expected_query_units(items, Consistency::Strong), exact, 1e-6);
        }
    }

    #[test]
    fn query_equals_the_full_convolution() {
        for items in 0..=8 {
            for consistency in [Consistency::Eventual, Consistency::Strong] {
                let fast = notifications().expected_query_units(items, consistency);
                let slow = query_by_convolution(&notifications(), items, consistency);
                close(fast, slow, 1e-8);
            }
        }
        let with_nothing = points(&[(0, 0.5), (3000, 0.5)]);
        for items in 0..=6 {
            let fast = with_nothing.expected_query_units(items, Consistency::Strong);
            let slow = query_by_convolution(&with_nothing, items, Consistency::Strong);
            close(fast, slow, 1e-8);
        }
    }

    /// Seeded draws through the exact functions. The tolerance is five standard
    /// errors of the sample mean.
    #[test]
    fn agrees_with_sampling_through_the_exact_functions() {
        let d = notifications();
        let mut random = StdRng::seed_from_u64(7);
        let mut compare = |expected: f64, draw: &mut dyn FnMut(&mut StdRng) -> f64| {
            let draws: Vec<f64> = (0..20_000).map(|_| draw(&mut random)).collect();
            let n = usize_f64(draws.len());
            let mean = draws.iter().sum::<f64>() / n;
            let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
            assert!(variance > 0.0, "every draw was the same: the test would show nothing");
            close(mean, expected, 5.0 * (variance / n).sqrt());
        };
        let size = |random: &mut StdRng| d.quantile(random.random());
        compare(d.expected_write_units(), &mut |r| write(None, Some(size(r))).as_f64());
        compare(d.expected_read_units(Consistency::Eventual), &mut |r| {
            read(size(r), Consistency::Eventual).as_f64()
        });
        for items in [2, 10, 45] {
            compare(d.expected_query_units(items, Consistency::Eventual), &mut |r| {
                let sum: Bytes = (0..items).map(|_| size(r)).sum();
                read(sum, Consistency::Eventual).as_f64()
            });
        }
    }

    #[test]
    fn condensing_keeps_the_mean_and_the_weight() {
        let many = notifications().plus(&notifications()).plus(&notifications());
        assert!(many.points().len() > 40);
        for points_max in [2, 3, 10, 40] {
            let few = many.condensed(points_max);
            assert!(few.points().len() <= points_max.max(2), "{points_max}");
            close(few.mean_bytes(), many.mean_bytes(), 1e-6);
            close(few.expectation(|_| 1.0), 1.0, 1e-12);
            assert!(few.max() <= many.max());
        }
        assert_eq!(many.condensed(1000), many);
    }
}
