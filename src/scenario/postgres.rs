use rust_decimal::Decimal;

use crate::finding::{Diagnostic, Origin, Sourced};
use crate::units::Usd;
use crate::written::Section;

use super::assumption::Taker;

/// Today's Postgres, if the plan states it.
#[derive(Clone, Debug, PartialEq)]
pub struct Baseline {
    /// What it is, in the planner's words.
    pub what: String,
    /// What it costs a month.
    pub monthly: Usd,
}

/// `[postgres]`: how the sharded fleet is sized. The meaning of each is said in
/// the fleet model.
#[derive(Clone, Debug)]
pub struct PostgresSettings {
    /// Share of a shard's CPU that may be busy at the peak, in percent.
    pub cpu_target_percent: Sourced<f64>,
    /// Data one shard holds at most, in TB (10^12 bytes).
    pub shard_storage_tb: Sourced<f64>,
    /// WAL one shard may write, in MB/s.
    pub shard_wal_mb_per_second: Sourced<f64>,
    /// Connections a shard's pool opens.
    pub shard_connections: Sourced<f64>,
    /// Today's fleet and its bill.
    pub baseline: Option<Sourced<Baseline>>,
}

impl PostgresSettings {
    /// Takes `[postgres]`.
    pub(super) fn take(taker: &mut Taker, section: &Section<'_, '_>) -> Self {
        let settings = Self {
            cpu_target_percent: taker.note(
                "postgres.cpu_target_percent",
                "CPU of a shard that may be busy at the peak",
                section.number_in("cpu_target_percent", 5.0..=95.0, "a CPU target in percent"),
                60.0,
                |percent| format!("{percent} %"),
            ),
            shard_storage_tb: taker.note(
                "postgres.shard_storage_tb",
                "data one shard holds at most",
                section.number_in("shard_storage_tb", 0.1..=64.0, "a shard's storage in TB"),
                4.0,
                |tb| format!("{tb} TB"),
            ),
            shard_wal_mb_per_second: taker.note(
                "postgres.shard_wal_mb_per_second",
                "WAL one shard may write, so that a standby keeps up",
                section.number_in("shard_wal_mb_per_second", 1.0..=1000.0, "WAL in MB/s"),
                75.0,
                |mb| format!("{mb} MB/s"),
            ),
            shard_connections: taker.note(
                "postgres.shard_connections",
                "connections that a shard's pool opens",
                section.number_in("shard_connections", 1.0..=10_000.0, "a pool's connections"),
                100.0,
                |connections| format!("{connections}"),
            ),
            baseline: baseline(section),
        };
        section.report_left_over();
        settings
    }
}

fn baseline(section: &Section<'_, '_>) -> Option<Sourced<Baseline>> {
    if !section.has("baseline") {
        return None;
    }
    let baseline = section.section("baseline")?;
    let what = baseline.required_text("what");
    let monthly = baseline.decimal("monthly_usd");
    baseline.report_left_over();
    let monthly = match monthly {
        Some(monthly) if monthly.value > Decimal::ZERO => monthly,
        _ => {
            baseline.fault(
                Diagnostic::new("postgres.baseline needs monthly_usd, above 0")
                    .at(baseline.place())
                    .mend("state today's bill, or leave the section out"),
            );
            return None;
        }
    };
    Some(Sourced {
        value: Baseline { what: what?.value, monthly: Usd::new(monthly.value) },
        origin: Origin::File(monthly.place),
    })
}
