use std::io::Write;
use std::path::Path;

use ddbplan::finding::{Diagnostic, Diagnostics};
use ddbplan::pricing::{PriceBook, PriceChange, Region, Tier, diff_books, diff_regions};
use serde_json::{Value, json};

use super::{tiers_as_json, tiers_in_words, write_json};
use crate::cli::book::{self, BookArgs};
use crate::cli::{Failure, Outcome};
use ddbplan::report::{Align, Table};

/// Compare two price books, or two Regions of one
///
/// Books are paths, or `shipped` for the one that comes with the program;
/// Regions are codes such as `us-east-1`, looked up in the shipped book or in
/// `--pricing`. Prices are compared, not their sources and dates.
#[derive(clap::Args)]
pub struct Args {
    /// A price book, `shipped`, or a Region
    before: String,
    /// What to compare it with: of the same kind
    after: String,
    /// Only this Region
    #[arg(long, value_name = "CODE")]
    region: Option<String>,
    /// Only dimensions whose id contains this, such as `dynamodb.`
    #[arg(long, value_name = "TEXT")]
    dimension: Option<String>,
    /// Leave out what only one of the two has
    #[arg(long)]
    common: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    book: BookArgs,
}

const SHIPPED: &str = "shipped";

fn load(name: &str) -> Result<PriceBook, Diagnostics> {
    if name == SHIPPED { Ok(PriceBook::embedded()) } else { book::load(Path::new(name)) }
}

pub fn run(args: &Args, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let mut changes = match (Region::new(&args.before), Region::new(&args.after)) {
        (Ok(before), Ok(after)) => {
            let book = args.book.load()?;
            for region in [&before, &after] {
                if !book.regions().any(|known| known == region) {
                    return Err(Failure::Input(
                        Diagnostic::new(format!("the price book knows no Region {region}")).into(),
                    ));
                }
            }
            diff_regions(&book, &before, &after)
        }
        (Err(_), Err(_)) => diff_books(&load(&args.before)?, &load(&args.after)?),
        _ => {
            return Err(Failure::Input(
                Diagnostic::new(format!(
                    "`{}` and `{}` are not of one kind",
                    args.before, args.after
                ))
                .mend("name two price books or two Regions")
                .into(),
            ));
        }
    };
    changes.retain(|change| {
        args.region.as_ref().is_none_or(|code| change.region.code() == code)
            && args.dimension.as_ref().is_none_or(|part| change.key.dimension.id().contains(part))
            && !(args.common && (change.before.is_none() || change.after.is_none()))
    });
    if args.json {
        write_json(out, &Value::Array(changes.iter().map(as_json).collect()))?;
    } else if changes.is_empty() {
        writeln!(out, "no price differs")?;
    } else {
        let header = [
            ("region", Align::Left),
            ("dimension", Align::Left),
            ("per", Align::Left),
            (args.before.as_str(), Align::Left),
            (args.after.as_str(), Align::Left),
        ];
        let rows: Vec<Vec<String>> = changes.iter().map(row).collect();
        let titles = header.iter().map(|(title, _)| *title);
        let aligns = header.iter().map(|(_, align)| *align);
        write!(out, "{}", Table::new(titles).align(aligns).rows(rows))?;
        writeln!(out, "{} prices differ", changes.len())?;
    }
    Ok(Outcome::Done)
}

fn row(change: &PriceChange) -> Vec<String> {
    let words = |tiers: &Option<Vec<Tier>>| {
        tiers.as_deref().map_or_else(|| "no price".to_owned(), tiers_in_words)
    };
    vec![
        change.region.to_string(),
        change.key.to_string(),
        change.key.dimension.unit().to_string(),
        words(&change.before),
        words(&change.after),
    ]
}

fn as_json(change: &PriceChange) -> Value {
    json!({
        "region": change.region.code(),
        "dimension": change.key.dimension.id(),
        "class": change.key.class,
        "unit": change.key.dimension.unit().as_str(),
        "before": change.before.as_deref().map(tiers_as_json),
        "after": change.after.as_deref().map(tiers_as_json),
    })
}
