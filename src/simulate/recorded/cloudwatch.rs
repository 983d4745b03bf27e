use std::collections::BTreeMap;

use serde::Deserialize;

use crate::finding::{Diagnostic, Diagnostics, Place};
use crate::simulate::moment::moment;
use crate::simulate::series::milli_from_f64;

use super::{Metric, Point, Points, table::not_the_sum};

/// Output of `aws cloudwatch get-metric-data`. AWS adds fields as it likes, so
/// unknown ones are let pass.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MetricData {
    metric_data_results: Vec<MetricDataResult>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MetricDataResult {
    #[serde(default)]
    id: String,
    #[serde(default)]
    label: String,
    timestamps: Vec<String>,
    values: Vec<f64>,
    /// `Complete`, or why there are more datapoints than these.
    status_code: Option<String>,
}

/// Output of `aws cloudwatch get-metric-statistics`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MetricStatistics {
    label: String,
    datapoints: Vec<Datapoint>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Datapoint {
    timestamp: String,
    sum: Option<f64>,
}

pub(super) fn read(file: &str, text: &str) -> Result<Points, Diagnostics> {
    let whole = || Place::file(file);
    let json: serde_json::Value = serde_json::from_str(text).map_err(|error| {
        Diagnostic::new(format!("this is not JSON: {error}")).at(Place::at(
            file,
            error.line(),
            error.column(),
        ))
    })?;
    let mut faults = Diagnostics::default();
    let mut points = Vec::new();
    let documents = match json {
        serde_json::Value::Array(documents) => documents,
        one => vec![one],
    };
    for document in documents {
        if document.get("MetricDataResults").is_some() {
            match serde_json::from_value::<MetricData>(document) {
                Ok(data) => metric_data(file, data, &mut points, &mut faults),
                Err(error) => faults.push(Diagnostic::new(error.to_string()).at(whole())),
            }
        } else if document.get("Datapoints").is_some() {
            match serde_json::from_value::<MetricStatistics>(document) {
                Ok(data) => statistics(file, data, &mut points, &mut faults),
                Err(error) => faults.push(Diagnostic::new(error.to_string()).at(whole())),
            }
        } else {
            faults.push(
                Diagnostic::new("neither `MetricDataResults` nor `Datapoints` is in this JSON")
                    .at(whole())
                    .mend(
                        "save the output of `aws cloudwatch get-metric-data` or \
                         `get-metric-statistics` for ConsumedReadCapacityUnits and \
                         ConsumedWriteCapacityUnits",
                    ),
            );
        }
    }
    faults.finish(Points { points, gaps_are_idle: true, undated: false })
}

fn metric_data(file: &str, data: MetricData, points: &mut Vec<Point>, faults: &mut Diagnostics) {
    // Of a result that comes in pages the last one is complete.
    let mut unfinished = BTreeMap::new();
    for result in &data.metric_data_results {
        let name = if result.label.is_empty() { &result.id } else { &result.label };
        match result.status_code.as_deref() {
            None | Some("Complete") => unfinished.remove(name),
            Some(code) => unfinished.insert(name.clone(), code.to_owned()),
        };
    }
    for (name, code) in unfinished {
        faults.push(
            Diagnostic::new(format!("`{name}` is not complete: its StatusCode is {code}"))
                .at(Place::file(file))
                .why("what is missing from it would count as minutes without consumption")
                .mend("fetch all pages, or ask for a shorter time"),
        );
    }
    for result in data.metric_data_results {
        let name = if result.label.is_empty() { &result.id } else { &result.label };
        let Some(metric) = metric(file, &[&result.label, &result.id], name, faults) else {
            continue;
        };
        if result.timestamps.len() != result.values.len() {
            let what = format!("`{name}` has not as many timestamps as values");
            faults.push(Diagnostic::new(what).at(Place::file(file)));
            continue;
        }
        for (at, units) in result.timestamps.iter().zip(result.values) {
            point(file, name, (metric, at, units), points, faults);
        }
    }
}

fn statistics(
    file: &str,
    data: MetricStatistics,
    points: &mut Vec<Point>,
    faults: &mut Diagnostics,
) {
    let Some(metric) = metric(file, &[&data.label], &data.label, faults) else { return };
    for datapoint in data.datapoints {
        match datapoint.sum {
            Some(units) => {
                let figure = (metric, datapoint.timestamp.as_str(), units);
                point(file, &data.label, figure, points, faults);
            }
            None => {
                faults.push(not_the_sum("another one").at(Place::file(file)));
                return;
            }
        }
    }
}

fn metric(file: &str, names: &[&str], shown: &str, faults: &mut Diagnostics) -> Option<Metric> {
    let found = names.iter().find_map(|name| Metric::named(name));
    if found.is_none() {
        faults.push(
            Diagnostic::new(format!("`{shown}` is neither of the two consumption metrics"))
                .at(Place::file(file))
                .mend(
                    "query ConsumedReadCapacityUnits and ConsumedWriteCapacityUnits of one table \
                     or index, and keep these names in the labels",
                ),
        );
    }
    found
}

fn point(
    file: &str,
    name: &str,
    (metric, at, units): (Metric, &str, f64),
    points: &mut Vec<Point>,
    faults: &mut Diagnostics,
) {
    let place = Place::file(file);
    match (moment(at.as_bytes()), milli_from_f64(units)) {
        (Some(at), Some(milli)) => {
            let minute = at.micros().div_euclid(60_000_000);
            points.push(Point { minute, metric, milli, place });
        }
        (None, _) => {
            faults.push(Diagnostic::new(format!("`{at}` in `{name}` is not a moment")).at(place))
        }
        (_, None) => faults.push(
            Diagnostic::new(format!("{units} in `{name}` at {at} is not a number of units"))
                .at(place),
        ),
    }
}
