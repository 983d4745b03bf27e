//! `ddbplan design`: designs to begin with, and what each serves.

use std::collections::BTreeMap;
use std::io::Write;

use clap::{Args, Subcommand, ValueEnum};
use ddbplan::compare::{coverage, design_limits};
use ddbplan::design::starter::{self, Starter};
use ddbplan::finding::{Diagnostics, Place};
use ddbplan::report::design_check::{self, Checked};
use ddbplan::{disk, layout, plan};

use super::scenario::{ScenarioArgs, load, load_without_designs};
use super::{Failure, Outcome};

/// The subcommands.
#[derive(Subcommand)]
pub enum Command {
    New(NewArgs),
    Check(CheckArgs),
}

/// Write starter designs, made from the schema and the statements, into the
/// scenario's designs folder: ordinary files to be edited
#[derive(Args)]
pub struct NewArgs {
    #[command(flatten)]
    scenario: ScenarioArgs,
    /// Which starter to write; all of them if none is named
    #[arg(long = "starter", value_name = "NAME")]
    starters: Vec<Kind>,
    /// Overwrite files that are there already
    #[arg(long)]
    force: bool,
}

/// The starter designs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// A table for each Postgres table, an index for each other way in
    RelationalCopy,
    /// Children under the parent through which they are read
    EntityCollections,
    /// All items in one table
    SingleTable,
}

/// Say what each design serves, what it cannot and why, which writes arrive without
/// the key they need, and which limits of DynamoDB it meets
#[derive(Args)]
pub struct CheckArgs {
    #[command(flatten)]
    scenario: ScenarioArgs,
    /// Fail (exit code 1) if a design serves less than this share of the calls
    /// of data statements without a Scan, in percent
    #[arg(long, value_name = "PERCENT")]
    min_served: Option<f64>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(command: &Command, out: &mut dyn Write) -> Result<Outcome, Failure> {
    match command {
        Command::New(args) => new(args, out),
        Command::Check(args) => check(args, out),
    }
}

fn new(args: &NewArgs, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let scenario = load_without_designs(&args.scenario.scenario)?;
    scenario.workload.check_tables().map_err(|found| {
        let folder = args.scenario.scenario.display().to_string();
        Diagnostics::from(found.at(Place::file(folder)))
    })?;
    let starters: Vec<Starter> = if args.starters.is_empty() {
        starter::all(&scenario.workload)
    } else {
        args.starters
            .iter()
            .map(|kind| match kind {
                Kind::RelationalCopy => starter::relational_copy(&scenario.workload),
                Kind::SingleTable => starter::single_table(&scenario.workload),
                Kind::EntityCollections => starter::entity_collections(&scenario.workload),
            })
            .collect()
    };
    let files: BTreeMap<String, Vec<u8>> = starters
        .into_iter()
        .map(|starter| (format!("{}.toml", starter.name), starter.text.into_bytes()))
        .collect();
    let folder = args.scenario.scenario.join("designs");
    disk::write_all(&folder, &files, args.force)?;
    for name in files.keys() {
        writeln!(out, "{}", folder.join(name).display())?;
    }
    Ok(Outcome::Done)
}

fn check(args: &CheckArgs, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let scenario = load(&args.scenario.scenario)?;
    let workload = &scenario.workload;
    let strong = scenario.settings.dynamodb.strong_reads.value;
    let mut outcome = Outcome::Done;
    let mut documents = Vec::new();
    for design in &scenario.designs {
        let layout = layout::build(design, workload);
        let plan = plan::plan(workload, design, &layout, strong);
        let coverage = coverage(workload, &plan);
        let served = coverage.served_of_data();
        if let (Some(served), Some(least)) = (served, args.min_served)
            && served * 100.0 < least
        {
            outcome = Outcome::CheckFailed;
        }
        let limits = design_limits(design, &layout, workload);
        let checked =
            Checked { name: &design.name, plan: &plan, coverage: &coverage, limits: &limits };
        if args.json {
            documents.push(design_check::json(workload, &checked));
        } else {
            out.write_all(design_check::text(workload, &checked).as_bytes())?;
            writeln!(out)?;
        }
    }
    if args.json {
        let text = serde_json::to_string_pretty(&serde_json::json!({ "designs": documents }));
        writeln!(out, "{}", text.expect("names and numbers always make JSON"))?;
    }
    Ok(outcome)
}
