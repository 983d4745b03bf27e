//! `ddbplan replay`: recorded operations, one by one.

use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use ddbplan::disk;
use ddbplan::report::replay as report;
use ddbplan::simulate::trace::{Row, Rules, Tables, replay};

use super::progress::Metered;
use super::{Failure, Outcome};

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
    let mut minutes =
        args.minutes.as_ref().map(|file| disk::create(file, args.force)).transpose()?;
    if let Some(file) = &mut minutes {
        file.write_all(report::MINUTES_HEADER.as_bytes())?;
    }
    let input = disk::open(&args.trace)?;
    let input = BufReader::new(Metered::new(input, disk::size(&args.trace)));
    let tables = Tables { tables: Vec::new(), other_table_partitions: Some(args.partitions) };
    let rules = Rules { max_errors: args.max_errors };
    let on_row = |row: &Row<'_>| -> io::Result<()> {
        match &mut minutes {
            Some(file) => file.write_all(report::minutes_row(row).as_bytes()),
            None => Ok(()),
        }
    };
    let result = replay(input, &shown(&args.trace), &tables, rules, on_row)?;
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

fn shown(path: &Path) -> String {
    path.display().to_string()
}
