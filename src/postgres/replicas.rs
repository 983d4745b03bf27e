//! Read replicas of a shard.
//!
//! A replica applies all that its primary writes and answers reads that may be a
//! moment old. One of them may be lost: the others carry the reads alone, so that
//! the first one adds nothing.

use super::demand::{Need, ReplicaWork};
use super::load::InstanceClass;
use super::resource::{Resource, Volume};
use super::settings::FleetSettings;

/// The fewest replicas of a shard that answer anything while one is lost.
pub(super) const REPLICAS_LEAST: u32 = 2;

/// The replicas of every shard of a fleet.
#[derive(Clone, Debug, PartialEq)]
pub struct Replicas {
    /// How many each shard has.
    pub of_a_shard: u32,
    /// What they answer, all together.
    pub work: ReplicaWork,
    /// What one of the hottest shard has in use while another is lost.
    pub uses: Vec<ReplicaUse>,
    /// I/O operations per second bought for each beyond those included.
    pub extra_iops: f64,
}

/// How much of a resource a replica is asked for, and what it has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReplicaUse {
    /// The resource.
    pub resource: Resource,
    /// What applying the primary's changes asks for.
    pub applying: f64,
    /// What its share of the reads asks for.
    pub reading: f64,
    /// What a replica has.
    pub full: f64,
    /// The share of that which may be asked for.
    pub target: f64,
}

impl Replicas {
    /// How many of a shard answer reads while one is lost.
    #[must_use]
    pub const fn answering(&self) -> u32 {
        self.of_a_shard - 1
    }

    /// What they are asked for beside primaries with `need`, all together.
    #[must_use]
    pub fn need(&self, primaries: &Need) -> Need {
        let work = &self.work;
        Need {
            cpus: work.cpus,
            cpu_range: (work.cpus, work.cpus),
            client_calls: work.client_calls,
            calls: work.calls,
            accessed_blocks: work.accessed_blocks,
            read_blocks: work.read_blocks,
            flushes: 0.0,
            active: work.active,
            ..*primaries
        }
    }

    /// As few as answer `work` beside a primary with `need`; `None` if the largest
    /// permitted number does not, or if applying changes alone is too much.
    pub(super) fn of(
        need: &Need,
        work: &ReplicaWork,
        class: &InstanceClass,
        settings: &FleetSettings,
    ) -> Option<Self> {
        let shard = |demand: f64| demand * need.hottest / f64::from(need.shards);
        let asked = Resource::ALL.map(|resource| {
            let (applying, reading) = match resource {
                // Changes are applied by one process, which is busy all the time
                // at the most WAL that a shard may write.
                Resource::Cpu => (
                    shard(need.wal_bytes_per_second) / settings.wal_bytes_per_second_max,
                    shard(work.cpus),
                ),
                Resource::Iops => {
                    (shard(need.written_blocks + need.flushes), shard(work.read_blocks))
                }
                Resource::Throughput => {
                    let block = super::demand::BLOCK_BYTES;
                    let written = need.written_blocks * block + need.wal_bytes_per_second;
                    (shard(written), shard(work.read_blocks * block))
                }
                Resource::Storage => (shard(need.stored_bytes), 0.0),
                Resource::Wal => (shard(need.wal_bytes_per_second), 0.0),
                Resource::Connections => (0.0, shard(work.active)),
            };
            let (full, target) = (resource.full(class, settings), resource.target(settings));
            ReplicaUse { resource, applying, reading, full, target }
        });
        let mut carrying = 1.0_f64;
        for one in &asked {
            let free = one.full * one.target - one.applying;
            if one.reading > 0.0 && free <= 0.0 {
                return None;
            }
            if one.reading > 0.0 {
                carrying = carrying.max((one.reading / free).ceil());
            }
        }
        if carrying + 1.0 > f64::from(settings.replicas_max) {
            return None;
        }
        let uses: Vec<ReplicaUse> =
            asked.map(|one| ReplicaUse { reading: one.reading / carrying, ..one }).into();
        let total = |resource: Resource| {
            uses.iter().find(|one| one.resource == resource).map(|one| one.applying + one.reading)
        };
        let io = (total(Resource::Iops)?, total(Resource::Throughput)?);
        let volume = Volume::of(shard(need.stored_bytes), io, settings)?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number up to the most replicas"
        )]
        let of_a_shard = (carrying + 1.0) as u32;
        Some(Self { of_a_shard, work: *work, uses, extra_iops: volume.extra_iops })
    }
}
