//! The load of 200 statements on 20 tables and indexes.

use ddbplan::simulate::curve::{Shape, factors};
use ddbplan::simulate::load::{StatementLoad, Touch};

use super::support::MONTH;

pub const RESOURCES: usize = 20;

/// Calls per minute of 200 statements, each with its own daily wave.
pub fn calls(operations_per_second: f64) -> Vec<Vec<f64>> {
    let per_minute = operations_per_second * 60.0 / 200.0;
    (0..200_u16)
        .map(|statement| {
            let shape = Shape::Diurnal {
                peak_to_mean: 1.5 + f64::from(statement) / 100.0,
                peak_minute: statement * 7,
            };
            factors(&[shape], 0, MONTH).into_iter().map(|factor| factor * per_minute).collect()
        })
        .collect()
}

/// Every statement touches every table and index: the most that there can be.
pub fn statements(calls: &[Vec<f64>]) -> Vec<StatementLoad<'_>> {
    let touches: Vec<Touch> = (0..RESOURCES)
        .map(|resource| Touch { resource, mean_units: 1.4, second_moment_units: 3.1 })
        .collect();
    calls
        .iter()
        .map(|calls| StatementLoad { calls, dispersion: 1.0, touches: touches.clone() })
        .collect()
}
