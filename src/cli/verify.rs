//! `ddbplan verify`: the capacity rules against recorded answers.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ddbplan::disk;
use ddbplan::dynamodb::Settings;
use ddbplan::finding::{Diagnostic, Diagnostics, Place};
use ddbplan::verify::{Against, Server, verify};

use super::{Failure, Outcome};

/// Check the capacity rules against recorded answers, operation by operation
///
/// Computes the units of every recorded operation from the items it met and
/// compares them arm by arm: table, each GSI, each LSI. Differences are named
/// SCENARIO/op#N with operations counted from 0. Exit code 0 if all agree, 1 if
/// any differs.
#[derive(Args)]
pub struct Arguments {
    /// Recorded scenarios, one JSON object a line; may be gzip-compressed; - is
    /// standard input
    #[arg(long, value_name = "FILE")]
    recorded: PathBuf,

    /// Compare with what this server answered instead of with what is expected,
    /// naming its known faults
    #[arg(long, value_name = "SERVER")]
    against: Option<ServerName>,
}

#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum ServerName {
    /// dynalite 4.0.0
    Dynalite,
    /// DynamoDB Local 1.25.1
    DdbLocal,
    /// dynoxide 1.5.0
    Dynoxide,
}

impl From<ServerName> for Server {
    fn from(name: ServerName) -> Self {
        match name {
            ServerName::Dynalite => Self::Dynalite,
            ServerName::DdbLocal => Self::DdbLocal,
            ServerName::Dynoxide => Self::Dynoxide,
        }
    }
}

/// Runs the command.
pub fn run(arguments: &Arguments, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let bytes = disk::read(&arguments.recorded)?;
    let against = arguments.against.map_or(Against::Expected, |name| Against::Server(name.into()));
    let file = arguments.recorded.display().to_string();
    let report = verify(&file, &bytes, against, &Settings::default())?;
    if report.scenarios == 0 {
        return Err(Diagnostics::from(
            Diagnostic::new("there is no recorded scenario in this file")
                .at(Place::file(file))
                .mend("name a file with one recorded scenario, a JSON object, a line"),
        )
        .into());
    }
    write!(out, "{report}")?;
    Ok(if report.all_agree() { Outcome::Done } else { Outcome::CheckFailed })
}
