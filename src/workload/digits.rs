//! How many digits an integer column's values have: the statistics without the
//! values do not say, so it is worked out from what the column is.

/// Mean number of decimal digits of the whole numbers 1 to `largest`.
pub fn mean_digits_up_to(largest: f64) -> f64 {
    let mut digits = 0.0;
    let mut from = 1.0;
    let mut place = 1.0;
    while from <= largest {
        let to = (from * 10.0 - 1.0).min(largest.floor());
        digits += place * (to - from + 1.0);
        from *= 10.0;
        place += 1.0;
    }
    (digits / largest.floor().max(1.0)).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_a_sequence() {
        assert!((mean_digits_up_to(9.0) - 1.0).abs() < 1e-12);
        // 9 one-digit and 90 two-digit numbers: 189 digits over 99.
        assert!((mean_digits_up_to(99.0) - 189.0 / 99.0).abs() < 1e-12);
        // 1 to 313,767 has 5.65 digits on average.
        assert!((mean_digits_up_to(313_767.0) - 5.646).abs() < 0.001);
        assert!((mean_digits_up_to(0.0) - 1.0).abs() < 1e-12);
    }
}
