//! The bill of a fleet of RDS instances.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use crate::postgres::{Fleet, InstanceClass};
use crate::pricing::{Dimension, PriceKey, Usage, bill};
use crate::units::decimal_from_f64;

use super::super::billing::{BillLine, Billing, Draft, monthly, priced};
use super::super::model::PostgresPoint;

/// The bill of a fleet of Multi-AZ instances, each with a gp3 volume.
pub(super) fn multi_az(billing: &Billing<'_>, fleet: &Fleet) -> PostgresPoint {
    let conventions = billing.conventions;
    let shards = Decimal::from(fleet.shards);
    let gigabytes = conventions.gigabytes(exact(fleet.volume_bytes).ceil()).ceil() * shards;
    // Multi-AZ costs twice Single-AZ, within 0.1 %, wherever both are listed;
    // the standby is the second instance.
    let instances = shards * Decimal::TWO;
    let mut wanted = vec![
        (
            PriceKey::of_class(Dimension::RdsSingleAzHours, fleet.class.clone()),
            conventions.month_of(instances),
        ),
        (PriceKey::from(Dimension::RdsMultiAzGp3Storage), gigabytes),
    ];
    if fleet.extra_iops > 0.0 {
        wanted.push((
            PriceKey::from(Dimension::RdsMultiAzGp3Iops),
            exact(fleet.extra_iops).ceil() * shards,
        ));
    }
    let drafts = wanted
        .into_iter()
        .map(|(key, quantity)| Draft {
            key,
            region: billing.region.clone(),
            arm: None,
            quantity,
            patterns: BTreeSet::new(),
        })
        .collect();
    point(fleet, priced(billing, drafts))
}

/// A fleet with its bill, and what decided it.
pub(in crate::compare) fn point(fleet: &Fleet, lines: Vec<BillLine>) -> PostgresPoint {
    let by_resource: Vec<String> = fleet
        .uses
        .iter()
        .map(|one| format!("{} {:.2}", one.resource.word(), one.shards_needed))
        .collect();
    PostgresPoint {
        shards: u64::from(fleet.shards),
        class: fleet.class.clone(),
        binding: format!(
            "{} decides; shards needed by each resource: {}",
            fleet.binding.word(),
            by_resource.join(", ")
        ),
        monthly: monthly(&lines),
        lines,
        need: fleet.need,
        uses: fleet.uses.clone(),
    }
}

/// Instance classes with a verified price in the Region.
pub(in crate::compare) fn classes(billing: &Billing<'_>, hours: Dimension) -> Vec<InstanceClass> {
    billing
        .book
        .classes_priced(hours, billing.region)
        .filter(|name| {
            let usage = Usage {
                key: PriceKey::of_class(hours, *name),
                region: billing.region.clone(),
                quantity: Decimal::ONE,
                label: String::new(),
            };
            bill(billing.book, &[usage], billing.conventions).monthly().is_some()
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
pub(in crate::compare) fn exact(number: f64) -> Decimal {
    decimal_from_f64(number).expect("sizes and rates of a fleet are far below a decimal's limit")
}
