//! Prices of a fleet's lines, looked up once: a search prices many fleets and
//! shows one.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::postgres::InstanceClass;
use crate::pricing::{BillSettings, Dimension, PriceKey, PriceState, Usage, bill};
use crate::units::Usd;

use super::super::billing::Billing;
use super::bill::Item;
use super::offer::Offer;

/// What fleets bought in one way are billed beside their instances.
const DIMENSIONS: [Dimension; 11] = [
    Dimension::RdsMultiAzGp3Storage,
    Dimension::RdsMultiAzGp3Iops,
    Dimension::RdsGp3Storage,
    Dimension::RdsGp3Iops,
    Dimension::RdsBackupStorage,
    Dimension::RdsProxyVcpuHours,
    Dimension::AuroraStorage,
    Dimension::AuroraIoOptimizedStorage,
    Dimension::AuroraIoRequests,
    Dimension::AuroraBackupStorage,
    Dimension::TransferInterAz,
];

/// The price of a unit of each line that can be on the bill.
#[derive(Clone, Debug)]
pub(super) struct Rates(BTreeMap<PriceKey, Rate>);

#[derive(Clone, Copy, Debug)]
enum Rate {
    /// The same for every unit.
    Flat(Decimal),
    /// Not known.
    Unknown,
    /// Not the same for every unit: to be billed line by line.
    Tiered,
}

impl Rates {
    /// Those of an offer's classes in the Region.
    pub(super) fn new(
        offer: Offer,
        billing: &Billing<'_>,
        classes: &[InstanceClass],
        conventions: &BillSettings,
    ) -> Self {
        let hours = offer.instance_hours();
        let instances = classes.iter().map(|class| PriceKey::of_class(hours, class.name.clone()));
        let keys = instances.chain(DIMENSIONS.map(PriceKey::from));
        Self(
            keys.map(|key| {
                let rate = rate(billing, &key, conventions);
                (key, rate)
            })
            .collect(),
        )
    }

    /// What an item costs; `None` where it has no price, 0 where not every unit has
    /// the same.
    pub(super) fn of(&self, item: &Item) -> Option<Decimal> {
        match self.0.get(&item.key) {
            Some(Rate::Flat(usd)) => Some(usd * item.quantity),
            Some(Rate::Unknown) => None,
            Some(Rate::Tiered) | None => Some(Decimal::ZERO),
        }
    }

    /// The sum of some lines; `None` if it cannot be told from these rates. Lines
    /// without a price make the sum `None` where they are `needed`, else they are
    /// left out.
    pub(super) fn sum(&self, lines: &[Item], needed: bool) -> Option<Option<Usd>> {
        let mut sum = Decimal::ZERO;
        for Item { key, quantity, .. } in lines {
            match self.0.get(key)? {
                Rate::Flat(usd) => sum += usd * quantity,
                Rate::Unknown if needed => return Some(None),
                Rate::Unknown => {}
                Rate::Tiered => return None,
            }
        }
        Some(Some(Usd::new(sum)))
    }
}

fn rate(billing: &Billing<'_>, key: &PriceKey, conventions: &BillSettings) -> Rate {
    if let PriceState::Known(price) = billing.book.price(key, billing.region)
        && (price.tiers.len() > 1 || price.known_to.is_some())
    {
        return Rate::Tiered;
    }
    let usage = Usage {
        key: key.clone(),
        region: billing.region.clone(),
        quantity: Decimal::ONE,
        label: String::new(),
    };
    let line = bill(billing.book, &[usage], conventions).lines.remove(0);
    line.usd().map_or(Rate::Unknown, |usd| Rate::Flat(usd.get()))
}
