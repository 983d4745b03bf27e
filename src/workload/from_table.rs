//! A table of the capture as an entity.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::capture::{
    Capture, Catalog, ConstraintKind, LengthSample, OnDelete, Table, TableActivity,
};
use crate::finding::{Finding, Severity};
use crate::scenario::{Encoding, Settings};

use super::attribute::{Attribute, IntegerRange, LogNormalBytes, ValueBytes, attribute};
use super::entity::{Entity, OutOfLine, Parent, PartialIndex};
use super::normal::LogNormal;
use super::row_sizes::RowSizes;
use super::toast;

/// Variable values longer than this are taken as spread out even when nothing
/// is known but their mean.
const SPREAD_BYTES_MIN: f64 = 100.0;

/// What an entity is made from beside its table.
pub struct Recorded<'a> {
    /// The capture.
    pub capture: &'a Capture,
    /// The plan.
    pub settings: &'a Settings,
    /// What happened to the table's rows.
    pub activity: Option<&'a TableActivity>,
    /// How often what the capture holds happens in a month.
    pub per_month: Decimal,
}

/// The entity of a table.
pub fn entity(table: &Table, recorded: &Recorded<'_>, findings: &mut Vec<Finding>) -> Entity {
    let Recorded { capture, settings, activity, per_month } = recorded;
    let catalog = &capture.catalog;
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
    let samples: Vec<&LengthSample> =
        capture.length_samples.iter().filter(|sample| sample.table == table.name).collect();
    let measured = measured_lengths(&mut attributes, &samples, &settings.encoding);
    let out_of_line =
        if measured { None } else { spread_sizes(&mut attributes, table, known_rows, findings) };
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
    let monthly =
        |count: u64| Decimal::from(count).saturating_mul(*per_month).to_f64().unwrap_or(0.0);
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
        rows_horizon: None,
        inserted_horizon: None,
        triggers: table.triggers.clone(),
        row_sizes: row_sizes(table, &samples, settings),
        out_of_line,
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
) -> Option<OutOfLine> {
    let outside = toast::out_of_line_bytes_per_row(table.toast_bytes, rows);
    let total: f64 = attributes.iter().map(|a| a.present * a.bytes.mean()).sum();
    let toasted = if outside > 0.0 { toast_candidate(attributes) } else { None };
    for (i, attribute) in attributes.iter_mut().enumerate() {
        let mean = attribute.bytes.mean();
        if Some(i) == toasted && attribute.present > 0.0 {
            let rest = total - attribute.present * mean;
            let size = toast::fit(mean, outside / attribute.present, rest);
            attribute.bytes = ValueBytes::Spread(LogNormalBytes(size));
            attribute.text_bytes = attribute.bytes.mean();
        } else if attribute.variable && mean > SPREAD_BYTES_MIN {
            let size = LogNormal::with_mean(mean, toast::DEFAULT_SIGMA);
            attribute.bytes = ValueBytes::Spread(LogNormalBytes(size));
        }
    }
    toasted.map(|i| {
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
        OutOfLine { column: attributes[i].name.clone(), bytes_per_row: outside }
    })
}

/// Takes the lengths of values from a sample of the table, where one was taken
/// of its columns; says whether there was one.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn measured_lengths(
    attributes: &mut [Attribute],
    samples: &[&LengthSample],
    encoding: &Encoding,
) -> bool {
    let mut any = false;
    for attribute in attributes {
        let sample = samples.iter().find(|sample| sample.column.as_ref() == Some(&attribute.name));
        let Some(sample) = sample.filter(|sample| sample.rows > 0) else { continue };
        any = true;
        let values = sample.rows - sample.nulls;
        let mean = if values > 0 { sample.total_bytes as f64 / values as f64 } else { 0.0 };
        attribute.measure(values as f64 / sample.rows as f64, mean, encoding);
        if attribute.variable && mean > SPREAD_BYTES_MIN {
            let size = LogNormal::with_mean(mean, toast::DEFAULT_SIGMA);
            attribute.bytes = ValueBytes::Spread(LogNormalBytes(size));
        }
    }
    any
}

/// How the sizes of rows are spread: by a histogram if there is one, else by
/// quantiles that the plan states.
fn row_sizes(table: &Table, samples: &[&LengthSample], settings: &Settings) -> Option<RowSizes> {
    let sample = samples.iter().find(|sample| sample.column.is_none());
    let name = table.name.to_string();
    sample.and_then(|sample| RowSizes::of_histogram(sample)).or_else(|| {
        let stated = settings.row_sizes.iter().find(|stated| stated.table.value == name)?;
        RowSizes::of_quantiles(stated.bytes)
    })
}

/// The column whose values are most likely out of line: plain text before
/// documents, then the widest. `pg_stats` does not tell.
fn toast_candidate(attributes: &[Attribute]) -> Option<usize> {
    let rank = |attribute: &Attribute| {
        let document = attribute.type_name.starts_with("json");
        (u8::from(document), -(attribute.present * attribute.bytes.mean()))
    };
    (0..attributes.len())
        .filter(|&i| attributes[i].variable && attributes[i].present > 0.0)
        .filter(|&i| attributes[i].bytes.mean() > 18.0)
        .min_by(|&a, &b| {
            let (a, b) = (rank(&attributes[a]), rank(&attributes[b]));
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
        })
}
