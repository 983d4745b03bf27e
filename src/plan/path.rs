//! Ways to reach the items of a read: by the table's key, by an index, or by
//! looking at everything.

use crate::design::{IndexKind, Membership, Template};
use crate::dynamodb::{Consistency, PAGE_BYTES_MAX};
use crate::layout::query_units;
use crate::sql::{Step, untested};
use crate::workload::{Entity, Look};

use super::bind::{self, Known, PartitionBinding, SortBinding};
use super::build::Context;
use super::evaluated::{Keys, Side, evaluated, filters, in_order, matching_rows, spoken};
use super::model::Evidence;
use super::projected::{filters_projected, lacks_columns};

/// What a read wants from one kind of item.
pub struct Wanted<'a> {
    /// The table, by position.
    pub table: usize,
    /// The kind of item, by position.
    pub item: usize,
    /// The Postgres table.
    pub entity: &'a Entity,
    /// The statement's step.
    pub step: &'a Step,
    /// What is known.
    pub known: Known,
    /// Rows that the step finds per execution.
    pub rows: f64,
    /// The rows are counted or follow from a unique key; else they are those of
    /// the statement as a whole.
    pub rows_known: bool,
    /// What index counters tell.
    pub look: Option<&'a Look>,
    /// Which end of what is not known for sure.
    pub side: Side,
    /// Time buckets a range reaches over, if the design states it.
    pub buckets: Option<f64>,
    /// Only the keys of the items are needed.
    pub keys_only: bool,
}

impl Wanted<'_> {
    /// Every matching row is needed to compute over, however few are returned.
    pub fn computes(&self) -> bool {
        self.step.aggregate.as_ref().is_some_and(|aggregate| !aggregate.exists)
    }
}

/// One way to reach the items.
#[derive(Clone, Debug)]
pub struct Path {
    /// The index read, or the table.
    pub index: Option<usize>,
    /// Every key attribute is known: single items are fetched.
    pub by_key: bool,
    /// Everything is read, and it is more than one page: a Scan, by whichever
    /// request.
    pub scans: bool,
    /// Requests (keys, if `by_key`).
    pub requests: f64,
    /// Items looked at by all requests together.
    pub evaluated: f64,
    /// How that is known.
    pub evidence: Evidence,
    /// Items fetched from the table afterwards, because the index lacks
    /// something.
    pub fetched: f64,
    /// Read units with eventual consistency, to compare paths by.
    pub cost: f64,
    /// What was assumed.
    pub notes: Vec<String>,
}

/// A way and its path, or why it is none.
pub struct Way {
    /// Such as `index inbox.by_provider`.
    pub name: String,
    /// What it comes to.
    pub path: Result<Path, String>,
}

/// Every way to reach the items, a Scan of the table last.
pub fn ways(context: &Context<'_>, wanted: &Wanted<'_>) -> Vec<Way> {
    let table = &context.design.tables[wanted.table];
    let item = &table.items[wanted.item];
    let mut ways = vec![Way {
        name: format!("table {}", table.name),
        path: path(context, wanted, None, item.partition_key_and_sort()),
    }];
    for (i, index) in table.indexes.iter().enumerate() {
        let name = format!("index {}.{}", table.name, index.name);
        let path = if context.layout.tables[wanted.table].items[wanted.item].entries[i].is_some() {
            let partition = match index.kind {
                IndexKind::Global => &index.partition_key,
                IndexKind::Local => &item.partition_key,
            };
            path(context, wanted, Some(i), (partition, index.sort_key.as_ref()))
        } else {
            Err(format!("it holds no items made from {}", wanted.entity.table))
        };
        ways.push(Way { name, path });
    }
    ways.push(Way { name: format!("scan of {}", table.name), path: scan(context, wanted) });
    ways
}

/// Reading the whole table, every kind of item in it.
#[expect(clippy::cast_precision_loss, reason = "4 KB")]
fn scan(context: &Context<'_>, wanted: &Wanted<'_>) -> Result<Path, String> {
    let items = &context.layout.tables[wanted.table].items;
    let evaluated = items
        .iter()
        .map(|item| item.count)
        .sum::<Option<f64>>()
        .ok_or("the number of items to scan is not known")?;
    let bytes: f64 =
        items.iter().map(|item| item.count.unwrap_or(0.0) * item.sizes.mean_bytes()).sum();
    let step = crate::dynamodb::READ_UNIT_BYTES as f64;
    Ok(Path {
        index: None,
        by_key: false,
        scans: true,
        requests: 1.0,
        evaluated,
        evidence: Evidence::Counted,
        fetched: 0.0,
        cost: (bytes / step / 2.0).max(0.5),
        notes: vec!["reads the whole table".to_owned()],
    })
}

#[expect(clippy::cast_precision_loss, reason = "a page of 1 MB")]
fn path(
    context: &Context<'_>,
    wanted: &Wanted<'_>,
    index: Option<usize>,
    (partition_key, sort_key): (&Template, Option<&Template>),
) -> Result<Path, String> {
    let partition = bind::partition(partition_key, &wanted.known, wanted.buckets)?;
    let sort = bind::sort(sort_key, &wanted.known, &partition.equal);
    if let Some(index) = index {
        complete_index(context, wanted, index, &partition, &sort)?;
    }
    let layout = &context.layout.tables[wanted.table].items[wanted.item];
    if index.is_none() && sort.complete && partition.fan_out <= 1.0 {
        let keys = partition.keys * sort.keys;
        return Ok(Path {
            index: None,
            by_key: true,
            scans: false,
            requests: keys,
            evaluated: keys,
            evidence: match (wanted.known.lists_guessed, wanted.rows_known) {
                _ if wanted.look.is_some_and(|look| look.list.is_some()) => Evidence::IndexCounters,
                (true, _) => Evidence::LowerBound,
                (false, true) => Evidence::Counted,
                (false, false) => Evidence::Estimated,
            },
            fetched: 0.0,
            cost: keys * layout.sizes.expected_read_units(Consistency::Eventual),
            notes: Vec::new(),
        });
    }
    let narrowed = !partition.equal.is_empty()
        || partition.bucketed.is_some()
        || !sort.equal.is_empty()
        || sort.range.is_some();
    if !narrowed && !partition_key.is_list() {
        return Err("no column of its key is given: all of it would be read".to_owned());
    }
    let sizes = match index {
        None => &layout.sizes,
        Some(index) => &layout.entries[index].as_ref().ok_or("no entry")?.sizes,
    };
    let mut notes = Vec::new();
    let requests = partition.keys * partition.fan_out * sort.keys;
    let matching = matching_rows(context, wanted, index, &partition, &sort);
    let mut filters = filters(context, wanted, index, &partition, &sort);
    if wanted.keys_only && !filters.is_empty() && matching.is_some_and(|m| m <= wanted.rows + 1.0) {
        // Hardly more items match the key than the statement changes: the write
        // itself tests the rest, rather than a read before it.
        notes.push(format!("{} tested by the write's condition", spoken(&filters)));
        filters.clear();
    }
    let keys = Keys {
        partition: &partition,
        sort: &sort,
        filters: &filters,
        requests,
        matching,
        whole: !narrowed,
    };
    let looked_at = evaluated(wanted, &keys, &mut notes);
    let stops_early = wanted.step.limit.is_some() && in_order(wanted, &sort);
    let scans = !narrowed && !stops_early && {
        let Some(all) = matching else {
            return Err("it is a list of a length that is not known".to_owned());
        };
        all * sizes.mean_bytes() > PAGE_BYTES_MAX as f64
    };
    let fetched = if lacks_columns(context, wanted, index, &filters) {
        if filters.is_empty() || filters_projected(context, wanted, index, &filters) {
            if wanted.computes() { looked_at.items } else { wanted.rows.max(0.0) }
        } else {
            looked_at.items
        }
    } else {
        0.0
    };
    let evidence =
        if wanted.known.lists_guessed { Evidence::LowerBound } else { looked_at.evidence };
    let per_request = if requests > 0.0 { looked_at.items / requests } else { 0.0 };
    let cost = requests * query_units(sizes, per_request, Consistency::Eventual)
        + fetched * layout.sizes.expected_read_units(Consistency::Eventual);
    Ok(Path {
        index,
        by_key: false,
        scans,
        requests,
        evaluated: looked_at.items,
        evidence,
        fetched,
        cost,
        notes,
    })
}

/// An index answers a statement only if it holds every row that the statement
/// is about.
fn complete_index(
    context: &Context<'_>,
    wanted: &Wanted<'_>,
    index: usize,
    partition: &PartitionBinding,
    sort: &SortBinding,
) -> Result<(), String> {
    let design = &context.design.tables[wanted.table].indexes[index];
    if let Membership::LikeIndex { index, columns, tests, .. } = &design.membership
        && let Some(column) = untested(columns, tests, wanted.step)
    {
        return Err(format!(
            "it holds only the rows of {index}, and the statement does not test {column} in the \
             same way"
        ));
    }
    let tested = |column: &str| {
        partition.equal.contains(column)
            || partition.bucketed.as_deref() == Some(column)
            || sort.equal.contains(column)
            || sort.range.as_deref() == Some(column)
    };
    for column in design.sort_key.iter().flat_map(Template::own_columns) {
        let optional = wanted.entity.attribute(column).is_some_and(|one| one.present < 1.0);
        if optional && !tested(column) {
            return Err(format!("it lacks the rows whose {column} is NULL"));
        }
    }
    Ok(())
}
