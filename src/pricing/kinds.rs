use std::fmt;

/// The part of AWS that a charge belongs to; a private discount is stated for
/// one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// Amazon DynamoDB.
    DynamoDb,
    /// DynamoDB Accelerator.
    Dax,
    /// Amazon CloudWatch: Contributor Insights for DynamoDB.
    CloudWatch,
    /// Amazon RDS for PostgreSQL.
    Rds,
    /// Amazon Aurora PostgreSQL.
    Aurora,
    /// Amazon EC2 instances.
    Ec2,
    /// Amazon EBS volumes and snapshots.
    Ebs,
    /// Data transfer out of and between Regions and zones.
    Transfer,
}

impl Service {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::DynamoDb,
        Self::Dax,
        Self::CloudWatch,
        Self::Rds,
        Self::Aurora,
        Self::Ec2,
        Self::Ebs,
        Self::Transfer,
    ];

    /// The stable name, which is also the part of a dimension's id before the
    /// point.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::DynamoDb => "dynamodb",
            Self::Dax => "dax",
            Self::CloudWatch => "cloudwatch",
            Self::Rds => "rds",
            Self::Aurora => "aurora",
            Self::Ec2 => "ec2",
            Self::Ebs => "ebs",
            Self::Transfer => "transfer",
        }
    }

    /// The service with this name.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|service| service.id() == id)
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// What one unit of a dimension is; quantities are for a month of the bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// Write request unit (WRU).
    WriteRequestUnit,
    /// Read request unit (RRU).
    ReadRequestUnit,
    /// Replicated write request unit (rWRU).
    ReplicatedWriteRequestUnit,
    /// One write capacity unit provisioned for one hour.
    WcuHour,
    /// One read capacity unit provisioned for one hour.
    RcuHour,
    /// One replicated write capacity unit provisioned for one hour.
    RwcuHour,
    /// One write capacity unit, paid for once.
    Wcu,
    /// One read capacity unit, paid for once.
    Rcu,
    /// One GB kept for the month.
    GbMonth,
    /// One GB moved, once.
    Gb,
    /// One hour of an instance.
    Hour,
    /// One vCPU for one hour.
    VcpuHour,
    /// One Aurora capacity unit for one hour.
    AcuHour,
    /// One provisioned I/O operation per second for the month.
    IopsMonth,
    /// One MiB per second of provisioned throughput for the month.
    MibPerSecondMonth,
    /// One request.
    Request,
    /// One change data capture unit: a started KB of a write.
    CdcUnit,
    /// One Contributor Insights rule for the month.
    RuleMonth,
    /// One log event.
    Event,
}

impl Unit {
    /// The word used in price books and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WriteRequestUnit => "WRU",
            Self::ReadRequestUnit => "RRU",
            Self::ReplicatedWriteRequestUnit => "rWRU",
            Self::WcuHour => "WCU-hour",
            Self::RcuHour => "RCU-hour",
            Self::RwcuHour => "rWCU-hour",
            Self::Wcu => "WCU",
            Self::Rcu => "RCU",
            Self::GbMonth => "GB-month",
            Self::Gb => "GB",
            Self::Hour => "hour",
            Self::VcpuHour => "vCPU-hour",
            Self::AcuHour => "ACU-hour",
            Self::IopsMonth => "IOPS-month",
            Self::MibPerSecondMonth => "MiB/s-month",
            Self::Request => "request",
            Self::CdcUnit => "unit",
            Self::RuleMonth => "rule-month",
            Self::Event => "event",
        }
    }

    /// Whether something held all month is billed once for each of its hours.
    #[must_use]
    pub const fn is_hourly(self) -> bool {
        matches!(
            self,
            Self::WcuHour
                | Self::RcuHour
                | Self::RwcuHour
                | Self::Hour
                | Self::VcpuHour
                | Self::AcuHour
        )
    }

    /// Whether the unit is made of bytes: GB or GB-months.
    #[must_use]
    pub const fn is_gigabytes(self) -> bool {
        matches!(self, Self::GbMonth | Self::Gb)
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// When a charge falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    /// On every month's bill.
    Monthly,
    /// Once, when it is bought: the upfront part of a reservation, or raising
    /// the warm throughput.
    Once,
}

/// DynamoDB's table class; it holds for a table and all its indexes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum TableClass {
    /// Standard.
    #[default]
    Standard,
    /// Standard-Infrequent Access: cheaper storage, dearer requests, no
    /// reservations and no free tier.
    StandardIa,
}

/// Length of a DynamoDB capacity reservation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Term {
    /// One year.
    OneYear,
    /// Three years; not sold in every Region.
    ThreeYears,
}

impl Term {
    /// Both.
    pub const ALL: &'static [Self] = &[Self::OneYear, Self::ThreeYears];

    /// Length in years.
    #[must_use]
    pub const fn years(self) -> u32 {
        match self {
            Self::OneYear => 1,
            Self::ThreeYears => 3,
        }
    }

    /// How it is written: `1y` or `3y`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OneYear => "1y",
            Self::ThreeYears => "3y",
        }
    }
}

/// Reading or writing: capacity, reservations and limits are kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// Reads (RCU, RRU).
    Read,
    /// Writes (WCU, WRU).
    Write,
}

impl Direction {
    /// Both.
    pub const ALL: &'static [Self] = &[Self::Read, Self::Write];

    /// `read` or `write`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}
