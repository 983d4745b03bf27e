//! What must hold for every scenario, shown on this one.

use std::fs;

use serde_json::Value;

use super::{copy, ddbplan, design, dollars, report, request_bill, scenario};

/// Every counter of every statement and table doubled: twice the requests, so
/// twice the request bill, exactly.
#[test]
fn doubling_all_counters_doubles_the_request_bill() {
    let folder = copy();
    super::change(folder.path(), "capture/pg_stat_statements.jsonl", |text| {
        text.lines().map(|line| double_counters(line) + "\n").collect()
    });
    super::change(folder.path(), "capture/pg_stat_user_tables_series.csv", |text| {
        let mut lines = text.lines();
        let header = lines.next().unwrap().to_owned() + "\n";
        let doubled = lines.map(|line| {
            let cells: Vec<String> = line
                .split(',')
                .enumerate()
                .map(|(i, cell)| match cell.parse::<u64>() {
                    Ok(count) if i >= 3 => (2 * count).to_string(),
                    _ => cell.to_owned(),
                })
                .collect();
            cells.join(",") + "\n"
        });
        header + &doubled.collect::<String>()
    });
    let (once, twice) = (report(&scenario()), report(folder.path()));
    for name in ["relational-copy", "user-partition", "user-partition-compact"] {
        let (once, twice) = (request_bill(&once, name), request_bill(&twice, name));
        assert!(once > 0.0);
        assert!((twice - 2.0 * once).abs() < 1e-8, "{name}: {twice} is not twice {once}");
    }
}

fn double_counters(line: &str) -> String {
    let mut row: Value = serde_json::from_str(line).unwrap();
    let object = row.as_object_mut().unwrap();
    for (name, value) in object.iter_mut() {
        let kept = ["queryid", "captured_at", "min_exec_time", "max_exec_time", "mean_exec_time"];
        if kept.contains(&name.as_str()) {
            continue;
        }
        if let Some(count) = value.as_i64() {
            *value = Value::from(2 * count);
        } else if let Some(amount) = value.as_f64() {
            *value = Value::from(2.0 * amount);
        }
    }
    row.to_string()
}

/// Without a statement in the capture its operations are gone and nothing else
/// changes.
#[test]
fn removing_a_statement_removes_exactly_its_lines() {
    let folder = copy();
    let gone = "5571629181494344785";
    super::change(folder.path(), "capture/pg_stat_statements.jsonl", |text| {
        text.lines().filter(|line| !line.contains(gone)).map(|line| format!("{line}\n")).collect()
    });
    let (before, after) = (report(&scenario()), report(folder.path()));
    for name in ["relational-copy", "user-partition", "user-partition-compact"] {
        let of = |report: &Value| design(report, name)["operations"].as_array().unwrap().clone();
        let (before, after) = (of(&before), of(&after));
        let kept: Vec<Value> =
            before.iter().filter(|one| one["queryid"] != gone).cloned().collect();
        assert!(kept.len() < before.len());
        assert_eq!(kept, after);
    }
}

/// Shares add up to 1, by calls and by time; no statement is missing.
#[test]
fn every_call_is_accounted_for() {
    let report = report(&scenario());
    for design in report["designs"].as_array().unwrap() {
        for by in ["coverage", "coverage_by_time"] {
            let shares: f64 =
                design[by].as_object().unwrap().values().map(|share| share.as_f64().unwrap()).sum();
            assert!((shares - 1.0).abs() < 1e-9, "{} {by}: {shares}", design["name"]);
        }
    }
    let patterns = report["workload"]["patterns"].as_array().unwrap();
    let set_aside = report["workload"]["set_aside"].as_array().unwrap();
    let calls = |rows: &[Value], nested: bool| -> u64 {
        rows.iter()
            .filter(|row| row["nested"] == nested)
            .map(|row| row["calls"].as_u64().unwrap())
            .sum()
    };
    // 201,707 top-level calls at the last snapshot, one before the first.
    assert_eq!(calls(patterns, false) + calls(set_aside, false), 201_706);
}

/// The bill is the sum of its lines, and the lines of requests are the sum of
/// the operations.
#[test]
fn every_dollar_can_be_traced() {
    let report = report(&scenario());
    for design in report["designs"].as_array().unwrap() {
        for mode in design["modes"].as_array().unwrap() {
            let lines: f64 =
                mode["lines"].as_array().unwrap().iter().map(|line| dollars(&line["usd"])).sum();
            assert!((dollars(&mode["monthly_usd"]) - lines).abs() < 1e-6);
        }
        let name = design["name"].as_str().unwrap();
        let operations: f64 = design["operations"]
            .as_array()
            .unwrap()
            .iter()
            .map(|operation| dollars(&operation["monthly_usd"]))
            .sum();
        assert!((operations - request_bill(&report, name)).abs() < 1e-6, "{name}");
    }
}

/// On demand, requests cost exactly as many times more as the load is.
#[test]
fn requests_on_demand_are_linear_in_load() {
    let report = report(&scenario());
    let curve = report["curves"]
        .as_array()
        .unwrap()
        .iter()
        .find(|curve| curve["name"] == "user-partition, on demand")
        .unwrap();
    let points = curve["points"].as_array().unwrap();
    let first = points[0][1].as_f64().unwrap();
    for point in points {
        let (load, usd) = (point[0].as_f64().unwrap(), point[1].as_f64().unwrap());
        assert!((usd / (first * load) - 1.0).abs() < 1e-6, "{load}x: {usd}");
    }
}

/// Two runs give the same bytes.
#[test]
fn two_runs_give_the_same_bytes() {
    let files = || {
        let out = tempfile::TempDir::new().unwrap();
        let scenario = scenario();
        let arguments =
            ["compare", scenario.to_str().unwrap(), "--out", out.path().to_str().unwrap()];
        assert!(ddbplan(&arguments).status.success());
        ["report.json", "cost_curve.png", "cost_over_time.png"]
            .map(|name| fs::read(out.path().join(name)).unwrap())
    };
    assert_eq!(files(), files());
}
