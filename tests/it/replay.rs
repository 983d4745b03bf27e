//! `ddbplan replay`, as a user runs it.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(clippy::disallowed_methods, reason = "the tests lay inputs out on the disk")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn replay(folder: &Path, trace: &str, arguments: &[&str]) -> Output {
    std::fs::write(folder.join("trace"), trace).unwrap();
    Command::new(env!("CARGO_BIN_EXE_ddbplan"))
        .current_dir(folder)
        .args(["replay", "trace"])
        .args(arguments)
        .output()
        .unwrap()
}

const TRACE: &str = "ts,operation,table,key,bytes,old_bytes\n\
    2026-11-23T00:00:00Z,PutItem,\"my,orders\",a,1025,\n\
    2026-11-23T00:00:59Z,UpdateItem,\"my,orders\",a,410,3277\n\
    2026-11-23T00:01:00Z,GetItem,\"my,orders\",a,410,\n";

#[test]
fn a_trace_becomes_totals_and_minutes() {
    let folder = tempfile::tempdir().unwrap();
    let output = replay(folder.path(), TRACE, &["--json", "--minutes", "minutes.csv"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["operations"], 3);
    assert_eq!(report["arms"][0]["write_units"], 2 + 4);
    assert_eq!(report["arms"][0]["read_units"], 0.5);
    assert_eq!(report["arms"][0]["peak_write_minute"]["write_units"], 6);
    let minutes = std::fs::read_to_string(folder.path().join("minutes.csv")).unwrap();
    assert_eq!(
        minutes,
        "minute,table,index,partition,operations,read_units,write_units\n\
         2026-11-23T00:00:00Z,\"my,orders\",,0,2,0,6\n\
         2026-11-23T00:01:00Z,\"my,orders\",,0,1,0.5,0\n"
    );
    let again = replay(folder.path(), TRACE, &["--minutes", "minutes.csv"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(
        replay(folder.path(), TRACE, &["--minutes", "minutes.csv", "--force"]).status.success()
    );
}

#[test]
fn malformed_lines_stop_the_run_unless_put_up_with_and_leave_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let trace = format!("{TRACE}then,GetItem,t,a,1,\n");
    let output = replay(folder.path(), &trace, &["--minutes", "minutes.csv"]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("trace:5:1: `then` is not a moment"), "{told}");
    let mut left: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["trace"]);

    let output = replay(folder.path(), &trace, &["--max-errors", "1"]);
    assert!(output.status.success());
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.contains("1 malformed lines left out") && shown.contains("trace:5:1"), "{shown}");
}

#[test]
fn partitions_are_reported_by_name_of_the_table() {
    let folder = tempfile::tempdir().unwrap();
    let mut trace =
        String::from("{\"ts\":0,\"operation\":\"get\",\"table\":\"t\",\"key\":1,\"bytes\":9}\n");
    for key in 0..1000 {
        trace.push_str(&format!(
            "{{\"ts\":{},\"operation\":\"PutItem\",\"table\":\"t\",\"key\":\"user-{key}\",\"bytes\":900}}\n",
            key / 10
        ));
    }
    let output = replay(folder.path(), &trace, &["--json", "--partitions", "4"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let partitions = report["arms"][0]["partitions"].as_array().unwrap();
    let writes: Vec<u64> = partitions.iter().map(|p| p["write_units"].as_u64().unwrap()).collect();
    assert_eq!(writes.iter().sum::<u64>(), 1000);
    // 1,000 different keys over 4 partitions: 250 each, within 4 standard
    // deviations of a fair deal.
    assert!(writes.iter().all(|w| w.abs_diff(250) < 55), "{writes:?}");
}

/// A put of 500,000 bytes cannot have happened, and a trace without operations
/// says nothing.
#[test]
fn what_no_table_would_have_taken_is_no_operation() {
    let folder = tempfile::tempdir().unwrap();
    let trace = format!("{TRACE}2026-11-23T00:01:01Z,PutItem,t,a,500000,\n");
    let output = replay(folder.path(), &trace, &[]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(told.contains("trace:5:1: an item of 500000 bytes: DynamoDB refuses"), "{told}");
    for empty in ["", "ts,operation,table,key,bytes,old_bytes\n"] {
        let output = replay(folder.path(), empty, &[]);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{empty:?}");
    }
}

/// In `user-partition` the index `due` is keyed by what hardly any update
/// changes, `by_user` is gone: a put of 1,500 bytes over nothing writes 2 units
/// on the table and, in keys alone, 1 on each index that it enters.
#[test]
fn a_design_brings_its_indexes() {
    let folder = tempfile::tempdir().unwrap();
    let trace = "ts,operation,table,key,bytes\n2026-11-23T00:00:00Z,PutItem,inbox,u1,1500\n";
    let scenario = concat!(env!("CARGO_MANIFEST_DIR"), "/workloads/notifications");
    let arguments = ["--json", "--scenario", scenario, "--design", "user-partition"];
    let output = replay(folder.path(), trace, &arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let written: Vec<(Option<&str>, u64)> = report["arms"]
        .as_array()
        .unwrap()
        .iter()
        .map(|arm| (arm["index"].as_str(), arm["write_units"].as_u64().unwrap()))
        .collect();
    assert_eq!(
        written,
        [(None, 2), (Some("by_hour"), 1), (Some("by_provider"), 1), (Some("due"), 1)]
    );
    // Its indexes are keyed by other columns than the table.
    let divided: Vec<bool> =
        report["arms"].as_array().unwrap().iter().map(|arm| arm["partitions"].is_array()).collect();
    assert_eq!(divided, [true, false, false, false]);
    let why = report["arms"][1]["partitions_unknown"].as_str().unwrap();
    assert!(why.contains("not that of this index"), "{why}");
    let shown =
        replay(folder.path(), trace, &["--scenario", scenario, "--design", "user-partition"]);
    let shown = String::from_utf8(shown.stdout).unwrap();
    let row = shown.lines().find(|line| line.starts_with("inbox.due")).unwrap();
    assert!(row.contains("unknown: the trace has the table's key"), "{row}");
    let other = trace.replace("inbox", "outbox");
    let output = replay(folder.path(), &other, &arguments);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("table `outbox` is not in the design"), "{told}");
    let output = replay(folder.path(), trace, &["--scenario", scenario, "--design", "nobody"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("fix: name one of"), "{told}");
}
