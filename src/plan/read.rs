//! Planning a step that reads.

use crate::design::{IndexKind, Part, PatternRule};
use crate::dynamodb::Consistency;
use crate::sql::{Columns, Predicate, Step, Test, Value, Verb};
use crate::workload::{Entity, Look};

use super::bind::Known;
use super::build::Context;
use super::evaluated::Side;
use super::model::{Alternative, Detail, Operation, OperationKind};
use super::path::{Path, Wanted, Way, ways};

/// What a read step needs.
pub struct Need<'a> {
    /// The statement's step.
    pub step: &'a Step,
    /// What is known when it runs.
    pub known: &'a Known,
    /// Rows it finds.
    pub rows: f64,
    /// These rows are counted, or follow from a unique key.
    pub rows_known: bool,
    /// What index counters tell.
    pub look: Option<&'a Look>,
    /// Which end of what is not known for sure.
    pub side: Side,
    /// Only keys are needed: the items are written next.
    pub keys_only: bool,
    /// The statement needs what it reads to be current: it locks or writes.
    pub current: bool,
    /// What the design says about the statement.
    pub rule: Option<&'a PatternRule>,
}

/// A read that can be served.
#[derive(Debug)]
pub struct Reached {
    /// Its operations.
    pub operations: Vec<Operation>,
    /// The index it goes through.
    pub via: Option<usize>,
    /// The whole table is read.
    pub scanned: bool,
    /// Read units, to compare by.
    pub cost: f64,
    /// What was assumed.
    pub notes: Vec<String>,
    /// Every way considered.
    pub alternatives: Vec<Alternative>,
}

/// The cheapest way to read rows of a table, over every kind of item that is
/// made from it.
///
/// # Errors
/// Why none of the keys can be used.
pub fn reach(
    context: &Context<'_>,
    entity: &Entity,
    need: &Need<'_>,
) -> Result<Reached, Vec<String>> {
    let mut found: Vec<Reached> = Vec::new();
    let mut refused = Vec::new();
    for home in context.design.homes(&entity.table) {
        match reach_home(context, entity, need, home) {
            Ok(one) => found.push(one),
            Err(why) => refused.extend(why),
        }
    }
    for (table, item, _) in context.design.embedders(&entity.table) {
        match reach_embedded(context, entity, need, (table, item)) {
            Ok(one) => found.push(one),
            Err(why) => refused.extend(why),
        }
    }
    cheapest(found).ok_or_else(|| {
        if refused.is_empty() {
            refused.push(format!("the design has no items made from table {}", entity.table));
        }
        refused
    })
}

/// The cheapest of several, which remembers the ways of the others.
fn cheapest(found: Vec<Reached>) -> Option<Reached> {
    let best = (0..found.len()).min_by_key(|&i| price(found[i].cost))?;
    let mut taken = None;
    let mut others = Vec::new();
    for (i, one) in found.into_iter().enumerate() {
        if i == best {
            taken = Some(one);
        } else {
            let lost = |one: Alternative| Alternative { taken: false, ..one };
            others.extend(one.alternatives.into_iter().map(lost));
        }
    }
    let mut taken = taken?;
    taken.alternatives.extend(others);
    Some(taken)
}

/// The operations to read one kind of item.
///
/// # Errors
/// Why none of its keys can be used.
pub fn reach_home(
    context: &Context<'_>,
    entity: &Entity,
    need: &Need<'_>,
    (table, item): (usize, usize),
) -> Result<Reached, Vec<String>> {
    let mut wanted = Wanted {
        table,
        item,
        entity,
        step: need.step,
        known: need.known.clone(),
        rows: need.rows,
        rows_known: need.rows_known,
        look: need.look,
        side: need.side,
        buckets: need.rule.and_then(|rule| rule.buckets),
        keys_only: need.keys_only,
    };
    let accept_scan = need.rule.is_some_and(|rule| rule.accept_scan);
    let allowed = |way: &Way| way.path.as_ref().is_ok_and(|path| accept_scan || !path.scans);
    let mut found = ways(context, &wanted);
    let mut look_up = None;
    if !found.iter().any(|way| way.path.as_ref().is_ok_and(|path| !path.scans))
        && let Some((parent, known)) = parent_keys(context, entity, need, (table, item))
    {
        wanted.known = known;
        found = ways(context, &wanted);
        look_up = Some(parent);
    }
    let best = found
        .iter()
        .enumerate()
        .filter(|(_, way)| allowed(way))
        .filter_map(|(i, way)| Some((i, way.path.as_ref().ok()?)))
        // Of equals the first: the table's key before an index.
        .min_by_key(|(_, path)| price(path.cost))
        .map(|(i, path)| (i, path.clone()));
    let Some((taken, path)) = best else { return Err(refusals(&found)) };
    let alternatives = found
        .iter()
        .enumerate()
        .map(|(i, way)| Alternative {
            table: entity.table.to_string(),
            way: way.name.clone(),
            read_units: considered(way, accept_scan),
            taken: i == taken,
        })
        .collect();
    let mut reached = Reached {
        via: path.index,
        scanned: path.scans,
        cost: path.cost,
        notes: path.notes.clone(),
        operations: operations(context, need, (table, item), &path),
        alternatives,
    };
    if let Some(parent) = look_up {
        reached.cost += parent.cost;
        reached.notes.push("the key is looked up in the parent first".to_owned());
        reached.notes.extend(parent.notes);
        reached.alternatives.extend(parent.alternatives);
        reached.operations.splice(0..0, parent.operations);
    }
    Ok(reached)
}

/// Read units in millionths: sums of shares differ in the last digits.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "units are positive; beyond 2^64 all are equally dear"
)]
fn price(units: f64) -> u64 {
    (units * 1e6).round() as u64
}

/// Why no key serves: everything but the Scan, which is always possible.
fn refusals(ways: &[Way]) -> Vec<String> {
    ways.iter()
        .filter_map(|way| match &way.path {
            Err(why) => Some(format!("{}: {why}", way.name)),
            Ok(path) if path.scans && !way.name.starts_with("scan of") => {
                Some(format!("{}: all {:.0} items of it would be read", way.name, path.evaluated))
            }
            Ok(_) => None,
        })
        .collect()
}

/// What an alternative would cost. A Scan that the design does not accept is
/// none, but what it would cost is worth knowing.
fn considered(way: &Way, accept_scan: bool) -> Result<f64, String> {
    match &way.path {
        Ok(path) if path.scans && !accept_scan => Err(format!(
            "the design accepts no Scan here; it would cost {:.1} read units",
            path.cost
        )),
        Ok(path) => Ok(path.cost),
        Err(why) => Err(why.clone()),
    }
}

/// Rows embedded in their parent are read with it.
fn reach_embedded(
    context: &Context<'_>,
    entity: &Entity,
    need: &Need<'_>,
    home: (usize, usize),
) -> Result<Reached, Vec<String>> {
    let parent = context.entity_of(home);
    let known = known_of_parent(entity, parent, need.known);
    let step = Step { reads: Columns::All, ..bare_step(need.step) };
    let asked = Need { step: &step, known: &known, rows: need.rows.min(1.0), look: None, ..*need };
    let mut reached = reach_home(context, parent, &asked, home)?;
    for operation in &mut reached.operations {
        operation.purpose = format!("read {} embedded in {}", entity.table, parent.table);
    }
    Ok(reached)
}

/// What is known of the parent when only child columns are given: the columns
/// that the foreign key refers to, and what the caller supplies as
/// `parent.column`.
pub fn known_of_parent(child: &Entity, parent: &Entity, known: &Known) -> Known {
    let mut of_parent = Known::default();
    for reference in child.parents.iter().filter(|one| one.table == parent.table) {
        for (column, referenced) in reference.columns.iter().zip(&reference.referenced) {
            if let Some(count) = known.equal.get(column) {
                of_parent.equal.insert(referenced.clone(), *count);
            }
        }
    }
    let prefix = format!("{}.", parent.table.name);
    for (column, count) in &known.equal {
        if let Some(column) = column.strip_prefix(&prefix) {
            of_parent.equal.insert(column.to_owned(), *count);
        }
    }
    of_parent
}

/// If the item's key takes columns of its parent, and the parent can be read by
/// what is known, what that read costs and what is known after it.
pub fn parent_keys(
    context: &Context<'_>,
    entity: &Entity,
    need: &Need<'_>,
    (table, item): (usize, usize),
) -> Option<(Reached, Known)> {
    let design = &context.design.tables[table].items[item];
    let templates = [Some(&design.partition_key), design.sort_key.as_ref()];
    let missing: Vec<(&String, &String)> = templates
        .into_iter()
        .flatten()
        .flat_map(|template| &template.parts)
        .filter_map(|part| match part {
            Part::Parent { table, column } => Some((table, column)),
            _ => None,
        })
        .filter(|(table, column)| !need.known.equal.contains_key(&format!("{table}.{column}")))
        .collect();
    let (parent_name, _) = missing.first()?;
    let reference = entity.parents.iter().find(|one| one.table.name == **parent_name)?;
    let parent = context.workload.entity(Some(&reference.table.schema), parent_name)?;
    let of_parent = known_of_parent(entity, parent, need.known);
    let step = Step {
        reads: Columns::Some(missing.iter().map(|(_, column)| (*column).clone()).collect()),
        predicates: of_parent
            .equal
            .keys()
            .map(|column| Predicate { column: column.clone(), test: Test::Equal(Value::Given) })
            .collect(),
        ..bare_step(need.step)
    };
    let asked = Need {
        step: &step,
        known: &of_parent,
        rows: 1.0,
        rows_known: true,
        look: None,
        side: need.side,
        keys_only: false,
        current: need.current,
        rule: None,
    };
    let mut reached = reach(context, parent, &asked).ok()?;
    for operation in &mut reached.operations {
        operation.purpose = format!("look up the key of {} in {}", entity.table, parent.table);
    }
    let mut known = need.known.clone();
    let supplied: Vec<String> =
        missing.iter().map(|(table, column)| format!("{table}.{column}")).collect();
    known.supply(&supplied);
    Some((reached, known))
}

/// A read of the same table without conditions of its own.
fn bare_step(step: &Step) -> Step {
    Step {
        verb: Verb::Read,
        predicates: Vec::new(),
        residual: Vec::new(),
        order_by: Vec::new(),
        ordered_by_other: false,
        limit: None,
        offset: false,
        aggregate: None,
        conflict: None,
        writes: Vec::new(),
        ..step.clone()
    }
}

fn operations(
    context: &Context<'_>,
    need: &Need<'_>,
    (table, item): (usize, usize),
    path: &Path,
) -> Vec<Operation> {
    let index_kind = path.index.map(|index| context.design.tables[table].indexes[index].kind);
    let strong = need.rule.and_then(|rule| rule.strong).unwrap_or(context.strong_reads);
    let consistency = |gsi: bool| {
        if !gsi && (need.current || strong) { Consistency::Strong } else { Consistency::Eventual }
    };
    let purpose = if need.keys_only {
        format!("find the items of {} to write", need.step.table)
    } else {
        format!("read {}", need.step.table)
    };
    let read = |kind, index: Option<usize>, (per_call, items, found), evidence, purpose: &str| {
        let gsi = index.is_some() && index_kind == Some(IndexKind::Global);
        Operation {
            kind,
            table,
            item,
            index,
            per_call,
            transactional: false,
            detail: Detail::Read {
                items,
                along_bytes: 0.0,
                evidence,
                found,
                consistency: consistency(gsi),
                may_be_strong: !gsi,
            },
            purpose: purpose.to_owned(),
        }
    };
    let mut operations = Vec::new();
    if path.by_key {
        let one = (path.requests - 1.0).abs() < f64::EPSILON;
        let kind = if one { OperationKind::GetItem } else { OperationKind::BatchGetItem };
        let found = if path.requests > 0.0 { (need.rows / path.requests).min(1.0) } else { 0.0 };
        operations.push(read(kind, None, (path.requests, 1.0, found), path.evidence, &purpose));
        return operations;
    }
    let kind = if path.scans { OperationKind::Scan } else { OperationKind::Query };
    let per_request = if path.requests > 0.0 { path.evaluated / path.requests } else { 0.0 };
    let found = per_request.min(1.0);
    let amounts = (path.requests, per_request.max(1.0), found);
    operations.push(read(kind, path.index, amounts, path.evidence, &purpose));
    if path.fetched > 0.0 {
        let kind =
            if path.fetched > 1.5 { OperationKind::BatchGetItem } else { OperationKind::GetItem };
        let why = format!("fetch what the index of {} lacks", need.step.table);
        operations.push(read(kind, None, (path.fetched, 1.0, 1.0), path.evidence, &why));
    }
    operations
}
