//! A decimal as reports write it: as text, since a JSON number is read as a
//! binary fraction by most programs.

use std::borrow::Cow;
use std::fmt;

use rust_decimal::Decimal;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::units::Usd;

/// Places kept of a quantity or an amount of a bill.
const PLACES: u32 = 10;
/// Places kept of what is summed by the day.
const PLACES_OF_DAYS: u32 = 12;

/// An exact decimal without trailing zeros, as JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exact(Decimal);

impl Exact {
    /// A quantity.
    #[must_use]
    pub fn new(number: Decimal) -> Self {
        Self(number.round_dp(PLACES).normalize())
    }

    /// An amount.
    #[must_use]
    pub fn usd(amount: Usd) -> Self {
        Self::new(amount.get())
    }

    /// A part of a sum over days.
    #[must_use]
    pub fn of_days(number: Decimal) -> Self {
        Self(number.round_dp(PLACES_OF_DAYS).normalize())
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> Decimal {
        self.0
    }
}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let number = Decimal::from_str_exact(&text)
            .map_err(|why| serde::de::Error::custom(format!("\"{text}\" is no decimal: {why}")))?;
        Ok(Self(number))
    }
}

impl JsonSchema for Exact {
    fn schema_name() -> Cow<'static, str> {
        "Exact".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "An exact decimal, as text.",
            "type": "string",
            "pattern": r"^-?\d+(\.\d+)?$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_text_without_trailing_zeros() {
        let exact = Exact::new(Decimal::from_str_exact("12.34000").unwrap());
        assert_eq!(serde_json::to_string(&exact).unwrap(), "\"12.34\"");
        assert_eq!(serde_json::from_str::<Exact>("\"12.34\"").unwrap(), exact);
    }

    #[test]
    fn what_is_no_decimal_is_refused() {
        let why = serde_json::from_str::<Exact>("\"much\"").unwrap_err().to_string();
        assert!(why.starts_with("\"much\" is no decimal"), "{why}");
        assert!(serde_json::from_str::<Exact>("1.5").is_err());
    }
}
