//! Partitions: how many a table or index needs, and how busy the busiest is.

use crate::report::document::Report;
use crate::report::document::design::Design;
use crate::report::document::partitions::{BoundBy, Direction, Partitions, PartitionsAt};

use super::escape::prose;
use super::table;

const GB: f64 = 1_073_741_824.0;

/// The section, folded: its findings stand among the others.
pub(super) fn partitions(report: &Report) -> String {
    let Some(first) = report.designs.iter().flat_map(|design| &design.partitions).next() else {
        return String::new();
    };
    let mut titles = vec!["table or index".to_owned()];
    titles.extend(first.at.iter().map(|at| format!("at {}x", at.load)));
    titles.push("largest collection at 1x".to_owned());
    let rows: Vec<Vec<String>> = report
        .designs
        .iter()
        .flat_map(|design| design.partitions.iter().map(move |one| row(design, one)))
        .collect();
    format!(
        "## Partitions\n\nA partition holds 10 GB and serves 3,000 read or 1,000 write units a \
         second. Needed at each load, by size (S) or throughput (T), with what the busiest takes of \
         its limit at the peak, reads / writes, before it is split for heat; \"-\" where nothing is \
         known of the keys.\n\n<details><summary>{} tables and indexes</summary>\n\n{}\n</details>\n",
        rows.len(),
        table(&titles, true, &rows)
    )
}

fn row(design: &Design, one: &Partitions) -> Vec<String> {
    let name = match &one.index {
        Some(index) => format!("{}: {}.{index}", design.name, one.table),
        None => format!("{}: {}", design.name, one.table),
    };
    let mut row = vec![prose(&name)];
    row.extend(one.at.iter().map(at));
    let largest = one.largest_collection.bytes_horizon;
    row.push(largest.map_or("-".to_owned(), |bytes| match bytes / GB {
        small if small < 0.01 => "below 0.01 GB".to_owned(),
        gigabytes => format!("{gigabytes:.2} GB"),
    }));
    row
}

fn at(at: &PartitionsAt) -> String {
    let by = match at.bound_by {
        Some(BoundBy::Size) => " S",
        Some(BoundBy::Throughput) => " T",
        Some(BoundBy::Neither) | None => "",
    };
    let or_more = if at.by_size.is_none() { " or more" } else { "" };
    let of_limit = |direction: &Direction| {
        direction.busiest.as_ref().map_or("-".to_owned(), |one| {
            let share = one.units_per_second / f64::from(one.units_per_second_max);
            format!("{:.0} %", share * 100.0)
        })
    };
    format!("{}{by}{or_more}, {} / {}", at.needed, of_limit(&at.reads), of_limit(&at.writes))
}
