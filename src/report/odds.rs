//! What is known only within ranges, in short for the terminal.

use crate::compare::uncertainty::CrossingRange;
use crate::compare::{Cheaper, Comparison, Crossover, PairOdds, curve_name, percent_of_draws};

use super::Table;

/// A table of how often each design, under the mode that costs least at the last
/// load, is cheaper than Postgres at the loads that were asked about, and where
/// they change places.
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

/// The curve of each design under the mode that costs least at the last load that
/// was asked about.
pub fn best_modes(comparison: &Comparison) -> Vec<String> {
    comparison
        .designs
        .iter()
        .filter_map(|result| {
            let names = result.modes.iter().map(|mode| curve_name(&result.design.name, mode.mode));
            names.min_by(|a, b| at_last(comparison, a).total_cmp(&at_last(comparison, b)))
        })
        .collect()
}

/// What a curve costs at the last of the loads that were asked about.
fn at_last(comparison: &Comparison, name: &str) -> f64 {
    let costs = comparison.costs.get(name).and_then(|costs| costs.last());
    costs.map_or(f64::INFINITY, |(_, usd)| *usd)
}

/// Within which loads two curves change places in eight draws of ten, if this is
/// the first crossover of the two in that direction.
pub fn interval(comparison: &Comparison, crossover: &Crossover) -> Option<String> {
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
    (crossing.is_interval() && crossing.load_p10 < crossing.load_p90).then(|| {
        format!(
            "{:.2}x to {:.2}x in eight of ten draws that have one, {} of all",
            crossing.load_p10,
            crossing.load_p90,
            percent_of_draws(crossing.share_of_draws)
        )
    })
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
