//! What was recorded: statement counters over time, the catalog, table
//! activity.
//!
//! A capture says what happened and nothing about what it means; the text of a
//! statement is carried along unparsed. Files in, [`Capture`] out.

mod catalog;
mod model;

pub use catalog::{
    Catalog, Column, ColumnStats, Constraint, ConstraintKind, Index, OnDelete, Table, TableName,
    Trigger,
};
pub use model::{
    Capture, Counters, Interval, MachineActivity, SetAside, SourceFile, Statement, TableActivity,
};
