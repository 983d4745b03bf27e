//! What the bills are made of.

use rust_decimal::prelude::ToPrimitive;

use crate::pricing::{Dimension, Unit};
use crate::report::chart::{AmountUnit, Bar, BreakdownChart};
use crate::report::document::bill::PostgresLine;
use crate::report::document::design::Design;
use crate::report::document::mode::Mode;
use crate::report::document::postgres::Postgres;
use crate::report::document::{Exact, bill};

const PARTS: [&str; 8] = [
    "reads",
    "table writes",
    "GSI writes",
    "storage",
    "backups and the rest of DynamoDB",
    "Postgres instances",
    "Postgres storage and I/O",
    "the rest of Postgres",
];

/// A bar for every design under every mode and for the fleets of Postgres, at
/// today's load.
pub fn chart(designs: &[Design], postgres: &Postgres) -> BreakdownChart {
    let modes = |design: &Design| -> Vec<Bar> {
        let bar = |mode: &Mode| Bar {
            name: format!("{}, {}", design.name, mode.mode.label()),
            amounts: amounts(mode.lines.iter().map(|line| (part(line), line.usd.as_ref()))),
        };
        design.modes.iter().map(bar).collect()
    };
    let fleet = |name: &str, lines: &[PostgresLine]| Bar {
        name: name.to_owned(),
        amounts: amounts(lines.iter().map(|line| (postgres_part(line), line.usd.as_ref()))),
    };
    let mut bars: Vec<Bar> = designs.iter().flat_map(modes).collect();
    bars.extend(postgres.lines.as_ref().map(|lines| fleet("sharded Postgres", lines)));
    bars.extend(postgres.single.as_ref().map(|single| fleet("single Postgres", &single.lines)));
    BreakdownChart {
        title: "What a month costs, by what it is for".to_owned(),
        subtitle: "at today's load, list prices, as configured".to_owned(),
        x_label: "USD per month".to_owned(),
        unit: AmountUnit::Usd,
        parts: PARTS.map(str::to_owned).to_vec(),
        last_is_left: false,
        bars,
    }
}

/// Sums by part; a part with a line that has no price is not known.
fn amounts<'a>(lines: impl Iterator<Item = (usize, Option<&'a Exact>)>) -> Vec<Option<f64>> {
    let mut sums = vec![Some(0.0); PARTS.len()];
    for (part, usd) in lines {
        sums[part] =
            sums[part].zip(usd).map(|(sum, usd)| sum + usd.get().to_f64().unwrap_or(f64::NAN));
    }
    sums
}

fn part(line: &bill::Line) -> usize {
    let Some(dimension) = Dimension::from_id(&line.dimension) else { return 4 };
    match dimension.unit() {
        Unit::ReadRequestUnit | Unit::RcuHour => 0,
        Unit::WriteRequestUnit
        | Unit::ReplicatedWriteRequestUnit
        | Unit::WcuHour
        | Unit::RwcuHour => 1 + usize::from(line.index.is_some()),
        Unit::GbMonth if matches!(dimension, Dimension::Storage | Dimension::IaStorage) => 3,
        _ => 4,
    }
}

fn postgres_part(line: &PostgresLine) -> usize {
    // An id, and the class of an instance after a blank.
    let id = line.dimension.split(' ').next().unwrap_or_default();
    let storage = ["storage", "iops", "throughput", "io-requests"];
    if id.ends_with("-hours") && !id.contains("proxy") {
        5
    } else if storage.iter().any(|word| id.contains(word)) && !id.contains("backup") {
        6
    } else {
        7
    }
}
