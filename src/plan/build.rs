use std::collections::{BTreeMap, BTreeSet};

use crate::capture::TableName;
use crate::design::{Design, PatternRule};
use crate::layout::Layout;
use crate::sql::{Access, Step, Test, Value, Verb};
use crate::workload::{AccessPattern, Entity, Look, Service, Workload};

use super::bind::{Known, Lists};
use super::cascade::cascades;
use super::collection::{self, Lone};
use super::copies::{held_by, passed_on};
use super::effects::first_assignments;
use super::evaluated::Side;
use super::findings::findings;
use super::model::{Alternative, Detail, Operation, Plan, PlannedPattern};
use super::read::{self, Need};
use super::stated::stated;
use super::write::{self, Write};

/// What every part of the planner looks at.
pub struct Context<'a> {
    /// The workload.
    pub workload: &'a Workload,
    /// The design.
    pub design: &'a Design,
    /// Sizes and counts of the workload under the design.
    pub layout: &'a Layout,
    /// Reads are strongly consistent by default.
    pub strong_reads: bool,
    /// Columns that get their first value by an update.
    pub first_assignments: BTreeSet<(TableName, String)>,
}

impl Context<'_> {
    /// The entity that a kind of item is made from.
    pub fn entity_of(&self, (table, item): (usize, usize)) -> &Entity {
        let from = &self.design.tables[table].items[item].from;
        self.workload
            .entity(Some(&from.schema), &from.name)
            .expect("a design is checked against the tables of its workload")
    }
}

/// Plans every pattern of a workload onto a design.
#[must_use]
pub fn plan(workload: &Workload, design: &Design, layout: &Layout, strong_reads: bool) -> Plan {
    let context = Context {
        workload,
        design,
        layout,
        strong_reads,
        first_assignments: first_assignments(workload),
    };
    let patterns: Vec<PlannedPattern> =
        workload.patterns.iter().map(|pattern| planned_behind_cache(&context, pattern)).collect();
    let findings = findings(&context, &patterns);
    Plan { patterns, findings }
}

/// A pattern, its reads thinned out by a cache if one is tried out. Only
/// statements that write nothing can be answered by a cache.
fn planned_behind_cache(context: &Context<'_>, pattern: &AccessPattern) -> PlannedPattern {
    let mut planned = plan_pattern(context, pattern);
    let cache = context.design.caches.iter().find(|cache| cache.covers(&pattern.text));
    let Some(cache) = cache else { return planned };
    let writes =
        planned.operations.iter().any(|operation| !matches!(operation.detail, Detail::Read { .. }));
    if writes {
        planned.notes.push("it writes: the cache in front of it answers nothing".to_owned());
    } else {
        for operation in &mut planned.operations {
            operation.per_call *= 1.0 - cache.hit_ratio;
        }
        planned.notes.push(format!(
            "a cache answers {:.0} % of the calls; what the cache costs is not in the bill",
            cache.hit_ratio * 100.0
        ));
    }
    planned
}

fn plan_pattern(context: &Context<'_>, pattern: &AccessPattern) -> PlannedPattern {
    let rule = context.design.rules.iter().find(|rule| rule.covers(&pattern.text));
    if let Some(rule) = rule {
        if let Some(store) = &rule.elsewhere {
            return PlannedPattern {
                elsewhere: Some(store.clone()),
                ..PlannedPattern::without(
                    Service::NotServed,
                    format!("the design sends it to another store: {store}"),
                )
            };
        }
        if rule.by_ttl {
            return PlannedPattern::without(
                Service::Served,
                "expired items are deleted by TTL, which costs nothing",
            );
        }
        if !rule.operations.is_empty() {
            return stated(context, rule);
        }
    }
    match &pattern.access {
        Access::Ignorable(verb) => {
            PlannedPattern::without(Service::Ignorable, format!("{verb}: nothing to serve"))
        }
        Access::Unparsed(unparsed) => {
            PlannedPattern::without(Service::Unparsed, unparsed.why.clone())
        }
        Access::Data(steps) => {
            let plan = |side| Planner { context, pattern, rule, steps, side }.plan();
            let (mut planned, value) = plan(Side::Value);
            let (least, most) = (plan(Side::Least).1, plan(Side::Most).1);
            let (least, most) = (least.min(value), most.max(value));
            if most - least > value * RANGE_MIN {
                planned.read_range = Some((least, most));
            }
            planned
        }
    }
}

/// A range narrower than this share of the value is none.
const RANGE_MIN: f64 = 0.001;

/// Plans the steps of one statement.
struct Planner<'a> {
    context: &'a Context<'a>,
    pattern: &'a AccessPattern,
    rule: Option<&'a PatternRule>,
    steps: &'a [Step],
    side: Side,
}

/// A step that has been planned: rows it hands over and the index it went
/// through.
#[derive(Clone)]
struct Done {
    rows: f64,
    via: Option<usize>,
    /// The request that found them.
    read: Option<Operation>,
}

impl Planner<'_> {
    /// The plan, and the read units of a call with eventual consistency.
    fn plan(&self) -> (PlannedPattern, f64) {
        let mut cost = 0.0;
        let mut planned = PlannedPattern {
            service: Service::Served,
            operations: Vec::new(),
            notes: Vec::new(),
            elsewhere: None,
            finds_first: false,
            read_range: None,
            alternatives: Vec::new(),
        };
        let mut done: BTreeMap<usize, Done> = BTreeMap::new();
        let mut lone = Vec::new();
        while done.len() < self.steps.len() {
            match self.next(&done) {
                Ok((i, step)) => {
                    if step.scanned {
                        planned.service = Service::Scan;
                    }
                    if let [_] = &step.operations[..]
                        && self.steps[i].verb == Verb::Read
                    {
                        lone.push(Lone { step: i, operation: planned.operations.len() });
                    }
                    planned.operations.extend(step.operations);
                    cost += step.cost;
                    planned.notes.extend(step.notes);
                    planned.finds_first |= step.finds_first;
                    planned.alternatives.extend(step.alternatives);
                    done.insert(i, step.done);
                }
                Err(reasons) => {
                    let refused = PlannedPattern {
                        service: Service::NotServed,
                        operations: Vec::new(),
                        notes: reasons,
                        elsewhere: None,
                        finds_first: false,
                        read_range: None,
                        alternatives: planned.alternatives,
                    };
                    return (refused, 0.0);
                }
            }
        }
        let joined = collection::join(self.context, self.steps, &lone, &mut planned.operations);
        planned.notes.extend(joined);
        if self.rule.is_some_and(|rule| rule.transaction) {
            planned.notes.push("its writes are one transaction".to_owned());
            for operation in &mut planned.operations {
                operation.transactional |= !matches!(operation.detail, Detail::Read { .. });
            }
        }
        planned.notes.dedup();
        (planned, cost)
    }

    /// The cheapest step that can run next; reads before writes.
    fn next(&self, done: &BTreeMap<usize, Done>) -> Result<(usize, PlannedStep), Vec<String>> {
        let mut best: Option<(usize, PlannedStep)> = None;
        let mut refused = Vec::new();
        let open = || (0..self.steps.len()).filter(|i| !done.contains_key(i));
        for i in open().filter(|&i| self.steps[i].verb == Verb::Read) {
            match self.read(i, done) {
                Ok(step) => {
                    if best.as_ref().is_none_or(|(_, best)| step.cost < best.cost) {
                        best = Some((i, step));
                    }
                }
                Err(reasons) => refused.extend(reasons),
            }
        }
        if let Some(best) = best {
            return Ok(best);
        }
        if !refused.is_empty() {
            return Err(refused);
        }
        let i = open().next().ok_or_else(Vec::new)?;
        self.write(i, done).map(|step| (i, step))
    }

    fn entity(&self, step: &Step) -> Result<&Entity, Vec<String>> {
        self.context
            .workload
            .entity(step.schema.as_deref(), &step.table)
            .ok_or_else(|| vec![format!("the capture's catalog has no table {}", step.table)])
    }

    fn known(&self, i: usize, done: &BTreeMap<usize, Done>) -> Known {
        let rows = self.pattern.rows_per_call.unwrap_or(1.0);
        let lists = Lists { known: self.list_lengths(i), otherwise: self.list_otherwise(rows) };
        let mut known = Known::of(&self.steps[i], &lists, |step, column| {
            let rows = done.get(&step)?.rows;
            let source = self.entity(&self.steps[step]).ok();
            let distinct = source.and_then(|source| source.attribute(column)?.distinct);
            let settled = self.steps[step].predicates.iter().any(|predicate| {
                predicate.column == column && predicate.test == Test::Equal(Value::Given)
            });
            // Each value is asked for once, and a value that is given is one.
            let distinct = if settled { 1.0 } else { distinct.unwrap_or(rows).max(1.0) };
            Some(rows.min(distinct))
        });
        if let Some(rule) = self.rule {
            known.supply(&rule.supplies);
        }
        known
    }

    /// The lengths of the step's lists that its text does not show, where the
    /// capture knows them: it has one for each such list of the statement.
    fn list_lengths(&self, i: usize) -> Vec<f64> {
        if let Some(list) = self.look(i).and_then(|look| look.list) {
            return vec![self.side.of(list)];
        }
        let unknown = |step: &Step| {
            let lists = step.predicates.iter().filter(|predicate| {
                matches!(predicate.test, Test::AnyOf { count: None, values: Value::Given })
            });
            lists.count()
        };
        let all: usize = self.steps.iter().map(unknown).sum();
        if all != self.pattern.list_lengths.len() {
            return Vec::new();
        }
        let before: usize = self.steps[..i].iter().map(unknown).sum();
        self.pattern.list_lengths[before..before + unknown(&self.steps[i])].to_vec()
    }

    /// What stands for the length of a list that nobody knows: the rows found; at
    /// most the blocks that a call touches, since each value is searched for.
    #[expect(clippy::cast_precision_loss, reason = "statistics")]
    fn list_otherwise(&self, rows: f64) -> f64 {
        let total = &self.pattern.total;
        let blocks =
            total.shared_blks_hit.zip(total.shared_blks_read).map(|(hit, read)| hit + read);
        let most = blocks.map_or(0.0, |blocks| blocks as f64 / self.pattern.calls.max(1) as f64);
        if self.side == Side::Most { rows.max(most).max(1.0) } else { rows.max(1.0) }
    }

    /// What index counters tell about a step.
    fn look(&self, i: usize) -> Option<&Look> {
        self.pattern.looks.get(i)
    }

    fn read(&self, i: usize, done: &BTreeMap<usize, Done>) -> Result<PlannedStep, Vec<String>> {
        let step = &self.steps[i];
        let entity = self.entity(step)?;
        if let Some(copied) = self.copied(step, entity, done) {
            return Ok(copied);
        }
        let known = self.known(i, done);
        let (rows, rows_known) = self.rows_found(i, entity, &known);
        let writes = self.steps.iter().any(|step| step.verb != Verb::Read);
        let feeds_write = writes
            && self.steps.iter().any(|other| {
                other.verb != Verb::Read && other.table == step.table && other.schema == step.schema
            });
        // By most of its calls, where they ran in transactions of both kinds.
        let in_transaction = self.pattern.in_writing_transaction.filter(|share| *share >= 0.5);
        let need = Need {
            step,
            known: &known,
            rows,
            rows_known,
            look: self.look(i),
            side: self.side,
            keys_only: feeds_write,
            current: writes || step.locking.is_some() || in_transaction.is_some(),
            rule: self.rule,
        };
        let mut reached = read::reach(self.context, entity, &need)?;
        if let Some(share) = in_transaction.filter(|_| !writes) {
            reached.notes.push(format!(
                "{:.0} % of its calls run in transactions that write, by the query log: strongly \
                 consistent",
                share * 100.0
            ));
        }
        if step.locking.is_some_and(|locking| locking.skip_locked) {
            reached.notes.push(
                "instead of skipping locked rows each row is claimed by a conditional write: two \
                 workers that find the same row pay for one failed condition, which no capture \
                 counts"
                    .to_owned(),
            );
        }
        let read = reached.operations.first().cloned();
        Ok(PlannedStep {
            operations: reached.operations,
            scanned: reached.scanned,
            cost: reached.cost,
            notes: reached.notes,
            finds_first: feeds_write,
            alternatives: reached.alternatives,
            done: Done { rows, via: reached.via, read },
        })
    }

    /// A step whose rows are needed only for what their children, read before,
    /// hold as copies.
    fn copied(
        &self,
        step: &Step,
        entity: &Entity,
        done: &BTreeMap<usize, Done>,
    ) -> Option<PlannedStep> {
        let (child, found) = done.iter().find(|(at, found)| {
            let child = self.entity(&self.steps[**at]).ok();
            child.zip(found.read.as_ref()).is_some_and(|(child, operation)| {
                held_by(self.context, entity, step, (**at, child, operation))
            })
        })?;
        let holder = &self.steps[*child].table;
        Some(PlannedStep {
            operations: Vec::new(),
            scanned: false,
            cost: 0.0,
            notes: vec![format!("{holder} holds what is needed of {}", step.table)],
            finds_first: false,
            alternatives: Vec::new(),
            done: Done { rows: found.rows, via: None, read: None },
        })
    }

    fn write(&self, i: usize, done: &BTreeMap<usize, Done>) -> Result<PlannedStep, Vec<String>> {
        let step = &self.steps[i];
        let entity = self.entity(step)?;
        let known = self.known(i, done);
        let write = Write {
            step,
            known: &known,
            rows: self.pattern.rows_per_call.unwrap_or(1.0),
            handed: self.handed_over(i, entity, done),
            look: self.look(i),
            side: self.side,
            rule: self.rule,
            nested: self.pattern.nested,
        };
        let mut written = write::write(self.context, entity, &write)?;
        if step.verb == Verb::Update {
            written.join(passed_on(self.context, entity, step, write.rows, self.side)?);
        }
        if step.verb == Verb::Delete && !self.pattern.nested {
            let passed_on = cascades(self.context, entity, step, write.rows, self.side)?;
            written.join(passed_on);
        }
        Ok(PlannedStep {
            operations: written.operations,
            scanned: written.scanned,
            cost: written.cost,
            notes: written.notes,
            finds_first: written.finds_first,
            alternatives: written.alternatives,
            done: Done { rows: write.rows, via: None, read: None },
        })
    }

    /// Rows that a read step finds per call of the statement, and whether that is
    /// known: the counters know only the rows of the statement as a whole.
    fn rows_found(&self, i: usize, entity: &Entity, known: &Known) -> (f64, bool) {
        let rows = self.pattern.rows_per_call.unwrap_or(1.0);
        if self.steps.len() == 1 {
            return (rows, true);
        }
        let equal: Vec<&str> = known.equal.keys().map(String::as_str).collect();
        if entity.is_unique(&equal) {
            // A unique key finds one row for each of its values.
            let keys = entity.unique_key(&equal).map(|key| {
                key.iter().map(|column| known.equal.get(column).copied().unwrap_or(1.0)).product()
            });
            let keys: f64 = keys.unwrap_or(1.0);
            let linked = self.steps[i].predicates.iter().any(|predicate| {
                let (Test::Equal(value) | Test::AnyOf { values: value, .. }) = &predicate.test
                else {
                    return false;
                };
                matches!(value, Value::Column { .. }) && known.equal.contains_key(&predicate.column)
            });
            // What another table refers to is there.
            return (if linked { keys } else { rows.min(keys) }, true);
        }
        if entity.rows.is_some_and(|rows| rows <= 0.0) {
            return (0.0, false);
        }
        let only_reads = self.steps.iter().all(|step| step.verb == Verb::Read);
        if !only_reads || self.steps[i].limit.is_some() || equal.is_empty() {
            return (rows, false);
        }
        // A join may drop rows that had to be read.
        let matching = equal.iter().try_fold(entity.rows.unwrap_or(0.0), |rows, column| {
            let attribute = entity.attribute(column)?;
            let values = known.equal.get(*column).copied().unwrap_or(1.0);
            Some(rows * attribute.present * (values / attribute.distinct?).min(1.0))
        });
        match matching {
            Some(matching) if !self.alone_multiplies(i) => (matching, false),
            _ => (rows, false),
        }
    }

    /// Every other step finds at most one row for each row of this one, so that
    /// the statement's rows are this step's.
    fn alone_multiplies(&self, i: usize) -> bool {
        (0..self.steps.len()).filter(|&other| other != i).all(|other| {
            let step = &self.steps[other];
            let equal: Vec<&str> = step
                .predicates
                .iter()
                .filter(|predicate| matches!(predicate.test, Test::Equal(_)))
                .map(|predicate| predicate.column.as_str())
                .collect();
            self.entity(step).is_ok_and(|entity| entity.is_unique(&equal))
        })
    }

    /// Rows whose keys an earlier step of the same table found.
    fn handed_over(
        &self,
        i: usize,
        entity: &Entity,
        done: &BTreeMap<usize, Done>,
    ) -> Option<(f64, Option<usize>)> {
        self.steps[i].predicates.iter().find_map(|predicate| {
            let (Test::Equal(value) | Test::AnyOf { values: value, .. }) = &predicate.test else {
                return None;
            };
            let Value::Column { step, .. } = value else { return None };
            let source = self.entity(&self.steps[*step]).ok()?;
            let done = done.get(step)?;
            (source.table == entity.table).then_some((done.rows, done.via))
        })
    }
}

struct PlannedStep {
    operations: Vec<Operation>,
    scanned: bool,
    cost: f64,
    notes: Vec<String>,
    finds_first: bool,
    alternatives: Vec<Alternative>,
    done: Done,
}
