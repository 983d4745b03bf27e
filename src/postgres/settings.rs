/// What a shard's data lie on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FleetStorage {
    /// A gp3 volume of its own, whose I/O is limited by its size.
    Gp3,
    /// Storage that grows by itself and has no I/O limit of its own, as Aurora's.
    /// It is sent WAL only: no pages at checkpoints, no page images.
    Shared,
}

impl FleetStorage {
    /// Bytes that the data of one instance can grow to: 64 TiB of a gp3 volume
    /// (Amazon RDS User Guide, "Amazon RDS DB instance storage"), 128 TiB of an
    /// Aurora cluster volume (Amazon Aurora User Guide, "Quotas and constraints").
    #[must_use]
    pub const fn bytes_max(self) -> f64 {
        const TIB: f64 = 1_099_511_627_776.0;
        match self {
            Self::Gp3 => 64.0 * TIB,
            Self::Shared => 128.0 * TIB,
        }
    }
}

/// How a fleet is sized. Each value is an input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FleetSettings {
    /// What the data lie on.
    pub storage: FleetStorage,
    /// Share of a shard's CPU that may be busy at the peak. What is left is for
    /// vacuum and spikes.
    pub cpu_target: f64,
    /// Share of a shard's I/O that may be busy at the peak.
    pub io_target: f64,
    /// Bytes of one shard's volume at most, below what the storage can grow to; above a few TB vacuum, backup, restore and
    /// replica builds take too long.
    pub shard_bytes_max: f64,
    /// Share of the volume that may be full.
    pub storage_target: f64,
    /// WAL bytes per second one shard may write: a standby replays it on one
    /// core.
    pub wal_bytes_per_second_max: f64,
    /// Connections that a shard's pool opens.
    pub connections: f64,
    /// Logical shards; the number of physical shards divides it.
    pub logical_shards: u32,
    /// The least number of physical shards.
    pub shards_min: u32,
    /// The most read replicas of a shard.
    pub replicas_max: u32,
    /// CPU of checkpointer, WAL writer, autovacuum and senders over that of the
    /// statements.
    pub background_cpu: f64,
    /// Work that a vCPU of the fleet does over that of a captured one.
    pub vcpu_speed: f64,
    /// Commits that share one WAL flush.
    pub commits_per_flush: f64,
    /// Seconds from one checkpoint to the next.
    pub checkpoint_seconds: f64,
    /// Whether the first change of a page after a checkpoint writes the whole
    /// page to the WAL.
    pub page_images: bool,
    /// Share of an instance's memory that holds pages.
    pub cache_share: f64,
}

impl Default for FleetSettings {
    fn default() -> Self {
        Self {
            storage: FleetStorage::Gp3,
            cpu_target: 0.6,
            io_target: 0.7,
            shard_bytes_max: 4e12,
            storage_target: 0.75,
            wal_bytes_per_second_max: 75e6,
            connections: 100.0,
            logical_shards: 480,
            shards_min: 1,
            replicas_max: 0,
            background_cpu: 0.15,
            vcpu_speed: 1.0,
            commits_per_flush: 2.0,
            checkpoint_seconds: 300.0,
            page_images: true,
            cache_share: 0.75,
        }
    }
}
