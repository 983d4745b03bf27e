//! Hourly usage as a table: one row an hour, one column for each table or index
//! and dimension.
//!
//! ```csv
//! hour,orders dynamodb.wcu-hours,orders/by_day dynamodb.wcu-hours
//! 2026-09-01T00,120,40
//! 2026-09-01T01,90,40
//! ```

use rust_decimal::Decimal;

use super::commitment::{UsageSeries, hour_units_max};
use super::csv::{Row, rows};
use super::dimension::Dimension;
use crate::finding::{Diagnostic, Diagnostics, Place};

/// Reads hourly series from CSV. The first column names the hour and is not
/// read; the others are headed by a name, a space and a dimension.
///
/// # Errors
/// Every faulty column and cell, with its line.
pub fn parse_series(file: &str, text: &str) -> Result<Vec<UsageSeries>, Diagnostics> {
    let mut rows = rows(text);
    let Some(header) = rows.next() else {
        return Err(Diagnostic::new("there is no usage here").at(Place::file(file)).into());
    };
    let mut faults = Diagnostics::default();
    let mut series = Vec::new();
    for cell in header.cells.iter().skip(1) {
        match column(cell) {
            Ok(column) => series.push(column),
            Err(fault) => faults.push(fault.at(Place::at(file, header.line, 1))),
        }
    }
    if header.cells.len() < 2 {
        faults.push(
            Diagnostic::new("there is no column of usage")
                .at(Place::at(file, header.line, 1))
                .mend("head one `orders dynamodb.wcu-hours`, say"),
        );
    }
    let mut series = faults.finish(series)?;
    let mut faults = Diagnostics::default();
    for row in rows {
        if let Err(fault) = read_row(&row, &mut series) {
            faults.push(fault.at(Place::at(file, row.line, 1)));
        }
    }
    faults.finish(series)
}

fn column(header: &str) -> Result<UsageSeries, Diagnostic> {
    let Some((resource, id)) = header.trim().rsplit_once(' ') else {
        return Err(Diagnostic::new(format!("`{header}` is not a name, a space and a dimension")));
    };
    let Some(dimension) = Dimension::from_id(id) else {
        let similar = Dimension::similar(id);
        let fault = Diagnostic::new(format!("there is no dimension `{id}`"));
        return Err(if similar.is_empty() {
            fault
        } else {
            fault.mend(format!("did you mean {}?", similar.join(" or ")))
        });
    };
    Ok(UsageSeries { resource: resource.trim().to_owned(), dimension, units: Vec::new() })
}

fn read_row(row: &Row, series: &mut [UsageSeries]) -> Result<(), Diagnostic> {
    if row.cells.len() != series.len() + 1 {
        return Err(Diagnostic::new(format!(
            "{} cells, where the header has {}",
            row.cells.len(),
            series.len() + 1
        )));
    }
    for (one, cell) in series.iter_mut().zip(&row.cells[1..]) {
        let units = Decimal::from_str_exact(cell.trim()).map_err(|_| {
            Diagnostic::new(format!("`{cell}` is not a number of units ({})", one.resource))
        })?;
        let most = hour_units_max(one.dimension);
        if units > most {
            return Err(Diagnostic::new(format!(
                "{units} {} in an hour are more than {most} ({})",
                one.dimension, one.resource
            ))
            .why("no account uses as much, and no commitment is sought for it"));
        }
        one.units.push(units);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_series() {
        let text =
            "hour,orders dynamodb.wcu-hours,order lines dynamodb.rcu-hours\n0,1,2.5\n1,3,4\n";
        let series = parse_series("s.csv", text).unwrap();
        assert_eq!(series[1].resource, "order lines");
        assert_eq!(series[1].dimension, Dimension::RcuHours);
        assert_eq!(series[1].units, ["2.5".parse().unwrap(), Decimal::from(4)]);
    }

    #[test]
    fn more_units_than_any_account_has_are_refused_with_their_line() {
        let text = "hour,a dynamodb.wcu-hours,b dynamodb.rcu-hours,c dynamodb.read-request-units\n\
                    0,1,100000000,100000000000\n1,1,100000001,1\n";
        let faults = parse_series("s.csv", text).unwrap_err();
        assert_eq!(faults.0.len(), 1);
        let said = faults.to_string();
        assert!(said.starts_with("s.csv:3:1: 100000001 dynamodb.rcu-hours in an hour"), "{said}");
    }

    #[test]
    fn faults_have_lines() {
        let faults = parse_series("s.csv", "hour,orders\n").unwrap_err().to_string();
        assert!(faults.starts_with("s.csv:1:1: `orders` is not a name"), "{faults}");
        let text = "hour,a dynamodb.wcu-hours\n0,1\n1\n2,many\n";
        let faults = parse_series("s.csv", text).unwrap_err().to_string();
        assert!(faults.contains("s.csv:3:1: 1 cells, where the header has 2"), "{faults}");
        assert!(faults.contains("s.csv:4:1: `many` is not a number of units (a)"), "{faults}");
    }
}
