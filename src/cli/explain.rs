//! `ddbplan explain`: statement by statement.

use std::io::Write;

use clap::Args;
use ddbplan::compare::evaluate;
use ddbplan::report::explain;

use super::book::BookArgs;
use super::priced::Priced;
use super::scenario::ScenarioArgs;
use super::{Failure, Outcome};

/// What serves each statement under each design: operations, units and dollars,
/// and what is not served and why.
#[derive(Args)]
pub struct ExplainArgs {
    #[command(flatten)]
    scenario: ScenarioArgs,
    #[command(flatten)]
    book: BookArgs,
    /// Also show every other way to reach the rows, with its units, and why it
    /// was not taken
    #[arg(long)]
    alternatives: bool,
}

pub fn run(args: &ExplainArgs, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let priced = Priced::load(&args.scenario, &args.book)?;
    let (scenario, billing) = (&priced.scenario, priced.billing());
    let designs: Vec<_> = scenario
        .designs
        .iter()
        .map(|design| evaluate(&scenario.workload, design, &billing))
        .collect();
    let text =
        explain::text(&scenario.workload, &scenario.capture.set_aside, &designs, args.alternatives);
    out.write_all(text.as_bytes())?;
    Ok(Outcome::Done)
}
