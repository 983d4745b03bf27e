use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::break_even::{effective_hourly, net_price};
use super::hours::{self, Hours, Kind};
use super::{Commitment, CommitmentOptions, RESERVATION_BLOCK_UNITS, Reservation, UsageSeries};
use crate::finding::{Diagnostic, Diagnostics};
use crate::pricing::book::PriceBook;
use crate::pricing::dimension::Dimension;
use crate::pricing::kinds::{Direction, Term};
use crate::pricing::region::Region;
use crate::pricing::settings::BillSettings;
use crate::units::Usd;

/// The dimensions that a plan or a reservation can cover.
const COVERED: [Dimension; 12] = [
    Dimension::ReadRequestUnits,
    Dimension::WriteRequestUnits,
    Dimension::ReplicatedWriteRequestUnits,
    Dimension::IaReadRequestUnits,
    Dimension::IaWriteRequestUnits,
    Dimension::IaReplicatedWriteRequestUnits,
    Dimension::RcuHours,
    Dimension::WcuHours,
    Dimension::RwcuHours,
    Dimension::IaRcuHours,
    Dimension::IaWcuHours,
    Dimension::IaRwcuHours,
];

/// Whether a reservation or a Savings Plan can cover this at all: throughput,
/// not storage.
#[must_use]
pub fn commitment_covers(dimension: Dimension) -> bool {
    COVERED.contains(&dimension)
}

/// Far more than any account uses in an hour; below it costs stay exact.
const HOUR_UNITS_MAX: Decimal = Decimal::from_parts(0xD4A5_1000, 0xE8, 0, false, 0);

/// A hundred million units provisioned at once: more
/// than any account has. The search for reservations looks at
/// every number of blocks up to the peak.
const PROVISIONED_UNITS_MAX: Decimal = Decimal::from_parts(100_000_000, 0, 0, false, 0);

/// The most units of a dimension in an hour that a commitment is sought for.
pub(in crate::pricing) fn hour_units_max(dimension: Dimension) -> Decimal {
    match dimension {
        Dimension::RcuHours | Dimension::WcuHours => PROVISIONED_UNITS_MAX,
        _ => HOUR_UNITS_MAX,
    }
}

/// The prices of a reservation that may be bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offer {
    pub term: Term,
    /// Per unit, once.
    pub upfront: Decimal,
    /// Per unit and hour, with the upfront fee spread over the term.
    pub effective: Decimal,
}

/// The usage of one account in one Region, with everything that a commitment's
/// cost depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// In the order in which the plan covers them: largest discount first.
    pub(super) kinds: Vec<Kind>,
    pub(super) hours: Vec<Hours>,
    pub(super) hour_count: Decimal,
    /// The cheapest reservation per unit and hour, by direction.
    pub(super) offers: [Option<Offer>; 2],
    pub(super) plan: bool,
    pub(super) sunk_units: [Decimal; 2],
    sunk_hourly: Decimal,
    month_hours: Decimal,
    /// What could not be considered, and why.
    pub(super) left_out: Vec<String>,
}

pub(super) const fn index_of(direction: Direction) -> usize {
    match direction {
        Direction::Read => 0,
        Direction::Write => 1,
    }
}

/// What the usage costs under a commitment, over the period of the series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommitmentCost {
    /// Fees of the reservations, the upfront fee spread over the term.
    pub reserved: Usd,
    /// Hourly fees of reservations that were bought before.
    pub sunk: Usd,
    /// The Savings Plan's commitment.
    pub plan: Usd,
    /// What neither covers, at list price.
    pub list: Usd,
    /// All of it.
    pub total: Usd,
    /// All of it, brought from the hours of the series to a month.
    pub monthly: Usd,
    /// What is paid at once when the reservations are bought.
    pub upfront_cash: Usd,
}

impl Model {
    /// Sums the series hour by hour and looks up the prices.
    ///
    /// # Errors
    /// Series of different lengths, of no hours, or of something that no
    /// commitment covers; a list price that is missing.
    pub fn new(
        book: &PriceBook,
        region: &Region,
        series: &[UsageSeries],
        options: &CommitmentOptions,
        settings: &BillSettings,
    ) -> Result<Self, Diagnostics> {
        let mut faults = Diagnostics::default();
        let by_dimension = sum_by_dimension(series, &mut faults);
        let mut left_out = Vec::new();
        let mut kinds = Vec::new();
        for dimension in by_dimension.keys() {
            match net_price(book, *dimension, region, settings) {
                Ok(price) => {
                    let plan_rate =
                        plan_rate(book, *dimension, region, options, settings, &mut left_out);
                    let reserved_by = match dimension {
                        Dimension::RcuHours => Some(index_of(Direction::Read)),
                        Dimension::WcuHours => Some(index_of(Direction::Write)),
                        _ => None,
                    };
                    kinds.push((*dimension, Kind { price, plan_rate, reserved_by }));
                }
                Err(why) => faults
                    .push(Diagnostic::new(format!("{dimension} in {region} has no price: {why}"))),
            }
        }
        // rate / price rises with falling discount; compared without dividing.
        kinds.sort_by(|(_, a), (_, b)| match (a.plan_rate, b.plan_rate) {
            (Some(rate_a), Some(rate_b)) => (rate_a * b.price).cmp(&(rate_b * a.price)),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) => std::cmp::Ordering::Equal,
        });
        let hours = group_hours(&kinds, &by_dimension);
        let offers = Direction::ALL
            .iter()
            .map(|direction| offer(book, region, *direction, options, settings, &mut left_out));
        let offers: Vec<Option<Offer>> = offers.collect();
        let mut sunk_units = [Decimal::ZERO; 2];
        let mut sunk_hourly = Decimal::ZERO;
        for sunk in &options.sunk {
            let units = Decimal::from(sunk.blocks) * Decimal::from(RESERVATION_BLOCK_UNITS);
            sunk_units[index_of(sunk.direction)] += units;
            let fee = Dimension::reserved_hours(sunk.direction, sunk.term);
            match net_price(book, fee, region, settings) {
                Ok(price) => sunk_hourly += units * price,
                Err(why) => {
                    faults.push(Diagnostic::new(format!("{fee} in {region} has no price: {why}")))
                }
            }
        }
        let hour_count = hours.iter().map(|hours| hours.count).sum();
        faults.finish(Self {
            kinds: kinds.into_iter().map(|(_, kind)| kind).collect(),
            hours,
            hour_count,
            offers: [offers[0], offers[1]],
            plan: options.savings_plan,
            sunk_units,
            sunk_hourly,
            month_hours: settings.month_hours,
            left_out,
        })
    }

    /// The same with all usage at `share` of what it is: what a commitment made
    /// for the plan costs if load falls behind it (0.8: 20 % below).
    #[must_use]
    pub fn scaled(&self, share: Decimal) -> Self {
        let mut scaled = self.clone();
        for hours in &mut scaled.hours {
            for units in &mut hours.units {
                *units *= share;
            }
        }
        scaled
    }

    /// What the usage costs under a commitment.
    ///
    /// # Errors
    /// A reservation that this model has no price for.
    pub fn cost(&self, commitment: &Commitment) -> Result<CommitmentCost, Diagnostic> {
        let mut blocks = [0; 2];
        let mut upfront = Decimal::ZERO;
        for Reservation { direction, term, blocks: bought } in &commitment.reservations {
            let index = index_of(*direction);
            match self.offers[index] {
                Some(offer) if offer.term == *term => {
                    blocks[index] += bought;
                    upfront += offer.upfront * block_units(*bought);
                }
                _ => {
                    return Err(Diagnostic::new(format!(
                        "no {} reservation of {} was considered",
                        direction.as_str(),
                        term.as_str()
                    )));
                }
            }
        }
        Ok(self.cost_of(blocks, commitment.plan_usd_per_hour.get(), upfront))
    }

    pub(super) fn cost_of(
        &self,
        blocks: [u32; 2],
        plan: Decimal,
        upfront: Decimal,
    ) -> CommitmentCost {
        let reserved = self.reserved_hourly(blocks) * self.hour_count;
        let sunk = self.sunk_hourly * self.hour_count;
        let committed = plan * self.hour_count;
        let list: Decimal = self
            .hours
            .iter()
            .map(|hours| {
                let left = self.left(hours, blocks);
                hours::at_list_price(&self.kinds, &left, plan) * hours.count
            })
            .sum();
        let total = reserved + sunk + committed + list;
        let monthly = if self.hour_count.is_zero() {
            Decimal::ZERO
        } else {
            total * self.month_hours / self.hour_count
        };
        CommitmentCost {
            reserved: Usd::new(reserved),
            sunk: Usd::new(sunk),
            plan: Usd::new(committed),
            list: Usd::new(list),
            total: Usd::new(total),
            monthly: Usd::new(monthly),
            upfront_cash: Usd::new(upfront),
        }
    }

    /// Fees of new reservations an hour.
    pub(super) fn reserved_hourly(&self, blocks: [u32; 2]) -> Decimal {
        let fee = |index: usize| {
            self.offers[index]
                .map_or(Decimal::ZERO, |offer| offer.effective * block_units(blocks[index]))
        };
        fee(0) + fee(1)
    }

    pub(super) fn left(&self, hours: &Hours, blocks: [u32; 2]) -> Vec<Decimal> {
        let reserved = |index: usize| self.sunk_units[index] + block_units(blocks[index]);
        hours::left_by_reservations(&self.kinds, &hours.units, [reserved(0), reserved(1)])
    }

    /// Units of the kind that a direction's reservations cover, in such an
    /// hour.
    pub(super) fn reservable(&self, hours: &Hours, index: usize) -> Decimal {
        let kinds = self.kinds.iter().zip(&hours.units);
        kinds.filter(|(kind, _)| kind.reserved_by == Some(index)).map(|(_, units)| *units).sum()
    }
}

pub(super) fn block_units(blocks: u32) -> Decimal {
    Decimal::from(blocks) * Decimal::from(RESERVATION_BLOCK_UNITS)
}

fn sum_by_dimension(
    series: &[UsageSeries],
    faults: &mut Diagnostics,
) -> BTreeMap<Dimension, Vec<Decimal>> {
    let hours = series.first().map_or(0, |one| one.units.len());
    if hours == 0 {
        faults.push(Diagnostic::new("there is no hour of usage to commit to"));
    }
    let mut sums: BTreeMap<Dimension, Vec<Decimal>> = BTreeMap::new();
    for one in series {
        let fault = |what: String| Diagnostic::new(format!("series of {}: {what}", one.resource));
        if !commitment_covers(one.dimension) {
            faults.push(fault(format!("no commitment covers {}", one.dimension)));
        } else if one.units.len() != hours {
            faults.push(fault(format!("{} hours, where others have {hours}", one.units.len())));
        } else if one.units.iter().any(|units| *units < Decimal::ZERO) {
            faults.push(fault("an hour with less than 0 units".to_owned()));
        } else if one.units.iter().any(|units| *units > hour_units_max(one.dimension)) {
            let most = hour_units_max(one.dimension);
            faults.push(fault(format!("an hour with more than {most} units")));
        } else {
            let sum = sums.entry(one.dimension).or_insert_with(|| vec![Decimal::ZERO; hours]);
            for (sum, units) in sum.iter_mut().zip(&one.units) {
                *sum += units;
            }
        }
    }
    for (dimension, units) in &sums {
        let most = hour_units_max(*dimension);
        if units.iter().any(|units| *units > most) {
            faults.push(Diagnostic::new(format!(
                "all series of {dimension} together: an hour with more than {most} units"
            )));
        }
    }
    sums
}

/// Hours that are alike are billed alike, so each kind of hour is kept once.
fn group_hours(
    kinds: &[(Dimension, Kind)],
    by_dimension: &BTreeMap<Dimension, Vec<Decimal>>,
) -> Vec<Hours> {
    let columns: Vec<&Vec<Decimal>> =
        kinds.iter().filter_map(|(dimension, _)| by_dimension.get(dimension)).collect();
    let mut groups: BTreeMap<Vec<Decimal>, Decimal> = BTreeMap::new();
    for hour in 0..columns.first().map_or(0, |column| column.len()) {
        let units = columns.iter().map(|column| column[hour]).collect();
        *groups.entry(units).or_default() += Decimal::ONE;
    }
    groups.into_iter().map(|(units, count)| Hours { units, count }).collect()
}

fn plan_rate(
    book: &PriceBook,
    dimension: Dimension,
    region: &Region,
    options: &CommitmentOptions,
    settings: &BillSettings,
    left_out: &mut Vec<String>,
) -> Option<Decimal> {
    if !options.savings_plan {
        return None;
    }
    match book.savings_plan_price(&dimension.into(), region) {
        Some(plan) if plan.verified || settings.unverified => {
            Some(plan.usd.get() * settings.share_paid(dimension.service()))
        }
        Some(_) => {
            left_out.push(format!(
                "Savings Plan on {dimension}: its rate in {region} is not verified and was not asked for"
            ));
            None
        }
        None => {
            left_out
                .push(format!("Savings Plan on {dimension}: its rate in {region} is not known"));
            None
        }
    }
}

fn offer(
    book: &PriceBook,
    region: &Region,
    direction: Direction,
    options: &CommitmentOptions,
    settings: &BillSettings,
    left_out: &mut Vec<String>,
) -> Option<Offer> {
    let mut best: Option<Offer> = None;
    for term in &options.terms {
        let upfront = Dimension::reserved_upfront(direction, *term);
        let prices = effective_hourly(book, region, direction, *term, settings)
            .and_then(|effective| Ok((net_price(book, upfront, region, settings)?, effective)));
        match prices {
            Ok((upfront, effective)) => {
                if best.is_none_or(|best| effective < best.effective) {
                    best = Some(Offer { term: *term, upfront, effective });
                }
            }
            Err(why) => left_out.push(format!(
                "{} reservation of {} in {region}: {why}",
                direction.as_str(),
                term.as_str()
            )),
        }
    }
    best
}
