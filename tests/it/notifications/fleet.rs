//! The ways to buy the Postgres fleet, and what it is sharded by.

use serde_json::Value;

use super::{report, scenario};

fn number(value: &Value) -> f64 {
    value.as_str().unwrap().parse().unwrap()
}

fn line<'r>(fleet: &'r Value, dimension: &str) -> &'r Value {
    let lines = fleet["lines"].as_array().unwrap();
    lines.iter().find(|line| line["dimension"].as_str().unwrap().starts_with(dimension)).unwrap()
}

/// A cluster is a writer and a reader: 2 x 730 hours a shard. The sum of the
/// lines is the bill.
#[test]
fn aurora_in_three_ways() {
    let report = report(&scenario());
    let options = report["postgres"]["options"].as_array().unwrap();
    assert_eq!(options.len(), 3);
    let hours = [
        "aurora.instance-hours",
        "aurora.io-optimized-instance-hours",
        "aurora.reserved-1y-no-upfront-hours",
    ];
    for (option, hours) in options.iter().zip(hours) {
        let fleet = &option["fleet"];
        let shards = fleet["shards"].as_f64().unwrap();
        let instances = line(fleet, hours);
        assert!((number(&instances["quantity"]) - 1460.0 * shards).abs() < 1e-9);
        let sum: f64 =
            fleet["lines"].as_array().unwrap().iter().map(|line| number(&line["usd"])).sum();
        assert!((sum - number(&fleet["monthly_usd"])).abs() < 1e-6, "{option}");
    }
    let requests = |i: usize| line(&options[i]["fleet"], "aurora.io-requests")["quantity"].clone();
    assert_eq!(requests(0), requests(2));
    let optimized = options[1]["fleet"]["lines"].as_array().unwrap();
    assert!(optimized.iter().all(|line| line["dimension"] != "aurora.io-requests"));
}

#[test]
fn the_shard_key_is_found_from_the_statements() {
    let report = report(&scenario());
    let findings = report["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["id"] == "shard-key").unwrap();
    println!("{found}");
    let patterns = report["workload"]["patterns"].as_array().unwrap();
    let id = |start: &str| {
        let of = |one: &&Value| one["sql"].as_str().unwrap().starts_with(start);
        patterns.iter().find(of).unwrap()["pattern"].as_str().unwrap().to_owned()
    };
    let what = found["what"].as_str().unwrap();
    // The hourly report names no key at all.
    assert!(what.contains(&id("SELECT template, state, count(*)")), "{what}");
}
