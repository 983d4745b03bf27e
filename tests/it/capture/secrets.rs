//! No value and no secret of a recorded text comes out of a capture.

use ddbplan::capture::Capture;

use super::read;

/// Texts as `pg_stat_statements` and other exports keep them, each with
/// `hunter2` where a secret or a value stands.
const TEXTS: [&str; 20] = [
    "ALTER ROLE app WITH PASSWORD 'hunter2'",
    "alter user app password 'hunter2'",
    "CREATE ROLE app LOGIN PASSWORD E'hunter2'",
    "CREATE SUBSCRIPTION s CONNECTION 'password=hunter2' PUBLICATION p",
    "CREATE USER MAPPING FOR a SERVER s OPTIONS (password 'hunter2')",
    "ALTER SYSTEM SET primary_conninfo = 'password=hunter2'",
    "COPY t FROM PROGRAM 'curl -u app:hunter2 https://x'",
    "COPY (SELECT a FROM t WHERE b = 'hunter2') TO STDOUT",
    "SET app.token = hunter2",
    "NOTIFY c, 'hunter2'",
    "DO $$ BEGIN PERFORM f('hunter2'); END $$",
    "COMMENT ON TABLE t IS 'hunter2'",
    "SECURITY LABEL FOR p ON TABLE t IS 'hunter2'",
    "CALL p('hunter2')",
    "PREPARE p AS SELECT a FROM t WHERE b = 'hunter2'",
    "DECLARE c CURSOR FOR SELECT a FROM t WHERE b = 'hunter2'",
    "SELECT a FROM t WHERE b = 'hunter2' /*user='hunter2',route='/a?b=hunter2'*/",
    "INSERT INTO t VALUES ('hunter2')",
    "EXPLAIN ANALYZE SELECT a FROM t WHERE b = 'hunter2'",
    "UPDATE t SET b = 'hunter2 and the text is cut",
];

fn assert_no_secret(capture: &Capture) {
    let all = format!("{capture:?}");
    assert!(!all.contains("hunter2"), "{all}");
    assert!(all.contains("ALTER ROLE") && all.contains("CREATE USER MAPPING"), "{all}");
    assert!(capture.statements.iter().any(|one| one.text == "INSERT INTO t VALUES ($1)"));
}

/// With queryids and without: then the text is the key.
#[test]
fn the_view_keeps_secrets_and_the_capture_does_not() {
    for with_id in [true, false] {
        let mut file = String::new();
        for (minute, calls) in [(0, 1), (1, 5)] {
            for (id, text) in TEXTS.iter().enumerate() {
                let id = if with_id { format!("\"queryid\":{id},") } else { String::new() };
                file.push_str(&format!(
                    "{{\"captured_at\":\"2026-01-01 00:0{minute}:00+00\",{id}\"toplevel\":true,\
                     \"query\":\"{text}\",\"calls\":{calls},\"rows\":0}}\n"
                ));
            }
        }
        assert_no_secret(&read(&[("s.jsonl", &file)]).unwrap());
    }
}

#[test]
fn a_query_log_keeps_secrets_and_the_capture_does_not() {
    let mut log = String::new();
    for (second, text) in TEXTS.iter().enumerate() {
        log.push_str(&format!(
            "2026-11-23 06:51:{second:02}.243 UTC [2026] LOG:  duration: 1 ms  statement: {text}\n"
        ));
    }
    assert_no_secret(&read(&[("postgresql.log", &log)]).unwrap());
}

/// A script that may not let a text leave writes its command tag.
#[test]
fn texts_that_did_not_leave_the_server_are_tags() {
    let line = |kind: &str, minute: u32, row: &str| {
        format!(
            "{{\"kind\":\"{kind}\",\"captured_at\":\"2026-01-01T00:0{minute}:00+00:00\",\"row\":{row}}}\n"
        )
    };
    let entry = |calls: u32| {
        format!(
            "{{\"userid\":\"1\",\"dbid\":\"5\",\"toplevel\":true,\"queryid\":7,\"calls\":{calls},\"rows\":0}}"
        )
    };
    let text = r#"{"dbid":"5","queryid":7,"query":"CREATE ROLE","redacted":true}"#;
    let full = r#"{"full":true,"entries":1,"gone":[]}"#;
    let bundle = line("server", 0, r#"{"bundle_version":2}"#)
        + &line("statement_text", 0, text)
        + &line("statement", 0, &entry(1))
        + &line("reading", 0, full)
        + &line("statement", 1, &entry(3))
        + &line("reading", 1, &full.replace("true", "false"));
    let capture = read(&[("c.jsonl", &bundle)]).unwrap();
    assert_eq!(super::calls(&capture, "CREATE ROLE"), [2]);
}
