/// What a shard's data lie on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FleetStorage {
    /// A gp3 volume of its own, whose I/O is limited by its size.
    Gp3,
    /// Storage that grows by itself and has no I/O limit of its own, as Aurora's.
    Shared,
}

/// How a fleet is sized. Each value is an input; what nobody stated is listed
/// among the assumptions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FleetSettings {
    /// What the data lie on.
    pub storage: FleetStorage,
    /// Share of a shard's CPU that may be busy at the peak. What is left is for
    /// a failover's cold cache, vacuum and spikes.
    pub cpu_target: f64,
    /// Share of a shard's I/O that may be busy at the peak.
    pub io_target: f64,
    /// Bytes one shard holds at most; above a few TB vacuum, backup, restore and
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
    /// CPU of checkpointer, WAL writer, autovacuum and senders over that of the
    /// statements.
    pub background_cpu: f64,
    /// Commits that share one WAL flush.
    pub commits_per_flush: f64,
    /// Seconds from one checkpoint to the next.
    pub checkpoint_seconds: f64,
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
            background_cpu: 0.15,
            commits_per_flush: 2.0,
            checkpoint_seconds: 300.0,
        }
    }
}

/// An input of the fleet model that no plan file states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FleetAssumption {
    /// A stable name.
    pub id: &'static str,
    /// What it means.
    pub what: &'static str,
    /// The value with its unit.
    pub value: String,
}

impl FleetSettings {
    /// The inputs that are this tool's choice.
    #[must_use]
    pub fn assumptions(&self) -> Vec<FleetAssumption> {
        let one = |id, what, value| FleetAssumption { id, what, value };
        vec![
            one(
                "fleet.io_target",
                "I/O of a shard that may be busy at the peak",
                format!("{} %", self.io_target * 100.0),
            ),
            one(
                "fleet.storage_target",
                "share of a volume that may be full",
                format!("{} %", self.storage_target * 100.0),
            ),
            one(
                "fleet.logical_shards",
                "logical shards, which the number of physical ones divides",
                self.logical_shards.to_string(),
            ),
            one(
                "fleet.background_cpu",
                "CPU of background processes over that of statements",
                format!("{} %", self.background_cpu * 100.0),
            ),
            one(
                "fleet.commits_per_flush",
                "commits that share one WAL flush",
                self.commits_per_flush.to_string(),
            ),
            one(
                "fleet.checkpoint_seconds",
                "time between checkpoints",
                format!("{} s", self.checkpoint_seconds),
            ),
            one(
                "fleet.cpu_is_alike",
                "a vCPU of the fleet does as much as one of the captured machine",
                "1.0".to_owned(),
            ),
            one(
                "fleet.even_shards",
                "load and data spread evenly over shards",
                "no hot shard".to_owned(),
            ),
        ]
    }
}
