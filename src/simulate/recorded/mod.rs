//! Recorded consumption: files of units per minute to [`Recorded`].

mod assemble;
mod cloudwatch;
mod table;

#[cfg(test)]
mod tests;

use crate::finding::{Diagnostic, Diagnostics, Finding, Place};

use super::series::MinuteSeries;

/// Consumption of one table or index, as recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// Read units per minute.
    pub reads: MinuteSeries,
    /// Write units per minute, over the same minutes.
    pub writes: MinuteSeries,
    /// Minutes that one recorded figure covers; more than 1 hides the peak
    /// minute.
    pub period_minutes: u32,
    /// What a reader of the result must know.
    pub findings: Vec<Finding>,
}

/// Which of the two metrics a figure belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Metric {
    Reads,
    Writes,
}

impl Metric {
    const BOTH: [Self; 2] = [Self::Reads, Self::Writes];

    /// The metric named by a column header, a CloudWatch label or a query id.
    fn named(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let is = |plain: &str, metric: &str| name == plain || name.contains(metric);
        if is("read_units", "consumedreadcapacityunits") {
            Some(Self::Reads)
        } else if is("write_units", "consumedwritecapacityunits") {
            Some(Self::Writes)
        } else {
            None
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Reads => "read units",
            Self::Writes => "write units",
        }
    }
}

/// One recorded figure.
struct Point {
    minute: i64,
    metric: Metric,
    milli: u64,
    place: Place,
}

/// What the readers hand to the assembler.
struct Points {
    points: Vec<Point>,
    /// The exporter leaves out periods without any consumption, as CloudWatch
    /// does.
    gaps_are_idle: bool,
    /// Minutes are counted from 0, not dated.
    undated: bool,
}

/// Reads one or more files of consumption: CSV `minute,read_units,write_units`,
/// a CSV export of the CloudWatch console, or the JSON of `aws cloudwatch
/// get-metric-data` or `get-metric-statistics` (Sum). CloudWatch puts the two
/// metrics in two files if asked for one at a time; give both.
///
/// Units are those consumed in the minute, not per second. `period_minutes` is what
/// one figure covers, where the user knows: files do not tell, and CloudWatch leaves
/// out periods without consumption.
///
/// # Errors
/// Everything wrong with the files, by line.
pub fn read(
    files: &[(String, String)],
    period_minutes: Option<u32>,
) -> Result<Recorded, Diagnostics> {
    let mut faults = Diagnostics::default();
    let mut all = Vec::new();
    for (name, text) in files {
        let json = text.trim_start().starts_with(['{', '[']);
        let read = if json { cloudwatch::read(name, text) } else { table::read(name, text) };
        match read {
            Ok(points) => all.push(points),
            Err(found) => faults.0.extend(found.0),
        }
    }
    faults.finish(())?;
    assemble::assemble(all, period_minutes.map(i64::from))
}

/// A consumption such as `12.5`, to the nearest thousandth of a unit.
fn milli(text: &str, place: &Place) -> Result<u64, Diagnostic> {
    let units: Option<f64> = text.trim().parse().ok();
    units.and_then(super::series::milli_from_f64).ok_or_else(|| {
        Diagnostic::new(format!("`{}` is not a number of capacity units", text.trim()))
            .at(place.clone())
            .why("units consumed in a minute are 0 or more")
            .mend("write the Sum of the metric over the minute, and 0 where nothing was consumed")
    })
}
