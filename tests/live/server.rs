//! A PostgreSQL server started for one test.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where the server's programs are, if they are installed.
pub fn binaries() -> Option<PathBuf> {
    // Debian keeps the server's programs of each version off the path.
    let debian = (13..=30).rev().map(|major| format!("/usr/lib/postgresql/{major}/bin/pg_config"));
    std::iter::once("pg_config".to_owned())
        .chain(debian)
        .filter_map(|program| Command::new(program).arg("--bindir").output().ok())
        .map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
        .find(|folder| ["initdb", "psql", "pgbench"].iter().all(|p| folder.join(p).exists()))
}

/// A server of its own in a folder of its own; stopped when dropped.
pub struct Server {
    binaries: PathBuf,
    folder: tempfile::TempDir,
}

impl Server {
    /// Starts a server with `pg_stat_statements`, open to its socket only.
    pub fn start(binaries: &Path) -> Self {
        let server = Self::folder_of(binaries);
        let data = server.folder.path().join("data");
        succeed(
            server
                .owner("initdb")
                .args(["-A", "trust", "-U", "tester", "--locale=C", "-E", "UTF8", "-D"])
                .arg(&data),
        );
        server.launch("");
        server
    }

    /// A hot standby of this server, which lets no query hold up its recovery.
    pub fn standby(&self) -> Self {
        let standby = Self::folder_of(&self.binaries);
        self.halt("fast");
        let data = standby.folder.path().join("data");
        succeed(Command::new("cp").arg("-a").arg(self.folder.path().join("data")).arg(&data));
        let signal = data.join("standby.signal");
        succeed(Command::new("touch").arg(&signal));
        if is_root() {
            succeed(Command::new("chown").arg("postgres").arg(&signal));
        }
        self.launch("");
        standby.launch(&format!(
            "-c max_standby_streaming_delay=0 -c primary_conninfo='host={} user=tester'",
            self.folder.path().display()
        ));
        standby
    }

    fn folder_of(binaries: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        if is_root() {
            succeed(Command::new("chown").arg("postgres").arg(folder.path()));
        }
        Self { binaries: binaries.to_owned(), folder }
    }

    fn launch(&self, more: &str) {
        let options = format!(
            "-k {} -c listen_addresses='' -c shared_preload_libraries=pg_stat_statements \
             -c pg_stat_statements.track=all -c fsync=off {more}",
            self.folder.path().display()
        );
        succeed(
            self.owner("pg_ctl")
                .args(["-w", "start", "-D"])
                .arg(self.folder.path().join("data"))
                .arg("-l")
                .arg(self.folder.path().join("log"))
                .args(["-o", &options])
                .stdout(Stdio::null()),
        );
    }

    fn halt(&self, mode: &str) {
        let data = self.folder.path().join("data");
        let mut stop = self.owner("pg_ctl");
        let _ =
            stop.args(["-w", "-m", mode, "stop", "-D"]).arg(data).stdout(Stdio::null()).status();
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

    /// A client program that connects to the server; another version's where
    /// the server came without clients.
    pub fn client(&self, program: &str) -> Command {
        let own = Some(self.binaries.clone()).filter(|folder| folder.join(program).exists());
        let folder = own.or_else(binaries).expect("the clients are installed");
        let mut command = Command::new(folder.join(program));
        command
            .env("PGHOST", self.folder.path())
            .env("PGUSER", "tester")
            .env("PGDATABASE", "postgres");
        command
    }

    /// Runs statements.
    pub fn run(&self, sql: &str) {
        succeed(self.client("psql").args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql]));
    }
}

impl Server {
    /// What a query returns: rows in lines, columns apart by `|`.
    pub fn query(&self, sql: &str) -> String {
        let mut psql = self.client("psql");
        let output =
            psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql]).output();
        let output = output.expect("psql is installed");
        assert!(output.status.success(), "{sql}");
        String::from_utf8(output.stdout).expect("text").trim_end().to_owned()
    }

    /// A folder that goes with the server.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.halt("immediate");
    }
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().expect("id is a standard program");
    output.stdout.starts_with(b"0")
}

/// Runs a program to its end, which must be a good one.
pub fn succeed(command: &mut Command) {
    let output = command.output().expect("the program is installed");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
