//! One direction of one table or index under provisioned capacity, minute by
//! minute: burst, throttling, auto scaling, billed hours.
//!
//! Everything is integer arithmetic in thousandths of a unit, so a run is exact
//! and the same everywhere.

mod cell;
mod days;
mod outcome;
mod rule;
mod settings;

use std::ops::ControlFlow;

pub use cell::Cell;
pub use days::{run_days, run_days_each};
pub use outcome::{BilledCapacity, HourBasis, Minute, Outcome};
pub use settings::{BURST_SECONDS, Provisioned, TABLE_QUOTA_UNITS_PER_S, TargetTracking};

use super::series::MinuteSeries;

/// Runs a whole series and keeps the totals.
#[must_use]
pub fn run(series: &MinuteSeries, settings: &Provisioned) -> Outcome {
    drive::<false>(series, settings, |_| ControlFlow::Continue(()))
}

/// Runs a series and shows every minute to `each`, which may stop the run.
pub fn run_each(
    series: &MinuteSeries,
    settings: &Provisioned,
    each: impl FnMut(Minute) -> ControlFlow<()>,
) -> Outcome {
    drive::<true>(series, settings, each)
}

/// Unless it is `WATCHED`, minutes in which nothing happens are passed over.
fn drive<const WATCHED: bool>(
    series: &MinuteSeries,
    settings: &Provisioned,
    mut each: impl FnMut(Minute) -> ControlFlow<()>,
) -> Outcome {
    let demand = series.milli();
    let mut cell = Cell::new(settings, series.start_minute(), demand.first().copied().unwrap_or(0));
    let mut done = 0;
    while done < demand.len() {
        let (next, flow) = cell.run_to_event::<WATCHED>(series, done, &mut each);
        done = next;
        if flow.is_break() {
            break;
        }
    }
    cell.add_offered(if done == demand.len() {
        series.total()
    } else {
        series.first(done).total()
    });
    cell.outcome()
}

#[cfg(test)]
mod tests;
