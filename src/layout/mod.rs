//! A design filled with a workload: how large each kind of item and each index
//! entry is, and how many there are.

mod attributes;
mod build;
mod inserted;
mod query;
mod sizes;

pub use attributes::{
    ItemAttribute, can_have_entry, copied_column, embedded_bytes, embedded_column,
    entry_attributes, item_attributes, key_sizes, rows_per_parent,
};
pub use build::{EntryLayout, ItemLayout, Layout, ListLayout, TableLayout, build};
pub use inserted::{Inserted, inserted};
pub use query::{query_units, read_units};
