//! Bad input: what, where, why, how to mend it; exit code 2; nothing written.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{change, copy, ddbplan};

/// Runs `compare`, which must refuse; gives what it says.
fn refused(scenario: &Path) -> String {
    let out = TempDir::new().unwrap();
    let target = out.path().join("out");
    let output =
        ddbplan(&["compare", scenario.to_str().unwrap(), "--out", target.to_str().unwrap()]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(output.stdout.is_empty());
    assert!(!target.exists(), "a refused run wrote something");
    said
}

#[test]
fn a_missing_folder() {
    let said = refused(Path::new("no/such/scenario"));
    assert!(said.starts_with("no/such/scenario: there is no such scenario folder"), "{said}");
}

#[test]
fn a_missing_plan() {
    let folder = copy();
    fs::remove_file(folder.path().join("plan.toml")).unwrap();
    assert!(refused(folder.path()).contains("plan.toml: cannot read this"));
}

#[test]
fn a_truncated_json_line() {
    let folder = copy();
    change(folder.path(), "capture/pg_stat_statements.jsonl", |text| {
        text[..text.len() - 200].to_owned()
    });
    let said = refused(folder.path());
    let file = folder.path().join("capture/pg_stat_statements.jsonl");
    assert!(said.starts_with(&format!("{}:390:", file.display())), "{said}");
}

/// Without any table there is one fault to mend, not one for each line of each
/// design.
#[test]
fn a_capture_without_a_catalog() {
    let folder = copy();
    fs::remove_dir_all(folder.path().join("capture/catalog")).unwrap();
    for file in ["schema.sql", "pg_stat_user_tables_series.csv"] {
        fs::remove_file(folder.path().join("capture").join(file)).unwrap();
    }
    let said = refused(folder.path());
    assert!(said.contains("capture: the capture tells of no tables"), "{said}");
    assert_eq!(said.lines().filter(|line| !line.starts_with(' ')).count(), 1, "{said}");
}

/// Triggers and enum labels are only in the schema text.
#[test]
fn a_capture_without_the_schema_text_says_what_is_lost() {
    let folder = copy();
    let ids = |folder: &Path| -> Vec<String> {
        let report = super::report(folder);
        let findings = report["findings"].as_array().unwrap();
        findings.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    };
    let missing = "schema-text-missing".to_owned();
    assert!(!ids(folder.path()).contains(&missing));
    fs::remove_file(folder.path().join("capture/schema.sql")).unwrap();
    assert!(ids(folder.path()).contains(&missing));
}

#[test]
fn an_empty_capture() {
    let folder = copy();
    fs::remove_dir_all(folder.path().join("capture")).unwrap();
    fs::create_dir(folder.path().join("capture")).unwrap();
    let said = refused(folder.path());
    assert!(said.contains("statement"), "{said}");
}

#[test]
fn unknown_columns_and_indexes_on_nothing_all_at_once() {
    let folder = copy();
    change(folder.path(), "designs/relational-copy.toml", |text| {
        text.replace(
            "partition_key = \"user_id\"\nsort_key = \"created_at\"",
            "partition_key = \"usr_id\"\nsort_key = \"created_at\"",
        )
        .replace("include = [\"user_id\"]", "include = [\"usr_id\"]")
        .replace("projection = \"all\"", "projektion = \"all\"")
    });
    let said = refused(folder.path());
    let faults = said.lines().filter(|line| line.contains("relational-copy.toml:")).count();
    assert!(faults >= 4, "{said}");
    assert!(said.contains("index by_user is keyed by an unknown attribute: usr_id"), "{said}");
    assert!(said.contains("did you mean user_id?"), "{said}");
    assert!(said.contains("projektion is not a known key"), "{said}");
}

#[test]
fn a_statement_that_does_not_parse_stays_in_the_report() {
    let folder = copy();
    change(folder.path(), "capture/pg_stat_statements.jsonl", |text| {
        text.replace(
            "SELECT unread FROM user_counters WHERE user_id = $1",
            "SELEKT unread FROM user_counters WHERE user_id = $1",
        )
    });
    let report = super::report(folder.path());
    for design in report["designs"].as_array().unwrap() {
        let unparsed = design["coverage"]["unparsed"].as_f64().unwrap();
        // 20,187 of 204,995 calls.
        assert!((unparsed - 0.0985).abs() < 0.001, "{unparsed}");
        let named = design["not_served"].as_array().unwrap();
        assert!(named.iter().any(|one| one["service"] == "unparsed"));
    }
}

#[test]
fn files_are_not_overwritten_without_force() {
    let out = TempDir::new().unwrap();
    fs::write(out.path().join("report.json"), "mine").unwrap();
    let scenario = super::scenario();
    let arguments = ["compare", scenario.to_str().unwrap(), "--out", out.path().to_str().unwrap()];
    let output = ddbplan(&arguments);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--force"));
    assert_eq!(fs::read_to_string(out.path().join("report.json")).unwrap(), "mine");
    assert!(!out.path().join("cost_curve.png").exists());
}

#[test]
fn a_region_that_the_price_book_does_not_know() {
    let folder = copy();
    change(folder.path(), "plan.toml", |text| text.replace("us-east-1", "us-west-9"));
    let said = refused(folder.path());
    assert!(said.contains("plan.toml:3:10: the price book has no Region us-west-9"), "{said}");
    assert!(said.contains("us-east-1"), "{said}");
}
