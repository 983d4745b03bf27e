use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use sha2::{Digest, Sha256};

use crate::capture::{Capture, Catalog, ConstraintKind, OnDelete, Table, TableActivity};
use crate::finding::{Finding, Severity, Sourced};
use crate::scenario::{CaptureRepresents, Settings};
use crate::sql::{self, Access, Verb};
use crate::units::decimal_from_f64;

use super::attribute::{Attribute, IntegerRange, LogNormalBytes, ValueBytes, attribute};
use super::entity::{Entity, Parent, PartialIndex};
use super::normal::LogNormal;
use super::pattern::AccessPattern;
use super::toast;

/// What a capture means for a month.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Tables, in the order of the catalog.
    pub entities: Vec<Entity>,
    /// Statements, most called first.
    pub patterns: Vec<AccessPattern>,
    /// Top-level calls per month at today's load, transaction control included.
    pub calls_per_month: Decimal,
    /// Peak load over the month's mean.
    pub peak_to_mean: Sourced<f64>,
    /// Seconds that the capture lasted.
    pub span_seconds: f64,
    /// Hours of a month, as everything here counts them.
    pub month_hours: u32,
    /// What the reader must know.
    pub findings: Vec<Finding>,
}

impl Workload {
    /// The entity of a table.
    #[must_use]
    pub fn entity(&self, schema: Option<&str>, name: &str) -> Option<&Entity> {
        let named = || self.entities.iter().filter(|entity| entity.table.name == name);
        match schema {
            Some(schema) => named().find(|entity| entity.table.schema == schema),
            None => {
                named().find(|entity| entity.table.schema == "public").or_else(|| named().next())
            }
        }
    }
}

/// A capture shorter than this says little about a month.
const SHORT_CAPTURE_SECONDS: f64 = 7.0 * 86_400.0;
/// Variable values longer than this are taken as spread out even when nothing
/// is known but their mean.
const SPREAD_BYTES_MIN: f64 = 100.0;

/// Makes the workload of a capture.
#[must_use]
pub fn build(capture: &Capture, settings: &Settings) -> Workload {
    let mut findings = capture.findings.clone();
    let month_hours = settings.load.month_hours.value;
    let span_micros = capture.span_micros();
    let per_month = per_month(span_micros, month_hours, settings);
    let peak_to_mean = peak_to_mean(capture, settings);
    let mut entities: Vec<Entity> = capture
        .catalog
        .tables
        .iter()
        .map(|table| {
            let activity = capture.table_activity.iter().find(|one| one.table == table.name);
            entity(table, &capture.catalog, settings, activity, per_month, &mut findings)
        })
        .collect();
    let patterns = patterns(capture, per_month);
    let repeated = per_month.to_f64().unwrap_or(0.0);
    for entity in entities.iter_mut().filter(|entity| entity.inserted_per_month.is_none()) {
        entity.inserted_per_month = Some(rows_changed(&patterns, entity, Verb::Insert) * repeated);
        entity.deleted_per_month = Some(rows_changed(&patterns, entity, Verb::Delete) * repeated);
    }
    if capture.table_activity.is_empty() {
        findings.push(
            Finding::new(
                "no-table-counters",
                Severity::Medium,
                "rows inserted and deleted are taken from the statements: upserts count as \
                 inserts, and cascades may be missing",
            )
            .mend("record pg_stat_user_tables at the first and the last snapshot"),
        );
    }
    let calls: u64 = patterns.iter().filter(|pattern| !pattern.nested).map(|p| p.calls).sum();
    #[expect(clippy::cast_precision_loss, reason = "a span far below 2^53 microseconds")]
    let span_seconds = span_micros as f64 / 1e6;
    if span_seconds < SHORT_CAPTURE_SECONDS {
        findings.push(
            Finding::new(
                "capture-short",
                Severity::High,
                format!(
                    "the capture lasts {}, and a month is projected from it",
                    spoken_span(span_seconds)
                ),
            )
            .mend("capture at least 7 days, or say in plan.toml what this time stands for"),
        );
    }
    Workload {
        entities,
        patterns,
        calls_per_month: Decimal::from(calls) * per_month,
        peak_to_mean,
        span_seconds,
        month_hours,
        findings,
    }
}

fn spoken_span(seconds: f64) -> String {
    if seconds < 600.0 {
        format!("{seconds:.0} seconds")
    } else if seconds < 3.0 * 86_400.0 {
        format!("{:.1} hours", seconds / 3600.0)
    } else {
        format!("{:.1} days", seconds / 86_400.0)
    }
}

/// How often what the capture holds happens in a month, to nine places.
fn per_month(span_micros: u64, month_hours: u32, settings: &Settings) -> Decimal {
    if span_micros == 0 {
        return Decimal::ZERO;
    }
    let month_micros = Decimal::from(month_hours) * Decimal::from(3_600_000_000_u64);
    let repeated = month_micros / Decimal::from(span_micros);
    let repeated = match settings.load.capture_represents.value {
        CaptureRepresents::Average | CaptureRepresents::WholeDay => repeated,
        CaptureRepresents::Peak => {
            let peak = decimal_from_f64(settings.load.peak_to_mean.value).unwrap_or(Decimal::ONE);
            repeated / peak
        }
    };
    repeated.round_dp(9)
}

/// Peak over mean: stated, or measured where the capture covers whole days.
fn peak_to_mean(capture: &Capture, settings: &Settings) -> Sourced<f64> {
    let stated = settings.load.peak_to_mean.clone();
    if settings.load.capture_represents.value != CaptureRepresents::WholeDay {
        return stated;
    }
    #[expect(clippy::cast_precision_loss, reason = "statistics")]
    let rates: Vec<(f64, f64)> = (0..capture.intervals.len())
        .map(|i| {
            let calls: u64 = capture
                .statements
                .iter()
                .filter(|statement| !statement.nested)
                .map(|statement| statement.per_interval[i].calls)
                .sum();
            let interval = capture.intervals[i];
            (calls as f64, interval.end.micros_since(interval.start) as f64)
        })
        .filter(|(_, micros)| *micros > 0.0)
        .collect();
    let (calls, micros) = rates.iter().fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let busiest = rates.iter().map(|(calls, micros)| calls / micros).fold(0.0, f64::max);
    if calls <= 0.0 || busiest <= 0.0 {
        return stated;
    }
    Sourced::derived(
        busiest / (calls / micros),
        "busiest interval of the capture over its mean; a busier minute within an interval is not seen",
    )
}

fn patterns(capture: &Capture, per_month: Decimal) -> Vec<AccessPattern> {
    let mut statements: Vec<_> = capture
        .statements
        .iter()
        .map(|statement| (statement, statement.total()))
        .filter(|(_, total)| total.calls > 0)
        .collect();
    statements.sort_by(|(a, a_total), (b, b_total)| {
        b_total
            .calls
            .cmp(&a_total.calls)
            .then_with(|| a.text.cmp(&b.text).then_with(|| a.nested.cmp(&b.nested)))
    });
    statements
        .into_iter()
        .map(|(statement, total)| AccessPattern {
            id: String::new(),
            query_ids: statement.query_ids.clone(),
            text: sql::one_line(&statement.text),
            nested: statement.nested,
            access: sql::read(&statement.text, &capture.catalog),
            calls: total.calls,
            calls_per_month: Decimal::from(total.calls) * per_month,
            #[expect(clippy::cast_precision_loss, reason = "statistics")]
            rows_per_call: total.rows.map(|rows| rows as f64 / total.calls as f64),
            min_exec_ms: statement.min_exec_ms,
            list_lengths: statement.list_lengths.iter().filter_map(mean_length).collect(),
            calls_per_interval: statement.per_interval.iter().map(|one| one.calls).collect(),
            total,
        })
        .map(|pattern| AccessPattern { id: pattern_id(&pattern), ..pattern })
        .collect()
}

/// Mean length of a list, by calls.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn mean_length(lengths: &BTreeMap<u64, u64>) -> Option<f64> {
    let calls: u64 = lengths.values().sum();
    let values: f64 = lengths.iter().map(|(length, calls)| *length as f64 * *calls as f64).sum();
    (calls > 0).then(|| values / calls as f64)
}

/// A name that says what the statement does and stays the same when other
/// statements come or go: `update.notifications.3f9a01`.
fn pattern_id(pattern: &AccessPattern) -> String {
    let digest = Sha256::digest(pattern.text.as_bytes());
    let hash: String = digest.iter().take(3).map(|byte| format!("{byte:02x}")).collect();
    let nested = if pattern.nested { "nested." } else { "" };
    let what = match &pattern.access {
        Access::Ignorable(verb) => verb.to_lowercase().replace(' ', "-"),
        Access::Unparsed(unparsed) => {
            let table = unparsed.first_table.as_deref().unwrap_or("unparsed");
            format!("{}.{table}", unparsed.verb.to_lowercase())
        }
        Access::Data(steps) => {
            // What a statement writes says more about it than what it reads.
            let step = steps.iter().find(|step| step.verb != Verb::Read).or(steps.first());
            step.map_or_else(
                || "select".to_owned(),
                |step| {
                    let verb = match step.verb {
                        Verb::Read => "select",
                        Verb::Insert => "insert",
                        Verb::Update => "update",
                        Verb::Delete => "delete",
                    };
                    format!("{verb}.{}", step.table)
                },
            )
        }
    };
    format!("{nested}{what}.{hash}")
}

/// Rows inserted into and deleted from a table in the capture by the statements
/// themselves, for captures without table counters. Cascades count only where
/// they were recorded as nested statements.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn rows_changed(patterns: &[AccessPattern], entity: &Entity, verb: Verb) -> f64 {
    let reaches = |pattern: &&AccessPattern| match &pattern.access {
        Access::Data(steps) => steps.iter().any(|step| {
            step.verb == verb
                && step.table == entity.table.name
                && step.schema.as_ref().is_none_or(|schema| *schema == entity.table.schema)
        }),
        _ => false,
    };
    patterns
        .iter()
        .filter(reaches)
        .map(|pattern| pattern.total.rows.unwrap_or(pattern.calls) as f64)
        .sum()
}

fn entity(
    table: &Table,
    catalog: &Catalog,
    settings: &Settings,
    activity: Option<&TableActivity>,
    per_month: Decimal,
    findings: &mut Vec<Finding>,
) -> Entity {
    #[expect(clippy::cast_precision_loss, reason = "statistics")]
    let rows = table.rows.map(|rows| rows as f64);
    let known_rows = rows.unwrap_or(1000.0);
    let mut attributes: Vec<Attribute> = table
        .columns
        .iter()
        .map(|column| {
            let range = integer_range(table, &column.name, catalog, known_rows);
            attribute(column, catalog, &settings.encoding, known_rows, range)
        })
        .collect();
    spread_sizes(&mut attributes, table, known_rows, findings);
    if attributes.iter().any(|attribute| attribute.guessed) {
        findings.push(
            Finding::new(
                "no-column-statistics",
                Severity::Medium,
                format!("table {} has columns without statistics: sizes are guesses", table.name),
            )
            .mend("run ANALYZE and export pg_stats again"),
        );
    }
    let monthly = |count: u64| (Decimal::from(count) * per_month).to_f64().unwrap_or(0.0);
    Entity {
        table: table.name.clone(),
        rows,
        attributes,
        primary_key: table.primary_key().to_vec(),
        unique_keys: unique_keys(table),
        parents: parents(table),
        partial_indexes: partial_indexes(table, known_rows),
        inserted_per_month: activity.map(|one| monthly(one.inserted)),
        deleted_per_month: activity.map(|one| monthly(one.deleted)),
        triggers: table.triggers.iter().map(|trigger| trigger.name.clone()).collect(),
        heap_bytes: table.heap_bytes,
        toast_bytes: table.toast_bytes,
        index_bytes: table.index_bytes,
    }
}

fn unique_keys(table: &Table) -> Vec<Vec<String>> {
    table
        .constraints
        .iter()
        .filter(|constraint| constraint.kind == ConstraintKind::Unique)
        .map(|constraint| constraint.columns.clone())
        .collect()
}

fn parents(table: &Table) -> Vec<Parent> {
    table
        .constraints
        .iter()
        .filter_map(|constraint| match &constraint.kind {
            ConstraintKind::ForeignKey { references, referenced_columns, on_delete } => {
                Some(Parent {
                    table: references.clone(),
                    columns: constraint.columns.clone(),
                    referenced: referenced_columns.clone(),
                    cascade: *on_delete == OnDelete::Cascade,
                })
            }
            _ => None,
        })
        .collect()
}

fn partial_indexes(table: &Table, rows: f64) -> Vec<PartialIndex> {
    table
        .indexes
        .iter()
        .filter_map(|index| {
            let predicate = index.predicate.clone()?;
            #[expect(clippy::cast_precision_loss, reason = "statistics")]
            let share = index.rows.map(|entries| (entries as f64 / rows.max(1.0)).min(1.0));
            Some(PartialIndex { name: index.name.clone(), predicate, share })
        })
        .collect()
}

/// An identity or an integer key counts up to the number of rows; a reference
/// to one counts as far as the table it refers to.
fn integer_range(table: &Table, column: &str, catalog: &Catalog, rows: f64) -> IntegerRange {
    if table.primary_key().len() == 1 && table.primary_key()[0] == column {
        // A key that is a reference counts as far as its parent.
        if let Some(parent_rows) = referenced_rows(table, column, catalog) {
            return IntegerRange::Sequence(parent_rows);
        }
        return IntegerRange::Sequence(rows);
    }
    match referenced_rows(table, column, catalog) {
        Some(parent_rows) => IntegerRange::Sequence(parent_rows),
        None => IntegerRange::Unknown,
    }
}

fn referenced_rows(table: &Table, column: &str, catalog: &Catalog) -> Option<f64> {
    table.constraints.iter().find_map(|constraint| match &constraint.kind {
        ConstraintKind::ForeignKey { references, .. } if constraint.columns == [column] => {
            let parent = catalog.find(Some(&references.schema), &references.name)?;
            #[expect(clippy::cast_precision_loss, reason = "statistics")]
            parent.rows.map(|rows| rows as f64)
        }
        _ => None,
    })
}

/// Gives long variable values a spread, and the column that most likely lives
/// in the TOAST table its bytes back.
fn spread_sizes(
    attributes: &mut [Attribute],
    table: &Table,
    rows: f64,
    findings: &mut Vec<Finding>,
) {
    let outside = toast::out_of_line_bytes_per_row(table.toast_bytes, rows);
    let total: f64 = attributes.iter().map(|a| a.present * a.bytes.mean()).sum();
    let toasted = if outside > 0.0 { toast_candidate(attributes) } else { None };
    for (i, attribute) in attributes.iter_mut().enumerate() {
        let mean = attribute.bytes.mean();
        if Some(i) == toasted && attribute.present > 0.0 {
            let rest = total - attribute.present * mean;
            let size = toast::fit(mean, outside / attribute.present, rest);
            attribute.bytes = ValueBytes::Spread(LogNormalBytes(size));
        } else if is_variable(&attribute.type_name) && mean > SPREAD_BYTES_MIN {
            let size = LogNormal::with_mean(mean, toast::DEFAULT_SIGMA);
            attribute.bytes = ValueBytes::Spread(LogNormalBytes(size));
        }
    }
    if let Some(i) = toasted {
        findings.push(
            Finding::new(
                "toast-column-inferred",
                Severity::Medium,
                format!(
                    "table {} keeps {outside:.0} bytes a row out of line; they are taken to \
                     belong to column {}, as stored (a compressed value is longer as an item)",
                    table.name, attributes[i].name
                ),
            )
            .mend("record lengths of the text columns to know instead of infer"),
        );
    }
}

/// The column whose values are most likely out of line: plain text before
/// documents, then the widest. `pg_stats` does not tell.
fn toast_candidate(attributes: &[Attribute]) -> Option<usize> {
    let rank = |attribute: &Attribute| {
        let document = attribute.type_name.starts_with("json");
        (u8::from(document), -(attribute.present * attribute.bytes.mean()))
    };
    (0..attributes.len())
        .filter(|&i| is_variable(&attributes[i].type_name) && attributes[i].present > 0.0)
        .filter(|&i| attributes[i].bytes.mean() > 18.0)
        .min_by(|&a, &b| {
            let (a, b) = (rank(&attributes[a]), rank(&attributes[b]));
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
        })
}

fn is_variable(type_name: &str) -> bool {
    let base = type_name.split('(').next().unwrap_or_default().trim_end();
    type_name.ends_with("[]")
        || matches!(
            base,
            "text"
                | "character varying"
                | "varchar"
                | "bytea"
                | "json"
                | "jsonb"
                | "xml"
                | "citext"
        )
}
