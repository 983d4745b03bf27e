//! What each capacity mode refuses, statement by statement.

use std::collections::BTreeMap;

use crate::report::chart::{AmountUnit, Bar, BreakdownChart};
use crate::report::document::design::Design;
use crate::report::document::mode::Mode;

/// More statements are not drawn.
const STATEMENTS_MAX: usize = 8;

/// For the statements that fare worst under a design, a bar for each capacity
/// mode: the share of its units that is refused at today's load. `None` where no
/// mode refuses anything.
pub fn chart(design: &Design) -> Option<BreakdownChart> {
    let shares: Vec<BTreeMap<&str, f64>> = design.modes.iter().map(of_mode).collect();
    let mut worst: BTreeMap<&str, f64> = BTreeMap::new();
    for (pattern, share) in shares.iter().flatten() {
        let worst = worst.entry(pattern).or_default();
        *worst = worst.max(*share);
    }
    let mut statements: Vec<(&str, f64)> = worst.into_iter().collect();
    statements.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    if statements.is_empty() {
        return None;
    }
    let left_out = statements.len().saturating_sub(STATEMENTS_MAX);
    let bar = |pattern: &str, at: usize| {
        let percent = |share: f64| (share * 1e8).round() / 1e6;
        let mut amounts = vec![Some(0.0); design.modes.len()];
        amounts[at] = Some(percent(shares[at].get(pattern).copied().unwrap_or(0.0)));
        Bar { name: format!("{pattern}, {}", design.modes[at].mode.label()), amounts }
    };
    let bars = statements
        .iter()
        .take(STATEMENTS_MAX)
        .flat_map(|(pattern, _)| (0..design.modes.len()).map(|at| bar(pattern, at)))
        .collect();
    let all: Vec<String> = design.modes.iter().filter_map(words).collect();
    let more = match left_out {
        0 => String::new(),
        n => format!("; {n} more statements fare better"),
    };
    Some(BreakdownChart {
        title: format!("What {} refuses, by statement", design.name),
        subtitle: format!("at today's load, of all units: {}{more}", all.join(", ")),
        x_label: "percent of the statement's units".to_owned(),
        unit: AmountUnit::Percent,
        parts: design.modes.iter().map(|mode| mode.mode.label().to_owned()).collect(),
        last_is_left: false,
        bars,
    })
}

/// Shares at today's load, by statement.
fn of_mode(mode: &Mode) -> BTreeMap<&str, f64> {
    let today = mode.throttling.first().filter(|one| (one.load - 1.0).abs() < 1e-9);
    let patterns = today.map_or(&[][..], |one| &one.patterns);
    patterns.iter().map(|one| (one.pattern.as_str(), one.throttled_share)).collect()
}

/// Such as `auto-scaled 1.2 %`.
fn words(mode: &Mode) -> Option<String> {
    let share = mode.throttled_share?;
    Some(format!("{} {:.2} %", mode.mode.label(), share * 100.0))
}
