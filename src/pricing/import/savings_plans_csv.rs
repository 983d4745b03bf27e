//! The Savings Plans list as CSV: discounted rates only, without the on-demand
//! price that they are taken off. Unlike the other lists it quotes no cell.

use rust_decimal::Decimal;

use super::collect::{Collected, RateFigure};
use super::table::Table;
use super::usage_type::{Described, recognise, units_in};
use super::{File, Importer};
use crate::finding::Diagnostic;
use crate::pricing::region::Region;
use crate::units::Usd;

pub(super) const IMPORTER: Importer = Importer {
    name: "Savings Plans list (CSV)",
    accepts: |probe| probe.has_columns(&["DiscountedSKU", "DiscountedRate"]),
    read,
};

fn read(file: &File<'_>, into: &mut Collected) {
    let table = match Table::read("Savings Plans list", file) {
        Ok(table) => table,
        Err(fault) => return into.fault(fault),
    };
    for row in &table.rows {
        let cell = |column| table.cell(row, column);
        let (service, usage_type) = (cell("discountedservicecode"), cell("discountedusagetype"));
        let described = Described {
            service,
            usage_type,
            operation: cell("discountedoperation"),
            instance_type: cell("discountedinstancetype"),
            engine: "",
            unit: cell("unit"),
        };
        let region = Region::new(cell("discountedregioncode")).ok();
        let (Some(recognised), Some(region)) = (recognise(&described), region) else {
            into.unknown(service, usage_type);
            continue;
        };
        let offer = (cell("purchaseoption"), cell("leasecontractlength"), cell("currency"));
        if offer != ("No Upfront", "1", "USD") {
            into.note(format!(
                "{}: offers of {} for {} years in {} were left out; only 1 year, No Upfront in USD is used",
                file.name, offer.0, offer.1, offer.2
            ));
            continue;
        }
        let rate = Decimal::from_str_exact(cell("discountedrate"));
        let units = units_in(cell("unit"), recognised.key.dimension.unit());
        match (rate, units) {
            (Ok(rate), Some(units)) if !rate.is_sign_negative() => into.rate(RateFigure {
                key: recognised.key,
                region,
                usd: Usd::new((rate / units).normalize()),
                publication: table.publication.clone(),
                place: table.place(row),
            }),
            _ => into.fault(
                Diagnostic::new(format!(
                    "{usage_type}: `{}` per `{}` is not a rate",
                    cell("discountedrate"),
                    cell("unit")
                ))
                .at(table.place(row)),
            ),
        }
    }
}
