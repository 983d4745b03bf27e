//! What global indexes add to the writes of a design.

use crate::report::chart::{AmountUnit, Bar, BreakdownChart};
use crate::report::document::design::Design;

/// A bar for every design: write units a second on tables and on indexes.
pub fn chart(designs: &[Design]) -> BreakdownChart {
    let bars = designs
        .iter()
        .map(|design| {
            let units = |of_index: bool| -> f64 {
                let operations = design.operations.iter();
                let these = operations.filter(|one| one.index.is_some() == of_index);
                these.map(|one| one.calls_per_second * one.write_units_per_call).sum()
            };
            let (tables, indexes) = (units(false), units(true));
            let times = if tables > 0.0 { (tables + indexes) / tables } else { 1.0 };
            Bar {
                name: format!("{}: {times:.2} times", design.name),
                amounts: vec![Some(tables), Some(indexes)],
            }
        })
        .collect();
    BreakdownChart {
        title: "What indexes add to writes".to_owned(),
        subtitle: "at today's load, mean of the month; times: all write units over those of tables"
            .to_owned(),
        x_label: "write units per second".to_owned(),
        unit: AmountUnit::Count,
        parts: vec!["tables".to_owned(), "indexes".to_owned()],
        last_is_left: false,
        bars,
    }
}
