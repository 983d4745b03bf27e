use rust_decimal::{Decimal, RoundingStrategy};

/// A share as a percentage with one decimal place, such as `28.9 %`.
///
/// Formatting a decimal with a precision cuts it off; this rounds, halves away
/// from zero.
#[must_use]
pub fn percent(share: Decimal) -> String {
    let rounded = (share * Decimal::ONE_HUNDRED)
        .round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero);
    format!("{rounded:.1} %")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_and_not_cut_off() {
        let shown = |share: &str| percent(share.parse().unwrap());
        assert_eq!(shown("0.28888"), "28.9 %");
        assert_eq!(shown("0.45574"), "45.6 %");
        assert_eq!(shown("0.0005"), "0.1 %");
        assert_eq!(shown("-0.0005"), "-0.1 %");
        assert_eq!(shown("1"), "100.0 %");
    }
}
