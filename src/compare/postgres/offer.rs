//! The ways to buy a fleet.

use rust_decimal::Decimal;

use crate::postgres::{Fleet, FleetStorage};
use crate::pricing::{Dimension, PriceKey, Term};
use crate::scenario::Purchase;

use super::super::billing::Billing;
use super::bill::{Item, exact};

/// Bytes of WAL that Aurora bills as one write request (Amazon Aurora User Guide,
/// "Amazon Aurora storage").
const AURORA_WRITE_BYTES: f64 = 4096.0;

/// Parts of a fleet, as bills name them.
const VOLUMES: &str = "volumes of primaries and standbys";
const REPLICAS: &str = "volumes of read replicas";
const CLUSTERS: &str = "cluster volumes";

/// A way to buy a fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// RDS Multi-AZ instances, each with a standby and a gp3 volume.
    RdsMultiAz,
    /// Aurora, I/O billed by request.
    Aurora,
    /// Aurora, I/O in the price of instances and storage.
    AuroraIoOptimized,
    /// Aurora, I/O billed by request, instances reserved.
    AuroraReserved(Term, Upfront),
}

/// How much of a reservation is paid upfront.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upfront {
    /// Nothing.
    Nothing,
    /// Part of it.
    Part,
    /// All of it.
    All,
}

impl Offer {
    /// All of them, those at list prices first. For three years nothing is sold
    /// without a payment upfront.
    pub const ALL: [Self; 8] = [
        Self::RdsMultiAz,
        Self::Aurora,
        Self::AuroraIoOptimized,
        Self::AuroraReserved(Term::OneYear, Upfront::Nothing),
        Self::AuroraReserved(Term::OneYear, Upfront::Part),
        Self::AuroraReserved(Term::OneYear, Upfront::All),
        Self::AuroraReserved(Term::ThreeYears, Upfront::Part),
        Self::AuroraReserved(Term::ThreeYears, Upfront::All),
    ];

    /// Those at list prices that a plan permits.
    #[must_use]
    pub const fn listed(purchase: Purchase) -> &'static [Self] {
        match purchase {
            Purchase::Cheapest => &[Self::RdsMultiAz, Self::Aurora, Self::AuroraIoOptimized],
            Purchase::RdsMultiAz => &[Self::RdsMultiAz],
            Purchase::Aurora => &[Self::Aurora],
            Purchase::AuroraIoOptimized => &[Self::AuroraIoOptimized],
        }
    }

    /// What is bought, however it is paid for.
    #[must_use]
    pub const fn product(self) -> &'static str {
        match self {
            Self::RdsMultiAz => "RDS Multi-AZ",
            Self::Aurora | Self::AuroraReserved(..) => "Aurora",
            Self::AuroraIoOptimized => "Aurora I/O-Optimized",
        }
    }

    /// What the stored GB of its primaries are billed as.
    #[must_use]
    pub const fn storage_dimension(self) -> Dimension {
        match self {
            Self::RdsMultiAz => Dimension::RdsMultiAzGp3Storage,
            Self::Aurora | Self::AuroraReserved(..) => Dimension::AuroraStorage,
            Self::AuroraIoOptimized => Dimension::AuroraIoOptimizedStorage,
        }
    }

    /// What a GB of its snapshots is billed as.
    #[must_use]
    pub const fn backup_dimension(self) -> Dimension {
        match self {
            Self::RdsMultiAz => Dimension::RdsBackupStorage,
            _ => Dimension::AuroraBackupStorage,
        }
    }

    /// What the volume of a read replica, or of a Single-AZ instance, is billed as;
    /// `None` where replicas read the primary's.
    #[must_use]
    pub const fn replica_storage(self) -> Option<Dimension> {
        match self {
            Self::RdsMultiAz => Some(Dimension::RdsGp3Storage),
            _ => None,
        }
    }

    /// The name used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RdsMultiAz => "RDS Multi-AZ, on demand",
            Self::Aurora => "Aurora standard, on demand",
            Self::AuroraIoOptimized => "Aurora I/O-Optimized, on demand",
            Self::AuroraReserved(Term::OneYear, upfront) => match upfront {
                Upfront::Nothing => "Aurora standard, reserved 1 year, No Upfront",
                Upfront::Part => "Aurora standard, reserved 1 year, Partial Upfront",
                Upfront::All => "Aurora standard, reserved 1 year, All Upfront",
            },
            Self::AuroraReserved(Term::ThreeYears, upfront) => match upfront {
                Upfront::Nothing => "Aurora standard, reserved 3 years, No Upfront",
                Upfront::Part => "Aurora standard, reserved 3 years, Partial Upfront",
                Upfront::All => "Aurora standard, reserved 3 years, All Upfront",
            },
        }
    }

    /// Years that one commits to; `None` at list prices.
    #[must_use]
    pub const fn committed_years(self) -> Option<u32> {
        match self {
            Self::RdsMultiAz | Self::Aurora | Self::AuroraIoOptimized => None,
            Self::AuroraReserved(term, _) => Some(term.years()),
        }
    }

    /// What the data lie on.
    #[must_use]
    pub const fn storage(self) -> FleetStorage {
        match self {
            Self::RdsMultiAz => FleetStorage::Gp3,
            _ => FleetStorage::Shared,
        }
    }

    /// The instance-hours that it is billed by.
    #[must_use]
    pub const fn instance_hours(self) -> Dimension {
        match self {
            // Multi-AZ costs twice Single-AZ, within 0.1 %, wherever both are
            // listed; the standby is the second instance.
            Self::RdsMultiAz => Dimension::RdsSingleAzHours,
            Self::Aurora => Dimension::AuroraInstanceHours,
            Self::AuroraIoOptimized => Dimension::AuroraIoOptimizedInstanceHours,
            Self::AuroraReserved(Term::OneYear, upfront) => match upfront {
                Upfront::Nothing => Dimension::AuroraReserved1YNoUpfrontHours,
                Upfront::Part => Dimension::AuroraReserved1YPartialUpfrontHours,
                Upfront::All => Dimension::AuroraReserved1YAllUpfrontHours,
            },
            Self::AuroraReserved(Term::ThreeYears, upfront) => match upfront {
                Upfront::Nothing => Dimension::AuroraReserved3YNoUpfrontHours,
                Upfront::Part => Dimension::AuroraReserved3YPartialUpfrontHours,
                Upfront::All => Dimension::AuroraReserved3YAllUpfrontHours,
            },
        }
    }

    /// Instances of a shard: one that answers writes and one to fail over to.
    /// Aurora's readers are both replicas and what is failed over to; an RDS
    /// standby answers nothing.
    pub(super) fn instances(self, fleet: &Fleet) -> u32 {
        let replicas = fleet.replicas_of_a_shard();
        match self {
            Self::RdsMultiAz => 2 + replicas,
            _ => 1 + replicas.max(1),
        }
    }

    /// The instances of a month.
    pub(super) fn instances_item(self, billing: &Billing<'_>, fleet: &Fleet) -> Item {
        let instances = Decimal::from(fleet.shards) * Decimal::from(self.instances(fleet));
        let part = match self {
            Self::RdsMultiAz if fleet.replicas.is_some() => {
                "primaries, their standbys and read replicas"
            }
            Self::RdsMultiAz => "primaries and their standbys",
            _ => "writers and readers",
        };
        let key = PriceKey::of_class(self.instance_hours(), fleet.class.clone());
        Item { part, key, quantity: billing.conventions.month_of(instances) }
    }

    /// What instances, volumes and I/O come to in a month. `peak_to_mean` brings
    /// the fleet's peak down to the month's mean.
    pub(super) fn drafts(
        self,
        billing: &Billing<'_>,
        fleet: &Fleet,
        peak_to_mean: f64,
    ) -> Vec<Item> {
        let conventions = billing.conventions;
        let mut wanted = vec![self.instances_item(billing, fleet)];
        match self {
            Self::RdsMultiAz => wanted.extend(volumes(billing, fleet)),
            Self::AuroraIoOptimized => {
                let gigabytes = cluster_gigabytes(billing, fleet);
                wanted.push(Item::new(CLUSTERS, self.storage_dimension(), gigabytes));
            }
            Self::Aurora | Self::AuroraReserved(..) => {
                let need = &fleet.need;
                let on_replicas =
                    fleet.replicas.as_ref().map_or(0.0, |replicas| replicas.work.read_blocks);
                let at_peak =
                    need.read_blocks + on_replicas + need.wal_bytes_per_second / AURORA_WRITE_BYTES;
                let a_second = exact(at_peak / peak_to_mean) * Decimal::from(3600);
                let gigabytes = cluster_gigabytes(billing, fleet);
                wanted.push(Item::new(CLUSTERS, self.storage_dimension(), gigabytes));
                let requests = conventions.month_of(a_second).ceil();
                wanted.push(Item::new(CLUSTERS, Dimension::AuroraIoRequests, requests));
            }
        }
        wanted
    }

    /// GB of storage whose backup is free.
    pub(super) fn provisioned_gigabytes(self, billing: &Billing<'_>, fleet: &Fleet) -> Decimal {
        match self {
            Self::RdsMultiAz => volume_gigabytes(billing, fleet),
            _ => cluster_gigabytes(billing, fleet),
        }
    }
}

/// gp3 volumes: those of primary and standby have one price, replicas one each.
fn volumes(billing: &Billing<'_>, fleet: &Fleet) -> Vec<Item> {
    let shards = Decimal::from(fleet.shards);
    let gigabytes = volume_gigabytes(billing, fleet);
    let mut wanted = vec![Item::new(VOLUMES, Dimension::RdsMultiAzGp3Storage, gigabytes)];
    if fleet.extra_iops > 0.0 {
        let iops = exact(fleet.extra_iops).ceil() * shards;
        wanted.push(Item::new(VOLUMES, Dimension::RdsMultiAzGp3Iops, iops));
    }
    if let Some(replicas) = &fleet.replicas {
        let of_a_shard = Decimal::from(replicas.of_a_shard);
        let volumes = gigabytes * of_a_shard;
        wanted.push(Item::new(REPLICAS, Dimension::RdsGp3Storage, volumes));
        if replicas.extra_iops > 0.0 {
            let iops = exact(replicas.extra_iops).ceil() * shards * of_a_shard;
            wanted.push(Item::new(REPLICAS, Dimension::RdsGp3Iops, iops));
        }
    }
    wanted
}

/// GB of the primaries' volumes.
fn volume_gigabytes(billing: &Billing<'_>, fleet: &Fleet) -> Decimal {
    let of_a_shard = billing.conventions.gigabytes(exact(fleet.volume_bytes).ceil()).ceil();
    of_a_shard * Decimal::from(fleet.shards)
}

/// GB of all clusters.
fn cluster_gigabytes(billing: &Billing<'_>, fleet: &Fleet) -> Decimal {
    billing.conventions.gigabytes(exact(fleet.need.stored_bytes).ceil()).ceil()
}
