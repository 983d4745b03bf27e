//! Statement text to what it touches: [`Access`].
//!
//! The parser lives here and nowhere else. Nothing is executed.

mod access;

pub use access::{
    Access, Aggregate, Assigned, ColumnUse, Columns, Conflict, ConflictAction, Limit, Locking,
    OrderBy, Predicate, Step, Test, Unparsed, Value, Verb,
};
/// STUB
#[must_use]
pub fn read(_t: &str, _c: &crate::capture::Catalog) -> Access {
    Access::Data(vec![])
}
/// STUB
#[must_use]
pub fn one_line(t: &str) -> String {
    t.split_whitespace().collect::<Vec<_>>().join(" ")
}
