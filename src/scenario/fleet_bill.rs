//! What is billed around the instances and volumes of a Postgres fleet, and how
//! it grows.

use crate::finding::Sourced;
use crate::written::{Section, Written};

use super::assumption::Taker;
use super::people::People;

/// What keeps clients' connections apart from Postgres's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooler {
    /// RDS Proxy, billed by the vCPUs behind it.
    RdsProxy,
    /// A pooler on hosts that are paid for anyway.
    SelfHosted,
}

impl Pooler {
    const WORDS: [&'static str; 2] = ["rds_proxy", "self_hosted"];

    const fn word(self) -> &'static str {
        match self {
            Self::RdsProxy => "rds_proxy",
            Self::SelfHosted => "self_hosted",
        }
    }
}

/// How a fleet may be bought, at list prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purchase {
    /// In the way that costs least at each load.
    Cheapest,
    /// RDS Multi-AZ instances.
    RdsMultiAz,
    /// Aurora, I/O billed by request.
    Aurora,
    /// Aurora, I/O in the price of instances and storage.
    AuroraIoOptimized,
}

impl Purchase {
    const ALL: [Self; 4] =
        [Self::Cheapest, Self::RdsMultiAz, Self::Aurora, Self::AuroraIoOptimized];
    const WORDS: [&'static str; 4] = ["cheapest", "rds_multi_az", "aurora", "aurora_io_optimized"];

    const fn word(self) -> &'static str {
        Self::WORDS[self as usize]
    }
}

/// The part of `[postgres]` that is on the bill beside instances and volumes, or
/// that a fleet grows by.
#[derive(Clone, Debug)]
pub struct FleetBill {
    /// How it is bought.
    pub offer: Sourced<Purchase>,
    /// Days for which any moment can be restored.
    pub backup_retention_days: Sourced<f64>,
    /// Snapshots kept beside these backups, each of the whole database.
    pub snapshots_kept: Sourced<f64>,
    /// What pools connections.
    pub pooler: Sourced<Pooler>,
    /// Share of the bytes between clients and servers that crosses Availability
    /// Zones, percent.
    pub cross_az_percent: Sourced<f64>,
    /// Shards of a staging fleet, each a Single-AZ instance with a volume as large.
    pub staging_shards: Sourced<f64>,
    /// Months before a load comes that shards for it are ready.
    pub reshard_lead_months: Sourced<f64>,
    /// Months for which the old and the new shards are both paid for.
    pub reshard_overlap_months: Sourced<f64>,
    /// Those who look after it.
    pub people: People,
}

impl FleetBill {
    /// Takes the keys out of `[postgres]`.
    pub(super) fn take(taker: &mut Taker, section: &Section<'_, '_>) -> Self {
        let mut number = |key: &str, what: &str, range, default, unit: &str| {
            taker.number(section, key, what, range, default, unit)
        };
        Self {
            backup_retention_days: number(
                "backup_retention_days",
                "days for which any moment can be restored",
                0.0..=35.0,
                7.0,
                " days",
            ),
            snapshots_kept: number(
                "snapshots_kept",
                "snapshots of the whole database kept beside the backups",
                0.0..=1000.0,
                0.0,
                "",
            ),
            cross_az_percent: number(
                "cross_az_percent",
                "share of the bytes between clients and servers that crosses Availability Zones (two \
                 thirds for clients in three zones and a primary in one)",
                0.0..=100.0,
                66.7,
                " %",
            ),
            staging_shards: number(
                "staging_shards",
                "shards of a staging fleet, Single-AZ",
                0.0..=1000.0,
                0.0,
                "",
            ),
            reshard_lead_months: number(
                "reshard_lead_months",
                "months before a load comes that shards for it are ready",
                0.0..=36.0,
                6.0,
                " months",
            ),
            reshard_overlap_months: number(
                "reshard_overlap_months",
                "months for which the old and the new shards are both paid for",
                0.0..=24.0,
                1.0,
                " months",
            ),
            offer: taker.note(
                "postgres.offer",
                "how the fleet is bought",
                section
                    .word("offer", &Purchase::WORDS)
                    .map(|word| Written { value: Purchase::ALL[word.value], place: word.place }),
                Purchase::Cheapest,
                |offer| match offer {
                    Purchase::Cheapest => "what is cheapest of RDS Multi-AZ, Aurora and Aurora \
                                           I/O-Optimized at each load, at list prices; changing from one to \
                                           another is not billed"
                        .to_owned(),
                    stated => stated.word().to_owned(),
                },
            ),
            pooler: taker.note(
                "postgres.pooler",
                "what pools connections",
                section.word("pooler", &Pooler::WORDS).map(|word| Written {
                    value: [Pooler::RdsProxy, Pooler::SelfHosted][word.value],
                    place: word.place,
                }),
                Pooler::RdsProxy,
                |pooler| pooler.word().to_owned(),
            ),
            people: People::take(taker, &section.section_or_empty("people")),
        }
    }
}
