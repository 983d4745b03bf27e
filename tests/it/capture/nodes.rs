//! Captures of several servers.

use ddbplan::capture::{Capture, Node, Role, merge};

use super::{calls, finding, has_finding, read};

fn server(rows: &[(&str, &str, u64)], tables: u64) -> Capture {
    let mut text = String::from("captured_at,queryid,toplevel,query,calls,rows\n");
    for (at, query, calls) in rows {
        text.push_str(&format!("2026-01-01 00:{at}+00,{},t,{query},{calls},0\n", query.len()));
    }
    let tables = format!("schema,table,relkind,reltuples,heap_bytes\npublic,t,r,{tables},8192\n");
    read(&[("s.csv", &text), ("tables.csv", &tables)]).expect("the rows are sound")
}

fn primary() -> Capture {
    server(
        &[
            ("00:00", "SELECT 1 FROM t", 0),
            ("01:00", "SELECT 1 FROM t", 10),
            ("02:00", "SELECT 1 FROM t", 30),
        ],
        100,
    )
}

fn node(role: Role, capture: Capture) -> Vec<Node> {
    vec![Node { name: "second".into(), role, capture }]
}

#[test]
fn one_server_is_said_to_be_one() {
    assert!(finding(&primary(), "one-server").contains("replicas"));
}

/// 100 calls from 0:30 to 1:30 fall half into each interval; 40 from 1:30 to
/// 2:30 half into the second and half outside. 7 calls do not halve: 3 and 4.
#[test]
fn calls_of_a_replica_fall_into_the_intervals_by_time() {
    let replica = server(
        &[
            ("00:30", "SELECT 1 FROM t", 0),
            ("01:30", "SELECT 1 FROM t", 100),
            ("02:30", "SELECT 1 FROM t", 140),
            ("00:30", "SELECT 22 FROM t", 0),
            ("01:30", "SELECT 22 FROM t", 7),
            ("02:30", "SELECT 22 FROM t", 7),
        ],
        100,
    );
    let capture = merge(primary(), node(Role::Replica, replica)).unwrap();
    assert_eq!(calls(&capture, "SELECT 1 FROM t"), [10 + 50, 20 + 50 + 20]);
    assert_eq!(calls(&capture, "SELECT 22 FROM t"), [3, 4]);
    assert!(!has_finding(&capture, "one-server"));
    let told = finding(&capture, "node-merged");
    assert!(told.contains("127 calls of second") && told.contains("20 calls outside"), "{told}");
    assert_eq!(capture.catalog.tables[0].rows, Some(100));
    assert_eq!(capture.sources.iter().filter(|one| one.name.starts_with("second/")).count(), 2);
}

#[test]
fn rows_and_sizes_of_shards_add_up() {
    let capture = merge(primary(), node(Role::Shard, primary())).unwrap();
    assert_eq!(calls(&capture, "SELECT 1 FROM t"), [20, 40]);
    assert_eq!(capture.catalog.tables[0].rows, Some(200));
    assert_eq!(capture.catalog.tables[0].heap_bytes.map(|bytes| bytes.get()), Some(16_384));
    // Neither says anything about TOAST.
    assert_eq!(capture.catalog.tables[0].toast_bytes, None);
}

#[test]
fn recordings_of_different_times_do_not_merge() {
    let later = server(&[("10:00", "SELECT 1 FROM t", 0), ("11:00", "SELECT 1 FROM t", 5)], 1);
    let fault = merge(primary(), node(Role::Replica, later)).unwrap_err().to_string();
    assert!(fault.contains("second shares no time"), "{fault}");
}
