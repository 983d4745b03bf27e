//! Tests against real servers, each started for one test on this machine.
//!
//! Where a server's programs are not installed its tests say so and are reported
//! as ignored; with `CI=true` they fail instead.
#![expect(clippy::print_stderr, reason = "a test harness tells what it leaves out")]

mod capture;
mod planning;
mod server;
mod storage;

use std::path::Path;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

/// A test that is given the folder of PostgreSQL's programs.
type PostgresTest = fn(&Path);

const POSTGRES: &[(&str, PostgresTest)] = &[
    (
        "storage::predicted_bytes_are_those_of_built_tables",
        storage::predicted_bytes_are_those_of_built_tables,
    ),
    (
        "capture::the_script_counts_every_call_of_pgbench",
        capture::the_script_counts_every_call_of_pgbench,
    ),
    (
        "planning::index_counters_tell_what_reads_look_at",
        planning::index_counters_tell_what_reads_look_at,
    ),
    ("planning::histograms_give_item_sizes", planning::histograms_give_item_sizes),
    #[cfg(feature = "live")]
    (
        "capture::a_recording_counts_every_call_of_pgbench",
        capture::a_recording_counts_every_call_of_pgbench,
    ),
    #[cfg(feature = "live")]
    (
        "capture::a_recording_outlives_its_connection_and_may_be_stopped",
        capture::a_recording_outlives_its_connection_and_may_be_stopped,
    ),
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let binaries = server::binaries();
    if binaries.is_none() {
        eprintln!("PostgreSQL (initdb, psql, pgbench) is not installed: its tests cannot run");
    }
    let tests = POSTGRES
        .iter()
        .map(|&(name, test)| {
            let binaries = binaries.clone();
            let missing = binaries.is_none();
            let run = move || match &binaries {
                Some(folder) => {
                    test(folder);
                    Ok(())
                }
                None => Err(Failed::from("PostgreSQL (initdb, psql, pgbench) is not installed")),
            };
            let in_ci = std::env::var("CI").is_ok_and(|value| value == "true");
            Trial::test(name, run).with_ignored_flag(missing && !in_ci)
        })
        .collect();
    libtest_mimic::run(&arguments, tests).exit_code()
}
