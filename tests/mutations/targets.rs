//! Every reader: its sound inputs, and what is done with what it reads.

use std::io::{BufRead, BufReader};

use ddbplan::dynamodb::{self, measure_lines};
use ddbplan::finding::{Diagnostic, Diagnostics};
use ddbplan::postgres::storage::{Evidence, predict, read as read_sizes, with_ranges};
use ddbplan::pricing::{
    BillSettings, CommitmentOptions, Model, PriceBook, Region, Term, bill, break_evens, diff_books,
    import as import_prices, parse_series, parse_usage,
};
use ddbplan::report::budget::Budget;
use ddbplan::report::difference::difference;
use ddbplan::report::document::Report;
use ddbplan::report::postgres_size::{SizedTable, json as sizes_json, text as sizes_text};
use ddbplan::report::replay as replayed;
use ddbplan::simulate::recorded;
use ddbplan::simulate::trace::{Rules, Tables, replay};
use ddbplan::verify::{Against, Server, verify};
use flate2::read::MultiGzDecoder;
use serde_json::Value;

use super::mutate::Form::{self, Doubled, Escaped};
use super::{capacity, scenario, seeds};

/// A reader.
pub struct Target {
    /// Its name: `MUTATIONS_TARGET`.
    pub name: &'static str,
    /// How many of the cases it gets, beside the others.
    pub weight: u64,
    /// How its inputs write values.
    pub form: Form,
    /// Sound inputs.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Reads and uses an input; the text is all that would be shown of it.
    pub run: fn(&[u8]) -> Result<String, Diagnostics>,
}

/// A file of the tests, or a text of [`seeds`].
macro_rules! bytes {
    ($($file:literal),+) => { || vec![$(include_bytes!(concat!("../../", $file)).to_vec()),+] };
    ($($text:expr),+) => { || vec![$($text.as_bytes().to_vec()),+] };
}

macro_rules! target {
    ($name:literal, $weight:literal, $form:ident, $seeds:expr, $run:expr) => {
        Target { name: $name, weight: $weight, form: $form, seeds: $seeds, run: $run }
    };
}

/// A file of a capture whose other files stay as they are.
macro_rules! beside {
    ($name:literal, $file:literal) => {
        target!($name, 2, Doubled, || vec![file($file)], |input| import_beside($file, input))
    };
}

pub const TARGETS: &[Target] = &[
    target!("import-bundle", 12, Escaped, bytes![seeds::BUNDLE], import_alone),
    target!(
        "import-statements",
        8,
        Doubled,
        bytes![seeds::VIEW, seeds::PGHERO, seeds::MONITOR, seeds::RATES],
        import_with_schema
    ),
    target!("import-csvlog", 3, Doubled, || vec![lines(QUERYLOG_CSV, 12)], import_with_schema),
    target!("import-jsonlog", 3, Escaped, || vec![lines(QUERYLOG_JSON, 12)], import_with_schema),
    target!("import-stderr-log", 3, Doubled, bytes![seeds::STDERR_LOG], import_with_schema),
    beside!("import-columns", "catalog/columns.csv"),
    beside!("import-constraints", "catalog/constraints.csv"),
    beside!("import-indexes", "catalog/indexes.csv"),
    beside!("import-tables", "catalog/tables.csv"),
    beside!("import-pg-stats", "catalog/pg_stats.csv"),
    beside!("import-index-counters", "catalog/pg_stat_user_indexes.csv"),
    beside!("import-table-counters", "catalog/pg_stat_user_tables.csv"),
    beside!("import-table-series", "pg_stat_user_tables_series.csv"),
    beside!("import-database", "catalog/pg_stat_database.csv"),
    beside!("import-info", "catalog/pg_stat_statements_info.csv"),
    beside!("import-settings", "catalog/settings.csv"),
    target!("import-snapshots", 2, Escaped, || vec![file("snapshots.jsonl")], |input| {
        import_beside("snapshots.jsonl", input)
    }),
    target!("sql", 16, Doubled, statements, import_statement),
    target!("ddl", 8, Doubled, bytes![seeds::DDL, scenario::SCHEMA], import_ddl),
    target!("workload", 8, Escaped, bytes![scenario::DECLARED], |input| {
        scenario::declared(utf8(input)?, scenario::SCHEMA).map(|capture| format!("{capture:?}"))
    }),
    target!(
        "design",
        8,
        Escaped,
        bytes![seeds::DESIGN, scenario::DESIGNS[1], scenario::DESIGNS[2]],
        |input| scenario::check_design(utf8(input)?)
    ),
    target!("plan", 16, Escaped, bytes![seeds::PLAN, PLAN], |input| {
        scenario::read_plan(utf8(input)?)
    }),
    target!("compare", 1, Escaped, bytes![seeds::PLAN, PLAN], |input| {
        scenario::compare_under(utf8(input)?)
    }),
    target!("budget", 8, Escaped, bytes![seeds::BUDGET], |input| {
        let budget = Budget::read("budget.toml", utf8(input)?)?.check(&sample_report())?;
        Ok(budget.broken.iter().map(|broken| format!("{broken}\n")).collect())
    }),
    target!("report", 4, Escaped, || vec![SAMPLE.with(Clone::clone)], |input| {
        let report = Report::read("report.json", utf8(input)?)?;
        let difference = difference(&report, &sample_report());
        Ok(format!("{difference}{}", scenario::rendered(&report)))
    }),
    target!("items", 12, Escaped, || vec![seeds::ITEMS.into(), gz_lines(ITEMS, 8)], |input| {
        let measured = measure_lines("items", utf8(input)?, &dynamodb::Settings::default())?;
        Ok(measured.iter().map(|one| format!("{one}\n")).collect())
    }),
    target!("verify", 8, Escaped, || vec![gz_lines(RECORDED, 2)], |input| {
        let settings = dynamodb::Settings::default();
        let expected = verify("recorded", input, Against::Expected, &settings)?;
        let server = verify("recorded", input, Against::Server(Server::Dynalite), &settings)?;
        Ok(format!("{expected}{server}"))
    }),
    target!(
        "price-lists",
        4,
        Escaped,
        bytes![
            "tests/data/pricing/offer.json",
            "tests/data/pricing/feed.json",
            "tests/data/pricing/get-products-2.json"
        ],
        price_lists
    ),
    target!(
        "price-tables",
        4,
        Doubled,
        bytes!["tests/data/pricing/offer.csv", "tests/data/pricing/savings-plans.csv"],
        price_lists
    ),
    target!(
        "price-book",
        4,
        Escaped,
        bytes![
            "pricing/data-transfer-asia-pacific.json",
            "pricing/aurora-postgres-canada-latin-america.json"
        ],
        |input| shown(&PriceBook::parse(&[("book.json", utf8(input)?)])?)
    ),
    target!("usage-toml", 8, Escaped, bytes![seeds::USAGE_TOML], billed),
    target!("usage-json", 8, Escaped, bytes![seeds::USAGE_JSON], billed),
    target!("commitment", 4, Doubled, bytes![seeds::COMMITMENT], committed),
    target!("capacity", 8, Doubled, bytes![seeds::CAPACITY, seeds::CLOUDWATCH_CSV], capacity_modes),
    target!("cloudwatch", 8, Escaped, bytes![seeds::METRIC_DATA], capacity_modes),
    target!("trace-csv", 8, Doubled, bytes![seeds::TRACE], replay_trace),
    target!("trace-json", 8, Escaped, bytes![seeds::TRACE_LINES], replay_trace),
    target!("table-sizes", 8, Escaped, bytes![seeds::SIZES], |input| {
        let read = read_sizes("sizes.json", utf8(input)?, Evidence::Exact)?;
        let sized = read.tables.into_iter().map(|described| SizedTable {
            predicted: with_ranges(&described, predict(&described)),
            described,
        });
        let tables: Vec<SizedTable> = sized.collect();
        let json = sizes_json(&tables, &read.findings);
        Ok(format!("{}{json}", sizes_text(&tables, &read.findings)))
    }),
];

const PLAN: &str = include_str!("../../workloads/orders/plan.toml");
const QUERYLOG_CSV: &[u8] = include_bytes!("../data/capture/querylog.csv");
const QUERYLOG_JSON: &[u8] = include_bytes!("../data/capture/querylog.jsonl");
const ITEMS: &[u8] = include_bytes!("../data/dynamodb/item_sizes.jsonl.gz");
const RECORDED: &[u8] = include_bytes!("../data/dynamodb/capacity.jsonl.gz");

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
fn utf8(input: &[u8]) -> Result<&str, Diagnostics> {
    std::str::from_utf8(input).map_err(|_| Diagnostic::new("this is not UTF-8 text").into())
}

fn lines(text: &[u8], count: usize) -> Vec<u8> {
    text.split_inclusive(|byte| *byte == b'\n').take(count).flatten().copied().collect()
}

fn gz_lines(packed: &[u8], count: usize) -> Vec<u8> {
    let text = BufReader::new(MultiGzDecoder::new(packed));
    let lines = text.lines().take(count).map(|line| line.expect("the tests' data is sound"));
    lines.flat_map(|line| (line + "\n").into_bytes()).collect()
}

fn file(name: &str) -> Vec<u8> {
    let found = CAPTURE.iter().find(|(one, _)| *one == name);
    found.expect("the capture has the file").1.to_vec()
}

fn import_alone(input: &[u8]) -> Result<String, Diagnostics> {
    scenario::import(vec![("input", input)])
}

fn import_with_schema(input: &[u8]) -> Result<String, Diagnostics> {
    scenario::import(vec![("input", input), ("schema.sql", seeds::DDL.as_bytes())])
}

fn import_beside(name: &str, input: &[u8]) -> Result<String, Diagnostics> {
    // Two readings of 30 statements each.
    let statements = lines(&file("pg_stat_statements.jsonl"), 60);
    let files = CAPTURE.iter().map(|(one, bytes)| match *one {
        one if one == name => (one, input),
        one @ "pg_stat_statements.jsonl" => (one, statements.as_slice()),
        one => (one, *bytes),
    });
    scenario::import(files.collect())
}

fn import_ddl(input: &[u8]) -> Result<String, Diagnostics> {
    scenario::import(vec![("view.csv", seeds::VIEW.as_bytes()), ("schema.sql", input)])
}

fn statements() -> Vec<Vec<u8>> {
    seeds::STATEMENTS.lines().map(|line| line.as_bytes().to_vec()).collect()
}

/// The statement ran six times, between two readings.
fn import_statement(input: &[u8]) -> Result<String, Diagnostics> {
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

fn price_lists(input: &[u8]) -> Result<String, Diagnostics> {
    let imported = import_prices(&[("list", utf8(input)?)], None)?;
    // What an import writes must be a book.
    let text = imported.book.to_text("imported");
    let again = PriceBook::parse(&[("book.json", &text)])
        .unwrap_or_else(|faults| panic!("an imported book cannot be read: {faults}"));
    assert!(diff_books(&imported.book, &again).is_empty(), "an imported book reads as it was");
    Ok(format!("{:?}{:?}{}", imported.notes, imported.unknown, shown(&again)?))
}

fn shown(book: &PriceBook) -> Result<String, Diagnostics> {
    let prices: String =
        book.iter().map(|(region, key, state)| format!("{region} {key} {state:?}\n")).collect();
    Ok(format!("{}{}{prices}", book.id(), book.to_text("shown")))
}

fn billed(input: &[u8]) -> Result<String, Diagnostics> {
    let file = parse_usage("usage", utf8(input)?)?;
    let bill = bill(&PriceBook::embedded(), &file.usages, &file.settings);
    Ok(format!("{:?} {:?} {:?} {:?}", bill.monthly(), bill.yearly(), bill.upfront(), bill.lines))
}

fn committed(input: &[u8]) -> Result<String, Diagnostics> {
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

fn capacity_modes(input: &[u8]) -> Result<String, Diagnostics> {
    let files = [("series".to_owned(), utf8(input)?.to_owned())];
    Ok(capacity::modes(&recorded::read(&files, None)?))
}

fn replay_trace(input: &[u8]) -> Result<String, Diagnostics> {
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
    static SAMPLE: Vec<u8> = {
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

fn sample_report() -> Report {
    SAMPLE.with(|text| {
        Report::read("sample.json", utf8(text).expect("JSON is text")).expect("it is a report")
    })
}
