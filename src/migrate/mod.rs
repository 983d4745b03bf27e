//! The move itself: phases, what each day costs on both sides, the backfill and
//! its pace, and when the move has paid for itself.
//!
//! Phases are those of AWS's "Modernizer" workshop (dual layer, data movement):
//! baseline, dual writes with a backfill, validation, a shift of reads in
//! steps, `DynamoDB` as the primary, `DynamoDB` alone. No guide gives lengths or
//! prices of phases: lengths are inputs, prices follow from the bills.

pub mod backfill;
mod cost;
pub mod pace;
pub mod phase;

pub use cost::Cost;
