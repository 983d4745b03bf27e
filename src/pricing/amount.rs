use std::fmt;

use rust_decimal::Decimal;
use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// A number as people write it in a file: an integer, or a decimal in quotes.
/// Bare decimals are refused, because reading them would round them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Amount(pub Decimal);

struct AmountVisitor;

impl Visitor<'_> for AmountVisitor {
    type Value = Amount;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer, or a decimal in quotes such as \"0.5\"")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Amount, E> {
        Ok(Amount(number.into()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Amount, E> {
        Ok(Amount(number.into()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Amount, E> {
        let plain = text.replace('_', "");
        let read = Decimal::from_str_exact(&plain).or_else(|_| Decimal::from_scientific(&plain));
        read.map(Amount).map_err(|_| {
            E::custom(format!("`{text}` is not a decimal number of at most 28 digits"))
        })
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AmountVisitor)
    }
}
