//! `ddbplan item-size`: bytes and units of items.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use ddbplan::disk;
use ddbplan::dynamodb::{Settings, measure_lines};

use super::{Failure, Outcome};

/// Print the bytes and capacity units of items in DynamoDB JSON
///
/// One JSON object a line: bytes (what requests are billed by), storage_bytes
/// (with the 100 bytes that storage adds), read_units_eventual,
/// read_units_strong, write_units.
#[derive(Args)]
pub struct Arguments {
    /// JSON lines, each an item or an object with an item under "item"; - is
    /// standard input
    file: PathBuf,
}

/// Runs the command.
pub fn run(arguments: &Arguments, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let text = disk::read_text(&arguments.file)?;
    let file = arguments.file.display().to_string();
    for measure in measure_lines(&file, &text, &Settings::default())? {
        writeln!(out, "{measure}")?;
    }
    Ok(Outcome::Done)
}
