//! What the capture and the plan say must be decided before anything moves.

use crate::compare::DesignResult;
use crate::sql::{Access, Step, Verb};
use crate::workload::{AccessPattern, Service, Workload};

/// One thing to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// A stable name.
    pub id: &'static str,
    /// What is to be decided.
    pub what: String,
    /// The patterns or tables that raise it.
    pub raised_by: Vec<String>,
}

/// Everything to decide for a design, only what the capture shows.
#[must_use]
pub fn checklist(workload: &Workload, result: &DesignResult) -> Vec<Question> {
    [
        without_key(workload, result),
        unserved(workload, result),
        uniqueness(workload),
        upserts(workload),
        transactions(workload),
        several_tables(workload, result),
        queues(workload),
        retention(workload, result),
        cascades(workload),
        triggers(workload),
    ]
    .into_iter()
    .filter(|question| !question.raised_by.is_empty())
    .collect()
}

fn patterns(workload: &Workload, wanted: impl Fn(usize, &AccessPattern) -> bool) -> Vec<String> {
    workload
        .patterns
        .iter()
        .enumerate()
        .filter(|(p, pattern)| wanted(*p, pattern))
        .map(|(_, pattern)| pattern.id.clone())
        .collect()
}

fn steps(pattern: &AccessPattern) -> &[Step] {
    match &pattern.access {
        Access::Data(steps) => steps,
        Access::Ignorable(_) | Access::Unparsed(_) => &[],
    }
}

fn without_key(workload: &Workload, result: &DesignResult) -> Question {
    Question {
        id: "writes-without-key",
        what: "these writes do not bring the new key and look it up first: can the caller supply \
               it (and dual-write it), or is the look-up accepted?"
            .to_owned(),
        raised_by: patterns(workload, |p, _| result.plan.patterns[p].finds_first),
    }
}

fn unserved(workload: &Workload, result: &DesignResult) -> Question {
    Question {
        id: "not-served",
        what: "the design does not serve these statements: which store does, and is it filled \
               before Postgres stops?"
            .to_owned(),
        raised_by: patterns(workload, |p, _| {
            matches!(result.plan.patterns[p].service, Service::NotServed | Service::Unparsed)
        }),
    }
}

fn uniqueness(workload: &Workload) -> Question {
    let raised_by = workload
        .entities
        .iter()
        .flat_map(|entity| {
            entity
                .unique_keys
                .iter()
                .filter(|key| **key != entity.primary_key)
                .map(|key| format!("{} ({})", entity.table, key.join(", ")))
        })
        .collect();
    Question {
        id: "uniqueness",
        what: "Postgres keeps these unique beside the primary key; DynamoDB only keeps a primary \
               key unique: an item for each value in the same transaction, or no longer unique?"
            .to_owned(),
        raised_by,
    }
}

fn upserts(workload: &Workload) -> Question {
    Question {
        id: "upserts",
        what: "these insert or do otherwise on conflict: which condition stands for it, so that \
               dual writes and backfill may come in any order?"
            .to_owned(),
        raised_by: patterns(workload, |_, pattern| {
            steps(pattern).iter().any(|step| step.conflict.is_some())
        }),
    }
}

fn transactions(workload: &Workload) -> Question {
    let opens = |pattern: &AccessPattern| {
        let text = pattern.text.to_ascii_uppercase();
        matches!(pattern.access, Access::Ignorable(_))
            && (text.starts_with("BEGIN") || text.starts_with("START TRANSACTION"))
    };
    Question {
        id: "transactions",
        what: "the application opens transactions: which of its writes must stay together? Each \
               item of a DynamoDB transaction costs twice, and at most 100 fit"
            .to_owned(),
        raised_by: patterns(workload, |_, pattern| opens(pattern)),
    }
}

fn several_tables(workload: &Workload, result: &DesignResult) -> Question {
    Question {
        id: "several-writes",
        what: "these write more than one table of Postgres in one statement, which is one \
               transaction there: together, or repaired afterwards?"
            .to_owned(),
        raised_by: patterns(workload, |p, pattern| {
            let mut tables: Vec<&str> = steps(pattern)
                .iter()
                .filter(|step| step.verb != Verb::Read)
                .map(|step| step.table.as_str())
                .collect();
            tables.sort_unstable();
            tables.dedup();
            tables.len() > 1 && !result.plan.patterns[p].operations.is_empty()
        }),
    }
}

fn queues(workload: &Workload) -> Question {
    Question {
        id: "queues",
        what: "these take rows from a queue by row locks; DynamoDB has none: a conditional update \
               as a lease, or a queue service? While both sides are written only one may hand out \
               work"
            .to_owned(),
        raised_by: patterns(workload, |_, pattern| {
            steps(pattern).iter().any(|step| step.locking.is_some_and(|one| one.skip_locked))
        }),
    }
}

/// Deletes that go by time or by rows found otherwise, where the design has no
/// expiry.
fn retention(workload: &Workload, result: &DesignResult) -> Question {
    let deletes = |p: usize, pattern: &AccessPattern| {
        !pattern.nested
            && steps(pattern).iter().any(|step| step.verb == Verb::Delete)
            && result.plan.patterns[p].service != Service::Ignorable
    };
    Question {
        id: "retention",
        what: "these delete rows: do they go on during the dual writes on both sides, and is what \
               expires soon worth a backfill? Items that TTL removes stay readable for some days"
            .to_owned(),
        raised_by: patterns(workload, deletes),
    }
}

fn cascades(workload: &Workload) -> Question {
    let raised_by = workload
        .entities
        .iter()
        .flat_map(|entity| {
            let cascading = entity.parents.iter().filter(|parent| parent.cascade);
            cascading.map(|parent| format!("{} with {}", entity.table, parent.table))
        })
        .collect();
    Question {
        id: "cascades",
        what: "Postgres deletes these rows with their parents; who deletes their items?".to_owned(),
        raised_by,
    }
}

fn triggers(workload: &Workload) -> Question {
    let raised_by = workload
        .entities
        .iter()
        .flat_map(|entity| {
            entity.triggers.iter().map(|one| format!("{} on {}", one.name, entity.table))
        })
        .collect();
    Question {
        id: "triggers",
        what: "triggers do part of the writing in Postgres: the dual write must do it too"
            .to_owned(),
        raised_by,
    }
}
