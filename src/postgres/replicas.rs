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

#[cfg(test)]
mod tests {
    use super::super::fleet::{Fleet, ceiling, fleets};
    use super::super::load::{Load, StatementLoad};
    use super::*;

    /// 1,000 reads and 100 writes a second of 10 ms of CPU each, at the peak.
    fn load(may_lag: bool) -> Load {
        let statement = |calls_per_second, writes, may_lag| StatementLoad {
            calls_per_second,
            exec_ms: 10.0,
            wal_bytes: if writes { 75_000.0 } else { 0.0 },
            writes,
            may_lag,
            ..StatementLoad::default()
        };
        Load {
            statements: vec![statement(1000.0, false, may_lag), statement(100.0, true, false)],
            peak_to_mean: 1.0,
            stored_bytes: 1e9,
            ..Load::default()
        }
    }

    fn class(vcpu: f64) -> InstanceClass {
        InstanceClass {
            name: format!("test.{vcpu}"),
            vcpu,
            memory_bytes: 1e12,
            iops: 40_000.0,
            storage_bytes_per_second: 1e9,
        }
    }

    fn settings(replicas_max: u32) -> FleetSettings {
        FleetSettings {
            background_cpu: 0.0,
            replicas_max,
            logical_shards: 1,
            ..FleetSettings::default()
        }
    }

    /// The reads take 1,000 x 11.51 ms = 11.5 CPUs (11.5045 to 11.515 with the range
    /// of a call), the writes a tenth of that. Of 8 CPUs 60 % may be busy, 4.8, and
    /// applying 7.5 of at most 75 MB/s of WAL takes a tenth of one, so that 4.7 are
    /// left for reads: 2.45 replicas, so three, and one that may be lost.
    #[test]
    fn replicas_carry_reads_while_one_is_lost() {
        let fleets = fleets(&load(true), &[class(8.0)], &settings(15), 1.0);
        let [fleet]: [Fleet; 1] = fleets.try_into().unwrap();
        assert!((fleet.need.cpus - 1.151).abs() < 0.001, "{}", fleet.need.cpus);
        let replicas = fleet.replicas.unwrap();
        assert_eq!((replicas.of_a_shard, replicas.answering()), (4, 3));
        assert!((replicas.work.cpus - 11.51).abs() < 0.01, "{replicas:?}");
        let cpu = replicas.uses[0];
        assert!((cpu.applying - 0.1).abs() < 1e-12 && (cpu.reading - 11.51 / 3.0).abs() < 0.01);
    }

    /// Reads that must be current stay with the primary, as all do where the plan has
    /// no replicas: 12.66 CPUs are more than 60 % of 16.
    #[test]
    fn reads_that_must_be_current_stay() {
        for (load, replicas_max) in [(load(false), 15), (load(true), 0), (load(true), 1)] {
            assert!(fleets(&load, &[class(16.0)], &settings(replicas_max), 1.0).is_empty());
            let alone = fleets(&load, &[class(32.0)], &settings(replicas_max), 1.0);
            assert_eq!(alone.len(), 1);
            assert!(alone[0].replicas.is_none() && (alone[0].need.cpus - 12.66).abs() < 0.01);
        }
    }

    /// What is left for the primary and what replicas answer is all of it.
    #[test]
    fn nothing_is_lost_between_primaries_and_replicas() {
        let settings = FleetSettings { logical_shards: 480, ..settings(15) };
        let alone = &fleets(
            &load(true),
            &[class(8.0)],
            &FleetSettings { replicas_max: 0, ..settings },
            3.0,
        )[0];
        for fleet in fleets(&load(true), &[class(8.0)], &settings, 3.0) {
            let work = fleet.replicas.map_or(ReplicaWork::default(), |one| one.work);
            let near = |a: f64, b: f64| assert!((a / b - 1.0).abs() < 1e-9, "{a} {b}");
            near(fleet.need.cpus + work.cpus, alone.need.cpus);
            near(fleet.need.calls + work.calls, alone.need.calls);
            near(fleet.need.active + work.active, alone.need.active);
        }
    }

    /// Replicas carry more reads than a primary alone, as far as there are replicas:
    /// 14 that answer x 4.7 CPUs are 65.8, the primary alone 4.8 of 12.66.
    #[test]
    fn replicas_raise_the_ceiling_until_there_are_no_more() {
        let at =
            |replicas| ceiling(&load(true), &[class(8.0)], &settings(replicas)).unwrap().multiple;
        assert!((at(0) - 4.8 / 12.66).abs() < 0.001, "{}", at(0));
        // Writes stop the primary: 4.8 / 1.151; before that 14 replicas have 14 x 4.8
        // CPUs less a tenth of the load each for its changes.
        let most: f64 = 14.0 * 4.8 / (11.51 + 14.0 * 0.1);
        assert!((at(15) - most.min(4.8 / 1.151)).abs() < 0.01, "{} {most}", at(15));
    }
}
