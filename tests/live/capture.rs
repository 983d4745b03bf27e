//! The capture script against a live server.

use std::path::Path;
use std::process::Command;

use ddbplan::capture::{self, Capture, InputFile, Settings};

use super::server::{Server, succeed};

/// The script reads once, then after 3 s and 6 s; pgbench runs within that
/// time, its start decided by the first rows of the bundle, and is given whole
/// transactions to do, not a time.
pub fn the_script_counts_every_call_of_pgbench(binaries: &Path) {
    let server = Server::start(binaries);
    server.run("CREATE EXTENSION pg_stat_statements");
    succeed(server.client("pgbench").args(["-i", "-q", "--foreign-keys"]));
    let script = server.folder().join("capture.sql");
    let printed = Command::new(env!("CARGO_BIN_EXE_ddbplan"))
        .args(["capture", "--every", "3", "--for", "6"])
        .output()
        .expect("the program was built");
    ddbplan::disk::write(&script, &printed.stdout, false).expect("the folder is ours");
    let bundle = server.folder().join("capture.jsonl");
    let mut psql = server
        .client("psql")
        .args(["-X", "-q", "-f"])
        .arg(&script)
        .arg("-o")
        .arg(&bundle)
        .spawn()
        .expect("psql is installed");
    wait_for(&bundle, "\"kind\" : \"wal\"");
    succeed(server.client("pgbench").args(["-n", "-c", "2", "-t", "150", "-M", "prepared"]));
    assert!(psql.wait().expect("psql was started").success());
    assert_eq!(server.query("SELECT count(*) FROM pgbench_history"), "300");
    check_pgbench(&bundle);
}

/// What a bundle must say of 2 clients of 150 transactions, each statement once
/// a transaction.
fn check_pgbench(bundle: &Path) {
    let capture = read(bundle);
    for start in [
        "UPDATE pgbench_accounts SET abalance = abalance + $1 WHERE aid = $2",
        "SELECT abalance FROM pgbench_accounts WHERE aid = $1",
        "UPDATE pgbench_tellers SET",
        "UPDATE pgbench_branches SET",
        "INSERT INTO pgbench_history",
    ] {
        assert_eq!(calls(&capture, start), 300, "{start}");
    }
    let changed = |name: &str| {
        let one = capture.table_activity.iter().find(|one| one.table.name == name);
        one.map(|one| (one.inserted, one.updated))
    };
    assert_eq!(changed("pgbench_history"), Some((300, 0)));
    assert_eq!(changed("pgbench_accounts"), Some((0, 300)));
    // One read and one update a transaction by primary key, and one foreign-key
    // check an insert.
    let scans = capture.index_activity.iter().find(|one| one.index == "pgbench_accounts_pkey");
    assert_eq!(scans.map(|one| one.scans), Some(900));
    assert!(capture.length_samples.iter().any(|one| one.table.name == "pgbench_accounts"));
    let foreign: Vec<&str> = capture
        .statements
        .iter()
        .map(|one| one.text.as_str())
        .filter(|text| text.contains("TABLESAMPLE") || text.contains("pg_"))
        .collect();
    assert_eq!(foreign, Vec::<&str>::new(), "the script's own statements are set aside");
}

fn read(bundle: &Path) -> Capture {
    let bytes = ddbplan::disk::read(bundle).expect("it was written");
    let files = vec![InputFile::bytes("capture.jsonl", bytes)];
    capture::read(files, &Settings::default()).expect("the bundle is sound")
}

/// Begins to record a server, and waits for the first reading.
#[cfg(feature = "live")]
fn recording(server: &Server, bundle: &Path, seconds: [&str; 2]) -> std::process::Child {
    let dsn = format!("host={} user=tester dbname=postgres", server.folder().display());
    let recording = Command::new(env!("CARGO_BIN_EXE_ddbplan"))
        .args(["capture", "--dsn", &dsn, "--every", seconds[0], "--for", seconds[1], "--out"])
        .arg(bundle)
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("the program was built");
    // Under another name until it is whole.
    wait_for(&bundle.with_extension("jsonl.part"), "\"kind\" : \"wal\"");
    recording
}

#[cfg(feature = "live")]
pub fn a_recording_counts_every_call_of_pgbench(binaries: &Path) {
    let server = Server::start(binaries);
    server.run("CREATE EXTENSION pg_stat_statements");
    succeed(server.client("pgbench").args(["-i", "-q", "--foreign-keys"]));
    let bundle = server.folder().join("capture.jsonl");
    let mut recording = recording(&server, &bundle, ["3", "6"]);
    succeed(server.client("pgbench").args(["-n", "-c", "2", "-t", "150", "-M", "prepared"]));
    assert!(recording.wait().expect("it was started").success());
    check_pgbench(&bundle);
}

/// Its connection is cut by the server, pgbench runs, one more reading is taken
/// by a new connection, then it is interrupted: what it wrote is whole.
#[cfg(feature = "live")]
pub fn a_recording_outlives_its_connection_and_may_be_stopped(binaries: &Path) {
    let server = Server::start(binaries);
    server.run("CREATE EXTENSION pg_stat_statements");
    succeed(server.client("pgbench").args(["-i", "-q", "--foreign-keys"]));
    let bundle = server.folder().join("capture.jsonl");
    let mut recording = recording(&server, &bundle, ["2", "600"]);
    let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
               WHERE application_name = 'ddbplan capture'";
    assert_eq!(server.query(cut), "1");
    succeed(server.client("pgbench").args(["-n", "-c", "2", "-t", "150", "-M", "prepared"]));
    // A reading that shows this one was taken after all of pgbench.
    server.run("SELECT 1 AS after_pgbench");
    wait_for(&bundle.with_extension("jsonl.part"), "after_pgbench");
    succeed(Command::new("kill").args(["-INT", &recording.id().to_string()]));
    assert!(recording.wait().expect("it was started").success());
    check_pgbench(&bundle);
}

/// Calls of the statement that starts so, over all intervals.
fn calls(capture: &Capture, start: &str) -> u64 {
    let statement = capture.statements.iter().find(|one| one.text.starts_with(start));
    let statement = statement.unwrap_or_else(|| panic!("no statement starts with {start}"));
    statement.total.calls
}

/// Waits until a file that is being written holds a text.
pub fn wait_for(path: &Path, text: &str) {
    for _ in 0..200 {
        let held = ddbplan::disk::read(path).unwrap_or_default();
        if String::from_utf8_lossy(&held).contains(text) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("{} never held {text}", path.display());
}
