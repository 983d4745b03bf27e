//! The ways in which fleets may be bought, with their instances and prices looked
//! up once.

use rust_decimal::Decimal;

use crate::postgres::{Ceiling, Fleet, FleetSettings, FleetStorage, InstanceClass, Load};
use crate::postgres::{ceiling, fleets};
use crate::pricing::BillSettings;
use crate::units::Usd;

use super::super::billing::Billing;
use super::offer::Offer;
use super::rates::Rates;
use super::{around, bill, people};

/// Instances that may be taken, with what they and all around them cost.
#[derive(Clone)]
pub struct Choice {
    markets: Vec<Market>,
    unverified: bool,
}

/// Instances whose data lie on one kind of storage: the same fleets carry a load in
/// whichever way they are bought.
#[derive(Clone)]
struct Market {
    storage: FleetStorage,
    classes: Vec<InstanceClass>,
    offers: Vec<(Offer, Rates)>,
}

/// A fleet as it is bought.
pub(super) struct Bought {
    /// What it costs a month.
    pub monthly: Usd,
    /// How.
    pub offer: Offer,
    /// The fleet.
    pub fleet: Fleet,
}

impl Choice {
    /// Some ways to buy, of instances with a verified price or with any.
    pub(super) fn new(offers: &[Offer], billing: &Billing<'_>, unverified: bool) -> Self {
        let conventions = BillSettings { unverified, ..billing.conventions.clone() };
        let on = |storage: FleetStorage| {
            let offers: Vec<Offer> =
                offers.iter().copied().filter(|offer| offer.storage() == storage).collect();
            let mut classes: Vec<InstanceClass> = Vec::new();
            for offer in &offers {
                for class in bill::classes(billing, offer.instance_hours(), &conventions) {
                    if !classes.iter().any(|known| known.name == class.name) {
                        classes.push(class);
                    }
                }
            }
            let offers = offers
                .iter()
                .map(|offer| (*offer, Rates::new(*offer, billing, &classes, &conventions)))
                .collect();
            Market { storage, classes, offers }
        };
        let markets = [FleetStorage::Gp3, FleetStorage::Shared].map(on);
        Self { markets: markets.into(), unverified }
    }

    /// The billing conventions that its prices are taken by.
    pub(super) fn conventions(&self, billing: &Billing<'_>) -> BillSettings {
        BillSettings { unverified: self.unverified, ..billing.conventions.clone() }
    }

    /// An instance class by its name.
    pub(super) fn class(&self, name: &str) -> Option<&InstanceClass> {
        self.markets.iter().flat_map(|market| &market.classes).find(|class| class.name == name)
    }

    /// Whether there is nothing to be bought.
    pub(super) fn is_empty(&self) -> bool {
        self.markets.iter().all(|market| market.classes.is_empty())
    }

    /// Every class, to be changed.
    pub(in super::super) fn classes_mut(&mut self) -> impl Iterator<Item = &mut InstanceClass> {
        self.markets.iter_mut().flat_map(|market| &mut market.classes)
    }

    /// The cheapest fleet for a multiple of today's load.
    pub(super) fn cheapest(
        &self,
        billing: &Billing<'_>,
        load: &Load,
        settings: &FleetSettings,
        multiple: f64,
    ) -> Option<Bought> {
        let peak_to_mean = load.peak_to_mean;
        let carrying: Vec<(&Market, Fleet)> = self
            .markets
            .iter()
            .flat_map(|market| {
                fleets(load, &market.classes, &market.settings(settings), multiple)
                    .into_iter()
                    .map(move |fleet| (market, fleet))
            })
            .collect();
        let mut candidates: Vec<(Decimal, Offer, &Rates, &Fleet)> = carrying
            .iter()
            .flat_map(|(market, fleet)| market.offers.iter().map(move |offer| (offer, fleet)))
            .filter_map(|((offer, rates), fleet)| {
                let instances = rates.of(&offer.instances_item(billing, fleet))?;
                Some((instances, *offer, rates, fleet))
            })
            .collect();
        // Instances alone cost less than all of it: once they cost more than the
        // best fleet so far, nothing that follows is cheaper.
        candidates.sort_by_key(|(instances, ..)| *instances);
        let mut best: Option<(Usd, Offer, &Fleet)> = None;
        for (instances, offer, rates, fleet) in candidates {
            if best.as_ref().is_some_and(|best| instances > best.0.get()) {
                break;
            }
            let Some(monthly) = self.total(offer, rates, billing, fleet, peak_to_mean) else {
                continue;
            };
            let beats = |(usd, _, other): &(Usd, Offer, &Fleet)| {
                (monthly, fleet.shards) < (*usd, other.shards)
            };
            if best.as_ref().is_none_or(beats) {
                best = Some((monthly, offer, fleet));
            }
        }
        best.map(|(monthly, offer, fleet)| Bought { monthly, offer, fleet: fleet.clone() })
    }

    /// How far the load can grow.
    pub(super) fn ceiling(&self, load: &Load, settings: &FleetSettings) -> Option<Ceiling> {
        self.markets
            .iter()
            .filter_map(|market| ceiling(load, &market.classes, &market.settings(settings)))
            .max_by(|a, b| a.multiple.total_cmp(&b.multiple))
    }

    /// What a fleet costs a month; `None` if instances or volumes have no price.
    fn total(
        &self,
        offer: Offer,
        rates: &Rates,
        billing: &Billing<'_>,
        fleet: &Fleet,
        peak_to_mean: f64,
    ) -> Option<Usd> {
        let own = rates.sum(&offer.drafts(billing, fleet, peak_to_mean), true);
        let around = rates.sum(&around::drafts(offer, billing, fleet, peak_to_mean), false);
        let people = people::counted(billing, fleet.shards).unwrap_or(Usd::ZERO);
        if let (Some(own), Some(around)) = (own, around) {
            return Some(own? + around? + people);
        }
        let conventions = self.conventions(billing);
        let billing = Billing { conventions: &conventions, ..*billing };
        bill::point(offer, &billing, fleet, peak_to_mean).monthly
    }
}

impl Market {
    fn settings(&self, settings: &FleetSettings) -> FleetSettings {
        FleetSettings { storage: self.storage, ..*settings }
    }
}
