//! What a load needs of each resource, on so many shards with so much memory.

use super::cpu::CpuDemand;
use super::load::{Load, StatementLoad};
use super::settings::{FleetSettings, FleetStorage};
use super::wal::PAGE_IMAGE_SHARE;

/// Bytes of a Postgres block.
pub(super) const BLOCK_BYTES: f64 = 8192.0;
/// Blocks that a statement looks at on a shard where it finds nothing: root, one
/// inner page and leaf of an index, and a page of the heap.
const FRUITLESS_BLOCKS: f64 = 4.0;

/// What a load needs of each resource at its peak, all shards together. Where
/// replicas answer some of it, this is what is left for the primaries.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Need {
    /// Shards that it is spread over.
    pub shards: u32,
    /// What the hottest shard has over the mean.
    pub hottest: f64,
    /// Busy CPUs.
    pub cpus: f64,
    /// Their range.
    pub cpu_range: (f64, f64),
    /// Statements that clients send per second.
    pub client_calls: f64,
    /// Statements executed per second, once for each shard that they go to.
    pub calls: f64,
    /// Blocks looked at per second.
    pub accessed_blocks: f64,
    /// Blocks read from storage per second.
    pub read_blocks: f64,
    /// Share of the blocks looked at that come from storage, where it follows
    /// from the memory; `None` where reads are counted as recorded.
    pub miss_share: Option<f64>,
    /// Pages written by checkpoints per second.
    pub written_blocks: f64,
    /// WAL flushes per second.
    pub flushes: f64,
    /// I/O operations per second.
    pub iops: f64,
    /// I/O bytes per second.
    pub io_bytes_per_second: f64,
    /// WAL bytes per second, page images included.
    pub wal_bytes_per_second: f64,
    /// Of these, page images.
    pub wal_image_bytes_per_second: f64,
    /// Bytes stored.
    pub stored_bytes: f64,
    /// Statements executing at once.
    pub active: f64,
}

/// What is asked of a whole fleet over a mean day and at the peak, however it is
/// divided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Volumes {
    /// Bytes of the different pages that a day changes.
    pub changed_bytes_a_day: f64,
    /// Bytes between clients and servers, as far as they are known, a second of
    /// the month's mean.
    pub network_bytes_per_second: f64,
    /// What each further shard adds: the texts of the statements that go to all.
    pub network_bytes_per_second_each_more: f64,
    /// These are the bytes of every statement that is called.
    pub network_is_known: bool,
}

/// Work that read replicas answer, all shards together at the peak.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ReplicaWork {
    /// Busy CPUs.
    pub cpus: f64,
    /// Statements that clients send per second.
    pub client_calls: f64,
    /// Statements executed per second, once for each shard that they go to.
    pub calls: f64,
    /// Blocks looked at per second.
    pub accessed_blocks: f64,
    /// Blocks read from storage per second.
    pub read_blocks: f64,
    /// Statements executing at once.
    pub active: f64,
}

/// A quantity that grows with the shards, because some statements go to all.
#[derive(Clone, Copy, Debug, Default)]
struct Scattering {
    /// On one shard.
    once: f64,
    /// More for every further shard.
    each_more: f64,
}

impl Scattering {
    fn on(self, shards: f64) -> f64 {
        self.once + (shards - 1.0) * self.each_more
    }
}

/// What some statements ask for wherever they are answered.
#[derive(Clone, Copy, Debug)]
struct Asked {
    cpu: CpuDemand,
    calls: Scattering,
    accessed: Scattering,
    active: Scattering,
    /// Blocks read as in the capture.
    recorded_reads: f64,
}

impl Asked {
    fn of(load: &Load, cpu: CpuDemand, peak: f64, which: impl Fn(&StatementLoad) -> bool) -> Self {
        let per_second = |of: &dyn Fn(&StatementLoad) -> f64| -> f64 {
            let some = load.statements.iter().filter(|one| which(one));
            some.map(|one| one.calls_per_second * of(one)).sum::<f64>() * peak
        };
        let scattered = |of: f64, one: &StatementLoad| if one.scattered { of } else { 0.0 };
        Self {
            cpu,
            calls: Scattering {
                once: per_second(&|_| 1.0),
                each_more: per_second(&|one| scattered(1.0, one)),
            },
            accessed: Scattering {
                once: per_second(&|one| one.blocks_accessed),
                each_more: per_second(&|one| scattered(FRUITLESS_BLOCKS, one)),
            },
            active: Scattering {
                once: per_second(&|one| one.exec_ms / 1000.0),
                each_more: per_second(&|one| {
                    scattered(one.min_exec_ms.unwrap_or(one.exec_ms) / 1000.0, one)
                }),
            },
            recorded_reads: per_second(&|one| one.blocks_read),
        }
    }

    fn read_blocks(&self, shards: f64, miss_share: Option<f64>) -> f64 {
        miss_share.map_or(self.recorded_reads, |share| self.accessed.on(shards) * share)
    }
}

/// A load at a multiple of today's, summed up for any number of shards.
#[derive(Clone, Debug)]
pub struct Demand<'a> {
    load: &'a Load,
    peak: f64,
    all: Asked,
    /// What replicas can answer; `None` where there is nothing for them.
    may_lag: Option<Asked>,
    written: f64,
    flushes: f64,
    wal_records: f64,
    wal_images: f64,
    stored_bytes: f64,
}

impl<'a> Demand<'a> {
    /// Sums up a load at `multiple` times today's, at its peak.
    #[must_use]
    pub fn of(load: &'a Load, settings: &FleetSettings, multiple: f64) -> Self {
        let peak = multiple * load.peak_to_mean;
        let per_second = |of: &dyn Fn(&StatementLoad) -> f64| -> f64 {
            load.statements.iter().map(|one| one.calls_per_second * of(one)).sum::<f64>() * peak
        };
        let stored_bytes = load.stored_bytes * multiple;
        // A checkpoint writes the distinct pages among those dirtied since the
        // last, and each has one image in the WAL. Shards have their share of the
        // pages and of the changes: all together it is the same.
        let written = if settings.storage == FleetStorage::Shared {
            0.0
        } else {
            let dirtied = per_second(&|one| one.blocks_dirtied) * settings.checkpoint_seconds;
            distinct(stored_bytes, dirtied) / settings.checkpoint_seconds
        };
        let images = settings.page_images && settings.storage == FleetStorage::Gp3;
        let may_lag = |one: &StatementLoad| one.may_lag;
        let replicas = settings.replicas_max > 0 && load.statements.iter().any(may_lag);
        Self {
            load,
            peak,
            all: Asked::of(load, CpuDemand::of(load, settings), peak, |_| true),
            may_lag: replicas.then(|| {
                let cpu = CpuDemand::of_statements(load, settings, may_lag);
                Asked::of(load, cpu, peak, may_lag)
            }),
            written,
            flushes: load.commits_per_second * peak / settings.commits_per_flush,
            wal_records: per_second(&wal_record_bytes),
            wal_images: if images { written * BLOCK_BYTES * PAGE_IMAGE_SHARE } else { 0.0 },
            stored_bytes,
        }
    }

    /// What it needs on `shards` shards that each hold `cache_bytes` of pages in
    /// memory.
    #[must_use]
    pub fn need(&self, shards: u32, cache_bytes: f64) -> Need {
        self.with_memory(&self.least(shards), cache_bytes)
    }

    /// The same with memory for all pages: no resource is asked for less.
    #[must_use]
    pub fn least(&self, shards: u32) -> Need {
        let count = f64::from(shards);
        let wal_bytes_per_second = self.wal_records + self.wal_images;
        let cpu = self.all.cpu.on(shards);
        Need {
            shards,
            hottest: self.load.spread.hottest(shards),
            cpus: cpu.mid * self.peak,
            cpu_range: (cpu.low * self.peak, cpu.high * self.peak),
            client_calls: self.all.calls.once,
            calls: self.all.calls.on(count),
            accessed_blocks: self.all.accessed.on(count),
            read_blocks: 0.0,
            miss_share: None,
            written_blocks: self.written,
            flushes: self.flushes,
            iops: self.written + self.flushes,
            io_bytes_per_second: self.written * BLOCK_BYTES + wal_bytes_per_second,
            wal_bytes_per_second,
            wal_image_bytes_per_second: self.wal_images,
            stored_bytes: self.stored_bytes,
            active: self.all.active.on(count),
        }
    }

    /// The least need with what is read from storage where each shard holds
    /// `cache_bytes` of pages in memory.
    #[must_use]
    pub fn with_memory(&self, least: &Need, cache_bytes: f64) -> Need {
        let miss_share = self.miss_share(least.shards, cache_bytes);
        let read_blocks = self.all.read_blocks(f64::from(least.shards), miss_share);
        Need {
            read_blocks,
            miss_share,
            iops: read_blocks + self.written + self.flushes,
            io_bytes_per_second: (read_blocks + self.written) * BLOCK_BYTES
                + least.wal_bytes_per_second,
            ..*least
        }
    }

    /// What replicas can answer of such a need; `None` where there is nothing for
    /// them.
    #[must_use]
    pub fn for_replicas(&self, need: &Need) -> Option<ReplicaWork> {
        let asked = self.may_lag.as_ref()?;
        let shards = need.shards;
        let count = f64::from(shards);
        Some(ReplicaWork {
            cpus: asked.cpu.on(shards).mid * self.peak,
            client_calls: asked.calls.once,
            calls: asked.calls.on(count),
            accessed_blocks: asked.accessed.on(count),
            read_blocks: asked.read_blocks(count, need.miss_share),
            active: asked.active.on(count),
        })
    }

    /// What does not depend on how the fleet is divided.
    #[must_use]
    pub fn volumes(&self) -> Volumes {
        /// Seconds of a day.
        const DAY: f64 = 86_400.0;
        let mean = self.peak / self.load.peak_to_mean;
        let per_second = |of: &dyn Fn(&StatementLoad) -> f64| -> f64 {
            self.load.statements.iter().map(|one| one.calls_per_second * of(one)).sum::<f64>()
                * mean
        };
        let dirtied = per_second(&|one| one.blocks_dirtied) * DAY;
        Volumes {
            changed_bytes_a_day: distinct(self.stored_bytes, dirtied) * BLOCK_BYTES,
            network_bytes_per_second: per_second(&|one| one.network_bytes.unwrap_or(0.0)),
            network_bytes_per_second_each_more: per_second(&|one| {
                if one.scattered { one.text_chars } else { 0.0 }
            }),
            network_is_known: self
                .load
                .statements
                .iter()
                .all(|one| one.network_bytes.is_some() || one.calls_per_second <= 0.0),
        }
    }

    fn miss_share(&self, shards: u32, cache_bytes: f64) -> Option<f64> {
        let pages = (self.stored_bytes / BLOCK_BYTES / f64::from(shards)).max(1.0);
        self.load.pages.as_ref().map(|law| law.miss_share(pages, cache_bytes / BLOCK_BYTES))
    }
}

impl Need {
    /// What is left for the primaries if replicas answer `work`.
    #[must_use]
    pub fn without(&self, work: &ReplicaWork) -> Self {
        let left = |all: f64, part: f64| (all - part).max(0.0);
        let share = if self.cpus > 0.0 { left(self.cpus, work.cpus) / self.cpus } else { 1.0 };
        let read_blocks = left(self.read_blocks, work.read_blocks);
        Self {
            cpus: self.cpus * share,
            cpu_range: (self.cpu_range.0 * share, self.cpu_range.1 * share),
            client_calls: left(self.client_calls, work.client_calls),
            calls: left(self.calls, work.calls),
            accessed_blocks: left(self.accessed_blocks, work.accessed_blocks),
            read_blocks,
            iops: read_blocks + self.written_blocks + self.flushes,
            io_bytes_per_second: (read_blocks + self.written_blocks) * BLOCK_BYTES
                + self.wal_bytes_per_second,
            active: left(self.active, work.active),
            ..*self
        }
    }
}

/// Different pages of so many bytes that so many changes touch.
fn distinct(stored_bytes: f64, changes: f64) -> f64 {
    super::wal::distinct_pages((stored_bytes / BLOCK_BYTES).max(1.0), changes)
}

/// WAL of a call without its page images.
fn wal_record_bytes(one: &StatementLoad) -> f64 {
    (one.wal_bytes - one.wal_images * BLOCK_BYTES * PAGE_IMAGE_SHARE).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::super::cache::PagePopularity;
    use super::super::skew::Spread;
    use super::*;

    fn load(statement: StatementLoad) -> Load {
        Load {
            statements: vec![statement],
            stored_bytes: 8192.0 * 1e6,
            peak_to_mean: 2.0,
            ..Load::default()
        }
    }

    /// Of 100 calls a second at the peak each goes to all 8 shards: 800 executions,
    /// and 7 x 4 fruitless blocks beside the 50 that were looked at.
    #[test]
    fn a_statement_without_the_shard_key_goes_to_every_shard() {
        let statement = StatementLoad {
            calls_per_second: 50.0,
            exec_ms: 1.0,
            min_exec_ms: Some(0.2),
            scattered: true,
            blocks_accessed: 50.0,
            ..StatementLoad::default()
        };
        let settings = FleetSettings::default();
        let scattered = load(statement.clone());
        let routed = load(StatementLoad { scattered: false, ..statement });
        let on = |load: &Load, shards| Demand::of(load, &settings, 1.0).need(shards, 1e12);
        let eight = on(&scattered, 8);
        assert!((eight.calls - 800.0).abs() < 1e-9);
        assert!((eight.accessed_blocks - 100.0 * (50.0 + 28.0)).abs() < 1e-9);
        assert!((eight.active - 100.0 * (0.001 + 7.0 * 0.0002)).abs() < 1e-12);
        assert!((on(&scattered, 1).cpus - on(&routed, 1).cpus).abs() < 1e-12);
        assert!((on(&routed, 8).cpus - on(&routed, 1).cpus).abs() < 1e-12);
        // What is not execution is done again on each: 4.5 to 15 us a call.
        let more = (eight.cpus - on(&scattered, 1).cpus) / (700.0 * 1.15);
        assert!((4.5e-6..15e-6).contains(&more), "{more}");
    }

    /// 100 pages dirtied a second at the peak, of a million: in 300 s 30,000
    /// touches find 29,554 different pages. Ten times the load on as many times the
    /// data is ten times that.
    #[test]
    fn page_images_follow_the_checkpoints() {
        let statement = StatementLoad {
            calls_per_second: 50.0,
            blocks_dirtied: 1.0,
            wal_bytes: 8000.0,
            wal_images: 1.0,
            ..StatementLoad::default()
        };
        let load = load(statement);
        let settings = FleetSettings::default();
        let need =
            |settings: &FleetSettings, multiple| Demand::of(&load, settings, multiple).need(4, 1e9);
        let one = need(&settings, 1.0);
        assert!((one.written_blocks * 300.0 - 29_554.5).abs() < 1.0, "{one:?}");
        let image = 8192.0 * PAGE_IMAGE_SHARE;
        assert!((one.wal_image_bytes_per_second - one.written_blocks * image).abs() < 1e-6);
        let records = 100.0 * (8000.0 - image);
        let wal = one.wal_bytes_per_second - one.wal_image_bytes_per_second;
        assert!((wal - records).abs() < 1e-6);
        let ten = need(&settings, 10.0);
        assert!((ten.written_blocks / one.written_blocks - 10.0).abs() < 1e-9);
        // Twice the interval: the same pages are dirtied again.
        let slower = need(&FleetSettings { checkpoint_seconds: 600.0, ..settings }, 1.0);
        assert!(slower.wal_image_bytes_per_second < one.wal_image_bytes_per_second);
        let aurora = need(&FleetSettings { storage: FleetStorage::Shared, ..settings }, 1.0);
        assert!((aurora.wal_bytes_per_second - records).abs() < 1e-6);
    }

    #[test]
    fn reads_follow_the_memory() {
        let statement = StatementLoad {
            calls_per_second: 50.0,
            blocks_accessed: 10.0,
            blocks_read: 1.0,
            ..StatementLoad::default()
        };
        let mut load = load(statement);
        load.spread = Spread { keys: 1e4, ..Spread::default() };
        let settings = FleetSettings::default();
        let recorded = Demand::of(&load, &settings, 1.0).need(1, 1e9);
        assert!((recorded.read_blocks - 100.0).abs() < 1e-9 && recorded.miss_share.is_none());
        load.pages = Some(PagePopularity::zipf(0.0));
        // Pages all alike, a quarter of them in memory.
        let modelled = Demand::of(&load, &settings, 1.0).need(1, 8192.0 * 250_000.0);
        assert!((modelled.read_blocks - 750.0).abs() < 2.0, "{modelled:?}");
        let whole = Demand::of(&load, &settings, 1.0).need(1, 1e10);
        assert!(whole.read_blocks <= 0.0);
        assert!(Demand::of(&load, &settings, 1.0).need(32, 1e9).hottest > 1.1);
    }
}
