use std::io::Write;

use ddbplan::finding::Diagnostic;
use ddbplan::pricing::{Dimension, Offered, PriceBook, PriceKey, PriceState, Region};
use serde_json::{Value, json};

use super::{price_in_words, tiers_as_json, write_json};
use crate::cli::book::BookArgs;
use crate::cli::{Failure, Outcome};
use ddbplan::report::{Align, Table};

/// Show prices, with their sources and dates
///
/// Figures that nobody verified are marked. What is not sold in a Region, and
/// what is not known, is said so; with `--region` every charge that ddbplan
/// knows is listed, priced or not.
#[derive(clap::Args)]
pub struct Args {
    /// Only these Regions, such as `eu-west-1`
    #[arg(long, value_name = "CODE")]
    region: Vec<String>,
    /// Only dimensions whose id contains this, such as `dynamodb.` or `storage`
    #[arg(long, value_name = "TEXT")]
    dimension: Vec<String>,
    /// Only this instance class, such as `db.r6g.large`
    #[arg(long, value_name = "NAME")]
    class: Vec<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    book: BookArgs,
}

pub fn run(args: &Args, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let book = args.book.load()?;
    let mut regions = Vec::new();
    for code in &args.region {
        let region =
            Region::new(code).map_err(|what| Failure::Input(Diagnostic::new(what).into()))?;
        regions.push(region);
    }
    for wanted in &args.dimension {
        if !Dimension::ALL.iter().any(|dimension| dimension.id().contains(wanted.as_str())) {
            return Err(Failure::Input(
                Diagnostic::new(format!("no dimension's id contains `{wanted}`")).into(),
            ));
        }
    }
    let shown = select(args, &book, &regions);
    if args.json {
        let rows = shown.iter().map(|(region, key)| row_json(&book, region, key)).collect();
        write_json(out, &Value::Array(rows))?;
    } else {
        writeln!(out, "price book {}", book.id())?;
        let rows: Vec<Vec<String>> =
            shown.iter().map(|(region, key)| row_text(&book, region, key)).collect();
        let header = [
            ("region", Align::Left),
            ("dimension", Align::Left),
            ("usd", Align::Left),
            ("per", Align::Left),
            ("savings plan", Align::Left),
            ("date", Align::Left),
            ("source", Align::Left),
            ("remarks", Align::Left),
        ];
        let titles = header.iter().map(|(title, _)| *title);
        let aligns = header.iter().map(|(_, align)| *align);
        write!(out, "{}", Table::new(titles).align(aligns).rows(rows))?;
    }
    Ok(Outcome::Done)
}

fn select(args: &Args, book: &PriceBook, regions: &[Region]) -> Vec<(Region, PriceKey)> {
    let mut keys: Vec<(Region, PriceKey)> =
        book.iter().map(|(region, key, _)| (region.clone(), key.clone())).collect();
    for region in regions {
        let plain = Dimension::ALL.iter().filter(|dimension| !dimension.is_per_class());
        keys.extend(plain.map(|dimension| (region.clone(), PriceKey::from(*dimension))));
    }
    keys.sort();
    keys.dedup();
    keys.retain(|(region, key)| {
        let id = key.dimension.id();
        (regions.is_empty() || regions.contains(region))
            && (args.dimension.is_empty() || args.dimension.iter().any(|part| id.contains(part)))
            && (args.class.is_empty()
                || key.class.as_ref().is_some_and(|class| args.class.contains(class)))
    });
    keys
}

fn row_text(book: &PriceBook, region: &Region, key: &PriceKey) -> Vec<String> {
    let (usd, source, date, remarks) = match book.price(key, region) {
        PriceState::Known(price) => {
            let mut remarks = Vec::new();
            if !price.verified {
                remarks.push("NOT VERIFIED".to_owned());
            }
            remarks.extend(price.note.clone());
            let words = price_in_words(price);
            (words, price.source.clone(), price.date.to_string(), remarks.join(": "))
        }
        PriceState::NotOffered(absence) | PriceState::Unknown(Some(absence)) => {
            let state = match absence.offered {
                Offered::No => "not offered",
                Offered::Unknown => "not known",
            };
            let (source, date) = (absence.source.clone(), absence.date.to_string());
            (state.to_owned(), source, date, absence.why.clone())
        }
        PriceState::Unknown(None) => {
            let nothing = || "-".to_owned();
            ("not known".to_owned(), nothing(), nothing(), "not in the price book".to_owned())
        }
    };
    let plan = match book.savings_plan_price(key, region) {
        Some(plan) if plan.verified => plan.usd.to_report_string(),
        Some(plan) => format!("{} NOT VERIFIED", plan.usd.to_report_string()),
        None => String::new(),
    };
    let unit = key.dimension.unit().to_string();
    vec![region.to_string(), key.to_string(), usd, unit, plan, date, source, remarks]
}

fn row_json(book: &PriceBook, region: &Region, key: &PriceKey) -> Value {
    let mut row = json!({
        "service": key.dimension.service().id(),
        "region": region.code(),
        "dimension": key.dimension.id(),
        "class": key.class,
        "label": key.dimension.label(),
        "unit": key.dimension.unit().as_str(),
        "state": "unknown",
        "usd": null,
        "tiers": null,
        "known_to": null,
        "source": null,
        "date": null,
        "verified": null,
        "note": null,
        "savings_plan_usd": null,
        "savings_plan_verified": null,
    });
    if let Some(plan) = book.savings_plan_price(key, region) {
        row["savings_plan_usd"] = json!(plan.usd.to_report_string());
        row["savings_plan_verified"] = json!(plan.verified);
    }
    match book.price(key, region) {
        PriceState::Known(price) => {
            row["state"] = json!("known");
            row["usd"] = json!(price.first_paid().to_report_string());
            row["tiers"] = tiers_as_json(&price.tiers);
            row["known_to"] = json!(price.known_to.map(|to| to.to_string()));
            row["source"] = json!(price.source);
            row["date"] = json!(price.date.to_string());
            row["verified"] = json!(price.verified);
            row["note"] = json!(price.note);
        }
        PriceState::NotOffered(absence) | PriceState::Unknown(Some(absence)) => {
            if absence.offered == Offered::No {
                row["state"] = json!("not-offered");
            }
            row["source"] = json!(absence.source);
            row["date"] = json!(absence.date.to_string());
            row["note"] = json!(absence.why);
        }
        PriceState::Unknown(None) => {}
    }
    row
}
