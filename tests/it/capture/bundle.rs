//! The bundle that the capture script writes.

use ddbplan::capture::{KeySample, TableName};

use super::{calls, finding, has_finding, read};

/// A bundle as PostgreSQL 15 wrote it, shortened: a table of events with two
/// partitions, two readings.
const BUNDLE: &str = r#"{"kind" : "server", "captured_at" : "2026-01-01T00:00:00+00:00", "row" : {"database" : "shop", "version_number" : 150018, "is_replica" : false}}
{"kind" : "setting", "row" : {"name" : "block_size", "setting" : "8192", "unit" : null}}
{"kind" : "table", "row" : {"schema" : "public", "table" : "events", "relkind" : "p", "reltuples" : -1, "heap_bytes" : 0, "index_bytes" : 0, "toast_bytes" : 0, "partition_of" : null}}
{"kind" : "table", "row" : {"schema" : "public", "table" : "events_1", "relkind" : "r", "reltuples" : 100, "heap_bytes" : 8192, "index_bytes" : 16384, "toast_bytes" : 0, "partition_of" : "events"}}
{"kind" : "table", "row" : {"schema" : "public", "table" : "events_2", "relkind" : "r", "reltuples" : 50, "heap_bytes" : 8192, "index_bytes" : 16384, "toast_bytes" : 0, "partition_of" : "events"}}
{"kind" : "column", "row" : {"schema" : "public", "table" : "events", "attnum" : 1, "column" : "id", "type" : "bigint", "not_null" : true, "attidentity" : "", "default" : null}}
{"kind" : "column", "row" : {"schema" : "public", "table" : "events_1", "attnum" : 1, "column" : "id", "type" : "bigint", "not_null" : true, "attidentity" : "", "default" : null}}
{"kind" : "constraint", "row" : {"schema" : "public", "table" : "events", "conname" : "events_pkey", "contype" : "p", "def" : "PRIMARY KEY (id)"}}
{"kind" : "index", "row" : {"schema" : "public", "table" : "events", "index" : "events_pkey", "indisprimary" : true, "indisvalid" : true, "reltuples" : 0, "bytes" : 0, "def" : "CREATE UNIQUE INDEX events_pkey ON ONLY public.events USING btree (id)"}}
{"kind" : "index", "row" : {"schema" : "public", "table" : "events_1", "index" : "events_1_pkey", "indisprimary" : true, "indisvalid" : true, "reltuples" : 100, "bytes" : 16384, "def" : "CREATE UNIQUE INDEX events_1_pkey ON public.events_1 USING btree (id)"}}
{"kind" : "enum", "row" : {"type" : "mood", "labels" : ["b", "a"]}}
{"kind" : "trigger", "row" : {"schema" : "public", "table" : "events", "trigger" : "t", "def" : "CREATE TRIGGER t BEFORE UPDATE ON public.events FOR EACH ROW EXECUTE FUNCTION touch()"}}
{"kind" : "column_stats", "row" : {"schemaname" : "public", "tablename" : "events", "attname" : "id", "inherited" : true, "null_frac" : 0, "avg_width" : 8, "n_distinct" : -1, "most_common_freqs" : null, "correlation" : 1}}
{"kind" : "lengths", "row" : {"schema" : "public", "table" : "events", "column" : null, "rows" : 150, "nulls" : 0, "total_bytes" : 9000, "max_bytes" : 70, "bucket_bytes" : 64, "buckets" : [0, 1], "counts" : [140, 10]}}
{"kind" : "lengths", "row" : {"schema" : "public", "table" : "events", "column" : "note", "rows" : 150, "nulls" : 150, "total_bytes" : 0, "max_bytes" : 0, "bucket_bytes" : 64, "buckets" : null, "counts" : null}}
{"kind" : "key_shares", "row" : {"schema" : "public", "table" : "events", "column" : "id", "rows" : 150, "distinct" : 2, "top" : [149, 1]}}
{"kind" : "statement", "captured_at" : "2026-01-01T00:00:01+00:00", "row" : {"userid":"10","dbid":"5","toplevel":true,"queryid":7,"query":"SELECT * FROM events WHERE id = $1","calls":10,"rows":10,"wal_bytes":0}}
{"kind" : "statements_info", "captured_at" : "2026-01-01T00:00:01+00:00", "row" : {"dealloc":0,"stats_reset":"2025-01-01T00:00:01+00:00"}}
{"kind" : "table_counters", "captured_at" : "2026-01-01T00:00:01+00:00", "row" : {"schemaname":"public","relname":"events_1","n_tup_ins":1,"n_tup_upd":0,"n_tup_del":0,"n_tup_hot_upd":0}}
{"kind" : "table_counters", "captured_at" : "2026-01-01T00:00:01+00:00", "row" : {"schemaname":"public","relname":"events_2","n_tup_ins":1,"n_tup_upd":0,"n_tup_del":0,"n_tup_hot_upd":0}}
{"kind" : "index_counters", "captured_at" : "2026-01-01T00:00:01+00:00", "row" : {"schemaname":"public","relname":"events_1","indexrelname":"events_1_pkey","idx_scan":5,"idx_tup_read":5,"idx_tup_fetch":5}}
{"kind" : "database", "captured_at" : "2026-01-01T00:00:01+00:00", "row" : {"datid":"5","datname":"shop","xact_commit":100,"xact_rollback":1,"blks_read":3,"blks_hit":4}}
{"kind" : "wal", "captured_at" : "2026-01-01T00:00:01+00:00", "row" : {"wal_records":1,"wal_bytes":1000}}
{"kind" : "statement", "captured_at" : "2026-01-01T00:01:01+00:00", "row" : {"userid":"10","dbid":"5","toplevel":true,"queryid":7,"query":"SELECT * FROM events WHERE id = $1","calls":14,"rows":13,"wal_bytes":0}}
{"kind" : "statements_info", "captured_at" : "2026-01-01T00:01:01+00:00", "row" : {"dealloc":0,"stats_reset":"2025-01-01T00:00:01+00:00"}}
{"kind" : "table_counters", "captured_at" : "2026-01-01T00:01:01+00:00", "row" : {"schemaname":"public","relname":"events_1","n_tup_ins":4,"n_tup_upd":0,"n_tup_del":0,"n_tup_hot_upd":0}}
{"kind" : "table_counters", "captured_at" : "2026-01-01T00:01:01+00:00", "row" : {"schemaname":"public","relname":"events_2","n_tup_ins":2,"n_tup_upd":0,"n_tup_del":0,"n_tup_hot_upd":0}}
{"kind" : "index_counters", "captured_at" : "2026-01-01T00:01:01+00:00", "row" : {"schemaname":"public","relname":"events_1","indexrelname":"events_1_pkey","idx_scan":9,"idx_tup_read":8,"idx_tup_fetch":7}}
{"kind" : "database", "captured_at" : "2026-01-01T00:01:01+00:00", "row" : {"datid":"5","datname":"shop","xact_commit":106,"xact_rollback":1,"blks_read":3,"blks_hit":9}}
{"kind" : "wal", "captured_at" : "2026-01-01T00:01:01+00:00", "row" : {"wal_records":1,"wal_bytes":1234}}
{"kind" : "of a later version", "row" : {"x":1}}
"#;

#[test]
fn a_bundle_is_a_whole_capture() {
    let capture = read(&[("capture.jsonl", BUNDLE)]).unwrap();
    assert_eq!(calls(&capture, "SELECT * FROM events"), [4]);
    assert_eq!(capture.span_micros(), 60_000_000);
    let machine = capture.machine.as_ref().unwrap();
    assert_eq!((machine.commits, machine.rollbacks, machine.blks_hit), (Some(6), Some(0), Some(5)));
    assert_eq!(machine.wal.map(|wal| wal.get()), Some(234));
    assert_eq!(machine.cpu_s, None);
    let scans = &capture.index_activity[0];
    assert_eq!((scans.scans, scans.entries_read, scans.rows_fetched), (4, 3, 2));
    assert_eq!(capture.length_samples[0].buckets, [(0, 140), (1, 10)]);
    assert_eq!(capture.length_samples[0].column, None);
    assert_eq!(capture.length_samples[1].nulls, 150);
    let expected = KeySample {
        table: TableName::new("public", "events"),
        column: "id".into(),
        rows: 150,
        distinct: 2,
        top: vec![149, 1],
    };
    assert_eq!(capture.key_samples, [expected]);
    assert_eq!(capture.catalog.enums, [("mood".to_owned(), vec!["b".to_owned(), "a".to_owned()])]);
    assert!(!has_finding(&capture, "catalog-without-statistics"));
}

#[test]
fn partitions_are_part_of_their_table() {
    let capture = read(&[("capture.jsonl", BUNDLE)]).unwrap();
    assert_eq!(capture.catalog.tables.len(), 1);
    let events = &capture.catalog.tables[0];
    assert_eq!(events.rows, Some(150));
    assert_eq!(events.heap_bytes.map(|bytes| bytes.get()), Some(2 * 8192));
    assert_eq!(events.primary_key(), ["id"]);
    assert_eq!(events.indexes.len(), 1);
    assert_eq!(events.indexes[0].bytes.map(|bytes| bytes.get()), Some(16384));
    assert_eq!(events.triggers.len(), 1);
    assert!(events.columns[0].stats.is_some());
    assert!(finding(&capture, "partitions-folded").starts_with("2 partitions"));
    // 3 rows into the one, 1 into the other.
    assert_eq!(capture.table_activity.len(), 1);
    assert_eq!(capture.table_activity[0].inserted, 4);
}

#[test]
fn a_bundle_that_was_interrupted_can_be_used_up_to_there() {
    let at = BUNDLE.rfind("{\"kind\" : \"wal\"").unwrap();
    for end in [at, at + 30] {
        let capture = read(&[("capture.jsonl", &BUNDLE[..end])]).unwrap();
        assert_eq!(calls(&capture, "SELECT * FROM events"), [4]);
        assert_eq!(has_finding(&capture, "file-cut"), end > at);
    }
}

/// Of the third reading one statement of two was written: it is left out, or
/// the other would seem to have vanished.
#[test]
fn a_reading_that_was_cut_off_is_left_out() {
    let row = |at: &str, id: u32, calls: u32| {
        format!(
            "{{\"kind\" : \"statement\", \"captured_at\" : \"2026-01-01T00:{at}+00:00\", \"row\" : \
             {{\"toplevel\":true,\"queryid\":{id},\"query\":\"SELECT {id} FROM t\",\"calls\":{calls},\"rows\":0}}}}\n"
        )
    };
    let mut bundle = String::new();
    for (at, calls) in [("00:00", 1), ("01:00", 3), ("02:00", 9)] {
        bundle.push_str(&row(at, 1, calls));
        bundle.push_str(&row(at, 2, calls));
    }
    let cut = &bundle[..bundle.len() - 20];
    let capture = read(&[("capture.jsonl", cut)]).unwrap();
    assert_eq!(calls(&capture, "SELECT 1 FROM t"), [2]);
    assert!(finding(&capture, "file-cut").starts_with("capture.jsonl:6:"));
    assert!(!has_finding(&capture, "entries-evicted"));
}

#[test]
fn a_replica_is_said_to_be_one() {
    let bundle = BUNDLE.replace("\"is_replica\" : false", "\"is_replica\" : true");
    let capture = read(&[("capture.jsonl", &bundle)]).unwrap();
    assert!(has_finding(&capture, "replica-only"));
}
