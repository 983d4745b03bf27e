//! Input of any size: what is too large is left out by name, and the rest is
//! read.

use super::{calls, finding, has_finding, read};

const SCHEMA: &str = "CREATE TABLE users (id bigint PRIMARY KEY, name text);\n";

fn row(at: &str, query_id: u32, query: &str, calls: u32) -> String {
    format!(
        "{{\"captured_at\":\"2026-01-01T00:{at}:00Z\",\"userid\":10,\"dbid\":5,\"queryid\":{query_id},\
         \"query\":\"{query}\",\"calls\":{calls},\"rows\":0,\"total_exec_time\":1}}\n"
    )
}

/// Two snapshots of that statement and of an ordinary one behind it.
fn snapshots(long: &str) -> String {
    let short = "SELECT name FROM users WHERE id = $1";
    let at = |at: &str, calls: u32| row(at, 1, long, calls) + &row(at, 2, short, calls);
    at("00", 1) + &at("10", 8)
}

fn list(count: u32) -> String {
    (1..=count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}

#[test]
fn a_statement_longer_than_a_mebibyte_is_cut_and_the_rest_is_read() {
    let long = format!("SELECT id FROM users WHERE id IN ({})", list(150_000));
    assert!(long.len() > 1 << 20);
    let capture = read(&[("p.jsonl", &snapshots(&long)), ("schema.sql", SCHEMA)]).unwrap();
    assert!(finding(&capture, "text-cut").contains("1 statements with 7 calls"));
    assert_eq!(calls(&capture, "SELECT name"), [7]);
    assert_eq!(calls(&capture, "SELECT id FROM users WHERE id IN ($1, $2"), [7]);
}

#[test]
fn a_list_of_80_000_parameters_is_one_statement_like_any_other() {
    let long = format!("SELECT id FROM users WHERE id IN ({})", list(80_000));
    let capture = read(&[("p.jsonl", &snapshots(&long)), ("schema.sql", SCHEMA)]).unwrap();
    assert!(!has_finding(&capture, "text-cut"));
    assert_eq!(calls(&capture, "SELECT id FROM users"), [7]);
}

/// A plain log, one statement a minute.
fn log(statement: &str) -> String {
    let line = |minute: u32| {
        format!(
            "2026-11-23 06:{minute:02}:00.123 UTC [4] app@db LOG:  duration: 1.5 ms  statement: \
             {statement}\n"
        )
    };
    (1..=5).map(line).collect()
}

#[test]
fn a_parameter_of_any_number_takes_no_more_memory_than_its_text() {
    for name in ["$65535", "$100000000", "$4294967295", "$99999999999999999999999"] {
        let log = log(&format!("SELECT id FROM users WHERE id = {name} AND name = 'x'"));
        let capture = read(&[("postgresql.log", &log), ("schema.sql", SCHEMA)]).unwrap();
        let text = "SELECT id FROM users WHERE id = $1 AND name = $2";
        assert_eq!(calls(&capture, text).iter().sum::<u64>(), 5, "{name}");
    }
}

#[test]
fn a_plain_log_is_one_whatever_its_statements_look_like() {
    let values: Vec<String> = (1..60).map(|value| value.to_string()).collect();
    let list = log(&format!("SELECT id FROM users WHERE id IN ({})", values.join(",")));
    // A rotated log goes on within the statement of the file before.
    let rotated = format!("\tid, name\n\tFROM users\n{list}");
    for text in [&list, &rotated] {
        let capture = read(&[("postgresql.log", text), ("schema.sql", SCHEMA)]).unwrap();
        assert_eq!(capture.sources[0].read_as, "server log");
        assert_eq!(calls(&capture, "SELECT id FROM users").iter().sum::<u64>(), 5);
    }
}

#[test]
fn a_log_whose_dates_lie_a_century_apart_is_refused() {
    let log = log("SELECT 1") + &log("SELECT 1").replace("2026", "2126");
    let fault = read(&[("postgresql.log", &log)]).unwrap_err().to_string();
    assert!(fault.contains("no log is longer than ten years"), "{fault}");
}

#[test]
fn nested_comments_and_brackets_without_end_are_text_like_any_other() {
    for long in [
        format!("SELECT id {} FROM users", "/*".repeat(100_000)),
        format!("SELECT id {}{} FROM users", "/*".repeat(100_000), "*/".repeat(100_000)),
        format!("SELECT id FROM users WHERE {}true", "(".repeat(100_000)),
    ] {
        let capture = read(&[("p.jsonl", &snapshots(&long)), ("schema.sql", SCHEMA)]).unwrap();
        assert_eq!(calls(&capture, "SELECT name"), [7]);
        assert_eq!(calls(&capture, "SELECT id"), [7]);
    }
}
