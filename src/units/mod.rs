//! Quantities with types: bytes, capacity units, dollars.
//!
//! A bare number cannot say what it counts, and in this tool a wrong unit is a
//! wrong decision. Everything here is exact: integers or decimals. Floating
//! point belongs to statistics (expected values over a size distribution) and
//! to drawing, and is turned into a decimal once, by [`decimal_from_f64`].

mod bytes;
mod capacity;
mod moment;
mod money;
mod percent;
mod time;

pub use bytes::Bytes;
pub use capacity::{ReadUnits, WriteUnits};
pub use money::{Usd, decimal_from_f64};
pub use percent::percent;
pub use time::Timestamp;
