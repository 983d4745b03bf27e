//! Loading a price book: the shipped one, or a file or folder named by the
//! user.

use std::path::{Path, PathBuf};

use clap::Args;
use ddbplan::disk;
use ddbplan::finding::{Diagnostic, Diagnostics, Place};
use ddbplan::pricing::PriceBook;

/// Which price book to use.
#[derive(Args)]
pub struct BookArgs {
    /// Price book to use instead of the shipped one: a file, or a folder whose
    /// `.json` files make up the book
    #[arg(long, value_name = "PATH")]
    pricing: Option<PathBuf>,
}

impl BookArgs {
    /// The book.
    pub fn load(&self) -> Result<PriceBook, Diagnostics> {
        self.pricing.as_deref().map_or_else(|| Ok(PriceBook::embedded()), load)
    }
}

/// The book in a file or folder.
pub fn load(path: &Path) -> Result<PriceBook, Diagnostics> {
    let paths = if disk::is_folder(path) {
        let mut paths = disk::list(path)?;
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        if paths.is_empty() {
            return Err(Diagnostic::new("there is no price book in this folder")
                .at(Place::file(path.display().to_string()))
                .mend("name a `.json` price book, or a folder that holds some")
                .into());
        }
        paths
    } else {
        vec![path.to_owned()]
    };
    let mut texts = Vec::new();
    for path in paths {
        texts.push((path.display().to_string(), disk::read_text(&path)?));
    }
    let files: Vec<(&str, &str)> =
        texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    PriceBook::parse(&files)
}
