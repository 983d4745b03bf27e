//! AWS's own price lists to a price book.
//!
//! Each form that AWS publishes has one file here and one line in
//! [`IMPORTERS`]; which form a file has is told from its content. Importers
//! only read: what a product is, is decided in one place ([`usage_type`]), and
//! so is which of two statements holds ([`collect`]).

mod collect;
mod feed;
mod get_products;
mod offer_csv;
mod offer_json;
mod product;
mod region_index;
mod savings_plans_csv;
mod table;
mod usage_type;

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::book::PriceBook;
use super::csv;
use crate::finding::{Diagnostic, Diagnostics, Place};
use collect::Collected;

/// What an import yields, beside the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The prices found.
    pub book: PriceBook,
    /// How many prices were taken from the files.
    pub prices: usize,
    /// How many Savings Plan rates were taken from the files.
    pub savings_plan_rates: usize,
    /// What each file was taken for, in the order given.
    pub files: Vec<(String, &'static str)>,
    /// Products that this version has no dimension for: service and usage type
    /// (without its Region prefix and instance class), and how often.
    pub unknown: BTreeMap<(String, String), usize>,
    /// Rules that were applied where the lists are ambiguous or incomplete.
    pub notes: Vec<String>,
}

/// One form of price list.
struct Importer {
    /// What the form is called.
    name: &'static str,
    /// Whether a file has this form.
    accepts: fn(&Probe<'_>) -> bool,
    /// Reads a file that has it.
    read: fn(&File<'_>, &mut Collected),
}

/// Every form that is known. A new one is a file and a line here.
const IMPORTERS: &[Importer] = &[
    offer_json::IMPORTER,
    get_products::IMPORTER,
    offer_csv::IMPORTER,
    savings_plans_csv::IMPORTER,
    feed::IMPORTER,
    region_index::IMPORTER,
];

/// A file to import.
struct File<'t> {
    name: &'t str,
    text: &'t str,
}

impl File<'_> {
    fn place(&self) -> Place {
        Place::file(self.name)
    }
}

/// What a file's form is told from.
enum Probe<'t> {
    /// A JSON object: its keys and what stands under them.
    Json(BTreeMap<String, &'t RawValue>),
    /// Anything else: the cells of its first row that begins with `SKU`.
    Table(Vec<String>),
}

/// How many rows may stand above the header of a table.
const METADATA_ROWS_MAX: usize = 20;

impl<'t> Probe<'t> {
    fn of(text: &'t str) -> Self {
        if let Ok(object) = serde_json::from_str(text) {
            return Self::Json(object);
        }
        let header = csv::rows(text)
            .take(METADATA_ROWS_MAX)
            .find(|row| row.cells.first().is_some_and(|cell| cell == "SKU"));
        Self::Table(header.map(|row| row.cells).unwrap_or_default())
    }

    fn has_keys(&self, keys: &[&str]) -> bool {
        match self {
            Self::Json(object) => keys.iter().all(|key| object.contains_key(*key)),
            Self::Table(_) => false,
        }
    }

    fn has_columns(&self, columns: &[&str]) -> bool {
        match self {
            Self::Table(cells) => columns.iter().all(|name| cells.iter().any(|cell| cell == name)),
            Self::Json(_) => false,
        }
    }
}

/// Reads price lists, given as pairs of name and text, into a book; `onto` is
/// a book whose other prices stay as they are.
///
/// # Errors
/// Files of no known form, figures that cannot be read, and products that
/// contradict one another where no rule says which holds.
pub fn import(files: &[(&str, &str)], onto: Option<PriceBook>) -> Result<Imported, Diagnostics> {
    let mut collected = Collected::default();
    let mut kinds = Vec::new();
    for (name, text) in files {
        let probe = Probe::of(text);
        match IMPORTERS.iter().find(|importer| (importer.accepts)(&probe)) {
            Some(importer) => {
                kinds.push(((*name).to_owned(), importer.name));
                (importer.read)(&File { name, text }, &mut collected);
            }
            None => collected.fault(unknown_form(name, text)),
        }
    }
    collected.finish(kinds, onto.unwrap_or_default())
}

fn unknown_form(name: &str, text: &str) -> Diagnostic {
    let known: Vec<&str> = IMPORTERS.iter().map(|importer| importer.name).collect();
    let fault = Diagnostic::new("this is no price list of a known form")
        .at(Place::file(name))
        .mend(format!("known are: {}", known.join(", ")));
    match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        // Looks like JSON, and is not.
        Err(error) if text.trim_start().starts_with(['{', '[']) => {
            fault.why(format!("it is not JSON: {error}"))
        }
        _ => fault,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn importers_have_names_of_their_own() {
        let names: BTreeSet<&str> = IMPORTERS.iter().map(|importer| importer.name).collect();
        assert_eq!(names.len(), IMPORTERS.len());
    }

    #[test]
    fn no_two_importers_take_the_same_file() {
        let samples = [
            r#"{"offerCode": "x", "products": {}, "terms": {}}"#,
            r#"{"FormatVersion": "aws_v1", "PriceList": []}"#,
            r#"{"manifest": {}, "regions": {}, "sets": {}}"#,
            r#"{"publicationDate": "x", "regions": []}"#,
            "SKU,OfferTermCode,RateCode,TermType,PricePerUnit\n",
            "SKU,RateCode,DiscountedRate,DiscountedSKU\n",
        ];
        for sample in samples {
            let probe = Probe::of(sample);
            let takers = IMPORTERS.iter().filter(|importer| (importer.accepts)(&probe)).count();
            assert_eq!(takers, 1, "{sample}");
        }
    }

    #[test]
    fn a_file_of_no_known_form_is_named() {
        let faults = import(&[("a.txt", "hello"), ("b.json", "{\"a\": ")], None).unwrap_err();
        let said = faults.to_string();
        assert!(said.contains("a.txt: this is no price list of a known form"), "{said}");
        assert!(said.contains("b.json") && said.contains("it is not JSON"), "{said}");
    }
}
