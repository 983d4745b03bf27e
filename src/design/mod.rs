//! A candidate item design: tables, keys, indexes, and how rows become items.

mod model;
mod read;
mod rules;
mod sparse;
pub mod starter;
mod table_settings;
mod template;

pub use model::{
    Design, Embedded, IndexDesign, IndexKind, ItemType, Membership, Projection, TableDesign,
};
pub use read::read;
pub use rules::{IndexEffect, PatternRule, StatedOperation, StatedRequest};
pub use sparse::untested;
pub use table_settings::check_table_settings;
pub use template::{Bucket, GENERATED_BYTES, Part, Template};
