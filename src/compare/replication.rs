//! What a design's writes and expiries come to in the other Regions of a global
//! table.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use crate::demand::{Arm, Demand};
use crate::design::Design;
use crate::finding::{Finding, Severity};
use crate::layout::Layout;
use crate::plan::{Detail, Plan};
use crate::pricing::{Region, Replica, ReplicaDemand, replica_demand};
use crate::sql::{Access, Verb};
use crate::units::decimal_from_f64;
use crate::workload::Workload;

use super::arm_use::ArmUse;
use super::billing::Billing;

/// Bytes that global tables add to a stored item (Developer Guide, "DynamoDB
/// item sizes and formats").
pub const REPLICATED_ITEM_OVERHEAD_BYTES: f64 = 48.0;

/// Notes what is sent to replicas, and what expiry costs there.
///
/// AWS does not say how a change is sent: the whole item is taken, of deletes
/// too, which is an upper bound.
pub fn note_replication(
    uses: &mut [ArmUse],
    workload: &Workload,
    design: &Design,
    layout: &Layout,
    plan: &Plan,
    demand: &Demand,
) {
    let mut at = |arm: Arm, change: &mut dyn FnMut(&mut ArmUse)| {
        if let Some(used) = uses.iter_mut().find(|used| used.arm == arm) {
            change(used);
        }
    };
    for operation in &demand.operations {
        let planned = &plan.patterns[operation.pattern].operations[operation.operation];
        if let Detail::Write { succeeds, .. } = planned.detail {
            let item = &layout.tables[planned.table].items[planned.item];
            let bytes = exact(planned.per_call * succeeds * item.sizes.mean_bytes());
            at(Arm { table: planned.table, index: None }, &mut |used| {
                used.sent_bytes += operation.calls_per_month * bytes;
            });
        }
    }
    for expiry in expiries(workload, design) {
        let Some(deletes) = expiry.deletes_per_month else { continue };
        let item = &layout.tables[expiry.table].items[expiry.item];
        // One replicated write whatever the size of the item, and the deletes of
        // its index entries (Developer Guide, "Time to Live" and "Global tables:
        // billing").
        at(Arm { table: expiry.table, index: None }, &mut |used| {
            used.expired_units += deletes;
            used.sent_bytes += deletes * exact(item.sizes.mean_bytes());
            used.expirers.insert(expiry.pattern);
        });
        for (index, entry) in item.entries.iter().enumerate() {
            let Some(entry) = entry else { continue };
            let units = exact(entry.share * entry.sizes.expected_write_units());
            at(Arm { table: expiry.table, index: Some(index) }, &mut |used| {
                used.expired_units += deletes * units;
                used.expirers.insert(expiry.pattern);
            });
        }
    }
}

/// A statement that deletes items of one kind and is left to TTL.
struct Expiry {
    pattern: usize,
    table: usize,
    item: usize,
    /// `None` where the capture has no rows of the statement.
    deletes_per_month: Option<Decimal>,
}

fn expiries(workload: &Workload, design: &Design) -> Vec<Expiry> {
    let mut found = Vec::new();
    for (p, pattern) in workload.patterns.iter().enumerate() {
        let rule = design.rules.iter().find(|rule| rule.covers(&pattern.text));
        let by_ttl = rule.is_some_and(|rule| rule.by_ttl && rule.elsewhere.is_none());
        let Access::Data(steps) = &pattern.access else { continue };
        if !by_ttl {
            continue;
        }
        let deletes_per_month =
            pattern.rows_per_call.map(|rows| exact(rows) * pattern.calls_per_month);
        for step in steps.iter().filter(|step| step.verb == Verb::Delete) {
            if let Some(entity) = workload.entity(step.schema.as_deref(), &step.table) {
                let homes = design.homes(&entity.table);
                found.extend(homes.map(|(table, item)| Expiry {
                    pattern: p,
                    table,
                    item,
                    deletes_per_month,
                }));
            }
        }
    }
    found
}

/// Tables with replicas and TTL whose expiries nobody counted: what their
/// deletes cost in other Regions is missing from the bill.
pub fn uncounted_expiries(
    workload: &Workload,
    design: &Design,
    billing: &Billing<'_>,
) -> Vec<Finding> {
    let expiries = expiries(workload, design);
    let counted: BTreeSet<usize> = expiries
        .iter()
        .filter(|expiry| expiry.deletes_per_month.is_some())
        .map(|expiry| expiry.table)
        .collect();
    design
        .tables
        .iter()
        .enumerate()
        .filter(|(t, table)| {
            let settings = billing.settings.dynamodb.table(&table.name);
            table.ttl.is_some() && !counted.contains(t) && !settings.replica_regions.is_empty()
        })
        .map(|(_, table)| {
            Finding::new(
                "replicated-expiry-unknown",
                Severity::High,
                format!(
                    "items of table {} expire, but no statement with counted rows is left to TTL: \
                     the replicated deletes are missing from the bill",
                    table.name
                ),
            )
            .mend("mark the statement that deletes them with by_ttl = true in the design")
        })
        .collect()
}

/// The designs are in several Regions and Postgres, as it is sized here, in one:
/// the two do not buy the same.
pub fn one_sided(billing: &Billing<'_>, designs: &[Design]) -> Option<Finding> {
    let tables = designs.iter().flat_map(|design| &design.tables);
    let regions: BTreeSet<Region> = tables
        .flat_map(|table| billing.settings.dynamodb.table(&table.name).replica_regions)
        .collect();
    let codes: Vec<&str> = regions.iter().map(Region::code).collect();
    (!codes.is_empty()).then(|| {
        Finding::new(
            "postgres-not-replicated",
            Severity::High,
            format!(
                "the designs are billed with replicas in {}, Postgres in {} alone",
                codes.join(", "),
                billing.region
            ),
        )
        .mend("compare without replica_regions, or add Postgres replicas there by hand")
    })
}

/// What writes to a table or index are billed as in each Region of a global table
/// at a multiple of today's load, the plan's own Region first: every request is
/// made there. Storage, the same in each, is billed apart.
pub fn in_regions(
    billing: &Billing<'_>,
    replicas: &[Region],
    used: &ArmUse,
    global_index: bool,
    load: Decimal,
) -> Vec<ReplicaDemand> {
    let (writes, expired) = (used.write_units * load, used.expired_units * load);
    let of_table = |units: Decimal| if global_index { Decimal::ZERO } else { units };
    let of_index = |units: Decimal| if global_index { units } else { Decimal::ZERO };
    let home = Replica {
        region: billing.region.clone(),
        write_units: of_table(writes),
        index_write_units: of_index(writes),
        ttl_delete_units: of_table(expired),
        ttl_index_units: of_index(expired),
        sent_bytes: used.sent_bytes * load,
        stored_bytes: Decimal::ZERO,
    };
    let others = replicas.iter().map(|region| Replica {
        region: region.clone(),
        write_units: Decimal::ZERO,
        index_write_units: Decimal::ZERO,
        ttl_delete_units: Decimal::ZERO,
        ttl_index_units: Decimal::ZERO,
        sent_bytes: Decimal::ZERO,
        stored_bytes: Decimal::ZERO,
    });
    let all: Vec<Replica> = std::iter::once(home).chain(others).collect();
    replica_demand(&all)
}

/// Bytes at the horizon, with what replication adds to each item; `None` where
/// rows were never counted.
pub fn stored_bytes(used: &ArmUse, replicated: bool) -> Option<Decimal> {
    let overhead = if replicated && used.arm.index.is_none() {
        used.items? * REPLICATED_ITEM_OVERHEAD_BYTES
    } else {
        0.0
    };
    decimal_from_f64(used.bytes? + overhead).ok().map(|bytes| bytes.round())
}

fn exact(number: f64) -> Decimal {
    decimal_from_f64(number).expect("bytes and rows of one call are far below a decimal's limit")
}
