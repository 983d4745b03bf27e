//! Statement text to what it touches: [`Access`].
//!
//! The parser lives here and nowhere else. Nothing is executed.

mod access;

pub use access::{
    Access, Aggregate, Assigned, ColumnUse, Columns, Conflict, ConflictAction, Limit, Locking,
    OrderBy, Predicate, Step, Test, Unparsed, Value, Verb,
};
