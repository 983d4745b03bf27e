//! A comparison whose inputs are known only within ranges: the same draw of an
//! input goes into both sides, and each cost is worked out again.
//!
//! Costs of designs are worked out from units, hours and bytes that are computed
//! for some values of the factors and taken in between for others; where every
//! factor is 1 each cost is the bill itself.

mod design_model;
mod factors;
mod knots;
mod postgres_model;
mod run;
mod scaled;
mod spoken;
mod tracked_hours;
mod unit_grid;

pub use factors::InputRange;
pub use run::{Cheaper, CurveOdds, LoadSwings, Odds, PairOdds, odds};
pub use spoken::{percent as percent_of_draws, spoken};
