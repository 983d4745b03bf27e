//! What is known only within ranges, in short for the terminal.

use crate::compare::uncertainty::CrossingRange;
use crate::compare::{Cheaper, Comparison, Crossover, PairOdds, curve_name, percent_of_draws};

use super::Table;

/// A table of how often each design, under its best modes, is cheaper than Postgres
/// at the loads that were asked about, and where they change places.
#[must_use]
pub fn text(comparison: &Comparison) -> String {
    let best = best_modes(comparison);
    let pairs: Vec<&PairOdds> =
        comparison.odds.pairs.iter().filter(|pair| best.contains(&pair.design)).collect();
    let Some(first) = pairs.first() else { return String::new() };
    let loads = first.at.iter().map(|at| format!("at {}x", at.load));
    let titles = ["cheaper in so many draws".to_owned(), "than".to_owned()]
        .into_iter()
        .chain(loads)
        .chain(["cheaper above".to_owned(), "dearer above".to_owned()]);
    let rows = pairs.iter().map(|pair| {
        let mut row = vec![pair.design.clone(), pair.postgres.clone()];
        row.extend(pair.at.iter().map(cheaper));
        row.push(range(pair.design_cheaper_above));
        row.push(range(pair.postgres_cheaper_above));
        row
    });
    Table::new(titles).rows(rows).to_string()
}

/// The curves of each design under the modes that cost least at one of the loads
/// that were asked about: mostly one mode, more where the load changes which.
pub fn best_modes(comparison: &Comparison) -> Vec<String> {
    let loads: Vec<f64> = comparison.verdict.at.iter().map(|at| at.load).collect();
    best(comparison, &loads, |curve, i| {
        let costs = comparison.costs.get(curve)?;
        costs.iter().find(|(load, _)| (load - loads[i]).abs() < 1e-9).map(|(_, usd)| *usd)
    })
}

/// The same over the months to the horizon.
pub fn best_modes_over_time(comparison: &Comparison) -> Vec<String> {
    let over_time = &comparison.odds.over_time;
    let loads: Vec<f64> = over_time.months.iter().map(|(_, load)| *load).collect();
    best(comparison, &loads, |curve, i| {
        let points = &over_time.curves.iter().find(|one| one.name == curve)?.points;
        let month = over_time.months[i].0;
        points.iter().find(|point| (point.month - month).abs() < 1e-9)?.usd
    })
}

/// The curves of each design that cost least at one of `loads`, given the cost of
/// a curve at the load of a number. A mode that refuses part of a load is best
/// there only if all of them do.
fn best(
    comparison: &Comparison,
    loads: &[f64],
    cost: impl Fn(&str, usize) -> Option<f64>,
) -> Vec<String> {
    let mut best: Vec<String> = Vec::new();
    for result in &comparison.designs {
        let names: Vec<String> =
            result.modes.iter().map(|mode| curve_name(&result.design.name, mode.mode)).collect();
        let costs_least = |i: usize, load: f64| {
            let priced = names.iter().filter_map(|name| Some((name, cost(name, i)?)));
            priced.min_by(|(a, usd_of_a), (b, usd_of_b)| {
                let refuses = |name: &str| comparison.refuses(name, load);
                refuses(a).cmp(&refuses(b)).then(usd_of_a.total_cmp(usd_of_b))
            })
        };
        let these: Vec<&String> = loads
            .iter()
            .enumerate()
            .filter_map(|(i, &load)| costs_least(i, load).map(|(name, _)| name))
            .collect();
        best.extend(names.iter().filter(|name| these.contains(name)).cloned());
    }
    best
}

/// Within which loads two curves change places in eight draws of ten, if this is
/// the first crossover of the two in that direction.
pub fn interval(comparison: &Comparison, crossover: &Crossover) -> Option<CrossingRange> {
    let same = |one: &&Crossover| {
        one.cheaper_above == crossover.cheaper_above && one.cheaper_below == crossover.cheaper_below
    };
    if comparison.crossovers.iter().find(same)? != crossover {
        return None;
    }
    let (above, below) = (&crossover.cheaper_above, &crossover.cheaper_below);
    let crossing = comparison.odds.pairs.iter().find_map(|pair| {
        if pair.design == *above && pair.postgres == *below {
            pair.design_cheaper_above
        } else if pair.design == *below && pair.postgres == *above {
            pair.postgres_cheaper_above
        } else {
            None
        }
    })?;
    (crossing.is_interval() && crossing.load_p10 < crossing.load_p90).then_some(crossing)
}

/// The interval in words.
pub fn spoken(crossing: CrossingRange) -> String {
    format!(
        "{:.2}x to {:.2}x in eight of ten draws that have one, {} of all",
        crossing.load_p10,
        crossing.load_p90,
        percent_of_draws(crossing.share_of_draws)
    )
}

/// How often a design is cheaper at a load.
fn cheaper(at: &Cheaper) -> String {
    let standing = at.standing;
    match standing.first_cheaper_share() {
        _ if at.design_refuses => "refuses".to_owned(),
        Some(share) if standing.only_first > 0.0 => {
            format!(
                "{}; {} no fleet",
                percent_of_draws(share),
                percent_of_draws(standing.only_first)
            )
        }
        Some(share) => percent_of_draws(share),
        None if standing.only_first > 0.0 => "no fleet".to_owned(),
        None => "-".to_owned(),
    }
}

/// A range of loads, with its share of the draws unless it is all of them; a few
/// draws make no range.
fn range(crossing: Option<CrossingRange>) -> String {
    crossing.map_or("-".to_owned(), |one| {
        if !one.is_interval() {
            return format!("about {:.2}x in {} draws", one.load_p50, one.draws);
        }
        let ends = format!("{:.2}x-{:.2}x", one.load_p10, one.load_p90);
        if one.share_of_draws < 1.0 {
            format!("{ends} in {}", percent_of_draws(one.share_of_draws))
        } else {
            ends
        }
    })
}
