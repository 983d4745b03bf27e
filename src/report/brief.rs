//! The comparison in short, for the terminal: the verdict, the costs, and the
//! gravest findings.

use unicode_width::UnicodeWidthStr;

use crate::compare::{Comparison, SHARDED, SINGLE, curve_name};
use crate::finding::{Finding, Severity};
use crate::migrate::Migration;
use crate::visible::visible_lines;
use crate::workload::Workload;

use super::text::{costs_at, projected, served, throttled, with_mark};
use super::{Manifest, Paint, Table};

/// Columns that running text takes.
const WIDTH: usize = 100;
/// Findings shown at most.
const FINDINGS_SHOWN: usize = 4;
/// Lines of a finding shown at most.
const FINDING_LINES: usize = 2;

/// The text; what it leaves out is in the files of the report.
#[must_use]
pub fn brief(
    manifest: &Manifest,
    workload: &Workload,
    comparison: &Comparison,
    migration: Option<&Migration>,
    paint: Paint,
) -> String {
    let mut text = paint.dim(projected(manifest, workload));
    text.push_str("\n\n");
    for line in wrapped(&comparison.verdict.sentence, WIDTH) {
        text.push_str(&paint.bold(line));
        text.push('\n');
    }
    text.push('\n');
    text.push_str(&costs(comparison));
    text.push('\n');
    if let Some(migration) = migration {
        let verdict = format!(
            "The move itself takes {} days. {}",
            migration.timeline.end_day(),
            migration.verdict()
        );
        for line in wrapped(&verdict, WIDTH) {
            text.push_str(&line);
            text.push('\n');
        }
        text.push('\n');
    }
    text.push_str(&findings(comparison, paint));
    text
}

/// Costs at the loads that were asked about, with what is refused and what is
/// left out.
fn costs(comparison: &Comparison) -> String {
    let loads: Vec<f64> = comparison.verdict.at.iter().map(|at| at.load).collect();
    let heads: Vec<String> = loads.iter().map(|load| format!("at {load}x")).collect();
    let titles = ["USD a month".to_owned()]
        .into_iter()
        .chain(heads)
        .chain(["throttled", "calls served", "time served"].map(str::to_owned));
    let mut rows = Vec::new();
    for result in &comparison.designs {
        for mode in &result.modes {
            let mut row = costs_at(comparison, &curve_name(&result.design.name, mode.mode), &loads);
            row.push(throttled(mode));
            row.extend(served(&result.coverage));
            rows.push(row);
        }
    }
    for name in [SHARDED, SINGLE] {
        let mut row = costs_at(comparison, name, &loads);
        row.extend(["", "100 %", "100 %"].map(str::to_owned));
        rows.push(row);
    }
    with_mark(Table::new(titles).rows(rows).to_string())
}

fn findings(comparison: &Comparison, paint: Paint) -> String {
    let all: Vec<(Option<&str>, &Finding)> = comparison
        .findings
        .iter()
        .map(|finding| (None, finding))
        .chain(comparison.designs.iter().flat_map(|result| {
            result.findings.iter().map(|one| (Some(result.design.name.as_str()), one))
        }))
        .collect();
    let high: Vec<_> = all.iter().filter(|(_, one)| one.severity == Severity::High).collect();
    if all.is_empty() {
        return String::new();
    }
    let shown = high.len().min(FINDINGS_SHOWN);
    let mut text = format!(
        "{} findings, {} of high severity{}\n",
        all.len(),
        high.len(),
        if shown < all.len() && shown > 0 { format!("; {shown} of them:") } else { String::new() }
    );
    for (design, one) in high.into_iter().take(FINDINGS_SHOWN) {
        let whose = design.map(|name| format!("{name}: ")).unwrap_or_default();
        let mut lines = wrapped(&format!("{whose}{}", one.what), WIDTH - 2);
        if lines.len() > FINDING_LINES {
            lines.truncate(FINDING_LINES);
            if let Some(last) = lines.last_mut() {
                last.push_str(" ...");
            }
        }
        for (i, line) in lines.iter().enumerate() {
            let mark = if i == 0 { paint.red("!") } else { " ".to_owned() };
            text.push_str(&format!("{mark} {line}\n"));
        }
    }
    text
}

/// Text broken between words into lines of at most `width` columns; a longer
/// word has a line of its own, and what would act on the terminal is shown.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in visible_lines(text).split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrapped("one two  three", 7), ["one two", "three"]);
        assert_eq!(wrapped("a verylongword b", 5), ["a", "verylongword", "b"]);
        assert_eq!(wrapped("\u{1b}[31ma b", 9), ["\\u001b[31ma", "b"]);
        assert!(wrapped("", 5).is_empty());
    }
}
