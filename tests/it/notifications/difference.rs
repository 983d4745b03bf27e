//! `ddbplan diff`: what changed between two reports.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use super::{change, copy, ddbplan, dollars};

/// Compares a scenario into a folder; gives the path of its report.
fn reported(scenario: &Path, into: &Path) -> PathBuf {
    let output = ddbplan(&[
        "compare",
        scenario.to_str().unwrap(),
        "--quiet",
        "--out",
        into.to_str().unwrap(),
    ]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    into.join("report.json")
}

fn diff(before: &Path, after: &Path, more: &[&str]) -> Output {
    let mut args = vec!["diff", before.to_str().unwrap(), after.to_str().unwrap()];
    args.extend(more);
    ddbplan(&args)
}

fn list<'v>(value: &'v Value, key: &str) -> &'v Vec<Value> {
    value[key].as_array().unwrap()
}

/// An assumption and a design changed: both are named, and every change of a
/// bill is the sum of the changes of its lines.
#[test]
fn a_change_is_traced_to_its_lines_and_statements() {
    let folder = copy();
    let out = TempDir::new().unwrap();
    let before = reported(folder.path(), &out.path().join("a"));
    change(folder.path(), "designs/user-partition.toml", |text| {
        let (head, rest) = text.split_once("[[patterns]]").expect("the sample has rules");
        format!(
            "{head}\n[tables.inbox.gsi.by_state]\npartition_key = \"state\"\nsort_key = \"id\"\nprojection = \"keys_only\"\n\n[[patterns]]{rest}"
        )
    });
    fs::remove_file(folder.path().join("designs/relational-copy.toml")).unwrap();
    let after = reported(folder.path(), &out.path().join("b"));
    let output = diff(&before, &after, &["--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["designs_removed"], serde_json::json!(["relational-copy"]));
    assert_eq!(list(&found, "designs_added").len(), 0);
    let inputs: Vec<&str> =
        list(&found, "inputs").iter().map(|one| one["what"].as_str().unwrap()).collect();
    assert_eq!(inputs, ["designs/relational-copy.toml", "designs/user-partition.toml"]);
    assert!(list(&found, "prices").iter().all(|one| one["to"].is_null()), "no price changed");

    // The index is a new line of every mode, and what statements cost rises by
    // what on-demand writes of it cost.
    let bill = "user-partition, on demand";
    let of_bill: Vec<&Value> =
        list(&found, "lines").iter().filter(|one| one["bill"] == bill).collect();
    let added = of_bill
        .iter()
        .find(|one| one["what"].as_str().unwrap().contains("write-request-units of inbox.by_state"))
        .expect("the index's writes are a line");
    assert!(added["from_usd"].is_null() && dollars(&added["change_usd"]) > 0.0);
    let by_lines: f64 = of_bill.iter().map(|one| dollars(&one["change_usd"])).sum();
    let cost = list(&found, "costs")
        .iter()
        .find(|one| one["curve"] == bill && one["load"] == 1.0)
        .unwrap();
    let whole = cost["change_usd"].as_f64().unwrap();
    assert!((by_lines - whole).abs() < 1e-6, "{by_lines} and {whole}");
    let by_patterns: f64 = list(&found, "patterns")
        .iter()
        .filter(|one| one["design"] == "user-partition")
        .map(|one| dollars(&one["change_usd"]))
        .sum();
    let requests: f64 = of_bill
        .iter()
        .filter(|one| one["what"].as_str().unwrap().contains("request-units"))
        .map(|one| dollars(&one["change_usd"]))
        .sum();
    assert!((by_patterns - requests).abs() < 1e-6, "{by_patterns} and {requests}");

    let text = String::from_utf8(diff(&before, &after, &[]).stdout).unwrap();
    for part in ["- design relational-copy", "user-partition, on demand at 8x", "by quantity"] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}

#[test]
fn a_report_does_not_differ_from_itself() {
    let out = TempDir::new().unwrap();
    let report = reported(copy().path(), out.path());
    let text = String::from_utf8(diff(&report, &report, &[]).stdout).unwrap();
    assert_eq!(text, "nothing differs\n");

    // Another version of the shape is told, not misread; both files at once.
    let newer = out.path().join("newer.json");
    let changed = fs::read_to_string(&report).unwrap().replacen(
        "\"schema_version\": 1",
        "\"schema_version\": 7",
        1,
    );
    fs::write(&newer, changed).unwrap();
    let broken = out.path().join("broken.json");
    fs::write(&broken, "{\n  \"schema_version\": \"x\"\n").unwrap();
    let output = diff(&newer, &broken, &[]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("newer.json: this report has version 7 of the shape"), "{said}");
    assert!(said.contains("broken.json:2:23: this is no report.json"), "{said}");
    assert!(output.stdout.is_empty());
}

/// A fleet bought in another way has other lines: each is all quantity, and together
/// they are the change of the bill.
#[test]
fn lines_that_one_side_lacks_differ_by_their_quantity() {
    let folder = copy();
    let out = TempDir::new().unwrap();
    let before = reported(folder.path(), &out.path().join("a"));
    change(folder.path(), "plan.toml", |text| {
        text.replace("[postgres]", "[postgres]\noffer = \"aurora\"")
    });
    let after = reported(folder.path(), &out.path().join("b"));
    let output = diff(&before, &after, &["--json"]);
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let lines: Vec<&Value> =
        list(&found, "lines").iter().filter(|one| one["bill"] == "sharded Postgres").collect();
    let alone: Vec<&&Value> =
        lines.iter().filter(|one| one["from_usd"].is_null() || one["to_usd"].is_null()).collect();
    assert!(alone.len() >= 4, "{lines:?}");
    for line in alone {
        assert_eq!(line["by_quantity_usd"], line["change_usd"]);
        assert_eq!(line["by_price_usd"], "0");
        let what = line["what"].as_str().unwrap();
        assert!(what.contains("(writers and readers)") || !what.contains("instance"), "{what}");
    }
    let by_lines: f64 = lines.iter().map(|one| dollars(&one["change_usd"])).sum();
    let costs = list(&found, "costs");
    let whole =
        costs.iter().find(|one| one["curve"] == "sharded Postgres" && one["load"] == 1.0).unwrap();
    assert!((by_lines - whole["change_usd"].as_f64().unwrap()).abs() < 1e-6);
}
