//! `compare --check`: a budget as a gate.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use super::{ddbplan, design, scenario};

/// Compares the sample under a budget; what came out, and the report if there is
/// one.
fn gated(budget: &str) -> (Output, Option<Value>) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("budget.toml");
    fs::write(&file, budget).unwrap();
    let out = folder.path().join("report");
    let output = ddbplan(&[
        "compare",
        scenario().to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
        "--quiet",
        "--check",
        file.to_str().unwrap(),
    ]);
    let report = fs::read(out.join("report.json")).ok();
    (output, report.map(|bytes| serde_json::from_slice(&bytes).unwrap()))
}

/// What was said on standard error, with the budget file by its name only.
fn said(output: &Output) -> Vec<String> {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    let name = |line: &str| match line.split_once("/budget.toml") {
        Some((folder, rest)) if Path::new(folder).is_absolute() => format!("budget.toml{rest}"),
        _ => line.to_owned(),
    };
    text.lines().map(name).collect()
}

#[test]
fn broken_limits_are_named_and_the_exit_code_is_1() {
    let (output, report) = gated(
        "[[limits]]\n\
         design = \"user-partition\"\n\
         mode = \"on_demand\"\n\
         load = 8\n\
         leave_out_other_stores = true\n\
         monthly_usd_max = 100.5\n\
         throttled_share_max = 1\n\
         \n\
         [[limits]]\n\
         design = \"user-partition\"\n\
         served_calls_share_min = 1\n\
         served_time_share_min = 0.5\n\
         not_served_max = 0\n\
         \n\
         [[limits]]\n\
         design = \"relational-copy\"\n\
         mode = \"cheapest\"\n\
         load = 1\n\
         monthly_usd_max = 1e9\n",
    );
    let report = report.expect("the report is written whether the limits hold or not");
    let of = design(&report, "user-partition");
    let on_demand = of["modes"].as_array().unwrap().iter().find(|one| one["mode"] == "on_demand");
    let at_8 = on_demand.unwrap()["monthly_usd_at"].as_array().unwrap()[1].clone();
    assert_eq!(at_8["load"], 8.0);
    let usd = at_8["monthly_usd"].as_f64().unwrap();
    let share = of["served_of_data_calls"].as_f64().unwrap();
    let cheapest = design(&report, "relational-copy")["modes"]
        .as_array()
        .unwrap()
        .iter()
        .min_by(|a, b| {
            let cost = |mode: &Value| mode["monthly_usd_at"][0]["monthly_usd"].as_f64().unwrap();
            cost(a).total_cmp(&cost(b))
        })
        .unwrap();
    assert_eq!(cheapest["mode"], "auto_scaled");
    let at_least = cheapest["monthly_usd_at"][0]["monthly_usd"].as_f64().unwrap();
    assert_eq!(
        said(&output),
        [
            format!(
                "budget.toml:6:19: user-partition, on demand, at 8x: monthly_usd_max: it is \
                 ${usd:.2} a month, the limit is at most $100.50 a month"
            ),
            format!(
                "budget.toml:11:26: user-partition: served_calls_share_min: it is {share} of 1, \
                 the limit is at least 1 of 1"
            ),
            "budget.toml:13:18: user-partition: not_served_max: it is 1 statements, the limit is \
             at most 0 statements"
                .to_owned(),
            format!(
                "budget.toml:19:19: relational-copy, auto-scaled, at 1x: monthly_usd_max is not \
                 known: it is at least ${at_least:.2} a month, without warehouse, whose price \
                 nobody stated (limit $1000000000.00 a month; leave_out_other_stores = true \
                 compares the rest)"
            ),
            "budget: 4 of 6 limits do not hold".to_owned(),
        ]
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty(), "--quiet");
}

#[test]
fn a_budget_that_holds_is_exit_code_0() {
    let (output, _) = gated(
        "[[limits]]\nmode = \"each\"\nload = 100\nleave_out_other_stores = true\n\
         monthly_usd_max = 1e9\nthrottled_share_without_burst_max = 1\nnot_served_max = 1\n",
    );
    assert_eq!(said(&output), [""; 0]);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_malformed_budget_is_exit_code_2_before_anything_is_done() {
    let (output, report) = gated("[[limits]]\nmonthly_usd_max = \"much\"\nmode = \"free\"\n");
    assert_eq!(output.status.code(), Some(2));
    assert!(report.is_none(), "nothing is written");
    let said = said(&output);
    assert_eq!(said[0], "budget.toml:2:19: limits.monthly_usd_max must be a number, not a string");
    assert_eq!(said[1], "budget.toml:3:8: limits.mode = \"free\" is not known");
}

/// A slip in a name must not read as a limit that holds.
#[test]
fn what_the_report_does_not_have_is_exit_code_2() {
    let (output, report) = gated(
        "[[limits]]\ndesign = \"user-partitoin\"\nnot_served_max = 1\n\n\
         [[limits]]\nload = 9\nmode = \"cheapest\"\nmonthly_usd_max = 1e9\n",
    );
    assert_eq!(output.status.code(), Some(2));
    assert!(report.is_none(), "nothing is written");
    assert_eq!(
        said(&output),
        [
            "budget.toml:2:10: there is no design \"user-partitoin\"",
            "  fix: did you mean user-partition?",
            "budget.toml:6:8: no cost is known at 9 times today's load",
            "  fix: the loads of the report are: 1, 8, 100, 1000",
        ]
    );
}
