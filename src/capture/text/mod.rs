//! Bytes into rows with named columns, whatever they are written in.

mod csv;
mod json;
mod line;
mod list;
mod record;

pub(super) use csv::{Cell, CsvReader, too_long};
pub(super) use json::ObjectReader;
pub(super) use line::{Flaw, RECORD_BYTES_MAX, read_line};
pub(super) use list::list;
pub(super) use record::{Names, Record, Rows, column_name, flat};
