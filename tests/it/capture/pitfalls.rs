//! Each known pitfall of statement counters, on the smallest input that shows
//! it.

use super::{calls, finding, has_finding, read};

/// User, database, queryid, text, calls.
type Row<'a> = (u32, u32, i64, &'a str, u64);

/// Snapshots a minute apart.
fn snapshots(all: &[&[Row<'_>]]) -> String {
    let mut text = String::from("captured_at,userid,dbid,toplevel,queryid,query,calls,rows\n");
    for (minute, rows) in all.iter().enumerate() {
        for (user, database, id, query, calls) in *rows {
            let at = format!("2026-01-01 00:{minute:02}:00+00");
            text.push_str(&format!("{at},{user},{database},t,{id},\"{query}\",{calls},0\n"));
        }
    }
    text
}

/// `pg_stat_statements_info` at each of those minutes: `(dealloc, minute of
/// the last reset)`.
fn infos(all: &[(u64, i32)]) -> String {
    let mut text = String::from("captured_at,dealloc,stats_reset\n");
    for (minute, (dealloc, reset)) in all.iter().enumerate() {
        let reset = if *reset < 0 {
            "2025-12-31 00:00:00+00".to_owned()
        } else {
            format!("2026-01-01 00:{reset:02}:30+00")
        };
        text.push_str(&format!("2026-01-01 00:{minute:02}:00+00,{dealloc},{reset}\n"));
    }
    text
}

#[test]
fn a_counter_that_falls_was_reset() {
    let a = snapshots(&[&[(1, 1, 1, "A", 10)], &[(1, 1, 1, "A", 15)], &[(1, 1, 1, "A", 4)]]);
    let capture = read(&[("s.csv", &a)]).unwrap();
    assert_eq!(calls(&capture, "A"), [5, 4]);
    assert!(finding(&capture, "entries-reset").starts_with("1 statements"));
}

/// More calls after the reset than before: only the time of the reset tells.
#[test]
fn a_reset_in_the_middle_is_told_by_its_time() {
    let a = snapshots(&[&[(1, 1, 1, "A", 10)], &[(1, 1, 1, "A", 15)], &[(1, 1, 1, "A", 40)]]);
    let capture = read(&[("s.csv", &a), ("i.csv", &infos(&[(0, -1), (0, -1), (0, 1)]))]).unwrap();
    assert_eq!(calls(&capture, "A"), [5, 40]);
    let told = finding(&capture, "counters-reset");
    assert!(told.contains("2026-01-01T00:01:30Z"), "{told}");
}

#[test]
fn stats_since_tells_an_entry_made_anew() {
    let text = "captured_at,queryid,query,calls,rows,stats_since\n\
        2026-01-01 00:00:00+00,1,A,10,0,2025-12-31 00:00:00+00\n\
        2026-01-01 00:01:00+00,1,A,12,0,2026-01-01 00:00:20+00\n";
    let capture = read(&[("s.csv", text)]).unwrap();
    assert_eq!(calls(&capture, "A"), [12]);
    assert!(has_finding(&capture, "entries-reset"));
}

#[test]
fn a_statement_first_seen_later_started_at_0() {
    let a = snapshots(&[&[(1, 1, 2, "B", 1)], &[(1, 1, 1, "A", 7), (1, 1, 2, "B", 2)]]);
    let capture = read(&[("s.csv", &a)]).unwrap();
    assert_eq!(calls(&capture, "A"), [7]);
    assert_eq!(calls(&capture, "B"), [1]);
}

#[test]
fn a_vanished_statement_was_evicted() {
    let a = snapshots(&[
        &[(1, 1, 1, "A", 10), (1, 1, 2, "B", 5)],
        &[(1, 1, 1, "A", 20), (1, 1, 2, "B", 6)],
        &[(1, 1, 1, "A", 30)],
        &[(1, 1, 1, "A", 40), (1, 1, 2, "B", 3)],
    ]);
    let info = infos(&[(0, -1), (0, -1), (2, -1), (2, -1)]);
    let capture = read(&[("s.csv", &a), ("i.csv", &info)]).unwrap();
    assert_eq!(calls(&capture, "B"), [1, 0, 3]);
    let told = finding(&capture, "entries-evicted");
    assert!(told.contains("2 times") && told.contains("1 statements (6 calls"), "{told}");
}

/// 40 rows changed; the one statement that was never dropped changed 30.
#[test]
fn what_is_missing_is_estimated_from_the_rows_that_changed() {
    let text = "captured_at,queryid,toplevel,query,calls,rows\n\
        2026-01-01 00:00:00+00,1,t,INSERT INTO t VALUES ($1),0,0\n\
        2026-01-01 00:00:00+00,2,t,DELETE FROM t,9,9\n\
        2026-01-01 00:01:00+00,1,t,INSERT INTO t VALUES ($1),30,30\n";
    let series = "captured_at,schemaname,relname,n_tup_ins,n_tup_upd,n_tup_hot_upd,n_tup_del\n\
        2026-01-01 00:00:00+00,public,t,0,0,0,9\n2026-01-01 00:01:00+00,public,t,30,0,0,19\n";
    let capture = read(&[("s.csv", text), ("t.csv", series)]).unwrap();
    let told = finding(&capture, "recorded-share");
    assert!(told.contains("of 40 rows") && told.contains("75 %"), "{told}");
}

/// The top 2 by calls, without any eviction: B falls out and comes back, C
/// appears with what it counted before the capture.
#[test]
fn an_export_of_the_top_statements_is_not_taken_for_all() {
    let a = snapshots(&[
        &[(1, 1, 1, "A", 10), (1, 1, 2, "B", 50)],
        &[(1, 1, 1, "A", 60), (1, 1, 3, "C", 1000)],
        &[(1, 1, 2, "B", 70), (1, 1, 3, "C", 1001)],
    ]);
    let info = infos(&[(0, -1), (0, -1), (0, -1)]);
    let capture = read(&[("s.csv", &a), ("i.csv", &info)]).unwrap();
    assert_eq!(calls(&capture, "A"), [50, 0]);
    assert_eq!(calls(&capture, "B"), [0, 20]);
    assert_eq!(calls(&capture, "C"), [0, 1]);
    assert!(finding(&capture, "export-partial").contains("only some"));
}

#[test]
fn roles_and_queryids_of_one_text_are_one_statement() {
    let a = snapshots(&[
        &[(1, 1, 1, "A", 1), (1, 1, 2, "A ;", 1), (2, 1, 1, "A", 1)],
        &[(1, 1, 1, "A", 2), (1, 1, 2, "A ;", 3), (2, 1, 1, "A", 5)],
    ]);
    let capture = read(&[("s.csv", &a)]).unwrap();
    assert_eq!(capture.statements.len(), 1);
    assert_eq!(capture.statements[0].query_ids, ["1", "2"]);
    assert_eq!(calls(&capture, "A"), [1 + 2 + 4]);
    assert!(has_finding(&capture, "roles-merged") && has_finding(&capture, "queryids-merged"));
}

#[test]
fn the_database_with_most_calls_is_taken_unless_the_catalog_names_another() {
    let a = snapshots(&[
        &[(1, 1, 1, "A", 0), (1, 2, 1, "B", 0)],
        &[(1, 1, 1, "A", 9), (1, 2, 1, "B", 5)],
    ]);
    let capture = read(&[("s.csv", &a)]).unwrap();
    assert_eq!(calls(&capture, "A"), [9]);
    assert_eq!(capture.set_aside[0].why, "another database");
    assert_eq!(capture.set_aside[0].total.calls, 5);
    assert!(finding(&capture, "other-databases").contains("5 calls"));
    let database = "datid,datname,xact_commit\n2,shop,1\n";
    let capture = read(&[("s.csv", &a), ("d.csv", database)]).unwrap();
    assert_eq!(calls(&capture, "B"), [5]);
}

#[test]
fn hidden_texts_are_counted_as_missing_unless_another_role_shows_them() {
    let hidden = "<insufficient privilege>";
    let a = snapshots(&[
        &[(1, 1, 1, hidden, 0), (2, 1, 1, "A", 0), (1, 1, 2, hidden, 0)],
        &[(1, 1, 1, hidden, 3), (2, 1, 1, "A", 4), (1, 1, 2, hidden, 5)],
    ]);
    let capture = read(&[("s.csv", &a)]).unwrap();
    assert_eq!(calls(&capture, "A"), [7]);
    assert!(finding(&capture, "text-hidden").starts_with("1 statements with 5 calls"));
    assert_eq!(capture.set_aside[0].why, "text not shown");
}

#[test]
fn without_the_level_a_finding_warns_of_double_counting() {
    let text = "captured_at,queryid,query,calls,total_time\n\
        2026-01-01 00:00:00+00,1,A,10,1.5\n2026-01-01 00:01:00+00,1,A,12,2.0\n";
    let capture = read(&[("s.csv", text)]).unwrap();
    assert!(has_finding(&capture, "level-unknown"));
    let total = &capture.statements[0].total;
    assert_eq!(total.exec_ms, Some(0.5));
    assert_eq!((total.rows, total.wal_bytes), (None, None));
}

#[test]
fn windows_line_ends_a_byte_order_mark_and_unknown_columns_change_nothing() {
    let plain = snapshots(&[&[(1, 1, 1, "A", 1)], &[(1, 1, 1, "A", 3)]]);
    let expected = read(&[("s.csv", &plain)]).unwrap().statements;
    let windows = format!("\u{feff}{}", plain.replace('\n', "\r\n"));
    assert_eq!(read(&[("s.csv", &windows)]).unwrap().statements, expected);
    let future =
        plain.replace("calls,rows\n", "calls,rows,quantum_time\n").replace(",0\n", ",0,x\n");
    assert_eq!(read(&[("s.csv", &future)]).unwrap().statements, expected);
}

#[test]
fn numbered_files_take_their_times_from_the_snapshot_log() {
    let file =
        |calls: u32| format!("[{{\"queryid\":1,\"query\":\"A\",\"calls\":{calls},\"rows\":0}}]");
    let log = "{\"snap\":9,\"at\":\"2026-01-01T00:00:00Z\"}\n{\"snap\":10,\"at\":\"2026-01-01T00:00:30Z\"}\n";
    let (a, b) = (file(1), file(4));
    let capture = read(&[("s.10.json", &b), ("s.9.json", &a), ("log.jsonl", log)]).unwrap();
    assert_eq!(calls(&capture, "A"), [3]);
    assert_eq!(capture.span_micros(), 30_000_000);
}

#[test]
fn declared_times_are_said_to_be_declared() {
    let file =
        |calls: u32| format!("[{{\"queryid\":1,\"query\":\"A\",\"calls\":{calls},\"rows\":0}}]");
    let settings =
        ddbplan::capture::Settings { every_micros: Some(60_000_000), ..Default::default() };
    let (a, b) = (file(1), file(4));
    let capture = super::read_with(&[("s1.json", &a), ("s2.json", &b)], &settings).unwrap();
    assert_eq!(capture.span_micros(), 60_000_000);
    assert!(finding(&capture, "times-declared").contains("60 s apart"));
}

#[test]
fn ground_truth_and_notes_are_left_out_with_a_word() {
    let a = snapshots(&[&[(1, 1, 1, "A", 1)], &[(1, 1, 1, "A", 3)]]);
    let capture =
        read(&[("s.csv", &a), ("x/truth_run.json", "\0"), ("README.md", ""), ("x.txt", "?")])
            .unwrap();
    assert!(finding(&capture, "files-ignored").contains("README.md, x/truth_run.json"));
    assert!(finding(&capture, "files-unknown").contains("x.txt"));
    assert_eq!(capture.sources.len(), 1);
}

#[test]
fn lists_of_different_lengths_are_one_statement_with_their_lengths() {
    let a = snapshots(&[
        &[],
        &[
            (1, 1, 1, "SELECT a FROM t WHERE b IN ($1, $2) AND c = $3", 10),
            (1, 1, 2, "SELECT a FROM t WHERE b IN ($1, $2, $3, $4) AND c = $5", 5),
            (1, 1, 3, "SELECT a FROM t WHERE b IN ($1) AND c = $2", 1),
            (1, 1, 4, "SELECT a FROM u WHERE b IN ($1, $2)", 7),
        ],
    ]);
    let info = infos(&[(0, -1), (0, -1)]);
    let start =
        "captured_at,dealloc,stats_reset\n2026-01-01 00:00:00+00,0,2025-12-31 00:00:00+00\n";
    assert!(info.starts_with(start));
    let capture = read(&[("s.csv", &a), ("i.csv", &info)]).unwrap();
    let texts: Vec<&str> = capture.statements.iter().map(|one| one.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "SELECT a FROM t WHERE b IN ($1 /*, ... */) AND c = $2",
            "SELECT a FROM u WHERE b IN ($1, $2)",
        ]
    );
    let lengths: Vec<(u64, u64)> =
        capture.statements[0].list_lengths[0].iter().map(|(n, calls)| (*n, *calls)).collect();
    assert_eq!(lengths, [(1, 1), (2, 10), (4, 5)]);
    assert!(finding(&capture, "lists-folded").starts_with("3 texts"));
}

#[test]
fn lists_squashed_by_the_server_have_no_known_length() {
    let text = "SELECT a FROM t WHERE b IN ($1 /*, ... */)";
    let a = snapshots(&[&[(1, 1, 1, text, 1)], &[(1, 1, 1, text, 5)]]);
    let capture = read(&[("s.csv", &a)]).unwrap();
    assert_eq!(capture.statements[0].text, text);
    assert!(finding(&capture, "list-lengths-unknown").contains("1 statements (4 calls)"));
}

#[test]
fn generated_names_of_savepoints_and_cursors_are_no_statements_of_their_own() {
    let a = snapshots(&[
        &[(1, 1, 1, "SAVEPOINT s1", 0)],
        &[
            (1, 1, 1, "SAVEPOINT s1", 2),
            (1, 1, 2, "SAVEPOINT s2", 3),
            (1, 1, 3, "CLOSE c1", 3),
            (1, 1, 4, "CLOSE c2", 3),
        ],
    ]);
    let capture = read(&[("s.csv", &a)]).unwrap();
    assert_eq!(calls(&capture, "SAVEPOINT s"), [5]);
    assert_eq!(calls(&capture, "CLOSE c"), [6]);
}

#[test]
fn rows_fetched_from_a_cursor_are_its_declarations() {
    let text = |rows: [u32; 4]| {
        format!(
            "DECLARE c1 CURSOR FOR SELECT a FROM t,3,{}\nFETCH 100 FROM c1,3,{}\n\
             DECLARE c2 CURSOR FOR SELECT a FROM u,1,{}\nFETCH 100 FROM c9,1,{}\n",
            rows[0], rows[1], rows[2], rows[3]
        )
    };
    let mut file = String::from("captured_at,query,calls,rows\n");
    file.push_str("2026-01-01 00:00:00+00,BEGIN,0,0\n");
    for line in text([0, 250, 0, 40]).lines() {
        file.push_str(&format!("2026-01-01 00:01:00+00,{line}\n"));
    }
    let capture = read(&[("s.csv", &file)]).unwrap();
    let rows = |start: &str| {
        let one = capture.statements.iter().find(|one| one.text.starts_with(start)).unwrap();
        one.total.rows
    };
    assert_eq!(rows("DECLARE c CURSOR FOR SELECT a FROM t"), Some(250));
    assert_eq!(rows("DECLARE c CURSOR FOR SELECT a FROM u"), Some(0));
    assert_eq!(rows("FETCH 100 FROM c"), Some(40));
    assert!(finding(&capture, "cursor-rows").starts_with("250 rows"));
    assert!(finding(&capture, "cursor-rows-unclear").starts_with("40 rows"));
}

#[test]
fn tags_in_comments_become_labels_and_do_not_split_a_statement() {
    let a = snapshots(&[
        &[(1, 1, 1, "/*route='%2Fa'*/ SELECT 1  FROM t", 0)],
        &[
            (1, 1, 1, "/*route='%2Fa'*/ SELECT 1  FROM t", 2),
            (1, 1, 2, "SELECT 1 FROM t /*route='%2Fb'*/", 3),
        ],
    ]);
    let capture = read(&[("s.csv", &a)]).unwrap();
    assert_eq!(calls(&capture, "SELECT 1 FROM t"), [5]);
    let labels = &capture.statements[0].labels;
    let expected = [("route", "/a"), ("route", "/b")].map(|(k, v)| (k.to_owned(), v.to_owned()));
    assert_eq!(labels[..], expected);
}

#[test]
fn a_text_that_was_cut_off_is_told() {
    let a = snapshots(&[
        &[(1, 1, 1, "SELECT a FROM t WHERE b IN ($1, $2", 1)],
        &[(1, 1, 1, "SELECT a FROM t WHERE b IN ($1, $2", 4)],
    ]);
    let capture = read(&[("s.csv", &a)]).unwrap();
    assert!(finding(&capture, "text-cut").contains("1 statements with 3 calls"));
}

/// Two roles run one statement, and the export has no column that says so; other
/// rows of the same snapshots stay.
#[test]
fn rows_that_an_export_does_not_tell_apart_add_up() {
    let text = "captured_at,queryid,query,calls,rows\n\
        2026-01-01 00:00:00+00,1,A,10,0\n2026-01-01 00:00:00+00,1,A,100,0\n\
        2026-01-01 00:00:00+00,2,B,7,0\n\
        2026-01-01 00:01:00+00,1,A,15,0\n2026-01-01 00:01:00+00,1,A,130,0\n\
        2026-01-01 00:01:00+00,2,B,9,0\n";
    let capture = read(&[("s.csv", text)]).unwrap();
    assert_eq!((calls(&capture, "A"), calls(&capture, "B")), (vec![35], vec![2]));
    assert!(has_finding(&capture, "entries-added-up"));
}

/// The reset falls between the statements of a reading and its info.
#[test]
fn a_reset_within_a_reading_is_told() {
    let a = snapshots(&[&[(1, 1, 1, "A", 10)], &[(1, 1, 1, "A", 15)], &[(1, 1, 1, "A", 40)]]);
    let info = "captured_at,dealloc,stats_reset\n\
        2026-01-01 00:00:00+00,0,2025-12-31 00:00:00+00\n\
        2026-01-01 00:01:00.5+00,0,2026-01-01 00:01:00.2+00\n\
        2026-01-01 00:02:00.5+00,0,2026-01-01 00:01:00.2+00\n";
    let capture = read(&[("s.csv", &a), ("i.csv", info)]).unwrap();
    assert_eq!(calls(&capture, "A"), [5, 40]);
    assert!(has_finding(&capture, "counters-reset"));
}
