//! `ddbplan replay`: recorded operations, one by one.

use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use ddbplan::compare::trace_tables;
use ddbplan::disk;
use ddbplan::finding::{Diagnostic, Diagnostics, Place};
use ddbplan::report::replay as report;
use ddbplan::simulate::trace::{Row, Rules, Tables, replay};

use super::progress::Metered;
use super::{Failure, Outcome, scenario};

/// Replays a trace of recorded operations: units per minute, table or index,
/// and partition, each operation rounded by itself.
#[derive(Args)]
pub struct ReplayArgs {
    /// CSV or JSON lines with `ts, operation, table, key, bytes` and, where
    /// known, `old_bytes, consistency, index`; `-` is standard input
    trace: PathBuf,
    /// Partitions that the keys of each table are spread over
    #[arg(long, value_name = "COUNT", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    partitions: u32,
    /// Replay against this design of a scenario: its tables with their indexes
    #[arg(long, value_name = "NAME", requires = "scenario")]
    design: Option<String>,
    /// The scenario folder that has the design
    #[arg(long, value_name = "FOLDER", requires = "design")]
    scenario: Option<PathBuf>,
    /// Malformed lines to put up with; they are counted and shown
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    max_errors: u64,
    /// Write every minute x table or index x partition with demand to this CSV
    /// file
    #[arg(long, value_name = "FILE")]
    minutes: Option<PathBuf>,
    /// Overwrite that file
    #[arg(long)]
    force: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: &ReplayArgs, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let tables = tables(args)?;
    let mut minutes =
        args.minutes.as_ref().map(|file| disk::create(file, args.force)).transpose()?;
    if let Some(file) = &mut minutes {
        file.write_all(report::MINUTES_HEADER.as_bytes()).map_err(|error| file.fault(&error))?;
    }
    let input = disk::open(&args.trace)?;
    let input = BufReader::new(Metered::new(input, disk::size(&args.trace)));
    let rules = Rules { max_errors: args.max_errors };
    let mut unwritable = None;
    let on_row = |row: &Row<'_>| -> io::Result<()> {
        let Some(file) = &mut minutes else { return Ok(()) };
        file.write_all(report::minutes_row(row).as_bytes()).inspect_err(|error| {
            unwritable = Some(file.fault(error));
        })
    };
    let result = replay(input, &shown(&args.trace), &tables, rules, on_row);
    // Not the trace is at fault then.
    let result = unwritable.map_or(result, Err)?;
    if let Some(file) = minutes {
        file.finish()?;
    }
    if args.json {
        serde_json::to_writer_pretty(&mut *out, &report::json(&result)).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        out.write_all(report::text(&shown(&args.trace), &result).as_bytes())?;
    }
    Ok(Outcome::Done)
}

/// The tables of the design, or any without indexes.
fn tables(args: &ReplayArgs) -> Result<Tables, Failure> {
    let (Some(name), Some(folder)) = (&args.design, &args.scenario) else {
        return Ok(Tables { tables: Vec::new(), other_table_partitions: Some(args.partitions) });
    };
    let scenario = scenario::load(folder)?;
    let Some(design) = scenario.designs.iter().find(|design| design.name == *name) else {
        let names: Vec<&str> = scenario.designs.iter().map(|one| one.name.as_str()).collect();
        let fault = Diagnostic::new(format!("the scenario has no design {name}"))
            .at(Place::file(folder.display().to_string()))
            .mend(format!("name one of {}", names.join(", ")));
        return Err(Diagnostics::from(fault).into());
    };
    Ok(trace_tables(&scenario.workload, design, args.partitions))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
