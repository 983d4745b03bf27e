//! `ddbplan compare`: the main job.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use ddbplan::compare::compare;
use ddbplan::disk;
use ddbplan::migrate::{cheapest, migrate};
use ddbplan::report::budget::Budget;
use ddbplan::report::document::{self, Report};
use ddbplan::report::markdown::markdown;
use ddbplan::report::{Manifest, brief, chart, cost_curve, html, migration, text};
use ddbplan::visible::{visible, visible_lines};

use super::book::BookArgs;
use super::migrate::horizon_days;
use super::priced::Priced;
use super::scenario::ScenarioArgs;
use super::terminal;
use super::{Failure, Outcome};

/// Compare the designs of a scenario with one another and with sharded
/// Postgres: a table here; report.html, report.md, report.json and pictures in a
/// folder.
#[derive(Args)]
pub struct CompareArgs {
    #[command(flatten)]
    scenario: ScenarioArgs,
    /// The folder for the files [default: SCENARIO/report]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Overwrite files that are there already
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    book: BookArgs,
    /// Hold the report against the limits of a budget file: exit code 1, and
    /// every broken limit on standard error, if one does not hold
    #[arg(long, value_name = "BUDGET.toml")]
    check: Option<PathBuf>,
    /// Print all there is to say, not just the verdict, the costs and the gravest
    /// findings
    #[arg(long, conflicts_with_all = ["quiet", "json"])]
    long: bool,
    /// Print nothing but what is wrong
    #[arg(long, short, conflicts_with = "json")]
    quiet: bool,
    /// Print report.json, and nothing else
    #[arg(long)]
    json: bool,
}

pub fn run(args: &CompareArgs, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let folder = args.out.clone().unwrap_or_else(|| args.scenario.scenario.join("report"));
    args.scenario.check_output(&folder)?;
    let budget = match &args.check {
        Some(path) => Some(Budget::read(&path.display().to_string(), &disk::read_text(path)?)?),
        None => None,
    };
    let priced = Priced::load(&args.scenario, &args.book)?;
    let (scenario, billing) = (&priced.scenario, priced.billing());
    let comparison = compare(
        &scenario.workload,
        &scenario.designs,
        &scenario.assumptions,
        &scenario.capture.set_aside,
        &billing,
    );
    let manifest = Manifest {
        scenario: scenario.name.clone(),
        version: env!("CARGO_PKG_VERSION"),
        seed: scenario.settings.uncertainty.seed.value,
        inputs: scenario.inputs.clone(),
        price_book_id: priced.book.id(),
        price_book_date: priced.book.date(),
        region: priced.region.code().to_owned(),
    };
    let planned = scenario.settings.migration.stated.then(|| cheapest(&comparison.designs));
    let plan =
        planned.flatten().map(|(result, mode)| migrate(&scenario.workload, result, mode, &billing));
    let days = horizon_days(&scenario.settings);
    let section = plan.as_ref().map(|plan| document::migration::Migration::new(plan, days));
    let report = Report::new(&manifest, &scenario.workload, &comparison, section);
    let checked = budget.map(|budget| budget.check(&report)).transpose()?;
    let markdown = markdown(&report);
    let pictures = report.pictures.png();
    let report = report.to_json();
    let picture = chart::png(&cost_curve::chart(&manifest, &comparison));
    let over_time = chart::png(&cost_curve::chart_over_time(&manifest, &comparison));
    let page = html::page(&report).expect("the report is JSON that was just written");
    let mut files = BTreeMap::from([
        ("report.html".to_owned(), page.into_bytes()),
        ("report.md".to_owned(), markdown.into_bytes()),
        ("report.json".to_owned(), report.clone().into_bytes()),
        ("cost_curve.png".to_owned(), picture),
        ("cost_over_time.png".to_owned(), over_time),
    ]);
    files.extend(pictures);
    disk::write_all(&folder, &files, args.force)?;
    if args.json {
        out.write_all(report.as_bytes())?;
    } else if args.long {
        let mut text = text::summary(&manifest, &scenario.workload, &comparison);
        text.extend(plan.as_ref().map(migration::brief));
        out.write_all(visible_lines(&text).as_bytes())?;
    } else if !args.quiet {
        let text =
            brief(&manifest, &scenario.workload, &comparison, plan.as_ref(), terminal::paint());
        out.write_all(text.as_bytes())?;
    }
    let spoken = !args.json && !args.quiet;
    if spoken {
        writeln!(
            out,
            "\nAll of it (commitments, strong reads, ranges, assumptions, statements): \
             report.html, report.md and report.json in {}; or here with --long",
            visible(&folder.display().to_string())
        )?;
    }
    let Some(checked) = checked else { return Ok(Outcome::Done) };
    if checked.broken.is_empty() {
        if spoken {
            writeln!(out, "budget: {} limits looked at, all hold", checked.checked)?;
        }
        return Ok(Outcome::Done);
    }
    out.flush()?;
    let mut err = terminal::Screen::error();
    for broken in &checked.broken {
        writeln!(err, "{broken}")?;
    }
    writeln!(err, "budget: {} of {} limits do not hold", checked.broken.len(), checked.checked)?;
    Ok(Outcome::CheckFailed)
}
