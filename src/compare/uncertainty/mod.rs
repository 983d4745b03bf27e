//! What costs, crossovers and the verdict become when inputs are known only
//! within ranges.
//!
//! Every uncertain input is a factor on its point estimate. A model turns the
//! factors into costs; this folder draws the factors and reads bands,
//! crossovers with their odds, and sensitivities off the costs. It knows
//! neither DynamoDB nor Postgres.

mod bands;
mod crossings;
mod draws;
mod in_parallel;
mod range;
mod tornado;

pub use bands::{Band, BandPoint, bands};
pub use crossings::{CrossingRange, Standing, crossing_range};
pub use draws::{BATCHES, Draws};
pub use in_parallel::costs_of;
pub use range::FactorRange;
pub use tornado::{Swing, tornado};

/// The costs of one draw: by curve, then by load; `None` where the thing cannot
/// be had or a price is not known.
pub type Costs = Vec<Vec<Option<f64>>>;
