//! What an import read, what it set aside and why, and what to do next.

use std::collections::BTreeMap;

use crate::capture::Capture;

use super::{Align, Table};

/// A starter design and how much it serves.
#[derive(Clone, Debug, PartialEq)]
pub struct StarterServed {
    /// The design's name.
    pub name: String,
    /// Share of the calls of data statements that it serves without a Scan;
    /// `None` if there are none.
    pub served: Option<f64>,
}

/// The summary for the terminal.
#[must_use]
pub fn text(capture: &Capture, starters: &[StarterServed]) -> String {
    let mut text = format!("{}\n\n{}\n", reach(capture), files(capture));
    if !capture.set_aside.is_empty() {
        text.push_str(&format!("Set aside, not part of the workload:\n\n{}\n", aside(capture)));
    }
    for finding in &capture.findings {
        text.push_str(&format!("{}: {}\n", finding.severity.as_str(), finding.what));
        if let Some(mend) = &finding.mend {
            text.push_str(&format!("  {mend}\n"));
        }
    }
    text.push('\n');
    for starter in starters {
        let served = starter.served.map_or("nothing to serve".to_owned(), |share| {
            format!("serves {:.1} % of the calls of data statements without a Scan", share * 100.0)
        });
        text.push_str(&format!("designs/{}.toml {served}\n", starter.name));
    }
    text
}

/// The same as the README of the scenario.
#[must_use]
pub fn readme(scenario: &str, capture: &Capture, starters: &[StarterServed]) -> String {
    let body: String =
        text(capture, starters).lines().map(|line| format!("    {line}\n")).collect();
    format!(
        "# {scenario}

A scenario imported from recordings of Postgres. `capture/` holds the recordings
as they were read, `plan.toml` what is assumed beside them (nothing in its list
`assumed` was measured: look at each), `designs/` item designs to begin with, to
be edited.

    ddbplan design check {scenario}
    ddbplan explain {scenario}
    ddbplan compare {scenario}

What was read:

{body}"
    )
}

fn reach(capture: &Capture) -> String {
    let calls: u64 = capture.statements.iter().map(|one| one.total.calls).sum();
    let ends = capture.intervals.first().zip(capture.intervals.last());
    let span = ends.map_or(String::new(), |(first, last)| {
        let intervals = counted(capture.intervals.len(), "interval");
        format!("From {} to {}, {intervals}: ", first.start, last.end)
    });
    format!(
        "{span}{} with {calls} calls, {}.",
        counted(capture.statements.len(), "statement"),
        counted(capture.catalog.tables.len(), "table")
    )
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn files(capture: &Capture) -> String {
    let rows = capture.sources.iter().map(|one| vec![one.name.clone(), one.read_as.to_owned()]);
    Table::new(["file", "read as"]).align([Align::Left, Align::Left]).rows(rows).to_string()
}

fn aside(capture: &Capture) -> String {
    let mut by_reason: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for one in &capture.set_aside {
        let (statements, calls) = by_reason.entry(one.why).or_default();
        *statements += 1;
        *calls += one.total.calls;
    }
    let rows = by_reason.into_iter().map(|(why, (statements, calls))| {
        vec![why.to_owned(), statements.to_string(), calls.to_string()]
    });
    Table::new(["why", "statements", "calls"]).rows(rows).to_string()
}
