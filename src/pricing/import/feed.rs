//! The feed behind AWS's DynamoDB pricing page: a map of names to prices for
//! each Region, by the Region's name.
//!
//! Every price stands there twice, under a readable key and under an opaque one
//! of 43 characters; the rate code tells them to be the same. The feed has no
//! usage types and no tier bounds. The free tier shows as a second price of 0;
//! its bound is AWS's published allowance.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde::Deserialize;

use super::collect::{Collected, Figure, Publication};
use super::usage_type::Rank;
use super::{File, Importer};
use crate::finding::Diagnostic;
use crate::pricing::dimension::Dimension;
use crate::pricing::json_place;
use crate::pricing::price::Tier;
use crate::pricing::region::Region;
use crate::units::Usd;

pub(super) const IMPORTER: Importer = Importer {
    name: "pricing-page feed",
    accepts: |probe| probe.has_keys(&["manifest", "regions"]),
    read,
};

#[derive(Deserialize)]
struct Feed {
    manifest: Manifest,
    regions: BTreeMap<String, BTreeMap<String, Entry>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    service_id: String,
    hawk_file_publication_date: String,
    currency_code: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    rate_code: String,
    price: String,
}

const KEYS: &[(&str, Dimension)] = &[
    ("PayPerRequest Write Request Units", Dimension::WriteRequestUnits),
    ("PayPerRequest Read Request Units", Dimension::ReadRequestUnits),
    ("PayPerRequest Replicated Write Request Units", Dimension::ReplicatedWriteRequestUnits),
    ("PayPerRequest Write Request Units IA", Dimension::IaWriteRequestUnits),
    ("PayPerRequest Read Request Units IA", Dimension::IaReadRequestUnits),
    ("PayPerRequest Replicated Write Request Units IA", Dimension::IaReplicatedWriteRequestUnits),
    ("Provisioned Write Units", Dimension::WcuHours),
    ("Provisioned Read Units", Dimension::RcuHours),
    ("Provisioned Replicated Write Units", Dimension::RwcuHours),
    ("Provisioned Write Units IA", Dimension::IaWcuHours),
    ("Provisioned Read Units IA", Dimension::IaRcuHours),
    ("Provisioned Replicated Write Units IA", Dimension::IaRwcuHours),
    ("Data Storage Indexed GB-Mo", Dimension::Storage),
    ("Data Storage Indexed - IA GB-Mo", Dimension::IaStorage),
    ("Provisioned 1yr DDB-WriteUnits Upfront Fee", Dimension::Reserved1YWcuUpfront),
    ("1yr Write Capacity Unit Hrs Provisioned", Dimension::Reserved1YWcuHours),
    ("Provisioned 1yr DDB-ReadUnits Upfront Fee", Dimension::Reserved1YRcuUpfront),
    ("1yr Read Capacity Unit Hrs Provisioned", Dimension::Reserved1YRcuHours),
    ("Provisioned 3yr DDB-WriteUnits Upfront Fee", Dimension::Reserved3YWcuUpfront),
    ("3yr Write Capacity Unit Hrs Provisioned", Dimension::Reserved3YWcuHours),
    ("Provisioned 3yr DDB-ReadUnits Upfront Fee", Dimension::Reserved3YRcuUpfront),
    ("3yr Read Capacity Unit Hrs Provisioned", Dimension::Reserved3YRcuHours),
    ("Streams Read Requests", Dimension::StreamsReadRequests),
    ("Change Data Capture Units for Kinesis Data Streams", Dimension::CdcKinesisUnits),
    ("PITR Backup Storage GB-Mo", Dimension::PitrStorage),
    ("On-Demand Backup Storage GB-Month", Dimension::BackupStorage),
    ("Restore Data Size", Dimension::Restore),
    ("Export Data Size per GB", Dimension::Export),
    ("Export Data Size Incremental Export per GB", Dimension::IncrementalExport),
    ("Import Data Size", Dimension::Import),
];

/// The free allowances a month, and the keys that show that a Region has them:
/// 25 capacity units for 744 hours, 25 GB, 2.5 million stream reads (Amazon
/// DynamoDB pricing page, "AWS Free Tier"). That replicated writes have the
/// bound of ordinary ones is an assumption.
const FREE: &[(&str, Dimension, u32)] = &[
    ("Provisioned Write Units Free Tier", Dimension::WcuHours, 18_600),
    ("Provisioned Read Units Free Tier", Dimension::RcuHours, 18_600),
    // The feed spells this one without a space.
    ("Provisioned Replicated Write UnitsFree Tier", Dimension::RwcuHours, 18_600),
    ("Data Storage Indexed Free Tier GB-Mo", Dimension::Storage, 25),
    ("Streams Read Requests Free Tier", Dimension::StreamsReadRequests, 2_500_000),
];

/// What opaque keys look like.
const OPAQUE_KEY_CHARS: usize = 43;

fn is_opaque(key: &str) -> bool {
    key.len() == OPAQUE_KEY_CHARS && !key.contains(' ')
}

fn read(file: &File<'_>, into: &mut Collected) {
    let feed: Feed = match json_place::read(file.name, file.text) {
        Ok(feed) => feed,
        Err(fault) => return into.fault(fault),
    };
    let fault = |what: String| Diagnostic::new(what).at(file.place());
    let Manifest { service_id, hawk_file_publication_date: published, currency_code } =
        feed.manifest;
    if service_id != "dynamodb" || currency_code != "USD" {
        return into.fault(
            fault(format!("this is the feed of `{service_id}` in {currency_code}"))
                .mend("only DynamoDB's feed in USD is read"),
        );
    }
    let publication = match Publication::new("pricing-page feed", "dynamodb-feed", &published) {
        Ok(publication) => publication,
        Err(what) => return into.fault(fault(what)),
    };
    for (location, entries) in feed.regions {
        match Region::from_location(&location) {
            Some(region) => region_prices(file, &region, &entries, &publication, into),
            None => into.note(format!("{}: the Region `{location}` is not known", file.name)),
        }
    }
}

fn region_prices(
    file: &File<'_>,
    region: &Region,
    entries: &BTreeMap<String, Entry>,
    publication: &Publication,
    into: &mut Collected,
) {
    let readable: BTreeSet<&str> = entries
        .iter()
        .filter(|(key, _)| !is_opaque(key))
        .map(|(_, entry)| entry.rate_code.as_str())
        .collect();
    for (key, entry) in entries {
        if is_opaque(key) && readable.contains(entry.rate_code.as_str()) {
            continue;
        }
        if FREE.iter().any(|(free_key, _, _)| free_key == key) {
            continue;
        }
        let Some((_, dimension)) = KEYS.iter().find(|(known, _)| known == key) else {
            into.unknown("AmazonDynamoDB", key);
            continue;
        };
        let usd = match Decimal::from_str_exact(&entry.price) {
            Ok(usd) if !usd.is_sign_negative() || usd.is_zero() => Usd::new(usd.normalize()),
            _ => {
                into.fault(
                    Diagnostic::new(format!("`{key}` in {region}: `{}` is no price", entry.price))
                        .at(file.place()),
                );
                continue;
            }
        };
        let free = FREE
            .iter()
            .find(|(free_key, of, _)| of == dimension && entries.contains_key(*free_key));
        let paid_from = free.map_or(Decimal::ZERO, |(_, _, allowance)| Decimal::from(*allowance));
        let mut tiers = vec![Tier { from: paid_from, usd }];
        if free.is_some() {
            tiers.insert(0, Tier { from: Decimal::ZERO, usd: Usd::ZERO });
        }
        into.figure(Figure {
            key: (*dimension).into(),
            region: region.clone(),
            tiers,
            known_to: None,
            sku: entry.rate_code.split('.').next().unwrap_or_default().to_owned(),
            usage_type: key.clone(),
            rank: Rank::default(),
            publication: publication.clone(),
            place: file.place(),
            note: free.map(|_| "the feed does not state the bound of the free tier".to_owned()),
        });
    }
}
