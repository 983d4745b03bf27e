//! What the comparison comes to, in one computed sentence.

use crate::units::{Usd, decimal_from_f64};
use crate::workload::Service;

use super::billing::Billing;
use super::comparison::curve_name;
use super::curves::NamedCost;
use super::model::DesignResult;

/// The answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// One sentence.
    pub sentence: String,
    /// What the totals leave out or include, in a sentence.
    pub basis: String,
    /// The loads that are answered for: today and the multiples asked about.
    pub at: Vec<VerdictAt>,
}

/// The cheapest of each kind at one load.
#[derive(Clone, Debug, PartialEq)]
pub struct VerdictAt {
    /// Multiple of today's load.
    pub load: f64,
    /// The cheapest design and mode, and its dollars a month.
    pub design: Option<(String, f64)>,
    /// The cheapest Postgres, and its dollars a month.
    pub postgres: Option<(String, f64)>,
}

/// Multiples of today's load that the sentence speaks of: today, the growth
/// that made the question famous, and the end of the range.
pub const ASKED: [f64; 3] = [1.0, 8.0, 100.0];

/// Share of the units that a mode may refuse and still be put forward: one in a
/// thousand, which retries take care of.
const REFUSED_SHARE_MAX: f64 = 0.001;

/// Works the verdict out. A mode that refuses more than [`REFUSED_SHARE_MAX`] of
/// its load is not put forward as the cheapest, and the basis says so.
pub fn verdict(
    results: &[DesignResult],
    costs: &[NamedCost<'_>],
    billing: &Billing<'_>,
) -> Verdict {
    let (least, most) = billing.settings.load.range.value;
    let cheapest = |costs: &[&NamedCost<'_>], load: f64| {
        costs
            .iter()
            .filter_map(|of| (of.cost)(load).map(|usd| (of.name.clone(), usd)))
            .min_by(|a, b| a.1.total_cmp(&b.1))
    };
    let (postgres, designs): (Vec<&NamedCost<'_>>, Vec<_>) =
        costs.iter().partition(|of| of.kind.is_postgres());
    let at: Vec<VerdictAt> = ASKED
        .into_iter()
        .filter(|load| (least..=most).contains(load))
        .map(|load| VerdictAt {
            load,
            design: cheapest(&serving(results, &designs, load), load),
            postgres: cheapest(&postgres, load),
        })
        .collect();
    let mut basis = basis(results);
    for load in at.iter().map(|one| one.load) {
        for (name, refused) in refusing(results, load) {
            basis.push_str(&format!(
                " {name} is left out at {load}x: it refuses {:.2} % of its load.",
                refused * 100.0
            ));
        }
    }
    Verdict { sentence: sentence(&at), basis, at }
}

/// The designs and modes that refuse too much at a load, with their shares.
fn refusing(results: &[DesignResult], load: f64) -> Vec<(String, f64)> {
    let modes = results.iter().flat_map(|result| {
        result.modes.iter().map(|mode| (curve_name(&result.design.name, mode.mode), mode))
    });
    modes
        .filter_map(|(name, mode)| Some((name, mode.throttling_at(load)?.share)))
        .filter(|(_, share)| *share > REFUSED_SHARE_MAX)
        .collect()
}

/// The curves of those that do not.
fn serving<'a, 'c>(
    results: &[DesignResult],
    costs: &[&'a NamedCost<'c>],
    load: f64,
) -> Vec<&'a NamedCost<'c>> {
    let refusing = refusing(results, load);
    let serves = |of: &&&NamedCost<'_>| refusing.iter().all(|(other, _)| *other != of.name);
    costs.iter().filter(serves).copied().collect()
}

fn sentence(at: &[VerdictAt]) -> String {
    let parts: Vec<String> = at.iter().map(spoken).collect();
    if parts.is_empty() {
        return "no load within the range was asked about".to_owned();
    }
    let mut text = parts.join("; ");
    text.push('.');
    text
}

fn spoken(at: &VerdictAt) -> String {
    let when = if (at.load - 1.0).abs() < f64::EPSILON {
        "Today".to_owned()
    } else {
        format!("at {}x", at.load)
    };
    match (&at.design, &at.postgres) {
        (Some((design, d)), Some((postgres, p))) => {
            let (cheaper, dearer) = if d <= p {
                (design, format!("{postgres} at {}", dollars(*p)))
            } else {
                (postgres, format!("{design} at {}", dollars(*d)))
            };
            format!(
                "{when} {cheaper} costs least, {} a month, against {dearer}",
                dollars(d.min(*p))
            )
        }
        (Some((design, d)), None) => {
            format!("{when} {design} costs {} a month, and no Postgres fleet is known", dollars(*d))
        }
        (None, Some((postgres, p))) => {
            format!("{when} {postgres} costs {} a month, and no design has a price", dollars(*p))
        }
        (None, None) => format!("{when} neither side has a price"),
    }
}

fn dollars(usd: f64) -> String {
    match decimal_from_f64(usd) {
        Ok(usd) => Usd::new(usd.round()).to_string().trim_end_matches(".00").to_owned(),
        Err(_) => "an unknown amount".to_owned(),
    }
}

/// What is missing from the designs' totals.
fn basis(results: &[DesignResult]) -> String {
    let unserved: Vec<String> = results
        .iter()
        .filter_map(|result| {
            let missing = result
                .plan
                .patterns
                .iter()
                .filter(|one| matches!(one.service, Service::NotServed | Service::Unparsed))
                .count();
            let time = result.coverage.by_time.as_ref().map_or(String::new(), |by_time| {
                let of = |service| by_time.get(&service).copied().unwrap_or(0.0);
                let share = of(Service::NotServed) + of(Service::Unparsed);
                format!(", {:.1} % of execution time", share * 100.0)
            });
            (missing > 0).then(|| {
                let noun = if missing == 1 { "statement" } else { "statements" };
                format!("{} ({missing} {noun}{time})", result.design.name)
            })
        })
        .collect();
    let unpriced: Vec<&str> = results
        .iter()
        .flat_map(|result| &result.elsewhere)
        .filter(|one| one.monthly.is_none())
        .map(|one| one.store.as_str())
        .collect();
    if unserved.is_empty() {
        return "Every statement is in both totals.".to_owned();
    }
    let mut text = format!(
        "Postgres is billed for every statement; the designs are not billed for those they do not \
         serve: {}.",
        unserved.join(", ")
    );
    if !unpriced.is_empty() {
        let mut stores = unpriced;
        stores.sort_unstable();
        stores.dedup();
        text.push_str(&format!(
            " What {} costs is not known, so the designs' totals are lower bounds.",
            stores.join(" and ")
        ));
    }
    text
}
