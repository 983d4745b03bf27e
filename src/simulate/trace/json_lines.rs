use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufRead, Read};

use serde::Deserialize;
use serde::de::{Deserializer, Error, Unexpected, Visitor};

use super::Malformed;
use super::operation::{self, Operation, Record};
use crate::dynamodb::Consistency;
use crate::simulate::moment::{moment, seconds, whole_number};
use crate::units::{Bytes, Timestamp};

/// A longer line is no record.
const LINE_BYTES_MAX: u64 = 1 << 20;

/// Records of a trace with one JSON object a line.
pub struct JsonLines<R> {
    input: R,
    text: Vec<u8>,
    line: usize,
}

/// The fields of a line. Recorders add their own, so others are let pass.
#[derive(Deserialize)]
struct Line<'a> {
    ts: Moment,
    #[serde(borrow)]
    operation: Scalar<'a>,
    table: Scalar<'a>,
    key: Scalar<'a>,
    bytes: u64,
    #[serde(default)]
    old_bytes: Option<u64>,
    #[serde(default)]
    consistency: Option<Scalar<'a>>,
    #[serde(default)]
    index: Option<Scalar<'a>>,
}

/// A moment as a string or a number.
struct Moment(Timestamp);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyForm;
        impl Visitor<'_> for AnyForm {
            type Value = Timestamp;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a moment")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Timestamp, E> {
                moment(text.as_bytes())
                    .ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Timestamp, E> {
                let whole = i64::try_from(number).ok().and_then(whole_number);
                whole.ok_or_else(|| E::invalid_value(Unexpected::Unsigned(number), &self))
            }
            fn visit_f64<E: Error>(self, number: f64) -> Result<Timestamp, E> {
                seconds(number).ok_or_else(|| E::invalid_value(Unexpected::Float(number), &self))
            }
        }
        deserializer.deserialize_any(AnyForm).map(Moment)
    }
}

/// A string or a number, as text.
struct Scalar<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Scalar<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Cow<'de, str>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a number")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(text))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Cow::Owned(text.to_owned()))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Cow::Owned(number.to_string()))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Cow::Owned(number.to_string()))
            }
            fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
                Ok(Cow::Owned(number.to_string()))
            }
        }
        deserializer.deserialize_any(Text).map(Scalar)
    }
}

impl<'a> Scalar<'a> {
    fn into_bytes(self) -> Cow<'a, [u8]> {
        match self.0 {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        }
    }
}

impl<R: BufRead> JsonLines<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, text: Vec::new(), line: 0 }
    }

    pub(super) fn next_record(&mut self) -> io::Result<Option<Result<Record<'_>, Malformed>>> {
        loop {
            self.text.clear();
            let mut limited = Read::take(&mut self.input, LINE_BYTES_MAX);
            if limited.read_until(b'\n', &mut self.text)? == 0 {
                return Ok(None);
            }
            self.line += 1;
            if self.text.last() != Some(&b'\n') && self.text.len() as u64 == LINE_BYTES_MAX {
                self.input.skip_until(b'\n')?;
                let what = "this line is longer than 1 MB".to_owned();
                return Ok(Some(Err(Malformed { line: self.line, column: 1, what })));
            }
            if !self.text.trim_ascii().is_empty() {
                return Ok(Some(record(&self.text, self.line)));
            }
        }
    }
}

fn record(text: &[u8], line: usize) -> Result<Record<'_>, Malformed> {
    let fields: Line<'_> = serde_json::from_slice(text).map_err(|error| Malformed {
        line,
        column: error.column().max(1),
        what: without_place(&error),
    })?;
    let wrong = |text: &str, wanted: &str| {
        let shown: String = text.chars().take(40).collect();
        Malformed { line, column: 1, what: format!("`{shown}` is not {wanted}") }
    };
    let Some(operation) = Operation::named(fields.operation.0.as_bytes()) else {
        return Err(wrong(&fields.operation.0, "an operation of DynamoDB"));
    };
    let consistency = match &fields.consistency {
        None => Consistency::Eventual,
        Some(name) => operation::consistency(name.0.as_bytes())
            .ok_or_else(|| wrong(&name.0, "`eventual` or `strong`"))?,
    };
    Ok(Record {
        at: fields.ts.0,
        operation,
        consistency,
        table: fields.table.into_bytes(),
        index: fields.index.map(Scalar::into_bytes).filter(|name| !name.is_empty()),
        key: fields.key.into_bytes(),
        bytes: Bytes::new(fields.bytes),
        old_bytes: fields.old_bytes.map(Bytes::new),
        line,
    })
}

/// The message without `at line 1 column 5`: the line is another one here.
fn without_place(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.rsplit_once(" at line ").map_or(message.clone(), |(what, _)| what.to_owned())
}
