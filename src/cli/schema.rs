//! `ddbplan schema`: JSON Schemas for editors and programs.

use std::io::Write;

use clap::{Args, ValueEnum};
use ddbplan::report::document;
use ddbplan::schema;

use super::{Failure, Outcome};

/// Print the JSON Schema of a file, for an editor or a program
#[derive(Args)]
pub struct SchemaArgs {
    /// Which file
    #[arg(value_enum)]
    of: SchemaOf,
}

#[derive(Clone, Copy, ValueEnum)]
enum SchemaOf {
    /// report.json
    Report,
    /// designs/*.toml
    Design,
    /// plan.toml
    Plan,
    /// workload.toml
    Workload,
    /// The limits of `compare --check`
    Budget,
}

pub fn run(args: &SchemaArgs, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let text = match args.of {
        SchemaOf::Report => document::schema(),
        SchemaOf::Design => schema::design(),
        SchemaOf::Plan => schema::plan(),
        SchemaOf::Workload => schema::workload(),
        SchemaOf::Budget => schema::budget(),
    };
    out.write_all(text.as_bytes())?;
    Ok(Outcome::Done)
}
