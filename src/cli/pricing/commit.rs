use std::io::Write;
use std::path::PathBuf;

use clap::ValueEnum;
use ddbplan::disk;
use ddbplan::finding::Diagnostic;
use ddbplan::pricing::{
    BestCommitment, BillSettings, BreakEven, CommitmentCost, CommitmentOptions, Direction, Model,
    RESERVATION_BLOCK_UNITS, Region, SunkReservation, Term, break_evens, parse_series,
};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::write_json;
use crate::cli::book::BookArgs;
use crate::cli::{Failure, Outcome};
use ddbplan::report::document::commitment::BreakEven as BreakEvenDocument;
use ddbplan::report::{Align, Table};

/// Find the cheapest reservations and Savings Plan for hourly usage
///
/// Reads a CSV with one row an hour and one column for each table or index,
/// headed `NAME DIMENSION` (such as `orders dynamodb.wcu-hours`): units
/// provisioned in the hour, or request units consumed in it. All of it is one
/// account in one Region, and stands for the whole term.
#[derive(clap::Args)]
pub struct Args {
    /// The hourly usage; `-` is standard input
    file: PathBuf,
    /// The Region
    #[arg(long, value_name = "CODE")]
    region: String,
    /// How long reservations may be
    #[arg(long, value_enum, default_value_t = Length::OneYear)]
    reserve: Length,
    /// Leave Savings Plans out
    #[arg(long)]
    no_savings_plan: bool,
    /// Blocks of 100 WCU that are reserved and paid for already, for one year
    #[arg(long, value_name = "BLOCKS", default_value_t = 0)]
    sunk_write_blocks: u32,
    /// Blocks of 100 RCU that are reserved and paid for already, for one year
    #[arg(long, value_name = "BLOCKS", default_value_t = 0)]
    sunk_read_blocks: u32,
    /// Use figures that nobody verified, too: Savings Plan rates outside
    /// ap-south-2 are such
    #[arg(long)]
    unverified: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    book: BookArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Length {
    /// No new reservations.
    None,
    /// One year.
    #[value(name = "1y")]
    OneYear,
    /// Three years.
    #[value(name = "3y")]
    ThreeYears,
    /// One year or three, whichever is cheaper by the hour.
    Any,
}

/// The load that a commitment is tried against beside the one given.
const BEHIND_PLAN: Decimal = Decimal::from_parts(8, 0, 0, false, 1);

pub fn run(args: &Args, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let input = |fault: Diagnostic| Failure::Input(fault.into());
    let book = args.book.load()?;
    let region = Region::new(&args.region).map_err(|what| input(Diagnostic::new(what)))?;
    let text = disk::read_text(&args.file)?;
    let series = parse_series(&args.file.display().to_string(), &text)?;
    let sunk =
        [(Direction::Read, args.sunk_read_blocks), (Direction::Write, args.sunk_write_blocks)];
    let options = CommitmentOptions {
        terms: match args.reserve {
            Length::None => Vec::new(),
            Length::OneYear => vec![Term::OneYear],
            Length::ThreeYears => vec![Term::ThreeYears],
            Length::Any => Term::ALL.to_vec(),
        },
        savings_plan: !args.no_savings_plan,
        sunk: sunk
            .into_iter()
            .filter(|(_, blocks)| *blocks > 0)
            .map(|(direction, blocks)| SunkReservation { direction, term: Term::OneYear, blocks })
            .collect(),
    };
    let settings = BillSettings { unverified: args.unverified, ..BillSettings::default() };
    let model = Model::new(&book, &region, &series, &options, &settings)?;
    let best = model.optimise();
    let behind = model.scaled(BEHIND_PLAN);
    let break_evens = break_evens(&book, &region, &options.terms, &settings);
    let cases = [
        ("nothing new", best.cost_without),
        ("best commitment", best.cost),
        ("the same, load 20 % below", behind.cost(&best.commitment).map_err(input)?),
        ("nothing new, load 20 % below", behind.cost(&Default::default()).map_err(input)?),
    ];
    if args.json {
        write_json(out, &as_json(&book.id(), &best, &break_evens, &cases))?;
    } else {
        writeln!(out, "price book {}", book.id())?;
        write_text(out, &best, &break_evens, &cases)?;
    }
    Ok(Outcome::Done)
}

fn write_text(
    out: &mut dyn Write,
    best: &BestCommitment,
    break_evens: &[BreakEven],
    cases: &[(&str, CommitmentCost)],
) -> Result<(), Failure> {
    for reservation in &best.commitment.reservations {
        writeln!(
            out,
            "reserve {} x {RESERVATION_BLOCK_UNITS} {} units for {}",
            reservation.blocks,
            reservation.direction.as_str(),
            reservation.term.as_str(),
        )?;
    }
    let plan = best.commitment.plan_usd_per_hour;
    if plan.get().is_zero() {
        writeln!(out, "no Savings Plan")?;
    } else {
        writeln!(out, "Savings Plan of ${} an hour", plan.get().round_dp(6).normalize())?;
    }
    let header = [
        ("", Align::Left),
        ("monthly", Align::Right),
        ("upfront cash", Align::Right),
        ("reserved", Align::Right),
        ("paid before", Align::Right),
        ("plan", Align::Right),
        ("list price", Align::Right),
        ("period", Align::Right),
    ];
    let rows: Vec<Vec<String>> = cases
        .iter()
        .map(|(name, cost)| {
            let amounts = [
                cost.monthly,
                cost.upfront_cash,
                cost.reserved,
                cost.sunk,
                cost.plan,
                cost.list,
                cost.total,
            ];
            let cells = amounts.iter().map(ToString::to_string);
            std::iter::once((*name).to_owned()).chain(cells).collect()
        })
        .collect();
    let titles = header.iter().map(|(title, _)| *title);
    let aligns = header.iter().map(|(_, align)| *align);
    write!(out, "{}", Table::new(titles).align(aligns).rows(rows))?;
    for reason in &best.reasons {
        writeln!(out, "{reason}")?;
    }
    writeln!(
        out,
        "no commitment costs less than ${} over the period ({} supporting planes)",
        best.lower_bound.get().round_dp(6).normalize(),
        best.planes
    )?;
    for one in break_evens {
        writeln!(out, "{one}")?;
    }
    for left_out in &best.left_out {
        writeln!(out, "not considered: {left_out}")?;
    }
    Ok(())
}

fn as_json(
    book: &str,
    best: &BestCommitment,
    break_evens: &[BreakEven],
    cases: &[(&str, CommitmentCost)],
) -> Value {
    let cost = |(name, cost): &(&str, CommitmentCost)| {
        json!({
            "case": name,
            "monthly_usd": cost.monthly.to_report_string(),
            "upfront_usd": cost.upfront_cash.to_report_string(),
            "reserved_usd": cost.reserved.to_report_string(),
            "paid_before_usd": cost.sunk.to_report_string(),
            "plan_usd": cost.plan.to_report_string(),
            "list_usd": cost.list.to_report_string(),
            "period_usd": cost.total.to_report_string(),
        })
    };
    json!({
        "price_book": book,
        "reservations": best.commitment.reservations.iter().map(|reservation| json!({
            "direction": reservation.direction.as_str(),
            "term": reservation.term.as_str(),
            "blocks": reservation.blocks,
        })).collect::<Vec<_>>(),
        "plan_usd_per_hour": best.commitment.plan_usd_per_hour.to_report_string(),
        "cases": cases.iter().map(cost).collect::<Vec<_>>(),
        "lower_bound_usd": best.lower_bound.to_report_string(),
        "supporting_planes": best.planes,
        "reasons": best.reasons.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "not_considered": best.left_out,
        "break_even_utilisation": break_evens.iter().map(BreakEvenDocument::from).collect::<Vec<_>>(),
    })
}
