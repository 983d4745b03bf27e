//! Runs of the command that several subjects look at.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

/// Compares a scenario quietly into a folder; gives its report.
pub fn compared_into(scenario: &Path, out: &Path) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_ddbplan"))
        .arg("compare")
        .arg(scenario)
        .args(["--quiet", "--out"])
        .arg(out)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&std::fs::read(out.join("report.json")).unwrap()).unwrap()
}

/// A schema of one table.
pub const SCHEMA: &str = "CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);\n";

/// Two snapshots of one statement's counters.
pub const SNAPSHOTS: &str = "captured_at,userid,dbid,queryid,toplevel,query,calls,rows\n\
    2026-11-23 06:00:00+00,10,5,1,t,SELECT name FROM users WHERE id = $1,10,10\n\
    2026-11-23 07:00:00+00,10,5,1,t,SELECT name FROM users WHERE id = $1,20,20\n";

/// A folder with a declared scenario `s` of one design and one statement; both
/// as they stand in a TOML string.
pub fn declared(design: &str, sql: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let scenario = folder.path().join("s");
    std::fs::create_dir_all(scenario.join("designs")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(scenario.join(name), text).unwrap();
    write("schema.sql", SCHEMA);
    write("plan.toml", "region = \"us-east-1\"\n[load]\npeak_to_mean = 3\nrange = [1, 10]\n");
    write(
        "workload.toml",
        &format!(
            "schema = \"schema.sql\"\n\
             [tables.users]\nrows = 500_000\ncolumns.name = {{ bytes = 20, distinct = 400_000 }}\n\
             [[patterns]]\nsql = \"{sql}\"\ncalls_per_second = 120\nrows_per_call = 1\n\
             exec_ms = 0.2\n"
        ),
    );
    write(
        "designs/a.toml",
        &format!(
            "name = \"{design}\"\n[tables.users]\npartition_key = \"id\"\n\
             [tables.users.items.user]\nfrom = \"users\"\n"
        ),
    );
    folder
}
