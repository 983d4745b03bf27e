//! How one direction of a table or index is provisioned.

use crate::simulate::schedule::ScheduledAction;
use crate::simulate::target::TargetPercent;

/// Unused capacity of the last five minutes is kept for bursts (Amazon DynamoDB
/// Developer Guide, "Best practices for designing and using partition keys":
/// "up to 5 minutes (300 seconds)"; AWS calls it best effort).
pub const BURST_SECONDS: u32 = 300;
/// A table or index cannot be given more by default ("Quotas in Amazon
/// DynamoDB": 40,000 read and 40,000 write capacity units a table).
pub const TABLE_QUOTA_UNITS_PER_S: u32 = 40_000;

/// Provisioned capacity of one direction of one table or index. Reads and
/// writes, the table and each index have one each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provisioned {
    /// Capacity in the first minute, in units a second. `None` lets auto
    /// scaling begin where it would have settled for the first minute's demand;
    /// without auto scaling it means the minimum, 1.
    pub start: Option<u32>,
    /// How many seconds of unused capacity are kept: [`BURST_SECONDS`], or 0
    /// for the pessimistic edge of the throttling band.
    pub burst_seconds: u32,
    /// Seconds of capacity in the burst bucket as the series begins. Nobody
    /// knows what happened before, so 0 unless said otherwise.
    pub burst_at_start_seconds: u32,
    /// `None` leaves capacity as it is.
    pub scaling: Option<TargetTracking>,
}

impl Provisioned {
    /// A fixed capacity in units a second.
    #[must_use]
    pub const fn flat(units_per_s: u32) -> Self {
        Self {
            start: Some(units_per_s),
            burst_seconds: BURST_SECONDS,
            burst_at_start_seconds: 0,
            scaling: None,
        }
    }

    /// Auto scaling with the given policy.
    #[must_use]
    pub const fn scaled(scaling: TargetTracking) -> Self {
        Self {
            start: None,
            burst_seconds: BURST_SECONDS,
            burst_at_start_seconds: 0,
            scaling: Some(scaling),
        }
    }
}

/// A target-tracking policy of Application Auto Scaling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetTracking {
    /// Target utilisation.
    pub target: TargetPercent,
    /// Smallest capacity in units a second, at least 1.
    pub min: u32,
    /// Largest capacity in units a second, at least `min`.
    pub max: u32,
    /// Minutes from the minute that trips an alarm to the first minute of the
    /// new capacity. AWS says only that it takes "several minutes"; 2 by
    /// default.
    pub effect_after_minutes: u32,
    /// Scheduled actions.
    pub schedule: Vec<ScheduledAction>,
}

impl TargetTracking {
    /// A policy between 1 unit a second and the table quota, without scheduled
    /// actions.
    #[must_use]
    pub const fn new(target: TargetPercent) -> Self {
        Self {
            target,
            min: 1,
            max: TABLE_QUOTA_UNITS_PER_S,
            effect_after_minutes: 2,
            schedule: Vec::new(),
        }
    }
}
