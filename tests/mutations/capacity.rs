//! What `capacity` does with a recorded load.

use ddbplan::report::capacity::{CapacityReport, json, text};
use ddbplan::simulate::TargetPercent;
use ddbplan::simulate::UnitSum;
use ddbplan::simulate::modes::{self, ThroughputPrices};
use ddbplan::simulate::on_demand::OnDemand;
use ddbplan::simulate::provisioned::{HourBasis, TABLE_QUOTA_UNITS_PER_S, TargetTracking};
use ddbplan::simulate::recorded::Recorded;
use ddbplan::simulate::search::SearchSpace;
use ddbplan::units::Usd;
use rust_decimal::Decimal;

/// The load under each mode, and the best setting, as they are shown.
pub fn modes(load: &Recorded) -> String {
    let (reads, writes) = (&load.reads, &load.writes);
    let policy = TargetTracking {
        min: 1,
        max: TABLE_QUOTA_UNITS_PER_S,
        ..TargetTracking::new(TargetPercent::CONSOLE_DEFAULT)
    };
    let flat = |series| modes::flat(series, 1, TABLE_QUOTA_UNITS_PER_S);
    let scaled = modes::auto_scaled(&policy, TargetPercent::CONSOLE_DEFAULT);
    let compared = [
        modes::on_demand(reads, writes, &OnDemand::COLD),
        modes::provisioned((reads, &flat(reads)), (writes, &flat(writes))),
        modes::provisioned((reads, &scaled), (writes, &scaled)),
    ];
    let usd = |nano: i64| Usd::new(Decimal::new(nano, 9));
    let prices = ThroughputPrices {
        read_request: usd(125),
        write_request: usd(625),
        read_capacity_hour: usd(130_000),
        write_capacity_hour: usd(650_000),
    };
    let space = SearchSpace {
        targets: vec![TargetPercent::CONSOLE_DEFAULT],
        policy,
        throttled_max: UnitSum::from_milli(0),
        hours: HourBasis::Max,
        minutes_run_max: 1 << 16,
    };
    let best = modes::best((reads, &space), (writes, &space), &OnDemand::COLD, &prices);
    let report = CapacityReport {
        modes: &compared,
        best: best.as_ref(),
        throttled_max_percent: Decimal::ZERO,
        searched: "one target",
        prices: &prices,
        priced_as: "us-east-1",
        hours: HourBasis::Max,
        findings: &load.findings,
    };
    format!("{}{}", text(&report), json(&report))
}
