//! What is wrong with the files is told, all of it, with its place.

use super::read;

fn told(files: &[(&str, &str)]) -> String {
    read(files).unwrap_err().to_string()
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
