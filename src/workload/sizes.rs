//! The size distribution of a whole item from its attributes.

use crate::dynamodb::SizeDistribution;
use crate::units::Bytes;

use super::attribute::{LogNormalBytes, ValueBytes};

/// Classes kept while distributions are added up; the mean is kept exactly, and
/// 400 classes leave less than 0.1 % in the expected units.
const CLASSES_MAX: usize = 400;
/// An attribute that is absent in some rows is spread out only if it is longer
/// than this; shorter ones count with their mean.
const OPTIONAL_BYTES_MIN: f64 = 16.0;
/// A value cannot be longer than an item may be (400 KB).
const VALUE_BYTES_MAX: f64 = crate::dynamodb::ITEM_BYTES_MAX as f64;

/// Bytes of an attribute name.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a name's length is small")]
pub fn name_bytes(name: &str) -> f64 {
    name.len() as f64
}

/// The size of an item made of attributes, each given as the bytes of its name,
/// the share of items that have it, and the bytes of its value. Attributes are
/// taken as independent of one another.
#[must_use]
pub fn item_sizes(attributes: &[(f64, f64, ValueBytes)]) -> SizeDistribution {
    let mut fixed = 0.0;
    let mut spread: Vec<(f64, f64)> = vec![(0.0, 1.0)];
    for &(name, present, value) in attributes {
        match value {
            ValueBytes::About(bytes) if present >= 1.0 || bytes < OPTIONAL_BYTES_MIN => {
                fixed += present * (name + bytes);
            }
            ValueBytes::About(bytes) => spread = add(&spread, present, &[(name + bytes, 1.0)]),
            ValueBytes::Spread(LogNormalBytes(size)) => {
                let points: Vec<(f64, f64)> = size
                    .points()
                    .into_iter()
                    .map(|(value, weight)| (name + value.min(VALUE_BYTES_MAX), weight))
                    .collect();
                spread = add(&spread, present, &points);
            }
        }
    }
    let points = spread.into_iter().map(|(size, weight)| (whole_bytes(fixed + size), weight));
    SizeDistribution::from_points(points).expect("the weights are shares that add up to 1")
}

/// The sum of a distribution and an independent part that is present in a share
/// of the items.
fn add(sum: &[(f64, f64)], present: f64, part: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut points = Vec::with_capacity(sum.len() * (part.len() + 1));
    for &(size, weight) in sum {
        if present < 1.0 {
            points.push((size, weight * (1.0 - present)));
        }
        for &(more, share) in part {
            points.push((size + more, weight * present * share));
        }
    }
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    merge(&points)
}

/// Neighbouring points joined until few enough are left; each class keeps the
/// mean of what it joins. The classes get finer towards the upper end, where
/// one item costs many units.
fn merge(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    if points.len() <= CLASSES_MAX {
        return points.to_vec();
    }
    let total: f64 = points.iter().map(|(size, weight)| (size + 64.0) * weight).sum();
    #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
    let share = total / CLASSES_MAX as f64;
    let mut merged: Vec<(f64, f64)> = Vec::with_capacity(CLASSES_MAX + 1);
    let (mut mass, mut sum, mut weight) = (0.0, 0.0, 0.0);
    for &(size, w) in points {
        mass += (size + 64.0) * w;
        sum += size * w;
        weight += w;
        if mass >= share {
            merged.push((sum / weight, weight));
            (mass, sum, weight) = (0.0, 0.0, 0.0);
        }
    }
    if weight > 0.0 {
        merged.push((sum / weight, weight));
    }
    merged
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sizes are positive and below 2^53"
)]
fn whole_bytes(size: f64) -> Bytes {
    Bytes::new(size.round().max(0.0) as u64)
}

#[cfg(test)]
mod tests {
    use super::super::normal::LogNormal;
    use super::*;

    #[test]
    fn fixed_attributes_add_up() {
        let sizes =
            item_sizes(&[(4.0, 1.0, ValueBytes::About(10.0)), (6.0, 0.5, ValueBytes::About(2.0))]);
        assert!((sizes.mean_bytes() - 18.0).abs() < 0.51);
    }

    #[test]
    fn an_optional_attribute_makes_two_sizes() {
        let sizes = item_sizes(&[
            (4.0, 1.0, ValueBytes::About(996.0)),
            (4.0, 0.25, ValueBytes::About(2044.0)),
        ]);
        // 1,000 bytes (1 unit) three times out of four, else 3,048 (3 units).
        assert!((sizes.expected_write_units() - 1.5).abs() < 1e-9);
    }

    #[test]
    fn merging_keeps_the_mean() {
        let spread = |mean| ValueBytes::Spread(LogNormalBytes(LogNormal::with_mean(mean, 1.0)));
        let sizes = item_sizes(&[
            (10.0, 1.0, spread(500.0)),
            (10.0, 0.7, spread(900.0)),
            (10.0, 1.0, spread(100.0)),
        ]);
        let mean = 10.0 + 500.0 + 0.7 * 910.0 + 110.0;
        assert!((sizes.mean_bytes() / mean - 1.0).abs() < 0.001, "{}", sizes.mean_bytes());
    }
}
