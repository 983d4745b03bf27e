//! `ddbplan capture`: the script that records a database, or the recording.

#[cfg(feature = "live")]
mod live;

use std::io::Write;

use clap::Args;
use ddbplan::capture::{ScriptSettings, script};
use ddbplan::finding::Diagnostic;

use super::{Failure, Outcome};

/// Print a read-only SQL script for psql that records what a comparison needs
///
/// Run it wherever psql reaches the database:
///
///   ddbplan capture > capture.sql
///
///   psql -X -q -f capture.sql -d DATABASE > capture.jsonl
///
/// The one file it writes is a capture: names, definitions, counters, sizes,
/// lengths, and texts of statements without their constants; no value of the
/// data. Utility statements are in it as their command tags.
#[derive(Args)]
#[cfg_attr(feature = "live", command(after_help = "With --dsn it records by itself instead."))]
pub struct CaptureArgs {
    /// Seconds between two readings of the counters
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    every: u32,
    /// How long to record, in seconds
    #[arg(long = "for", value_name = "SECONDS", default_value_t = 3600)]
    duration: u32,
    /// Rows to sample of each table for the lengths of values; 0 for none
    #[arg(long, value_name = "ROWS", default_value_t = 10_000)]
    sample_rows: u32,
    /// Let a superuser sample the tables of other roles: whoever owns one could
    /// have code run by it. A role that is no superuser needs no such trust
    #[arg(long)]
    trust_owners: bool,
    #[cfg(feature = "live")]
    #[command(flatten)]
    live: live::LiveArgs,
}

/// Most readings of one recording: a day at every second. The script has two
/// lines for each.
const READINGS_MAX: u32 = 86_400;

/// Runs the command.
pub fn run(args: &CaptureArgs, out: &mut dyn Write) -> Result<Outcome, Failure> {
    // The last reading is taken even if the time is no multiple.
    let readings = args.duration.div_ceil(args.every).max(1);
    if readings > READINGS_MAX {
        let fault = Diagnostic::new(format!("{readings} readings are too many"))
            .why(format!("a recording has at most {READINGS_MAX}"))
            .mend("record for a shorter time (--for), or less often (--every)");
        return Err(Failure::Input(fault.into()));
    }
    let settings = ScriptSettings {
        every_s: args.every,
        readings,
        sample_rows: args.sample_rows,
        trust_owners: args.trust_owners,
    };
    #[cfg(feature = "live")]
    if let Some(outcome) = live::run(&args.live, settings)? {
        return Ok(outcome);
    }
    out.write_all(script(&settings).as_bytes())?;
    Ok(Outcome::Done)
}
