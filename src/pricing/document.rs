//! The file format of price books: JSON, one figure a line.
//!
//! `{"format": 1, "title": …, "sources": {id: {…}}, "prices": […],
//! "savings_plan_rates": […], "savings_plan_discounts": […], "classes": […]}`;
//! `pricing/README.md` describes it. Numbers that matter are decimal strings.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::dimension::{Dimension, PriceKey};
use super::hardware::InstanceClass;
use super::json_place::{place_of, read, read_entry};
use super::price::{Absence, Offered, Price, PriceDate, Source, Tier};
use super::region::Region;
use super::savings_plan::{PlanDiscount, PlanRate};
use crate::finding::{Diagnostic, Diagnostics};
use crate::units::Usd;

/// The version of the format that this program writes.
pub(super) const FORMAT: u32 = 1;

/// What one file says, checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Document {
    pub title: String,
    pub sources: BTreeMap<String, Source>,
    pub entries: Vec<(PriceKey, Region, Entry)>,
    pub plan_rates: Vec<(PriceKey, Region, PlanRate)>,
    pub plan_discounts: Vec<(Dimension, PlanDiscount)>,
    pub classes: Vec<InstanceClass>,
}

/// A figure, or the word that there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Price(Price),
    Absent(Absence),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDocument<'t> {
    format: u32,
    title: String,
    sources: BTreeMap<String, RawSource>,
    #[serde(borrow, default)]
    prices: Vec<&'t RawValue>,
    #[serde(borrow, default)]
    savings_plan_rates: Vec<&'t RawValue>,
    #[serde(borrow, default)]
    savings_plan_discounts: Vec<&'t RawValue>,
    #[serde(borrow, default)]
    classes: Vec<&'t RawValue>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct RawSource {
    date: String,
    what: String,
    #[serde(rename = "where", skip_serializing_if = "Option::is_none", default)]
    place: Option<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct RawTier {
    from: String,
    usd: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct RawPrice {
    region: String,
    dimension: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    class: Option<String>,
    unit: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    usd: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    tiers: Option<Vec<RawTier>>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    known_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    absent: Option<String>,
    source: String,
    date: String,
    verified: bool,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    sku: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    note: Option<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct RawPlanDiscount {
    dimension: String,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    families: Vec<String>,
    discount: String,
    source: String,
    date: String,
    verified: bool,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    note: Option<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct RawClass {
    class: String,
    vcpu: u32,
    memory_mib: u64,
    ebs_baseline_mbps: u64,
    ebs_max_mbps: u64,
    ebs_baseline_iops: u64,
    ebs_max_iops: u64,
    network_baseline_gbps: String,
    network_peak_gbps: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    instance_store_gb: Option<u64>,
    source: String,
}

/// A decimal that is not negative.
fn decimal(text: &str, what: &str) -> Result<Decimal, String> {
    match Decimal::from_str_exact(text) {
        Ok(number) if number.is_sign_negative() && !number.is_zero() => {
            Err(format!("{what} `{text}` is negative"))
        }
        Ok(number) => Ok(number.normalize()),
        Err(_) => Err(format!("{what} `{text}` is not a decimal number")),
    }
}

/// A dimension and class that belong together.
pub(super) fn price_key(dimension: &str, class: Option<String>) -> Result<PriceKey, String> {
    let Some(found) = Dimension::from_id(dimension) else {
        let similar = Dimension::similar(dimension);
        return Err(if similar.is_empty() {
            format!("there is no dimension `{dimension}`")
        } else {
            format!("there is no dimension `{dimension}`; did you mean {}", similar.join(" or "))
        });
    };
    match (found.is_per_class(), &class) {
        (true, None) => Err(format!("`{dimension}` needs an instance class")),
        (false, Some(_)) => Err(format!("`{dimension}` has no instance classes")),
        _ => Ok(PriceKey { dimension: found, class }),
    }
}

/// What every entry refers to.
struct Context<'d> {
    sources: &'d BTreeMap<String, Source>,
}

impl Context<'_> {
    fn source(&self, id: String) -> Result<String, String> {
        if self.sources.contains_key(&id) {
            Ok(id)
        } else {
            Err(format!("the source `{id}` is not in this file's `sources`"))
        }
    }

    fn price(&self, raw: RawPrice) -> Result<(PriceKey, Region, Entry), String> {
        let key = price_key(&raw.dimension, raw.class)?;
        let region = Region::new(&raw.region)?;
        if raw.unit != key.dimension.unit().as_str() {
            return Err(format!(
                "the unit of `{}` is {}, not {}",
                key.dimension,
                key.dimension.unit(),
                raw.unit
            ));
        }
        let source = self.source(raw.source)?;
        let date = PriceDate::parse(&raw.date)?;
        let tiers = match (raw.usd, raw.tiers, raw.absent) {
            (Some(usd), None, None) => {
                vec![Tier { from: Decimal::ZERO, usd: Usd::new(decimal(&usd, "the price")?) }]
            }
            (None, Some(tiers), None) => self::tiers(&tiers)?,
            (None, None, Some(absent)) => {
                let offered = match absent.as_str() {
                    "not-offered" => Offered::No,
                    "unknown" => Offered::Unknown,
                    other => {
                        return Err(format!(
                            "`absent` is `not-offered` or `unknown`, not `{other}`"
                        ));
                    }
                };
                let why = raw.note.ok_or("an absent price needs a `note` that says why")?;
                return Ok((key, region, Entry::Absent(Absence { offered, why, source, date })));
            }
            _ => return Err("exactly one of `usd`, `tiers` and `absent` must be given".to_owned()),
        };
        let known_to = raw.known_to.map(|text| decimal(&text, "`known_to`")).transpose()?;
        let (verified, sku, note) = (raw.verified, raw.sku, raw.note);
        let price = Price { tiers, known_to, source, date, verified, sku, note };
        Ok((key, region, Entry::Price(price)))
    }

    fn plan_rate(&self, raw: RawPrice) -> Result<(PriceKey, Region, PlanRate), String> {
        match self.price(raw)? {
            (key, region, Entry::Price(price)) if price.tiers.len() == 1 => {
                let rate =
                    PlanRate { usd: price.tiers[0].usd, source: price.source, date: price.date };
                Ok((key, region, rate))
            }
            _ => Err("a Savings Plan rate is one price: give `usd`".to_owned()),
        }
    }

    fn plan_discount(&self, raw: RawPlanDiscount) -> Result<(Dimension, PlanDiscount), String> {
        let dimension = Dimension::from_id(&raw.dimension)
            .ok_or_else(|| format!("there is no dimension `{}`", raw.dimension))?;
        let share = decimal(&raw.discount, "the discount")?;
        if share >= Decimal::ONE {
            return Err(format!("the discount `{share}` must be a share below 1, such as 0.12"));
        }
        Ok((
            dimension,
            PlanDiscount {
                share,
                families: raw.families,
                source: self.source(raw.source)?,
                date: PriceDate::parse(&raw.date)?,
                verified: raw.verified,
                note: raw.note,
            },
        ))
    }

    fn class(&self, raw: RawClass) -> Result<InstanceClass, String> {
        Ok(InstanceClass {
            class: raw.class,
            vcpu: raw.vcpu,
            memory_mib: raw.memory_mib,
            ebs_baseline_mbps: raw.ebs_baseline_mbps,
            ebs_max_mbps: raw.ebs_max_mbps,
            ebs_baseline_iops: raw.ebs_baseline_iops,
            ebs_max_iops: raw.ebs_max_iops,
            network_baseline_gbps: decimal(&raw.network_baseline_gbps, "the network bandwidth")?,
            network_peak_gbps: decimal(&raw.network_peak_gbps, "the network bandwidth")?,
            instance_store_gb: raw.instance_store_gb,
            source: self.source(raw.source)?,
        })
    }
}

fn tiers(raw: &[RawTier]) -> Result<Vec<Tier>, String> {
    let mut tiers = Vec::with_capacity(raw.len());
    for tier in raw {
        tiers.push(Tier {
            from: decimal(&tier.from, "`from`")?,
            usd: Usd::new(decimal(&tier.usd, "the price")?),
        });
    }
    let rising = tiers.windows(2).all(|pair| pair[0].from < pair[1].from);
    match tiers.first() {
        Some(first) if first.from.is_zero() && rising => Ok(tiers),
        _ => Err("tiers must begin at 0 and rise".to_owned()),
    }
}

/// Reads one file of a price book; all its faults are reported together.
pub(super) fn parse(file: &str, text: &str) -> Result<Document, Diagnostics> {
    let raw: RawDocument<'_> = read(file, text)?;
    let mut faults = Diagnostics::default();
    if raw.format != FORMAT {
        return Err(Diagnostic::new(format!("price book format {} is not known", raw.format))
            .at(place_of(file, text, text))
            .mend(format!("this version reads format {FORMAT}"))
            .into());
    }
    let mut document = Document { title: raw.title, ..Document::default() };
    for (id, source) in raw.sources {
        match PriceDate::parse(&source.date) {
            Ok(date) => {
                let source = Source { what: source.what, date, place: source.place };
                document.sources.insert(id, source);
            }
            Err(what) => faults.push(
                Diagnostic::new(format!("source `{id}`: {what}")).at(place_of(file, text, text)),
            ),
        }
    }
    let context = Context { sources: &document.sources };
    let mut reader = EntryReader { file, text, faults };
    let entries = reader.all(&raw.prices, |raw| context.price(raw));
    let plan_rates = reader.all(&raw.savings_plan_rates, |raw| context.plan_rate(raw));
    let plan_discounts = reader.all(&raw.savings_plan_discounts, |raw| context.plan_discount(raw));
    let classes = reader.all(&raw.classes, |raw| context.class(raw));
    let faults = reader.faults;
    faults.finish(Document { entries, plan_rates, plan_discounts, classes, ..document })
}

struct EntryReader<'t> {
    file: &'t str,
    text: &'t str,
    faults: Diagnostics,
}

impl EntryReader<'_> {
    fn all<R: serde::de::DeserializeOwned, T>(
        &mut self,
        raw: &[&RawValue],
        check: impl Fn(R) -> Result<T, String>,
    ) -> Vec<T> {
        let mut good = Vec::with_capacity(raw.len());
        for entry in raw {
            let read = read_entry(self.file, self.text, entry).and_then(|value| {
                check(value).map_err(|what| {
                    Diagnostic::new(what).at(place_of(self.file, self.text, entry.get()))
                })
            });
            match read {
                Ok(value) => good.push(value),
                Err(fault) => self.faults.push(fault),
            }
        }
        good
    }
}

/// The text of a document, one entry a line, the way [`parse`] reads it.
pub(super) fn write(document: &Document) -> String {
    let sources: Vec<String> = document
        .sources
        .iter()
        .map(|(id, source)| {
            let raw = RawSource {
                date: source.date.to_string(),
                what: source.what.clone(),
                place: source.place.clone(),
            };
            format!("  {}: {}", line(id), line(&raw))
        })
        .collect();
    let mut parts = vec![
        format!(" \"format\": {FORMAT}"),
        format!(" \"title\": {}", line(&document.title)),
        format!(" \"sources\": {{\n{}\n }}", sources.join(",\n")),
    ];
    let mut list = |name: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            parts.push(format!(" \"{name}\": [\n  {}\n ]", lines.join(",\n  ")));
        }
    };
    list("prices", document.entries.iter().map(|entry| line(&raw_price(entry))).collect());
    list(
        "savings_plan_rates",
        document.plan_rates.iter().map(|rate| line(&raw_rate(rate))).collect(),
    );
    list(
        "savings_plan_discounts",
        document.plan_discounts.iter().map(|one| line(&raw_discount(one))).collect(),
    );
    list("classes", document.classes.iter().map(|class| line(&raw_class(class))).collect());
    format!("{{\n{}\n}}\n", parts.join(",\n"))
}

fn line(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).expect("strings, integers and lists of them are always JSON")
}

fn raw_price((key, region, entry): &(PriceKey, Region, Entry)) -> RawPrice {
    let (source, date) = match entry {
        Entry::Price(price) => (&price.source, &price.date),
        Entry::Absent(absence) => (&absence.source, &absence.date),
    };
    let mut raw = RawPrice {
        region: region.code().to_owned(),
        dimension: key.dimension.id().to_owned(),
        class: key.class.clone(),
        unit: key.dimension.unit().as_str().to_owned(),
        usd: None,
        tiers: None,
        known_to: None,
        absent: None,
        source: source.clone(),
        date: date.to_string(),
        verified: true,
        sku: None,
        note: None,
    };
    match entry {
        Entry::Price(price) => {
            match price.tiers.as_slice() {
                [one] => raw.usd = Some(one.usd.get().to_string()),
                tiers => {
                    let tier = |tier: &Tier| RawTier {
                        from: tier.from.to_string(),
                        usd: tier.usd.get().to_string(),
                    };
                    raw.tiers = Some(tiers.iter().map(tier).collect());
                }
            }
            raw.known_to = price.known_to.map(|to| to.to_string());
            raw.verified = price.verified;
            raw.sku.clone_from(&price.sku);
            raw.note.clone_from(&price.note);
        }
        Entry::Absent(absence) => {
            let offered = match absence.offered {
                Offered::No => "not-offered",
                Offered::Unknown => "unknown",
            };
            raw.absent = Some(offered.to_owned());
            raw.note = Some(absence.why.clone());
        }
    }
    raw
}

fn raw_rate((key, region, rate): &(PriceKey, Region, PlanRate)) -> RawPrice {
    RawPrice {
        region: region.code().to_owned(),
        dimension: key.dimension.id().to_owned(),
        class: key.class.clone(),
        unit: key.dimension.unit().as_str().to_owned(),
        usd: Some(rate.usd.get().to_string()),
        tiers: None,
        known_to: None,
        absent: None,
        source: rate.source.clone(),
        date: rate.date.to_string(),
        verified: true,
        sku: None,
        note: None,
    }
}

fn raw_discount((dimension, discount): &(Dimension, PlanDiscount)) -> RawPlanDiscount {
    RawPlanDiscount {
        dimension: dimension.id().to_owned(),
        families: discount.families.clone(),
        discount: discount.share.to_string(),
        source: discount.source.clone(),
        date: discount.date.to_string(),
        verified: discount.verified,
        note: discount.note.clone(),
    }
}

fn raw_class(class: &InstanceClass) -> RawClass {
    RawClass {
        class: class.class.clone(),
        vcpu: class.vcpu,
        memory_mib: class.memory_mib,
        ebs_baseline_mbps: class.ebs_baseline_mbps,
        ebs_max_mbps: class.ebs_max_mbps,
        ebs_baseline_iops: class.ebs_baseline_iops,
        ebs_max_iops: class.ebs_max_iops,
        network_baseline_gbps: class.network_baseline_gbps.to_string(),
        network_peak_gbps: class.network_peak_gbps.to_string(),
        instance_store_gb: class.instance_store_gb,
        source: class.source.clone(),
    }
}
