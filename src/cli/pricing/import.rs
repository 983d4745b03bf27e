use std::io::Write;
use std::path::PathBuf;

use ddbplan::disk;
use ddbplan::finding::{Diagnostic, Diagnostics, Place};
use ddbplan::pricing::{PriceBook, import};

use crate::cli::{Failure, Outcome, book};

/// Make a price book of AWS's own price lists
///
/// Reads bulk offer files (JSON or CSV), `aws pricing get-products` pages, the
/// pricing page's DynamoDB feed and Savings Plans lists (CSV); the form is told
/// from the content.
#[derive(clap::Args)]
pub struct Args {
    /// Price lists; all pages of one query together
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Where to write the book
    #[arg(short, long, value_name = "BOOK")]
    output: PathBuf,
    /// Keep the other prices of this book, and its instance hardware: a path,
    /// or `shipped`
    #[arg(long, value_name = "BOOK")]
    onto: Option<PathBuf>,
    /// Overwrite the output if it exists
    #[arg(long)]
    force: bool,
}

/// How many kinds of unknown products are listed by name.
const UNKNOWN_LISTED_MAX: usize = 25;

pub fn run(args: &Args, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let onto = match args.onto.as_deref() {
        None => None,
        Some(path) if path.as_os_str() == "shipped" => Some(PriceBook::embedded()),
        Some(path) => Some(book::load(path)?),
    };
    let mut texts = Vec::new();
    for path in &args.files {
        texts.push((path.display().to_string(), read(path)?));
    }
    let files: Vec<(&str, &str)> =
        texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let imported = import(&files, onto)?;
    let title = "imported from AWS price lists";
    disk::write(&args.output, imported.book.to_text(title).as_bytes(), args.force)?;

    for (file, kind) in &imported.files {
        writeln!(out, "{file}: {kind}")?;
    }
    for note in &imported.notes {
        writeln!(out, "note: {note}")?;
    }
    let products: usize = imported.unknown.values().sum();
    if products > 0 {
        writeln!(out, "{products} products are none that ddbplan bills and were left out:")?;
        for ((service, usage_type), count) in imported.unknown.iter().take(UNKNOWN_LISTED_MAX) {
            writeln!(out, "  {count:>5}  {service}  {usage_type}")?;
        }
        let more = imported.unknown.len().saturating_sub(UNKNOWN_LISTED_MAX);
        if more > 0 {
            writeln!(out, "         and {more} more kinds")?;
        }
    }
    writeln!(
        out,
        "{} prices and {} Savings Plan rates; {} is price book {}",
        imported.prices,
        imported.savings_plan_rates,
        args.output.display(),
        imported.book.id()
    )?;
    Ok(Outcome::Done)
}

/// AWS serves the feed compressed even to those who did not ask for it.
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

fn read(path: &std::path::Path) -> Result<String, Diagnostics> {
    let bytes = disk::read(path)?;
    let place = Place::file(path.display().to_string());
    if bytes.starts_with(&GZIP_MAGIC) {
        return Err(Diagnostic::new("this file is compressed with gzip")
            .at(place)
            .mend("decompress it first: gunzip")
            .into());
    }
    String::from_utf8(bytes).map_err(|error| {
        Diagnostic::new(format!("this is not UTF-8 text: {error}")).at(place).into()
    })
}
