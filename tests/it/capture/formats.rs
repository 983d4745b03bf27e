//! Exports of different versions and tools that say the same.

use ddbplan::capture::{Capture, Counters, Counting, Settings};

use super::{calls, finding, has_finding, read, read_with};

/// Columns of the view for one version, in order. Extension 1.8 (Postgres 13),
/// 1.9 (14) adds toplevel, 1.11 (17) renames the block times and adds
/// `stats_since`, 1.12 (18) adds `wal_buffers_full` and parallel workers: the
/// upgrade scripts of contrib/pg_stat_statements.
fn columns(version: u32) -> Vec<&'static str> {
    let mut columns = vec!["userid", "dbid"];
    if version >= 14 {
        columns.push("toplevel");
    }
    columns.extend(["queryid", "query", "plans", "total_plan_time", "calls", "total_exec_time"]);
    columns.extend(["min_exec_time", "rows", "shared_blks_hit", "shared_blks_read"]);
    columns.extend(["shared_blks_dirtied", "shared_blks_written", "temp_blks_read"]);
    columns.push("temp_blks_written");
    columns.extend(if version >= 17 {
        ["shared_blk_read_time", "shared_blk_write_time"]
    } else {
        ["blk_read_time", "blk_write_time"]
    });
    columns.extend(["wal_records", "wal_fpi", "wal_bytes"]);
    if version >= 18 {
        columns.push("wal_buffers_full");
    }
    if version >= 15 {
        columns.push("jit_functions");
    }
    if version >= 18 {
        columns.extend(["parallel_workers_to_launch", "parallel_workers_launched"]);
    }
    if version >= 17 {
        columns.extend(["stats_since", "minmax_stats_since"]);
    }
    columns
}

/// A value for each column, larger in the second snapshot.
fn value(column: &str, snapshot: u32) -> String {
    match column {
        "userid" | "dbid" => "10".into(),
        "toplevel" => "t".into(),
        "queryid" => "-9089196982814635820".into(),
        "query" => "SELECT a FROM t WHERE b = $1".into(),
        "stats_since" | "minmax_stats_since" => "2025-12-31 00:00:00+00".into(),
        "min_exec_time" => "0.25".into(),
        // Beyond 2^53: only exact arithmetic gets the difference right.
        "wal_bytes" => (9_007_199_254_740_993_u64 + u64::from(snapshot) * 2).to_string(),
        name if name.contains("time") => format!("{}.5", snapshot * 10),
        _ => (snapshot * 100).to_string(),
    }
}

fn export(columns: &[&str], json: bool) -> String {
    let mut text = String::new();
    if !json {
        text.push_str(&format!("now,{}\n", columns.join(",")));
    }
    for snapshot in [1, 2] {
        let at = format!("2026-01-01 00:0{snapshot}:00+00");
        if json {
            let fields: Vec<String> = columns
                .iter()
                .map(|column| match *column {
                    "query" | "stats_since" | "minmax_stats_since" | "userid" | "dbid" => {
                        format!("\"{column}\":\"{}\"", value(column, snapshot))
                    }
                    "toplevel" => "\"toplevel\":true".into(),
                    _ => format!("\"{column}\":{}", value(column, snapshot)),
                })
                .collect();
            text.push_str(&format!("{{\"now\":\"{at}\",{}}}\n", fields.join(",")));
        } else {
            let values: Vec<String> =
                columns.iter().map(|column| value(column, snapshot)).collect();
            text.push_str(&format!("{at},{}\n", values.join(",")));
        }
    }
    text
}

#[test]
fn every_version_says_the_same_in_either_form() {
    let expected = Counters {
        calls: 100,
        rows: Some(100),
        exec_ms: Some(10.0),
        plan_ms: Some(10.0),
        blk_read_ms: Some(10.0),
        blk_write_ms: Some(10.0),
        shared_blks_hit: Some(100),
        shared_blks_read: Some(100),
        shared_blks_dirtied: Some(100),
        shared_blks_written: Some(100),
        temp_blks: Some(200),
        wal_records: Some(100),
        wal_fpi: Some(100),
        wal_bytes: Some(2),
    };
    for version in [13, 14, 15, 17, 18] {
        for json in [false, true] {
            let capture = read(&[("export", &export(&columns(version), json))]).unwrap();
            let statement = &capture.statements[0];
            assert_eq!(statement.total, expected, "version {version}, JSON {json}");
            assert_eq!(statement.query_ids, ["-9089196982814635820"]);
            assert_eq!(statement.min_exec_ms, Some(0.25));
            assert_eq!(has_finding(&capture, "level-unknown"), version < 14, "version {version}");
        }
    }
}

#[test]
fn the_names_of_before_13_are_known() {
    let text = export(&columns(13), false)
        .replace("total_exec_time", "total_time")
        .replace("min_exec_time", "min_time");
    let capture = read(&[("export", &text)]).unwrap();
    assert_eq!(capture.statements[0].total.exec_ms, Some(10.0));
}

#[test]
fn one_array_a_snapshot_or_all_snapshots_in_one_array() {
    let lines = export(&columns(15), true);
    let lines: Vec<&str> = lines.lines().collect();
    let expected = read(&[("export", &lines.join("\n"))]).unwrap().statements;
    let one = read(&[("export", &format!("[{}]", lines.join(",\n ")))]).unwrap();
    assert_eq!(one.statements, expected);
    let (first, second) = (format!("[{}]", lines[0]), format!("[{}]", lines[1]));
    let two = read(&[("1.json", &first), ("2.json", &second)]).unwrap();
    assert_eq!(two.statements, expected);
}

/// A table of snapshots, exported by statement and not by time.
#[test]
fn a_table_of_snapshots_may_come_in_any_order() {
    let text = "now,queryid,toplevel,query,calls,rows\n\
        2026-01-01 00:00:00+00,1,t,A,1,0\n2026-01-01 00:01:00+00,1,t,A,3,0\n\
        2026-01-01 00:00:00+00,2,t,B,5,0\n2026-01-01 00:01:00+00,2,t,B,9,0\n";
    let capture = read(&[("export.csv", text)]).unwrap();
    assert_eq!(capture.intervals.len(), 1);
    assert_eq!((calls(&capture, "A"), calls(&capture, "B")), (vec![2], vec![4]));
}

const PGHERO: &str = "id,database,user,query,query_hash,total_time,calls,captured_at\n\
    1,shop,app,SELECT 1 FROM t,11,5.5,10,2026-01-01 00:05:00\n\
    2,shop,app,SELECT 1 FROM t,11,1.5,4,2026-01-01 00:10:00\n\
    3,shop,job,SELECT 1 FROM t,11,1.0,1,2026-01-01 00:10:00\n\
    4,shop,app,SELECT 1 FROM u,12,1.0,7,2026-01-01 00:10:00\n";

#[test]
fn pghero_counts_each_interval_and_knows_no_rows() {
    let capture = read(&[("pghero.csv", PGHERO)]).unwrap();
    assert_eq!(calls(&capture, "SELECT 1 FROM t"), [10, 5]);
    assert_eq!(calls(&capture, "SELECT 1 FROM u"), [0, 7]);
    assert_eq!(capture.span_micros(), 600_000_000);
    let total = &capture.statements[0].total;
    assert_eq!((total.exec_ms, total.rows, total.wal_bytes), (Some(8.0), None, None));
    assert!(finding(&capture, "counters-are-increments").contains("300 s"));
}

#[test]
fn pg_stat_monitor_counts_by_bucket_and_client() {
    let text = "bucket,bucket_start_time,userid,dbid,client_ip,queryid,toplevel,query,calls,rows,total_exec_time,wal_bytes\n\
        0,2026-01-01 00:00:00,10,5,10.0.0.1,A1,t,SELECT 1 FROM t,3,3,1.0,0\n\
        0,2026-01-01 00:00:00,10,5,10.0.0.2,A1,t,SELECT 1 FROM t,4,4,1.0,0\n\
        1,2026-01-01 00:01:00,10,5,10.0.0.1,A1,t,SELECT 1 FROM t,5,5,1.0,0\n";
    let capture = read(&[("monitor.csv", text)]).unwrap();
    assert_eq!(calls(&capture, "SELECT 1 FROM t"), [7, 5]);
    assert_eq!(capture.intervals[0].start.to_string(), "2026-01-01T00:00:00Z");
    assert_eq!(capture.intervals[1].end.to_string(), "2026-01-01T00:02:00Z");
}

#[test]
fn rates_are_rounded_once() {
    let mut text = String::from("captured_at,query,calls_per_sec,rows_per_sec\n");
    for minute in 1..=10 {
        text.push_str(&format!("2026-01-01 00:{minute:02}:00,SELECT 1 FROM t,0.0917,0.2\n"));
    }
    let capture = read(&[("rates.csv", &text)]).unwrap();
    // 0.0917/s * 600 s = 55.02; ten steps of 5.502 would round to 6 each, 60.
    assert_eq!(capture.statements[0].total.calls, 55);
    assert_eq!(capture.statements[0].total.rows, Some(120));
}

#[test]
fn two_recordings_of_the_same_statements_are_not_added() {
    let capture = read(&[("pghero.csv", PGHERO), ("view", &export(&columns(15), false))]).unwrap();
    assert_eq!(capture.statements.len(), 1);
    assert!(finding(&capture, "statements-recorded-twice").ends_with("pghero.csv"));
}

fn falling() -> String {
    let mut text = String::from("captured_at,queryid,toplevel,query,calls,rows\n");
    for minute in 0..30 {
        let calls = if minute % 2 == 0 { 10 } else { 20 };
        text.push_str(&format!("2026-01-01 00:{minute:02}:00,1,t,SELECT 1 FROM t,{calls},0\n"));
    }
    text
}

#[test]
fn counters_that_fall_all_the_time_must_be_declared() {
    let text = read(&[("s.csv", &falling())]).unwrap_err().to_string();
    assert!(text.contains("count one interval each"), "{text}");
    let counting = |counting| -> Capture {
        let settings = Settings { counting: Some(counting), ..Settings::default() };
        read_with(&[("s.csv", &falling())], &settings).unwrap()
    };
    assert_eq!(counting(Counting::IntervalUpTo).statements[0].total.calls, 15 * 10 + 15 * 20);
    // As counters since a reset: 14 resets to 10, and 15 steps from 10 to 20.
    assert_eq!(counting(Counting::SinceReset).statements[0].total.calls, 14 * 10 + 15 * 10);
}
