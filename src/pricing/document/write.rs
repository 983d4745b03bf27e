use serde::Serialize;

use super::{Document, Entry, FORMAT, RawClass, RawPlanDiscount, RawPrice, RawSource, RawTier};
use crate::pricing::dimension::Dimension;
use crate::pricing::hardware::InstanceClass;
use crate::pricing::price::{Offered, Tier};
use crate::pricing::price_key::PriceKey;
use crate::pricing::region::Region;
use crate::pricing::savings_plan::{PlanDiscount, PlanRate};

/// The text of a document, one entry a line, the way the reader takes it.
pub(in crate::pricing) fn write(document: &Document) -> String {
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
