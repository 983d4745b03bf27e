//! The capture script on servers that are locked, lagging, odd or hostile.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use ddbplan::capture::{self, Capture, InputFile, Settings};

use super::capture::wait_for;
use super::server::{Server, succeed};

/// A run of the script by psql.
struct Run {
    psql: Child,
    bundle: PathBuf,
}

impl Run {
    /// Starts it, in a process group of its own as a shell would.
    fn start(server: &Server, seconds: [&str; 2], arguments: &[&str]) -> Self {
        Self::start_edited(server, seconds, arguments, |script| script)
    }

    fn start_edited(
        server: &Server,
        seconds: [&str; 2],
        arguments: &[&str],
        edit: impl FnOnce(String) -> String,
    ) -> Self {
        use std::os::unix::process::CommandExt;
        let script = server.folder().join("capture.sql");
        let printed = Command::new(env!("CARGO_BIN_EXE_ddbplan"))
            .args(["capture", "--every", seconds[0], "--for", seconds[1]])
            .output()
            .expect("the program was built");
        let text = edit(String::from_utf8(printed.stdout).expect("the script is text"));
        ddbplan::disk::write(&script, text.as_bytes(), true).expect("the folder is ours");
        let bundle = server.folder().join(format!("capture{}.jsonl", arguments.concat()));
        let psql = server
            .client("psql")
            .args(["-X", "-q", "-f"])
            .arg(&script)
            .arg("-o")
            .arg(&bundle)
            .args(arguments)
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .expect("psql is installed");
        Self { psql, bundle }
    }

    fn after_first_reading(self, work: impl FnOnce()) -> Self {
        wait_for(&self.bundle, "\"kind\" : \"wal\"");
        work();
        self
    }

    /// Exit code, what it wrote, and its messages.
    fn end(mut self) -> (Option<i32>, String, String) {
        let code = self.psql.wait().expect("psql was started").code();
        let mut said = String::new();
        let stderr = self.psql.stderr.as_mut().expect("it is piped");
        stderr.read_to_string(&mut said).expect("messages are text");
        let bytes = ddbplan::disk::read(&self.bundle).unwrap_or_default();
        (code, String::from_utf8(bytes).expect("the bundle is UTF-8"), said)
    }
}

fn import(bundle: &str) -> Capture {
    let files = vec![InputFile::bytes("capture.jsonl", bundle)];
    capture::read(files, &Settings::default()).expect("the bundle is sound")
}

/// A function of this name and these arguments that tells, in a file, if a
/// superuser ran it; it fits into any place that an expression has.
fn trap(name: &str, arguments: &str, returns: &str, value: &str, proof: &Path) -> String {
    format!(
        "CREATE FUNCTION public.{name}({arguments}) RETURNS {returns} LANGUAGE plpgsql IMMUTABLE AS \
         $f$ BEGIN IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN \
         PERFORM public.proof(); END IF; RETURN {value}; END $f$;
         CREATE OR REPLACE FUNCTION public.proof() RETURNS void LANGUAGE plpgsql VOLATILE AS \
         $f$ BEGIN EXECUTE $x$COPY (SELECT current_user) TO PROGRAM 'cat > {}'$x$; END $f$;",
        proof.display()
    )
}

/// A role that may create objects in `public` shadows a function and an operator
/// of the script, and leaves code where printing a value, looking up a cast or
/// planning a query on its tables would run it.
pub fn objects_of_others_are_not_run(binaries: &Path) {
    let server = Server::start(binaries);
    server.run("CREATE EXTENSION pg_stat_statements; CREATE ROLE mallory LOGIN");
    server.run("GRANT CREATE ON SCHEMA public TO PUBLIC");
    server.run("CREATE ROLE reader LOGIN; GRANT pg_monitor, pg_read_all_data TO reader");
    server.run("ALTER DATABASE postgres SET search_path = public, pg_catalog");
    server.run("ALTER DATABASE postgres SET ddbplan.statements = 'x'");
    server.run("ALTER DATABASE postgres OWNER TO mallory");
    let proof = server.folder().join("proof");
    let sql = [
        trap("format", "text, text", "text", "pg_catalog.quote_literal($2)", &proof),
        trap("unequal", "name, name", "bool", "true", &proof),
        "CREATE OPERATOR public.<> (leftarg = name, rightarg = name, function = public.unequal);"
            .to_owned(),
        trap("number", "int", "int", "1", &proof),
        "CREATE TABLE indexed (a int); INSERT INTO indexed VALUES (1);
         CREATE INDEX ON indexed ((a + public.number(1)));
         CREATE TABLE partitioned (a int) PARTITION BY RANGE ((a + public.number(1)));
         CREATE TABLE measured (a int, b int); INSERT INTO measured VALUES (1, 1);
         CREATE STATISTICS public.s ON (a + public.number(1)), b FROM measured;
         CREATE TYPE public.pair AS (a int);"
            .to_owned(),
        trap("printed", "public.pair", "text", "'x'", &proof),
        "CREATE CAST (public.pair AS text) WITH FUNCTION public.printed(public.pair);
         CREATE TABLE pairs (p public.pair); INSERT INTO pairs VALUES (ROW(1)::public.pair);
         CREATE INDEX ON pairs (p);
         ALTER DATABASE postgres SET extra_float_digits = -15;"
            .to_owned(),
    ]
    .concat();
    let as_mallory = ["-X", "-q", "-U", "mallory", "-v", "ON_ERROR_STOP=1", "-c"];
    succeed(server.client("psql").args(as_mallory).arg(&sql));
    server.run("ALTER ROLE reader SET role = 'none'");
    server.run("ALTER DATABASE postgres SET role = mallory");
    for (role, reason) in [("tester", "a superuser does not"), ("reader", "reading it may run")] {
        let (code, bundle, said) = Run::start(&server, ["1", "1"], &["-U", role])
            .after_first_reading(|| server.run("SELECT count(*) FROM pairs"))
            .end();
        assert!(code == Some(0) && !said.contains("ERROR"), "{role}: {said}");
        assert!(!proof.exists(), "code of another role ran: {:?}", ddbplan::disk::read(&proof));
        for table in ["indexed", "partitioned", "measured"] {
            let named = format!("\"table\" : \"{table}\", \"reason\" : \"{reason}");
            assert!(bundle.contains(&named), "{role} {table}");
        }
        let lengths =
            "\"kind\" : \"lengths\", \"row\" : {\"schema\" : \"public\", \"table\" : \"pairs\"";
        // A value of a user's type is printed, not cast.
        assert_eq!(bundle.contains(lengths), role == "reader");
    }
    // The trap is one that works.
    server.run("SET ROLE NONE; SELECT public.number(1)");
    assert!(proof.exists());
}

/// A view that has the name of one that a later version of the extension brings.
pub fn a_planted_view_is_not_read(binaries: &Path) {
    let server = Server::start(binaries);
    server.run("CREATE EXTENSION pg_stat_statements VERSION '1.8'; CREATE TABLE t (a int)");
    let proof = server.folder().join("proof");
    server.run(&trap("number", "int", "int", "1", &proof));
    server.run(
        "CREATE VIEW public.pg_stat_statements_info AS
         SELECT public.number(1) AS dealloc, now() AS stats_reset",
    );
    let (code, bundle, said) = Run::start(&server, ["1", "1"], &[])
        .after_first_reading(|| server.run("SELECT count(*) FROM t"))
        .end();
    assert_eq!((code, said.as_str()), (Some(0), ""));
    assert!(!proof.exists() && !bundle.contains("statements_info"));
    assert!(import(&bundle).statements.iter().any(|one| one.text == "SELECT count(*) FROM t"));
}

/// Secrets of utility statements, and constants that the server does not replace.
pub fn no_secret_leaves(binaries: &Path) {
    let server = Server::start(binaries);
    server.run("CREATE EXTENSION pg_stat_statements; CREATE TABLE t (a int, b text)");
    server.run(
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $f$ DECLARE \"o'c\" text := 'SECRET';
         BEGIN NEW.b := E'\\'SECRET'; RETURN NEW; END $f$;
         CREATE TRIGGER f BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.b <> 'SECRET') EXECUTE FUNCTION f('SECRET');
         CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN NEW.b := 'SECRET'; -- don't
         RETURN NEW; END $f$;
         CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION g();",
    );
    let (code, bundle, said) = Run::start(&server, ["1", "1"], &[])
        .after_first_reading(|| {
            for sql in [
                "CREATE ROLE bob PASSWORD 'SECRET'",
                "/* x */ ALTER ROLE bob PASSWORD 'SECRET'",
                "COPY t TO PROGRAM 'cat > /dev/null #SECRET'",
                "CREATE SUBSCRIPTION s CONNECTION 'password=SECRET' PUBLICATION p WITH (connect = false)",
                "COMMENT ON TABLE t IS 'SECRET'",
                "DO $$ BEGIN PERFORM 'SECRET'; END $$",
                "PREPARE p AS SELECT $$SECRET$$; EXECUTE p",
                "EXPLAIN SELECT 1 FROM t WHERE b = E'\\'SECRET'",
                "CREATE TABLE made AS SELECT 'SECRET' AS x, 987654321 AS y",
                "BEGIN; DECLARE c CURSOR FOR SELECT b FROM t WHERE a = 987654321; FETCH 10 FROM c; COMMIT",
                "SELECT b /* SECRET */ FROM t -- SECRET
                 WHERE b = 'SECRET' AND a = 987654321",
                "SELECT a FROM t /*action='index',controller='t'*/ ORDER BY 1",
                "SELECT a::numeric(10,2) FROM t",
                "NOTIFY n, 'SECRET'",
                "BEGIN; DECLARE c CURSOR FOR SELECT a FROM t AS p WHERE p.a IN (987654321); COMMIT",
                "BEGIN; DECLARE c CURSOR FOR SELECT a FROM t ORDER BY coalesce(a, 987654321); COMMIT",
                "BEGIN; DECLARE c CURSOR FOR SELECT a FROM t WHERE b = $\u{e9}$SECRET$\u{e9}$; COMMIT",
                "SELECT a AS \"a--b\" /* SECRET
                 SECRET */ FROM t",
                "SELECT a /*route='/reset/SECRET'*/ FROM t",
                "PREPARE hot AS SELECT a FROM t WHERE a = $1; EXECUTE hot(987654321)",
                "SET application_name = 'SECRET'",
            ] {
                server.run(sql);
            }
        })
        .end();
    assert_eq!((code, said.as_str()), (Some(0), ""));
    assert!(!bundle.contains("SECRET") && !bundle.contains("987654321"), "{bundle}");
    for text in [
        "\"redacted\" : true, \"query\" : \"CREATE ROLE\"",
        "\"redacted\" : true, \"query\" : \"ALTER ROLE\"",
        "\"redacted\" : true, \"query\" : \"COPY\"",
        "\"query\" : \"FETCH 10 FROM c\"",
        "\"query\" : \"SELECT a FROM t /*action='index',controller='t'*/ ORDER BY 1\"",
        "\"query\" : \"SELECT a::numeric(10,2) FROM t\"",
        "NEW.b := '';",
        "EXECUTE FUNCTION public.f()",
    ] {
        assert!(bundle.contains(text), "{text} in {bundle}");
    }
    let texts = bundle.matches("SELECT a::numeric(10,2) FROM t").count();
    assert_eq!(texts, 1, "a text leaves once");
}

/// One table is locked all along: it is named, and the rest is there.
pub fn a_locked_table_costs_itself(binaries: &Path) {
    let server = Server::start(binaries);
    server.run(
        "CREATE EXTENSION pg_stat_statements; CREATE TABLE victim (a int PRIMARY KEY, b text);
         CREATE TABLE other (a int PRIMARY KEY); INSERT INTO other SELECT generate_series(1, 50)",
    );
    let mut holder = server
        .client("psql")
        .args(["-X", "-q", "-c", "BEGIN; LOCK victim; SELECT pg_sleep(60)"])
        .stdout(Stdio::null())
        .spawn()
        .expect("psql is installed");
    let locked = "SELECT count(*) FROM pg_locks WHERE relation = 'victim'::regclass AND granted";
    while server.query(locked) == "0" {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let (code, bundle, _) = Run::start(&server, ["1", "1"], &[])
        .after_first_reading(|| server.run("SELECT count(*) FROM other"))
        .end();
    holder.kill().expect("it is still there");
    holder.wait().expect("it was started");
    assert_eq!(code, Some(0));
    let capture = import(&bundle);
    let table = |name: &str| capture.catalog.find(None, name).expect("both tables are named");
    assert!(table("other").heap_bytes.is_some() && !table("other").indexes.is_empty());
    assert_eq!((table("victim").heap_bytes, table("victim").columns.len()), (None, 2));
    assert_eq!(table("victim").primary_key(), ["a"]);
    let named = |part: &str| {
        capture.findings.iter().any(|one| one.what.contains("victim") && one.what.contains(part))
    };
    assert!(named("sizes") && named("lengths"), "{:?}", capture.findings);
}

/// Between two readings the session is idle and holds no snapshot.
pub fn nothing_is_held_between_readings(binaries: &Path) {
    let server = Server::start(binaries);
    server.run("CREATE EXTENSION pg_stat_statements");
    server.run("ALTER ROLE tester SET idle_session_timeout = '1s'");
    let mut held = String::new();
    let (code, ..) = Run::start(&server, ["3", "3"], &[])
        .after_first_reading(|| {
            std::thread::sleep(std::time::Duration::from_millis(500));
            held = server.query(
                "SELECT state, backend_xmin IS NULL, backend_xid IS NULL FROM pg_stat_activity
                 WHERE application_name = 'ddbplan capture'",
            );
        })
        .end();
    assert_eq!((held.as_str(), code), ("idle|t|t", Some(0)));
}

/// Where the client cannot pause, the server does.
pub fn a_pause_that_fails_is_made_up_for(binaries: &Path) {
    let server = Server::start(binaries);
    server.run("CREATE EXTENSION pg_stat_statements; CREATE TABLE t (a int)");
    let run =
        Run::start_edited(&server, ["2", "4"], &[], |script| script.replace("sleep 2", "true"));
    let (code, bundle, _) = run.after_first_reading(|| server.run("SELECT count(*) FROM t")).end();
    assert_eq!(code, Some(0));
    for interval in import(&bundle).intervals {
        assert!(interval.end.micros_since(interval.start) >= 1_500_000, "{interval:?}");
    }
}

/// On a standby whose recovery waits for nobody, readings keep their distance.
pub fn a_standby_keeps_the_pace(binaries: &Path) {
    let primary = Server::start(binaries);
    primary.run("CREATE EXTENSION pg_stat_statements; CREATE TABLE t (a int PRIMARY KEY)");
    let standby = primary.standby();
    let (code, bundle, _) = Run::start(&standby, ["3", "6"], &[])
        .after_first_reading(|| {
            for _ in 0..6 {
                primary.run("INSERT INTO t SELECT generate_series(1, 1000)");
                primary.run("DELETE FROM t");
                primary.run("VACUUM t");
                standby.run("SELECT count(*) FROM t");
            }
        })
        .end();
    assert_eq!(code, Some(0));
    let capture = import(&bundle);
    assert!(capture.findings.iter().any(|one| one.id == "replica-only"));
    assert_eq!(capture.intervals.len(), 2);
    for interval in &capture.intervals {
        assert!(interval.end.micros_since(interval.start) >= 3_000_000, "{interval:?}");
    }
}

/// Without the extension nothing is recorded; without the role it is said before.
pub fn what_is_missing_is_said_first(binaries: &Path) {
    let server = Server::start(binaries);
    let (code, bundle, said) = Run::start(&server, ["1", "1"], &[]).end();
    assert_eq!((code, bundle.as_str()), (Some(3), ""));
    assert!(said.contains("the extension pg_stat_statements is not in the database"), "{said}");
    assert!(said.contains("shared_preload_libraries"), "{said}");
    server
        .run("CREATE EXTENSION pg_stat_statements; CREATE ROLE bob LOGIN; CREATE TABLE t (a int)");
    server.run("GRANT SELECT ON t TO bob");
    let (code, bundle, said) = Run::start(&server, ["1", "1"], &["-U", "bob"])
        .after_first_reading(|| {
            succeed(server.client("psql").args(["-U", "bob", "-c", "SELECT * FROM t"]));
        })
        .end();
    assert_eq!(code, Some(0));
    assert!(said.contains("GRANT pg_monitor"), "{said}");
    let capture = import(&bundle);
    let told = capture.findings.iter().find(|one| one.what.contains("other roles"));
    assert!(told.is_some(), "{:?}", capture.findings);
}

/// Names and texts of a database in LATIN1, and of one without an encoding.
pub fn any_encoding_gives_utf_8(binaries: &Path) {
    let server = Server::start(binaries);
    for (encoding, name) in [("LATIN1", "caf\u{e9}"), ("SQL_ASCII", "caf?")] {
        let database = encoding.to_lowercase();
        server.run(&format!("CREATE DATABASE {database} ENCODING '{encoding}' TEMPLATE template0"));
        let sql = server.folder().join("odd.sql");
        let text = b"SET client_encoding = 'LATIN1'; CREATE EXTENSION pg_stat_statements;
            CREATE TABLE \"caf\xe9\" (\"na\xefve\" text); INSERT INTO \"caf\xe9\" VALUES ('\xe9\xe9');";
        ddbplan::disk::write(&sql, text, true).expect("the folder is ours");
        let here = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", &database];
        succeed(server.client("psql").args(here).arg("-f").arg(&sql));
        let text = b"SELECT \"na\xefve\" FROM \"caf\xe9\" WHERE \"na\xefve\" = '\xe9'";
        ddbplan::disk::write(&sql, text, true).expect("the folder is ours");
        let latin = ["-c", "SET client_encoding = 'LATIN1'"];
        let (code, bundle, said) = Run::start(&server, ["1", "1"], &["-d", &database])
            .after_first_reading(|| {
                succeed(server.client("psql").args(here).args(latin).arg("-f").arg(&sql));
            })
            .end();
        assert_eq!((code, said.as_str()), (Some(0), ""), "{encoding}");
        let capture = import(&bundle);
        assert!(capture.catalog.find(None, name).is_some(), "{encoding}: {bundle}");
        assert!(capture.statements.iter().any(|one| one.text.contains(name)), "{encoding}");
    }
}

/// Ctrl-C in a pause ends psql, and what it wrote can be imported.
pub fn an_interrupt_leaves_whole_readings(binaries: &Path) {
    let server = Server::start(binaries);
    server.run("CREATE EXTENSION pg_stat_statements; CREATE TABLE t (a int PRIMARY KEY)");
    let run = Run::start(&server, ["2", "600"], &[]).after_first_reading(|| {
        server.run("SELECT count(*) FROM t");
        server.run("SELECT 1 AS after_all");
    });
    wait_for(&run.bundle, "after_all");
    std::thread::sleep(std::time::Duration::from_millis(500));
    succeed(Command::new("kill").args(["-INT", "--", &format!("-{}", run.psql.id())]));
    let (_, bundle, _) = run.end();
    let capture = import(&bundle);
    assert!(capture.statements.iter().any(|one| one.text == "SELECT count(*) FROM t"));
}
