use std::collections::{BTreeMap, BTreeSet};

use crate::report::document::Report;
use crate::report::document::design::Design;
use crate::report::document::remarks::Finding;

use super::costs;
use super::{Change, CoverageChange, CrossoverChange, Difference, FindingOf};

/// What changed from one report to another.
#[must_use]
pub fn difference(from: &Report, to: &Report) -> Difference {
    let names = |report: &Report| -> BTreeSet<String> {
        report.designs.iter().map(|design| design.name.clone()).collect()
    };
    let (before, after) = (names(from), names(to));
    let (findings_before, findings_after) = (findings(from), findings(to));
    let verdict = (from.verdict.sentence != to.verdict.sentence).then(|| Change {
        what: "verdict".to_owned(),
        from: Some(from.verdict.sentence.clone()),
        to: Some(to.verdict.sentence.clone()),
    });
    Difference {
        verdict,
        made_from: changes(made_from(from), made_from(to)),
        inputs: changes(inputs(from), inputs(to)),
        assumptions: changes(assumptions(from), assumptions(to)),
        prices: changes(costs::prices(from), costs::prices(to)),
        designs_added: after.difference(&before).cloned().collect(),
        designs_removed: before.difference(&after).cloned().collect(),
        coverage: coverage(from, to),
        costs: costs::costs(from, to),
        lines: costs::lines(from, to),
        patterns: costs::patterns(from, to),
        crossovers: crossovers(from, to),
        findings_added: findings_after.difference(&findings_before).cloned().collect(),
        findings_removed: findings_before.difference(&findings_after).cloned().collect(),
    }
}

/// The values of both reports by key; a key that occurs more than once is told
/// apart by its number.
pub(super) fn paired<K: Ord + Clone, V>(
    from: impl IntoIterator<Item = (K, V)>,
    to: impl IntoIterator<Item = (K, V)>,
) -> BTreeMap<(K, usize), (Option<V>, Option<V>)> {
    let mut pairs: BTreeMap<(K, usize), (Option<V>, Option<V>)> = BTreeMap::new();
    let mut seen: BTreeMap<K, usize> = BTreeMap::new();
    for (key, value) in from {
        let number = seen.entry(key.clone()).or_default();
        pairs.insert((key, *number), (Some(value), None));
        *number += 1;
    }
    seen.clear();
    for (key, value) in to {
        let number = seen.entry(key.clone()).or_default();
        pairs.entry((key, *number)).or_insert((None, None)).1 = Some(value);
        *number += 1;
    }
    pairs
}

fn changes(from: Vec<(String, String)>, to: Vec<(String, String)>) -> Vec<Change> {
    paired(from, to)
        .into_iter()
        .filter(|(_, (from, to))| from != to)
        .map(|((what, _), (from, to))| Change { what, from, to })
        .collect()
}

fn made_from(report: &Report) -> Vec<(String, String)> {
    let manifest = &report.manifest;
    [
        ("scenario", manifest.scenario.clone()),
        ("ddbplan version", manifest.ddbplan_version.clone()),
        ("seed", manifest.seed.to_string()),
        ("Region", manifest.region.clone()),
        ("price book", manifest.price_book.id.clone()),
        ("calls a month", report.workload.calls_per_month.to_string()),
    ]
    .map(|(what, value)| (what.to_owned(), value))
    .to_vec()
}

fn inputs(report: &Report) -> Vec<(String, String)> {
    report.manifest.inputs.iter().map(|one| (one.name.clone(), one.sha256.clone())).collect()
}

fn assumptions(report: &Report) -> Vec<(String, String)> {
    let assumed = |assumed| if assumed { " (assumed)" } else { "" };
    report
        .assumptions
        .iter()
        .map(|one| (one.id.clone(), format!("{}{}", one.value, assumed(one.assumed))))
        .collect()
}

/// Two statistics that no reader would tell apart: results of the same
/// arithmetic in another order.
pub(super) fn same(from: Option<f64>, to: Option<f64>) -> bool {
    match (from, to) {
        (Some(from), Some(to)) => (from - to).abs() <= 1e-12 * from.abs().max(to.abs()),
        (from, to) => from.is_none() && to.is_none(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a number of statements")]
fn coverage(from: &Report, to: &Report) -> Vec<CoverageChange> {
    let figures = |design: &Design| {
        [
            ("served_of_data_calls", design.served_of_data_calls),
            ("served_of_data_time", design.served_of_data_time),
            ("not_served", Some(design.not_served.len() as f64)),
        ]
    };
    let of = |report: &Report| -> Vec<((String, &'static str), Option<f64>)> {
        report
            .designs
            .iter()
            .flat_map(|design| {
                figures(design).map(|(figure, value)| ((design.name.clone(), figure), value))
            })
            .collect()
    };
    paired(of(from), of(to))
        .into_iter()
        .filter_map(|(((design, figure), _), (from, to))| {
            let (from, to) = (from.flatten(), to.flatten());
            (!same(from, to)).then(|| CoverageChange {
                design,
                figure: figure.to_owned(),
                from,
                to,
            })
        })
        .collect()
}

fn crossovers(from: &Report, to: &Report) -> Vec<CrossoverChange> {
    let mut pairs: BTreeMap<(String, String), (Vec<f64>, Vec<f64>)> = BTreeMap::new();
    let key = |above: &str, below: &str| (above.to_owned(), below.to_owned());
    for one in &from.crossovers {
        pairs.entry(key(&one.cheaper_above, &one.cheaper_below)).or_default().0.push(one.load);
    }
    for one in &to.crossovers {
        pairs.entry(key(&one.cheaper_above, &one.cheaper_below)).or_default().1.push(one.load);
    }
    pairs
        .into_iter()
        .filter(|(_, (from, to))| {
            from.len() != to.len() || from.iter().zip(to).any(|(a, b)| !same(Some(*a), Some(*b)))
        })
        .map(|((cheaper_above, cheaper_below), (from_loads, to_loads))| CrossoverChange {
            cheaper_above,
            cheaper_below,
            from_loads,
            to_loads,
        })
        .collect()
}

fn findings(report: &Report) -> BTreeSet<FindingOf> {
    let of = |design: Option<&str>, one: &Finding| FindingOf {
        severity: one.severity,
        design: design.map(str::to_owned),
        id: one.id.clone(),
        what: one.what.clone(),
    };
    let all = report.findings.iter().map(|one| of(None, one));
    let each = report.designs.iter().flat_map(|design| {
        design.findings.iter().map(move |one| of(Some(design.name.as_str()), one))
    });
    all.chain(each).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_occur_twice_stay_apart() {
        let pairs = paired([("a", 1), ("a", 2), ("b", 3)], [("a", 1), ("c", 4)]);
        let all: Vec<_> = pairs.into_iter().collect();
        assert_eq!(
            all,
            [
                (("a", 0), (Some(1), Some(1))),
                (("a", 1), (Some(2), None)),
                (("b", 0), (Some(3), None)),
                (("c", 0), (None, Some(4))),
            ]
        );
    }
}
