//! A comparison whose inputs are known only within ranges: the same draw of an
//! input goes into both sides, and each cost is worked out again.
//!
//! Costs of designs are worked out from units, hours and bytes that are computed
//! for some values of the factors and taken in between for others; where every
//! factor is 1 each cost is the bill itself.

mod design_model;
mod factors;
mod fleet_path;
mod knots;
mod model;
mod moment;
mod over_time;
mod postgres_model;
mod run;
mod scaled;
mod spoken;
mod tracked_hours;
mod unit_grid;

use crate::finding::Origin;
use crate::scenario::Assumption;

pub use factors::InputRange;
pub use fleet_path::Reshard;
pub use over_time::{OverTime, TimeCurve, TimePoint};
pub use run::{Cheaper, CurveOdds, LoadSwings, Odds, PairOdds, odds};
pub use spoken::{percent as percent_of_draws, spoken};

/// How costs under factors are worked out.
pub fn assumptions() -> Vec<Assumption> {
    let assumed = |id: &str, what: &str, value: &str| Assumption {
        id: id.to_owned(),
        what: what.to_owned(),
        value: value.to_owned(),
        origin: Origin::Default,
        assumed: true,
    };
    vec![
        assumed(
            "uncertainty.shape",
            "how a factor is spread over its range",
            "the median is the value in use; its logarithm follows half a normal distribution on \
             either side; inputs are independent of one another",
        ),
        assumed(
            "uncertainty.costs",
            "how a design's cost is worked out for a draw",
            "exact where all factors are 1; else units between those of nine factors on sizes, times \
             those of five on rows over as they are, auto-scaled hours between runs for nine peaks and a mean every factor \
             of 1.25, at the prices that each line has on average; Postgres is sized anew",
        ),
        assumed(
            "uncertainty.crossovers",
            "where two curves of a draw change places",
            "the first place of each draw, between two loads of the curves (20 to a factor of \
             ten) on straight lines over the logarithm of the load",
        ),
        assumed(
            "uncertainty.not_drawn",
            "what is taken as known in every draw",
            "prices, other stores, the choice of operations, key skew, what the best commitment \
             saves",
        ),
    ]
}
