//! What is billed around instances and volumes: backups, the pooler, traffic
//! between zones, staging.

use rust_decimal::Decimal;

use crate::postgres::Fleet;
use crate::pricing::{Dimension, PriceKey, rds_billed_backup};
use crate::scenario::Pooler;

use super::super::billing::Billing;
use super::bill::{Item, exact};
use super::offer::Offer;

/// vCPUs that RDS Proxy bills an instance with at least (Amazon RDS Proxy pricing).
const PROXY_VCPUS_MIN: f64 = 2.0;
/// A part of the bill, as it names it.
const STAGING: &str = "staging, Single-AZ";
const SECONDS_OF_A_DAY: f64 = 86_400.0;

/// What a fleet is billed around its instances and volumes in a month.
pub(super) fn drafts(
    offer: Offer,
    billing: &Billing<'_>,
    fleet: &Fleet,
    peak_to_mean: f64,
) -> Vec<Item> {
    let plan = &billing.settings.postgres.bill;
    let conventions = billing.conventions;
    let mut wanted = vec![backup(offer, billing, fleet, peak_to_mean)];
    if plan.pooler.value == Pooler::RdsProxy {
        let of_a_shard = match offer {
            Offer::RdsMultiAz => 1,
            // Every instance of a cluster is behind the proxy.
            _ => offer.instances(fleet),
        };
        let vcpus = vcpus(billing, fleet) * Decimal::from(fleet.shards * of_a_shard);
        let hours = conventions.month_of(vcpus);
        wanted.push(Item::new("connection pooler", Dimension::RdsProxyVcpuHours, hours));
    }
    let crossing = plan.cross_az_percent.value / 100.0;
    if crossing > 0.0 {
        // EC2 bills both directions, each once; RDS bills none of them.
        let volumes = &fleet.volumes;
        let a_second = volumes.network_bytes_per_second
            + f64::from(fleet.shards - 1) * volumes.network_bytes_per_second_each_more;
        let bytes = exact(a_second * crossing) * conventions.month_seconds();
        let gigabytes = conventions.gigabytes(bytes);
        let part = "between clients and servers in other zones";
        wanted.push(Item::new(part, Dimension::TransferInterAz, gigabytes));
    }
    wanted.extend(staging(offer, billing, fleet));
    wanted
}

/// Backup storage beyond what the volumes include: the data once and what changes
/// within the time that can be restored to, and each snapshot whole.
fn backup(offer: Offer, billing: &Billing<'_>, fleet: &Fleet, peak_to_mean: f64) -> Item {
    let plan = &billing.settings.postgres.bill;
    let (days, snapshots) = (plan.backup_retention_days.value, plan.snapshots_kept.value);
    let need = &fleet.need;
    let wal_a_day = need.wal_bytes_per_second / peak_to_mean * SECONDS_OF_A_DAY;
    let kept = match offer {
        // A daily snapshot holds the blocks changed since the one before; the WAL
        // is kept beside it.
        Offer::RdsMultiAz => {
            let changed = fleet.volumes.changed_bytes_a_day + wal_a_day;
            if days > 0.0 { need.stored_bytes + days * changed } else { 0.0 }
        }
        // Changes are kept, at most the whole for every day; one day is free.
        _ => {
            let changed = (days * wal_a_day).min(days * need.stored_bytes);
            if days > 1.0 { need.stored_bytes + changed } else { 0.0 }
        }
    };
    let all = kept + snapshots * need.stored_bytes;
    let gigabytes = billing.conventions.gigabytes(exact(all).ceil());
    let free = offer.provisioned_gigabytes(billing, fleet);
    let billed = rds_billed_backup(gigabytes, free);
    Item::new("backups beyond what is free", offer.backup_dimension(), billed)
}

fn vcpus(billing: &Billing<'_>, fleet: &Fleet) -> Decimal {
    let vcpus = billing.book.class(&fleet.class).map_or(0.0, |class| f64::from(class.vcpu));
    exact(vcpus.max(PROXY_VCPUS_MIN))
}

/// Single-AZ instances with as much storage as a shard has.
fn staging(offer: Offer, billing: &Billing<'_>, fleet: &Fleet) -> Vec<Item> {
    let count = exact(billing.settings.postgres.bill.staging_shards.value);
    if count.is_zero() {
        return Vec::new();
    }
    let conventions = billing.conventions;
    let key = PriceKey::of_class(offer.instance_hours(), fleet.class.clone());
    let of_a_shard = offer.provisioned_gigabytes(billing, fleet) / Decimal::from(fleet.shards);
    let storage = offer.replica_storage().unwrap_or(offer.storage_dimension());
    vec![
        Item { part: STAGING, key, quantity: conventions.month_of(count) },
        Item::new(STAGING, storage, (of_a_shard * count).ceil()),
    ]
}
