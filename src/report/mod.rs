//! Results as bytes: text for the terminal, JSON, pictures.

pub mod capacity;
pub mod chart;
mod commitment;
pub mod cost_curve;
pub mod design_check;
pub mod document;
pub mod explain;
pub mod html;
pub mod imported;
mod manifest;
pub mod migration;
mod odds;
mod postgres;
pub mod postgres_size;
pub mod replay;
mod table;
pub mod text;

pub use manifest::Manifest;
pub use table::{Align, Table};
