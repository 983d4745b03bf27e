use super::cache::PagePopularity;
use super::cpu_calibration::CpuCalibration;
use super::skew::Spread;

/// What Postgres is asked to do at today's load, as a month's average.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Load {
    /// Top-level statements: an outer statement's figures contain the nested
    /// ones'.
    pub statements: Vec<StatementLoad>,
    /// Transactions committed per second.
    pub commits_per_second: f64,
    /// Bytes of heap, TOAST and indexes at the horizon, bloat included.
    pub stored_bytes: f64,
    /// Peak over mean.
    pub peak_to_mean: f64,
    /// Corrections of the CPU by what the host was seen to use.
    pub cpu: Option<CpuCalibration>,
    /// How load and data are spread over shards.
    pub spread: Spread,
    /// How unevenly pages are read; `None` leaves the reads from storage as they
    /// were recorded.
    pub pages: Option<PagePopularity>,
}

impl Load {
    /// What is left of it if replicas answer what they can.
    #[must_use]
    pub fn of_primaries(&self) -> Self {
        let mut left = self.clone();
        left.statements.retain(|one| !one.may_lag);
        left
    }

    /// What replicas can answer of it.
    #[must_use]
    pub fn of_replicas(&self) -> Self {
        let mut reads = self.clone();
        reads.statements.retain(|one| one.may_lag);
        reads.commits_per_second = 0.0;
        reads
    }
}

/// One statement.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StatementLoad {
    /// Calls per second.
    pub calls_per_second: f64,
    /// Execution time per call, waits included, milliseconds.
    pub exec_ms: f64,
    /// Smallest execution time of any call, milliseconds, where known.
    pub min_exec_ms: Option<f64>,
    /// Planning time per call, milliseconds; 0 where planning is not tracked.
    pub plan_ms: f64,
    /// Time per call spent on reading and writing blocks, milliseconds.
    pub io_ms: f64,
    /// Characters of its text.
    pub text_chars: f64,
    /// Whether it writes or locks rows.
    pub writes: bool,
    /// Whether it does not name the shard key: it goes to every shard.
    pub scattered: bool,
    /// Whether it only reads, and may read what was true a moment ago: a read
    /// replica can answer it.
    pub may_lag: bool,
    /// Blocks looked at per call, in the buffer cache or outside.
    pub blocks_accessed: f64,
    /// Blocks read per call from outside the buffer cache.
    pub blocks_read: f64,
    /// Blocks dirtied per call.
    pub blocks_dirtied: f64,
    /// WAL bytes per call, page images included.
    pub wal_bytes: f64,
    /// Page images in the WAL per call.
    pub wal_images: f64,
    /// Bytes that a call and its answer bring over the network; `None` where the
    /// size of the rows is not known.
    pub network_bytes: Option<f64>,
}

/// An instance that a fleet can be made of.
#[derive(Clone, Debug, PartialEq)]
pub struct InstanceClass {
    /// Its name, such as `db.r6g.xlarge`.
    pub name: String,
    /// Virtual CPUs.
    pub vcpu: f64,
    /// Memory in bytes.
    pub memory_bytes: f64,
    /// I/O operations per second to storage that it sustains.
    pub iops: f64,
    /// Bytes per second to storage that it sustains.
    pub storage_bytes_per_second: f64,
}
