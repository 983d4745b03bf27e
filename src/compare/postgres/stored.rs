//! Bytes that Postgres stores: measured ones scaled by rows, and predicted ones
//! with stated bloat where nobody measured.

use crate::finding::{Finding, Severity};
use crate::postgres::storage::{
    Bloat, Changes, TableDescription, from_catalog, over_long_entries, predict, used,
};
use crate::sql::{Access, Step, Verb};
use crate::workload::{AccessPattern, Entity, Workload};

/// Rows at the horizon over today's from which a fresh load says nothing of what
/// updates will make of it.
const GROWN_FROM: f64 = 2.0;
/// Measured over predicted bytes up to which a table is taken for freshly loaded.
const FRESH_UP_TO: f64 = 1.02;

/// Bytes of all tables.
#[derive(Default)]
pub(super) struct Stored {
    /// Today.
    pub today: f64,
    /// At the horizon.
    pub horizon: f64,
    /// What of it is not measured.
    pub findings: Vec<Finding>,
}

/// Tables by where their sizes come from.
#[derive(Default)]
struct Named {
    unknown: Vec<String>,
    predicted: Vec<String>,
    partly: Vec<String>,
    fresh: Vec<String>,
    over_long: Vec<String>,
}

/// Bytes today, and at the horizon. Measured bytes a row contain their bloat and
/// go with the rows that there will be; those of a fresh load get the stated
/// bloat where rows multiply.
pub(super) fn stored(workload: &Workload, bloat: Bloat) -> Stored {
    let mut sum = Stored::default();
    let mut named = Named::default();
    for entity in &workload.entities {
        match table(workload, entity, bloat, &mut named) {
            Some((today, horizon)) => {
                sum.today += today;
                sum.horizon += horizon;
            }
            None => named.unknown.push(entity.table.to_string()),
        }
    }
    sum.findings = named.findings(bloat);
    sum
}

/// Bytes of a table today and at the horizon; `None` if they are not known.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn table(
    workload: &Workload,
    entity: &Entity,
    bloat: Bloat,
    named: &mut Named,
) -> Option<(f64, f64)> {
    let bytes = |bytes: Option<crate::units::Bytes>| bytes.map_or(0.0, |bytes| bytes.get() as f64);
    let (heap, toast) = (bytes(entity.heap_bytes), bytes(entity.toast_bytes));
    let indexes = bytes(entity.index_bytes);
    let measured = heap + toast + indexes;
    if entity.heap_bytes.is_some_and(|bytes| bytes.get() == 0)
        && entity.inserted_per_month.unwrap_or(0.0) <= 0.0
    {
        return Some((measured, measured));
    }
    let (rows, horizon) = (entity.rows?, entity.rows_horizon?);
    let described = |rows: f64| {
        let definition = workload.catalog.find(Some(&entity.table.schema), &entity.table.name)?;
        from_catalog(definition, &workload.catalog.enums, Some(whole(rows))).ok()
    };
    if measured <= 0.0 && entity.heap_bytes.is_none() {
        let (now, then) = (described(rows)?, described(horizon)?);
        let size = |table: &TableDescription, rows| {
            used(table, &changes(workload, entity, rows), bloat).bytes() as f64
        };
        let list = if now.table.toast_is_unknown() || !now.not_modelled.is_empty() {
            &mut named.partly
        } else {
            &mut named.predicted
        };
        list.push(entity.table.to_string());
        named.over_long.extend(now.over_long.iter().map(|one| format!("{}.{one}", entity.table)));
        return Some((size(&now.table, rows), size(&then.table, horizon)));
    }
    if rows < 1.0 || measured <= 0.0 {
        return None;
    }
    let ratio = horizon / rows;
    let changes = changes(workload, entity, horizon);
    let (mut of_rows, mut of_indexes) = (1.0, 1.0);
    if ratio >= GROWN_FROM
        && changes.per_row_second > 0.0
        && let Some(now) = described(rows)
    {
        let fresh = predict(&now.table);
        let fresh_indexes: u64 =
            fresh.indexes.iter().filter_map(|index| index.estimate).map(|one| one.bytes).sum();
        let later = used(&now.table, &changes, bloat);
        let maps = fresh.fsm_bytes + fresh.vm_bytes + fresh.toast_index_bytes.unwrap_or(0);
        let table = fresh.heap_bytes + fresh.toast_bytes.unwrap_or(0) + maps;
        if heap <= fresh.heap_bytes as f64 * FRESH_UP_TO && table > 0 {
            of_rows = later.table.bytes as f64 / table as f64;
        }
        if now.not_modelled.is_empty()
            && fresh_indexes > 0
            && indexes <= fresh_indexes as f64 * FRESH_UP_TO
        {
            let grown: u64 = later.indexes.iter().map(|index| index.bytes).sum();
            of_indexes = grown as f64 / fresh_indexes as f64;
        }
        if of_rows > 1.0 || of_indexes > 1.0 {
            named
                .fresh
                .push(format!("{} (rows x{of_rows:.2}, indexes x{of_indexes:.2})", entity.table));
        }
    }
    Some((measured, ((heap + toast) * of_rows + indexes * of_indexes) * ratio))
}

/// What the statements do to rows of a table that has so many.
fn changes(workload: &Workload, entity: &Entity, rows: f64) -> Changes {
    let mut changes = Changes::default();
    let mut a_second = 0.0;
    for pattern in &workload.patterns {
        let steps: Vec<&Step> = changing(pattern, entity).collect();
        if steps.is_empty() {
            continue;
        }
        a_second +=
            pattern.calls_per_second(workload.month_hours) * pattern.rows_per_call.unwrap_or(1.0);
        for step in steps.iter().filter(|step| step.verb == Verb::Update) {
            changes.updated.extend(step.writes.iter().map(|assigned| assigned.column.clone()));
        }
    }
    changes.per_row_second = a_second / rows.max(1.0);
    changes
}

/// The steps that update or delete rows of a table.
fn changing<'a>(
    pattern: &'a AccessPattern,
    entity: &'a Entity,
) -> impl Iterator<Item = &'a Step> + 'a {
    let steps: &[Step] = match &pattern.access {
        Access::Data(steps) => steps,
        Access::Ignorable(_) | Access::Unparsed(_) => &[],
    };
    steps.iter().filter(|step| {
        matches!(step.verb, Verb::Update | Verb::Delete)
            && step.table == entity.table.name
            && step.schema.as_ref().is_none_or(|schema| *schema == entity.table.schema)
    })
}

impl Named {
    fn findings(self, bloat: Bloat) -> Vec<Finding> {
        let how = match bloat {
            Bloat::Factors { heap, indexes } => {
                format!("heaps x{heap} and indexes x{indexes} of a fresh load")
            }
            Bloat::Horizon(seconds) => format!(
                "1.05 + updates of a row in {:.0} minutes, and indexes by what is updated",
                seconds / 60.0
            ),
        };
        let one = |id, severity, names: Vec<String>, what: String| {
            (!names.is_empty())
                .then(|| Finding::new(id, severity, format!("{what}: {}", names.join(", "))))
        };
        [
            one(
                "postgres-sizes-unknown",
                Severity::High,
                self.unknown,
                "sizes of these tables are not known and missing from Postgres's storage"
                    .to_owned(),
            ),
            one(
                "postgres-sizes-predicted",
                Severity::Medium,
                self.predicted,
                format!("Postgres's bytes of these tables are predicted, with bloat as {how}"),
            ),
            one(
                "postgres-sizes-partly-predicted",
                Severity::High,
                self.partly,
                format!(
                    "Postgres's bytes of these tables are predicted without what cannot be (values \
                     out of line, or indexes that are no B-trees or on expressions), with bloat as \
                     {how}"
                ),
            ),
            one(
                "postgres-bloat-assumed",
                Severity::Medium,
                self.fresh,
                format!(
                    "measured as freshly loaded, but updated, and their rows multiply: bloat is \
                     added at the horizon ({how})"
                ),
            ),
        ]
        .into_iter()
        .flatten()
        .map(|finding| {
            if finding.id == "postgres-sizes-unknown" {
                finding
            } else {
                finding.mend(
                    "measure a database in use, or state postgres.heap_bloat and \
                     postgres.index_bloat, or postgres.oldest_transaction_minutes",
                )
            }
        })
        .chain(over_long_entries(self.over_long))
        .collect()
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts of rows are far below 2^53 and not negative"
)]
fn whole(rows: f64) -> u64 {
    rows.round().max(0.0) as u64
}
