//! DynamoDB's numbers: up to 38 significant digits, compared by value.
//!
//! Developer Guide, "Naming rules and data types", Number; the size is the one
//! DynamoDB Local and dynalite measure to the byte.

use std::fmt;
use std::str::FromStr;

use super::settings::NumberSize;

/// Significant digits a number may have.
pub const DIGITS_MAX: usize = 38;
/// The power of ten of the first digit may be no higher.
const EXPONENT_MAX: i64 = 125;
/// The power of ten of the first digit may be no lower.
const EXPONENT_MIN: i64 = -130;

/// A number in one form for each value, so that 1, 1.0 and 10E-1 are equal.
///
/// The order is one for sets and keys of maps, not the numeric one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number {
    negative: bool,
    /// Without leading and trailing zeros; empty for zero.
    digits: Box<str>,
    /// The power of ten of the first digit; 0 for zero.
    exponent: i16,
}

/// Why a text is no number that DynamoDB stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberError {
    /// Not a decimal number.
    Syntax,
    /// More than 38 significant digits.
    TooPrecise,
    /// Above 9.99…E+125 or, apart from zero, below 1E-130 in magnitude.
    OutOfRange,
}

impl fmt::Display for NumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Syntax => "this is no decimal number",
            Self::TooPrecise => "this number has more than 38 significant digits",
            Self::OutOfRange => {
                "this number's magnitude is outside 1E-130 to 9.9999999999999999999999999999999999999E+125"
            }
        })
    }
}

impl std::error::Error for NumberError {}

impl FromStr for Number {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        let (negative, unsigned) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, power) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, power)) => (mantissa, exponent(power)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !is_digits(whole) || !is_digits(fraction) {
            return Err(NumberError::Syntax);
        }
        let all = [whole, fraction].concat();
        let from_first = all.trim_start_matches('0');
        let digits = from_first.trim_end_matches('0');
        if digits.is_empty() {
            return Ok(Self { negative: false, digits: "".into(), exponent: 0 });
        }
        if digits.len() > DIGITS_MAX {
            return Err(NumberError::TooPrecise);
        }
        let offset = |length: usize| i64::try_from(length).map_err(|_| NumberError::OutOfRange);
        let leading_zeros = all.len() - from_first.len();
        let exponent =
            power.saturating_add(offset(whole.len())?).saturating_sub(offset(leading_zeros)? + 1);
        if !(EXPONENT_MIN..=EXPONENT_MAX).contains(&exponent) {
            return Err(NumberError::OutOfRange);
        }
        let exponent = i16::try_from(exponent).map_err(|_| NumberError::OutOfRange)?;
        Ok(Self { negative, digits: digits.into(), exponent })
    }
}

/// The digits after an `e`; what fits no `i64` is as far out as can be.
fn exponent(text: &str) -> Result<i64, NumberError> {
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NumberError::Syntax);
    }
    let magnitude = digits.parse::<i64>().unwrap_or(i64::MAX / 2);
    Ok(if negative { -magnitude } else { magnitude })
}

impl Number {
    /// The bytes it is billed as: 1, 1 more for each pair of digits, 1 more for
    /// a minus sign; zero takes 1.
    #[must_use]
    pub fn bytes(&self, rule: NumberSize) -> u64 {
        if self.digits.is_empty() {
            return 1;
        }
        let pairs = match rule {
            NumberSize::Base100 => self.pairs_aligned(),
            NumberSize::SplitAtPoint => self.pairs_split(),
        };
        1 + u64::try_from(pairs).expect("at most 38 digits") + u64::from(self.negative)
    }

    /// Pairs in base 100: with an even power of ten the first digit stands
    /// alone in its pair.
    fn pairs_aligned(&self) -> usize {
        let count = self.digits.len();
        if self.exponent % 2 == 0 { count / 2 + 1 } else { count.div_ceil(2) }
    }

    fn pairs_split(&self) -> usize {
        let count = self.digits.len();
        // A power below zero means no digit stands before the point.
        let before_point = usize::try_from(self.exponent + 1).unwrap_or(0).min(count);
        before_point.div_ceil(2) + (count - before_point).div_ceil(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    /// Measured on DynamoDB Local and dynalite by padding items until their
    /// write units step.
    #[test]
    fn bytes_are_pairs_of_digits_aligned_to_the_point() {
        let misaligned = "-1.2345678901234567890123456789012345678";
        for (text, bytes) in [
            ("0", 1),
            ("-0.000", 1),
            ("1", 2),
            ("12", 2),
            ("123", 3),
            ("100", 2),
            ("120", 3),
            ("1.5", 3),
            ("0.15", 2),
            ("0.012", 3),
            ("0.05", 2),
            ("100.5", 4),
            ("-42", 3),
            ("1E125", 2),
            ("1e-130", 2),
            ("12345678901234567890123456789012345678", 20),
            // Not decidable: DynamoDB Local says 21, dynalite 22.
            (misaligned, 22),
        ] {
            assert_eq!(number(text).bytes(NumberSize::Base100), bytes, "{text}");
        }
    }

    #[test]
    fn the_other_reading_parts_only_where_zeros_shift_the_pairs() {
        for (text, bytes) in
            [("0", 1), ("120", 2), ("0.012", 2), ("1.05", 3), ("100.5", 4), ("-42", 3), ("12.3", 3)]
        {
            assert_eq!(number(text).bytes(NumberSize::SplitAtPoint), bytes, "{text}");
        }
    }

    #[test]
    fn equal_values_are_equal_however_written() {
        for (a, b) in [
            ("1", "1.0"),
            ("1", "+001"),
            ("10e-1", "1"),
            ("-0", "0"),
            ("0e999999999999999999999", "0"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1200", "1.2E+3"),
            ("0.0012", "12e-4"),
        ] {
            assert_eq!(number(a), number(b), "{a} {b}");
        }
        for (a, b) in [("1", "-1"), ("1", "10"), ("1.2", "12"), ("0", "1")] {
            assert_ne!(number(a), number(b), "{a} {b}");
        }
    }

    #[test]
    fn refuses_what_dynamodb_refuses() {
        use NumberError::{OutOfRange, Syntax, TooPrecise};
        for text in
            ["", "-", ".", "e5", "1e", "1e+", "1e1.5", "--1", "1 ", "0x1", "1,5", "é", "NaN"]
        {
            assert_eq!(text.parse::<Number>(), Err(Syntax), "{text:?}");
        }
        let digits39 = "1".repeat(39);
        assert_eq!(digits39.parse::<Number>(), Err(TooPrecise));
        assert!("1".repeat(38).parse::<Number>().is_ok());
        assert!(format!("{}0000", "1".repeat(38)).parse::<Number>().is_ok());
        let in_range = ["1e125", "9.99e125", "1e-130", "0.1e126"];
        let outside = ["1e126", "9.9e-131", "1e99999999999999999999", "1e-99999999999999999999"];
        for text in in_range {
            assert!(text.parse::<Number>().is_ok(), "{text}");
        }
        for text in outside {
            assert_eq!(text.parse::<Number>(), Err(OutOfRange), "{text}");
        }
    }
}
