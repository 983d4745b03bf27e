//! Results as bytes: text for the terminal, JSON, pictures.

pub mod chart;
pub mod explain;
pub mod table;
