use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::value::RawValue;

use super::{Document, Entry, FORMAT, RawClass, RawDocument, RawPlanDiscount, RawPrice, RawTier};
use crate::finding::{Diagnostic, Diagnostics};
use crate::pricing::dimension::Dimension;
use crate::pricing::hardware::InstanceClass;
use crate::pricing::json_place::{place_of, read, read_entry};
use crate::pricing::price::{Absence, Offered, Price, PriceDate, Source, Tier};
use crate::pricing::price_key::PriceKey;
use crate::pricing::region::Region;
use crate::pricing::savings_plan::{PlanDiscount, PlanRate};
use crate::units::Usd;

/// No price and no bound of a tier comes near this; below it products with
/// quantities stay exact.
pub(in crate::pricing) const DECIMAL_MAX: Decimal =
    Decimal::from_parts(1_000_000_000, 0, 0, false, 0);

/// A decimal that is not negative.
fn decimal(text: &str, what: &str) -> Result<Decimal, String> {
    match Decimal::from_str_exact(text) {
        Ok(number) if number > DECIMAL_MAX => {
            Err(format!("{what} `{text}` is larger than {DECIMAL_MAX}"))
        }
        Ok(number) if number.is_sign_negative() && !number.is_zero() => {
            Err(format!("{what} `{text}` is negative"))
        }
        Ok(number) => Ok(number.normalize()),
        Err(_) => Err(format!("{what} `{text}` is not a decimal number")),
    }
}

/// A dimension and class that belong together.
pub(in crate::pricing) fn price_key(
    dimension: &str,
    class: Option<String>,
) -> Result<PriceKey, String> {
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
pub(in crate::pricing) fn parse(file: &str, text: &str) -> Result<Document, Diagnostics> {
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
