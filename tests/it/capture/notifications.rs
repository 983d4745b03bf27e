//! The recorded capture of a notification service: PostgreSQL 15, 14 snapshots
//! in one file, `pg_stat_statements.track = all`.

use ddbplan::capture::{
    self, Capture, ConstraintKind, InputFile, OnDelete, Settings, Statement, TableName,
};

use super::{finding, has_finding, notifications_files};

fn notifications() -> Capture {
    let files =
        notifications_files().into_iter().map(|(name, bytes)| InputFile::bytes(name, bytes));
    capture::read(files.collect(), &Settings::default()).expect("the recorded capture is sound")
}

fn total_calls<'a>(statements: impl Iterator<Item = &'a Statement>) -> u64 {
    statements.map(|statement| statement.total.calls).sum()
}

#[test]
fn fourteen_snapshots_make_thirteen_intervals_over_the_time_between_them() {
    let capture = notifications();
    assert_eq!(capture.intervals.len(), 13);
    // 06:52:43.976390 - 06:48:18.486775, the first row of the last and of the
    // first snapshot.
    assert_eq!(capture.span_micros(), 265_489_615);
    assert!(capture.intervals.windows(2).all(|pair| pair[0].end == pair[1].start));
}

/// The last snapshot sums to 201,707 calls at the top level. One of them is the
/// reset before the first snapshot; 51 are the recording's own: reads of
/// `pg_stat_statements_info` (13), `pg_stat_database` (13), `pg_stat_statements`
/// (13) and copies of `pg_stat_user_tables` (12 under one text; the first, of
/// another text, 1 - it ended after the first snapshot).
#[test]
fn calls_add_up_to_the_last_snapshot_less_the_recordings_own() {
    let capture = notifications();
    let own: u64 = capture
        .set_aside
        .iter()
        .filter(|one| !one.nested && one.why != "foreign-key check")
        .map(|one| one.total.calls)
        .sum();
    assert_eq!(own, 13 + 13 + 13 + 12 + 1);
    let workload = total_calls(capture.statements.iter().filter(|one| !one.nested));
    assert_eq!(workload, 201_707 - 1 - own);
    // 5,047 BEGIN and 5,047 COMMIT stay statements.
    let begin = capture.statements.iter().find(|one| one.text == "BEGIN").unwrap();
    assert_eq!(begin.total.calls, 5_047);
    assert_eq!(workload, 191_560 + 2 * 5_047);
}

#[test]
fn cascaded_deletes_stay_and_foreign_key_checks_go() {
    let capture = notifications();
    let nested: Vec<&Statement> = capture.statements.iter().filter(|one| one.nested).collect();
    assert_eq!(nested.len(), 1);
    assert!(nested[0].text.starts_with("DELETE FROM ONLY \"public\".\"notification_events\""));
    let total = &nested[0].total;
    assert_eq!((total.calls, total.rows), (3_342, Some(4_460)));
    let checks: Vec<u64> = capture
        .set_aside
        .iter()
        .filter(|one| one.why == "foreign-key check")
        .map(|one| one.total.calls)
        .collect();
    assert_eq!(checks, [45_420, 17_144]);
}

#[test]
fn wal_of_top_level_statements_is_that_of_the_view() {
    let capture = notifications();
    let top = capture.statements.iter().filter(|one| !one.nested);
    let wal: u64 = top.map(|one| one.total.wal_bytes.unwrap()).sum();
    let aside = capture.set_aside.iter().filter(|one| !one.nested);
    let aside: u64 = aside.map(|one| one.total.wal_bytes.unwrap()).sum();
    // Sum over the rows of the last snapshot with toplevel true.
    assert_eq!(wal + aside, 337_112_791);
}

#[test]
fn rows_changed_per_table_are_those_of_the_series() {
    let capture = notifications();
    let of = |name: &str| {
        let table = TableName::new("public", name);
        let one = capture.table_activity.iter().find(|one| one.table == table).unwrap();
        (one.inserted, one.updated, one.hot_updated, one.deleted)
    };
    assert_eq!(of("notifications"), (17_109, 68_906, 0, 3_342));
    assert_eq!(of("notification_events"), (45_420, 0, 0, 4_460));
    assert_eq!(of("user_counters"), (35, 20_144, 19_139, 0));
    assert_eq!(of("users"), (0, 0, 0, 0));
}

/// Rows counted by writing statements, cascades included, are the rows changed
/// in the tables, exactly: 17,109 + 68,906 + 3,342 + 45,420 + 4,460 + 35 +
/// 20,144.
#[test]
fn statements_account_for_every_row_that_changed() {
    let capture = notifications();
    let by_tables: u64 =
        capture.table_activity.iter().map(|one| one.inserted + one.updated + one.deleted).sum();
    assert_eq!(by_tables, 159_416);
    let writes = ["INSERT", "UPDATE", "DELETE", "WITH recent", "WITH due"];
    let by_statements: u64 = capture
        .statements
        .iter()
        .filter(|one| writes.iter().any(|start| one.text.starts_with(start)))
        .map(|one| one.total.rows.unwrap_or(0))
        .sum();
    assert_eq!(by_statements, by_tables);
}

#[test]
fn the_machine_did_what_its_counters_say() {
    let machine = notifications().machine.unwrap();
    assert_eq!(machine.commits, Some(186_704 - 30));
    assert_eq!(machine.rollbacks, Some(0));
    // 3,094,209,040 - 2,746,241,944, the WAL positions.
    assert_eq!(machine.wal.unwrap().get(), 347_967_096);
    let cpu_s = machine.cpu_s.unwrap();
    assert!((cpu_s - (297.7 - 233.16)).abs() < 1e-9, "{cpu_s}");
}

#[test]
fn the_catalog_has_keys_sizes_statistics_enums_and_triggers() {
    let catalog = notifications().catalog;
    let names: Vec<&str> = catalog.tables.iter().map(|table| table.name.name.as_str()).collect();
    assert_eq!(names, ["notification_events", "notifications", "user_counters", "users"]);
    let events = catalog.find(None, "notification_events").unwrap();
    assert_eq!(events.primary_key(), ["notification_id", "seq"]);
    let cascade = events.constraints.iter().any(|constraint| {
        matches!(&constraint.kind, ConstraintKind::ForeignKey { references, referenced_columns, on_delete: OnDelete::Cascade }
            if references.name == "notifications" && referenced_columns == &["id"])
    });
    assert!(cascade);
    let table = catalog.find(None, "notifications").unwrap();
    assert_eq!(table.rows, Some(314_030));
    assert_eq!(table.heap_bytes.unwrap().get(), 322_437_120);
    assert_eq!(table.toast_bytes.unwrap().get(), 211_640_320);
    assert_eq!(table.columns.len(), 18);
    assert!(table.column("id").unwrap().identity);
    let body = table.column("rendered_body").unwrap().stats.as_ref().unwrap();
    assert!((body.avg_width_bytes.unwrap() - 354.0).abs() < 1e-9);
    let index = table.indexes.iter().find(|one| one.name == "notifications_pending_idx").unwrap();
    assert_eq!(index.key_columns, [Some("scheduled_at".to_owned())]);
    assert!(index.predicate.as_ref().unwrap().contains("'enqueued'"));
    assert_eq!(index.rows, Some(84));
    assert_eq!(table.indexes.len(), 6);
    assert_eq!(table.triggers.len(), 1);
    assert!(table.triggers[0].definition.starts_with("BEFORE UPDATE ON"));
    assert_eq!(catalog.enums[0].0, "notification_state");
    assert_eq!(catalog.enums[0].1.len(), 7);
    assert!(catalog.settings.contains(&("wal_level".into(), "replica".into(), None)));
}

#[test]
fn the_schema_text_alone_gives_the_same_shape() {
    let with = notifications().catalog;
    let files = notifications_files();
    let files = files.into_iter().filter(|(name, _)| !name.starts_with("catalog/"));
    let files = files.map(|(name, bytes)| InputFile::bytes(name, bytes));
    let capture = capture::read(files.collect(), &Settings::default()).unwrap();
    assert!(finding(&capture, "catalog-without-statistics").contains("unknown"));
    let without = capture.catalog;
    assert_eq!(with.tables.len(), without.tables.len());
    for (a, b) in with.tables.iter().zip(&without.tables) {
        assert_eq!(a.name, b.name);
        assert_eq!(a.constraints, b.constraints);
        let columns = |table: &capture::Table| -> Vec<_> {
            let columns = table.columns.iter();
            columns.map(|c| (c.name.clone(), c.type_name.clone(), c.not_null, c.identity)).collect()
        };
        assert_eq!(columns(a), columns(b));
        let indexes = |table: &capture::Table| -> Vec<_> {
            let indexes = table.indexes.iter();
            indexes.map(|i| (i.name.clone(), i.key_columns.clone(), i.unique)).collect()
        };
        assert_eq!(indexes(a), indexes(b));
        assert_eq!(b.rows, None);
    }
}

#[test]
fn a_quiet_recording_has_few_findings() {
    let capture = notifications();
    let ids: Vec<&str> = capture.findings.iter().map(|finding| finding.id).collect();
    // The reset before the first snapshot is the one that did not run again.
    assert_eq!(ids, ["no-daily-peak", "statements-idle", "one-server"]);
    assert!(!has_finding(&capture, "catalog-repeated"));
}

/// The order in which files are given does not matter, nor does a second form
/// of the same content.
#[test]
fn a_second_copy_in_another_form_is_counted_once() {
    let once = notifications();
    let mut files = notifications_files();
    files.reverse();
    let json = r#"[{"schema":"public","table":"users","oid":"1","relkind":"r","reltuples":50000,
        "heap_bytes":6717440,"index_bytes":4710400,"total_bytes":11468800,"toast_bytes":8192}]"#;
    files.push(("catalog/tables.json".into(), json.into()));
    let statements = files.iter().find(|(name, _)| name == "pg_stat_statements.jsonl").unwrap();
    files.push(("again.jsonl".into(), statements.1.clone()));
    let files = files.into_iter().map(|(name, bytes)| InputFile::bytes(name, bytes));
    let twice = capture::read(files.collect(), &Settings::default()).unwrap();
    assert_eq!(once.statements, twice.statements);
    assert_eq!(once.catalog.tables, twice.catalog.tables);
    assert!(finding(&twice, "catalog-repeated").contains("tables (1 rows)"));
    assert!(finding(&twice, "snapshots-repeated").contains("pg_stat_statements.jsonl"));
}
