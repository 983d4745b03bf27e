//! The bulk offer file as CSV: one row for each price dimension of each term,
//! with the product's attributes in every row.

use std::collections::BTreeMap;

use super::collect::Collected;
use super::product::{Product, Rate, Term};
use super::table::Table;
use super::{File, Importer};
use crate::finding::Place;

pub(super) const IMPORTER: Importer = Importer {
    name: "bulk offer file (CSV)",
    accepts: |probe| probe.has_columns(&["OfferTermCode", "TermType", "PricePerUnit"]),
    read,
};

fn read(file: &File<'_>, into: &mut Collected) {
    let table = match Table::read("bulk offer file", file) {
        Ok(table) => table,
        Err(fault) => return into.fault(fault),
    };
    let mut products: BTreeMap<String, (Place, Product, BTreeMap<String, Term>)> = BTreeMap::new();
    for row in &table.rows {
        let cell = |column: &str| table.cell(row, column).to_owned();
        let sku = cell("sku");
        let (_, _, terms) = products.entry(sku.clone()).or_insert_with(|| {
            let attributes = table.attributes(row);
            (table.place(row), Product { sku, attributes, terms: Vec::new() }, BTreeMap::new())
        });
        // One term may come into force after another of the same code.
        let code = format!("{} {}", cell("offertermcode"), cell("effectivedate"));
        let term = terms.entry(code).or_insert_with(|| Term {
            kind: cell("termtype"),
            effective: cell("effectivedate"),
            lease: cell("leasecontractlength"),
            option: cell("purchaseoption"),
            offering: cell("offeringclass"),
            rates: Vec::new(),
        });
        term.rates.push(Rate {
            unit: cell("unit"),
            begin: cell("startingrange"),
            end: cell("endingrange"),
            usd: (table.cell(row, "currency") == "USD").then(|| cell("priceperunit")),
        });
    }
    for (place, mut product, terms) in products.into_values() {
        product.terms = terms.into_values().collect();
        product.collect(&table.publication, &place, into);
    }
}
