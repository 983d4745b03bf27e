use std::io::Write;
use std::path::PathBuf;

use ddbplan::disk;
use ddbplan::pricing::{Bill, BillSettings, Due, Line, PriceBook, bill, parse_usage};
use serde_json::{Value, json};

use super::write_json;
use crate::cli::book::BookArgs;
use crate::cli::{Failure, Outcome};
use ddbplan::report::{Align, Table};

/// Bill usage quantities, given in TOML or JSON
///
/// Each usage names a dimension, a Region and how much of it is used in a
/// month. Exit code 1 if any line has no price: then there is no total, only a
/// lower bound.
#[derive(clap::Args)]
pub struct Args {
    /// The usage file; `-` is standard input
    file: PathBuf,
    /// Take AWS's free tier off, once per Region
    #[arg(long)]
    free_tier: bool,
    /// Use figures that nobody verified, too
    #[arg(long)]
    unverified: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    book: BookArgs,
}

pub fn run(args: &Args, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let book = args.book.load()?;
    let text = disk::read_text(&args.file)?;
    let mut file = parse_usage(&args.file.display().to_string(), &text)?;
    file.settings.free_tier |= args.free_tier;
    file.settings.unverified |= args.unverified;
    let bill = bill(&book, &file.usages, &file.settings);
    if args.json {
        write_json(out, &as_json(&book, &bill, &file.settings))?;
    } else {
        write_text(out, &book, &bill, &file.settings)?;
    }
    Ok(if bill.unpriced().is_empty() { Outcome::Done } else { Outcome::CheckFailed })
}

fn as_json(book: &PriceBook, bill: &Bill, settings: &BillSettings) -> Value {
    let usd = |amount: Option<ddbplan::units::Usd>| json!(amount.map(|usd| usd.to_report_string()));
    json!({
        "price_book": book.id(),
        "settings": {
            "month_hours": settings.month_hours.to_string(),
            "bytes_per_gb": settings.bytes_per_gb,
            "free_tier": settings.free_tier,
            "unverified": settings.unverified,
            "discounts": settings.discounts.iter().map(|(service, share)| {
                (service.id().to_owned(), json!(share.to_string()))
            }).collect::<serde_json::Map<_, _>>(),
        },
        "lines": bill.lines.iter().map(line_json).collect::<Vec<_>>(),
        "monthly_usd": usd(bill.monthly()),
        "yearly_usd": usd(bill.yearly()),
        "upfront_usd": usd(bill.upfront()),
        "priced_monthly_usd": bill.priced_monthly().to_report_string(),
        "priced_upfront_usd": bill.priced_upfront().to_report_string(),
        "unpriced_lines": bill.unpriced(),
    })
}

fn line_json(line: &Line) -> Value {
    let usage = &line.usage;
    let mut row = json!({
        "label": usage.label,
        "dimension": usage.key.dimension.id(),
        "class": usage.key.class,
        "region": usage.region.code(),
        "quantity": usage.quantity.normalize().to_string(),
        "unit": usage.key.dimension.unit().as_str(),
        "due": match usage.key.dimension.due() {
            Due::Monthly => "monthly",
            Due::Once => "once",
        },
        "unit_usd": line.unit_usd().map(ddbplan::units::Usd::to_report_string),
        "usd": line.usd().map(ddbplan::units::Usd::to_report_string),
    });
    match &line.charge {
        Ok(charge) => {
            row["parts"] = charge
                .parts
                .iter()
                .map(|part| {
                    json!({
                        "quantity": part.quantity.normalize().to_string(),
                        "unit_usd": part.unit_usd.to_report_string(),
                        "usd": part.usd.to_report_string(),
                    })
                })
                .collect();
            row["source"] = json!(charge.source);
            row["date"] = json!(charge.date.to_string());
            row["verified"] = json!(charge.verified);
            row["note"] = json!(charge.note);
        }
        Err(why) => row["unpriced"] = json!(why.to_string()),
    }
    row
}

fn write_text(
    out: &mut dyn Write,
    book: &PriceBook,
    bill: &Bill,
    settings: &BillSettings,
) -> Result<(), Failure> {
    writeln!(
        out,
        "price book {}; month of {} h, GB of {} bytes, free tier {}",
        book.id(),
        settings.month_hours,
        settings.bytes_per_gb,
        if settings.free_tier { "on" } else { "off" },
    )?;
    for (service, share) in &settings.discounts {
        writeln!(out, "private discount on {service}: {share} of the list price")?;
    }
    let header = [
        ("label", Align::Left),
        ("dimension", Align::Left),
        ("region", Align::Left),
        ("quantity", Align::Right),
        ("unit", Align::Left),
        ("unit usd", Align::Right),
        ("usd", Align::Right),
        ("remarks", Align::Left),
    ];
    let rows: Vec<Vec<String>> = bill.lines.iter().map(row).collect();
    let titles = header.iter().map(|(title, _)| *title);
    let aligns = header.iter().map(|(_, align)| *align);
    write!(out, "{}", Table::new(titles).align(aligns).rows(rows))?;
    let unpriced = bill.unpriced().len();
    if let (Some(monthly), Some(yearly), Some(upfront)) =
        (bill.monthly(), bill.yearly(), bill.upfront())
    {
        writeln!(out, "monthly {monthly}, yearly {yearly}, upfront {upfront}")?;
    } else {
        writeln!(
            out,
            "{unpriced} of {} lines have no price: monthly at least {}, upfront at least {}",
            bill.lines.len(),
            bill.priced_monthly(),
            bill.priced_upfront(),
        )?;
    }
    let unverified = bill.unverified().count();
    if unverified > 0 {
        writeln!(out, "{unverified} lines rest on figures that nobody verified")?;
    }
    Ok(())
}

fn row(line: &Line) -> Vec<String> {
    let usage = &line.usage;
    let unit_usd = match line.unit_usd() {
        Some(usd) => usd.to_report_string(),
        None if line.charge.is_ok() => "tiers".to_owned(),
        None => "-".to_owned(),
    };
    let remarks = match &line.charge {
        Ok(charge) if !charge.verified => match &charge.note {
            Some(note) => format!("NOT VERIFIED: {note}"),
            None => "NOT VERIFIED".to_owned(),
        },
        Ok(_) => String::new(),
        Err(why) => why.to_string(),
    };
    let once = if usage.key.dimension.due() == Due::Once { " (once)" } else { "" };
    vec![
        usage.label.clone(),
        usage.key.to_string(),
        usage.region.to_string(),
        usage.quantity.round_dp(3).normalize().to_string(),
        usage.key.dimension.unit().to_string(),
        unit_usd,
        line.usd().map_or_else(|| "UNPRICED".to_owned(), |usd| format!("{usd}{once}")),
        remarks,
    ]
}
