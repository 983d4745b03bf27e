//! Every reader: its sound inputs, and what is done with what it reads.

use ddbplan::dynamodb::{self, measure_lines};
use ddbplan::finding::Diagnostics;
use ddbplan::postgres::storage::{Evidence, predict, read as read_sizes, with_ranges};
use ddbplan::pricing::PriceBook;
use ddbplan::report::budget::Budget;
use ddbplan::report::difference::difference;
use ddbplan::report::document::Report;
use ddbplan::report::postgres_size::{SizedTable, json as sizes_json, text as sizes_text};
use ddbplan::verify::{Against, Server, verify};

use super::mutate::Form::{self, Doubled, Escaped};
use super::readers::*;
use super::scenario::{self, PLAN};
use super::seeds;

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

const FEW_DRAWS: &str = "\n[uncertainty]\ndraws = 100\n";

pub const TARGETS: &[Target] = &[
    target!("import-bundle", 24, Escaped, bytes![seeds::BUNDLE], import_alone),
    target!(
        "import-statements",
        16,
        Doubled,
        bytes![seeds::VIEW, seeds::PGHERO, seeds::MONITOR, seeds::RATES],
        import_with_schema
    ),
    target!("import-csvlog", 6, Doubled, || vec![lines(QUERYLOG_CSV, 12)], import_with_schema),
    target!("import-jsonlog", 6, Escaped, || vec![lines(QUERYLOG_JSON, 12)], import_with_schema),
    target!("import-stderr-log", 6, Doubled, bytes![seeds::STDERR_LOG], import_with_schema),
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
    target!("sql", 32, Doubled, statements, import_statement),
    target!("ddl", 16, Doubled, bytes![seeds::DDL, scenario::SCHEMA], import_ddl),
    target!("workload", 16, Escaped, bytes![scenario::DECLARED], |input| {
        scenario::declared(utf8(input)?, scenario::SCHEMA).map(|capture| format!("{capture:?}"))
    }),
    target!(
        "design",
        16,
        Escaped,
        bytes![seeds::DESIGN, scenario::DESIGNS[1], scenario::DESIGNS[2]],
        |input| scenario::check_design(utf8(input)?)
    ),
    target!("plan", 32, Escaped, bytes![seeds::PLAN, PLAN], |input| {
        scenario::read_plan(utf8(input)?)
    }),
    // Fewer draws than usual: each takes its time.
    target!("compare", 1, Escaped, bytes![seeds::PLAN, format!("{PLAN}{FEW_DRAWS}")], |input| {
        scenario::compare_under(utf8(input)?)
    }),
    target!("budget", 16, Escaped, bytes![seeds::BUDGET], |input| {
        let budget = Budget::read("budget.toml", utf8(input)?)?.check(&sample_report())?;
        Ok(budget.broken.iter().map(|broken| format!("{broken}\n")).collect())
    }),
    target!("report", 8, Escaped, || vec![SAMPLE.with(Clone::clone)], |input| {
        let report = Report::read("report.json", utf8(input)?)?;
        let difference = difference(&report, &sample_report());
        Ok(format!("{difference}{}", scenario::rendered(&report)))
    }),
    target!("items", 24, Escaped, || vec![seeds::ITEMS.into(), gz_lines(ITEMS, 8)], |input| {
        let measured = measure_lines("items", utf8(input)?, &dynamodb::Settings::default())?;
        Ok(measured.iter().map(|one| format!("{one}\n")).collect())
    }),
    target!("verify", 16, Escaped, || vec![gz_lines(RECORDED, 2)], |input| {
        let settings = dynamodb::Settings::default();
        let expected = verify("recorded", input, Against::Expected, &settings)?;
        let server = verify("recorded", input, Against::Server(Server::Dynalite), &settings)?;
        Ok(format!("{expected}{server}"))
    }),
    target!(
        "price-lists",
        8,
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
        8,
        Doubled,
        bytes!["tests/data/pricing/offer.csv", "tests/data/pricing/savings-plans.csv"],
        price_lists
    ),
    target!(
        "price-book",
        8,
        Escaped,
        bytes![
            "pricing/data-transfer-asia-pacific.json",
            "pricing/aurora-postgres-canada-latin-america.json"
        ],
        |input| shown(&PriceBook::parse(&[("book.json", utf8(input)?)])?)
    ),
    target!("usage-toml", 16, Escaped, bytes![seeds::USAGE_TOML], billed),
    target!("usage-json", 16, Escaped, bytes![seeds::USAGE_JSON], billed),
    target!("commitment", 8, Doubled, bytes![seeds::COMMITMENT], committed),
    target!(
        "capacity",
        16,
        Doubled,
        bytes![seeds::CAPACITY, seeds::CLOUDWATCH_CSV],
        capacity_modes
    ),
    target!("cloudwatch", 16, Escaped, bytes![seeds::METRIC_DATA], capacity_modes),
    target!("trace-csv", 16, Doubled, bytes![seeds::TRACE], replay_trace),
    target!("trace-json", 16, Escaped, bytes![seeds::TRACE_LINES], replay_trace),
    target!("table-sizes", 16, Escaped, bytes![seeds::SIZES], |input| {
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
