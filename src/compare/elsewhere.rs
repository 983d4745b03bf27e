//! What the stores cost that serve what a design does not.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::finding::Origin;
use crate::plan::Plan;
use crate::scenario::{Assumption, Elsewhere};
use crate::units::Usd;
use crate::workload::{Service, Workload};

/// The store of statements for which nobody has named one.
pub const UNNAMED_STORE: &str = "a store not named yet";

/// Statements that a design leaves to another store.
#[derive(Clone, Debug, PartialEq)]
pub struct ElsewhereCost {
    /// The store, in the planner's words, or [`UNNAMED_STORE`].
    pub store: String,
    /// The patterns, by position in the workload.
    pub patterns: Vec<usize>,
    /// What it costs a month at today's load; `None` unless somebody stated it
    /// for every pattern.
    pub monthly: Option<Usd>,
    /// The part of it that grows with the load; the rest is the same at any.
    pub growing: Usd,
}

impl ElsewhereCost {
    /// What it costs a month at a multiple of today's load.
    #[must_use]
    pub fn monthly_at(&self, load: Decimal) -> Option<Usd> {
        self.monthly.map(|usd| usd + self.growing * (load - Decimal::ONE))
    }
}

/// The stated prices of all stores at a multiple of today's load; those that
/// nobody knows are not in it.
#[must_use]
pub fn known_monthly(stores: &[ElsewhereCost], load: Decimal) -> Usd {
    stores.iter().filter_map(|store| store.monthly_at(load)).sum()
}

/// The other stores that a design needs, with their stated prices. Every
/// statement that it does not serve is in one of them.
pub fn elsewhere(workload: &Workload, plan: &Plan, stated: &[Elsewhere]) -> Vec<ElsewhereCost> {
    let mut stores: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (p, planned) in plan.patterns.iter().enumerate() {
        if matches!(planned.service, Service::NotServed | Service::Unparsed) {
            let text = &workload.patterns[p].text;
            let rule = || stated.iter().find(|one| one.covers(text)).map(|one| one.store.clone());
            let store = planned.elsewhere.clone().or_else(rule);
            stores.entry(store.unwrap_or_else(|| UNNAMED_STORE.to_owned())).or_default().push(p);
        }
    }
    stores.into_iter().map(|(store, patterns)| priced(workload, store, patterns, stated)).collect()
}

fn priced(
    workload: &Workload,
    store: String,
    patterns: Vec<usize>,
    stated: &[Elsewhere],
) -> ElsewhereCost {
    let covers = |one: &Elsewhere, pattern: &usize| {
        one.store == store && one.covers(&workload.patterns[*pattern].text)
    };
    let prices: Vec<&Elsewhere> =
        stated.iter().filter(|one| patterns.iter().any(|pattern| covers(one, pattern))).collect();
    let all = patterns.iter().all(|pattern| prices.iter().any(|one| covers(one, pattern)));
    let grows = |one: &&&Elsewhere| one.grows_with_load.unwrap_or(true);
    ElsewhereCost {
        monthly: prices.iter().map(|one| one.monthly).sum::<Option<Usd>>().filter(|_| all),
        growing: prices.iter().filter(grows).filter_map(|one| one.monthly).sum(),
        store,
        patterns,
    }
}

/// That a stated price grows with the load, where the plan does not say.
#[must_use]
pub fn assumptions(stated: &[Elsewhere]) -> Vec<Assumption> {
    stated
        .iter()
        .filter(|one| one.monthly.is_some() && one.grows_with_load.is_none())
        .map(|one| Assumption {
            id: "elsewhere.grows_with_load".to_owned(),
            what: format!("whether what {} costs grows with the load", one.store),
            value: "true".to_owned(),
            origin: Origin::Default,
            assumed: true,
        })
        .collect()
}
