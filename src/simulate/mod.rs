//! Time: demand minute by minute against capacity modes, partitions and keys.
//!
//! Pure functions over plain data. They return quantities (units consumed and
//! refused, unit-hours provisioned); whoever calls prices them.

pub mod adaptive;
mod alias;
pub mod backpressure;
mod budget;
mod csv;
pub mod curve;
pub mod days;
pub mod intervals;
pub mod jumps;
pub mod keys;
pub mod load;
pub mod modes;
mod moment;
pub mod monte_carlo;
pub mod on_demand;
pub mod provisioned;
pub mod recorded;
mod runs;
mod schedule;
pub mod search;
mod series;
pub mod synthetic;
mod target;
pub mod trace;

pub use budget::DecreaseBudget;
pub(crate) use runs::LongestRun;
pub use schedule::{Recurrence, ScheduledAction};
pub use series::{DAY_MINUTES, MINUTE_MILLI_MAX, MinuteSeries, UnitSum};
pub use target::TargetPercent;
