//! The load of 200 statements on 20 tables and indexes, and a recorded trace.

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

/// A CSV trace of so many rows, ten a second.
pub fn csv_trace(rows: u32) -> String {
    let mut text = String::from("ts,operation,table,key,bytes,old_bytes\n");
    for row in 0..rows {
        let operation = ["GetItem", "PutItem", "UpdateItem", "Query"][(row % 4) as usize];
        let old = if operation == "UpdateItem" { "811" } else { "" };
        text.push_str(&format!(
            "{}.{},{operation},table{},user-{},{},{old}\n",
            1_790_000_000 + row / 10,
            row % 10,
            row % 5,
            row.wrapping_mul(2_654_435_761) % 100_000,
            200 + row.wrapping_mul(40_503) % 4_000,
        ));
    }
    text
}

/// The same as JSON lines.
pub fn json_trace(csv: &str) -> String {
    let mut text = String::new();
    for line in csv.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let old = if fields[5].is_empty() { "null" } else { fields[5] };
        text.push_str(&format!(
            "{{\"ts\":{},\"operation\":\"{}\",\"table\":\"{}\",\"key\":\"{}\",\"bytes\":{},\"old_bytes\":{old}}}\n",
            fields[0], fields[1], fields[2], fields[3], fields[4],
        ));
    }
    text
}
