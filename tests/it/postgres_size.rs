//! Predicted bytes against those of eleven tables and their indexes as
//! PostgreSQL 15.18 made them, and `ddbplan postgres size`.

use std::io::{Read, Write};
use std::process::{Command, Output, Stdio};

use ddbplan::postgres::storage::{Evidence, TableDescription, TableSize, predict, read};
use flate2::read::GzDecoder;

/// Descriptions with DDL, load statements (rows are functions of the row number),
/// columns of pg_stats, exact widths and counts, and measured bytes.
const TABLES: &[u8] = include_bytes!("../data/postgres/tables.json.gz");

fn text() -> String {
    let mut text = String::new();
    GzDecoder::new(TABLES).read_to_string(&mut text).unwrap();
    text
}

fn sized(evidence: Evidence) -> Vec<(TableDescription, TableSize)> {
    let tables = read("tables.json", &text(), evidence).unwrap().tables;
    assert_eq!(tables.len(), 11);
    tables.into_iter().map(|table| (table.clone(), predict(&table))).collect()
}

#[expect(clippy::cast_precision_loss, reason = "bytes of files are far below 2^53")]
fn error(predicted: u64, measured: u64) -> f64 {
    predicted as f64 / measured as f64 - 1.0
}

/// Predicted and measured bytes of everything that has both.
fn sums(sized: &[(TableDescription, TableSize)]) -> (u64, u64) {
    let mut sums = (0, 0);
    for (table, size) in sized {
        let measured = table.measured.unwrap();
        let parts = [
            (Some(size.heap_bytes), Some(measured.heap)),
            (Some(size.fsm_bytes), measured.fsm),
            (Some(size.vm_bytes), measured.vm),
            (size.toast_bytes, measured.toast_heap),
            (size.toast_index_bytes, measured.toast_index),
        ];
        let indexes = size.indexes.iter().zip(&table.indexes).map(|(index, described)| {
            (index.estimate.map(|e| e.bytes), described.measured.map(|m| m.bytes))
        });
        for (predicted, measured) in parts.into_iter().chain(indexes) {
            if let (Some(predicted), Some(measured)) = (predicted, measured) {
                sums.0 += predicted;
                sums.1 += measured;
            }
        }
    }
    sums
}

#[test]
fn exact_widths() {
    let sized = sized(Evidence::Exact);
    let mut indexes = 0;
    for (table, size) in &sized {
        let measured = table.measured.unwrap();
        let heap = error(size.heap_bytes, measured.heap);
        assert!(heap.abs() <= 0.03, "{}: heap {heap:+.4}", table.name);
        if let Some(toast) = measured.toast_heap.filter(|bytes| *bytes > 0) {
            let toast = error(size.toast_bytes.unwrap(), toast);
            assert!(toast.abs() <= 0.03, "{}: toast {toast:+.4}", table.name);
        }
        for (index, described) in size.indexes.iter().zip(&table.indexes) {
            let estimate = index.estimate.unwrap();
            let measured = described.measured.unwrap().bytes;
            indexes += 1;
            if estimate.low == estimate.high {
                let index_error = error(estimate.bytes, measured);
                assert!(index_error.abs() <= 0.08, "{}: {index_error:+.4}", index.name);
            } else {
                assert!(
                    estimate.low <= measured && measured <= estimate.high,
                    "{}: {measured} is not within {estimate:?}",
                    index.name
                );
            }
        }
    }
    assert_eq!(indexes, 36);
    let (predicted, measured) = sums(&sized);
    assert!(error(predicted, measured).abs() <= 0.01, "{predicted} {measured}");
}

#[test]
fn statistics_alone() {
    let sized = sized(Evidence::StatisticsOnly);
    let (predicted, measured) = sums(&sized);
    assert!(error(predicted, measured).abs() <= 0.03, "{predicted} {measured}");
    let toasted = sized.iter().find(|(table, _)| table.name == "d07_toast6k").unwrap();
    assert_eq!(toasted.1.toast_bytes, None, "pg_stats tells no width of values out of line");
}

fn run(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ddbplan"))
        .args(["postgres", "size"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn the_command_prints_json_and_a_table() {
    let output = run(&["-", "--json"], &text());
    assert!(output.status.success());
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let first = &json["tables"][0];
    assert_eq!(first["name"], "d01_narrow_int");
    assert_eq!(first["heap_bytes"], 44_285_952);
    assert_eq!(first["toast_bytes"], 0);
    assert_eq!(first["indexes"][0]["bytes"], 22_487_040);
    assert!(json["total_bytes"].as_u64().unwrap() > 1_000_000_000);
    let output = run(&["-"], &text());
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.contains("d01_narrow_int heap"), "{shown}");
    assert!(shown.lines().any(|line| line.starts_with("total ")), "{shown}");
}

#[test]
fn a_bad_description_is_refused() {
    let output = run(&["-"], r#"{"tables":[{"rows":1,"columns":[]}]}"#);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let shown = String::from_utf8(output.stderr).unwrap();
    assert!(shown.contains("-:1:12: name is missing"), "{shown}");
}
