//! Bytes of tables and their indexes on disk, from a description of the table.
//!
//! The page layout of PostgreSQL 13 and later with 8 KiB blocks and 8-byte
//! maximum alignment: the manual's "Database Page Layout" and "B-Tree Indexes",
//! and the sources named beside each rule. Rows of varying width are drawn from
//! the described widths with a fixed seed and packed as the server packs them.

mod bloat;
mod btree;
mod description;
mod draws;
mod from_catalog;
mod heap;
mod layout;
mod maps;
mod merged;
mod posting;
mod predict;
mod read;
mod scattered;
mod span;
mod split;
mod statistics;
mod toast;
mod types;
mod width;

pub use bloat::{Bloat, Changes, Used, used};
pub use btree::Estimate;
pub use description::{
    Build, Column, IndexDescription, KeyColumn, Measured, MeasuredIndex, Storage, TableDescription,
};
pub use from_catalog::{FromCatalog, Missing, describe, from_catalog, over_long_entries};
pub use predict::{IndexSize, TableSize, predict};
pub use read::{Descriptions, Evidence, read};
pub use span::with_ranges;
pub use width::{Split, Spread, Width};

/// Bytes of a block.
pub const BLOCK_BYTES: u64 = 8192;

/// From this correlation with the rows' order on (`pg_stats.correlation`), values
/// are taken as having come in ascending.
const ORDERED_FROM: f64 = 0.99;

/// What is said of widths of which only the average is known.
const ASSUMED_WIDTHS: &str = "only an average width is known, so values are taken as spread evenly \
                              around it: texts by half of it, by a quarter if there are up to 100";

/// Pages and entries are counted up to here: so many pages are 2^63 bytes, far more
/// than the 32 TB that Postgres allows a table.
const COUNT_MAX: u64 = 1 << 50;

/// A count that was estimated, to the next whole one, [`COUNT_MAX`] at most.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "not negative, and cut at 2^50 after a conversion that saturates"
)]
fn whole_up(count: f64) -> u64 {
    // Sums of fractions end a hair above the whole number they stand for.
    ((count - 1e-6).ceil().max(0.0) as u64).min(COUNT_MAX)
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows and pages are far below 2^53")]
fn real(count: u64) -> f64 {
    count as f64
}
