//! A candidate item design: tables, keys, indexes, and how rows become items.

mod key_cycle;
mod model;
mod read;
mod read_index;
mod rules;
pub mod starter;
mod table_settings;
mod template;
mod what_if;

pub use model::{
    CachedPattern, CopiedColumn, Design, Embedded, IndexDesign, IndexKind, ItemType, Membership,
    Projection, TableDesign,
};
pub use read::read;
pub use rules::{IndexEffect, PatternRule, StatedOperation, StatedRequest};
pub use table_settings::check_table_settings;
pub use template::{Bucket, GENERATED_BYTES, Part, Template};
pub use what_if::{check_names, try_out};
