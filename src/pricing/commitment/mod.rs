//! Commitments at the scope at which AWS applies them: one account, one
//! Region, over the sum of all tables and indexes.
//!
//! In every hour reservations come first: blocks of 100 units, reads and writes
//! apart, only for provisioned capacity of the Standard class that is not
//! replicated. What they leave is covered by the Database Savings Plan, the
//! usage with the largest discount first, up to the committed dollars. The rest
//! is billed at list price. Both commitments are paid in every hour, used or
//! not (DynamoDB Developer Guide, "Reserved capacity"; AWS Savings Plans user
//! guide, "How your Savings Plans apply to your usage").
//!
//! The cost of an hour is then a convex function of the blocks and of the
//! plan's dollars, which is what [`Model::optimise`] rests on.

mod break_even;
mod cost;
mod hours;
mod reasons;
mod search;

use rust_decimal::Decimal;

use super::dimension::Dimension;
use super::kinds::{Direction, Term};
use crate::units::Usd;

pub use break_even::{BreakEven, break_even_utilisation, break_evens, reservation_break_even};
pub(super) use cost::hour_units_max;
pub use cost::{CommitmentCost, Model, commitment_covers};
pub use reasons::LastBlock;
pub use search::BestCommitment;

/// Reserved capacity is sold in blocks of so many units (Archera, "DynamoDB
/// reserved capacity", March 2026).
pub const RESERVATION_BLOCK_UNITS: u32 = 100;

/// Hours of a year, over which an upfront fee is spread.
pub const YEAR_HOURS: u32 = 8760;

/// What one table or index used, hour by hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageSeries {
    /// The caller's name of the table or index.
    pub resource: String,
    /// Capacity-unit hours (then `units` are the units provisioned in each
    /// hour) or request units (then they are the units consumed in it); of
    /// either table class, replicated or not.
    pub dimension: Dimension,
    /// One number for each hour of the period; all series have the same hours.
    pub units: Vec<Decimal>,
}

/// Reserved blocks that are paid for already. Their upfront fee is spent; the
/// hourly fee is due whatever is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SunkReservation {
    /// Reads or writes.
    pub direction: Direction,
    /// The length, which sets the hourly fee.
    pub term: Term,
    /// How many blocks of 100 units.
    pub blocks: u32,
}

/// What may be bought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitmentOptions {
    /// The lengths of reservation to consider; empty for none.
    pub terms: Vec<Term>,
    /// Whether a Database Savings Plan may be bought.
    pub savings_plan: bool,
    /// What has been bought already.
    pub sunk: Vec<SunkReservation>,
}

impl Default for CommitmentOptions {
    fn default() -> Self {
        Self { terms: vec![Term::OneYear], savings_plan: true, sunk: Vec::new() }
    }
}

/// A reservation of some blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// Reads or writes.
    pub direction: Direction,
    /// Its length.
    pub term: Term,
    /// How many blocks of 100 units.
    pub blocks: u32,
}

/// What is bought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commitment {
    /// At most one reservation for each direction.
    pub reservations: Vec<Reservation>,
    /// The Savings Plan's commitment in dollars an hour, at the plan's rates.
    pub plan_usd_per_hour: Usd,
}
