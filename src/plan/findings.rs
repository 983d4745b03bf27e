//! What the reader must know about a plan as a whole.

use crate::finding::{Finding, Severity};
use crate::workload::Entity;

use super::build::Context;
use super::model::{Detail, Evidence, Operation, OperationKind, PlannedPattern};

/// Tables that grow less than this up to the horizon hardly change what a read
/// looks at.
const GROWTH_MIN: f64 = 1.2;

/// The findings of a plan.
pub fn findings(context: &Context<'_>, patterns: &[PlannedPattern]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let known_as = |evidence: Evidence| {
        let named: Vec<&str> = context
            .workload
            .patterns
            .iter()
            .zip(patterns)
            .filter(|(_, planned)| planned.evidence() == Some(evidence))
            .map(|(pattern, _)| pattern.id.as_str())
            .collect();
        named.join(", ")
    };
    let estimated = known_as(Evidence::Estimated);
    if !estimated.is_empty() {
        findings.push(
            Finding::new(
                "reads-estimated",
                Severity::Medium,
                format!(
                    "the items that these look at are estimated from column statistics: \
                     {estimated}; busy keys hold more rows than the average, so their reads are \
                     more likely higher than lower"
                ),
            )
            .mend("record pg_stat_user_indexes with every snapshot of the statements"),
        );
    }
    let least = known_as(Evidence::LowerBound);
    if !least.is_empty() {
        findings.push(
            Finding::new(
                "reads-lower-bound",
                Severity::Medium,
                format!(
                    "what these look at is a lower bound, the rows that they return: {least}; keys \
                     of a list that were not found, rows skipped by OFFSET and rows of unknown \
                     number that are added up are missing"
                ),
            )
            .mend("record pg_stat_user_indexes with every snapshot, or a query log"),
        );
    }
    let counted = known_as(Evidence::IndexCounters);
    if !counted.is_empty() {
        findings.push(Finding::new(
            "reads-from-index-counters",
            Severity::Low,
            format!(
                "what these look at is what Postgres's index counters leave for them: {counted}"
            ),
        ));
    }
    findings.extend(reads_that_grow(context, patterns));
    for entity in &context.workload.entities {
        let stored = context.design.homes(&entity.table).next().is_some()
            || context.design.embedders(&entity.table).next().is_some();
        if !stored {
            findings.push(Finding::new(
                "table-not-stored",
                Severity::Medium,
                format!("the design stores no rows of table {}", entity.table),
            ));
        }
        if stored && !entity.triggers.is_empty() {
            findings.push(triggers(entity));
        }
    }
    findings
}

/// Reads that look at as many items as there are, in tables that grow.
fn reads_that_grow(context: &Context<'_>, patterns: &[PlannedPattern]) -> Option<Finding> {
    let growth = |operation: &Operation| {
        let Detail::Read { evidence, .. } = operation.detail else { return None };
        let whole = operation.kind == OperationKind::Scan || evidence > Evidence::Stated;
        let item = &context.layout.tables[operation.table].items[operation.item];
        let growth = item.count_horizon? / item.count.filter(|count| *count > 0.0)?;
        (whole && growth >= GROWTH_MIN).then_some(growth)
    };
    let growing: Vec<String> = context
        .workload
        .patterns
        .iter()
        .zip(patterns)
        .filter_map(|(pattern, planned)| {
            let most = planned.operations.iter().filter_map(growth).max_by(f64::total_cmp)?;
            Some(format!("{} ({most:.1}x)", pattern.id))
        })
        .collect();
    (!growing.is_empty()).then(|| {
        Finding::new(
            "reads-grow",
            Severity::Medium,
            format!(
                "these look at more items the more rows there are, and are counted with the rows \
                 of today, as Postgres's times for them are: {}; in brackets how much the table \
                 grows up to the horizon, and their reads at most with it",
                growing.join(", ")
            ),
        )
        .mend("capture a database that has grown to its working size")
    })
}

/// What a table's triggers do, and which of it is billed.
fn triggers(entity: &Entity) -> Finding {
    let done: Vec<String> = entity
        .triggers
        .iter()
        .map(|trigger| {
            let name = &trigger.name;
            let Some(body) = &trigger.body else {
                return format!("{name}: what it does was not recorded, nothing of it is billed");
            };
            let sets: Vec<&str> = body.sets.iter().map(String::as_str).collect();
            let more = if body.does_more {
                "; what its own statements write is billed where the capture has them as nested \
                 statements"
            } else {
                ""
            };
            if sets.is_empty() || !trigger.fires.before {
                format!("{name} changes no column of the row{more}")
            } else {
                format!("{name} writes {}, billed with the statement{more}", sets.join(", "))
            }
        })
        .collect();
    let unknown = entity.triggers.iter().any(|trigger| trigger.body.is_none());
    let finding = Finding::new(
        "triggers",
        if unknown { Severity::Medium } else { Severity::Low },
        format!(
            "table {} has triggers, whose work the application must do: {}",
            entity.table,
            done.join("; ")
        ),
    );
    if unknown {
        finding.mend("record the schema with its functions (pg_dump --schema-only)")
    } else {
        finding
    }
}
