//! Stores that serve what a design does not, in every total.

use serde_json::Value;

use super::{change, copy, design, dollars, report};

const DESIGN: &str = "user-partition-compact";

fn with_warehouse(lines: &str) -> Value {
    let folder = copy();
    change(folder.path(), "plan.toml", |text| {
        text.replace("store = \"warehouse\"\n", &format!("store = \"warehouse\"\n{lines}"))
    });
    report(folder.path())
}

/// A design's total under its first mode, with strong reads, and committed.
fn totals(report: &Value) -> [f64; 3] {
    let mode = &design(report, DESIGN)["modes"][0];
    [
        dollars(&mode["monthly_usd"]),
        dollars(&mode["strong_reads_monthly_usd"]),
        dollars(&mode["best_commitment"]["effective_monthly_usd"]),
    ]
}

fn at(report: &Value, load: f64) -> f64 {
    let curve = report["curves"]
        .as_array()
        .unwrap()
        .iter()
        .find(|curve| curve["name"] == format!("{DESIGN}, on demand"))
        .unwrap();
    let points = curve["points"].as_array().unwrap();
    points.iter().find(|point| point[0] == load).unwrap()[1].as_f64().unwrap()
}

/// $500 a month at today's load: in every total of the mode, and in the curve
/// once at 1x and a hundred times at 100x.
#[test]
fn a_stated_price_is_in_every_total() {
    let (without, with) =
        (with_warehouse(""), with_warehouse("monthly_usd = 500\ngrows_with_load = true\n"));
    for (without, with) in totals(&without).into_iter().zip(totals(&with)) {
        assert!((with - without - 500.0).abs() < 1e-6, "{without} {with}");
    }
    assert!((at(&with, 1.0) - totals(&with)[0]).abs() < 1e-6);
    assert!((at(&with, 1.0) - at(&without, 1.0) - 500.0).abs() < 1e-6);
    assert!((at(&with, 100.0) - at(&without, 100.0) - 50_000.0).abs() < 1e-6);
    let basis = with["verdict"]["basis"].as_str().unwrap();
    assert!(basis.contains("include warehouse ($500.00 a month"), "{basis}");
    assert_eq!(with["verdict"]["at"][0]["design_is_lower_bound"], false);
    assert_eq!(without["verdict"]["at"][0]["design_is_lower_bound"], true);
}

/// A price that stays as it is adds as much at 100x as at 1x.
#[test]
fn a_fixed_price_does_not_follow_the_load() {
    let (without, with) =
        (with_warehouse(""), with_warehouse("monthly_usd = 500\ngrows_with_load = false\n"));
    assert!((at(&with, 100.0) - at(&without, 100.0) - 500.0).abs() < 1e-6);
}

/// What no rule covers goes to a store that nobody has named: its price is
/// unknown, and the totals are lower bounds.
#[test]
fn what_is_served_nowhere_is_named() {
    let folder = copy();
    change(folder.path(), "plan.toml", |text| text.replace("SELECT template, state", "SELECT x"));
    for name in ["relational-copy", "user-partition", "user-partition-compact"] {
        change(folder.path(), &format!("designs/{name}.toml"), |text| {
            let rule = text.find("[[patterns]]\nsql = \"SELECT template, state").unwrap();
            text[..rule].to_owned()
        });
    }
    let report = report(folder.path());
    let stores = design(&report, DESIGN)["elsewhere"].as_array().unwrap();
    assert_eq!(stores[0]["store"], "a store not named yet");
    assert_eq!(stores[0]["monthly_usd"], Value::Null);
}
