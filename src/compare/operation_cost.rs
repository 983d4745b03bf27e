//! What each operation costs on demand, so that every dollar of requests can be
//! traced to a statement.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::demand::Arm;
use crate::design::{Design, IndexKind};
use crate::pricing::{Dimension, Direction, PriceKey, Region, Usage, bill};
use crate::units::Usd;

use super::billing::Billing;
use super::model::DesignResult;
use super::throughput::write_requests;

/// On-demand prices of one read and one write unit of a table or index, writes
/// in all Regions that they are replicated to; `None` where the book has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitPrices {
    /// Of one read request unit.
    pub read: Option<Usd>,
    /// Of one write request unit.
    pub write: Option<Usd>,
}

/// The prices of every table and index of a design, by table class and replicas.
#[must_use]
pub fn unit_prices(billing: &Billing<'_>, design: &Design) -> BTreeMap<Arm, UnitPrices> {
    let price = |wanted: Vec<(Region, Dimension)>| {
        let usages: Vec<Usage> = wanted
            .into_iter()
            .map(|(region, dimension)| Usage {
                key: PriceKey::from(dimension),
                region,
                quantity: Decimal::ONE,
                label: String::new(),
            })
            .collect();
        bill(billing.book, &usages, billing.conventions).monthly()
    };
    let mut prices = BTreeMap::new();
    for (t, table) in design.tables.iter().enumerate() {
        let settings = billing.settings.dynamodb.table(&table.name);
        let read = Dimension::request_units(Direction::Read, settings.class);
        let read = price(vec![(billing.region.clone(), read)]);
        let of_table = price(write_requests(billing, &settings, false));
        prices.insert(Arm { table: t, index: None }, UnitPrices { read, write: of_table });
        for (i, index) in table.indexes.iter().enumerate() {
            let global = index.kind == IndexKind::Global;
            let write = price(write_requests(billing, &settings, global));
            prices.insert(Arm { table: t, index: Some(i) }, UnitPrices { read, write });
        }
    }
    prices
}

/// Dollars a month on demand of each operation of a design, as
/// [`crate::demand::Demand::operations`] and its arms.
#[must_use]
pub fn operation_costs(result: &DesignResult) -> Vec<Vec<Option<Usd>>> {
    let cost = |units: Decimal, calls: Decimal, price: Option<Usd>| {
        if units.is_zero() { Some(Usd::ZERO) } else { price.map(|price| price * (units * calls)) }
    };
    result
        .demand
        .operations
        .iter()
        .map(|operation| {
            operation
                .arms
                .iter()
                .map(|arm| {
                    let prices = result.unit_prices.get(&arm.arm)?;
                    let calls = operation.calls_per_month;
                    let read = cost(arm.read, calls, prices.read)?;
                    let write = cost(arm.write, calls, prices.write)?;
                    Some(read + write)
                })
                .collect()
        })
        .collect()
}
