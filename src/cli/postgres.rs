//! `ddbplan postgres`: the Postgres side by itself.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use ddbplan::disk;
use ddbplan::postgres::storage::{Evidence, predict, read};
use ddbplan::report::postgres_size::{SizedTable, json, text};

use super::{Failure, Outcome};

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    Size(SizeArguments),
}

/// Predict the bytes of tables, TOAST tables and indexes from a description
///
/// Reads JSON: {"tables": [{name, rows, columns: [...], indexes: [...]}]} with
/// what the catalog and pg_stats tell, and where known exact widths and counts.
/// Measured bytes, where given, are shown beside the predicted ones.
#[derive(Args)]
pub struct SizeArguments {
    /// Table descriptions; - is standard input
    file: PathBuf,

    /// Print JSON
    #[arg(long)]
    json: bool,

    /// Leave exact widths and counts aside, to see what pg_stats alone gives
    #[arg(long)]
    statistics_only: bool,
}

/// Runs the command.
pub fn run(command: &Command, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let Command::Size(arguments) = command;
    let contents = disk::read_text(&arguments.file)?;
    let file = arguments.file.display().to_string();
    let evidence =
        if arguments.statistics_only { Evidence::StatisticsOnly } else { Evidence::Exact };
    let read = read(&file, &contents, evidence)?;
    let tables: Vec<SizedTable> = read
        .tables
        .into_iter()
        .map(|described| SizedTable { predicted: predict(&described), described })
        .collect();
    if arguments.json {
        writeln!(out, "{:#}", json(&tables, &read.findings))?;
    } else {
        write!(out, "{}", text(&tables, &read.findings))?;
    }
    Ok(Outcome::Done)
}
