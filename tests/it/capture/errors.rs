//! What is wrong with the files is told, all of it, with its place.

use super::read;

fn told(files: &[(&str, &str)]) -> String {
    read(files).expect_err("these files are at fault").to_string()
}

#[test]
fn nothing_to_read_says_what_is_wanted() {
    let text = told(&[]);
    assert!(text.starts_with("no file holds counters of pg_stat_statements"), "{text}");
    let text = told(&[("notes.txt", "remember the milk"), ("s.csv", "name,setting\na,b\n")]);
    assert!(text.contains("s.csv (pg_settings), notes.txt (unknown)"), "{text}");
}

#[test]
fn every_fault_of_every_file_is_told_at_once() {
    let text = told(&[
        ("a.jsonl", "{\"query\":\"q\",\"calls\":1,\"rows\":1}\n{\"query\":\"q\",\"ca"),
        ("b.bin", "\u{7f}ELF\0\0"),
        ("c.csv", " \n"),
        ("d.csv", "query,calls,rows\nq,many,1\n"),
        ("e.sql", "CREATE TABLE t (a int);\nCREATE TYPE x AS ENUM ('a"),
    ]);
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with(' ')).collect();
    assert_eq!(
        lines,
        [
            "a.jsonl:2:16: this is not a whole JSON object: EOF while parsing a string",
            "b.bin: this is a binary file",
            "c.csv: this file is empty",
            "d.csv:2:3: `calls` is `many`, not a whole number of at least 0",
            "e.sql:2:24: this quote is never closed",
        ]
    );
    assert!(text.contains("fix: export it again, or delete the cut line"), "{text}");
}

#[test]
fn a_capture_in_which_nothing_ran_is_refused() {
    let row = r#"{"captured_at":"2026-01-01 00:00:00+00","queryid":1,"query":"SELECT 1","calls":5,"rows":5}"#;
    let later = row.replace("00:00:00+00", "01:00:00+00");
    let text = told(&[("s.jsonl", &format!("{row}\n{later}\n"))]);
    assert!(text.contains("no statement of the workload ran"), "{text}");
}

#[test]
fn one_snapshot_needs_the_time_of_the_reset() {
    let row = r#"{"captured_at":"2026-01-01 01:00:00+00","queryid":1,"query":"SELECT 1","calls":5,"rows":5}"#;
    let text = told(&[("s.jsonl", row)]);
    assert!(text.contains("pg_stat_statements_info (stats_reset)"), "{text}");
    let info = "dealloc,stats_reset\n0,2026-01-01 00:00:00+00\n";
    let capture = read(&[("s.jsonl", row), ("info.csv", info)]).unwrap();
    assert_eq!(capture.span_micros(), 3_600_000_000);
    assert_eq!(super::calls(&capture, "SELECT 1"), [5]);
    assert!(super::has_finding(&capture, "one-snapshot"));
}

#[test]
fn snapshots_without_any_time_are_refused() {
    let file = "queryid,query,calls,rows\n1,SELECT 1,5,5\n";
    let text = told(&[("s.1.csv", file), ("s.2.csv", file)]);
    assert!(text.contains("carry no time") && text.contains("--every"), "{text}");
}

/// Two readings of one counter, of which the second is refused.
fn second(column: &str, value: &str) -> String {
    let row = |at: &str, value: &str| {
        let (mut calls, mut rows) = ("5", "0");
        let others = match column {
            "calls" => {
                calls = value;
                String::new()
            }
            "rows" => {
                rows = value;
                String::new()
            }
            _ => format!(",\"{column}\":{value}"),
        };
        format!(
            "{{\"captured_at\":\"2026-01-01 {at}:00:00+00\",\"queryid\":1,\"query\":\"SELECT a FROM t\",\
             \"calls\":{calls},\"rows\":{rows}{others}}}\n"
        )
    };
    told(&[("s.jsonl", &(row("00", "1") + &row("01", value)))])
}

#[test]
fn counters_that_no_server_reaches_are_refused_with_their_place() {
    for (column, value) in [
        ("calls", "18446744073709551615"),
        ("calls", "9007199254740993"),
        ("rows", "99999999999999999999999"),
        ("shared_blks_hit", "18446744073709551615"),
        ("wal_bytes", "18446744073709551615"),
        ("total_exec_time", "-1"),
        ("total_exec_time", "1e19"),
        ("total_exec_time", "\"NaN\""),
        ("min_exec_time", "-0.5"),
    ] {
        let text = second(column, value);
        assert!(text.starts_with("s.jsonl:2:1: `"), "{column} {value}: {text}");
        assert!(text.contains(column), "{text}");
    }
}

#[test]
fn counters_of_tables_and_samples_are_refused_alike() {
    let series = "captured_at,relname,n_tup_ins,n_tup_upd,n_tup_del\n\
                  2026-01-01 00:00:00+00,t,18446744073709551615,0,0\n";
    assert!(told(&[("t.csv", series)]).starts_with("t.csv:2:26: `n_tup_ins`"));
    let lengths = |buckets: &str, counts: &str| {
        format!(
            "{{\"kind\":\"lengths\",\"row\":{{\"table\":\"t\",\"bucket_bytes\":64,\"buckets\":[{buckets}],\"counts\":[{counts}]}}}}\n"
        )
    };
    for (buckets, counts) in [("18446744073709551615", "1"), ("1", "18446744073709551615")] {
        let text = told(&[("c.jsonl", &lengths(buckets, counts))]);
        assert!(text.starts_with("c.jsonl:1:1: `"), "{text}");
    }
    let text = told(&[("log.jsonl", "{\"snap\":1,\"epoch\":1e300}\n")]);
    assert!(text.starts_with("log.jsonl:1:1: `epoch`"), "{text}");
}

/// Each value is believed; that they rise from 0 again and again is not.
#[test]
fn counters_that_add_up_to_more_than_can_be_counted_are_refused() {
    let mut file = String::from("captured_at,queryid,toplevel,query,calls,rows\n");
    for minute in 0..40 {
        let calls = if minute % 4 == 0 { 0 } else { (1_u64 << 53) - 4 + minute % 4 };
        file.push_str(&format!("2026-01-01 00:{minute:02}:00+00,1,t,SELECT a FROM t,{calls},0\n"));
    }
    let text = told(&[("s.csv", &file)]);
    assert!(text.contains("2^56"), "{text}");
}
