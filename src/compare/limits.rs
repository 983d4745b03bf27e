//! Where a design runs into DynamoDB's limits, today or within the range of
//! loads that is looked at.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::design::Design;
use crate::dynamodb::limits::{
    TABLE_READ_UNITS_PER_SECOND_DEFAULT_MAX, TABLE_WRITE_UNITS_PER_SECOND_DEFAULT_MAX,
};
use crate::finding::{Finding, Severity};
use crate::layout::Layout;
use crate::workload::Workload;

use super::arm_use::ArmUse;
use super::billing::Billing;
use super::design_limits::design_limits;
use super::hot_keys::{HotKeys, hot_key_findings};
use super::partitions::{ArmPartitions, partition_findings};

/// What a design is judged by.
pub struct Judged<'a> {
    /// The design.
    pub design: &'a Design,
    /// Its sizes.
    pub layout: &'a Layout,
    /// What it uses, by table and index.
    pub uses: &'a [ArmUse],
    /// Their busiest keys.
    pub hot: &'a [HotKeys],
    /// Their partitions.
    pub partitions: &'a [ArmPartitions],
}

/// Every limit that the design meets within the range of loads.
pub fn limit_findings(
    workload: &Workload,
    judged: &Judged<'_>,
    billing: &Billing<'_>,
) -> Vec<Finding> {
    let mut findings = design_limits(judged.design, judged.layout, workload);
    findings.extend(partition_findings(judged.design, judged.partitions));
    table_quotas(judged, billing, &mut findings);
    findings.extend(hot_key_findings(judged.design, judged.hot, billing));
    findings
}

/// A table and its global indexes may take 40,000 units a second each way until
/// the quota is raised.
fn table_quotas(judged: &Judged<'_>, billing: &Billing<'_>, findings: &mut Vec<Finding>) {
    let most = billing.settings.load.range.value.1;
    for (t, table) in judged.design.tables.iter().enumerate() {
        let of_table = || judged.uses.iter().filter(move |used| used.arm.table == t);
        let reads: f64 = of_table().map(|used| peak(billing, &used.readers)).sum();
        let writes: f64 = of_table().map(|used| peak(billing, &used.writers)).sum();
        for (units, quota, word) in [
            (reads, TABLE_READ_UNITS_PER_SECOND_DEFAULT_MAX, "read"),
            (writes, TABLE_WRITE_UNITS_PER_SECOND_DEFAULT_MAX, "write"),
        ] {
            #[expect(clippy::cast_precision_loss, reason = "40,000")]
            let reached = quota as f64 / units.max(1e-9);
            if reached < most {
                findings.push(
                    Finding::new(
                        "table-quota",
                        if reached < 1.0 { Severity::High } else { Severity::Medium },
                        format!(
                            "table {} with its indexes takes {units:.0} {word} units a second at \
                             today's peak: its default quota of {quota} is reached at {reached:.1}x",
                            table.name
                        ),
                    )
                    .mend("ask AWS to raise the quota before the load comes"),
                );
            }
        }
    }
}

/// Units a second at the busiest minute, spikes included, of what some patterns
/// use a month.
pub fn peak(billing: &Billing<'_>, units_by_pattern: &BTreeMap<usize, Decimal>) -> f64 {
    let units: Decimal = units_by_pattern.values().sum();
    let mean = units / billing.conventions.month_seconds();
    let highest = billing.arrival.of_units(units_by_pattern).highest_to_mean();
    mean.to_f64().unwrap_or(f64::INFINITY) * highest
}
