//! The bulk offer file in JSON: products and terms apart, joined by SKU; under
//! `terms` a level for the SKU, then one for the term.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::collect::{Collected, Publication};
use super::product::{JsonProduct, JsonTerm, Term};
use super::{File, Importer};
use crate::finding::Diagnostic;
use crate::pricing::json_place;

pub(super) const IMPORTER: Importer = Importer {
    name: "bulk offer file (JSON)",
    accepts: |probe| probe.has_keys(&["offerCode", "products", "terms"]),
    read,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Offer {
    offer_code: String,
    publication_date: String,
    products: BTreeMap<String, JsonProduct>,
    terms: BTreeMap<String, BTreeMap<String, BTreeMap<String, JsonTerm>>>,
}

fn read(file: &File<'_>, into: &mut Collected) {
    let mut offer: Offer = match json_place::read(file.name, file.text) {
        Ok(offer) => offer,
        Err(fault) => return into.fault(fault),
    };
    let publication =
        match Publication::new("bulk offer file", &offer.offer_code, &offer.publication_date) {
            Ok(publication) => publication,
            Err(what) => return into.fault(Diagnostic::new(what).at(file.place())),
        };
    for (sku, mut product) in offer.products {
        let mut terms: Vec<Term> = Vec::new();
        for (kind, by_sku) in &mut offer.terms {
            let of_product = by_sku.remove(&sku).unwrap_or_default();
            terms.extend(of_product.into_values().map(|term| term.into_term(kind)));
        }
        product.sku = sku;
        product.into_product(terms).collect(&publication, &file.place(), into);
    }
}
