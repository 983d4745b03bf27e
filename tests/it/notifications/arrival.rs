//! When calls come within a day: stated by the plan, or as they were counted.

use ddbplan::units::Timestamp;
use serde_json::Value;

use super::{change, copy, design, report};

const NAME: &str = "user-partition-compact";
/// The statement that alone writes to the index `by_provider`.
const SENT: &str = "UPDATE notifications SET state = $1, sent_at = now(), provider_message_id...";

/// Unit-hours a month of a table or index.
fn hours(report: &Value, mode: &str, index: Option<&str>, dimension: &str) -> f64 {
    let modes = design(report, NAME)["modes"].as_array().unwrap();
    let mode = modes.iter().find(|one| one["mode"] == mode).unwrap();
    let lines = mode["lines"].as_array().unwrap();
    let line = lines
        .iter()
        .find(|line| line["index"].as_str() == index && line["dimension"] == dimension)
        .unwrap();
    line["quantity"].as_str().unwrap().parse().unwrap()
}

fn finding<'r>(report: &'r Value, id: &str) -> Option<&'r str> {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().find(|one| one["id"] == id)?["what"].as_str()
}

/// 149,866,200.98 calls a month are 57.0267 a second. All of them within one hour
/// of 24 are 1,368.64 a second then, over 0.7 1,955.2: 1,956 WCU for 730 hours.
/// What is read and written by others keeps its wave: 57.0267 x 2 / 0.7 = 162.9.
#[test]
fn a_job_has_its_hour_and_the_others_their_wave() {
    let folder = copy();
    change(folder.path(), "plan.toml", |text| {
        format!("{text}\n[[load.jobs]]\nsql = \"{SENT}\"\nhour_utc = 23.5\nhours = 1\n")
    });
    let report = report(folder.path());
    let writes = |mode, index| hours(&report, mode, Some(index), "dynamodb.wcu-hours");
    let by_provider = writes("provisioned", "by_provider");
    assert!((by_provider - 1956.0 * 730.0).abs() < 1e-6, "{by_provider}");
    let reads = hours(&report, "provisioned", Some("by_provider"), "dynamodb.rcu-hours");
    assert!((reads - 59_860.0).abs() < 1e-6, "{reads}");
    // Auto scaling has the hour's capacity for an hour and what it takes to come
    // and go: some more hours, not 24.
    let tracked = writes("auto_scaled", "by_provider");
    assert!(tracked > by_provider / 24.0 && tracked < by_provider / 3.0, "{tracked}");
    // The other index has this statement among its writers: its peak is the job's
    // 1,368.64 and what the wave has at 23:30 to 00:30 of the other 72.95 a second.
    let due = writes("provisioned", "due") / 730.0;
    assert!(due > 1_956.0 && due < 1_956.0 + 72.95 * 2.0 / 0.7, "{due}");
    let said = report["assumptions"].as_array().unwrap();
    let job = said.iter().find(|one| one["id"] == "load.jobs").unwrap();
    assert!(job["value"].as_str().unwrap().starts_with("1 h from 23.5 h UTC"), "{job}");
    assert_eq!(report["workload"]["arrival"], "daily_wave");
}

#[test]
fn a_job_of_no_statement_is_told() {
    let folder = copy();
    change(folder.path(), "plan.toml", |text| {
        text + "\n[[load.jobs]]\nsql = \"UPDATE nothing...\"\nhour_utc = 3\nhours = 1\n"
    });
    let report = report(folder.path());
    let said = finding(&report, "job-of-no-statement").unwrap();
    assert!(said.contains("UPDATE nothing..."), "{said}");
}

/// The recording slowed down from 266 seconds to a day and an hour and a half,
/// so that its 13 intervals are some two hours long each.
fn slowed_down(folder: &std::path::Path) {
    let first = Timestamp::parse("2026-11-23T06:48:18Z").unwrap().micros();
    let slow = |at: &str| -> String {
        let micros = Timestamp::parse(at).unwrap().micros();
        Timestamp::from_micros(first + (micros - first) * 345).to_string()
    };
    let files = [
        ("capture/snapshots.jsonl", "\"at\": \""),
        ("capture/pg_stat_statements.jsonl", "\"captured_at\":\""),
    ];
    for (file, key) in files {
        change(folder, file, |text| {
            let one = |line: &str| {
                let from = line.find(key).unwrap() + key.len();
                let to = from + line[from..].find('"').unwrap();
                format!("{}{}{}\n", &line[..from], slow(&line[from..to]), &line[to..])
            };
            text.lines().map(one).collect()
        });
    }
    change(folder, "capture/pg_stat_user_tables_series.csv", |text| {
        let one = |(i, line): (usize, &str)| match line.split_once(',') {
            Some((at, rest)) if i > 0 => format!("{},{rest}\n", slow(at)),
            _ => format!("{line}\n"),
        };
        text.lines().enumerate().map(one).collect()
    });
    change(folder, "plan.toml", |text| {
        text.replace("capture_represents = \"average\"", "capture_represents = \"whole_day\"")
    });
}

/// Each statement comes as it was counted: provisioned capacity is for the
/// busiest interval of what uses it, and the peak within two hours is unknown.
#[test]
fn a_whole_day_is_followed_interval_by_interval() {
    let folder = copy();
    slowed_down(folder.path());
    let report = report(folder.path());
    let workload = &report["workload"];
    assert_eq!(workload["arrival"], "captured_day");
    let busiest = &workload["busiest_minute"];
    let number = |field: &str| busiest[field].as_f64().unwrap();
    assert!(number("longest_interval_seconds") > 7_000.0, "{busiest}");
    let (least, most) = (number("at_least_calls_per_second"), number("at_most_calls_per_second"));
    // The plan's peak over the mean is 2.
    assert!((most / least - 2.0).abs() < 1e-9, "{busiest}");
    let mean: f64 =
        workload["calls_per_month"].as_str().unwrap().parse::<f64>().unwrap() / 2_628_000.0;
    let measured = workload["peak_to_mean"].as_f64().unwrap();
    assert!(measured > 1.0 && least > mean, "{measured} {least} {mean}");
    assert!(finding(&report, "peak-minute-unknown").unwrap().contains("load.peak_to_mean"));
    // Intervals alike: no more than their busiest over 0.7, and no wave of twice
    // the mean.
    let calls: f64 = 149_866_200.98 / 345.0;
    let flat = (calls / 2_628_000.0 / 0.7).ceil();
    let by_provider =
        hours(&report, "provisioned", Some("by_provider"), "dynamodb.wcu-hours") / 730.0;
    assert!(by_provider >= flat && by_provider <= flat * 1.6, "{by_provider} {flat}");
}

/// Counters of two hours do not make a day.
#[test]
fn less_than_a_day_is_not_followed() {
    let folder = copy();
    change(folder.path(), "plan.toml", |text| {
        text.replace("capture_represents = \"average\"", "capture_represents = \"whole_day\"")
    });
    let report = report(folder.path());
    assert_eq!(report["workload"]["arrival"], "daily_wave");
    assert!(finding(&report, "whole-day-incomplete").is_some());
}

/// A week whose Sundays are quiet; a busiest day above the busiest minute is
/// refused.
#[test]
fn weekdays_have_weights() {
    let folder = copy();
    change(folder.path(), "plan.toml", |text| {
        text.replace("[load]\n", "[load]\nweekday_weights = [1, 1, 1, 1, 1, 1, 0.2]\n")
    });
    let weekly = report(folder.path());
    assert_eq!(weekly["workload"]["arrival"], "weekly_wave");
    change(folder.path(), "plan.toml", |text| {
        text.replace("[1, 1, 1, 1, 1, 1, 0.2]", "[9, 0, 0, 0, 0, 0, 0]")
    });
    let refused = super::ddbplan(&["compare", folder.path().to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("plan.toml:") && said.contains("7.00 times the mean load"), "{said}");
}
