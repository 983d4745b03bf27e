//! Results as bytes: text for the terminal, JSON, pictures.

pub mod explain;
pub mod json;
pub mod manifest;
