//! The capture script against a PostgreSQL server started for the purpose.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use ddbplan::capture::{self, InputFile, Settings};

use super::calls;

/// A server of its own in a folder of its own; stopped when dropped.
struct Server {
    binaries: PathBuf,
    folder: tempfile::TempDir,
}

impl Server {
    fn start() -> Self {
        let binaries = ["pg_config", "/usr/lib/postgresql/15/bin/pg_config"]
            .iter()
            .filter_map(|program| Command::new(program).arg("--bindir").output().ok())
            .map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
            .find(|folder| folder.join("initdb").exists())
            .expect("a PostgreSQL server is installed");
        let folder = tempfile::tempdir().expect("a folder can be made");
        let server = Self { binaries, folder };
        if is_root() {
            succeed(Command::new("chown").arg("postgres").arg(server.folder.path()));
        }
        let data = server.folder.path().join("data");
        succeed(server.owner("initdb").args(["-A", "trust", "-U", "tester", "-D"]).arg(&data));
        let options = format!(
            "-k {} -c listen_addresses='' -c shared_preload_libraries=pg_stat_statements \
             -c pg_stat_statements.track=all -c fsync=off",
            server.folder.path().display()
        );
        let log = server.folder.path().join("log");
        succeed(
            server
                .owner("pg_ctl")
                .args(["-w", "start", "-D"])
                .arg(&data)
                .arg("-l")
                .arg(log)
                .args(["-o", &options])
                .stdout(Stdio::null()),
        );
        server
    }

    /// A program of the server, run as its owner: it refuses to run as root.
    fn owner(&self, program: &str) -> Command {
        let program = self.binaries.join(program);
        if !is_root() {
            return Command::new(program);
        }
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(program);
        command
    }

    fn client(&self, program: &str) -> Command {
        let mut command = Command::new(self.binaries.join(program));
        command
            .env("PGHOST", self.folder.path())
            .env("PGUSER", "tester")
            .env("PGDATABASE", "postgres");
        command.stderr(Stdio::null());
        command
    }

    fn run(&self, sql: &str) {
        succeed(self.client("psql").args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql]));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.folder.path().join("data");
        let mut stop = self.owner("pg_ctl");
        let _ =
            stop.args(["-m", "immediate", "stop", "-D"]).arg(data).stdout(Stdio::null()).status();
    }
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().expect("id is a standard program");
    output.stdout.starts_with(b"0")
}

fn succeed(command: &mut Command) {
    let output = command.output().expect("the program is installed");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn wait(mut child: Child) {
    assert!(child.wait().expect("the child was started").success());
}

/// The script reads once, then after 3 s and 6 s; pgbench runs within that
/// time, its start decided by the first rows of the bundle, and is given whole
/// transactions to do, not a time.
#[test]
#[ignore = "needs an installed PostgreSQL server with contrib; run with --ignored"]
fn the_script_counts_every_call_of_pgbench() {
    let server = Server::start();
    server.run("CREATE EXTENSION pg_stat_statements");
    succeed(server.client("pgbench").args(["-i", "-q", "--foreign-keys"]));
    let script = server.folder.path().join("capture.sql");
    let printed = Command::new(env!("CARGO_BIN_EXE_ddbplan"))
        .args(["capture", "--every", "3", "--for", "6"])
        .output()
        .expect("the program was built");
    ddbplan::disk::write(&script, &printed.stdout, false).expect("the folder is ours");
    let bundle = server.folder.path().join("capture.jsonl");
    let psql = server
        .client("psql")
        .args(["-X", "-q", "-f"])
        .arg(&script)
        .arg("-o")
        .arg(&bundle)
        .spawn()
        .expect("psql is installed");
    wait_for(&bundle, "\"kind\" : \"wal\"");
    succeed(server.client("pgbench").args(["-n", "-c", "2", "-t", "150", "-M", "prepared"]));
    wait(psql);
    let bytes = ddbplan::disk::read(&bundle).expect("psql wrote it");
    let files = vec![InputFile::bytes("capture.jsonl", bytes)];
    let capture = capture::read(files, &Settings::default()).expect("the bundle is sound");
    // 2 clients of 150 transactions, each statement once a transaction.
    for start in [
        "UPDATE pgbench_accounts SET abalance = abalance + $1 WHERE aid = $2",
        "SELECT abalance FROM pgbench_accounts WHERE aid = $1",
        "UPDATE pgbench_tellers SET",
        "UPDATE pgbench_branches SET",
        "INSERT INTO pgbench_history",
    ] {
        assert_eq!(calls(&capture, start).iter().sum::<u64>(), 300, "{start}");
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

/// Waits until a file that is being written holds a text.
fn wait_for(path: &Path, text: &str) {
    for _ in 0..200 {
        let held = ddbplan::disk::read(path).unwrap_or_default();
        if String::from_utf8_lossy(&held).contains(text) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("{} never held {text}", path.display());
}
