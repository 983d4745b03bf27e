//! Results as bytes: text for the terminal, JSON, pictures.

pub mod capacity;
pub mod explain;
pub mod replay;
