//! What a table costs besides its reads and writes: storage, backups, streams,
//! and what replicas are sent.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use crate::pricing::{Dimension, PriceKey, Region};

use super::billing::{Billing, Draft};
use super::replication::{in_regions, stored_bytes};
use super::throughput::TableUse;

/// Storage in every Region; of the plan's own Region the table's backups, and
/// what it sends to the others. Backups, continuous or on demand, hold a table
/// with its local indexes; global ones are rebuilt from it (DynamoDB pricing
/// page, "Backup and restore").
pub fn extras(billing: &Billing<'_>, of: &TableUse<'_>, load: Decimal, drafts: &mut Vec<Draft>) {
    let settings = &of.settings;
    let replicated = !settings.replica_regions.is_empty();
    for used in of.uses {
        let mut push = |dimension: Dimension, region: &Region, quantity: Decimal| {
            drafts.push(Draft {
                key: PriceKey::from(dimension),
                region: region.clone(),
                arm: Some(used.arm),
                part: None,
                quantity,
                patterns: BTreeSet::new(),
            });
        };
        if let Some(bytes) = stored_bytes(used, replicated) {
            let gigabytes = billing.conventions.gigabytes(bytes * load);
            push(Dimension::table_storage(settings.class), billing.region, gigabytes);
            let backed_up = !of.is_global_index(used.arm);
            if settings.pitr && backed_up {
                push(Dimension::PitrStorage, billing.region, gigabytes);
            }
            if !settings.backups_kept.is_zero() && backed_up {
                let kept = gigabytes * settings.backups_kept;
                push(Dimension::BackupStorage, billing.region, kept);
            }
            for region in &settings.replica_regions {
                push(Dimension::table_storage(settings.class), region, gigabytes);
            }
        }
        if used.arm.index.is_some() {
            continue;
        }
        for demand in in_regions(billing, &settings.replica_regions, used, false, load) {
            if !demand.transfer_bytes.is_zero() {
                let sent = billing.conventions.gigabytes(demand.transfer_bytes);
                push(Dimension::TransferInterRegionOut, &demand.region, sent);
            }
        }
        if !settings.stream_reads_per_second.is_zero() {
            let requests = settings.stream_reads_per_second * billing.conventions.month_seconds();
            push(Dimension::StreamsReadRequests, billing.region, requests);
        }
    }
}
