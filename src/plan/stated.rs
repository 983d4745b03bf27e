//! Operations that a design states itself, where SQL is not the right language.

use std::collections::BTreeSet;

use crate::design::{PatternRule, StatedOperation, StatedRequest};
use crate::dynamodb::Consistency;
use crate::workload::Service;

use super::build::Context;
use super::effects::{Change, entry_changes};
use super::model::{Detail, Evidence, Operation, OperationKind, PlannedPattern};

/// The operations that the design states itself.
pub fn stated(context: &Context<'_>, rule: &PatternRule) -> PlannedPattern {
    let operations: Vec<Operation> =
        rule.operations.iter().map(|one| stated_operation(context, rule, one)).collect();
    let scanned = operations.iter().any(|operation| operation.kind == OperationKind::Scan);
    PlannedPattern {
        service: if scanned { Service::Scan } else { Service::Served },
        operations,
        notes: vec!["the operations are stated by the design".to_owned()],
        elsewhere: None,
        finds_first: false,
        read_range: None,
        alternatives: Vec::new(),
    }
}

fn stated_operation(
    context: &Context<'_>,
    rule: &PatternRule,
    stated: &StatedOperation,
) -> Operation {
    let home = (stated.table, stated.item);
    let entity = context.entity_of(home);
    let strong = rule.strong.unwrap_or(context.strong_reads);
    let read = Detail::Read {
        items: stated.items,
        along_bytes: 0.0,
        evidence: Evidence::Stated,
        found: 1.0,
        consistency: if strong { Consistency::Strong } else { Consistency::Eventual },
        may_be_strong: stated.index.is_none(),
    };
    let write = |change: &Change<'_>| Detail::Write {
        succeeds: 1.0,
        entries: entry_changes(context, home, entity, change, None, Some(rule)),
        appends: None,
        inserted: None,
    };
    let (kind, detail) = match &stated.request {
        StatedRequest::Get => (OperationKind::GetItem, read),
        StatedRequest::Query => (OperationKind::Query, read),
        StatedRequest::Scan => (OperationKind::Scan, read),
        StatedRequest::Put => (OperationKind::PutItem, write(&Change::Put(None))),
        StatedRequest::Update(columns) => (
            OperationKind::UpdateItem,
            write(&Change::Update { columns: columns.clone(), cleared: BTreeSet::new() }),
        ),
        StatedRequest::Delete => (OperationKind::DeleteItem, write(&Change::Delete)),
    };
    Operation {
        kind,
        table: stated.table,
        item: stated.item,
        index: stated.index,
        per_call: stated.per_call,
        transactional: rule.transaction,
        detail,
        purpose: "stated by the design".to_owned(),
    }
}
