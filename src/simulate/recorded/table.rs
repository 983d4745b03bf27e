use crate::finding::{Diagnostic, Diagnostics, Place};
use crate::simulate::csv::{CsvReader, Row};
use crate::simulate::moment::moment;

use super::{Metric, Point, Points, milli};

/// Reads a CSV file whose first column is the minute and whose headers (any
/// number of rows before the first minute, as the CloudWatch console writes
/// them) name the metric of each other column.
pub(super) fn read(file: &str, text: &str) -> Result<Points, Diagnostics> {
    let mut faults = Diagnostics::default();
    let mut reader = CsvReader::new(text.as_bytes());
    let mut columns = Columns::default();
    let mut points = Points { points: Vec::new(), gaps_are_idle: false, undated: false };
    let mut in_header = true;
    // Reading from memory does not fail.
    while let Ok(Some(row)) = reader.next_row() {
        let row = match row {
            Ok(row) => row,
            Err(unsplit) => {
                faults.push(Diagnostic::new(unsplit.what).at(Place::at(file, unsplit.line, 1)));
                continue;
            }
        };
        if row.len() == 1 && field(&row, 0).trim().is_empty() {
            continue;
        }
        let minute = minute(&field(&row, 0));
        if in_header && minute.is_none() && !columns.complete() {
            columns.read_header(&row);
            continue;
        }
        if in_header {
            in_header = false;
            points.gaps_are_idle = columns.of_cloudwatch;
            if let Err(fault) = columns.check(file) {
                faults.push(fault);
                break;
            }
        }
        match minute {
            Some((minute, undated)) => {
                points.undated |= undated;
                columns.read_points(file, &row, minute, &mut points.points, &mut faults);
            }
            None => faults.push(
                Diagnostic::new(format!("`{}` is not a minute", field(&row, 0)))
                    .at(Place::at(file, row.line, 1))
                    .why("the first column counts minutes or dates them")
                    .mend("write 0, 1, 2 ... or moments such as 2026-11-23T06:48:00Z"),
            ),
        }
    }
    faults.finish(points)
}

#[derive(Default)]
struct Columns {
    metrics: Vec<Option<Metric>>,
    of_cloudwatch: bool,
    statistic_not_sum: Option<String>,
}

impl Columns {
    fn complete(&self) -> bool {
        !self.of_cloudwatch && self.metrics.iter().flatten().count() > 0
    }

    fn read_header(&mut self, row: &Row<'_>) {
        self.metrics.resize(self.metrics.len().max(row.len()), None);
        for column in 1..row.len() {
            let text = field(row, column);
            self.metrics[column] = self.metrics[column].or(Metric::named(text.trim()));
            self.of_cloudwatch |= text.to_ascii_lowercase().contains("capacityunits");
            let other = ["Average", "Minimum", "Maximum", "SampleCount"];
            if other.contains(&text.trim()) {
                self.statistic_not_sum = Some(text.trim().to_owned());
            }
        }
    }

    fn check(&self, file: &str) -> Result<(), Diagnostic> {
        let start = || Place::at(file, 1, 1);
        if let Some(statistic) = &self.statistic_not_sum {
            return Err(not_the_sum(statistic).at(start()));
        }
        for metric in Metric::BOTH {
            if self.metrics.iter().filter(|m| **m == Some(metric)).count() > 1 {
                let what = format!("more than one column holds {}", metric.words());
                return Err(Diagnostic::new(what)
                    .at(start())
                    .why("capacity belongs to one table or one index")
                    .mend("export one table or index at a time"));
            }
        }
        if self.metrics.iter().flatten().next().is_none() {
            return Err(Diagnostic::new("no header names a column of capacity units")
                .at(start())
                .mend("begin the file with `minute,read_units,write_units`"));
        }
        Ok(())
    }

    fn read_points(
        &self,
        file: &str,
        row: &Row<'_>,
        minute: i64,
        points: &mut Vec<Point>,
        faults: &mut Diagnostics,
    ) {
        for (column, metric) in self.metrics.iter().enumerate() {
            let Some(metric) = *metric else { continue };
            let text = field(row, column);
            // The console leaves a cell empty where a metric has no datapoint.
            if self.of_cloudwatch && text.trim().is_empty() {
                continue;
            }
            let place = Place::at(file, row.line, row.column(column));
            match milli(&text, &place) {
                Ok(milli) => points.push(Point { minute, metric, milli, place }),
                Err(fault) => faults.push(fault),
            }
        }
    }
}

pub(super) fn not_the_sum(statistic: &str) -> Diagnostic {
    Diagnostic::new(format!("the statistic is {statistic}, not Sum"))
        .why("only the Sum of ConsumedReadCapacityUnits and ConsumedWriteCapacityUnits counts units; the others are per request")
        .mend("export the Sum with a period of 60 seconds")
}

/// The minute since the epoch, and whether the text was a bare count.
fn minute(text: &str) -> Option<(i64, bool)> {
    let text = text.trim();
    if let Ok(count) = text.parse::<u32>()
        && count < 1_000_000_000
    {
        return Some((i64::from(count), true));
    }
    moment(text.as_bytes()).map(|at| (at.micros().div_euclid(60_000_000), false))
}

fn field(row: &Row<'_>, index: usize) -> String {
    // The text came in as UTF-8 and is split at ASCII bytes.
    String::from_utf8_lossy(&row.get(index).unwrap_or_default()).into_owned()
}
