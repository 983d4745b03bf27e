//! Just enough of Postgres's data definition language to read what `pg_dump
//! --schema-only`, `pg_get_constraintdef` and `pg_get_indexdef` print, and
//! `CREATE TABLE` texts written by hand.
//!
//! Not a parser of SQL: anything that defines neither tables, columns, keys,
//! indexes, enum types, triggers nor functions is passed over.

mod constraint;
mod cursor;
mod index;
mod lexer;
mod schema;
mod table;
mod trigger;
mod type_name;

pub(super) use constraint::constraint;
pub use index::fillfactor_of;
pub(super) use index::index;
pub(super) use schema::{Schema, schema};
pub(super) use trigger::body;
pub(super) use type_name::type_name;
