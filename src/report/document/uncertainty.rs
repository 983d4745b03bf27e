//! What the costs become when inputs are known only within ranges.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compare::uncertainty::{BATCHES, BandPoint, CrossingRange};
use crate::compare::{CurveKind, Odds, PairOdds};

use super::curves::{COST_UNIT, LOAD_UNIT};

/// What the costs become when inputs are known only within ranges.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Uncertainty {
    /// Number of draws.
    pub draws: usize,
    /// Batches of draws from which standard errors are taken.
    pub batches: usize,
    /// Seed of the draws.
    pub seed: u64,
    /// The inputs that are varied.
    pub inputs: Vec<UncertainInput>,
    /// Each curve with its band.
    pub curves: Vec<BandCurve>,
    /// How often which is cheaper, and from which load on.
    pub crossovers: Vec<Pair>,
    /// Which input moves the answer most, by load.
    pub tornado: Vec<Tornado>,
}

/// An input known within a range.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UncertainInput {
    /// Its name, as in `plan.toml`.
    pub id: String,
    /// What it is.
    pub what: String,
    /// Low end of the range.
    pub low: f64,
    /// High end of the range.
    pub high: f64,
    /// Unit of the ends, and what they mean.
    pub unit: String,
    /// Where the range comes from.
    pub origin: String,
}

/// A curve with its band.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BandCurve {
    /// What it is the cost of.
    pub kind: CurveKind,
    /// The same by name.
    pub name: String,
    /// Unit of the loads.
    pub x: String,
    /// Unit of the costs.
    pub y: String,
    /// By ascending load.
    pub band: Vec<BandPoint>,
}

/// A design under a mode against a Postgres.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Pair {
    /// The design's curve.
    pub design: String,
    /// The Postgres's curve.
    pub postgres: String,
    /// Unit of the loads.
    pub x: String,
    /// From which load on the design is cheaper; null if in no draw.
    pub design_cheaper_above: Option<CrossingRange>,
    /// From which load on Postgres is cheaper; null if in no draw.
    pub postgres_cheaper_above: Option<CrossingRange>,
    /// How often the design is cheaper, by load.
    pub at: Vec<PairAt>,
}

/// How often a design is cheaper at one load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PairAt {
    /// Multiple of today's load.
    pub load: f64,
    /// Whether the design refuses more than one unit in a thousand of this load:
    /// it is then not compared.
    pub design_refuses: bool,
    /// Share of all draws; null where the two cannot be compared in any.
    pub design_cheaper_share_of_draws: Option<f64>,
    /// Share of all draws in which no fleet of this Postgres carries the load.
    pub postgres_missing_share_of_draws: f64,
}

/// Which input moves the answer most, at one load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tornado {
    /// Multiple of today's load.
    pub load: f64,
    /// The design's curve.
    pub design: String,
    /// The Postgres's curve.
    pub postgres: String,
    /// What the dollars of this section are.
    pub answer: String,
    /// The answer at the point estimates, US dollars a month.
    pub point_usd: f64,
    /// Share of all draws in which the design is cheaper.
    pub design_cheaper_share_of_draws: Option<f64>,
    /// Share of all draws in which no fleet of this Postgres carries the load.
    pub postgres_missing_share_of_draws: f64,
    /// The input to go and measure.
    pub to_measure: Option<String>,
    /// The inputs, those that move the answer most first.
    pub swings: Vec<Swing>,
}

/// How far one input moves the answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Swing {
    /// The input.
    pub input: String,
    /// The answer at the low end of its range, US dollars a month.
    pub at_low_usd: Option<f64>,
    /// The answer at the high end of its range, US dollars a month.
    pub at_high_usd: Option<f64>,
}

impl From<&Odds> for Uncertainty {
    fn from(odds: &Odds) -> Self {
        let inputs = odds.inputs.iter().map(|one| UncertainInput {
            id: one.input.key().to_owned(),
            what: one.input.what().to_owned(),
            low: one.range.low(),
            high: one.range.high(),
            unit: "factor on the value in use; one draw in ten below low, one in ten above high"
                .to_owned(),
            origin: one.origin.to_string(),
        });
        let curves = odds.curves.iter().map(|curve| BandCurve {
            kind: curve.kind,
            name: curve.name.clone(),
            x: LOAD_UNIT.to_owned(),
            y: COST_UNIT.to_owned(),
            band: curve.band.clone(),
        });
        let tornado = odds.swings.iter().map(|at| Tornado {
            load: at.load,
            design: at.design.clone(),
            postgres: at.postgres.clone(),
            answer: "what the design costs beyond Postgres, USD per month".to_owned(),
            point_usd: at.difference_usd,
            design_cheaper_share_of_draws: at.standing.first_cheaper_share(),
            postgres_missing_share_of_draws: at.standing.only_first,
            to_measure: at.to_measure().map(|input| input.key().to_owned()),
            swings: at
                .swings
                .iter()
                .map(|(input, swing)| Swing {
                    input: input.key().to_owned(),
                    at_low_usd: swing.at_low,
                    at_high_usd: swing.at_high,
                })
                .collect(),
        });
        Self {
            draws: odds.draws,
            batches: BATCHES,
            seed: odds.seed,
            inputs: inputs.collect(),
            curves: curves.collect(),
            crossovers: odds.pairs.iter().map(Pair::from).collect(),
            tornado: tornado.collect(),
        }
    }
}

impl From<&PairOdds> for Pair {
    fn from(pair: &PairOdds) -> Self {
        let at = pair.at.iter().map(|at| PairAt {
            load: at.load,
            design_refuses: at.design_refuses,
            design_cheaper_share_of_draws: at.standing.first_cheaper_share(),
            postgres_missing_share_of_draws: at.standing.only_first,
        });
        Self {
            design: pair.design.clone(),
            postgres: pair.postgres.clone(),
            x: LOAD_UNIT.to_owned(),
            design_cheaper_above: pair.design_cheaper_above,
            postgres_cheaper_above: pair.postgres_cheaper_above,
            at: at.collect(),
        }
    }
}
