//! The best commitment beside each bill as configured.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::{change, copy, ddbplan, dollars, report, scenario};

fn modes<'r>(report: &'r Value, mode: &str) -> Vec<&'r Value> {
    let designs = report["designs"].as_array().unwrap().iter();
    designs
        .flat_map(|design| design["modes"].as_array().unwrap())
        .filter(|one| one["mode"] == mode)
        .collect()
}

/// What the terminal shows of a comparison, and its report.
fn shown_and_report(folder: &Path, more: &[&str]) -> (String, Value) {
    let out = TempDir::new().unwrap();
    let target = out.path().join("report");
    let mut args = vec!["compare", folder.to_str().unwrap(), "--out", target.to_str().unwrap()];
    args.push("--long");
    args.extend(more);
    let output = ddbplan(&args);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report = serde_json::from_slice(&fs::read(target.join("report.json")).unwrap()).unwrap();
    (String::from_utf8(output.stdout).unwrap(), report)
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-6
}

/// Worked out anew from the bill's lines. A month holds 730 hours; a unit
/// reserved for a year costs, an hour, 0.000128 + 1.50 / 8,760 to write (list
/// price 0.00065: it pays from 46.0 % of the hours) and 0.000025 + 0.30 / 8,760
/// to read (0.00013: from 45.6 %). A fixed capacity of so many units wants every
/// full block of 100, and one more where what is left fills that share of it.
#[test]
fn reservations_follow_from_the_provisioned_capacity() {
    let report = report(&scenario());
    let fees = [
        ("write", "dynamodb.wcu-hours", 0.000_65, 0.000_128, 1.5),
        ("read", "dynamodb.rcu-hours", 0.000_13, 0.000_025, 0.3),
    ];
    for mode in modes(&report, "provisioned") {
        let best = &mode["best_commitment"];
        let (mut monthly, mut behind, mut upfront) = (0.0, 0.0, 0.0);
        for (direction, dimension, list, hourly, once) in fees {
            let lines = mode["lines"].as_array().unwrap().iter();
            let hours: f64 = lines
                .filter(|line| line["dimension"] == dimension)
                .map(|line| dollars(&line["quantity"]))
                .sum();
            let units = hours / 730.0;
            let effective = hourly + once / 8760.0;
            let pays = f64::from(u8::from(units % 100.0 / 100.0 > effective / list));
            let reserved = ((units / 100.0).floor() + pays) * 100.0;
            let bought = best["reservations"].as_array().unwrap().iter();
            let bought: f64 = bought
                .filter(|one| one["direction"] == direction)
                .map(|one| one["units"].as_f64().unwrap())
                .sum();
            assert!(near(bought, reserved), "{direction}: {bought} where {reserved} pay");
            let at_list = |units: f64| (units - reserved).max(0.0) * list;
            monthly += 730.0 * (reserved * effective + at_list(units) - units * list);
            behind += 730.0 * (reserved * effective + at_list(0.8 * units) - 0.8 * units * list);
            upfront += reserved * once;
        }
        let as_configured = dollars(&mode["monthly_usd"]);
        let less = &best["at_80_percent_load"];
        assert!(near(dollars(&best["nothing_new_monthly_usd"]), as_configured));
        assert!(near(dollars(&best["effective_monthly_usd"]), as_configured + monthly));
        assert!(near(dollars(&best["upfront_usd"]), upfront));
        let nothing_new = dollars(&less["nothing_new_monthly_usd"]);
        assert!(near(nothing_new, 0.8 * as_configured));
        assert!(near(dollars(&less["effective_monthly_usd"]), nothing_new + behind));
        assert!(near(best["saving_share"].as_f64().unwrap(), -monthly / as_configured));
        assert_eq!(best["why"].as_array().unwrap().len(), 2);
        assert_eq!(mode["upfront_usd"], "0");
    }
}

#[test]
fn a_plan_may_ask_for_rates_that_nobody_verified() {
    let folder = copy();
    change(folder.path(), "plan.toml", |text| {
        text.replace(
            "[postgres]",
            "[dynamodb.commitment]\nterms = []\nunverified = true\n[postgres]",
        )
    });
    for mode in modes(&report(folder.path()), "on_demand") {
        let best = &mode["best_commitment"];
        assert_eq!(best["reservations"].as_array().unwrap().len(), 0);
        assert_eq!(best["savings_plan"]["by_region"][0]["verified"], false);
        assert_eq!(best["verified"], false);
        let requests: f64 = mode["lines"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|line| line["dimension"].as_str().unwrap().ends_with("request-units"))
            .map(|line| dollars(&line["usd"]))
            .sum();
        // Request units in a Savings Plan cost 18 % less.
        let saved = dollars(&mode["monthly_usd"]) - dollars(&best["effective_monthly_usd"]);
        assert!(near(saved, 0.18 * requests), "{saved} of {requests}");
    }
    let (shown, _) = shown_and_report(folder.path(), &[]);
    let row = shown.lines().find(|line| line.starts_with("relational-copy, on demand")).unwrap();
    assert!(row.contains(" NOT VERIFIED "), "{row}");
}

#[test]
fn a_book_without_prices_shows_no_commitment_rather_than_a_free_one() {
    let folder = TempDir::new().unwrap();
    let book = folder.path().join("book.json");
    let only_storage = r#"{"format":1,"title":"storage alone","sources":{"list":{"date":"2026-01-01",
        "what":"a list"}},"prices":[{"region":"us-east-1","dimension":"dynamodb.storage","unit":"GB-month",
        "usd":"0.25","source":"list","date":"2026-01-01","verified":true}]}"#;
    fs::write(&book, only_storage).unwrap();
    let (shown, report) = shown_and_report(&scenario(), &["--pricing", book.to_str().unwrap()]);
    let row = shown.lines().find(|line| line.starts_with("relational-copy, provisioned")).unwrap();
    assert_eq!(row.split_whitespace().filter(|cell| *cell == "?").count(), 3, "{row}");
    for mode in modes(&report, "provisioned") {
        let best = &mode["best_commitment"];
        assert!(best["effective_monthly_usd"].is_null() && best["upfront_usd"].is_null());
        let why = best["unpriced"][0].as_str().unwrap();
        assert!(why.contains("us-east-1 has no price"), "{why}");
    }
}

#[test]
fn the_terminal_shows_both_and_what_is_bought() {
    let (shown, _) = shown_and_report(&scenario(), &[]);
    let head = shown.lines().find(|line| line.starts_with("USD a month")).unwrap();
    assert!(head.contains("committed") && head.contains("upfront"), "{head}");
    assert!(!shown.contains("NOT VERIFIED"), "{shown}");
    assert!(shown.contains("x 100 write units in us-east-1 for 1y"), "{shown}");
    assert!(shown.contains("at 80 % of the load"), "{shown}");
    // 0.00013 / (3,600 x 0.000000125), and (0.000025 + 0.3 / 8,760) / 0.00013.
    assert!(shown.contains("read: provisioned capacity costs less than on demand from 28.9 %"));
    assert!(shown.contains("reserved for 1y less than provisioned from 45.6 % of the hours"));
    assert!(shown.contains("not considered: its rate in us-east-1 is not verified"), "{shown}");
}
