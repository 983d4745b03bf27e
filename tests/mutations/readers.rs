//! What is done with each input, beside the work on whole scenarios.

use std::io::{BufRead, BufReader};

use ddbplan::finding::{Diagnostic, Diagnostics};
use ddbplan::pricing::{
    BillSettings, CommitmentOptions, Model, PriceBook, Region, Term, bill, break_evens, diff_books,
    import as import_prices, parse_series, parse_usage,
};
use ddbplan::report::document::Report;
use ddbplan::report::replay as replayed;
use ddbplan::simulate::recorded;
use ddbplan::simulate::trace::{Rules, Tables, replay};
use flate2::read::MultiGzDecoder;
use serde_json::Value;

use super::{capacity, scenario, seeds};

pub const QUERYLOG_CSV: &[u8] = include_bytes!("../data/capture/querylog.csv");
pub const QUERYLOG_JSON: &[u8] = include_bytes!("../data/capture/querylog.jsonl");
pub const ITEMS: &[u8] = include_bytes!("../data/dynamodb/item_sizes.jsonl.gz");
pub const RECORDED: &[u8] = include_bytes!("../data/dynamodb/capacity.jsonl.gz");

macro_rules! capture_files {
    ($($name:literal),+) => {
        &[$((
            $name,
            include_bytes!(concat!("../../workloads/notifications/capture/", $name)),
        )),+]
    };
}

/// The small files of a capture.
const CAPTURE: &[(&str, &[u8])] = capture_files![
    "catalog/columns.csv",
    "catalog/constraints.csv",
    "catalog/indexes.csv",
    "catalog/tables.csv",
    "catalog/pg_stats.csv",
    "catalog/pg_stat_user_indexes.csv",
    "catalog/pg_stat_user_tables.csv",
    "catalog/pg_stat_database.csv",
    "catalog/pg_stat_statements_info.csv",
    "catalog/settings.csv",
    "pg_stat_user_tables_series.csv",
    "snapshots.jsonl",
    "pg_stat_statements.jsonl"
];

/// What the command line says of files that are not text.
pub fn utf8(input: &[u8]) -> Result<&str, Diagnostics> {
    std::str::from_utf8(input).map_err(|_| Diagnostic::new("this is not UTF-8 text").into())
}

pub fn lines(text: &[u8], count: usize) -> Vec<u8> {
    text.split_inclusive(|byte| *byte == b'\n').take(count).flatten().copied().collect()
}

pub fn gz_lines(packed: &[u8], count: usize) -> Vec<u8> {
    let text = BufReader::new(MultiGzDecoder::new(packed));
    let lines = text.lines().take(count).map(|line| line.expect("the tests' data is sound"));
    lines.flat_map(|line| (line + "\n").into_bytes()).collect()
}

pub fn file(name: &str) -> Vec<u8> {
    let found = CAPTURE.iter().find(|(one, _)| *one == name);
    found.expect("the capture has the file").1.to_vec()
}

pub fn import_alone(input: &[u8]) -> Result<String, Diagnostics> {
    scenario::import(vec![("input", input)])
}

pub fn import_with_schema(input: &[u8]) -> Result<String, Diagnostics> {
    scenario::import(vec![("input", input), ("schema.sql", seeds::DDL.as_bytes())])
}

pub fn import_beside(name: &str, input: &[u8]) -> Result<String, Diagnostics> {
    // Some of the statements of two readings.
    let recorded = file("pg_stat_statements.jsonl");
    let recorded = recorded.split_inclusive(|byte| *byte == b'\n').take(60);
    let statements = recorded.step_by(2).flatten().copied().collect::<Vec<u8>>();
    let files = CAPTURE.iter().map(|(one, bytes)| match *one {
        one if one == name => (one, input),
        one @ "pg_stat_statements.jsonl" => (one, statements.as_slice()),
        one => (one, *bytes),
    });
    scenario::import(files.collect())
}

pub fn import_ddl(input: &[u8]) -> Result<String, Diagnostics> {
    scenario::import(vec![("view.csv", seeds::VIEW.as_bytes()), ("schema.sql", input)])
}

pub fn statements() -> Vec<Vec<u8>> {
    seeds::STATEMENTS.lines().map(|line| line.as_bytes().to_vec()).collect()
}

/// The statement ran six times, between two readings.
pub fn import_statement(input: &[u8]) -> Result<String, Diagnostics> {
    let statement = utf8(input)?.replace('"', "\"\"");
    let mut view = String::from("now,queryid,toplevel,query,calls,rows\n");
    for (minute, calls) in [(0, 1), (1, 7)] {
        view.push_str(&format!(
            "2026-01-01 00:0{minute}:00+00,1,t,\"{statement}\",{calls},{calls}\n"
        ));
    }
    let schema = scenario::SCHEMA.as_bytes();
    scenario::import(vec![("view.csv", view.as_bytes()), ("schema.sql", schema)])
}

pub fn price_lists(input: &[u8]) -> Result<String, Diagnostics> {
    let imported = import_prices(&[("list", utf8(input)?)], None)?;
    // What an import writes must be a book.
    let text = imported.book.to_text("imported");
    let again = PriceBook::parse(&[("book.json", &text)])
        .unwrap_or_else(|faults| panic!("an imported book cannot be read: {faults}"));
    assert!(diff_books(&imported.book, &again).is_empty(), "an imported book reads as it was");
    Ok(format!("{:?}{:?}{}", imported.notes, imported.unknown, shown(&again)?))
}

pub fn shown(book: &PriceBook) -> Result<String, Diagnostics> {
    let prices: String =
        book.iter().map(|(region, key, state)| format!("{region} {key} {state:?}\n")).collect();
    Ok(format!("{}{}{prices}", book.id(), book.to_text("shown")))
}

pub fn billed(input: &[u8]) -> Result<String, Diagnostics> {
    let file = parse_usage("usage", utf8(input)?)?;
    let bill = bill(&PriceBook::embedded(), &file.usages, &file.settings);
    Ok(format!("{:?} {:?} {:?} {:?}", bill.monthly(), bill.yearly(), bill.upfront(), bill.lines))
}

pub fn committed(input: &[u8]) -> Result<String, Diagnostics> {
    let series = parse_series("series.csv", utf8(input)?)?;
    let (book, settings) = (PriceBook::embedded(), BillSettings::default());
    let region = Region::new("us-east-1").map_err(Diagnostic::new)?;
    let options = CommitmentOptions {
        terms: vec![Term::OneYear],
        savings_plan: true,
        ..CommitmentOptions::default()
    };
    let model = Model::new(&book, &region, &series, &options, &settings)?;
    let best = model.optimise();
    let cost = model.cost(&best.commitment)?;
    Ok(format!("{best:?} {cost:?} {:?}", break_evens(&book, &region, &options.terms, &settings)))
}

pub fn capacity_modes(input: &[u8]) -> Result<String, Diagnostics> {
    let files = [("series".to_owned(), utf8(input)?.to_owned())];
    Ok(capacity::modes(&recorded::read(&files, None)?))
}

pub fn replay_trace(input: &[u8]) -> Result<String, Diagnostics> {
    let tables = Tables { tables: Vec::new(), other_table_partitions: Some(4) };
    let mut minutes = String::new();
    let result = replay(input, "trace", &tables, Rules { max_errors: 3 }, |row| {
        minutes.push_str(&replayed::minutes_row(row));
        Ok(())
    })?;
    Ok(format!("{minutes}{}{}", replayed::text("trace", &result), replayed::json(&result)))
}

thread_local! {
    /// The sample report with the beginnings of its lists.
    pub static SAMPLE: Vec<u8> = {
        let report = include_str!("../../reports/notifications/report.json");
        let mut report: Value = serde_json::from_str(report).expect("the sample report is JSON");
        shorten(&mut report);
        report.to_string().into_bytes()
    };
}

fn shorten(value: &mut Value) {
    match value {
        Value::Array(list) => {
            // Those of two and three are often pairs and ranges.
            list.truncate(3);
            list.iter_mut().for_each(shorten);
        }
        Value::Object(members) => members.values_mut().for_each(shorten),
        _ => {}
    }
}

pub fn sample_report() -> Report {
    SAMPLE.with(|text| {
        Report::read("sample.json", utf8(text).expect("JSON is text")).expect("it is a report")
    })
}
