use super::*;

fn read_one(text: &str) -> Result<Recorded, Diagnostics> {
    read(&[("series".to_owned(), text.to_owned())], None)
}

fn faults(text: &str) -> String {
    read_one(text).unwrap_err().to_string()
}

#[test]
fn a_plain_series_is_read_minute_by_minute() {
    let read = read_one("minute,read_units,write_units\n0,12.5,3\n1,0,4\n").unwrap();
    assert_eq!(read.reads.milli(), &[12_500, 0]);
    assert_eq!(read.writes.milli(), &[3_000, 4_000]);
    assert_eq!(read.findings[0].id, "minutes-undated");
}

#[test]
fn moments_date_the_series() {
    let text =
        "minute,write_units,read_units\n2026-11-23T06:48:00Z,1,2\n2026-11-23T06:49:00Z,1,2\n";
    let read = read_one(text).unwrap();
    assert_eq!(read.reads.start_minute(), 1_795_416_480 / 60);
    assert_eq!(read.reads.milli(), &[2000, 2000]);
    assert!(read.findings.is_empty());
}

#[test]
fn every_fault_is_told_with_its_line_and_column() {
    let text = "minute,read_units,write_units\n0,1,x\n1,-1,1\nnoon,1,1\n2,1\n";
    let told = faults(text);
    for expected in [
        "series:2:5: `x` is not a number of capacity units",
        "series:3:3: `-1` is not a number",
        "series:4:1: `noon` is not a minute",
        "series:5:1: `` is not a number",
    ] {
        assert!(told.contains(expected), "{expected} in\n{told}");
    }
}

#[test]
fn minutes_missing_from_a_plain_series_are_not_taken_for_zero() {
    let told = faults("minute,read_units,write_units\n0,1,1\n1,1,1\n4,1,1\n");
    assert!(told.contains("series:4:3: 2 minutes are missing before this one"), "{told}");
    let told = faults("minute,read_units,write_units\n0,1,1\n0,1,1\n");
    assert!(told.contains("given twice"), "{told}");
    assert!(faults("minute,read_units,write_units\n").contains("not a single minute"));
    assert!(faults("minute,read_units\n0,1\n").contains("no write units"));
    assert!(faults("0,1,1\n").contains("minute,read_units,write_units"));
}

#[test]
fn a_console_export_names_its_columns_in_several_header_rows() {
    let text = "Full label,Orders reads,Orders writes\n\
                Metric,ConsumedReadCapacityUnits,ConsumedWriteCapacityUnits\n\
                Statistic,Sum,Sum\n\
                2026/11/23 00:00:00,10,\n2026/11/23 00:02:00,,5\n2026/11/23 00:01:00,1,1\n";
    let read = read_one(text).unwrap();
    assert_eq!(read.reads.milli(), &[10_000, 1_000, 0]);
    assert_eq!(read.writes.milli(), &[0, 1_000, 5_000]);
    assert_eq!(read.findings.len(), 2);
    let average = text.replace("Statistic,Sum,Sum", "Statistic,Average,Average");
    assert!(faults(&average).contains("the statistic is Average, not Sum"));
}

#[test]
fn metric_data_comes_newest_first_and_without_idle_minutes() {
    let metric = |id, name: &str, times: &str, values: &str| {
        format!(
            r#"{{"Id":"{id}","Label":"{name}","Timestamps":[{times}],"Values":[{values}],"StatusCode":"Complete"}}"#
        )
    };
    let reads = metric(
        "r",
        "ConsumedReadCapacityUnits",
        r#""2026-11-23T00:03:00+00:00","2026-11-23T00:00:00+00:00""#,
        "2.5,1.0",
    );
    let writes = metric("w", "ConsumedWriteCapacityUnits", r#""2026-11-23T00:01:00+00:00""#, "7.0");
    let read = read_one(&format!(r#"{{"MetricDataResults":[{reads},{writes}]}}"#)).unwrap();
    assert_eq!(read.reads.milli(), &[1_000, 0, 0, 2_500]);
    assert_eq!(read.writes.milli(), &[0, 7_000, 0, 0]);
}

/// The first of two pages, then both: only then nothing is missing.
#[test]
fn half_an_answer_is_not_taken_for_idle_minutes() {
    let result = |name: &str, minute: u32, code: &str| {
        format!(
            r#"{{"Id":"m","Label":"{name}","Timestamps":["2026-11-23T00:{minute:02}:00Z"],"Values":[1.0],"StatusCode":"{code}"}}"#
        )
    };
    let writes = result("ConsumedWriteCapacityUnits", 0, "Complete");
    let (first, last) = (
        result("ConsumedReadCapacityUnits", 1, "PartialData"),
        result("ConsumedReadCapacityUnits", 0, "Complete"),
    );
    let told = faults(&format!(r#"{{"MetricDataResults":[{writes},{first}]}}"#));
    assert!(told.contains("its StatusCode is PartialData"), "{told}");
    let read = read_one(&format!(r#"{{"MetricDataResults":[{writes},{first},{last}]}}"#)).unwrap();
    assert_eq!(read.reads.milli(), &[1_000, 1_000]);
}

#[test]
fn five_minute_statistics_are_spread_and_said_to_hide_the_peak() {
    let file = |name: &str| {
        let points: Vec<String> = [(0, 7), (5, 10)]
            .iter()
            .map(|(m, sum)| {
                format!(
                    r#"{{"Timestamp":"2026-11-23T00:{m:02}:00Z","Sum":{sum}.0,"Unit":"Count"}}"#
                )
            })
            .collect();
        (name.to_owned(), format!(r#"{{"Label":"{name}","Datapoints":[{}]}}"#, points.join(",")))
    };
    let read = read(&[file("ConsumedReadCapacityUnits"), file("ConsumedWriteCapacityUnits")], None)
        .unwrap();
    assert_eq!(read.period_minutes, 5);
    assert_eq!(read.reads.len(), 10);
    assert_eq!(read.reads.total().units(), rust_decimal::Decimal::from(17));
    let has = |id| read.findings.iter().any(|finding| finding.id == id);
    assert!(has("peak-minute-unknown") && has("period-assumed"));
}

/// A job that writes 600 units every tenth minute: in an export that leaves out
/// idle minutes that looks like periods of ten, of which some are missing after a
/// pause. With the period it is what it was; nine minutes in ten are idle.
#[test]
fn a_sparse_export_needs_its_period() {
    let header = "Metric,ConsumedReadCapacityUnits,ConsumedWriteCapacityUnits\nStatistic,Sum,Sum\n";
    let row = |minute: u32| format!("2026/11/23 00:{minute:02}:00,1,600\n");
    let sparse = format!("{header}{}{}{}", row(0), row(10), row(30));
    let told = faults(&sparse);
    assert!(told.contains("nobody knows what a datapoint covers"), "{told}");
    assert!(told.contains("--period"), "{told}");
    let stated =
        |text: &str, minutes| read(&[("series".to_owned(), text.to_owned())], Some(minutes));
    let minutes = stated(&sparse, 1).unwrap();
    assert_eq!((minutes.period_minutes, minutes.writes.len()), (1, 31));
    assert_eq!((minutes.writes.milli()[10], minutes.writes.milli()[11]), (600_000, 0));
    assert!(!minutes.findings.iter().any(|finding| finding.id == "period-assumed"));
    let tens = stated(&sparse, 10).unwrap();
    assert_eq!((tens.writes.len(), tens.writes.milli()[11]), (40, 60_000));
    // Where none is missing the distance is taken, and said to be.
    let dense = read_one(&format!("{header}{}{}", row(0), row(10))).unwrap();
    assert!(dense.findings.iter().any(|finding| finding.id == "period-assumed"));
    assert!(stated(&sparse, 7).unwrap_err().to_string().contains("out of step"));
}
