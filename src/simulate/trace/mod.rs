//! Recorded operations, one by one, to demand per minute, table or index, and
//! partition.
//!
//! A trace is read once, in memory that does not grow with it.

mod arms;
mod csv_lines;
mod json_lines;
mod operation;
mod replay;
mod tally;

#[cfg(test)]
mod tests;

pub use arms::{EntryBytes, IndexKey, OnUpdate, Tables, TraceIndex, TraceTable};
pub use operation::{Operation, Record};
pub use replay::{
    ArmTotal, LIST_FAULTS_MAX, PeakMinute, PeakPartition, Replay, Rules, TraceDemand, replay,
};
pub use tally::{Arm, Cell, Row, Tally};

use std::io::BufRead;

use self::csv_lines::CsvLines;
use self::json_lines::JsonLines;

/// A trace that yields its records one at a time.
pub enum TraceReader<R> {
    /// CSV, quoted or not.
    Csv(CsvLines<R>),
    /// One JSON object a line.
    JsonLines(JsonLines<R>),
}

/// A line that is no record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Line, from 1.
    pub line: usize,
    /// Column in bytes, from 1.
    pub column: usize,
    /// What is wrong.
    pub what: String,
}

impl<R: BufRead> TraceReader<R> {
    /// A trace in either format: JSON lines if its first byte is a brace, else
    /// CSV.
    ///
    /// # Errors
    /// What the reader says.
    pub fn new(mut input: R) -> std::io::Result<Self> {
        let start = input.fill_buf()?.trim_ascii_start();
        Ok(if start.first() == Some(&b'{') {
            Self::JsonLines(JsonLines::new(input))
        } else {
            Self::Csv(CsvLines::new(input))
        })
    }

    /// The next record or malformed line; `None` at the end.
    ///
    /// # Errors
    /// What the reader says.
    #[inline]
    pub fn next_record(&mut self) -> std::io::Result<Option<Result<Record<'_>, Malformed>>> {
        match self {
            Self::Csv(lines) => lines.next_record(),
            Self::JsonLines(lines) => lines.next_record(),
        }
    }

    /// Columns of a CSV header that mean nothing here.
    #[must_use]
    pub fn ignored_columns(&self) -> &[String] {
        match self {
            Self::Csv(lines) => lines.ignored_columns(),
            Self::JsonLines(_) => &[],
        }
    }
}
