//! A declared workload, through the commands a user runs.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(clippy::disallowed_methods, reason = "tests lay their input out on the disk")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

fn scenario() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("workloads/orders")
}

fn copy() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("designs")).unwrap();
    for file in ["plan.toml", "workload.toml", "schema.sql", "designs/relational-copy.toml"] {
        fs::copy(scenario().join(file), folder.path().join(file)).unwrap();
    }
    folder
}

fn compare(folder: &Path) -> Output {
    let out = TempDir::new().unwrap();
    Command::new(env!("CARGO_BIN_EXE_ddbplan"))
        .args(["compare", folder.to_str().unwrap(), "--json", "--out"])
        .arg(out.path())
        .output()
        .unwrap()
}

fn report(folder: &Path) -> Value {
    let output = compare(folder);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A month of 730 hours has 2,628,000 seconds: 120 calls a second are 315,360,000,
/// and 6 inserts a second of items below 1 KB 15,768,000 write request units at
/// $0.625 a million, $9.855, on a table without an index that they enter.
#[test]
fn rates_become_calls_and_calls_dollars() {
    let report = report(&scenario());
    let patterns = report["workload"]["patterns"].as_array().unwrap();
    let calls = |beginning: &str| {
        let one = patterns.iter().find(|one| one["sql"].as_str().unwrap().starts_with(beginning));
        one.unwrap()["calls_per_month"].as_str().unwrap().to_owned()
    };
    assert_eq!(calls("SELECT id, status"), "315360000");
    assert_eq!(calls("UPDATE orders"), "31536000");
    assert_eq!(report["workload"]["calls_per_month"], "620208000");
    let design = &report["designs"].as_array().unwrap()[0];
    assert_eq!(design["name"], "relational-copy");
    assert_eq!(design["coverage"]["served"], 1.0);
    let operations = design["operations"].as_array().unwrap();
    let insert = operations
        .iter()
        .find(|one| {
            one["pattern"].as_str().unwrap().starts_with("insert.orders") && one["index"].is_null()
        })
        .unwrap();
    // A few items are above 1 KB: the texts have a spread about their declared mean.
    let units = insert["write_units_per_call"].as_f64().unwrap();
    assert!((1.0..1.001).contains(&units), "{units}");
    let dollars: f64 = insert["monthly_usd"].as_str().unwrap().parse().unwrap();
    assert!((dollars - 9.855 * units).abs() < 1e-6, "{dollars} {units}");
    // It is said that none of it was measured, and what it was read from.
    let findings = report["findings"].as_array().unwrap();
    assert!(
        findings.iter().any(|one| one["id"] == "workload-declared" && one["severity"] == "high")
    );
    let inputs = report["manifest"]["inputs"].as_array().unwrap();
    let names: Vec<&str> = inputs.iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"workload.toml") && names.contains(&"schema.sql"), "{names:?}");
    assert!(!names.iter().any(|name| name.starts_with("capture/")), "{names:?}");
}

/// What is said of a column counts, whether or not its bytes are said: 400,000
/// customers, one of whom has a fifth of the orders, are what Postgres is sharded by.
#[test]
fn columns_count_without_their_bytes() {
    let folder = copy();
    let path = folder.path().join("workload.toml");
    let text = fs::read_to_string(&path).unwrap();
    let said = "customer_id = { distinct = 400_000, top_shares = [0.2] }";
    fs::write(&path, text.replace("customer_id = { distinct = 400_000 }", said)).unwrap();
    let report = report(folder.path());
    let keys = report["postgres"]["shard_keys"].as_array().unwrap();
    let key = keys.iter().find(|key| key["column"] == "customer_id").unwrap();
    assert_eq!((&key["values"], &key["largest_share"]), (&400_000.0.into(), &0.2.into()));
    assert!(keys.iter().all(|key| key["values"] != 1.0), "nobody said one value: {keys:?}");
}

/// What cannot be counted is refused before anything is worked out, all of it at once.
#[test]
fn loads_and_tables_beyond_counting_are_refused() {
    let folder = copy();
    let path = folder.path().join("workload.toml");
    let text = fs::read_to_string(&path).unwrap();
    let rates = text.replace(
        "calls_per_second = 6\nrows_per_call = 1",
        "calls_per_second = 1e8\nrows_per_call = 10",
    );
    assert_ne!(rates, text);
    fs::write(&path, rates).unwrap();
    let output = compare(folder.path());
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{told}");
    assert!(
        told.contains("plan.toml:10:10: at 1000x of today's load the busiest minute has"),
        "{told}"
    );
    assert!(told.contains("table orders would have") && told.contains("fix: "), "{told}");
}

/// Growth counts like a range: what the horizon brings must be countable too.
#[test]
fn growth_beyond_counting_is_refused() {
    let folder = copy();
    let path = folder.path().join("plan.toml");
    let text = fs::read_to_string(&path).unwrap();
    let lines = text.lines().map(|line| {
        let key = line.split('=').next().unwrap_or_default().trim();
        match key {
            "growth_per_month" => "growth_per_month = 2",
            "horizon_months" => "horizon_months = 120",
            _ => line,
        }
    });
    fs::write(&path, lines.collect::<Vec<_>>().join("\n")).unwrap();
    let output = compare(folder.path());
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("of today's load the busiest minute has"), "{told}");
}

/// A month of nothing has no busiest minute: what a spike leaves is more than nothing.
#[test]
fn a_spike_leaves_some_load() {
    let folder = copy();
    let path = folder.path().join("plan.toml");
    let mut text = fs::read_to_string(&path).unwrap();
    text.push_str("\n[[load.spikes]]\nday = 1\nhour_utc = 0\nhours = 48\ntimes = 0\n");
    fs::write(&path, text).unwrap();
    let output = compare(folder.path());
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("times = 0 is out of range"), "{told}");
    assert!(told.contains("it lies between 0.001 and 10000"), "{told}");
}

/// Twice the rates, twice the request units, exactly.
#[test]
fn cost_on_demand_is_linear_in_declared_rates() {
    let folder = copy();
    let once = report(folder.path());
    let path = folder.path().join("workload.toml");
    let text = fs::read_to_string(&path).unwrap();
    let doubled: String = text
        .lines()
        .map(|line| match line.strip_prefix("calls_per_second = ") {
            Some(rate) => format!("calls_per_second = {}\n", 2 * rate.parse::<u32>().unwrap()),
            None => format!("{line}\n"),
        })
        .collect();
    fs::write(&path, doubled).unwrap();
    let twice = report(folder.path());
    let requests = |report: &Value| -> Vec<f64> {
        let modes = report["designs"][0]["modes"].as_array().unwrap();
        let on_demand = modes.iter().find(|one| one["mode"] == "on_demand").unwrap();
        let lines = on_demand["lines"].as_array().unwrap();
        let requests = lines
            .iter()
            .filter(|line| line["dimension"].as_str().unwrap().ends_with("-request-units"));
        requests.map(|line| line["usd"].as_str().unwrap().parse().unwrap()).collect()
    };
    let (once, twice) = (requests(&once), requests(&twice));
    assert!(once.len() >= 3 && once.len() == twice.len());
    for (once, twice) in once.iter().zip(&twice) {
        assert!((twice - 2.0 * once).abs() < 1e-6, "{once} {twice}");
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let folder = copy();
    let path = folder.path().join("workload.toml");
    let text = fs::read_to_string(&path).unwrap();
    let wrong =
        text.replace("rows_per_call = 12", "rows_a_call = 12").replace("rows = 5_000_000", "");
    fs::write(&path, wrong).unwrap();
    let output = compare(folder.path());
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    assert!(told.contains("workload.toml:4:9: table orders needs rows"), "{told}");
    assert!(told.contains("a statement needs rows_per_call"), "{told}");
    assert!(told.contains("patterns.rows_a_call is not a known key"), "{told}");
}

#[test]
fn a_workload_is_declared_or_recorded() {
    let folder = copy();
    fs::create_dir(folder.path().join("capture")).unwrap();
    let output = compare(folder.path());
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(told.contains("either declared or recorded"), "{told}");
}

/// Nobody measured the tables: their bytes on Postgres are predicted, with bloat
/// that is stated, and more of it is more to store.
#[test]
fn postgres_stores_predicted_bytes_with_stated_bloat() {
    let folder = copy();
    let path = folder.path().join("plan.toml");
    let plan = fs::read_to_string(&path).unwrap();
    let bytes = |bloat: &str| {
        fs::write(&path, format!("{plan}\n[postgres]\n{bloat}\n")).unwrap();
        let report = report(folder.path());
        let findings = report["findings"].as_array().unwrap();
        let predicted =
            findings.iter().find(|one| one["id"] == "postgres-sizes-predicted").unwrap();
        assert!(predicted["what"].as_str().unwrap().contains("order_lines"), "{predicted}");
        let assumptions = report["assumptions"].as_array().unwrap();
        let heap = assumptions.iter().find(|one| one["id"] == "postgres.heap_bloat").unwrap();
        (predicted["what"].as_str().unwrap().to_owned(), heap["value"].as_str().unwrap().to_owned())
    };
    let (what, heap) = bytes("");
    assert!(what.contains("heaps x1.15 and indexes x1.35") && heap == "x1.15", "{what} {heap}");
    let (what, heap) = bytes("heap_bloat = 2");
    assert!(what.contains("heaps x2 and") && heap == "x2", "{what} {heap}");
    let (what, _) = bytes("oldest_transaction_minutes = 30");
    assert!(what.contains("updates of a row in 30 minutes"), "{what}");
    fs::write(
        &path,
        format!("{plan}\n[postgres]\nheap_bloat = 2\noldest_transaction_minutes = 30\n"),
    )
    .unwrap();
    let output = compare(folder.path());
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(told.contains("bloat is stated twice"), "{told}");
}

/// Without execution times Postgres's CPU is not what it seems, and that is told.
#[test]
fn statements_without_times_are_named() {
    let folder = copy();
    let path = folder.path().join("workload.toml");
    let text = fs::read_to_string(&path).unwrap();
    let untimed: String = text
        .lines()
        .filter(|line| !line.starts_with("exec_ms"))
        .map(|line| format!("{line}\n"))
        .collect();
    let told = |text: &str| {
        fs::write(&path, text).unwrap();
        let report = report(folder.path());
        let findings = report["findings"].as_array().unwrap().clone();
        findings.into_iter().find(|one| one["id"] == "cpu-without-times")
    };
    let finding = told(&untimed).unwrap();
    assert!(finding["what"].as_str().unwrap().contains("100 % of calls"), "{finding}");
    // With all times there is nothing to tell.
    let timed = untimed.replace("rows_per_call", "exec_ms = 0.2\nrows_per_call");
    assert!(told(&timed).is_none());
}
