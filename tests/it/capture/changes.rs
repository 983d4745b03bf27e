//! Bundles that list changes only say what bundles of full readings say.

use std::collections::{BTreeMap, BTreeSet};

use ddbplan::capture::{Capture, IndexActivity};
use ddbplan::finding::Severity;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{calls, finding, has_finding, read};

/// What an entry does between two readings.
#[derive(Clone, Copy, Debug)]
enum Does {
    Nothing,
    Calls(u64),
    /// The server drops it.
    Vanishes,
    /// It is made anew and counts so much since.
    Restarts(u64),
}

/// What happens between two readings.
#[derive(Clone, Debug)]
struct Step {
    entries: Vec<Does>,
    /// Everything is reset before the entries do what they do.
    reset: bool,
    /// Entries that the server says it dropped.
    dropped: u64,
    /// The connection was lost: the next reading lists all entries.
    reconnected: bool,
}

fn does() -> impl Strategy<Value = Does> {
    prop_oneof![
        3 => Just(Does::Nothing),
        4 => (1_u64..50).prop_map(Does::Calls),
        1 => Just(Does::Vanishes),
        1 => (1_u64..50).prop_map(Does::Restarts),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let entries = prop::collection::vec(does(), 5);
    (entries, prop::bool::weighted(0.1), 0_u64..3, prop::bool::weighted(0.2)).prop_map(
        |(entries, reset, dropped, reconnected)| Step {
            entries,
            reset,
            dropped: dropped.saturating_sub(1),
            reconnected,
        },
    )
}

/// The time of a reading, a minute apart.
fn at(reading: usize) -> String {
    format!("2026-01-01T{:02}:{:02}:00+00:00", reading / 60, reading % 60)
}

fn line(kind: &str, reading: usize, row: Value) -> String {
    json!({"kind": kind, "captured_at": at(reading), "row": row}).to_string() + "\n"
}

/// A server with five entries, a table and an index, whose full readings these
/// are. The first entry is never gone: a full reading without any line is none.
fn full(steps: &[Step]) -> Vec<Vec<(&'static str, Value)>> {
    let mut counts: BTreeMap<usize, (u64, String)> = (0..3)
        .map(|entry| (entry, (1000 * entry as u64, "2025-12-31 00:00:00+00".into())))
        .collect();
    let (mut dealloc, mut reset_at) = (0, "2025-12-31 00:00:00+00".to_owned());
    let mut readings = Vec::new();
    for (reading, step) in std::iter::once(None).chain(steps.iter().map(Some)).enumerate() {
        if let Some(step) = step {
            let since =
                format!("2026-01-01 {:02}:{:02}:30+00", (reading - 1) / 60, (reading - 1) % 60);
            if step.reset {
                counts.clear();
                reset_at.clone_from(&since);
            }
            dealloc += step.dropped;
            for (entry, does) in step.entries.iter().enumerate() {
                match does {
                    Does::Vanishes if entry > 0 => drop(counts.remove(&entry)),
                    Does::Calls(n) => {
                        counts.entry(entry).or_insert((0, since.clone())).0 += n;
                    }
                    Does::Restarts(n) => drop(counts.insert(entry, (*n, since.clone()))),
                    Does::Nothing | Does::Vanishes => {}
                }
            }
            counts.entry(0).or_insert((1, since));
        }
        let mut lines = Vec::new();
        for (entry, (calls, since)) in &counts {
            let row = json!({
                "userid": "10", "dbid": "5", "toplevel": entry % 2 == 0, "queryid": 70 + entry,
                "query": format!("SELECT {entry} FROM t WHERE a = $1"), "calls": calls,
                "rows": calls * 2, "total_exec_time": *calls as f64 * 0.5,
                "min_exec_time": 0.25, "stats_since": since,
            });
            lines.push(("statement", row));
        }
        lines.push(("statements_info", json!({"dealloc": dealloc, "stats_reset": reset_at})));
        let changed = reading as u64 / 3;
        lines.push((
            "table_counters",
            json!({"schemaname": "public", "relname": "t", "n_tup_ins": changed, "n_tup_upd": 0,
                   "n_tup_del": 0, "n_tup_hot_upd": 0}),
        ));
        for (index, scans) in [("busy", changed), ("idle", 7)] {
            lines.push((
                "index_counters",
                json!({"schemaname": "public", "relname": "t", "indexrelname": index,
                       "idx_scan": scans, "idx_tup_read": 0, "idx_tup_fetch": 0}),
            ));
        }
        readings.push(lines);
    }
    readings
}

const SCHEMA: &str = "CREATE TABLE t (a integer PRIMARY KEY);";

fn bundle_of_full(readings: &[Vec<(&'static str, Value)>]) -> String {
    let mut text = line("server", 0, json!({"database": "shop", "is_replica": false}));
    for (reading, lines) in readings.iter().enumerate() {
        text.extend(lines.iter().map(|(kind, row)| line(kind, reading, row.clone())));
    }
    text
}

/// The same with texts once and changed rows only.
fn bundle_of_changes(readings: &[Vec<(&'static str, Value)>], reconnected: &[bool]) -> String {
    let mut text =
        line("server", 0, json!({"database": "shop", "is_replica": false, "bundle_version": 2}));
    let key = |kind: &str, row: &Value| {
        let parts = ["userid", "dbid", "toplevel", "queryid", "relname", "indexrelname"];
        format!("{kind} {}", parts.map(|part| row[part].to_string()).join(" "))
    };
    let mut before: BTreeMap<String, Value> = BTreeMap::new();
    let mut texts = BTreeSet::new();
    for (reading, lines) in readings.iter().enumerate() {
        let full = reading == 0 || reconnected[reading - 1];
        let now: BTreeMap<String, Value> =
            lines.iter().map(|(kind, row)| (key(kind, row), row.clone())).collect();
        if full {
            texts.clear();
        }
        let mut ended = false;
        for (kind, row) in lines {
            let key = key(kind, row);
            if *kind != "statement" && !ended {
                ended = true;
                let gone: Vec<Value> = before
                    .iter()
                    .filter(|(key, _)| key.starts_with("statement ") && !now.contains_key(*key))
                    .map(|(_, row)| {
                        json!({"userid": row["userid"], "queryid": row["queryid"],
                               "toplevel": row["toplevel"]})
                    })
                    .collect();
                let entries = lines.iter().filter(|(kind, _)| *kind == "statement").count();
                let gone = if full { Vec::new() } else { gone };
                let row = json!({"full": full, "entries": entries, "gone": gone});
                text.push_str(&line("reading", reading, row));
            }
            let mut row = row.clone();
            let query = row.as_object_mut().and_then(|row| row.remove("query"));
            if let Some(query) = query
                && texts.insert(key.clone())
            {
                let row = json!({"dbid": row["dbid"], "queryid": row["queryid"], "query": query});
                text.push_str(&line("statement_text", reading, row));
            }
            let unchanged = before.get(&key).is_some_and(|before| {
                let mut before = before.clone();
                before.as_object_mut().map(|before| before.remove("query"));
                before == row
            });
            if full || *kind == "statements_info" || !unchanged {
                text.push_str(&line(kind, reading, row));
            }
        }
        before = now;
    }
    text
}

fn told(result: Result<Capture, ddbplan::finding::Diagnostics>) -> String {
    match result {
        Ok(capture) => format!("{:#?}", Capture { sources: Vec::new(), ..capture }),
        Err(faults) => faults.to_string(),
    }
}

fn assert_the_same(steps: &[Step]) {
    let readings = full(steps);
    let reconnected: Vec<bool> = steps.iter().map(|step| step.reconnected).collect();
    let read = |bundle: &str| told(read(&[("capture.jsonl", bundle), ("schema.sql", SCHEMA)]));
    let expected = read(&bundle_of_full(&readings));
    assert_same_text(&read(&bundle_of_changes(&readings, &reconnected)), &expected);
}

fn assert_same_text(found: &str, expected: &str) {
    let differs = found.lines().zip(expected.lines()).find(|(a, b)| a != b);
    assert_eq!(differs, None);
    assert_eq!(found.lines().count(), expected.lines().count());
}

proptest! {
    #[test]
    fn changes_say_what_full_readings_say(steps in prop::collection::vec(step(), 1..12)) {
        assert_the_same(&steps);
    }
}

/// A step in which all entries call and nothing else happens.
fn quiet() -> Step {
    Step { entries: vec![Does::Calls(5); 5], reset: false, dropped: 0, reconnected: false }
}

#[test]
fn evictions_resets_and_reconnections_are_found_in_changes() {
    let vanishes = |dropped| {
        let mut step = Step { dropped, ..quiet() };
        step.entries[2] = Does::Vanishes;
        step
    };
    let restarts = Step { entries: vec![Does::Nothing, Does::Restarts(2)], ..quiet() };
    for (step, id) in [
        (vanishes(3), "entries-evicted"),
        (vanishes(0), "export-partial"),
        (Step { reset: true, ..quiet() }, "counters-reset"),
        (restarts, "entries-reset"),
    ] {
        for reconnected in [false, true] {
            let steps = [quiet(), Step { reconnected, ..step.clone() }, quiet()];
            assert_the_same(&steps);
            let reconnected: Vec<bool> = steps.iter().map(|step| step.reconnected).collect();
            let bundle = bundle_of_changes(&full(&steps), &reconnected);
            assert!(has_finding(&read(&[("c.jsonl", &bundle)]).unwrap(), id), "{id}");
        }
    }
}

fn changes(steps: &[Step]) -> String {
    bundle_of_changes(&full(steps), &vec![false; steps.len()])
}

#[test]
fn an_index_that_never_changed_was_not_used() {
    let capture = read(&[("c.jsonl", &changes(&[quiet(), quiet(), quiet()]))]).unwrap();
    let scans: Vec<(&str, u64)> =
        capture.index_activity.iter().map(|one: &IndexActivity| (&*one.index, one.scans)).collect();
    assert_eq!(scans, [("busy", 1), ("idle", 0)]);
}

/// What has no end may lack lines: it is dropped, wherever the file was cut.
#[test]
fn a_reading_without_its_end_is_dropped() {
    let bundle = changes(&[quiet(), quiet()]);
    let last = bundle.lines().rfind(|line| line.contains("\"full\"")).unwrap();
    let end = bundle.rfind(last).unwrap();
    for end in [end, end + 40] {
        let capture = read(&[("c.jsonl", &bundle[..end])]).unwrap();
        assert_eq!(calls(&capture, "SELECT 2"), [5]);
        assert!(!has_finding(&capture, "entries-evicted"));
    }
}

#[test]
fn changes_whose_base_is_missing_are_refused() {
    let bundle = changes(&[quiet(), quiet()]);
    // Without the first reading, and without the end of the second.
    let lines: Vec<&str> = bundle.lines().collect();
    let start: Vec<&str> = lines
        .iter()
        .filter(|line| line.contains("server") || !line.contains("00:00:00+00:00"))
        .copied()
        .collect();
    let middle: Vec<&str> = lines
        .iter()
        .filter(|line| !(line.contains("00:01:00+00:00") && line.contains("\"reading\"")))
        .copied()
        .collect();
    for lines in [start, middle] {
        let told = read(&[("c.jsonl", &lines.join("\n"))]).unwrap_err().to_string();
        assert!(told.contains("c.jsonl:") && told.contains("changes only"), "{told}");
    }
}

#[test]
fn a_missing_line_is_told() {
    let bundle = changes(&[quiet(), quiet()]);
    let line = bundle.lines().find(|line| line.contains("\"statement\"")).unwrap();
    let capture = read(&[("c.jsonl", &bundle.replacen(&format!("{line}\n"), "", 1))]).unwrap();
    assert!(finding(&capture, "readings-incomplete").starts_with("c.jsonl:"));
}

/// Two recordings after one another, given in the wrong order: they are held
/// and sorted.
#[test]
fn files_in_no_order_of_time_say_the_same() {
    let bundle = changes(&[quiet(), quiet(), quiet()]);
    let later = bundle.replace("2026-01-01T00", "2026-01-01T05");
    let inner = |files: &[(&str, &str)]| told(read(files));
    let expected = inner(&[("1.jsonl", &bundle), ("2.jsonl", &later)]);
    assert_same_text(&inner(&[("2.jsonl", &bundle), ("1.jsonl", &later)]), &expected);
    assert!(expected.contains("SELECT 2"));
}

#[test]
fn what_could_not_be_read_is_told() {
    let left_out = |what: &str, table: &str| {
        line(
            "left_out",
            0,
            json!({"what": what, "schema": "public", "table": table, "reason": "lock timeout"}),
        )
    };
    let mut bundle = changes(&[quiet()]);
    for table in ["a", "b", "c", "d", "e", "f", "g"] {
        bundle.push_str(&left_out("table_sizes", table));
    }
    bundle.push_str(&left_out("index_sizes", "a"));
    let capture = read(&[("c.jsonl", &bundle)]).unwrap();
    let told: Vec<_> = capture.findings.iter().filter(|one| one.id == "not-recorded").collect();
    assert_eq!(told.len(), 2);
    assert!(told.iter().all(|one| one.severity == Severity::High && one.mend.is_some()));
    assert!(told[0].what.contains("sizes of indexes of 1: public.a (lock timeout)"));
    assert!(told[1].what.contains("sizes of tables of 7: public.a, public.b"), "{}", told[1].what);
    assert!(told[1].what.contains("and 2 more"));
}

#[test]
fn a_capture_without_the_extension_says_so() {
    let server = line("server", 0, json!({"bundle_version": 2}));
    let missing =
        line("left_out", 0, json!({"what": "pg_stat_statements", "reason": "not installed"}));
    let told = read(&[("c.jsonl", &(server + &missing))]).unwrap_err().to_string();
    assert!(told.contains("pg_stat_statements was not there") && told.contains("CREATE EXTENSION"));
}

#[test]
fn a_role_that_sees_its_own_statements_only_is_told_the_grant() {
    let bundle = changes(&[quiet()]).replacen(
        "\"bundle_version\":2",
        "\"bundle_version\":2,\"sees_all_statements\":false",
        1,
    );
    let capture = read(&[("c.jsonl", &bundle)]).unwrap();
    let told = capture.findings.iter().find(|one| one.id == "statements-of-others-hidden").unwrap();
    assert_eq!(told.severity, Severity::High);
    assert!(told.mend.as_deref().unwrap().contains("GRANT pg_monitor"));
}

#[test]
fn a_bundle_of_a_later_version_is_refused() {
    let bundle = changes(&[quiet()]).replacen("\"bundle_version\":2", "\"bundle_version\":3", 1);
    let told = read(&[("c.jsonl", &bundle)]).unwrap_err().to_string();
    assert!(told.contains("c.jsonl:1:") && told.contains("bundle_version"), "{told}");
}
