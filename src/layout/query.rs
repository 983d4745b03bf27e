use crate::dynamodb::{Consistency, SizeDistribution};
use crate::units::Bytes;

/// Mean read units of one Query that looks at `items` items of these sizes on
/// average: between two whole numbers, the share that each must have.
#[must_use]
pub fn query_units(sizes: &SizeDistribution, items: f64, consistency: Consistency) -> f64 {
    let items = items.max(0.0);
    let share = items.fract();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "item counts are positive and far below 2^53"
    )]
    let fewer = items.floor() as u64;
    let units = |items| sizes.expected_query_units(items, consistency);
    if share > 0.0 { units(fewer) * (1.0 - share) + units(fewer + 1) * share } else { units(fewer) }
}

/// The same where the request also reads other kinds of items of the same
/// collection: one rounding for all of it.
#[must_use]
pub fn read_units(
    sizes: &SizeDistribution,
    items: f64,
    along_bytes: f64,
    consistency: Consistency,
) -> f64 {
    if along_bytes <= 0.0 || items <= 0.0 {
        return query_units(sizes, items, consistency);
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a part of what a page of 1 MB holds"
    )]
    let each = (along_bytes / items).round() as u64;
    query_units(&sizes.map(|bytes| bytes + Bytes::new(each)), items, consistency)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_of_an_item_is_a_mixture() {
        let sizes = SizeDistribution::constant(Bytes::new(4096));
        let units = |items| query_units(&sizes, items, Consistency::Strong);
        assert!((units(2.0) - 2.0).abs() < 1e-9);
        assert!((units(2.5) - 2.5).abs() < 1e-9);
        // Nothing found costs the minimum, so half an item costs as much as one.
        assert!((units(0.5) - 1.0).abs() < 1e-9);
    }
}
