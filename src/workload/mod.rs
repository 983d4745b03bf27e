//! What the capture means: entities with item sizes, and access patterns with
//! rates.
//!
//! A workload knows neither a design nor a price. It is what both sides of the
//! comparison are computed from.

mod attribute;
mod build;
mod digits;
mod entity;
mod from_table;
mod horizon;
mod index_use;
mod key_use;
mod normal;
mod pattern;
mod row_sizes;
mod server;
mod sizes;
mod toast;
mod transactions;
mod triggers;

pub use attribute::{Attribute, ValueBytes};
pub use build::{Workload, build};
pub use entity::{Entity, OutOfLine, Parent, PartialIndex};
pub use pattern::{AccessPattern, Look, Ranged, Service};
pub use row_sizes::{RowSizes, RowSource};
pub use server::Server;
pub use sizes::{item_sizes, name_bytes};
