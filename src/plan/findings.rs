//! What the reader must know about a plan as a whole.

use crate::finding::{Finding, Severity};

use super::build::Context;
use super::model::{Evidence, PlannedPattern};

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
            findings.push(
                Finding::new(
                    "triggers",
                    Severity::Low,
                    format!(
                        "table {} has triggers ({}): the application must do their work",
                        entity.table,
                        entity.triggers.join(", ")
                    ),
                )
                .mend("what they write is billed like any other write"),
            );
        }
    }
    findings
}
