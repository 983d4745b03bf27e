//! The bill of a fleet, however it is bought.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use crate::postgres::{Fleet, InstanceClass};
use crate::pricing::{BillSettings, Dimension, PriceKey, Usage, bill};
use crate::units::{Usd, decimal_from_f64};

use super::super::billing::{BillLine, Billing, Draft, monthly, priced};
use super::super::model::PostgresPoint;
use super::offer::Offer;
use super::{around, people};

/// What is to be billed for a part of a fleet in a month.
pub(super) struct Item {
    /// The part, in words.
    pub part: &'static str,
    /// What is billed.
    pub key: PriceKey,
    /// How much.
    pub quantity: Decimal,
}

impl Item {
    /// Something that has one price in the Region.
    pub(super) fn new(part: &'static str, dimension: Dimension, quantity: Decimal) -> Self {
        Self { part, key: PriceKey::from(dimension), quantity }
    }
}

/// A fleet with its bill, and what decided it.
pub(super) fn point(
    offer: Offer,
    billing: &Billing<'_>,
    fleet: &Fleet,
    peak_to_mean: f64,
) -> PostgresPoint {
    let own = offer.drafts(billing, fleet, peak_to_mean);
    let around = around::drafts(offer, billing, fleet, peak_to_mean);
    let count = own.len();
    let drafts = own.into_iter().chain(around).map(|item| Draft {
        key: item.key,
        region: billing.region.clone(),
        arm: None,
        part: Some(item.part),
        quantity: item.quantity,
        patterns: BTreeSet::new(),
    });
    let lines = priced(billing, drafts.collect());
    let people = people::counted(billing, fleet.shards);
    let by_resource: Vec<String> = fleet
        .uses
        .iter()
        .map(|one| format!("{} {:.2}", one.resource.word(), one.shards_needed))
        .collect();
    let replicas = match &fleet.replicas {
        None => String::new(),
        Some(replicas) => {
            format!(" for what {} read replicas of each do not answer", replicas.of_a_shard)
        }
    };
    PostgresPoint {
        offer,
        shards: u64::from(fleet.shards),
        class: fleet.class.clone(),
        replicas: fleet.replicas.clone(),
        binding: format!(
            "{} decides; shards needed by each resource{replicas}: {}",
            fleet.binding.word(),
            by_resource.join(", ")
        ),
        monthly: total(&lines, count, people),
        people,
        lines,
        need: fleet.need,
        volumes: fleet.volumes,
        uses: fleet.uses.clone(),
    }
}

/// The sum; `None` if one of the first `count` lines, instances and volumes, has no
/// price. Without that of another line it is a lower bound, which the point says.
fn total(lines: &[BillLine], count: usize, people: Option<Usd>) -> Option<Usd> {
    let around: Usd =
        lines[count..].iter().filter_map(|line| line.usd.as_ref().ok().copied()).sum();
    monthly(&lines[..count]).map(|own| own + around + people.unwrap_or(Usd::ZERO))
}

/// Instance classes that the plan permits and that have a price in the Region.
pub(super) fn classes(
    billing: &Billing<'_>,
    hours: Dimension,
    conventions: &BillSettings,
) -> Vec<InstanceClass> {
    let permitted = &billing.settings.postgres.fleet.classes;
    billing
        .book
        .classes_priced(hours, billing.region)
        .filter(|name| permitted.is_empty() || permitted.iter().any(|one| one.value == *name))
        .filter(|name| {
            let usage = Usage {
                key: PriceKey::of_class(hours, *name),
                region: billing.region.clone(),
                quantity: Decimal::ONE,
                label: String::new(),
            };
            bill(billing.book, &[usage], conventions).monthly().is_some()
        })
        .filter_map(|name| {
            let class = billing.book.class(name)?;
            #[expect(clippy::cast_precision_loss, reason = "hardware figures are far below 2^53")]
            Some(InstanceClass {
                name: name.to_owned(),
                vcpu: f64::from(class.vcpu),
                memory_bytes: class.memory_bytes() as f64,
                iops: class.ebs_baseline_iops as f64,
                storage_bytes_per_second: class.ebs_baseline_bytes_per_second() as f64,
            })
        })
        .collect()
}

/// A size or a rate of a fleet.
pub(super) fn exact(number: f64) -> Decimal {
    decimal_from_f64(number).expect("sizes and rates of a fleet are far below a decimal's limit")
}
