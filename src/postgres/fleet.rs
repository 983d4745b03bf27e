//! From a load to the fleets that carry it.

use super::demand::{Demand, Need, Volumes};
use super::load::{InstanceClass, Load};
use super::replicas::{REPLICAS_LEAST, Replicas};
use super::resource::{Resource, Volume};
use super::settings::FleetSettings;

/// A fleet that carries a load.
#[derive(Clone, Debug, PartialEq)]
pub struct Fleet {
    /// The instance class of every shard.
    pub class: String,
    /// How many shards.
    pub shards: u32,
    /// What the load needs of the primaries.
    pub need: Need,
    /// The same resource by resource, in the order of [`Resource::ALL`].
    pub uses: Vec<ResourceUse>,
    /// The resource that decided.
    pub binding: Resource,
    /// Bytes of each shard's volume.
    pub volume_bytes: f64,
    /// I/O operations per second bought for each shard beyond those included.
    pub extra_iops: f64,
    /// Read replicas, where they answer part of the load.
    pub replicas: Option<Replicas>,
    /// What does not depend on how the load is divided.
    pub volumes: Volumes,
}

impl Fleet {
    /// Read replicas of a shard.
    #[must_use]
    pub fn replicas_of_a_shard(&self) -> u32 {
        self.replicas.as_ref().map_or(0, |replicas| replicas.of_a_shard)
    }
}

/// How much of a resource a fleet is asked for, and what it has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ResourceUse {
    /// The resource.
    pub resource: Resource,
    /// What all shards together are asked for at the peak.
    pub demand: f64,
    /// What the hottest shard is asked for.
    pub hottest_shard: f64,
    /// What a shard has.
    pub full: f64,
    /// The share of that which may be asked for.
    pub target: f64,
    /// The shards that this resource alone asks for.
    pub shards_needed: f64,
}

impl ResourceUse {
    fn of(
        resource: Resource,
        need: &Need,
        class: &InstanceClass,
        settings: &FleetSettings,
    ) -> Self {
        let demand = resource.demand(need);
        let hottest_shard = demand * need.hottest / f64::from(need.shards);
        let (full, target) = (resource.full(class, settings), resource.target(settings));
        Self {
            resource,
            demand,
            hottest_shard,
            full,
            target,
            shards_needed: demand * need.hottest / (full * target),
        }
    }

    /// The share of what the hottest shard has that is in use.
    #[must_use]
    pub fn utilization(&self) -> f64 {
        self.hottest_shard / self.full
    }
}

/// For each class the fleets that carry a load at `multiple` times today's and of
/// which none has both fewer shards and fewer replicas; none if even as many
/// shards as there are logical ones are too few.
#[must_use]
pub fn fleets(
    load: &Load,
    classes: &[InstanceClass],
    settings: &FleetSettings,
    multiple: f64,
) -> Vec<Fleet> {
    let demand = Demand::of(load, settings, multiple);
    let divided = Divided::of(&demand, settings);
    classes.iter().flat_map(|class| divided.fleets(class, settings)).collect()
}

/// A load divided by every number of shards that there may be: what no class
/// changes.
struct Divided<'a> {
    demand: &'a Demand<'a>,
    volumes: Volumes,
    /// The least need of each number of shards, ascending.
    least: Vec<Need>,
}

impl<'a> Divided<'a> {
    fn of(demand: &'a Demand<'a>, settings: &FleetSettings) -> Self {
        let counts = (settings.shards_min..=settings.logical_shards)
            .filter(|shards| settings.logical_shards.is_multiple_of(*shards));
        Self {
            demand,
            volumes: demand.volumes(),
            least: counts.map(|shards| demand.least(shards)).collect(),
        }
    }

    /// The fewest shards without replicas, and fewer of them with each number of
    /// replicas that they need: more of either cost more.
    fn fleets<'c>(
        &'c self,
        class: &'c InstanceClass,
        settings: &'c FleetSettings,
    ) -> impl Iterator<Item = Fleet> + 'c {
        // The volume's own limits depend on its size, the misses of the cache and
        // the statements that go everywhere on the number of shards: each is tried.
        let alone = self.least.iter().find_map(|least| self.fleet(class, settings, least, false));
        let mut fewest = u32::MAX;
        let mut done = settings.replicas_max < REPLICAS_LEAST;
        let most = alone.as_ref().map_or(u32::MAX, |fleet| fleet.shards - 1);
        let fewer = self.least.iter().take_while(move |least| least.shards <= most);
        let shared = fewer.filter_map(move |least| {
            if done {
                return None;
            }
            let fleet = self.fleet(class, settings, least, true)?;
            let replicas = fleet.replicas_of_a_shard();
            done = replicas == REPLICAS_LEAST;
            (replicas < fewest).then(|| {
                fewest = replicas;
                fleet
            })
        });
        alone.into_iter().chain(shared)
    }

    fn fleet(
        &self,
        class: &InstanceClass,
        settings: &FleetSettings,
        least: &Need,
        with_replicas: bool,
    ) -> Option<Fleet> {
        let of_primaries = |need: Need| {
            let work = if with_replicas { Some(self.demand.for_replicas(&need)?) } else { None };
            let need = work.as_ref().map_or(need, |work| need.without(work));
            let uses = Resource::ALL.map(|one| ResourceUse::of(one, &need, class, settings));
            let carried = uses.iter().all(|one| one.shards_needed <= f64::from(need.shards));
            carried.then_some((need, work, uses))
        };
        // Most fleets are too small whatever their memory holds, and that is known
        // without working out what it misses.
        of_primaries(*least)?;
        let cache_bytes = class.memory_bytes * settings.cache_share;
        let (need, work, uses) = of_primaries(self.demand.with_memory(least, cache_bytes))?;
        let most = uses.iter().max_by(|a, b| a.shards_needed.total_cmp(&b.shards_needed))?;
        let hottest = |demand: f64| demand * need.hottest / f64::from(need.shards);
        let io = (hottest(need.iops), hottest(need.io_bytes_per_second));
        let volume = Volume::of(hottest(need.stored_bytes), io, settings)?;
        let replicas = match work {
            Some(work) => Some(Replicas::of(&need, &work, class, settings)?),
            None => None,
        };
        Some(Fleet {
            class: class.name.clone(),
            shards: need.shards,
            need,
            uses: uses.to_vec(),
            binding: most.resource,
            volume_bytes: volume.bytes,
            extra_iops: volume.extra_iops,
            replicas,
            volumes: self.volumes,
        })
    }
}

/// What a ceiling is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Ceiling {
    /// The largest multiple of today's load that is carried.
    pub multiple: f64,
    /// What stops it.
    pub stopped: Resource,
    /// The class that comes furthest.
    pub class: String,
    /// The most shards that were tried.
    pub shards: u32,
}

/// The largest multiple of today's load that as many shards as there are logical
/// ones carry, of any class, and what stops them; `None` if they carry nothing.
#[must_use]
pub fn ceiling(
    load: &Load,
    classes: &[InstanceClass],
    settings: &FleetSettings,
) -> Option<Ceiling> {
    let carried = |multiple: f64| {
        let demand = Demand::of(load, settings, multiple);
        let divided = Divided::of(&demand, settings);
        classes.iter().any(|class| divided.fleets(class, settings).next().is_some())
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
    let demand = Demand::of(load, settings, high);
    let shards = settings.logical_shards;
    let most = |class: &InstanceClass| {
        let cache_bytes = class.memory_bytes * settings.cache_share;
        let mut need = demand.need(shards, cache_bytes);
        if let Some(work) = demand.for_replicas(&need) {
            need = need.without(&work);
        }
        Resource::ALL
            .map(|one| ResourceUse::of(one, &need, class, settings))
            .into_iter()
            .max_by(|a, b| a.shards_needed.total_cmp(&b.shards_needed))
    };
    let (class, stopped) =
        classes.iter().filter_map(|class| Some((class, most(class)?))).min_by(|a, b| {
            // Where a limit is the same for all, the largest class has it too.
            let by_need = a.1.shards_needed.total_cmp(&b.1.shards_needed);
            by_need.then_with(|| b.0.vcpu.total_cmp(&a.0.vcpu))
        })?;
    Some(Ceiling { multiple: low, stopped: stopped.resource, class: class.name.clone(), shards })
}

#[cfg(test)]
mod tests {
    use super::super::cache::PagePopularity;
    use super::super::load::StatementLoad;
    use super::super::skew::Spread;
    use super::*;

    const GIB: f64 = 1_073_741_824.0;

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
            stored_bytes: 1e9,
            peak_to_mean: 2.0,
            ..Load::default()
        }
    }

    /// 1,000 calls a second of 1.15 ms of CPU each and 4.5 to 15 us beside (the
    /// geometric mean of 1,154.5 and 1,165 us is 1,159.7), 15 % of background work,
    /// twice that at the peak: 2.667 CPUs. At 60 % of 4 CPUs a shard is
    /// 1.11 too small, so 2 shards; at 60 % of 8 one is enough.
    #[test]
    fn shards_follow_the_scarcest_resource() {
        let settings = FleetSettings::default();
        let fleets = fleets(&cpu_bound(), &[class(4.0), class(8.0)], &settings, 1.0);
        assert!((fleets[0].need.cpus - 2.6674).abs() < 0.001, "{}", fleets[0].need.cpus);
        assert_eq!((fleets[0].shards, fleets[0].binding), (2, Resource::Cpu));
        assert_eq!(fleets[1].shards, 1);
        // A vCPU that does less than half of the captured one's work: 8 are as 4.
        let slow = FleetSettings { vcpu_speed: 0.5, ..settings };
        assert_eq!(super::fleets(&cpu_bound(), &[class(8.0)], &slow, 1.0)[0].shards, 2);
    }

    #[test]
    fn shards_divide_the_logical_ones() {
        let settings = FleetSettings::default();
        for multiple in [1.0, 3.0, 7.0, 11.0, 60.0] {
            for fleet in fleets(&cpu_bound(), &[class(4.0)], &settings, multiple) {
                assert!(settings.logical_shards.is_multiple_of(fleet.shards));
                assert!(fleet.uses[0].utilization() <= settings.cpu_target + 1e-9);
            }
        }
    }

    /// Against every number of shards tried one by one with all that it needs: the
    /// first that carries the load, whatever is known to be too small beforehand.
    #[test]
    fn what_is_passed_over_would_not_have_carried_the_load() {
        let settings = FleetSettings { replicas_max: 5, ..FleetSettings::default() };
        let classes = [class(2.0), class(8.0), class(64.0)];
        let mut found = 0;
        for step in 0..60_u32 {
            let part = |prime: u32| f64::from(step * prime % 17 + 1);
            let statement = |may_lag| StatementLoad {
                calls_per_second: 100.0 * part(3),
                exec_ms: 0.2 * part(5),
                blocks_accessed: 40.0 * part(7),
                blocks_read: part(11),
                wal_bytes: if may_lag { 0.0 } else { 300.0 * part(13) },
                scattered: step % 4 == 0,
                may_lag,
                ..StatementLoad::default()
            };
            let load = Load {
                statements: vec![statement(true), statement(false)],
                stored_bytes: 1e11 * part(2),
                peak_to_mean: 2.0,
                pages: (step % 3 > 0).then(|| PagePopularity::zipf(0.1 * part(3))),
                ..Load::default()
            };
            let multiple = part(7);
            let demand = Demand::of(&load, &settings, multiple);
            let fast = fleets(&load, &classes, &settings, multiple);
            for class in &classes {
                let alone = (1..=settings.logical_shards)
                    .filter(|shards| settings.logical_shards.is_multiple_of(*shards))
                    .map(|shards| demand.need(shards, class.memory_bytes * settings.cache_share))
                    .find(|need| {
                        let share = need.hottest / f64::from(need.shards);
                        let io = (need.iops * share, need.io_bytes_per_second * share);
                        Resource::ALL.iter().all(|one| {
                            ResourceUse::of(*one, need, class, &settings).shards_needed
                                <= f64::from(need.shards)
                        }) && Volume::of(need.stored_bytes * share, io, &settings).is_some()
                    });
                let of_class =
                    |fleet: &&Fleet| fleet.class == class.name && fleet.replicas.is_none();
                let fleet = fast.iter().find(of_class);
                assert_eq!(fleet.map(|fleet| fleet.need), alone, "{step} {}", class.name);
                found += u32::from(alone.is_some());
            }
        }
        assert!((30..180).contains(&found), "{found} of 180 are carried");
    }

    #[test]
    fn one_instance_has_a_ceiling() {
        let settings = FleetSettings { logical_shards: 1, ..FleetSettings::default() };
        let ceiling = ceiling(&cpu_bound(), &[class(8.0)], &settings).unwrap();
        assert!((ceiling.multiple - 8.0 * 0.6 / 2.6674).abs() < 0.001, "{ceiling:?}");
        assert_eq!(ceiling.stopped, Resource::Cpu);
    }

    #[test]
    fn more_than_the_logical_shards_is_refused() {
        let settings = FleetSettings::default();
        assert!(fleets(&cpu_bound(), &[class(8.0)], &settings, 1e6).is_empty());
    }

    /// Half of the load is one tenant's: no fleet carries more than two even shards
    /// would.
    #[test]
    fn a_tenant_larger_than_a_shard_stops_growth() {
        let settings = FleetSettings::default();
        let spread = Spread { keys: 100.0, top: vec![0.5], by_directory: true };
        let load = Load { spread, ..cpu_bound() };
        let even = ceiling(&cpu_bound(), &[class(8.0)], &settings).unwrap();
        let hot = ceiling(&load, &[class(8.0)], &settings).unwrap();
        assert!((even.multiple / hot.multiple - 240.0).abs() < 0.01, "{even:?} {hot:?}");
    }

    /// A share of the calls goes to every shard: no number of shards does more
    /// than one shard does of those calls alone.
    #[test]
    fn scattered_calls_limit_the_gain_of_shards() {
        let settings = FleetSettings::default();
        let mut load = cpu_bound();
        load.statements[0].scattered = true;
        load.statements[0].text_chars = 500.0;
        let routed = ceiling(&cpu_bound(), &[class(8.0)], &settings).unwrap();
        let scattered = ceiling(&load, &[class(8.0)], &settings).unwrap();
        assert!(scattered.multiple < 0.15 * routed.multiple, "{scattered:?} {routed:?}");
    }
}
