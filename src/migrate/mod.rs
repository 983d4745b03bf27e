//! The move itself: phases, what each day costs on both sides, the backfill and
//! its pace, and when the move has paid for itself.
//!
//! Phases are those of AWS's "Modernizer" workshop (dual layer, data movement):
//! baseline, dual writes with a backfill, validation, a shift of reads in
//! steps, `DynamoDB` as the primary, `DynamoDB` alone. No guide gives lengths or
//! prices of phases: lengths are inputs, prices follow from the bills.

mod alternatives;
pub mod backfill;
mod checklist;
mod cost;
pub mod options;
pub mod pace;
pub mod payback;
pub mod phase;
mod plan;
mod rates;
mod rollback;
mod timeline;

pub use alternatives::{Alternative, TableMove};
pub use checklist::Question;
pub use cost::Cost;
pub use plan::{Migration, cheapest, migrate};
pub use rates::{Billed, Rates, Sides};
pub use rollback::{Rollback, rollbacks};
pub use timeline::{Day, Phase, Timeline, Work};
