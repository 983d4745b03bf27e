//! The command line: the only place that prints.
//!
//! One file a command: its arguments, the call into the library, and what is
//! shown. Adding a command is one file, one variant of [`Command`] and one arm
//! of [`run`].

mod book;
mod capacity;
mod capture;
mod compare;
mod design;
mod diff;
mod explain;
mod import;
mod item_size;
mod migrate;
mod postgres;
mod priced;
mod pricing;
mod progress;
mod replay;
mod scenario;
mod schema;
mod terminal;
mod verify;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use ddbplan::finding::Diagnostics;
use ddbplan::visible::visible;

use terminal::Screen;

/// What a Postgres workload would cost, and where it would throttle, on
/// DynamoDB: design by design, compared with sharding Postgres.
///
/// Exit codes: 0 done; 1 a check did not hold; 2 bad input or usage.
#[derive(Parser)]
#[command(version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Compare(compare::CompareArgs),
    Diff(diff::DiffArgs),
    Capture(capture::CaptureArgs),
    Import(import::ImportArgs),
    Capacity(capacity::CapacityArgs),
    Replay(replay::ReplayArgs),
    Explain(explain::ExplainArgs),
    Migrate(migrate::MigrateArgs),
    /// Designs to begin with, and what each design serves
    #[command(subcommand)]
    Design(design::Command),
    /// The price book, and bills of usage quantities
    #[command(subcommand)]
    Pricing(pricing::Command),
    /// The Postgres side by itself
    #[command(subcommand)]
    Postgres(postgres::Command),
    ItemSize(item_size::Arguments),
    Verify(verify::Arguments),
    Schema(schema::SchemaArgs),
}

/// How a command that ran to its end came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Exit code 0.
    Done,
    /// A check that the command makes did not hold: exit code 1.
    CheckFailed,
}

/// Why a command stopped.
#[derive(Debug)]
pub enum Failure {
    /// The input is at fault: exit code 2.
    Input(Diagnostics),
    /// Standard output or error could not be written.
    Output(io::Error),
}

impl From<Diagnostics> for Failure {
    fn from(diagnostics: Diagnostics) -> Self {
        Self::Input(diagnostics)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// Parses the arguments, runs the command, and turns the result into an exit
/// code.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let mut out = Screen::output(matches!(cli.command, Command::Compare(_)));
    let result = run(&cli.command, &mut out).and_then(|outcome| {
        out.flush()?;
        Ok(outcome)
    });
    match result {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::CheckFailed) => ExitCode::from(1),
        Err(Failure::Input(diagnostics)) => {
            // Standard error may be closed too; there is nobody left to tell.
            let _ = writeln!(Screen::error(), "{diagnostics}");
            ExitCode::from(2)
        }
        Err(Failure::Output(error)) => {
            let _ = writeln!(Screen::error(), "cannot write the output: {error}");
            ExitCode::from(2)
        }
    }
}

/// Help, the version, or what is wrong with the arguments, which it repeats.
fn usage(error: &clap::Error) -> ExitCode {
    let mut arguments = std::env::args_os().map(|one| one.to_string_lossy().into_owned());
    if arguments.all(|one| visible(&one) == one) {
        // In colour, where that can be shown.
        error.exit();
    }
    let _ = write!(Screen::error(), "{}", error.render());
    ExitCode::from(2)
}

fn run(command: &Command, out: &mut dyn Write) -> Result<Outcome, Failure> {
    match command {
        Command::Compare(args) => compare::run(args, out),
        Command::Diff(args) => diff::run(args, out),
        Command::Capture(args) => capture::run(args, out),
        Command::Import(args) => import::run(args, out),
        Command::Capacity(args) => capacity::run(args, out),
        Command::Replay(args) => replay::run(args, out),
        Command::Explain(args) => explain::run(args, out),
        Command::Migrate(args) => migrate::run(args, out),
        Command::Design(command) => design::run(command, out),
        Command::Pricing(command) => pricing::run(command, out),
        Command::Postgres(command) => postgres::run(command, out),
        Command::ItemSize(arguments) => item_size::run(arguments, out),
        Command::Verify(arguments) => verify::run(arguments, out),
        Command::Schema(args) => schema::run(args, out),
    }
}
