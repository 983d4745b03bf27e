use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use sha2::{Digest, Sha256};

use crate::capture::{Capture, Catalog, Interval};
use crate::finding::{Diagnostic, Finding, Severity, Sourced};
use crate::scenario::{CaptureRepresents, Settings};
use crate::sql::{self, Access, Verb};
use crate::units::decimal_from_f64;

use super::entity::Entity;
use super::from_table::{Recorded, entity};
use super::horizon;
use super::pattern::AccessPattern;
use super::server::Server;
use super::transactions;
use super::triggers;
use super::{index_use, key_use};

/// What a capture means for a month.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Tables, in the order of the catalog.
    pub entities: Vec<Entity>,
    /// The catalog that they were made from.
    pub catalog: Catalog,
    /// Statements, most called first.
    pub patterns: Vec<AccessPattern>,
    /// Top-level calls per month at today's load, transaction control included.
    pub calls_per_month: Decimal,
    /// Peak load over the month's mean.
    pub peak_to_mean: Sourced<f64>,
    /// Seconds that the capture lasted.
    pub span_seconds: f64,
    /// The intervals in which calls were counted, in order of time.
    pub intervals: Vec<Interval>,
    /// The server that was captured.
    pub server: Server,
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

    /// That there are tables: a design's keys are columns of tables.
    ///
    /// # Errors
    /// If the capture tells of none.
    pub fn check_tables(&self) -> Result<(), Diagnostic> {
        if self.entities.is_empty() {
            return Err(Diagnostic::new(
                "the capture tells of no tables, so no design can be made or checked",
            )
            .mend("add the catalog, or the output of pg_dump --schema-only"));
        }
        Ok(())
    }
}

/// A capture shorter than this says little about a month.
const SHORT_CAPTURE_SECONDS: f64 = 7.0 * 86_400.0;

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
            let recorded = Recorded { capture, settings, activity, per_month };
            entity(table, &recorded, &mut findings)
        })
        .collect();
    for stated in &settings.row_sizes {
        let name = &stated.table.value;
        if !entities.iter().any(|entity| entity.table.to_string() == *name) {
            findings.push(Finding::new(
                "row-sizes-of-no-table",
                Severity::High,
                format!("the plan states sizes of rows of {name}, which the capture does not have"),
            ));
        }
    }
    let mut patterns = patterns(capture, per_month);
    triggers::fill_in(&entities, &mut patterns);
    transactions::fill_in(capture.query_log.as_ref(), &mut patterns, &mut findings);
    index_use::fill_in(capture, &mut patterns);
    if let Some(log) = &capture.query_log {
        key_use::fill_in(log, &patterns, &mut entities);
    }
    let repeated = per_month.to_f64().unwrap_or(0.0);
    for entity in entities.iter_mut().filter(|entity| entity.inserted_per_month.is_none()) {
        entity.inserted_per_month = Some(rows_changed(&patterns, entity, Verb::Insert) * repeated);
        entity.deleted_per_month = Some(rows_changed(&patterns, entity, Verb::Delete) * repeated);
    }
    horizon::fill_in(&mut entities, &settings.load);
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
    let calls = patterns.iter().filter(|pattern| !pattern.nested).map(|p| p.calls);
    let calls = calls.fold(0, u64::saturating_add);
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
        catalog: capture.catalog.clone(),
        patterns,
        calls_per_month: Decimal::from(calls).saturating_mul(per_month),
        peak_to_mean,
        span_seconds,
        intervals: capture.intervals.clone(),
        server: Server::of(capture),
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
    let mut calls = vec![0; capture.intervals.len()];
    for statement in capture.statements.iter().filter(|statement| !statement.nested) {
        statement.calls.add_to(&mut calls);
    }
    #[expect(clippy::cast_precision_loss, reason = "statistics")]
    let rates: Vec<(f64, f64)> = capture
        .intervals
        .iter()
        .zip(calls)
        .map(|(interval, calls)| (calls as f64, interval.end.micros_since(interval.start) as f64))
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
        .map(|statement| (statement, statement.total.clone()))
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
            calls_per_month: Decimal::from(total.calls).saturating_mul(per_month),
            #[expect(clippy::cast_precision_loss, reason = "statistics")]
            rows_per_call: total.rows.map(|rows| rows as f64 / total.calls as f64),
            min_exec_ms: statement.min_exec_ms,
            in_writing_transaction: None,
            looks: Vec::new(),
            list_lengths: statement.list_lengths.iter().filter_map(mean_length).collect(),
            calls_per_interval: statement.calls.clone(),
            total,
        })
        .map(|pattern| AccessPattern { id: pattern_id(&pattern), ..pattern })
        .collect()
}

/// Mean length of a list, by calls.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn mean_length(lengths: &BTreeMap<u64, u64>) -> Option<f64> {
    let calls = lengths.values().copied().fold(0, u64::saturating_add);
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
        .map(|pattern| pattern.total.rows.unwrap_or(pattern.calls))
        .fold(0, u64::saturating_add) as f64
}
