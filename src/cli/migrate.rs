//! `ddbplan migrate`: the move itself.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ddbplan::compare::{DesignResult, evaluate};
use ddbplan::disk;
use ddbplan::finding::{Diagnostic, Diagnostics};
use ddbplan::migrate::{self, Migration};
use ddbplan::report::{Manifest, chart, migration};
use ddbplan::scenario::{Mode, Settings};

use super::book::BookArgs;
use super::priced::Priced;
use super::scenario::ScenarioArgs;
use super::{Failure, Outcome};

/// Timeline, bill and risk of the move to a design: phases with their costs on
/// both sides, backfill, going back, payback. A table here; with --out also
/// migration.json, migration_cost.png and migration_schedule.png.
#[derive(Args)]
pub struct MigrateArgs {
    #[command(flatten)]
    scenario: ScenarioArgs,
    /// The design to move to [default: the cheapest]
    #[arg(long, value_name = "NAME")]
    design: Option<String>,
    /// Its capacity mode [default: the cheapest]
    #[arg(long, value_enum)]
    mode: Option<ModeArg>,
    /// The folder for the files; without it only the table is printed
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print migration.json instead of the table
    #[arg(long)]
    json: bool,
    /// Overwrite files that are there already
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    book: BookArgs,
}

/// A capacity mode on the command line.
#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum ModeArg {
    OnDemand,
    Provisioned,
    AutoScaled,
}

impl ModeArg {
    const fn mode(self) -> Mode {
        match self {
            Self::OnDemand => Mode::OnDemand,
            Self::Provisioned => Mode::Provisioned,
            Self::AutoScaled => Mode::AutoScaled,
        }
    }
}

pub fn run(args: &MigrateArgs, out: &mut dyn Write) -> Result<Outcome, Failure> {
    args.out.as_ref().map_or(Ok(()), |folder| args.scenario.check_output(folder))?;
    let priced = Priced::load(&args.scenario, &args.book)?;
    let (scenario, billing) = (&priced.scenario, priced.billing());
    let designs: Vec<DesignResult> = scenario
        .designs
        .iter()
        .map(|design| evaluate(&scenario.workload, design, &billing))
        .collect();
    let (result, mode) = chosen(args, &designs)?;
    let plan = migrate::migrate(&scenario.workload, result, mode, &billing);
    let manifest = Manifest {
        scenario: scenario.name.clone(),
        version: env!("CARGO_PKG_VERSION"),
        seed: 1,
        inputs: scenario.inputs.clone(),
        price_book_id: priced.book.id(),
        price_book_date: priced.book.date(),
        region: priced.region.code().to_owned(),
    };
    let assumptions = &scenario.settings.migration.assumptions;
    let days = horizon_days(&scenario.settings);
    let json = migration::document(&manifest, &plan, assumptions, days);
    let files = BTreeMap::from([
        ("migration.json".to_owned(), json.clone().into_bytes()),
        ("migration_cost.png".to_owned(), picture(&manifest, &plan, days)),
        (
            "migration_schedule.png".to_owned(),
            chart::schedule_png(&migration::schedule(&manifest, &plan)),
        ),
    ]);
    if let Some(folder) = &args.out {
        disk::write_all(folder, &files, args.force)?;
    }
    if args.json {
        out.write_all(json.as_bytes())?;
        return Ok(Outcome::Done);
    }
    out.write_all(migration::text(&manifest, &plan, assumptions).as_bytes())?;
    if let Some(folder) = &args.out {
        writeln!(out, "\nWritten: {}", folder.display())?;
    }
    Ok(Outcome::Done)
}

fn picture(manifest: &Manifest, plan: &Migration, days: u32) -> Vec<u8> {
    chart::running_cost_png(&migration::cost(manifest, plan, days))
}

/// Whole days of the plan's horizon.
pub fn horizon_days(settings: &Settings) -> u32 {
    let hours = settings.load.horizon_months.value * f64::from(settings.load.month_hours.value);
    let days = (hours / 24.0).ceil();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the plan bounds the horizon to 120 months"
    )]
    let days = days as u32;
    days
}

/// The design and mode asked for, or the cheapest of those that are left.
fn chosen<'d>(
    args: &MigrateArgs,
    designs: &'d [DesignResult],
) -> Result<(&'d DesignResult, Mode), Diagnostics> {
    let named: Vec<&DesignResult> = designs
        .iter()
        .filter(|one| args.design.as_ref().is_none_or(|name| one.design.name == *name))
        .collect();
    let names: Vec<&str> = designs.iter().map(|one| one.design.name.as_str()).collect();
    if named.is_empty() {
        let asked = args.design.as_deref().unwrap_or_default();
        return Err(Diagnostic::new(format!("no design is called \"{asked}\""))
            .mend(format!("the designs are: {}", names.join(", ")))
            .into());
    }
    named
        .iter()
        .flat_map(|result| result.modes.iter().map(move |mode| (*result, mode)))
        .filter(|(_, mode)| args.mode.is_none_or(|asked| asked.mode() == mode.mode))
        .filter(|(_, mode)| args.mode.is_some() || mode.monthly.is_some())
        .min_by_key(|(_, mode)| (mode.monthly.is_none(), mode.monthly))
        .map(|(result, mode)| (result, mode.mode))
        .ok_or_else(|| {
            Diagnostic::new("no capacity mode of the plan fits")
                .why("dynamodb.modes does not hold the mode asked for, or no mode has a price")
                .mend("name another --mode, or add it to dynamodb.modes in plan.toml")
                .into()
        })
}
