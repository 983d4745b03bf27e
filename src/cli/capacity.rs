//! `ddbplan capacity`: one recorded load under every capacity mode.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ddbplan::disk;
use ddbplan::finding::{Diagnostic, Diagnostics};
use ddbplan::pricing::{Dimension, PriceBook, PriceKey, PriceState, Region};
use ddbplan::report::capacity::{self, CapacityReport};
use ddbplan::report::capacity_course;
use ddbplan::report::chart::timeline_png;
use ddbplan::simulate::TargetPercent;
use ddbplan::simulate::modes::{self, BestUse, ModeUse, Setting, ThroughputPrices};
use ddbplan::simulate::on_demand::{Limits, OnDemand};
use ddbplan::simulate::provisioned::{HourBasis, TABLE_QUOTA_UNITS_PER_S, TargetTracking};
use ddbplan::simulate::recorded::{self, Recorded};
use ddbplan::simulate::search::SearchSpace;
use ddbplan::simulate::{MinuteSeries, ScheduledAction, UnitSum};
use rust_decimal::Decimal;

use super::{Failure, Outcome};

/// Targets compared when none is asked for.
const TARGETS_SHOWN: [u8; 5] = [50, 60, 70, 80, 90];
/// Minutes that the search for the best setting runs at the most in each direction:
/// some seconds.
const MINUTES_RUN_MAX: u64 = 1 << 30;

/// Bill and throttling of a recorded load on demand, under flat provisioned
/// capacity and auto-scaled, and the cheapest setting that does not throttle.
#[derive(Args)]
pub struct CapacityArgs {
    /// Units consumed per minute: CSV `minute,read_units,write_units`, a CSV
    /// export of the CloudWatch console, or JSON of `aws cloudwatch
    /// get-metric-data` or `get-metric-statistics` (several files if each has
    /// one metric); `-` is standard input
    #[arg(required = true)]
    series: Vec<PathBuf>,
    /// Seconds that one datapoint covers, a whole number of minutes: an export leaves
    /// out periods without consumption, so that it does not tell
    #[arg(long, value_name = "SECONDS")]
    period: Option<u32>,
    /// Target utilisation of auto scaling in percent, 20 to 90; may be repeated
    /// [default: 50, 60, 70, 80 and 90]
    #[arg(long, value_name = "PERCENT", allow_hyphen_values = true)]
    target: Vec<String>,
    /// Smallest provisioned capacity in units a second, reads and writes alike
    #[arg(long, value_name = "UNITS", default_value_t = 1)]
    min: u32,
    /// Largest provisioned capacity in units a second (the default table quota)
    #[arg(long, value_name = "UNITS", default_value_t = TABLE_QUOTA_UNITS_PER_S)]
    max: u32,
    /// Percent of read and of write units that the best setting may throttle, burst
    /// given
    #[arg(long, value_name = "PERCENT", default_value_t = Decimal::ZERO)]
    throttled_max: Decimal,
    /// How an hour whose capacity changed is billed; AWS has not said
    #[arg(long, value_enum, default_value_t = Hours::Max)]
    hours: Hours,
    /// Warm read throughput of the on-demand table, in units a second
    #[arg(long, value_name = "UNITS", default_value_t = OnDemand::COLD.reads.warm_units_per_s)]
    warm_read: u32,
    /// Warm write throughput of the on-demand table, in units a second
    #[arg(long, value_name = "UNITS", default_value_t = OnDemand::COLD.writes.warm_units_per_s)]
    warm_write: u32,
    /// Maximum read throughput set on the on-demand table, in units a second
    #[arg(long, value_name = "UNITS")]
    on_demand_max_read: Option<u32>,
    /// Maximum write throughput set on the on-demand table, in units a second
    #[arg(long, value_name = "UNITS")]
    on_demand_max_write: Option<u32>,
    /// The account's quota of a table on demand, in units a second each of reads
    /// and writes
    #[arg(long, value_name = "UNITS", default_value_t = TABLE_QUOTA_UNITS_PER_S)]
    quota: u32,
    /// Region whose list prices are used
    #[arg(long, default_value = "us-east-1")]
    region: String,
    /// Use prices that have not been seen at AWS itself
    #[arg(long)]
    unverified_prices: bool,
    /// A scheduled action of auto scaling (UTC), reads and writes alike, such as
    /// "08:00 100..2000", "mon 08:00 100..2000" or "2026-11-27T08:00 100..2000";
    /// may be repeated
    #[arg(long, value_name = "WHEN MIN..MAX")]
    schedule: Vec<String>,
    /// Draw demand, capacity and what was throttled into this folder: for each
    /// direction on demand, fixed, and auto-scaled at each `--target` (70 %
    /// where none is given); of a long series the busiest day
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Overwrite files that are there already
    #[arg(long, requires = "out")]
    force: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Hours {
    Max,
    Mean,
}

/// Arguments that make sense together.
struct Settings {
    period_minutes: Option<u32>,
    targets: Vec<TargetPercent>,
    policy: TargetTracking,
    table: OnDemand,
    hours: HourBasis,
    prices: ThroughputPrices,
}

pub fn run(args: &CapacityArgs, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let settings = settings(args)?;
    let mut files = Vec::new();
    let mut faults = Diagnostics::default();
    for path in &args.series {
        match disk::read_text(path) {
            Ok(text) => files.push((path.display().to_string(), text)),
            Err(found) => faults.0.extend(found.0),
        }
    }
    faults.finish(())?;
    let recorded = recorded::read(&files, settings.period_minutes)?;
    let modes = compared(args, &settings, &recorded);
    let best = best(args, &settings, &recorded);
    let report = CapacityReport {
        modes: &modes,
        best: best.as_ref(),
        throttled_max_percent: args.throttled_max,
        searched: &format!(
            "on demand, every fixed capacity, and every target from {} to {} % with every minimum",
            TargetPercent::LOWEST,
            TargetPercent::HIGHEST,
        ),
        prices: &settings.prices,
        priced_as: &format!("{}, Standard table class, list price, free tier off", args.region),
        hours: settings.hours,
        findings: &recorded.findings,
    };
    if let Some(folder) = &args.out {
        let drawn = pictures(args, &settings, &recorded, &modes);
        disk::write_all(folder, &drawn, args.force)?;
    }
    if args.json {
        serde_json::to_writer_pretty(&mut *out, &capacity::json(&report))
            .map_err(std::io::Error::from)?;
        writeln!(out)?;
    } else {
        out.write_all(capacity::text(&report).as_bytes())?;
        if let Some(folder) = &args.out {
            writeln!(out, "\nWritten: {}", folder.display())?;
        }
    }
    Ok(Outcome::Done)
}

fn settings(args: &CapacityArgs) -> Result<Settings, Diagnostics> {
    let mut faults = Diagnostics::default();
    let mut targets = Vec::new();
    for text in &args.target {
        match TargetPercent::parse(text) {
            Ok(target) => targets.push(target),
            Err(fault) => faults.push(fault),
        }
    }
    if args.target.is_empty() {
        targets.extend(TARGETS_SHOWN.into_iter().filter_map(TargetPercent::new));
    }
    if args.min == 0 || args.min > args.max {
        faults.push(
            Diagnostic::new(format!("--min {} and --max {} are no bounds", args.min, args.max))
                .why("capacity is at least 1 unit a second and lies between the two"),
        );
    }
    let period_minutes = args.period.map(|seconds| seconds / 60);
    if args.period.is_some_and(|seconds| seconds == 0 || !seconds.is_multiple_of(60)) {
        let what =
            format!("--period {} is not a whole number of minutes", args.period.unwrap_or(0));
        faults
            .push(Diagnostic::new(what).mend("write 60, 300 or 3600, as the export was asked for"));
    }
    let mut schedule = Vec::new();
    for text in &args.schedule {
        match ScheduledAction::parse(text) {
            Ok(action) => schedule.push(action),
            Err(fault) => faults.push(
                Diagnostic::new(format!("--schedule: {}", fault.what))
                    .mend(fault.mend.unwrap_or_default()),
            ),
        }
    }
    let policy = TargetTracking {
        min: args.min,
        max: args.max,
        schedule,
        ..TargetTracking::new(TargetPercent::CONSOLE_DEFAULT)
    };
    if args.throttled_max < Decimal::ZERO || args.throttled_max > Decimal::ONE_HUNDRED {
        let what = format!("--throttled-max {} is not a percentage", args.throttled_max);
        faults.push(Diagnostic::new(what).mend("give 0 to 100"));
    }
    let cold = OnDemand::COLD;
    let table = OnDemand {
        reads: Limits {
            warm_units_per_s: args.warm_read,
            maximum_units_per_s: args.on_demand_max_read,
            quota_units_per_s: args.quota,
            ..cold.reads
        },
        writes: Limits {
            warm_units_per_s: args.warm_write,
            maximum_units_per_s: args.on_demand_max_write,
            quota_units_per_s: args.quota,
            ..cold.writes
        },
    };
    let hours = match args.hours {
        Hours::Max => HourBasis::Max,
        Hours::Mean => HourBasis::Mean,
    };
    match prices(args) {
        Ok(prices) => {
            faults.finish(Settings { period_minutes, targets, policy, table, hours, prices })
        }
        Err(found) => {
            faults.0.extend(found.0);
            Err(faults)
        }
    }
}

/// List prices of the Standard class without the free tier.
fn prices(args: &CapacityArgs) -> Result<ThroughputPrices, Diagnostics> {
    let region = Region::new(&args.region)
        .map_err(|why| Diagnostic::new(format!("--region {}: {why}", args.region)))?;
    let book = PriceBook::embedded();
    let mut faults = Diagnostics::default();
    let mut price = |dimension: Dimension| {
        let nothing = || format!("{} has no price in {}", dimension.label(), args.region);
        faults.push(match book.price(&PriceKey::from(dimension), &region) {
            PriceState::Known(price) if price.verified || args.unverified_prices => {
                return Some(price.first_paid());
            }
            PriceState::Known(_) => Diagnostic::new(format!(
                "the price of {} in {} has not been verified",
                dimension.label(),
                args.region
            ))
            .mend("pass --unverified-prices to use it all the same"),
            PriceState::NotOffered(absence) | PriceState::Unknown(Some(absence)) => {
                Diagnostic::new(nothing()).why(absence.why.clone())
            }
            PriceState::Unknown(None) => {
                Diagnostic::new(nothing()).mend("name a Region of the price book")
            }
        });
        None
    };
    let read_request = price(Dimension::ReadRequestUnits);
    let write_request = price(Dimension::WriteRequestUnits);
    let read_capacity_hour = price(Dimension::RcuHours);
    let write_capacity_hour = price(Dimension::WcuHours);
    match (read_request, write_request, read_capacity_hour, write_capacity_hour) {
        (
            Some(read_request),
            Some(write_request),
            Some(read_capacity_hour),
            Some(write_capacity_hour),
        ) => Ok(ThroughputPrices {
            read_request,
            write_request,
            read_capacity_hour,
            write_capacity_hour,
        }),
        _ => Err(faults),
    }
}

fn compared(args: &CapacityArgs, settings: &Settings, load: &Recorded) -> Vec<ModeUse> {
    let (reads, writes) = (&load.reads, &load.writes);
    let flat = |series: &MinuteSeries| modes::flat(series, args.min, args.max);
    let mut compared = vec![
        modes::on_demand(reads, writes, &settings.table),
        modes::provisioned((reads, &flat(reads)), (writes, &flat(writes))),
    ];
    for &target in &settings.targets {
        let scaled = modes::auto_scaled(&settings.policy, target);
        compared.push(modes::provisioned((reads, &scaled), (writes, &scaled)));
    }
    compared
}

fn best(args: &CapacityArgs, settings: &Settings, load: &Recorded) -> Option<BestUse> {
    let space = |series: &MinuteSeries| SearchSpace {
        targets: TargetPercent::all().collect(),
        policy: settings.policy.clone(),
        throttled_max: share(series.total(), args.throttled_max),
        hours: settings.hours,
        minutes_run_max: MINUTES_RUN_MAX,
    };
    let (read_space, write_space) = (space(&load.reads), space(&load.writes));
    modes::best(
        (&load.reads, &read_space),
        (&load.writes, &write_space),
        &settings.table,
        &settings.prices,
    )
}

/// The pictures of some modes, with their names.
fn pictures(
    args: &CapacityArgs,
    settings: &Settings,
    load: &Recorded,
    modes: &[ModeUse],
) -> BTreeMap<String, Vec<u8>> {
    let shown = |mode: &&ModeUse| match &mode.reads.setting {
        Setting::OnDemand | Setting::Flat(_) => true,
        Setting::AutoScaled(policy) => {
            !args.target.is_empty() || policy.target == TargetPercent::CONSOLE_DEFAULT
        }
    };
    modes
        .iter()
        .filter(shown)
        .flat_map(|mode| capacity_course::charts(mode, &load.reads, &load.writes, &settings.table))
        .map(|(name, chart)| (name, timeline_png(&chart)))
        .collect()
}

/// So many percent of the units, cut to a thousandth.
fn share(total: UnitSum, percent: Decimal) -> UnitSum {
    let milli = total.units() * percent * Decimal::TEN;
    UnitSum::from_milli(u128::try_from(milli.trunc()).unwrap_or(0))
}
