//! The bundle that `ddbplan capture` makes: one JSON line a row, `{"kind": …,
//! "captured_at": …, "row": {…}}`.

use std::rc::Rc;

use crate::finding::Diagnostic;
use crate::units::Bytes;
use crate::written::split_name;

use super::super::catalog::TableName;
use super::super::ddl::{self, Schema};
use super::super::gathered::{Gathered, Moment};
use super::super::left_out::LeftOut;
use super::super::samples::{KeySample, LengthSample};
use super::super::settings::Counting;
use super::super::text::{Names, Record};
use super::bounds::{RELATION_ROWS_MAX, ROW_BYTES_MAX, VALUE_BYTES_MAX};
use super::changes::Changes;
use super::statements::COUNT_MAX;
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

pub(super) fn take(kind: &str, row: &Record, gathered: &mut Gathered) -> Result<(), Diagnostic> {
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
        "key_shares" => gathered.key_samples.push(key_shares(row)?),
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
        let (schema, name) = split_name(parent);
        let parent = TableName::new(schema.unwrap_or_else(|| "public".to_owned()), name);
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

/// Lengths of a sample of at most all rows. Its numbers must agree with one
/// another: sizes of items are worked out from their quotients.
fn lengths(row: &Record) -> Result<LengthSample, Diagnostic> {
    let count = |names, most, what: &str| Ok(row.count_to(names, most, what)?.unwrap_or(0));
    let rows = count(&["rows"], RELATION_ROWS_MAX, "a number of rows")?;
    let nulls = count(&["nulls"], rows, "a part of `rows`")?;
    let max_bytes = count(&["max_bytes"], ROW_BYTES_MAX, "the bytes of a row")?;
    let values = rows - nulls;
    let total_most = max_bytes.saturating_mul(values);
    let total_bytes = count(&["total_bytes"], total_most, "the sum of values up to `max_bytes`")?;
    let bucket_bytes = row.count_to(&["bucket_bytes"], VALUE_BYTES_MAX, "the width of a bucket")?;
    let (buckets, numbers) = (counts(row, &["buckets"])?, counts(row, &["counts"])?);
    if bucket_bytes == Some(0) {
        return Err(row.wrong(&["bucket_bytes"], "the width of a bucket (at least 1)"));
    }
    let bucket_bytes = bucket_bytes.unwrap_or(64);
    if buckets.iter().any(|bucket| *bucket > max_bytes / bucket_bytes) {
        return Err(
            row.wrong(&["buckets"], "numbers of buckets that lengths up to `max_bytes` are in")
        );
    }
    if buckets.len() != numbers.len() {
        return Err(row.wrong(&["counts"], "as long as `buckets`"));
    }
    if !buckets.is_empty() && sum(&numbers) != u128::from(values) {
        return Err(row.wrong(&["counts"], &format!("the {values} values of `rows` less `nulls`")));
    }
    Ok(LengthSample {
        table: table_name(row)?,
        column: row.text(&["column"]).map(str::to_owned),
        rows,
        nulls,
        total_bytes,
        max_bytes,
        bucket_bytes,
        buckets: buckets.into_iter().zip(numbers).collect(),
    })
}

/// How the values of a key spread over a sample of at most all rows.
fn key_shares(row: &Record) -> Result<KeySample, Diagnostic> {
    let count = |names, most, what: &str| Ok(row.count_to(names, most, what)?.unwrap_or(0));
    let rows = count(&["rows"], RELATION_ROWS_MAX, "a number of rows")?;
    let distinct = count(&["distinct"], rows, "a number of different values among `rows`")?;
    let top = counts(row, &["top"])?;
    if sum(&top) > u128::from(rows) || !top.is_sorted_by(|a, b| a >= b) {
        return Err(row.wrong(&["top"], "falling counts of rows, `rows` at most in all"));
    }
    Ok(KeySample {
        table: table_name(row)?,
        column: row.name(&["column"])?.to_owned(),
        rows,
        distinct,
        top,
    })
}

fn sum(counts: &[u64]) -> u128 {
    counts.iter().map(|count| u128::from(*count)).sum()
}

fn counts(row: &Record, names: Names) -> Result<Vec<u64>, Diagnostic> {
    let texts = row.list(names)?.unwrap_or_default();
    let counts: Result<Vec<u64>, _> = texts.iter().map(|text| text.parse()).collect();
    let counts = counts.ok().filter(|counts| counts.iter().all(|count| *count <= COUNT_MAX));
    counts.ok_or_else(|| row.wrong(names, "a list of whole numbers up to 2^53"))
}
