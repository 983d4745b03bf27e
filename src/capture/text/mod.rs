//! Bytes into rows with named columns, whatever they are written in.

mod csv;
mod json;
mod list;
mod record;

pub(super) use csv::{Cell, CsvReader};
pub(super) use json::ObjectReader;
pub(super) use list::list;
pub(super) use record::{Names, Record, Rows, column_name, flat};
