//! What was recorded: statement counters over time, the catalog, table
//! activity.
//!
//! A capture says what happened and nothing about what it means; the text of a
//! statement is carried along unparsed. Files in ([`read()`]), [`Capture`] out:
//! importers (`import/`, one file a format) gather rows; snapshots are told
//! apart and subtracted; what is no part of the workload is set aside.

mod activity;
mod catalog;
mod classify;
mod courses;
mod cutter;
mod database;
mod ddl;
mod deltas;
mod from_log;
mod gathered;
mod import;
mod increments;
mod input;
mod left_out;
#[cfg(feature = "live")]
pub mod live;
mod log;
mod merge;
mod model;
mod normal;
mod query_log;
mod read;
mod readings;
mod samples;
mod script;
mod series;
mod settings;
mod snapshots;
mod statement_findings;
mod statements;
mod text;

pub use catalog::{
    Catalog, Column, ColumnStats, Constraint, ConstraintKind, Index, OnDelete, Table, TableName,
    Trigger,
};
pub use ddl::fillfactor_of;
pub use input::InputFile;
pub use merge::{Node, Role, merge};
pub use model::{
    Capture, Counters, Interval, MachineActivity, SetAside, SourceFile, Statement, TableActivity,
};
pub use query_log::{KeyUse, LoggedStatement, LoggedTransaction, QueryLog};
pub use read::read;
pub use samples::{IndexActivity, KeySample, LengthSample};
pub use script::{ScriptSettings, script};
pub use series::CallSeries;
pub use settings::{Counting, Settings};
