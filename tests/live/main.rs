//! Tests against real servers, each started for one test on this machine.
//!
//! Where a server's programs are not installed its tests say so and are reported
//! as ignored; with `CI=true` they fail instead. `POSTGRES_BIN` names the folder
//! of another version's server programs, against which they run as well.
#![expect(clippy::print_stderr, reason = "a test harness tells what it leaves out")]

mod capture;
mod hostile;
mod planning;
mod server;
mod storage;

use std::path::{Path, PathBuf};
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
    ("hostile::objects_of_others_are_not_run", hostile::objects_of_others_are_not_run),
    ("hostile::a_planted_view_is_not_read", hostile::a_planted_view_is_not_read),
    ("hostile::a_pause_that_fails_is_made_up_for", hostile::a_pause_that_fails_is_made_up_for),
    ("hostile::no_secret_leaves", hostile::no_secret_leaves),
    ("hostile::a_locked_table_costs_itself", hostile::a_locked_table_costs_itself),
    ("hostile::nothing_is_held_between_readings", hostile::nothing_is_held_between_readings),
    ("hostile::a_standby_keeps_the_pace", hostile::a_standby_keeps_the_pace),
    ("hostile::what_is_missing_is_said_first", hostile::what_is_missing_is_said_first),
    ("hostile::any_encoding_gives_utf_8", hostile::any_encoding_gives_utf_8),
    ("hostile::an_interrupt_leaves_whole_readings", hostile::an_interrupt_leaves_whole_readings),
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
    let other = std::env::var_os("POSTGRES_BIN").map(PathBuf::from);
    let in_ci = std::env::var("CI").is_ok_and(|value| value == "true");
    let mut tests = Vec::new();
    for &(name, test) in POSTGRES {
        let missing = binaries.is_none();
        let debian = binaries.clone();
        let run = move || match &debian {
            Some(folder) => {
                test(folder);
                Ok(())
            }
            None => Err(Failed::from("PostgreSQL (initdb, psql, pgbench) is not installed")),
        };
        tests.push(Trial::test(name, run).with_ignored_flag(missing && !in_ci));
        if let Some(folder) = other.clone() {
            let run = move || {
                test(&folder);
                Ok(())
            };
            tests.push(Trial::test(format!("{name} (POSTGRES_BIN)"), run));
        }
    }
    libtest_mimic::run(&arguments, tests).exit_code()
}
