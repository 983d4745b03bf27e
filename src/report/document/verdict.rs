//! What it comes to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compare;

/// What it comes to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// The answer.
    pub sentence: String,
    /// What it rests on.
    pub basis: String,
    /// What costs least at each load that was asked about.
    pub at: Vec<VerdictAt>,
}

/// What costs least at one load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VerdictAt {
    /// Multiple of today's load.
    pub load: f64,
    /// The cheapest design and mode.
    pub design: Option<NamedCost>,
    /// Something that the design leaves out has no stated price.
    pub design_is_lower_bound: bool,
    /// No design is put forward because each refuses too much of this load.
    pub all_designs_refuse: bool,
    /// The cheapest Postgres.
    pub postgres: Option<NamedCost>,
    /// What it is bought as; null where there is none.
    pub postgres_product: Option<String>,
    /// Something that it is billed for is not known: its dollars are a lower bound.
    pub postgres_is_lower_bound: bool,
    /// Its price was not verified against the vendor's own.
    pub postgres_is_estimated: bool,
    /// Why there is no Postgres; null where there is.
    pub no_postgres: Option<String>,
}

/// A curve and what it costs at a load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NamedCost {
    /// The curve's name.
    pub name: String,
    /// US dollars a month.
    pub monthly_usd: f64,
}

impl From<&compare::Verdict> for Verdict {
    fn from(verdict: &compare::Verdict) -> Self {
        let named = |cost: &Option<(String, f64)>| {
            cost.as_ref().map(|(name, usd)| NamedCost { name: name.clone(), monthly_usd: *usd })
        };
        let at = verdict.at.iter().map(|at| VerdictAt {
            load: at.load,
            design: named(&at.design),
            design_is_lower_bound: at.design_is_lower_bound,
            all_designs_refuse: at.all_designs_refuse,
            postgres: named(&at.postgres),
            postgres_product: at.postgres_product.map(str::to_owned),
            postgres_is_lower_bound: at.postgres_is_lower_bound,
            postgres_is_estimated: at.postgres_is_estimated,
            no_postgres: at.no_postgres.clone(),
        });
        Self { sentence: verdict.sentence.clone(), basis: verdict.basis.clone(), at: at.collect() }
    }
}
