//! One file an export format: told by its content, never by its name.
//!
//! A new format is one file with an [`Importer`] and one line in [`IMPORTERS`].

mod bundle;
mod catalog_parts;
mod changes;
mod columns;
mod constraints;
mod csvlog;
mod database;
mod head;
mod index_counters;
mod indexes;
mod info;
mod jsonlog;
mod partitions;
mod pg_stat_monitor;
mod pg_stats;
mod pghero;
mod schema_sql;
mod server_settings;
mod snapshots;
mod statement_rates;
mod statements;
mod stderr_log;
mod table_counters;
mod tables;
mod unused;

pub(super) use catalog_parts::CatalogParts;
pub(super) use head::{Head, Shape};
pub(super) use partitions::Partitions;

use crate::finding::{Diagnostic, Diagnostics, Finding, Severity};

use super::gathered::Gathered;
use super::input::Source;
use super::text::{Flaw, Names, Record};

/// A format of export.
pub(super) struct Importer {
    /// What [`super::SourceFile::read_as`] calls it.
    pub name: &'static str,
    /// Whether the file is of this format, judged by its start.
    pub sniff: fn(&Head) -> bool,
    /// Takes what the file holds.
    pub read: Read,
}

/// How a format is read.
#[derive(Clone, Copy)]
pub(super) enum Read {
    /// Row by row.
    Rows(fn(&Record, &mut Gathered) -> Result<(), Diagnostic>),
    /// Row by row, when the rows of one file belong together.
    File(fn(&mut Source<'_>, &Head, &mut Gathered, &mut Diagnostics)),
    /// Known, and of no use here; the reason.
    Unused,
}

/// All formats, the more particular before the more general.
pub(super) const IMPORTERS: &[Importer] = &[
    bundle::IMPORTER,
    snapshots::IMPORTER,
    pghero::IMPORTER,
    pg_stat_monitor::IMPORTER,
    statement_rates::IMPORTER,
    statements::IMPORTER,
    info::IMPORTER,
    table_counters::SERIES,
    table_counters::TOTALS,
    unused::STATIO,
    index_counters::SERIES,
    index_counters::TOTALS,
    database::IMPORTER,
    columns::IMPORTER,
    constraints::IMPORTER,
    indexes::IMPORTER,
    tables::IMPORTER,
    pg_stats::IMPORTER,
    server_settings::IMPORTER,
    jsonlog::IMPORTER,
    csvlog::IMPORTER,
    stderr_log::IMPORTER,
    schema_sql::IMPORTER,
];

/// Schema and name of the table that a catalog row is about.
fn table_name(row: &Record) -> Result<super::catalog::TableName, Diagnostic> {
    const SCHEMA: Names = &["schema", "schemaname", "table_schema", "nspname"];
    const TABLE: Names = &["table", "relname", "tablename", "table_name"];
    let schema = row.text(SCHEMA).unwrap_or("public");
    Ok(super::catalog::TableName::new(schema, row.need(TABLE)?))
}

/// The finding of a file whose end is missing.
fn cut_off(fault: &Diagnostic) -> Finding {
    let place = fault.place.as_ref().map(ToString::to_string).unwrap_or_default();
    Finding::new(
        "file-cut",
        Severity::Low,
        format!("{place}: the file ends in the middle of a line; everything before it was read"),
    )
}

/// `reltuples`, a floating-point number that is -1 (0 before Postgres 14) for a
/// relation that was never analysed.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be at least 0; row counts are far below 2^64"
)]
fn row_estimate(record: &Record) -> Result<Option<u64>, Diagnostic> {
    let estimate = record.number(&["rows", "row_estimate", "reltuples"])?;
    Ok(estimate.filter(|rows| *rows >= 0.0).map(|rows| rows.round() as u64))
}

/// Reads rows until the end, until `take` says `false`, or until too much is
/// wrong with them. A file that ends in the middle of a row is at fault.
pub(super) fn each_row(
    source: &mut Source<'_>,
    head: &Head,
    faults: &mut Diagnostics,
    take: impl FnMut(&Record) -> Result<bool, Diagnostic>,
) {
    if let Some(cut) = each_row_to_cut(source, head, faults, take) {
        faults.push(cut);
    }
}

/// The same for files that are written row by row, whose end may be cut off
/// without harm to the rest: says where that is.
fn each_row_to_cut(
    source: &mut Source<'_>,
    head: &Head,
    faults: &mut Diagnostics,
    mut take: impl FnMut(&Record) -> Result<bool, Diagnostic>,
) -> Option<Diagnostic> {
    /// A file with this many faults is not what it seemed to be.
    const FAULTS_MAX: usize = 20;
    let mut rows = match source.rows(head.csv_delimiter()) {
        Ok(rows) => rows,
        Err(fault) => {
            faults.push(fault);
            return None;
        }
    };
    let mut count = 0;
    let mut cut = None;
    let mut passed_over = PassedOver::default();
    while let Some(row) = rows.next() {
        match row.and_then(|row| take(&row)) {
            Ok(true) => {}
            Ok(false) => break,
            Err(fault) => match rows.flaw() {
                Some(Flaw::Cut) => {
                    cut = Some(fault);
                    break;
                }
                Some(Flaw::TooLong) => passed_over.add(&fault),
                None => {
                    faults.push(fault);
                    count += 1;
                    if count == FAULTS_MAX {
                        break;
                    }
                }
            },
        }
    }
    source.findings.extend(passed_over.finding());
    cut
}

/// Records of a file that were too long to be read.
#[derive(Default)]
struct PassedOver {
    count: u64,
    first: String,
}

impl PassedOver {
    /// Counts one, with its fault.
    fn add(&mut self, fault: &Diagnostic) {
        if self.count == 0 {
            self.first = fault.to_string();
        }
        self.count += 1;
    }

    /// What is said of them, if there are any.
    fn finding(self) -> Option<Finding> {
        (self.count > 0).then(|| {
            Finding::new(
                "record-too-long",
                Severity::High,
                format!(
                    "{} and was left out, with all that it counts; records left out of this file \
                     for that reason: {}",
                    self.first, self.count
                ),
            )
            .mend("export the file with statements cut to some thousand characters")
        })
    }
}
