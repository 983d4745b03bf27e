//! Results as bytes: text for the terminal, JSON, pictures.

mod brief;
pub mod budget;
pub mod capacity;
pub mod capacity_course;
pub mod chart;
mod commitment;
pub mod cost_curve;
mod csv;
pub mod design_check;
pub mod difference;
pub mod document;
pub mod explain;
pub mod html;
pub mod imported;
mod manifest;
pub mod markdown;
pub mod migration;
mod odds;
mod paint;
pub mod pictures;
mod postgres;
pub mod postgres_size;
pub mod replay;
mod table;
pub mod text;

pub use brief::brief;
pub use manifest::Manifest;
pub use paint::Paint;
pub use table::{Align, Table};
