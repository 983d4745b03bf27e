use rust_decimal::Decimal;

/// What an instance class can do, as far as a bill or a sizing depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceClass {
    /// The class, such as `db.r7g.large` (RDS, Aurora) or `r7g.large` (EC2).
    pub class: String,
    /// Virtual CPUs.
    pub vcpu: u32,
    /// Memory in MiB.
    pub memory_mib: u64,
    /// EBS bandwidth it can sustain all day, in megabits a second.
    pub ebs_baseline_mbps: u64,
    /// EBS bandwidth of the bursts (30 minutes a day on smaller sizes), in
    /// megabits a second.
    pub ebs_max_mbps: u64,
    /// EBS operations a second that it can sustain all day.
    pub ebs_baseline_iops: u64,
    /// EBS operations a second of the bursts.
    pub ebs_max_iops: u64,
    /// Network bandwidth it can sustain, in gigabits a second.
    pub network_baseline_gbps: Decimal,
    /// Network bandwidth of the bursts, in gigabits a second.
    pub network_peak_gbps: Decimal,
    /// Local NVMe storage in GB (10^9 bytes), where it has any.
    pub instance_store_gb: Option<u64>,
    /// The id of the source in the book.
    pub source: String,
}

impl InstanceClass {
    /// The family, such as `r7g`.
    #[must_use]
    pub fn family(&self) -> &str {
        family_of(&self.class)
    }

    /// Memory in bytes.
    #[must_use]
    pub const fn memory_bytes(&self) -> u64 {
        self.memory_mib << 20
    }

    /// Sustained EBS bandwidth in bytes a second.
    #[must_use]
    pub const fn ebs_baseline_bytes_per_second(&self) -> u64 {
        self.ebs_baseline_mbps * 1_000_000 / 8
    }

    /// EBS bandwidth of the bursts in bytes a second.
    #[must_use]
    pub const fn ebs_max_bytes_per_second(&self) -> u64 {
        self.ebs_max_mbps * 1_000_000 / 8
    }
}

/// The family in a class name: `r7g` of `db.r7g.large` and of `r7g.large`.
#[must_use]
pub fn family_of(class: &str) -> &str {
    let name = class.strip_prefix("db.").unwrap_or(class);
    name.split('.').next().unwrap_or(name)
}
