//! The cheapest design beside the cheapest Postgres, both bought on the same terms.

use super::billing::to_f64;
use super::comparison::{Comparison, curve_name};
use super::model::PostgresAt;
use super::postgres::Offer;

/// Both sides on the same terms at one load.
#[derive(Clone, Debug, PartialEq)]
pub struct LikeForLike {
    /// The terms.
    pub terms: String,
    /// Multiple of today's load.
    pub load: f64,
    /// The cheapest design and mode, and its dollars a month.
    pub design: Option<(String, f64)>,
    /// The cheapest way to buy Postgres, and its dollars a month.
    pub postgres: Option<(String, f64)>,
    /// What is not among them because its price is not known.
    pub missing: Option<String>,
}

/// List against list at each load that was asked about, and commitment against
/// commitment at today's.
#[must_use]
pub fn like_for_like(comparison: &Comparison) -> Vec<LikeForLike> {
    let mut rows: Vec<LikeForLike> = comparison
        .postgres
        .at
        .iter()
        .zip(&comparison.verdict.at)
        .map(|(at, verdict)| LikeForLike {
            terms: "list prices".to_owned(),
            load: at.load,
            design: verdict.design.clone(),
            postgres: cheapest(at, |offer| offer.committed_years().is_none()),
            missing: None,
        })
        .collect();
    let today = comparison.postgres.at.iter().find(|at| (at.load - 1.0).abs() < 1e-9);
    rows.extend(today.and_then(|at| committed(comparison, at)));
    rows
}

/// The design with the cheapest commitment beside Postgres committed for as long.
fn committed(comparison: &Comparison, today: &PostgresAt) -> Option<LikeForLike> {
    let modes = comparison.designs.iter().flat_map(|result| {
        result.modes.iter().filter(|mode| !mode.refused.contains(1.0)).filter_map(move |mode| {
            let best = mode.best_commitment.as_ref().ok()?;
            Some((curve_name(&result.design.name, mode.mode), best))
        })
    });
    let (name, best) = modes.min_by_key(|(_, best)| best.at_plan.effective_monthly)?;
    let years = best.years()?;
    Some(LikeForLike {
        terms: format!("committed for up to {years} year{}", if years == 1 { "" } else { "s" }),
        load: 1.0,
        design: Some((name, to_f64(best.at_plan.effective_monthly))),
        postgres: cheapest(today, |offer| offer.committed_years().is_some_and(|one| one <= years)),
        missing: Some(
            "reservations of RDS instances: their prices are not in the price book".to_owned(),
        ),
    })
}

fn cheapest(at: &PostgresAt, which: impl Fn(Offer) -> bool) -> Option<(String, f64)> {
    Offer::ALL
        .into_iter()
        .zip(&at.offers)
        .filter(|(offer, _)| which(*offer))
        .filter_map(|(offer, point)| Some((offer.name(), point.as_ref()?.monthly?)))
        .min_by_key(|(_, usd)| *usd)
        .map(|(name, usd)| (name.to_owned(), to_f64(usd)))
}
