//! What `import`, `design check` and `compare` do, in memory.

use ddbplan::capture::{self, Capture, InputFile};
use ddbplan::compare::{Arrival, Billing, check_countable, compare, coverage, design_limits};
use ddbplan::declared;
use ddbplan::design::{self, starter};
use ddbplan::finding::{Diagnostic, Diagnostics};
use ddbplan::migrate::{cheapest, migrate};
use ddbplan::pricing::{BillSettings, PriceBook, Region};
use ddbplan::report::document::{Report, migration::Migration};
use ddbplan::report::markdown::markdown;
use ddbplan::report::{Manifest, Paint, brief, design_check, explain, html, imported, text};
use ddbplan::scenario::{Settings, Stands, starter_plan};
use ddbplan::visible::visible_lines;
use ddbplan::workload::{self, Workload};
use ddbplan::{layout, plan};

pub const SCHEMA: &str = include_str!("../../workloads/orders/schema.sql");
pub const DECLARED: &str = include_str!("../../workloads/orders/workload.toml");
pub const DESIGNS: [&str; 3] = [
    include_str!("../../workloads/orders/designs/single-table.toml"),
    include_str!("../../workloads/orders/designs/relational-copy.toml"),
    include_str!("../../workloads/orders/designs/entity-collections.toml"),
];
pub const PLAN: &str = include_str!("../../workloads/orders/plan.toml");

type Files<'a> = Vec<(&'a str, &'a [u8])>;

/// A capture of these files, its starter designs and what they serve.
pub fn import(files: Files<'_>) -> Result<String, Diagnostics> {
    let files = files.into_iter().map(|(name, bytes)| InputFile::bytes(name, bytes)).collect();
    let capture = capture::read(files, &capture::Settings::default())?;
    let capture = capture::merge(capture, Vec::new()).map_err(Diagnostics::from)?;
    let stands = Stands::default();
    let (settings, _) = Settings::read("plan.toml", &starter_plan(&stands))?;
    let workload = workload::build(&capture, &settings);
    workload.check_tables().map_err(Diagnostics::from)?;
    let mut served = Vec::new();
    let mut texts = String::new();
    for one in starter::all(&workload) {
        let file = format!("designs/{}.toml", one.name);
        // A starter that does not read is a fault of ours, whatever the input.
        let (share, checked) = checked(&file, &one.text, &workload, &settings)
            .unwrap_or_else(|faults| panic!("a starter design is refused: {faults}\n{}", one.text));
        check_visible(&one.text);
        served.push(imported::StarterServed { name: one.name, served: share });
        texts.push_str(&checked);
    }
    let readme = imported::readme("s", &capture, &served);
    check_visible(&readme);
    Ok(format!("{readme}{}{texts}", imported::text(&capture, &served)))
}

/// A design against a workload: the share it serves, and what is said of it.
fn checked(
    file: &str,
    text: &str,
    workload: &Workload,
    settings: &Settings,
) -> Result<(Option<f64>, String), Diagnostics> {
    let design = design::read(file, text, workload)?;
    let layout = layout::build(&design, workload);
    let plan = plan::plan(workload, &design, &layout, settings.dynamodb.strong_reads.value);
    let coverage = coverage(workload, &plan);
    let limits = design_limits(&design, &layout, workload);
    let checked = design_check::Checked {
        name: &design.name,
        plan: &plan,
        coverage: &coverage,
        limits: &limits,
    };
    let text = format!(
        "{}{}",
        design_check::text(workload, &checked),
        design_check::json(workload, &checked)
    );
    Ok((coverage.served_of_data(), text))
}

/// The capture that a declared workload and its schema stand for.
pub fn declared(workload: &str, schema: &str) -> Result<Capture, Diagnostics> {
    let workload = declared::read("workload.toml", workload)?;
    let files = declared::exports(&workload, schema);
    let files = files.into_iter().map(|(name, text)| InputFile::bytes(name, text)).collect();
    capture::read(files, &capture::Settings::default())
}

/// A design for the declared orders, checked.
pub fn check_design(text: &str) -> Result<String, Diagnostics> {
    let capture = declared(DECLARED, SCHEMA)?;
    let (settings, _) = Settings::read("plan.toml", PLAN)?;
    let workload = workload::build(&capture, &settings);
    Ok(checked("designs/d.toml", text, &workload, &settings)?.1)
}

/// A plan, as far as it is checked by itself.
pub fn read_plan(text: &str) -> Result<String, Diagnostics> {
    let (settings, assumptions) = Settings::read("plan.toml", text)?;
    Ok(format!("{settings:?}{assumptions:?}"))
}

/// Orders compared under a plan: the report and every rendering of it.
pub fn compare_under(text: &str) -> Result<String, Diagnostics> {
    let (settings, assumptions) = Settings::read("plan.toml", text)?;
    let book = PriceBook::embedded();
    let region = Region::new(&settings.region.value).map_err(Diagnostic::new)?;
    // The command line refuses these with the places of the plan.
    if !book.regions().any(|one| *one == region) || !settings.postgres.fleet.classes.is_empty() {
        return Ok(String::new());
    }
    let capture = declared(DECLARED, SCHEMA)?;
    let workload = workload::build(&capture, &settings);
    let mut designs = Vec::new();
    for text in DESIGNS {
        let design = design::read("designs/d.toml", text, &workload)?;
        designs.push(design::try_out(design, &settings.what_if, &workload));
    }
    let mut unknown = Diagnostics::default();
    design::check_names(&designs, &settings.what_if, &workload, &mut unknown);
    unknown.finish(())?;
    design::check_table_settings(&settings.dynamodb.tables, &designs)?;
    let arrival = Arrival::of(&settings.load, &workload);
    check_countable(&workload, &settings.load, &arrival)?;
    let conventions = BillSettings {
        month_hours: settings.load.month_hours.value.into(),
        bytes_per_gb: settings.load.gb_bytes.value,
        ..BillSettings::default()
    };
    let billing = Billing {
        book: &book,
        region: &region,
        settings: &settings,
        conventions: &conventions,
        peak_to_mean: workload.peak_to_mean.value,
        arrival: &arrival,
    };
    let comparison = compare(&workload, &designs, &assumptions, &capture.set_aside, &billing);
    let manifest = Manifest {
        scenario: "orders".to_owned(),
        version: "0",
        seed: settings.uncertainty.seed.value,
        inputs: Vec::new(),
        price_book_id: book.id(),
        price_book_date: book.date(),
        region: region.code().to_owned(),
    };
    let planned = settings.migration.stated.then(|| cheapest(&comparison.designs)).flatten();
    let plan = planned.map(|(result, mode)| migrate(&workload, result, mode, &billing));
    let section = plan.as_ref().map(|plan| Migration::new(plan, 365));
    let report = Report::new(&manifest, &workload, &comparison, section);
    Ok([
        text::summary(&manifest, &workload, &comparison),
        brief(&manifest, &workload, &comparison, plan.as_ref(), Paint::Plain),
        explain::text(&workload, &capture.set_aside, &comparison.designs, true),
        rendered(&report),
    ]
    .concat())
}

/// A report as it is written to files, read again.
pub fn rendered(report: &Report) -> String {
    let json = report.to_json();
    let again = Report::read("report.json", &json)
        .unwrap_or_else(|faults| panic!("a report that was written cannot be read: {faults}"));
    assert_eq!(again.to_json(), json, "a report reads as it was written");
    check_visible(&html::page(&json).expect("the report is JSON"));
    let markdown = markdown(report);
    check_visible(&markdown);
    markdown
}

/// What goes to the terminal is made visible there, files as they are written.
fn check_visible(file: &str) {
    assert_eq!(visible_lines(file), file, "a file holds characters that act on a terminal");
}
