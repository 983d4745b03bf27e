//! A product with its terms, whichever list it was read from, and the figures
//! it yields.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::Deserialize;

use super::collect::{Collected, Figure, Publication};
use super::usage_type::{self, Recognised};
use crate::finding::{Diagnostic, Place};
use crate::pricing::dimension::Dimension;
use crate::pricing::kinds::{Direction, Term as Lease, Unit};
use crate::pricing::price::Tier;
use crate::pricing::price_key::PriceKey;
use crate::pricing::region::Region;
use crate::units::Usd;

/// A product as the lists describe it.
#[derive(Clone, Debug, Default)]
pub(super) struct Product {
    pub sku: String,
    /// Attribute names in lower case without spaces, because JSON says
    /// `usagetype` where CSV says `usageType`, and `instanceType` where CSV
    /// says `Instance Type`.
    pub attributes: BTreeMap<String, String>,
    pub terms: Vec<Term>,
}

/// One way to buy a product.
#[derive(Clone, Debug, Default)]
pub(super) struct Term {
    /// `OnDemand` or `Reserved`.
    pub kind: String,
    /// When the term came into force; of several, the last holds.
    pub effective: String,
    /// `1yr`, `3yr`.
    pub lease: String,
    /// `No Upfront`, `Partial Upfront`, `All Upfront`; DynamoDB's own words
    /// differ.
    pub option: String,
    /// `standard` or `convertible`, for EC2.
    pub offering: String,
    pub rates: Vec<Rate>,
}

/// One price dimension of a term.
#[derive(Clone, Debug, Default)]
pub(super) struct Rate {
    pub unit: String,
    pub begin: String,
    /// Where the tier ends: a number, `Inf`, or nothing for what is paid once.
    pub end: String,
    /// `None` where the list has no price in dollars.
    pub usd: Option<String>,
}

/// A name as [`Product::attributes`] has it.
pub(super) fn attribute_name(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// A product in JSON, in the bulk list and in `get-products`.
#[derive(Deserialize)]
pub(super) struct JsonProduct {
    #[serde(default)]
    pub sku: String,
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
}

/// A term in JSON.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct JsonTerm {
    #[serde(default)]
    effective_date: String,
    #[serde(default)]
    price_dimensions: BTreeMap<String, JsonRate>,
    #[serde(default)]
    term_attributes: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JsonRate {
    #[serde(default)]
    unit: String,
    #[serde(default)]
    begin_range: String,
    #[serde(default)]
    end_range: String,
    #[serde(default)]
    price_per_unit: BTreeMap<String, String>,
}

impl JsonTerm {
    pub(super) fn into_term(self, kind: &str) -> Term {
        let attribute = |name: &str| self.term_attributes.get(name).cloned().unwrap_or_default();
        Term {
            kind: kind.to_owned(),
            lease: attribute("LeaseContractLength"),
            option: attribute("PurchaseOption"),
            offering: attribute("OfferingClass"),
            effective: self.effective_date,
            rates: self
                .price_dimensions
                .into_values()
                .map(|rate| Rate {
                    unit: rate.unit,
                    begin: rate.begin_range,
                    end: rate.end_range,
                    usd: rate.price_per_unit.get("USD").cloned(),
                })
                .collect(),
        }
    }
}

impl JsonProduct {
    pub(super) fn into_product(self, terms: Vec<Term>) -> Product {
        let attributes =
            self.attributes.into_iter().map(|(name, value)| (attribute_name(&name), value));
        Product { sku: self.sku, attributes: attributes.collect(), terms }
    }
}

impl Product {
    fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    /// The Region by its code, which every current list has; older ones and
    /// transfer products only have a name. Never by the usage type's prefix:
    /// us-east-1 has none or `USE1`, and new Regions' are not documented.
    fn region(&self) -> Option<Region> {
        ["regioncode", "fromregioncode"]
            .iter()
            .find_map(|name| Region::new(self.attribute(name)).ok())
            .or_else(|| {
                ["location", "fromlocation"]
                    .iter()
                    .find_map(|name| Region::from_location(self.attribute(name)))
            })
    }

    /// Hands every figure of the product on.
    pub(super) fn collect(self, publication: &Publication, place: &Place, into: &mut Collected) {
        let service = self.attribute("servicecode").to_owned();
        let usage_type = self.attribute("usagetype").to_owned();
        let recognised = usage_type::recognise(&usage_type::Described {
            service: &service,
            usage_type: &usage_type,
            operation: self.attribute("operation"),
            instance_type: self.attribute("instancetype"),
            engine: self.attribute("databaseengine"),
            unit: self
                .terms
                .iter()
                .flat_map(|term| &term.rates)
                .map(|rate| rate.unit.as_str())
                .next()
                .unwrap_or_default(),
        });
        let (Some(recognised), Some(region)) = (recognised, self.region()) else {
            into.unknown(&service, &usage_type);
            return;
        };
        let fault = |what: String| {
            Diagnostic::new(format!("SKU {} ({usage_type}): {what}", self.sku)).at(place.clone())
        };
        let mut figure = |key: PriceKey, tiers: Vec<Tier>, known_to: Option<Decimal>| {
            into.figure(Figure {
                key,
                region: region.clone(),
                tiers,
                known_to,
                sku: self.sku.clone(),
                usage_type: usage_type.clone(),
                rank: recognised.rank,
                publication: publication.clone(),
                place: place.clone(),
                note: None,
            });
        };
        let mut faults = Vec::new();
        if let Some(term) = newest(self.terms.iter().filter(|term| term.kind == "OnDemand")) {
            match tiers(term, recognised.key.dimension.unit()) {
                Ok((tiers, _)) if tiers.is_empty() => {}
                Ok((tiers, known_to)) => figure(recognised.key.clone(), tiers, known_to),
                Err(what) => faults.push(fault(what)),
            }
        }
        for term in self.terms.iter().filter(|term| term.kind == "Reserved") {
            match reserved(term, &recognised) {
                Ok(prices) => {
                    for (key, usd) in prices {
                        let tiers = vec![Tier { from: Decimal::ZERO, usd: Usd::new(usd) }];
                        figure(key, tiers, None);
                    }
                }
                Err(what) => faults.push(fault(what)),
            }
        }
        for fault in faults {
            into.fault(fault);
        }
    }
}

fn newest<'t>(terms: impl Iterator<Item = &'t Term>) -> Option<&'t Term> {
    terms.max_by(|a, b| a.effective.cmp(&b.effective))
}

/// A price of the list in the book's unit.
fn price(rate: &Rate, unit: Unit) -> Result<Option<Decimal>, String> {
    let Some(text) = &rate.usd else {
        return Ok(None);
    };
    let listed = decimal(text)?;
    let units = usage_type::units_in(&rate.unit, unit)
        .ok_or_else(|| format!("its unit `{}` is not known for {unit}", rate.unit))?;
    Ok(Some((listed / units).normalize()))
}

fn decimal(text: &str) -> Result<Decimal, String> {
    match Decimal::from_str_exact(text.trim()) {
        Ok(number) if !number.is_sign_negative() || number.is_zero() => Ok(number.normalize()),
        Ok(_) => Err(format!("the price `{text}` is negative")),
        Err(_) => Err(format!("`{text}` is not a decimal number")),
    }
}

/// The word for a tier without end.
const NO_END: &str = "Inf";

/// The tiers of an on-demand term and where the list stops, if it does. Sorted
/// by where they begin, as numbers: the order in the list means nothing.
fn tiers(term: &Term, unit: Unit) -> Result<(Vec<Tier>, Option<Decimal>), String> {
    let mut ranges: Vec<(Decimal, Option<Decimal>, Usd)> = Vec::new();
    for rate in &term.rates {
        if let Some(usd) = price(rate, unit)? {
            let begin = if rate.begin.is_empty() { Decimal::ZERO } else { decimal(&rate.begin)? };
            let endless = rate.end.is_empty() || rate.end.eq_ignore_ascii_case(NO_END);
            let end = if endless { None } else { Some(decimal(&rate.end)?) };
            ranges.push((begin, end, Usd::new(usd)));
        }
    }
    ranges.sort_by_key(|(begin, _, _)| *begin);
    if let Some((first, _, _)) = ranges.first()
        && !first.is_zero()
    {
        return Err(format!("its first tier begins at {first}, not at 0"));
    }
    for pair in ranges.windows(2) {
        let ((_, end, _), (begin, _, _)) = (&pair[0], &pair[1]);
        if *end != Some(*begin) {
            let end = end.map_or_else(|| NO_END.to_owned(), |end| end.to_string());
            return Err(format!("a tier ends at {end} and the next begins at {begin}"));
        }
    }
    let known_to = ranges.last().and_then(|(_, end, _)| *end);
    Ok((ranges.into_iter().map(|(from, _, usd)| Tier { from, usd }).collect(), known_to))
}

/// The unit of a one-off fee.
const ONE_OFF: &str = "Quantity";

/// The upfront fee and the hourly rate of a reserved term, under the keys that
/// the book has for them; nothing where it has none.
fn reserved(term: &Term, recognised: &Recognised) -> Result<Vec<(PriceKey, Decimal)>, String> {
    let lease = match term.lease.as_str() {
        "1yr" | "1 yr" => Lease::OneYear,
        "3yr" | "3 yr" => Lease::ThreeYears,
        other => return Err(format!("its reservation of `{other}` has no known length")),
    };
    let mut upfront = None;
    let mut hourly = None;
    for rate in &term.rates {
        let Some(text) = &rate.usd else { continue };
        if rate.unit.eq_ignore_ascii_case(ONE_OFF) {
            upfront = Some(decimal(text)?);
        } else {
            hourly = price(rate, recognised.key.dimension.unit())?;
        }
    }
    let direction = match recognised.key.dimension {
        Dimension::WcuHours => Some(Direction::Write),
        Dimension::RcuHours => Some(Direction::Read),
        _ => None,
    };
    if let Some(direction) = direction {
        let fees = [
            (Dimension::reserved_upfront(direction, lease), upfront),
            (Dimension::reserved_hours(direction, lease), hourly),
        ];
        return Ok(fees.into_iter().filter_map(|(d, usd)| Some((d.into(), usd?))).collect());
    }
    Ok(effective(term, recognised, lease, upfront, hourly).into_iter().collect())
}

/// Instances are reserved with or without an upfront part; the book has the
/// effective hourly rate, the upfront part spread over 8,760 hours a year.
fn effective(
    term: &Term,
    recognised: &Recognised,
    lease: Lease,
    upfront: Option<Decimal>,
    hourly: Option<Decimal>,
) -> Option<(PriceKey, Decimal)> {
    let prefix = match recognised.key.dimension {
        Dimension::AuroraInstanceHours => "aurora.reserved",
        Dimension::Ec2InstanceHours if term.offering.eq_ignore_ascii_case("standard") => {
            "ec2.reserved"
        }
        _ => return None,
    };
    let option = term.option.to_lowercase().replace(' ', "-");
    let dimension = Dimension::from_id(&format!("{prefix}-{}-{option}-hours", lease.as_str()))?;
    let hours = Decimal::from(8760 * lease.years());
    let usd = hourly.unwrap_or_default() + upfront.unwrap_or_default() / hours;
    let usd = usd.round_dp_with_strategy(10, RoundingStrategy::MidpointAwayFromZero).normalize();
    Some((PriceKey { dimension, class: recognised.key.class.clone() }, usd))
}
