//! Statement text to what it touches: [`Access`].
//!
//! The parser lives here and nowhere else. Nothing is executed.

mod access;
mod build;
mod cast;
mod columns;
mod condition;
mod functions;
mod list;
mod partial;
mod query;
mod read;
mod rewrite;
mod scope;
mod source;
mod tail;
mod verb;
mod write;

pub use access::{
    Access, Aggregate, Assigned, ColumnUse, Columns, Conflict, ConflictAction, Limit, Locking,
    OrderBy, Predicate, Step, Test, Unparsed, Value, Verb,
};
pub use partial::{predicate_tests, untested};
pub use read::read;
pub use rewrite::one_line;
