//! What the comparison comes to, in one computed sentence.

use crate::scenario::LoadSettings;
use crate::units::{Usd, decimal_from_f64};
use crate::workload::Service;

use super::billing::{Billing, to_f64};
use super::comparison::curve_name;
use super::curves::NamedCost;
use super::model::{DesignResult, PostgresPoint, PostgresResult};

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
    /// Statements that the design leaves to a store of unknown price are missing
    /// from its dollars: they are a lower bound.
    pub design_is_lower_bound: bool,
    /// No design is put forward because each refuses too much of this load.
    pub all_designs_refuse: bool,
    /// The cheapest Postgres, and its dollars a month.
    pub postgres: Option<(String, f64)>,
    /// What it is bought as.
    pub postgres_product: Option<&'static str>,
    /// Something that it is billed for is not known: its dollars are a lower bound.
    pub postgres_is_lower_bound: bool,
    /// Its price was not verified.
    pub postgres_is_estimated: bool,
    /// Why there is no Postgres.
    pub no_postgres: Option<String>,
}

/// Multiples of today's load that are asked about wherever they are within the
/// range: today, the growth that made the question famous, and a hundredfold.
const ASKED: [f64; 3] = [1.0, 8.0, 100.0];

/// Multiples of today's load that the sentence and the tables speak of: those of
/// `ASKED` within the range, its ends, and what the plan's growth makes of
/// today's load by the horizon.
#[must_use]
pub fn asked(load: &LoadSettings) -> Vec<f64> {
    let (least, most) = load.range.value;
    let grown = (1.0 + load.growth_per_month.value).powf(load.horizon_months.value);
    // Two figures are enough for a load that is itself a guess.
    let grown = (grown * 100.0).round() / 100.0;
    let mut loads: Vec<f64> = ASKED
        .into_iter()
        .chain([grown])
        .filter(|load| (least..=most).contains(load))
        .chain([least, most])
        .collect();
    loads.sort_by(f64::total_cmp);
    loads.dedup_by(|a, b| (*a - *b).abs() < 1e-9);
    loads
}

/// Works the verdict out. A mode that refuses too much of its load is not put
/// forward as the cheapest, and the basis says so.
pub fn verdict(
    results: &[DesignResult],
    costs: &[NamedCost<'_>],
    postgres_side: &PostgresResult,
    billing: &Billing<'_>,
) -> Verdict {
    let cheapest = |costs: &[&NamedCost<'_>], load: f64| {
        costs
            .iter()
            .filter_map(|of| (of.cost)(load).map(|usd| (of.name.clone(), usd)))
            .min_by(|a, b| a.1.total_cmp(&b.1))
    };
    let (postgres, designs): (Vec<&NamedCost<'_>>, Vec<_>) =
        costs.iter().partition(|of| of.kind.is_postgres());
    let at: Vec<VerdictAt> = asked(&billing.settings.load)
        .into_iter()
        .map(|load| {
            let design = cheapest(&serving(results, &designs, load), load);
            let bought = cheapest(&postgres, load);
            VerdictAt {
                load,
                design_is_lower_bound: design
                    .as_ref()
                    .is_some_and(|(name, _)| is_lower_bound(results, name)),
                all_designs_refuse: design.is_none() && !refusing(results, load).is_empty(),
                design,
                postgres_is_lower_bound: cheapest_postgres(postgres_side, load)
                    .is_some_and(PostgresPoint::is_lower_bound),
                postgres_is_estimated: is_estimated(postgres_side, load),
                postgres_product: product(postgres_side, load),
                no_postgres: bought.is_none().then(|| no_postgres(postgres_side, load)),
                postgres: bought,
            }
        })
        .collect();
    let mut basis = basis(results, &postgres_side.without_unserved);
    for load in at.iter().map(|one| one.load) {
        let refusing = refusing(results, load);
        if !refusing.is_empty() {
            basis.push_str(&left_out_at(results, &refusing, load));
        }
    }
    Verdict { sentence: sentence(&at), basis, at }
}

/// The cheapest Postgres at a load that was asked about.
fn cheapest_postgres(postgres: &PostgresResult, load: f64) -> Option<&PostgresPoint> {
    let at = postgres.at.iter().find(|at| (at.load - load).abs() < 1e-9)?;
    let both = [at.fleet.as_ref(), at.single.as_ref()].into_iter().flatten();
    both.filter(|point| point.monthly.is_some()).min_by_key(|point| point.monthly)
}

/// Whether it has a price that nobody verified.
fn is_estimated(postgres: &PostgresResult, load: f64) -> bool {
    cheapest_postgres(postgres, load).is_some_and(PostgresPoint::is_estimated)
}

/// What it is bought as.
fn product(postgres: &PostgresResult, load: f64) -> Option<&'static str> {
    Some(cheapest_postgres(postgres, load)?.offer.product())
}

/// Why there is none at a load.
fn no_postgres(postgres: &PostgresResult, load: f64) -> String {
    match &postgres.sharded_ceiling {
        Some((_, most)) if *most >= load => "no Postgres fleet has a known price".to_owned(),
        Some((why, most)) => {
            format!("no Postgres fleet carries that: it ends at {most:.1}x by {why}")
        }
        None => "no Postgres fleet is known".to_owned(),
    }
}

fn is_lower_bound(results: &[DesignResult], name: &str) -> bool {
    results
        .iter()
        .filter(|result| result.elsewhere.iter().any(|store| store.monthly.is_none()))
        .any(|result| {
            result.modes.iter().any(|mode| curve_name(&result.design.name, mode.mode) == name)
        })
}

/// The designs and modes that refuse too much at a load, with their shares.
fn refusing(results: &[DesignResult], load: f64) -> Vec<(String, f64)> {
    let modes = results.iter().flat_map(|result| {
        result.modes.iter().map(|mode| (curve_name(&result.design.name, mode.mode), mode))
    });
    modes
        .filter(|(_, mode)| mode.refused.contains(load))
        .filter_map(|(name, mode)| Some((name, mode.throttling_at(load)?.share)))
        .collect()
}

/// What is left out at a load, design by design: modes that refuse alike, as
/// busy keys make them, are told together.
fn left_out_at(results: &[DesignResult], refusing: &[(String, f64)], load: f64) -> String {
    let percent = |share: f64| format!("{:.2} %", share * 100.0);
    let told: Vec<String> = results
        .iter()
        .filter_map(|result| {
            let modes: Vec<(&str, String)> = result
                .modes
                .iter()
                .filter_map(|mode| {
                    let name = curve_name(&result.design.name, mode.mode);
                    let (_, share) = refusing.iter().find(|(other, _)| *other == name)?;
                    Some((mode.mode.label(), percent(*share)))
                })
                .collect();
            let (_, first) = modes.first()?;
            let alike = modes.iter().all(|(_, share)| share == first);
            Some(if alike && modes.len() == result.modes.len() {
                format!("{} ({first})", result.design.name)
            } else {
                let modes: Vec<String> =
                    modes.iter().map(|(mode, share)| format!("{mode} {share}")).collect();
                format!("{} ({})", result.design.name, modes.join(", "))
            })
        })
        .collect();
    format!(" Left out at {load}x, because they refuse part of their load: {}.", told.join("; "))
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
    let unknown = at.design_is_lower_bound;
    let of_postgres = |usd: f64| {
        format!("{}{}", dollars(usd), if at.postgres_is_lower_bound { " or more" } else { "" })
    };
    let estimated = if at.postgres_is_estimated { " (its price is an estimate)" } else { "" };
    let named = |name: &str| match at.postgres_product {
        Some(product) => format!("{name} ({product})"),
        None => name.to_owned(),
    };
    let none = at.no_postgres.as_deref().unwrap_or("no Postgres fleet is known");
    let of_design = |usd: f64| format!("{}{}", dollars(usd), if unknown { " or more" } else { "" });
    match (&at.design, &at.postgres) {
        (Some((design, d)), Some((postgres, p))) if d <= p => {
            let as_known = if unknown { " as far as is known" } else { "" };
            format!(
                "{when} {design} costs least{as_known}, {} a month, against {} at {}{estimated}",
                of_design(*d),
                named(postgres),
                of_postgres(*p)
            )
        }
        (Some((design, d)), Some((postgres, p))) => {
            let as_known = if at.postgres_is_lower_bound { " as far as is known" } else { "" };
            format!(
                "{when} {} costs least{as_known}, {} a month{estimated}, against {design} at {}",
                named(postgres),
                of_postgres(*p),
                of_design(*d)
            )
        }
        (Some((design, d)), None) => {
            format!("{when} {design} costs {} a month, and {none}", of_design(*d))
        }
        (None, postgres) => {
            let designs = if at.all_designs_refuse {
                "every design refuses part of its load"
            } else {
                "no design has a price"
            };
            match postgres {
                Some((name, p)) => {
                    format!(
                        "{when} {} costs {} a month{estimated}, and {designs}",
                        named(name),
                        of_postgres(*p)
                    )
                }
                None => format!("{when} {designs}, and {none}"),
            }
        }
    }
}

fn dollars(usd: f64) -> String {
    match decimal_from_f64(usd) {
        Ok(usd) => Usd::new(usd.round()).to_string().trim_end_matches(".00").to_owned(),
        Err(_) => "an unknown amount".to_owned(),
    }
}

/// What is missing from the designs' totals, and what other stores add to them.
fn basis(results: &[DesignResult], without: &[(String, Option<PostgresPoint>)]) -> String {
    let unserved: Vec<String> =
        results.iter().filter_map(|result| left_out(result, without)).collect();
    if unserved.is_empty() {
        return "Every statement is in both totals.".to_owned();
    }
    let mut text = format!(
        "Postgres is billed for every statement; the designs are not billed for those they do not \
         serve: {}.",
        unserved.join("; ")
    );
    let stores = |known: bool| {
        let mut stores: Vec<String> = results
            .iter()
            .flat_map(|result| &result.elsewhere)
            .filter(|one| one.monthly.is_some() == known)
            .map(|one| match one.monthly {
                Some(usd) => format!("{} ({usd} a month at today's load, as stated)", one.store),
                None => one.store.clone(),
            })
            .collect();
        stores.sort();
        stores.dedup();
        stores.join(" and ")
    };
    let (known, unknown) = (stores(true), stores(false));
    if !known.is_empty() {
        text.push_str(&format!(" The designs' totals include {known}."));
    }
    if !unknown.is_empty() {
        text.push_str(&format!(
            " What {unknown} costs is not known, so the totals of designs that need it are lower \
             bounds."
        ));
    }
    text
}

/// What a design does not serve, and what Postgres costs without that.
fn left_out(result: &DesignResult, without: &[(String, Option<PostgresPoint>)]) -> Option<String> {
    let missing = result
        .plan
        .patterns
        .iter()
        .filter(|one| matches!(one.service, Service::NotServed | Service::Unparsed))
        .count();
    if missing == 0 {
        return None;
    }
    let time = result.coverage.by_time.as_ref().map_or(String::new(), |by_time| {
        let of = |service| by_time.get(&service).copied().unwrap_or(0.0);
        let share = of(Service::NotServed) + of(Service::Unparsed);
        format!(", {:.1} % of execution time", share * 100.0)
    });
    let postgres = without
        .iter()
        .find(|(name, _)| *name == result.design.name)
        .and_then(|(_, point)| point.as_ref()?.monthly)
        .map_or(String::new(), |usd| {
            format!("; sharded Postgres without them {} today", dollars(to_f64(usd)))
        });
    let noun = if missing == 1 { "statement" } else { "statements" };
    Some(format!("{} ({missing} {noun}{time}{postgres})", result.design.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Settings;

    fn asked_about(load: &str) -> Vec<f64> {
        let (settings, _) = Settings::read("plan.toml", &format!("[load]\n{load}")).unwrap();
        asked(&settings.load)
    }

    /// 5 % a month over 12 months: 1.05^12 = 1.7959.
    #[test]
    fn today_the_ends_of_the_range_and_the_grown_load_are_asked_about() {
        assert_eq!(asked_about("range = [1, 100]"), [1.0, 8.0, 100.0]);
        assert_eq!(asked_about("range = [0.5, 1000]"), [0.5, 1.0, 8.0, 100.0, 1000.0]);
        assert_eq!(asked_about("range = [2, 5]"), [2.0, 5.0]);
        assert_eq!(
            asked_about("range = [1, 100]\ngrowth_per_month = 0.05\nhorizon_months = 12"),
            [1.0, 1.8, 8.0, 100.0]
        );
    }
}
