//! The draws, the costs of each, and what is read off them.

use std::thread;

use crate::compare::billing::Billing;
use crate::compare::curves;
use crate::compare::model::{CurveKind, DesignResult};
use crate::compare::postgres::PostgresSide;
use crate::compare::uncertainty::{
    BATCHES, BandPoint, Costs, CrossingRange, Draws, FactorRange, Swing, bands, costs_of,
    crossing_range, share_cheaper, tornado,
};
use crate::compare::verdict::Verdict;
use crate::scenario::UncertainInput;
use crate::workload::Workload;

use super::design_model::{DesignModel, tracked_by_target};
use super::factors::{Factors, InputRange, input_ranges};
use super::postgres_model;
use super::scaled::many_rows;
use super::unit_grid::UnitGrid;

/// What the comparison becomes when its inputs are known only within ranges.
#[derive(Clone, Debug, PartialEq)]
pub struct Odds {
    /// The inputs with their ranges.
    pub inputs: Vec<InputRange>,
    /// Draws of all inputs.
    pub draws: usize,
    /// Seed of the draws.
    pub seed: u64,
    /// The curves with their bands.
    pub curves: Vec<CurveOdds>,
    /// Every design and mode against every Postgres.
    pub pairs: Vec<PairOdds>,
    /// What moves the answer, at each load that was asked about and has one.
    pub swings: Vec<LoadSwings>,
}

/// What one curve's cost may be.
#[derive(Clone, Debug, PartialEq)]
pub struct CurveOdds {
    /// What it is the cost of.
    pub kind: CurveKind,
    /// The same by name.
    pub name: String,
    /// By ascending load; without loads at which no draw can have it.
    pub band: Vec<BandPoint>,
}

/// A design against a Postgres.
#[derive(Clone, Debug, PartialEq)]
pub struct PairOdds {
    /// The design and its mode.
    pub design: String,
    /// The Postgres.
    pub postgres: String,
    /// From which load on the design is the cheaper one.
    pub design_cheaper_above: Option<CrossingRange>,
    /// From which load on Postgres is.
    pub postgres_cheaper_above: Option<CrossingRange>,
    /// How often the design is, at the loads that were asked about.
    pub at: Vec<Cheaper>,
}

/// How often a design is cheaper at one load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cheaper {
    /// Multiple of today's load.
    pub load: f64,
    /// Share of the draws; `None` where neither side can be had.
    pub design_cheaper_share: Option<f64>,
}

/// What moves the difference between the cheapest design and the cheapest
/// Postgres at one load.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadSwings {
    /// Multiple of today's load.
    pub load: f64,
    /// The design and its mode.
    pub design: String,
    /// The Postgres.
    pub postgres: String,
    /// What the design costs beyond Postgres, USD a month, at the inputs as they
    /// are.
    pub difference_usd: f64,
    /// Share of the draws in which the design is the cheaper one.
    pub design_cheaper_share: Option<f64>,
    /// The difference at the ends of each input's range, the widest first.
    pub swings: Vec<(UncertainInput, Swing)>,
}

impl LoadSwings {
    /// The input that moves the answer most, if any moves it: the one to go and
    /// measure.
    #[must_use]
    pub fn to_measure(&self) -> Option<UncertainInput> {
        let (input, swing) = self.swings.first()?;
        swing.width().is_none_or(|width| width > 0.0).then_some(*input)
    }
}

/// Works the odds out: `names` are the curves in the comparison's order, the
/// designs by mode and then Postgres.
pub fn odds(
    workload: &Workload,
    billing: &Billing<'_>,
    results: &[DesignResult],
    side: &PostgresSide<'_>,
    names: &[(CurveKind, String)],
    verdict: &Verdict,
) -> Odds {
    let settings = &billing.settings.uncertainty;
    let inputs = input_ranges(settings, postgres_model::cpu_range(side));
    let ranges: Vec<FactorRange> = inputs.iter().map(|input| input.range).collect();
    let range_of = |input: UncertainInput| ranges[input as usize];
    let draws =
        Draws::new(&ranges, (settings.draws.value as usize).div_ceil(BATCHES), settings.seed.value);
    let asked: Vec<f64> = verdict.at.iter().map(|at| at.load).collect();
    let loads = with_asked(curves::loads(billing.settings.load.range.value), &asked);

    let many = many_rows(workload, results);
    let sizes_and_rows =
        (range_of(UncertainInput::ItemSize), range_of(UncertainInput::RowsPerCall));
    let grids: Vec<UnitGrid> = results
        .iter()
        .map(|result| UnitGrid::new(workload, billing, result, &many, sizes_and_rows))
        .collect();
    let most_load = loads.last().copied().unwrap_or(1.0);
    let tracked =
        tracked_by_target(billing, results, range_of(UncertainInput::PeakToMean), most_load);
    let model_at = |loads: &[f64]| {
        let designs = results
            .iter()
            .zip(&grids)
            .flat_map(|(result, grid)| {
                result.modes.iter().map(move |mode| (result, grid, mode.mode))
            })
            .map(|(result, grid, mode)| {
                DesignModel::new(billing, result, mode, loads, (grid, &tracked))
            })
            .collect();
        Model { designs, postgres: side, many: &many, loads: loads.to_vec() }
    };

    let model = model_at(&loads);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let costs = costs_of(&draws, threads, |drawn| model.costs(drawn));
    let curves = names
        .iter()
        .zip(bands(&costs, &loads))
        .map(|((kind, name), band)| CurveOdds {
            kind: *kind,
            name: name.clone(),
            band: band.points,
        })
        .collect();
    let share = |load: f64, (design, postgres): (usize, usize)| {
        let at = loads.iter().position(|one| same(*one, load))?;
        share_cheaper(&costs, at, design, postgres)
    };
    let of_kind = |postgres: bool| {
        (0..names.len()).filter(move |curve| names[*curve].0.is_postgres() == postgres)
    };
    let pairs = of_kind(false)
        .flat_map(|design| of_kind(true).map(move |postgres| (design, postgres)))
        .map(|(design, postgres)| PairOdds {
            design: names[design].1.clone(),
            postgres: names[postgres].1.clone(),
            design_cheaper_above: crossing_range(&costs, &loads, design, postgres),
            postgres_cheaper_above: crossing_range(&costs, &loads, postgres, design),
            at: asked
                .iter()
                .map(|&load| Cheaper {
                    load,
                    design_cheaper_share: share(load, (design, postgres)),
                })
                .collect(),
        })
        .collect();

    let at_asked = model_at(&asked);
    let position = |name: &str| names.iter().position(|(_, one)| one == name);
    let known = vec![1.0; ranges.len()];
    let swings = verdict
        .at
        .iter()
        .enumerate()
        .filter_map(|(at, one)| {
            let (design, postgres) = (one.design.as_ref()?, one.postgres.as_ref()?);
            let pair = (position(&design.0)?, position(&postgres.0)?);
            let difference = |factors: &[f64]| {
                let costs = at_asked.costs(factors);
                Some(costs[pair.0][at]? - costs[pair.1][at]?)
            };
            Some(LoadSwings {
                load: one.load,
                design: design.0.clone(),
                postgres: postgres.0.clone(),
                difference_usd: difference(&known)?,
                design_cheaper_share: share(one.load, pair),
                swings: tornado(&ranges, difference)
                    .into_iter()
                    .map(|swing| (UncertainInput::ALL[swing.input], swing))
                    .collect(),
            })
        })
        .collect();
    Odds { inputs, draws: draws.factors.len(), seed: settings.seed.value, curves, pairs, swings }
}

/// The loads with those that were asked about among them.
fn with_asked(mut loads: Vec<f64>, asked: &[f64]) -> Vec<f64> {
    let missing: Vec<f64> =
        asked.iter().copied().filter(|load| !loads.iter().any(|one| same(*one, *load))).collect();
    loads.extend(missing);
    loads.sort_by(f64::total_cmp);
    loads
}

fn same(a: f64, b: f64) -> bool {
    (a / b - 1.0).abs() < 1e-9
}

/// All curves as functions of the draw, at some loads.
struct Model<'a> {
    designs: Vec<DesignModel<'a>>,
    postgres: &'a PostgresSide<'a>,
    many: &'a [bool],
    loads: Vec<f64>,
}

impl Model<'_> {
    /// Costs by curve, in the order of the comparison's, then by load.
    fn costs(&self, drawn: &[f64]) -> Costs {
        let factors = Factors::new(drawn);
        let mut costs: Costs = self.designs.iter().map(|design| design.costs(factors)).collect();
        let side = postgres_model::under(self.postgres, self.many, factors);
        costs.push(self.loads.iter().map(|load| side.sharded_cost(*load)).collect());
        costs.push(self.loads.iter().map(|load| side.single_cost(*load)).collect());
        costs
    }
}
