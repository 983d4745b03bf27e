//! The bundle that `ddbplan capture` makes: one JSON line a row, `{"kind": …,
//! "captured_at": …, "row": {…}}`.

use std::rc::Rc;

use crate::finding::Diagnostic;
use crate::units::Bytes;

use super::super::catalog::TableName;
use super::super::ddl::{self, Schema};
use super::super::gathered::{Gathered, Moment};
use super::super::left_out::LeftOut;
use super::super::samples::{KeySample, LengthSample};
use super::super::settings::Counting;
use super::super::text::{Names, Record};
use super::changes::Changes;
use super::statements::{COUNT_MAX, count};
use super::{Importer, Read, cut_off, each_row_to_cut, table_name};
use super::{
    columns, constraints, database, index_counters, indexes, info, pg_stats, server_settings,
    statements, table_counters, tables,
};

pub(super) const IMPORTER: Importer = Importer {
    name: "ddbplan capture bundle",
    sniff: |head| head.has(&["kind"]) && head.columns.iter().any(|name| name.starts_with("row.")),
    read: Read::File(|source, head, gathered, faults| {
        let name = Rc::clone(&source.name);
        gathered.statements.open(&name, Counting::SinceReset);
        let mut changes = Changes::default();
        let mut in_statements = false;
        let cut = each_row_to_cut(source, head, faults, |record| {
            let row = record.inner("row.");
            let kind = record.need(&["kind"])?;
            in_statements = kind == "statement";
            match kind {
                "server" => changes.server(&row, gathered)?,
                "statement" if changes.are_recorded() => changes.row(statements::row(&row)?),
                "statement" => {
                    gathered.statements.row(statements::row(&row)?, &gathered.moments);
                }
                "statement_text" => Changes::text(&row, gathered)?,
                "reading" => changes.reading(&name, &row, gathered)?,
                _ => take(kind, &row, gathered)?,
            }
            Ok(true)
        });
        gathered.findings.extend(cut.as_ref().map(cut_off));
        // A reading without its last rows would seem to have lost them.
        gathered.statements.close(cut.is_some() && in_statements, &gathered.moments);
        changes.finish(gathered);
    }),
};

/// Kinds that are rows of a view or query which can also be exported alone.
const ALONE: &[(&str, &Importer)] = &[
    ("setting", &server_settings::IMPORTER),
    ("column", &columns::IMPORTER),
    ("constraint", &constraints::IMPORTER),
    ("index", &indexes::IMPORTER),
    ("column_stats", &pg_stats::IMPORTER),
    ("statements_info", &info::IMPORTER),
    ("database", &database::IMPORTER),
    ("table_counters", &table_counters::SERIES),
    ("index_counters", &index_counters::SERIES),
];

fn take(kind: &str, row: &Record, gathered: &mut Gathered) -> Result<(), Diagnostic> {
    if let Some((_, Importer { read: Read::Rows(read), .. })) =
        ALONE.iter().find(|(name, _)| *name == kind)
    {
        return read(row, gathered);
    }
    match kind {
        "table" => return table(row, gathered),
        "enum" => {
            let labels = row.list(&["labels"])?.unwrap_or_default();
            let enums = vec![(ddl::type_name(row.need(&["type"])?), labels)];
            gathered.catalog.schemas.push(Schema { enums, ..Schema::default() });
        }
        "trigger" => {
            const DEFINITION: Names = &["def"];
            let schema = ddl::schema(row.need(DEFINITION)?)
                .map_err(|_| row.wrong(DEFINITION, "a trigger as pg_get_triggerdef prints it"))?;
            gathered.catalog.schemas.push(schema);
        }
        "function" => {
            const TEXT: Names = &["def"];
            let schema = ddl::schema(row.need(TEXT)?)
                .map_err(|_| row.wrong(TEXT, "a function as pg_get_functiondef prints it"))?;
            gathered.catalog.schemas.push(schema);
        }
        "lengths" => gathered.length_samples.push(lengths(row)?),
        "key_shares" => gathered.key_samples.push(KeySample {
            table: table_name(row)?,
            column: row.need(&["column"])?.to_owned(),
            rows: count(row, &["rows"])?.unwrap_or(0),
            distinct: count(row, &["distinct"])?.unwrap_or(0),
            top: counts(row, &["top"])?,
        }),
        "left_out" => gathered.left_out.push(left_out(row)?),
        "wal" => gathered.moments.push(Moment {
            at: row.time(statements::AT)?,
            wal_position: row.count(&["wal_bytes"])?.map(Bytes::new),
            ..Moment::default()
        }),
        // A later version may record more.
        _ => {}
    }
    Ok(())
}

fn table(row: &Record, gathered: &mut Gathered) -> Result<(), Diagnostic> {
    if let Some(parent) = row.text(&["partition_of"]) {
        let (schema, name) = parent.split_once('.').unwrap_or(("public", parent));
        let parent = TableName::new(schema.trim_matches('"'), name.trim_matches('"'));
        let partitions = vec![(table_name(row)?, parent)];
        gathered.catalog.schemas.push(Schema { partitions, ..Schema::default() });
    }
    match tables::IMPORTER.read {
        Read::Rows(read) => read(row, gathered),
        _ => Ok(()),
    }
}

fn left_out(row: &Record) -> Result<LeftOut, Diagnostic> {
    let parts = [&["schema"], &["table"], &["index"], &["column"]].map(|name| row.text(name));
    let name: Vec<&str> = parts.into_iter().flatten().collect();
    Ok(LeftOut {
        what: row.need(&["what"])?.to_owned(),
        name: (!name.is_empty()).then(|| name.join(".")),
        reason: row.text(&["reason"]).unwrap_or("no reason given").to_owned(),
    })
}

/// Longest row: a value holds 1 GB and a row 1,600 values; what is longer than a
/// thousand of the longest values is damaged.
const LENGTH_BYTES_MAX: u64 = 1 << 40;

fn lengths(row: &Record) -> Result<LengthSample, Diagnostic> {
    let (buckets, numbers) = (counts(row, &["buckets"])?, counts(row, &["counts"])?);
    if buckets.len() != numbers.len() {
        return Err(row.wrong(&["counts"], "as long as `buckets`"));
    }
    let bucket_bytes = row.count(&["bucket_bytes"])?.unwrap_or(64);
    let longest = buckets.iter().max().map_or(Some(0), |last| last.checked_mul(bucket_bytes));
    if longest.is_none_or(|bytes| bytes > LENGTH_BYTES_MAX) {
        return Err(row.wrong(&["buckets"], "a list of lengths up to 1 TiB"));
    }
    Ok(LengthSample {
        table: table_name(row)?,
        column: row.text(&["column"]).map(str::to_owned),
        rows: count(row, &["rows"])?.unwrap_or(0),
        nulls: count(row, &["nulls"])?.unwrap_or(0),
        total_bytes: count(row, &["total_bytes"])?.unwrap_or(0),
        max_bytes: count(row, &["max_bytes"])?.unwrap_or(0),
        bucket_bytes,
        buckets: buckets.into_iter().zip(numbers).collect(),
    })
}

fn counts(row: &Record, names: Names) -> Result<Vec<u64>, Diagnostic> {
    let texts = row.list(names)?.unwrap_or_default();
    let counts: Result<Vec<u64>, _> = texts.iter().map(|text| text.parse()).collect();
    let counts = counts.ok().filter(|counts| counts.iter().all(|count| *count <= COUNT_MAX));
    counts.ok_or_else(|| row.wrong(names, "a list of whole numbers up to 2^53"))
}
