use rust_decimal::Decimal;

use super::price::Tier;
use crate::units::Usd;

/// The part of a line that falls into one tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// How much of the line.
    pub quantity: Decimal,
    /// What a unit of it costs.
    pub unit_usd: Usd,
    /// What all of it costs.
    pub usd: Usd,
}

/// Cuts `quantity`, which comes after `before` units already used, at the
/// bounds of the tiers (sorted, the first from 0), each price times `share`.
///
/// 300 units after 100, with tiers [0, 250) and [250, ∞), are 150 and 150.
/// Nothing used is one part of 0 at the price that a first unit would have.
/// `None` if a product is too large for an exact decimal.
pub(super) fn split(
    tiers: &[Tier],
    before: Decimal,
    quantity: Decimal,
    share: Decimal,
) -> Option<Vec<Part>> {
    let end = before.checked_add(quantity)?;
    let mut parts = Vec::new();
    for (index, tier) in tiers.iter().enumerate() {
        let upper = tiers.get(index + 1).map_or(Decimal::MAX, |next| next.from);
        let taken = end.min(upper) - before.max(tier.from);
        let holds_next_unit = tier.from <= before && before < upper;
        if taken > Decimal::ZERO || (quantity.is_zero() && holds_next_unit) {
            let unit_usd = tier.usd.get().checked_mul(share)?;
            let usd = taken.checked_mul(unit_usd)?;
            parts.push(Part { quantity: taken, unit_usd: Usd::new(unit_usd), usd: Usd::new(usd) });
        }
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tiers(bounds_and_cents: &[(u32, u32)]) -> Vec<Tier> {
        bounds_and_cents
            .iter()
            .map(|(from, cents)| Tier {
                from: Decimal::from(*from),
                usd: Usd::new(Decimal::new(i64::from(*cents), 2)),
            })
            .collect()
    }

    fn total(parts: &[Part]) -> Usd {
        parts.iter().map(|part| part.usd).sum()
    }

    #[test]
    fn a_quantity_is_cut_at_the_bounds() {
        let tiers = tiers(&[(0, 10), (250, 5)]);
        let parts = split(&tiers, 100.into(), 300.into(), Decimal::ONE).unwrap();
        let cut: Vec<Decimal> = parts.iter().map(|part| part.quantity).collect();
        assert_eq!(cut, [150.into(), 150.into()]);
        assert_eq!(total(&parts).get(), Decimal::new(2250, 2));
    }

    #[test]
    fn nothing_has_the_price_of_the_next_unit() {
        let tiers = tiers(&[(0, 10), (250, 5)]);
        let parts = split(&tiers, 250.into(), 0.into(), Decimal::ONE).unwrap();
        assert_eq!(parts.len(), 1);
        assert_eq!(parts[0].unit_usd.get(), Decimal::new(5, 2));
        assert_eq!(parts[0].usd, Usd::ZERO);
    }

    proptest! {
        /// However usage is cut into lines, the lines add up to the whole; and
        /// the whole is what counting unit by unit gives.
        #[test]
        fn lines_add_up(
            steps in proptest::collection::vec((1_u32..50, 0_u32..100), 1..4),
            first in 0_u32..100,
            lines in proptest::collection::vec(0_u32..60, 1..6),
        ) {
            let mut bounds = vec![(0, first)];
            for (step, cents) in steps {
                let last = bounds[bounds.len() - 1].0;
                bounds.push((last + step, cents));
            }
            let table = tiers(&bounds);
            let mut before = Decimal::ZERO;
            let mut sum = Usd::ZERO;
            for quantity in &lines {
                let quantity = Decimal::from(*quantity);
                sum += total(&split(&table, before, quantity, Decimal::ONE).unwrap());
                before += quantity;
            }
            let units: u32 = lines.iter().sum();
            let cents: u32 = (0..units)
                .map(|unit| bounds.iter().rfind(|(from, _)| *from <= unit).unwrap().1)
                .sum();
            prop_assert_eq!(sum.get(), Decimal::new(i64::from(cents), 2));
        }
    }
}
