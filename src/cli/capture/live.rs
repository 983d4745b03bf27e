//! `ddbplan capture --dsn`: the recording itself.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;
use ddbplan::capture::ScriptSettings;
use ddbplan::capture::live::{Ended, Event, LiveSettings, record};
use ddbplan::disk;
use ddbplan::finding::Diagnostics;

use super::super::{Failure, Outcome};

/// Where to record from, and where to.
#[derive(Args)]
pub struct LiveArgs {
    /// Record the server at this connection string, as libpq takes it ("host=...
    /// user=... dbname=... sslmode=require"), in a read-only session; a password
    /// is taken from PGPASSWORD if it is not in the string
    #[arg(long, value_name = "DSN", requires = "out")]
    dsn: Option<String>,
    /// The file to write
    #[arg(long, value_name = "FILE", requires = "dsn")]
    out: Option<PathBuf>,
    /// Certificates (PEM) of authorities to trust beside the public ones
    #[arg(long, value_name = "FILE", requires = "dsn")]
    ca: Option<PathBuf>,
    /// Overwrite the file if it is there already
    #[arg(long, requires = "dsn")]
    force: bool,
}

/// Records, if a server is named.
pub fn run(args: &LiveArgs, script: ScriptSettings) -> Result<Option<Outcome>, Failure> {
    let (Some(dsn), Some(path)) = (&args.dsn, &args.out) else { return Ok(None) };
    let authorities = args.ca.as_ref().map(|path| disk::read(path)).transpose()?;
    let mut file = disk::create(path, args.force)?;
    let password = std::env::var("PGPASSWORD").ok();
    let settings = LiveSettings {
        dsn,
        password: password.as_deref(),
        authorities_pem: authorities.as_deref(),
        script,
    };
    let shown = io::stderr().is_terminal();
    let ended = record(&settings, &mut |event| {
        match event {
            Event::Lines(lines) => {
                file.write_all(lines.as_bytes())?;
                file.flush()
            }
            // A bar that cannot be drawn is no reason to stop.
            Event::Reading { taken, of } => {
                if shown {
                    let _ = write!(io::stderr(), "\r{}\x1b[K", bar(taken, of, script.every_s));
                }
                Ok(())
            }
            Event::Warning(why) => {
                let _ = writeln!(io::stderr(), "warning: {why}");
                Ok(())
            }
            Event::Refused(why) => {
                let _ = writeln!(io::stderr(), "left out: {why}");
                Ok(())
            }
            Event::Lost { why, again_in } => {
                let seconds = again_in.as_secs();
                let _ = writeln!(io::stderr(), "connection lost ({why}); again in {seconds} s");
                Ok(())
            }
        }
    })
    .map_err(Diagnostics::from)?;
    file.finish()?;
    let told = match ended {
        Ended::Complete => "complete".to_owned(),
        Ended::Interrupted(taken) => format!("interrupted after {taken} readings"),
    };
    let _ = writeln!(io::stderr(), "{}{}: {told}", if shown { "\n" } else { "" }, path.display());
    Ok(Some(Outcome::Done))
}

/// Twenty marks, the count, and the time that is left.
fn bar(taken: u32, of: u32, every_s: u32) -> String {
    let done = usize::try_from(u64::from(taken) * 20 / u64::from(of.max(1))).unwrap_or(20);
    let left_s = u64::from(of - taken) * u64::from(every_s);
    format!("[{:<20}] {taken} of {of} readings, {left_s} s left", "#".repeat(done))
}
