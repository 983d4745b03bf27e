use crate::finding::Sourced;
use crate::written::{Section, Written};

use super::assumption::Taker;

/// How Postgres integers and numerics are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberEncoding {
    /// As DynamoDB numbers.
    Number,
    /// As text.
    Text,
}

/// How timestamps are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimestampEncoding {
    /// As ISO 8601 text with microseconds, 27 bytes.
    Text,
    /// As a DynamoDB number of microseconds, 9 bytes.
    Number,
}

/// `[encoding]`: how a row becomes an item.
#[derive(Clone, Debug)]
pub struct Encoding {
    /// Integers and numerics.
    pub numbers: Sourced<NumberEncoding>,
    /// Timestamps.
    pub timestamps: Sourced<TimestampEncoding>,
}

impl Encoding {
    /// Takes `[encoding]`.
    pub(super) fn take(taker: &mut Taker, section: &Section<'_, '_>) -> Self {
        let numbers = section.word("numbers", &["number", "text"]).map(|word| {
            let value = [NumberEncoding::Number, NumberEncoding::Text][word.value];
            Written { value, place: word.place }
        });
        let timestamps = section.word("timestamps", &["text", "number"]).map(|word| {
            let value = [TimestampEncoding::Text, TimestampEncoding::Number][word.value];
            Written { value, place: word.place }
        });
        let encoding = Self {
            numbers: taker.note(
                "encoding.numbers",
                "how integers and numerics are stored",
                numbers,
                NumberEncoding::Number,
                |numbers| match numbers {
                    NumberEncoding::Number => "number".to_owned(),
                    NumberEncoding::Text => "text".to_owned(),
                },
            ),
            timestamps: taker.note(
                "encoding.timestamps",
                "how timestamps are stored",
                timestamps,
                TimestampEncoding::Text,
                |timestamps| match timestamps {
                    TimestampEncoding::Text => "ISO 8601 text, 27 bytes".to_owned(),
                    TimestampEncoding::Number => "number of microseconds, 9 bytes".to_owned(),
                },
            ),
        };
        section.report_left_over();
        encoding
    }
}
