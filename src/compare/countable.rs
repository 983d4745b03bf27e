//! Loads and tables that are beyond counting: refused before anything is worked out.

use crate::finding::{Diagnostic, Diagnostics, Origin};
use crate::scenario::LoadSettings;
use crate::sql::Access;
use crate::workload::Workload;

use super::arrival::Arrival;

/// Calls and rows a second, at the largest load asked about and in its busiest minute:
/// of 400 units each they are a tenth of what a minute of a series can hold.
const OPERATIONS_PER_SECOND_MAX: f64 = 1e11;
/// Bytes of one table: an exabyte. Postgres ends at 32 TB ("PostgreSQL Limits").
const TABLE_BYTES_MAX: f64 = 1e18;

/// Whether everything that is asked about can be counted.
///
/// # Errors
/// What cannot, and what to lower.
pub fn check_countable(
    workload: &Workload,
    load: &LoadSettings,
    arrival: &Arrival,
) -> Result<(), Diagnostics> {
    let mut faults = Diagnostics::default();
    let grown = (1.0 + load.growth_per_month.value).powf(load.horizon_months.value);
    let most = load.range.value.1.max(grown);
    let of_statements: f64 = workload
        .patterns
        .iter()
        .filter(|one| !one.nested && !matches!(one.access, Access::Ignorable(_)))
        .map(|one| {
            let calls = one.calls_per_second(workload.month_hours);
            calls * (1.0 + one.rows_per_call.unwrap_or(0.0))
        })
        .sum();
    let busiest = of_statements * most * arrival.usual().highest_to_mean();
    if busiest > OPERATIONS_PER_SECOND_MAX {
        let mut fault = Diagnostic::new(format!(
            "at {} of today's load the busiest minute has {busiest:.1e} calls and rows a second",
            multiple(most)
        ))
        .why(format!("no more than {OPERATIONS_PER_SECOND_MAX:.0e} can be counted"))
        .mend("lower load.range, the growth, the rates of the workload or the spikes");
        let most_of = if grown > load.range.value.1 {
            &load.growth_per_month.origin
        } else {
            &load.range.origin
        };
        if let Origin::File(place) = most_of {
            fault = fault.at(place.clone());
        }
        faults.push(fault);
    }
    for entity in &workload.entities {
        let rows = entity.rows.unwrap_or(0.0).max(entity.rows_horizon.unwrap_or(0.0));
        let row: f64 = entity.attributes.iter().map(|one| one.bytes.mean()).sum();
        if rows * row.max(1.0) > TABLE_BYTES_MAX {
            faults.push(
                Diagnostic::new(format!(
                    "table {} would have {rows:.1e} rows of {row:.0} bytes at the horizon",
                    entity.table
                ))
                .why(format!("no more than {TABLE_BYTES_MAX:.0e} bytes can be counted"))
                .mend("lower its rows, the rate at which they come, or load.retention_days"),
            );
        }
    }
    faults.finish(())
}

/// A multiple of today's load; those that growth alone makes have no end of digits.
fn multiple(load: f64) -> String {
    if load < 1e9 { format!("{load}x") } else { format!("{load:.1e}x") }
}
