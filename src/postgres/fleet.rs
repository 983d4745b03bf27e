//! From a load to the fleets that carry it.

use super::cpu::CpuEstimate;
use super::load::{InstanceClass, Load};
use super::settings::{FleetSettings, FleetStorage};

/// Bytes of a Postgres block.
const BLOCK_BYTES: f64 = 8192.0;
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

/// What a load needs of each resource at its peak, all shards together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Need {
    /// Busy CPUs.
    pub cpus: f64,
    /// Their range.
    pub cpu_range: (f64, f64),
    /// Blocks read from storage per second.
    pub read_blocks: f64,
    /// I/O operations per second.
    pub iops: f64,
    /// I/O bytes per second.
    pub io_bytes_per_second: f64,
    /// WAL bytes per second.
    pub wal_bytes_per_second: f64,
    /// Bytes stored.
    pub stored_bytes: f64,
    /// Statements executing at once.
    pub active: f64,
}

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
}

/// A fleet that carries a load.
#[derive(Clone, Debug, PartialEq)]
pub struct Fleet {
    /// The instance class of every shard.
    pub class: String,
    /// How many shards.
    pub shards: u32,
    /// How many each resource asks for by itself.
    pub shards_by_resource: Vec<(Resource, f64)>,
    /// The resource that decided.
    pub binding: Resource,
    /// Bytes of each shard's volume.
    pub volume_bytes: f64,
    /// I/O operations per second bought for each shard beyond those included.
    pub extra_iops: f64,
    /// Share of each resource in use at the peak (of CPU: busy CPUs; of the
    /// others: of what the settings allow a shard).
    pub utilization: Vec<(Resource, f64)>,
}

/// What a load needs at `multiple` times today's, at its peak.
#[must_use]
pub fn need(load: &Load, settings: &FleetSettings, multiple: f64) -> Need {
    let peak = multiple * load.peak_to_mean;
    let cpu = CpuEstimate::of(load, settings);
    let per_second = |of: fn(&super::load::StatementLoad) -> f64| -> f64 {
        load.statements.iter().map(|one| one.calls_per_second * of(one)).sum::<f64>() * peak
    };
    let read_blocks = per_second(|one| one.blocks_read);
    let dirtied = per_second(|one| one.blocks_dirtied);
    let wal = per_second(|one| one.wal_bytes);
    let active = per_second(|one| one.exec_ms / 1000.0);
    // Pages written by a checkpoint: distinct ones among those dirtied since the
    // last.
    let pages = (load.stored_bytes * multiple / BLOCK_BYTES).max(1.0);
    let dirtied_per_interval = dirtied * settings.checkpoint_seconds;
    let written =
        pages * (1.0 - (-dirtied_per_interval / pages).exp()) / settings.checkpoint_seconds;
    let flushes = load.commits_per_second * peak / settings.commits_per_flush;
    Need {
        cpus: cpu.mid * peak,
        cpu_range: (cpu.low * peak, cpu.high * peak),
        read_blocks,
        iops: read_blocks + written + flushes,
        io_bytes_per_second: (read_blocks + written) * BLOCK_BYTES + wal,
        wal_bytes_per_second: wal,
        stored_bytes: load.stored_bytes * multiple,
        active,
    }
}

/// For each class the smallest fleet that carries the need; none if even as many
/// shards as there are logical ones are too few.
#[must_use]
pub fn fleets(need: &Need, classes: &[InstanceClass], settings: &FleetSettings) -> Vec<Fleet> {
    classes.iter().filter_map(|class| fleet(need, class, settings)).collect()
}

fn fleet(need: &Need, class: &InstanceClass, settings: &FleetSettings) -> Option<Fleet> {
    let shards_by_resource: Vec<(Resource, f64)> = Resource::ALL
        .into_iter()
        .map(|resource| (resource, demand(need, resource) / capacity(class, settings, resource)))
        .collect();
    let (binding, most) = shards_by_resource.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let least = most.ceil().max(1.0);
    // The volume's own limits depend on its size, so on the number of shards.
    let shards = (1..=settings.logical_shards)
        .filter(|shards| settings.logical_shards.is_multiple_of(*shards))
        .find(|&shards| f64::from(shards) >= least && volume_carries(need, shards, settings))?;
    let count = f64::from(shards);
    let volume_bytes = volume_bytes(need, shards, settings);
    let included = volume(volume_bytes).0;
    let wanted = need.iops / count / settings.io_target;
    Some(Fleet {
        class: class.name.clone(),
        shards,
        binding,
        volume_bytes,
        extra_iops: if settings.storage == FleetStorage::Gp3 && wanted > included {
            wanted.ceil() - included
        } else {
            0.0
        },
        utilization: Resource::ALL
            .into_iter()
            .map(|resource| {
                let target = target(settings, resource);
                let full = capacity(class, settings, resource) / target;
                (resource, demand(need, resource) / count / full)
            })
            .collect(),
        shards_by_resource,
    })
}

fn demand(need: &Need, resource: Resource) -> f64 {
    match resource {
        Resource::Cpu => need.cpus,
        Resource::Iops => need.iops,
        Resource::Throughput => need.io_bytes_per_second,
        Resource::Storage => need.stored_bytes,
        Resource::Wal => need.wal_bytes_per_second,
        Resource::Connections => need.active,
    }
}

/// What one shard of a class may be asked for.
fn capacity(class: &InstanceClass, settings: &FleetSettings, resource: Resource) -> f64 {
    let full = match resource {
        Resource::Cpu => class.vcpu,
        Resource::Iops | Resource::Throughput if settings.storage == FleetStorage::Shared => {
            f64::INFINITY
        }
        Resource::Iops => class.iops.min(STRIPED_IOPS_MAX),
        Resource::Throughput => class.storage_bytes_per_second.min(STRIPED_VOLUME.1),
        Resource::Storage => settings.shard_bytes_max,
        Resource::Wal => settings.wal_bytes_per_second_max,
        Resource::Connections => settings.connections,
    };
    full * target(settings, resource)
}

fn target(settings: &FleetSettings, resource: Resource) -> f64 {
    match resource {
        Resource::Cpu => settings.cpu_target,
        Resource::Iops | Resource::Throughput => settings.io_target,
        Resource::Storage => settings.storage_target,
        Resource::Wal | Resource::Connections => 1.0,
    }
}

fn volume_bytes(need: &Need, shards: u32, settings: &FleetSettings) -> f64 {
    if settings.storage == FleetStorage::Shared {
        return need.stored_bytes / f64::from(shards);
    }
    let data = need.stored_bytes / f64::from(shards) / settings.storage_target;
    let (iops, bytes) = SMALL_VOLUME;
    let small_is_enough = need.iops / f64::from(shards) <= iops * settings.io_target
        && need.io_bytes_per_second / f64::from(shards) <= bytes * settings.io_target;
    // More I/O than a small volume has is bought with a larger one.
    let least = if small_is_enough { VOLUME_BYTES_MIN } else { STRIPED_FROM_BYTES };
    data.max(least)
}

fn volume(bytes: f64) -> (f64, f64) {
    if bytes >= STRIPED_FROM_BYTES { STRIPED_VOLUME } else { SMALL_VOLUME }
}

fn volume_carries(need: &Need, shards: u32, settings: &FleetSettings) -> bool {
    if settings.storage == FleetStorage::Shared {
        return true;
    }
    let (_, throughput) = volume(volume_bytes(need, shards, settings));
    need.io_bytes_per_second / f64::from(shards) <= throughput * settings.io_target
}

/// The largest multiple of today's load that one instance of any class carries,
/// and what stops it.
#[must_use]
pub fn single_ceiling(
    load: &Load,
    classes: &[InstanceClass],
    settings: &FleetSettings,
) -> Option<(f64, Resource)> {
    let carried = |multiple: f64| {
        fleets(&need(load, settings, multiple), classes, settings)
            .iter()
            .any(|fleet| fleet.shards == 1)
    };
    if !carried(1e-6) {
        return None;
    }
    let (mut low, mut high) = (1e-6_f64, 1e9_f64);
    while high / low > 1.0 + 1e-9 {
        let middle = (low * high).sqrt();
        if carried(middle) { low = middle } else { high = middle }
    }
    // The class that comes furthest names the resource that stops it.
    let stopped = classes
        .iter()
        .filter_map(|class| {
            let need = need(load, settings, high);
            Resource::ALL
                .into_iter()
                .map(|resource| {
                    (demand(&need, resource) / capacity(class, settings, resource), resource)
                })
                .max_by(|a, b| a.0.total_cmp(&b.0))
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))?;
    Some((low, stopped.1))
}

#[cfg(test)]
mod tests {
    use super::super::load::StatementLoad;
    use super::*;

    fn class(vcpu: f64) -> InstanceClass {
        InstanceClass {
            name: format!("test.{vcpu}"),
            vcpu,
            memory_bytes: vcpu * 8.0 * GIB,
            iops: 40_000.0,
            storage_bytes_per_second: 1e9,
        }
    }

    fn cpu_bound() -> Load {
        Load {
            statements: vec![StatementLoad {
                calls_per_second: 1000.0,
                exec_ms: 1.0,
                ..StatementLoad::default()
            }],
            commits_per_second: 0.0,
            stored_bytes: 1e9,
            peak_to_mean: 2.0,
        }
    }

    /// 1,000 calls a second of 1.15 ms of CPU each and 4.5 to 15 us beside (the
    /// geometric mean of 1,154.5 and 1,165 us is 1,159.7), 15 % of background work,
    /// twice that at the peak: 2.667 CPUs. At 60 % of 4 CPUs a shard is
    /// 1.11 too small, so 2 shards; at 60 % of 8 one is enough.
    #[test]
    fn shards_follow_the_scarcest_resource() {
        let settings = FleetSettings::default();
        let need = need(&cpu_bound(), &settings, 1.0);
        assert!((need.cpus - 2.6674).abs() < 0.001, "{}", need.cpus);
        let fleets = fleets(&need, &[class(4.0), class(8.0)], &settings);
        assert_eq!((fleets[0].shards, fleets[0].binding), (2, Resource::Cpu));
        assert_eq!(fleets[1].shards, 1);
    }

    #[test]
    fn shards_divide_the_logical_ones() {
        let settings = FleetSettings::default();
        for multiple in [1.0, 3.0, 7.0, 11.0, 60.0] {
            let need = need(&cpu_bound(), &settings, multiple);
            for fleet in fleets(&need, &[class(4.0)], &settings) {
                assert!(settings.logical_shards.is_multiple_of(fleet.shards));
                let cpu = fleet.utilization.iter().find(|(r, _)| *r == Resource::Cpu).unwrap();
                assert!(cpu.1 <= settings.cpu_target + 1e-9);
            }
        }
    }

    #[test]
    fn one_instance_has_a_ceiling() {
        let settings = FleetSettings::default();
        let (multiple, stopped) = single_ceiling(&cpu_bound(), &[class(8.0)], &settings).unwrap();
        assert!((multiple - 8.0 * 0.6 / 2.6674).abs() < 0.001, "{multiple}");
        assert_eq!(stopped, Resource::Cpu);
    }

    #[test]
    fn more_than_the_logical_shards_is_refused() {
        let settings = FleetSettings::default();
        let need = need(&cpu_bound(), &settings, 1e6);
        assert!(fleets(&need, &[class(8.0)], &settings).is_empty());
    }
}
