//! `report.md`: the report for a pull request or a design document.

mod escape;
mod partitions;
mod postgres;

use crate::compare::{SHARDED, SINGLE, curve_name, decimal_to_f64, percent_of_draws};
use crate::finding::Severity;

use super::document::curves::{CostAt, Crossover};
use super::document::design::{Design, NotServed};
use super::document::mode::Mode;
use super::document::remarks::Finding;
use super::document::{Exact, Report};
use super::odds::spoken;
use super::text::{REFUSED, band, rounded};
use escape::code;
pub use escape::prose;

/// The report in GitHub's Markdown. The same report gives the same bytes.
#[must_use]
pub fn markdown(report: &Report) -> String {
    let manifest = &report.manifest;
    let parts = [
        format!("# {}: DynamoDB designs and Postgres\n", prose(&manifest.scenario)),
        format!("**{}**\n", prose(&report.verdict.sentence)),
        format!("{}\n", prose(&report.verdict.basis)),
        costs(report),
        postgres::postgres(&report.postgres),
        coverage(report),
        crossovers(report),
        partitions::partitions(report),
        the_move(report),
        findings(report),
        assumptions(report),
        made_from(report),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

/// A table; the first column is aligned left, the others as `right` says.
fn table(titles: &[String], right: bool, rows: &[Vec<String>]) -> String {
    let row = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let mut text = row(titles);
    let other = if right { "---:" } else { "---" };
    let rule: Vec<String> =
        (0..titles.len()).map(|i| if i == 0 { "---" } else { other }.to_owned()).collect();
    text.push_str(&row(&rule));
    for cells in rows {
        text.push_str(&row(cells));
    }
    text
}

fn costs(report: &Report) -> String {
    let loads: Vec<f64> = report.verdict.at.iter().map(|at| at.load).collect();
    let mut titles = vec!["USD a month".to_owned()];
    titles.extend(loads.iter().map(|load| format!("at {load}x")));
    titles.extend(["throttled at 1x", "committed at 1x", "upfront"].map(str::to_owned));
    let mut rows = Vec::new();
    for design in &report.designs {
        for mode in &design.modes {
            let mut row = vec![prose(&curve_name(&design.name, mode.mode))];
            row.extend(at_loads(&mode.monthly_usd_at, &loads, &mode.refused_loads));
            row.extend([throttled(mode), committed(mode), upfront(mode)]);
            rows.push(row);
        }
    }
    let postgres = &report.postgres;
    for (name, costs) in
        [(SHARDED, &postgres.monthly_usd_at), (SINGLE, &postgres.single_monthly_usd_at)]
    {
        let mut row = vec![name.to_owned()];
        row.extend(at_loads(costs, &loads, &[]));
        row.resize(titles.len(), String::new());
        rows.push(row);
    }
    format!(
        "## Cost\n\nAt list prices of {}, {}, in multiples of today's load. Committed: with the \
         cheapest reservations and Savings Plan, upfront fees spread over the term.\n\n\
         ![Monthly cost over load](cost_curve.png)\n\n{}{}",
        prose(&report.manifest.region),
        prose(&report.manifest.price_book.date),
        table(&titles, true, &rows),
        if rows.iter().flatten().any(|cell| cell.ends_with(MARK)) {
            format!("\n{}\n", prose(REFUSED))
        } else {
            String::new()
        }
    )
}

/// Beside a cost at a load of which the mode refuses too much.
const MARK: &str = "\\*";

/// The costs at some loads, with a mark where a load is among the `refused`.
fn at_loads(costs: &[CostAt], loads: &[f64], refused: &[(f64, f64)]) -> Vec<String> {
    let at = |&load: &f64| {
        let refuses = refused
            .iter()
            .any(|(from, to)| (from * (1.0 - 1e-9)..=to * (1.0 + 1e-9)).contains(&load));
        let mark = if refuses { MARK } else { "" };
        let cost = costs.iter().find(|one| (one.load - load).abs() < 1e-9);
        cost.map_or("cannot be had or priced".to_owned(), |one| {
            prose(&rounded(one.monthly_usd)) + mark
        })
    };
    loads.iter().map(at).collect()
}

fn throttled(mode: &Mode) -> String {
    let today = mode.throttling.iter().find(|one| (one.load - 1.0).abs() < 1e-9);
    today.map_or("unknown".to_owned(), |one| {
        band(one.throttled_share, one.throttled_share_without_burst).replace('<', "&lt;")
    })
}

fn committed(mode: &Mode) -> String {
    let best = &mode.best_commitment;
    let mark = if best.verified == Some(false) { " (not verified)" } else { "" };
    best.effective_monthly_usd.map_or("unknown".to_owned(), |usd| format!("{}{mark}", dollars(usd)))
}

fn upfront(mode: &Mode) -> String {
    mode.best_commitment.upfront_usd.map_or("unknown".to_owned(), dollars)
}

/// Whole dollars.
fn dollars(usd: Exact) -> String {
    prose(&rounded(decimal_to_f64(usd.get())))
}

fn coverage(report: &Report) -> String {
    let titles = ["design", "calls served", "time served", "statements not served", "other stores"]
        .map(str::to_owned);
    let percent = |share: Option<f64>| {
        share.map_or("unknown".to_owned(), |share| format!("{:.1} %", share * 100.0))
    };
    let store = |design: &Design| {
        let stores = design.elsewhere.iter().map(|one| {
            let price = one
                .monthly_usd
                .map_or("price unknown".to_owned(), |usd| format!("{} a month", dollars(usd)));
            format!("{} ({price})", prose(&one.store))
        });
        let stores: Vec<String> = stores.collect();
        if stores.is_empty() { "none".to_owned() } else { stores.join(", ") }
    };
    let rows: Vec<Vec<String>> = report
        .designs
        .iter()
        .map(|design| {
            vec![
                prose(&design.name),
                percent(design.served_of_data_calls),
                percent(design.served_of_data_time),
                design.not_served.len().to_string(),
                store(design),
            ]
        })
        .collect();
    let mut text = format!(
        "## Coverage\n\nShares of the statements that read or write data, served without a Scan.\
         \n\n{}",
        table(&titles, true, &rows)
    );
    let left: Vec<String> = report
        .designs
        .iter()
        .flat_map(|design| {
            let line = |one| format!("- {}: {}\n", prose(&design.name), not_served(report, one));
            design.not_served.iter().map(line)
        })
        .collect();
    if !left.is_empty() {
        text.push_str(&format!("\nNot served:\n\n{}", left.concat()));
    }
    text
}

fn not_served(report: &Report, one: &NotServed) -> String {
    let pattern = report.workload.patterns.iter().find(|pattern| pattern.pattern == one.pattern);
    let sql = pattern.map_or(one.pattern.as_str(), |pattern| &pattern.sql);
    let why: Vec<String> = one.why.iter().map(|why| prose(why)).collect();
    format!("{} ({})", code(sql), why.join("; "))
}

fn crossovers(report: &Report) -> String {
    let mut text = "## Where they change places\n\n".to_owned();
    let mut told: Vec<(&str, &str)> = Vec::new();
    for one in &report.crossovers {
        let pair = (one.cheaper_above.as_str(), one.cheaper_below.as_str());
        // What the draws say is of the first place of a pair.
        let first = !told.contains(&pair);
        told.push(pair);
        text.push_str(&format!(
            "- {} is cheaper than {} above {:.2}x of today's load ({} a month{})\n",
            prose(&one.cheaper_above),
            prose(&one.cheaper_below),
            one.load,
            prose(&rounded(one.monthly_usd)),
            if first { interval(report, one) } else { String::new() }
        ));
    }
    if report.crossovers.is_empty() {
        text.push_str("Nowhere within the range of loads.\n");
    }
    for at in &report.uncertainty.tornado {
        if let (Some(share), Some(input)) = (at.design_cheaper_share_of_draws, &at.to_measure) {
            text.push_str(&format!(
                "\nAt {}x {} is cheaper than {} in {} of draws; {} moves the difference \
                 most.\n",
                at.load,
                prose(&at.design),
                prose(&at.postgres),
                prose(&percent_of_draws(share)),
                code(input)
            ));
        }
    }
    text
}

/// Within which loads two curves change places in eight draws of ten.
fn interval(report: &Report, crossover: &Crossover) -> String {
    let (above, below) = (&crossover.cheaper_above, &crossover.cheaper_below);
    let crossing = report.uncertainty.crossovers.iter().find_map(|pair| {
        if (&pair.design, &pair.postgres) == (above, below) {
            pair.design_cheaper_above
        } else if (&pair.postgres, &pair.design) == (above, below) {
            pair.postgres_cheaper_above
        } else {
            None
        }
    });
    crossing
        .filter(|one| one.is_interval())
        .map_or(String::new(), |one| format!("; {}", spoken(one)))
}

fn the_move(report: &Report) -> String {
    let Some(migration) = &report.migration else { return String::new() };
    let unknown = if migration.double_running_premium.unknown.is_empty() { "" } else { " or more" };
    format!(
        "## The move\n\nTo {}, {}: {} days ({} to {}); running both sides costs {}{unknown} \
         beyond Postgres alone. {}\n",
        prose(&migration.design),
        migration.mode.label(),
        migration.days,
        migration.days_range.0,
        migration.days_range.1,
        dollars(migration.double_running_premium.usd),
        prose(&migration.verdict)
    )
}

fn findings(report: &Report) -> String {
    let all: Vec<(Option<&str>, &Finding)> = report
        .findings
        .iter()
        .map(|finding| (None, finding))
        .chain(report.designs.iter().flat_map(|design| {
            design.findings.iter().map(|finding| (Some(design.name.as_str()), finding))
        }))
        .collect();
    let mut text = "## Findings\n".to_owned();
    for (severity, title) in
        [(Severity::High, "High"), (Severity::Medium, "Medium"), (Severity::Low, "Low")]
    {
        let of: Vec<_> = all.iter().filter(|(_, one)| one.severity == severity).collect();
        if of.is_empty() {
            continue;
        }
        text.push_str(&format!("\n### {title} ({})\n\n", of.len()));
        for (design, one) in of {
            let whose = design.map(|name| format!("{}: ", prose(name))).unwrap_or_default();
            text.push_str(&format!("- {whose}{}", prose(&one.what)));
            if let Some(mend) = &one.mend {
                text.push_str(&format!(" *To do:* {}", prose(mend)));
            }
            text.push('\n');
        }
    }
    if all.is_empty() {
        text.push_str("\nNone.\n");
    }
    text
}

fn assumptions(report: &Report) -> String {
    let titles = ["id", "what", "value", "from", "assumed"].map(str::to_owned);
    let rows: Vec<Vec<String>> = report
        .assumptions
        .iter()
        .map(|one| {
            vec![
                code(&one.id),
                prose(&one.what),
                prose(&one.value),
                prose(&one.origin),
                if one.assumed { "yes" } else { "" }.to_owned(),
            ]
        })
        .collect();
    let assumed = report.assumptions.iter().filter(|one| one.assumed).count();
    format!(
        "## Assumptions\n\n<details><summary>{} settings, {assumed} of them measured by \
         nobody</summary>\n\n{}\n</details>\n",
        rows.len(),
        table(&titles, false, &rows)
    )
}

fn made_from(report: &Report) -> String {
    let manifest = &report.manifest;
    let titles = ["file", "SHA-256"].map(str::to_owned);
    let rows: Vec<Vec<String>> =
        manifest.inputs.iter().map(|one| vec![code(&one.name), code(&one.sha256)]).collect();
    format!(
        "## Made from\n\nddbplan {}, seed {}, prices {} of {}; every figure is in \
         `report.json`.\n\n<details><summary>{} input files</summary>\n\n{}\n</details>\n",
        prose(&manifest.ddbplan_version),
        manifest.seed,
        code(&manifest.price_book.id),
        prose(&manifest.price_book.date),
        rows.len(),
        table(&titles, false, &rows)
    )
}
