//! The phases: their order, what serves reads and takes writes in each, and how
//! long they last.

use rust_decimal::Decimal;

use crate::scenario::{BackfillMethod, MigrationSettings};

/// A phase of the move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PhaseKind {
    /// Postgres alone.
    Baseline,
    /// Both written.
    DualWrite,
    /// Existing rows brought over.
    Backfill,
    /// `DynamoDB` read beside Postgres and compared.
    Validation,
    /// Reads moved step by step.
    ReadShift,
    /// `DynamoDB` read, both written.
    Primary,
    /// `DynamoDB` alone, a snapshot of Postgres kept.
    Decommission,
}

impl PhaseKind {
    /// The phases in order. An import needs a new table, so it comes before the
    /// dual writes ("DynamoDB data import from Amazon S3"); other backfills run
    /// beside them.
    #[must_use]
    pub const fn order(backfill: BackfillMethod) -> [Self; 7] {
        let (second, third) = match backfill {
            BackfillMethod::S3Import => (Self::Backfill, Self::DualWrite),
            BackfillMethod::Api | BackfillMethod::BulkPut => (Self::DualWrite, Self::Backfill),
        };
        [
            Self::Baseline,
            second,
            third,
            Self::Validation,
            Self::ReadShift,
            Self::Primary,
            Self::Decommission,
        ]
    }

    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::DualWrite => "dual write",
            Self::Backfill => "backfill",
            Self::Validation => "validation",
            Self::ReadShift => "read shift",
            Self::Primary => "DynamoDB primary",
            Self::Decommission => "decommission",
        }
    }

    /// What has to be done besides running both sides.
    #[must_use]
    pub const fn work(self) -> &'static str {
        match self {
            Self::Baseline => "put the abstraction layer in, measure",
            Self::DualWrite => "write both, log and repair failed writes",
            Self::Backfill => "bring existing rows over",
            Self::Validation => "read both, compare, scan everything",
            Self::ReadShift => "move reads by percentages, watch, fall back by flag",
            Self::Primary => "keep writing Postgres so that the flag can go back",
            Self::Decommission => "snapshot Postgres, remove the layer, shut it down",
        }
    }

    /// Postgres still takes every write, so that going back loses nothing.
    #[must_use]
    pub const fn keeps_postgres(self) -> bool {
        !matches!(self, Self::Decommission)
    }
}

/// What each side takes of the traffic on one day, as shares of all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Traffic {
    /// Postgres runs.
    pub postgres: bool,
    /// Reads that Postgres has to be able to serve.
    pub postgres_reads: Decimal,
    /// The `DynamoDB` tables exist.
    pub tables: bool,
    /// Writes sent to `DynamoDB`, those repeated included.
    pub writes: Decimal,
    /// Reads sent to `DynamoDB`, shadow reads included.
    pub reads: Decimal,
    /// Statements that `DynamoDB` does not serve are served by another store.
    pub elsewhere: bool,
    /// A snapshot of Postgres is kept.
    pub snapshot: bool,
}

impl Traffic {
    /// Postgres alone.
    pub const BEFORE: Self = Self {
        postgres: true,
        postgres_reads: Decimal::ONE,
        tables: false,
        writes: Decimal::ZERO,
        reads: Decimal::ZERO,
        elsewhere: false,
        snapshot: false,
    };
    /// `DynamoDB` alone.
    pub const AFTER: Self = Self {
        postgres: false,
        postgres_reads: Decimal::ZERO,
        tables: true,
        writes: Decimal::ONE,
        reads: Decimal::ONE,
        elsewhere: true,
        snapshot: false,
    };
}

/// The traffic on day `day` (from 0) of a phase of `days` days.
#[must_use]
pub fn traffic(kind: PhaseKind, day: u32, days: u32, settings: &MigrationSettings) -> Traffic {
    let written = Decimal::ONE + settings.dual_write_error_rate.value;
    let dual = Traffic { tables: true, writes: written, ..Traffic::BEFORE };
    match kind {
        PhaseKind::Baseline => Traffic::BEFORE,
        PhaseKind::DualWrite => dual,
        // An import fills tables that nobody writes to yet.
        PhaseKind::Backfill if settings.backfill.value == BackfillMethod::S3Import => {
            Traffic { tables: true, ..Traffic::BEFORE }
        }
        PhaseKind::Backfill => dual,
        PhaseKind::Validation => Traffic { reads: settings.shadow_read_share.value, ..dual },
        PhaseKind::ReadShift => {
            let moved = shifted(&settings.read_shift_percent.value, day, days);
            Traffic { postgres_reads: Decimal::ONE - moved, reads: moved, elsewhere: true, ..dual }
        }
        PhaseKind::Primary => {
            Traffic { postgres_reads: Decimal::ZERO, reads: Decimal::ONE, elsewhere: true, ..dual }
        }
        PhaseKind::Decommission => Traffic { snapshot: true, ..Traffic::AFTER },
    }
}

/// The share of reads on `DynamoDB` on a day: the steps in order, each as long
/// as the others to within a day.
fn shifted(percent: &[Decimal], day: u32, days: u32) -> Decimal {
    let step = u64::from(day) * percent.len() as u64 / u64::from(days.max(1));
    let step = usize::try_from(step).unwrap_or(usize::MAX);
    percent.get(step).copied().unwrap_or(Decimal::ONE_HUNDRED) / Decimal::ONE_HUNDRED
}

/// Which of the three lengths of each phase is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// The least.
    Least,
    /// The likely.
    Likely,
    /// The most.
    Most,
}

/// Every phase with its days. A backfill is as long as its transfer at least,
/// unless it is stated to take no day: then there is none, and existing rows are
/// left to run out.
#[must_use]
pub fn lengths(
    settings: &MigrationSettings,
    pace: Pace,
    transfer_days: u32,
) -> [(PhaseKind, u32); 7] {
    PhaseKind::order(settings.backfill.value).map(|kind| {
        let stated = match kind {
            PhaseKind::Baseline => &settings.baseline_days,
            PhaseKind::DualWrite => &settings.dual_write_days,
            PhaseKind::Backfill => &settings.backfill_days,
            PhaseKind::Validation => &settings.validation_days,
            PhaseKind::ReadShift => &settings.read_shift_days,
            PhaseKind::Primary => &settings.primary_days,
            PhaseKind::Decommission => &settings.decommission_days,
        };
        let days = match pace {
            Pace::Least => stated.value.least,
            Pace::Likely => stated.value.likely,
            Pace::Most => stated.value.most,
        };
        let days = match kind {
            PhaseKind::Backfill if stated.value.most > 0 => days.max(transfer_days),
            _ => days,
        };
        (kind, days)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_of_the_shift_are_equally_long_and_end_at_all_reads() {
        let steps = [1, 5, 25, 50, 100].map(Decimal::from);
        let shares: Vec<Decimal> = (0..10).map(|day| shifted(&steps, day, 10)).collect();
        let percent: Vec<Decimal> =
            shares.iter().map(|share| share * Decimal::ONE_HUNDRED).collect();
        let wanted = [1, 1, 5, 5, 25, 25, 50, 50, 100, 100].map(Decimal::from);
        assert_eq!(percent, wanted);
        assert_eq!(shifted(&steps, 0, 1), Decimal::new(1, 2));
    }

    #[test]
    fn an_import_comes_before_the_dual_writes() {
        let order = PhaseKind::order(BackfillMethod::S3Import);
        let place = |kind| order.iter().position(|one| *one == kind).unwrap();
        assert!(place(PhaseKind::Backfill) < place(PhaseKind::DualWrite));
        let order = PhaseKind::order(BackfillMethod::Api);
        let place = |kind| order.iter().position(|one| *one == kind).unwrap();
        assert!(place(PhaseKind::Backfill) > place(PhaseKind::DualWrite));
    }
}
