//! The comparison as a long text for the terminal.

use crate::compare::{Comparison, Coverage, ModeResult, to_f64};
use crate::finding::Severity;
use crate::units::{Usd, decimal_from_f64};
use crate::workload::Workload;

use super::Manifest;
use super::Table;
use super::commitment;
use super::odds;
use super::postgres;

/// Findings shown at most; the rest is in the report.
const FINDINGS_SHOWN: usize = 6;

/// The table, the crossovers, the gravest findings, and the verdict.
#[must_use]
pub fn summary(manifest: &Manifest, workload: &Workload, comparison: &Comparison) -> String {
    let mut text = projected(manifest, workload);
    text.push_str("\n\n");
    text.push_str(&costs(comparison));
    text.push('\n');
    text.push_str(&commitment::notes(comparison));
    text.push('\n');
    for one in &comparison.crossovers {
        let interval = odds::interval(comparison, one)
            .map_or(String::new(), |one| format!("; {}", odds::spoken(one)));
        text.push_str(&format!(
            "{} is cheaper than {} above {:.2}x of today's load ({} a month{interval})\n",
            one.cheaper_above,
            one.cheaper_below,
            one.load,
            rounded(one.monthly_usd)
        ));
    }
    if comparison.crossovers.is_empty() {
        text.push_str("no design and no Postgres change places within the range of loads\n");
    }
    text.push('\n');
    text.push_str(&postgres::line(comparison));
    text.push_str(&odds::text(comparison));
    text.push('\n');
    text.push_str(&findings(comparison));
    text.push_str(&format!("{}\n{}\n", comparison.verdict.sentence, comparison.verdict.basis));
    text
}

/// What the figures are of.
pub(super) fn projected(manifest: &Manifest, workload: &Workload) -> String {
    format!(
        "{}: {} M calls a month, projected from {:.0} s; prices of {}, {}",
        manifest.scenario,
        (workload.calls_per_month / rust_decimal::Decimal::from(1_000_000)).round_dp(1),
        workload.span_seconds,
        manifest.region,
        manifest.price_book_date,
    )
}

fn costs(comparison: &Comparison) -> String {
    let loads: Vec<f64> = comparison.verdict.at.iter().map(|at| at.load).collect();
    let heads: Vec<String> = loads.iter().map(|load| format!("at {load}x")).collect();
    let titles = ["USD a month".to_owned()].into_iter().chain(heads).chain(
        ["throttled", "committed", "upfront", "strong reads", "calls served", "time served"]
            .map(str::to_owned),
    );
    let mut rows = Vec::new();
    for result in &comparison.designs {
        for mode in &result.modes {
            let name = crate::compare::curve_name(&result.design.name, mode.mode);
            let mut row = costs_at(comparison, &name, &loads);
            row.push(throttled(mode));
            row.extend(commitment::columns(mode));
            row.push(mode.strong_monthly.map_or("?".to_owned(), |usd| rounded(to_f64(usd))));
            row.extend(served(&result.coverage));
            rows.push(row);
        }
    }
    for name in [crate::compare::SHARDED, crate::compare::SINGLE] {
        let mut row = costs_at(comparison, name, &loads);
        row.extend(["", "", "", "", "100 %", "100 %"].map(str::to_owned));
        rows.push(row);
    }
    with_mark(Table::new(titles).rows(rows).to_string())
}

/// A table of costs, with what the mark means if it is there.
pub(super) fn with_mark(mut table: String) -> String {
    if table.contains('*') {
        table.push_str(REFUSED);
        table.push('\n');
    }
    table
}

/// Share of the units refused at today's load: with burst, and without.
pub(super) fn throttled(mode: &ModeResult) -> String {
    let Some(now) = mode.throttling_at(1.0) else { return "?".to_owned() };
    band(now.share, now.share_without_burst)
}

/// Shares refused with burst and without, as one range.
pub(super) fn band(with_burst: f64, without_burst: f64) -> String {
    let percent = |share: f64| match share * 100.0 {
        0.0 => "0".to_owned(),
        small if small < 0.01 => "<0.01".to_owned(),
        percent => format!("{percent:.2}"),
    };
    let (with, without) = (percent(with_burst), percent(without_burst));
    if with == without { format!("{with} %") } else { format!("{with}-{without} %") }
}

/// What the mark beside a cost means.
pub(super) const REFUSED: &str = "* refuses more than one unit in a thousand of this load";

/// A curve's name and its cost at each load, with a mark where it refuses part of
/// the load; a dash past its end.
pub(super) fn costs_at(comparison: &Comparison, name: &str, loads: &[f64]) -> Vec<String> {
    let mut row = vec![name.to_owned()];
    for load in loads {
        let cost = comparison.costs.get(name).and_then(|costs| {
            costs.iter().find(|(at, _)| (at - load).abs() < 1e-9).map(|(_, usd)| *usd)
        });
        let mark = if comparison.refuses(name, *load) { "*" } else { "" };
        row.push(cost.map_or("-".to_owned(), |usd| rounded(usd) + mark));
    }
    row
}

/// Share of the calls, and of the execution time, of data statements.
pub(super) fn served(coverage: &Coverage) -> [String; 2] {
    [coverage.served_of_data(), coverage.served_of_data_time()]
        .map(|share| share.map_or("?".to_owned(), |share| format!("{:.1} %", share * 100.0)))
}

fn findings(comparison: &Comparison) -> String {
    let all: Vec<(String, &crate::finding::Finding)> = comparison
        .findings
        .iter()
        .map(|finding| (String::new(), finding))
        .chain(comparison.designs.iter().flat_map(|result| {
            result.findings.iter().map(|one| (format!("{}: ", result.design.name), one))
        }))
        .collect();
    let high: Vec<_> = all.iter().filter(|(_, one)| one.severity == Severity::High).collect();
    let mut text = String::new();
    for (whose, one) in high.iter().take(FINDINGS_SHOWN) {
        text.push_str(&format!("! {whose}{}\n", one.what));
    }
    let more = all.len() - high.len().min(FINDINGS_SHOWN);
    if more > 0 {
        text.push_str(&format!("  {more} more findings are in report.json\n"));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// Whole dollars.
pub(super) fn rounded(usd: f64) -> String {
    match decimal_from_f64(usd) {
        Ok(usd) => Usd::new(usd.round()).to_string().trim_end_matches(".00").to_owned(),
        Err(_) => "?".to_owned(),
    }
}
