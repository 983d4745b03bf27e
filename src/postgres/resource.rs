//! What one shard has of each resource.

use super::demand::Need;
use super::load::InstanceClass;
use super::settings::{FleetSettings, FleetStorage};

/// gp3 volumes of RDS: from 400 GiB on they are striped and have these much
/// included (Amazon RDS User Guide, "gp3 storage").
const STRIPED_FROM_BYTES: f64 = 400.0 * GIB;
const SMALL_VOLUME: (f64, f64) = (3000.0, 125.0 * MIB);
const STRIPED_VOLUME: (f64, f64) = (12_000.0, 500.0 * MIB);
/// The most operations per second a striped volume can be given.
const STRIPED_IOPS_MAX: f64 = 64_000.0;
const GIB: f64 = 1_073_741_824.0;
const MIB: f64 = 1_048_576.0;
/// The least volume that RDS sells.
const VOLUME_BYTES_MIN: f64 = 20.0 * GIB;

/// What a number of shards can run out of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// CPU.
    Cpu,
    /// I/O operations.
    Iops,
    /// I/O bytes.
    Throughput,
    /// Data.
    Storage,
    /// WAL.
    Wal,
    /// Connections.
    Connections,
}

impl Resource {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Cpu, Self::Iops, Self::Throughput, Self::Storage, Self::Wal, Self::Connections];

    /// The word used in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cpu => "CPU",
            Self::Iops => "IOPS",
            Self::Throughput => "I/O throughput",
            Self::Storage => "storage",
            Self::Wal => "WAL",
            Self::Connections => "connections",
        }
    }

    /// The unit of demand and capacity.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Cpu => "busy vCPUs",
            Self::Iops => "operations per second",
            Self::Throughput | Self::Wal => "bytes per second",
            Self::Storage => "bytes",
            Self::Connections => "statements executing at once",
        }
    }

    /// What all shards together are asked for.
    #[must_use]
    pub const fn demand(self, need: &Need) -> f64 {
        match self {
            Self::Cpu => need.cpus,
            Self::Iops => need.iops,
            Self::Throughput => need.io_bytes_per_second,
            Self::Storage => need.stored_bytes,
            Self::Wal => need.wal_bytes_per_second,
            Self::Connections => need.active,
        }
    }

    /// What one shard of a class has.
    #[must_use]
    pub const fn full(self, class: &InstanceClass, settings: &FleetSettings) -> f64 {
        match (self, settings.storage) {
            (Self::Cpu, _) => class.vcpu * settings.vcpu_speed,
            (Self::Iops | Self::Throughput, FleetStorage::Shared) => f64::INFINITY,
            (Self::Iops, FleetStorage::Gp3) => class.iops.min(STRIPED_IOPS_MAX),
            (Self::Throughput, FleetStorage::Gp3) => {
                class.storage_bytes_per_second.min(STRIPED_VOLUME.1)
            }
            (Self::Storage, storage) => settings.shard_bytes_max.min(storage.bytes_max()),
            (Self::Wal, _) => settings.wal_bytes_per_second_max,
            (Self::Connections, _) => settings.connections,
        }
    }

    /// The share of it that may be asked for.
    #[must_use]
    pub const fn target(self, settings: &FleetSettings) -> f64 {
        match self {
            Self::Cpu => settings.cpu_target,
            Self::Iops | Self::Throughput => settings.io_target,
            Self::Storage => settings.storage_target,
            Self::Wal | Self::Connections => 1.0,
        }
    }
}

/// A gp3 volume of one shard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Volume {
    /// Its size.
    pub bytes: f64,
    /// I/O operations per second bought beyond those included.
    pub extra_iops: f64,
}

impl Volume {
    /// A volume that holds `stored` bytes and does so many operations and bytes a
    /// second at the peak; `None` if there is none.
    pub(super) fn of(stored: f64, io: (f64, f64), settings: &FleetSettings) -> Option<Self> {
        if settings.storage == FleetStorage::Shared {
            return Some(Self { bytes: stored, extra_iops: 0.0 });
        }
        let (wanted_iops, wanted_bytes) = (io.0 / settings.io_target, io.1 / settings.io_target);
        // More I/O than a small volume has is bought with a larger one.
        let small = wanted_iops <= SMALL_VOLUME.0 && wanted_bytes <= SMALL_VOLUME.1;
        let least = if small { VOLUME_BYTES_MIN } else { STRIPED_FROM_BYTES };
        let bytes = (stored / settings.storage_target).max(least);
        let (iops, throughput) =
            if bytes >= STRIPED_FROM_BYTES { STRIPED_VOLUME } else { SMALL_VOLUME };
        (wanted_bytes <= throughput).then(|| Self {
            bytes,
            extra_iops: if wanted_iops > iops { wanted_iops.ceil() - iops } else { 0.0 },
        })
    }
}
