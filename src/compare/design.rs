//! Everything that follows from one design.

use rust_decimal::Decimal;

use crate::demand::{self, Demand, ReadRule, StoredArm, stored};
use crate::design::Design;
use crate::finding::{Finding, Severity};
use crate::layout::{self, Layout};
use crate::plan::{self, Plan};
use crate::units::decimal_from_f64;
use crate::workload::{Service, Workload};

use super::arm_use::{ArmUse, arm_uses};
use super::billing::{Billing, monthly, upfront};
use super::chance::burst_findings;
use super::commitment::{BEHIND_PLAN, best_commitment, hourly_usage};
use super::coverage::coverage;
use super::dynamo;
use super::elsewhere::{elsewhere, known_monthly};
use super::hot_keys::hot_keys;
use super::limits::{Judged, limit_findings};
use super::model::{DesignResult, ModeResult};
use super::operation_cost::unit_prices;
use super::partitions::partitions;
use super::refused::RefusedLoads;
use super::replication::{note_replication, uncounted_expiries};
use super::throttling::{throttled_share, throttling};
use super::verdict::asked;

/// Lays out, plans, measures and bills a design.
#[must_use]
pub fn evaluate(workload: &Workload, design: &Design, billing: &Billing<'_>) -> DesignResult {
    let layout = layout::build(design, workload);
    let strong = billing.settings.dynamodb.strong_reads.value;
    let plan = plan::plan(workload, design, &layout, strong);
    let demand = demand::demand(workload, &layout, &plan, ReadRule::AsPlanned);
    let all_strong = demand::demand(workload, &layout, &plan, ReadRule::AllStrong);
    let stored = stored(&layout);
    let uses_of = |demand| uses(workload, design, (&layout, &plan), demand, &stored);
    let (uses, strong_uses) = (uses_of(&demand), uses_of(&all_strong));
    let one = Decimal::ONE;
    let stores = elsewhere(workload, &plan, &billing.settings.elsewhere);
    let (stores_now, stores_behind) =
        (known_monthly(&stores, one), known_monthly(&stores, BEHIND_PLAN));
    let hot = hot_keys(workload, design, &plan, &demand, billing);
    let loads = asked(&billing.settings.load);
    let asked: Vec<Decimal> =
        loads.iter().filter_map(|load| decimal_from_f64(*load).ok()).collect();
    let modes = billing
        .settings
        .dynamodb
        .modes
        .value
        .iter()
        .map(|&mode| {
            let lines = dynamo::lines(billing, design, &uses, mode, one);
            let strong = dynamo::lines(billing, design, &strong_uses, mode, one);
            let behind = dynamo::lines(billing, design, &uses, mode, BEHIND_PLAN);
            let usage = hourly_usage(billing, design, mode, &uses, &lines);
            let at = |load| throttling(billing, design, (&demand, &uses), &hot, mode, load);
            let share = |load| {
                let load = decimal_from_f64(load).expect("a load within the range of a plan");
                throttled_share(billing, design, (&demand, &uses), &hot, mode, load)
            };
            let refused = RefusedLoads::find(billing.settings.load.range.value, &loads, share);
            let throttling = asked.iter().map(|&load| at(load)).collect();
            ModeResult {
                mode,
                throttling,
                refused,
                monthly: monthly(&lines).map(|usd| usd + stores_now),
                upfront: upfront(&lines),
                best_commitment: best_commitment(
                    billing,
                    &usage,
                    (&lines, stores_now),
                    (&behind, stores_behind),
                ),
                strong_monthly: monthly(&strong).map(|usd| usd + stores_now),
                noise: None,
                lines,
            }
        })
        .collect();
    let mut findings = plan.findings.clone();
    findings.extend(unserved_findings(workload, &plan));
    let partitions = partitions((workload, design, &layout), &uses, &hot, billing, &loads);
    let judged =
        Judged { design, layout: &layout, uses: &uses, hot: &hot, partitions: &partitions };
    findings.extend(uncounted_expiries(workload, design, billing));
    findings.extend(limit_findings(workload, &judged, billing));
    findings.extend(burst_findings(billing, design, &demand, &uses));
    if stored.iter().any(|arm| arm.bytes_horizon.is_none()) {
        findings.push(
            Finding::new(
                "storage-unknown",
                Severity::High,
                "some tables have no row count: their storage is missing from the bill",
            )
            .mend("run ANALYZE and export the catalog again"),
        );
    }
    DesignResult {
        coverage: coverage(workload, &plan),
        elsewhere: stores,
        design: design.clone(),
        layout,
        plan,
        demand,
        uses,
        strong_uses,
        unit_prices: unit_prices(billing, design),
        stored,
        partitions,
        modes,
        findings,
    }
}

/// What each table and index uses, replicas included.
pub(super) fn uses(
    workload: &Workload,
    design: &Design,
    (layout, plan): (&Layout, &Plan),
    demand: &Demand,
    stored: &[StoredArm],
) -> Vec<ArmUse> {
    let mut uses = arm_uses(demand, stored);
    note_replication(&mut uses, workload, design, layout, plan, demand);
    uses
}

#[expect(clippy::cast_precision_loss, reason = "shares")]
fn unserved_findings(workload: &Workload, plan: &Plan) -> Vec<Finding> {
    let calls = workload.patterns.iter().map(|pattern| pattern.calls);
    let calls = calls.fold(0, u64::saturating_add);
    let time: f64 = workload
        .patterns
        .iter()
        .filter(|pattern| !pattern.nested)
        .filter_map(|pattern| pattern.total.exec_ms)
        .sum();
    workload
        .patterns
        .iter()
        .zip(&plan.patterns)
        .filter(|(_, planned)| {
            matches!(planned.service, Service::NotServed | Service::Unparsed | Service::Scan)
        })
        .map(|(pattern, planned)| {
            let share = pattern.calls as f64 / calls.max(1) as f64 * 100.0;
            let time_share = pattern.total.exec_ms.unwrap_or(0.0) / time.max(1e-9) * 100.0;
            let (id, severity, what) = match planned.service {
                Service::Scan => ("scan", Severity::High, "reads a whole table"),
                Service::Unparsed => ("unparsed", Severity::High, "is not understood"),
                _ => ("not-served", Severity::High, "is not served"),
            };
            Finding::new(
                id,
                severity,
                format!(
                    "{} ({share:.2} % of calls, {time_share:.1} % of execution time) {what}: {}",
                    pattern.id,
                    planned.notes.join("; ")
                ),
            )
        })
        .collect()
}
