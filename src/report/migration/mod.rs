//! The move: its table, its JSON, its pictures.

mod charts;
mod json;
mod text;

pub use charts::{cost, schedule};
pub use json::document;
pub use text::{brief, text};
