//! The file format of price books: JSON, one figure a line.
//!
//! `{"format": 1, "title": …, "sources": {id: {…}}, "prices": […],
//! "savings_plan_rates": […], "savings_plan_discounts": […], "classes": […]}`;
//! `pricing/README.md` describes it. Numbers that matter are decimal strings.

mod read;
mod write;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::dimension::Dimension;
use super::hardware::InstanceClass;
use super::price::{Absence, Price, Source};
use super::price_key::PriceKey;
use super::region::Region;
use super::savings_plan::{PlanDiscount, PlanRate};

pub(super) use read::{DECIMAL_MAX, parse, price_key};
pub(super) use write::write;

/// The version of the format that this program writes.
const FORMAT: u32 = 1;

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
