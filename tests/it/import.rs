//! `ddbplan import`: recordings into a scenario that `compare` reads untouched.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ddbplan::capture::{self, Capture, InputFile, Settings, TableName};
use ddbplan::disk;
use ddbplan::sql::{self, Access, Verb};
use serde_json::Value;
use tempfile::TempDir;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn ddbplan(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ddbplan")).args(args).output().unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Imports, and returns the folder and what was printed.
fn import(files: &[&str], more: &[&str]) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<PathBuf> = files.iter().map(|name| data(name)).collect();
    let mut args = vec!["import"];
    args.extend(files.iter().map(|file| text(file)));
    args.extend(["--out", text(folder.path())]);
    args.extend(more);
    let output = ddbplan(&args);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (folder, String::from_utf8(output.stdout).unwrap())
}

/// Compares an imported scenario as it is and returns its report.
fn compare(folder: &Path) -> Value {
    let output = ddbplan(&["compare", text(folder)]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(folder.join("report/cost_curve.png").exists());
    serde_json::from_slice(&std::fs::read(folder.join("report/report.json")).unwrap()).unwrap()
}

/// Every default that nobody measured is an assumption of the report.
fn assumed(report: &Value) -> Vec<&str> {
    let all = report["assumptions"].as_array().unwrap().iter();
    all.filter(|one| one["assumed"] == true).filter_map(|one| one["id"].as_str()).collect()
}

#[test]
fn pgbench_goes_in_and_is_compared_untouched() {
    let (folder, printed) =
        import(&["tests/data/capture/pgbench", "tests/data/capture/pgbench_schema"], &[]);
    assert!(printed.contains("11 intervals: 15 statements with 1646026 calls"), "{printed}");
    assert!(printed.contains("foreign-key check"), "{printed}");
    let report = compare(folder.path());
    let coverage = &report["designs"][0]["coverage"];
    let of = |name: &str| coverage[name].as_f64().unwrap();
    // BEGIN and END have nothing to serve.
    let served = of("served") / (1.0 - of("ignorable"));
    assert!(served >= 0.988, "{coverage}");
    for id in ["region", "load.peak_to_mean", "load.retention_days", "postgres.cpu_target_percent"]
    {
        assert!(assumed(&report).contains(&id), "{id}");
    }
}

#[test]
fn notifications_go_in_and_are_compared_untouched() {
    let files = ["workloads/notifications/capture", "tests/data/capture/querylog.csv"];
    let (folder, printed) = import(&files, &["--region", "eu-west-1"]);
    assert!(printed.contains("querylog.csv"), "{printed}");
    let report = compare(folder.path());
    assert!(!assumed(&report).contains(&"region"));
    assert_eq!(report["manifest"]["region"], "eu-west-1");
}

#[test]
fn a_large_application_goes_in_and_is_compared_untouched() {
    let (folder, printed) = import(&["tests/data/capture/oscar"], &[]);
    assert!(printed.contains("2 intervals"), "{printed}");
    let report = compare(folder.path());
    let coverage = report["designs"][0]["coverage"].as_object().unwrap();
    let sum: f64 = coverage.values().filter_map(Value::as_f64).sum();
    assert!((sum - 1.0).abs() < 1e-9, "{coverage:?}");
}

#[test]
fn nothing_is_overwritten_or_mixed() {
    let files = ["tests/data/capture/pgbench", "tests/data/capture/pgbench_schema"];
    let (folder, _) = import(&files, &[]);
    let again = |more: &[&str]| {
        let (one, two) = (data(files[0]), data(files[1]));
        let out = text(folder.path());
        let mut args = vec!["import", text(&one), text(&two), "-o", out];
        args.extend(more);
        ddbplan(&args)
    };
    let refused = again(&[]);
    assert_eq!(refused.status.code(), Some(2));
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(told.contains("plan.toml") && told.contains("pg_stat_statements.011.csv"), "{told}");
    assert!(told.contains("--force"), "{told}");
    assert!(again(&["--force"]).status.success());
    // A file of an earlier import would be counted too.
    std::fs::write(folder.path().join("capture/left.csv"), "queryid,calls\n").unwrap();
    let refused = again(&["--force"]);
    assert_eq!(refused.status.code(), Some(2));
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(told.contains("left.csv"), "{told}");
}

#[test]
fn what_cannot_be_read_is_told_all_at_once_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("scenario");
    let bad = folder.path().join("bad.csv");
    std::fs::write(&bad, "queryid,query,calls,rows\n1,SELECT 1,many,1\n").unwrap();
    let output = ddbplan(&["import", text(&bad), "/nowhere/at/all.csv", "-o", text(&out)]);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("bad.csv:2") && told.contains("all.csv"), "{told}");
    assert!(!out.exists());
}

/// The same recording taken for that of a replica doubles every call; data and
/// changed rows stay those of the first server.
/// No design can be made without tables; the fault is the input's, not that of a
/// design that was never written.
#[test]
fn recordings_without_any_table_are_told_to_lack_them() {
    let counters = "captured_at,queryid,toplevel,query,calls,rows\n\
        2026-01-01 00:00:00+00,1,t,SELECT a FROM t WHERE b = $1,1,1\n\
        2026-01-01 00:01:00+00,1,t,SELECT a FROM t WHERE b = $1,9,9\n";
    let log = "2026-01-01 00:00:01.243 UTC [2026] app@shop LOG:  duration: 1.381 ms  statement: \
        SELECT a FROM t WHERE b = 27;\n\
        2026-01-01 00:00:59.243 UTC [2026] app@shop LOG:  duration: 1.381 ms  statement: \
        SELECT a FROM t WHERE b = 28;\n";
    let dump = "CREATE TYPE mood AS ENUM ('a', 'b');\n";
    let cases: [&[(&str, &str)]; 3] =
        [&[("s.csv", counters)], &[("server.log", log)], &[("s.csv", counters), ("d.sql", dump)]];
    for files in cases {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("scenario");
        let paths: Vec<PathBuf> = files.iter().map(|(name, _)| folder.path().join(name)).collect();
        for (path, (_, content)) in paths.iter().zip(files) {
            std::fs::write(path, content).unwrap();
        }
        let mut args = vec!["import", "-o", text(&out)];
        args.extend(paths.iter().map(|path| text(path)));
        let output = ddbplan(&args);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("the capture tells of no tables"), "{said}");
        assert!(said.contains(text(&paths[0])) && !said.contains("designs/"), "{said}");
        assert!(!out.exists());
    }
}

#[test]
fn a_replica_adds_its_calls() {
    let files = ["tests/data/capture/pgbench", "tests/data/capture/pgbench_schema"];
    let replica = data("tests/data/capture/pgbench");
    let (alone, _) = import(&files, &[]);
    let (both, printed) = import(&files, &["--replica", text(&replica)]);
    assert!(printed.contains("calls of replicas/1 were added"), "{printed}");
    let calls = |folder: &TempDir| {
        let report = compare(folder.path());
        report["workload"]["calls_per_month"].to_string().trim_matches('"').parse::<f64>().unwrap()
    };
    assert!((calls(&both) / calls(&alone) - 2.0).abs() < 1e-6);
}

#[test]
fn exports_without_times_are_told_when_they_were_taken_and_stay_so() {
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<PathBuf> = [10, 500]
        .iter()
        .map(|calls| {
            let file = folder.path().join(format!("s.{calls}.csv"));
            let rows = format!(
                "queryid,query,calls,rows\n1,SELECT a FROM t WHERE id = $1,{calls},{calls}\n"
            );
            std::fs::write(&file, rows).unwrap();
            file
        })
        .collect();
    let schema = folder.path().join("schema.sql");
    std::fs::write(&schema, "CREATE TABLE t (id bigint PRIMARY KEY, a text);\n").unwrap();
    let out = folder.path().join("scenario");
    let inputs = [text(&files[0]), text(&files[1]), text(&schema), "-o", text(&out)];
    let plain = ddbplan(&[&["import"], &inputs[..]].concat());
    assert_eq!(plain.status.code(), Some(2));
    assert!(String::from_utf8(plain.stderr).unwrap().contains("--every"));
    let timed = ["--at", "2026-11-23T06:00:00Z", "--every", "70"];
    let output = ddbplan(&[&["import"], &inputs[..], &timed[..]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // 490 calls in 70 s are 7 a second, 18,396,000 in 730 hours.
    let report = compare(&out);
    let calls = report["workload"]["calls_per_month"].to_string();
    let calls: f64 = calls.trim_matches('"').parse().unwrap();
    assert!((calls - 18_396_000.0).abs() < 1.0, "{calls}");
}

/// Rows per table that statements say they inserted, updated and deleted.
fn by_statements(capture: &Capture) -> BTreeMap<String, [u64; 3]> {
    let mut changed: BTreeMap<String, [u64; 3]> = BTreeMap::new();
    for statement in &capture.statements {
        let Access::Data(steps) = sql::read(&statement.text, &capture.catalog) else { continue };
        let Some(step) = steps.iter().rev().find(|step| step.verb != Verb::Read) else { continue };
        let at = match step.verb {
            Verb::Insert => 0,
            Verb::Update => 1,
            _ => 2,
        };
        let rows = statement.total.rows.unwrap_or(0);
        changed.entry(step.table.clone()).or_default()[at] += rows;
    }
    changed
}

fn read(folder: &str) -> Capture {
    let files = disk::list_tree(&data(folder)).unwrap().files;
    let files =
        files.into_iter().map(|(name, path)| InputFile::new(name, move || disk::open(&path)));
    capture::read(files.collect(), &Settings::default()).unwrap()
}

fn by_tables(capture: &Capture, name: &str) -> [u64; 3] {
    let table = TableName::new("public", name);
    let one = capture.table_activity.iter().find(|one| one.table == table).unwrap();
    [one.inserted, one.updated, one.deleted]
}

/// Statements and tables agree to the row; only an upsert does not say which of
/// its rows were there already, which the table does: 35 were not, 20,144 were.
#[test]
fn rows_that_statements_change_are_those_of_the_tables() {
    let capture = read("workloads/notifications/capture");
    let changed = by_statements(&capture);
    assert_eq!(changed["notifications"], [17_109, 68_906, 3_342]);
    assert_eq!(changed["notifications"], by_tables(&capture, "notifications"));
    assert_eq!(changed["notification_events"], [45_420, 0, 4_460]);
    assert_eq!(changed["notification_events"], by_tables(&capture, "notification_events"));
    assert_eq!(by_tables(&capture, "user_counters"), [35, 20_144, 0]);
    let counters = changed["user_counters"];
    assert_eq!(counters.iter().sum::<u64>(), 35 + 20_144);
}

/// How closely they agree elsewhere: exactly but for tables whose rows a rolled
/// back transaction changed (tables count what was rolled back, statements that
/// failed count nothing) and for what ran between a snapshot of the statements
/// and that of the tables, which are not read at one moment.
#[test]
fn elsewhere_they_agree_closely() {
    for (folder, most_off) in
        [("tests/data/capture/pgbench", 0.0), ("tests/data/capture/oscar", 0.01)]
    {
        let capture = read(folder);
        let (mut off, mut all) = (0, 0);
        for (table, rows) in by_statements(&capture) {
            if capture.table_activity.iter().any(|one| one.table.name == table) {
                let (told, counted): (u64, u64) =
                    (rows.iter().sum(), by_tables(&capture, &table).iter().sum());
                off += told.abs_diff(counted);
                all += counted;
            }
        }
        assert!(all > 0);
        assert!(off as f64 <= most_off * all as f64, "{folder}: {off} of {all}");
    }
}

/// Each pitfall of a recording is a finding of the report that comes of it: an
/// entry reset in the middle, one evicted, a text shared by two roles, another
/// database, a text cut off, a text that may not be seen; with Windows line ends,
/// a byte order mark and a column nobody knows.
#[test]
fn every_pitfall_of_a_recording_is_in_the_report() {
    const READ: &str = "SELECT a FROM t WHERE id = $1";
    const OTHER: &str = "SELECT b FROM t WHERE id = $1";
    const GONE: &str = "UPDATE t SET a = $1 WHERE id = $2";
    const CUT: &str = "SELECT a FROM t WHERE b IN ($1, $2";
    const HIDDEN: &str = "<insufficient privilege>";
    /// Role, database, queryid, text, calls at each of three readings.
    type Entry = (u32, u32, u32, &'static str, [Option<u32>; 3]);
    let entries: [Entry; 7] = [
        (10, 5, 1, READ, [Some(100), Some(200), Some(300)]),
        (11, 5, 1, READ, [Some(0), Some(20), Some(40)]),
        (10, 5, 2, OTHER, [Some(50), Some(90), Some(7)]),
        (10, 5, 3, GONE, [Some(10), Some(30), None]),
        (10, 6, 4, "SELECT 1 FROM elsewhere", [Some(1), Some(2), Some(3)]),
        (10, 5, 5, CUT, [Some(1), Some(2), Some(3)]),
        (12, 5, 6, HIDDEN, [Some(1), Some(2), Some(3)]),
    ];
    let mut export = String::from(
        "\u{feff}captured_at,userid,dbid,queryid,toplevel,query,calls,rows,shape_of_things\r\n",
    );
    for reading in 0..3 {
        for (role, database, id, text, calls) in entries {
            if let Some(calls) = calls[reading] {
                export.push_str(&format!(
                    "2026-11-23 06:0{reading}:00+00,{role},{database},{id},t,\"{text}\",{calls},{calls},x\r\n"
                ));
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let counters = folder.path().join("s.csv");
    std::fs::write(&counters, export).unwrap();
    let schema = folder.path().join("schema.sql");
    std::fs::write(&schema, "CREATE TABLE t (id bigint PRIMARY KEY, a text, b text);\n").unwrap();
    let out = folder.path().join("scenario");
    let output = ddbplan(&["import", text(&counters), text(&schema), "-o", text(&out)]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report = compare(&out);
    let ids: Vec<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|finding| finding["id"].as_str())
        .collect();
    for id in [
        "entries-reset",
        "entries-evicted",
        "roles-merged",
        "other-databases",
        "text-cut",
        "text-hidden",
        "no-daily-peak",
        "capture-short",
        "one-server",
    ] {
        assert!(ids.contains(&id), "{id} is not among {ids:?}");
    }
}

/// A table whose heap is empty and stays so is known to hold nothing: it is no
/// table of unknown size.
#[test]
fn an_empty_table_is_not_one_of_unknown_size() {
    let (folder, _) = import(&["tests/data/capture/oscar"], &[]);
    let report = compare(folder.path());
    let findings = report["findings"].as_array().unwrap();
    let unknown = findings.iter().find(|one| one["id"] == "postgres-sizes-unknown");
    let told = unknown.map_or(String::new(), |one| one.to_string());
    assert!(!told.contains("auth_group"), "{told}");
}
