//! What each operation costs on demand, so that every dollar of requests can be
//! traced to a statement.

use rust_decimal::Decimal;

use crate::pricing::{Dimension, Direction, PriceKey, TableClass, Usage, bill};
use crate::units::Usd;

use super::billing::Billing;
use super::model::DesignResult;

/// On-demand prices of one read and one write unit; `None` where the book has
/// none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitPrices {
    /// Of one read request unit.
    pub read: Option<Usd>,
    /// Of one write request unit.
    pub write: Option<Usd>,
}

impl UnitPrices {
    /// The prices of the Standard table class.
    #[must_use]
    pub fn on_demand(billing: &Billing<'_>) -> Self {
        let price = |direction| {
            let usage = Usage {
                key: PriceKey::from(Dimension::request_units(direction, TableClass::Standard)),
                region: billing.region.clone(),
                quantity: Decimal::ONE,
                label: String::new(),
            };
            bill(billing.book, &[usage], billing.conventions).monthly()
        };
        Self { read: price(Direction::Read), write: price(Direction::Write) }
    }
}

/// Dollars a month on demand of each operation of a design, as
/// [`crate::demand::Demand::operations`] and its arms.
#[must_use]
pub fn operation_costs(result: &DesignResult, prices: UnitPrices) -> Vec<Vec<Option<Usd>>> {
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
                    let calls = operation.calls_per_month;
                    let read = cost(arm.read, calls, prices.read)?;
                    let write = cost(arm.write, calls, prices.write)?;
                    Some(read + write)
                })
                .collect()
        })
        .collect()
}
