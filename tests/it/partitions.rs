//! Partitions of a declared workload, by hand.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use super::runs::compared_into;

const PLAN: &str = "region = \"us-east-1\"\n\n[load]\npeak_to_mean = 1\nrange = [1, 20]\n\
                    horizon_months = 1\n\n[dynamodb]\nmodes = [\"provisioned\"]\n\
                    \n[uncertainty]\ndraws = 100\n";

const SCHEMA: &str = "CREATE TABLE events (account bigint NOT NULL, id bigint NOT NULL, \
                      body text NOT NULL, note text NOT NULL, PRIMARY KEY (account, id));\n";

/// Events of accounts, of which 3,600 are updated a second; a fifth belong to one
/// account.
fn compared(rows: u64, local_index: bool) -> Value {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("designs")).unwrap();
    let write = |file: &str, text: &str| fs::write(folder.path().join(file), text).unwrap();
    write("plan.toml", PLAN);
    write("schema.sql", SCHEMA);
    write(
        "workload.toml",
        &format!(
            "schema = \"schema.sql\"\n\n[tables.events]\nrows = {rows}\n\
             columns.account = {{ bytes = 8, distinct = 1_000, top_shares = [0.2] }}\n\
             columns.body = {{ bytes = 20 }}\ncolumns.note = {{ bytes = 20 }}\n\n[[patterns]]\n\
             sql = \"UPDATE events SET body = $1 WHERE account = $2 AND id = $3\"\n\
             calls_per_second = 3600\nrows_per_call = 1\n"
        ),
    );
    let design = "name = \"plain\"\nsummary = \"as it is\"\n\n[tables.events]\npartition_key = \
                  \"account\"\nsort_key = \"id\"\n\n[tables.events.items.event]\nfrom = \"events\"\n";
    let lsi = "\n[tables.events.lsi.by_note]\nsort_key = \"note\"\nprojection = \"keys_only\"\n";
    write("designs/plain.toml", &format!("{design}{}", if local_index { lsi } else { "" }));
    let out = folder.path().join("out");
    let report = compared_into(folder.path(), &out);
    let markdown = fs::read_to_string(out.join("report.md")).unwrap();
    assert!(markdown.contains("| plain: events |"), "{markdown}");
    report
}

fn design(report: &Value) -> &Value {
    &report["designs"][0]
}

fn near(value: &Value, expected: f64) {
    let value = value.as_f64().unwrap_or_else(|| panic!("{value} is no number"));
    assert!((value / expected - 1.0).abs() < 1e-6, "{value} is not {expected}");
}

fn finding<'r>(report: &'r Value, id: &str) -> Option<&'r Value> {
    design(report)["findings"].as_array().unwrap().iter().find(|one| one["id"] == id)
}

/// 3,600 writes of one unit need 3 x 3,600 / 3,000 = 4 partitions. A fifth are on
/// one account, 720 a second, and each partition has a quarter of the others, so
/// that one takes 0.2 + 0.8 / 4 = 40 %, 1,440 a second: of 8 partitions 30 %, of 16
/// 25 %, which are 900. Until then (1,440 - 1,000) / 3,600 are refused: there are
/// 3,600 / 0.7 units of capacity, which the others lend. At 20 times the load the
/// account takes 14,400, which no split helps.
#[test]
fn the_busiest_partition_is_split_for_heat() {
    let report = compared(100_000_000, false);
    let partitions = &design(&report)["partitions"][0];
    let at = |load: f64| {
        let all = partitions["at"].as_array().unwrap();
        all.iter().find(|at| at["load"].as_f64() == Some(load)).unwrap()
    };
    let today = at(1.0);
    assert_eq!((&today["by_throughput"], &today["needed"]), (&4.into(), &4.into()));
    assert_eq!(today["bound_by"], "throughput");
    let stored = design(&report)["storage"][0]["bytes_horizon"].as_f64().unwrap();
    near(&today["stored_bytes"], stored);
    near(&today["by_size"], (stored / 10_737_418_240.0).ceil());
    let busiest = &today["writes"]["busiest"];
    near(&today["writes"]["peak_units_per_second"], 3_600.0);
    near(&busiest["share"], 0.4);
    near(&busiest["units_per_second"], 1_440.0);
    near(&busiest["hottest_key_units_per_second"], 720.0);
    assert_eq!(busiest["splits_for_heat_to"], 16);
    assert_eq!(busiest["skew"], "stored_frequencies");
    near(&busiest["throttled_share_unless_split"], 440.0 / 3_600.0);
    assert!(today["reads"]["busiest"].is_null());
    let later = at(20.0);
    assert_eq!(later["by_throughput"], 72);
    near(&later["writes"]["busiest"]["hottest_key_units_per_second"], 14_400.0);
    assert!(later["writes"]["busiest"]["splits_for_heat_to"].is_null());

    let told = finding(&report, "partition-splits-for-heat").unwrap();
    assert_eq!(told["severity"], "medium");
    let what = told["what"].as_str().unwrap();
    for part in ["at 1x", "of 4 partitions of events", "40.0 % of writes", "1440 units", "12.22 %"]
    {
        assert!(what.contains(part), "{part} in {what}");
    }
}

/// A fifth of two thousand million items: beyond 10 GB with a local index writes are
/// refused, and its entries count; without one the sort key splits them.
#[test]
fn the_largest_collection_is_held_against_ten_gigabytes() {
    let plain = compared(2_000_000_000, false);
    let largest = |report: &Value| design(report)["partitions"][0]["largest_collection"].clone();
    let mean = design(&plain)["item_sizes"][0]["mean_bytes"].as_f64().unwrap();
    near(&largest(&plain)["bytes_horizon"], 0.2 * 2e9 * mean);
    assert_eq!(largest(&plain)["held_by"], "sort_key");
    assert_eq!(finding(&plain, "collection-spans-partitions").unwrap()["severity"], "low");
    assert!(finding(&plain, "collection-over-10-gb").is_none());

    let local = compared(2_000_000_000, true);
    assert_eq!(largest(&local)["held_by"], "local_index");
    let (with, without) = (&largest(&local)["bytes_horizon"], &largest(&plain)["bytes_horizon"]);
    assert!(with.as_f64() > without.as_f64());
    assert_eq!(finding(&local, "collection-over-10-gb").unwrap()["severity"], "high");
    // The local index is in its table's partitions.
    assert_eq!(design(&local)["partitions"].as_array().unwrap().len(), 1);
}
