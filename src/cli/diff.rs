//! `ddbplan diff`: what changed between two reports.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use ddbplan::disk;
use ddbplan::finding::Diagnostics;
use ddbplan::report::difference::difference;
use ddbplan::report::document::Report;

use super::{Failure, Outcome};

/// Tell what changed between two reports: inputs, prices, assumptions, costs by
/// line and statement, crossovers, findings
#[derive(Args)]
pub struct DiffArgs {
    /// A report.json
    before: PathBuf,
    /// The report.json to compare it with
    after: PathBuf,
    /// Print JSON, with every change
    #[arg(long)]
    json: bool,
}

pub fn run(args: &DiffArgs, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let mut faults = Diagnostics::default();
    let mut read = |path: &Path| match load(path) {
        Ok(report) => Some(report),
        Err(found) => {
            faults.0.extend(found.0);
            None
        }
    };
    let (before, after) = (read(&args.before), read(&args.after));
    let (Some(before), Some(after)) = (before, after) else { return Err(faults.into()) };
    let difference = difference(&before, &after);
    let text = if args.json { difference.to_json() } else { difference.to_string() };
    out.write_all(text.as_bytes())?;
    Ok(Outcome::Done)
}

fn load(path: &Path) -> Result<Report, Diagnostics> {
    Report::read(&path.display().to_string(), &disk::read_text(path)?)
}
