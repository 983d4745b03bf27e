//! Mutated input for every reader: whatever it is given, it ends with a result or
//! with diagnostics, in bounded memory, and twice with the same.
//!
//! Cases are numbered; the number makes the input. Some thousands run with the
//! other tests. Longer, and one case again:
//!
//! ```sh
//! MUTATIONS_COUNT=1000000 MUTATIONS_SEED=7 cargo test --release --test mutations
//! MUTATIONS_TARGET=sql MUTATIONS_SEED=4711 cargo test --test mutations
//! ```
//!
//! `MUTATIONS_COUNT` beside `MUTATIONS_TARGET` runs that many cases of one target
//! alone; `MUTATIONS_SECONDS=5` calls slower cases hung. What is found is printed,
//! and its input written below the target folder.
//!
//! Cases run in processes of their own: a stack overflow or a refused allocation
//! takes the process along, which is told from where its output ends.

mod capacity;
mod cases;
mod mutate;
mod pool;
mod readers;
mod scenario;
mod seeds;
mod targets;

use std::alloc::System;
use std::process::ExitCode;

use cap::Cap;
use libtest_mimic::{Arguments, Trial};

use cases::Cases;

/// Counts, so that a case can be held to its share of memory.
#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, usize::MAX);

fn main() -> ExitCode {
    let cases = Cases::of_environment();
    if cases.is_worker() {
        cases.run_all();
        return ExitCode::SUCCESS;
    }
    let every_reader =
        Trial::test("every_reader_survives_mutated_input", move || pool::run(&cases));
    libtest_mimic::run(&Arguments::from_args(), vec![every_reader]).exit_code()
}
