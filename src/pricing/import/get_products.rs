//! What `aws pricing get-products` prints: pages of at most 100 products, each
//! a JSON text inside a string. Terms are keyed by `SKU.TERM` at once, without
//! the level for the SKU that the bulk file has.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::collect::{Collected, Publication};
use super::product::{JsonProduct, JsonTerm};
use super::{File, Importer};
use crate::finding::Diagnostic;
use crate::pricing::json_place;

pub(super) const IMPORTER: Importer =
    Importer { name: "get-products page", accepts: |probe| probe.has_keys(&["PriceList"]), read };

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    next_token: Option<String>,
    price_list: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    product: JsonProduct,
    #[serde(default)]
    service_code: String,
    #[serde(default)]
    terms: BTreeMap<String, BTreeMap<String, JsonTerm>>,
    publication_date: String,
}

fn read(file: &File<'_>, into: &mut Collected) {
    let page: Page = match json_place::read(file.name, file.text) {
        Ok(page) => page,
        Err(fault) => return into.fault(fault),
    };
    if page.next_token.is_some() {
        into.note(format!(
            "{}: has a NextToken, so more pages follow; give them all at once",
            file.name
        ));
    }
    for (index, text) in page.price_list.iter().enumerate() {
        let fault =
            |what: String| Diagnostic::new(format!("PriceList[{index}]: {what}")).at(file.place());
        let entry: Entry = match serde_json::from_str(text) {
            Ok(entry) => entry,
            Err(error) => {
                into.fault(fault(error.to_string()));
                continue;
            }
        };
        let published = &entry.publication_date;
        match Publication::new("get-products", &entry.service_code, published) {
            Ok(publication) => {
                let terms = entry.terms.into_iter().flat_map(|(kind, terms)| {
                    terms.into_values().map(move |term| term.into_term(&kind))
                });
                entry.product.into_product(terms.collect()).collect(
                    &publication,
                    &file.place(),
                    into,
                );
            }
            Err(what) => into.fault(fault(what)),
        }
    }
}
