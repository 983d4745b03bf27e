//! `ddbplan postgres`: the Postgres side by itself.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use ddbplan::capture::{self, InputFile};
use ddbplan::disk;
use ddbplan::finding::Diagnostics;
use ddbplan::postgres::storage::{Descriptions, Evidence, describe, predict, read, with_ranges};
use ddbplan::report::postgres_size::{SizedTable, json, text};

use super::{Failure, Outcome, scenario};

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    Size(SizeArguments),
}

/// Predict the bytes of tables, TOAST tables and indexes from a description or a
/// capture
///
/// Reads JSON: {"tables": [{name, rows, columns: [...], indexes: [...]}]} with
/// what the catalog and pg_stats tell, and where known exact widths and counts; or
/// the catalog of a capture: a scenario folder, a folder of exports, or a bundle
/// of `ddbplan capture`. Measured bytes, where given, are shown beside the
/// predicted ones.
#[derive(Args)]
pub struct SizeArguments {
    /// Table descriptions (- is standard input) or a capture
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
    let read = described(arguments)?;
    let tables: Vec<SizedTable> = read
        .tables
        .into_iter()
        .map(|described| SizedTable {
            predicted: with_ranges(&described, predict(&described)),
            described,
        })
        .collect();
    if arguments.json {
        writeln!(out, "{:#}", json(&tables, &read.findings))?;
    } else {
        write!(out, "{}", text(&tables, &read.findings))?;
    }
    Ok(Outcome::Done)
}

fn described(arguments: &SizeArguments) -> Result<Descriptions, Diagnostics> {
    let path = &arguments.file;
    if disk::is_folder(path) {
        return Ok(describe(&scenario::capture_of(path)?.catalog));
    }
    let contents = disk::read_text(path)?;
    let file = path.display().to_string();
    if is_bundle(&contents) {
        let files = vec![InputFile::bytes(file, contents)];
        return Ok(describe(&capture::read(files, &capture::Settings::default())?.catalog));
    }
    let evidence =
        if arguments.statistics_only { Evidence::StatisticsOnly } else { Evidence::Exact };
    read(&file, &contents, evidence)
}

/// Whether a file is what `ddbplan capture` writes: an object a line, each with
/// its kind.
fn is_bundle(contents: &str) -> bool {
    let first = contents.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    serde_json::from_str::<serde_json::Value>(first).is_ok_and(|one| one.get("kind").is_some())
}
