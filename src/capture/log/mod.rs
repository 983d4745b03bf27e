//! What a query log tells that counters cannot: how long lists are, which
//! statements run in one transaction, how unevenly keys are asked for. Values
//! are counted by their hash and never kept.
//!
//! A log is read line by line and reduced at once: memory depends on how many
//! different statements there are, not on how long the log is.

mod column_uses;
mod frequencies;
mod message;
mod reduced;
mod transactions;

pub(super) use message::{Parameters, statement_of};
pub(super) use reduced::{Entry, Log, Logs};
