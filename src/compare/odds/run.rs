//! The draws, the costs of each, and what is read off them.

use std::thread;

use crate::compare::billing::Billing;
use crate::compare::curves;
use crate::compare::model::{CurveKind, DesignResult};
use crate::compare::postgres::PostgresSide;
use crate::compare::refused::RefusedLoads;
use crate::compare::uncertainty::{
    BATCHES, BandPoint, Costs, CrossingRange, Draws, FactorRange, Standing, Swing, bands, costs_of,
    crossing_range, tornado,
};
use crate::compare::verdict::Verdict;
use crate::scenario::UncertainInput;
use crate::workload::Workload;

use super::factors::{InputRange, input_ranges};
use super::model::Base;
use super::moment::{Course, Moment};
use super::over_time::{self, OverTime};
use super::postgres_model;

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
    /// Costs from today to the horizon.
    pub over_time: OverTime,
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
    /// The design first, as one that cannot be had where it refuses too much.
    pub standing: Standing,
    /// Whether it refuses too much of this load to be put forward.
    pub design_refuses: bool,
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
    /// How often the design, named first, is the cheaper one.
    pub standing: Standing,
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
    let draws =
        Draws::new(&ranges, (settings.draws.value as usize).div_ceil(BATCHES), settings.seed.value);
    let asked: Vec<f64> = verdict.at.iter().map(|at| at.load).collect();
    let loads = with_asked(curves::loads(billing.settings.load.range.value), &asked);

    let lead = billing.settings.postgres.bill.reshard_lead_months.value;
    let course = Course::new(&billing.settings.load, lead);
    let at_loads: Vec<Moment> = loads.iter().map(|load| Moment::at_load(*load)).collect();
    let most_load =
        at_loads.iter().chain(&course.moments).map(|moment| moment.load).fold(1.0, f64::max);
    let base = Base::new(workload, billing, results, side, &ranges, most_load);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let model = base.model(&at_loads);
    let mut costs = costs_of(&draws, threads, |drawn| model.costs(drawn));
    let curves = names
        .iter()
        .zip(bands(&costs, &loads))
        .map(|((kind, name), band)| CurveOdds {
            kind: *kind,
            name: name.clone(),
            band: band.points,
        })
        .collect();
    // Where a design refuses part of its load it is cheaper than nothing.
    let refused: Vec<&RefusedLoads> =
        results.iter().flat_map(|result| result.modes.iter().map(|mode| &mode.refused)).collect();
    leave_out(&mut costs, &loads, &refused);
    let standing = |load: f64, (design, postgres): (usize, usize)| {
        let at = loads.iter().position(|one| same(*one, load)).expect("a load that was asked");
        Standing::of(&costs, at, design, postgres)
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
                    standing: standing(load, (design, postgres)),
                    design_refuses: refused[design].contains(load),
                })
                .collect(),
        })
        .collect();

    let asked_moments: Vec<Moment> = asked.iter().map(|load| Moment::at_load(*load)).collect();
    let at_asked = base.model(&asked_moments);
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
                standing: standing(one.load, pair),
                swings: tornado(&ranges, difference)
                    .into_iter()
                    .map(|swing| (UncertainInput::ALL[swing.input], swing))
                    .collect(),
            })
        })
        .collect();
    let model = base.model_over_time(&course);
    let over_time = over_time::over_time(
        names,
        &course,
        billing.settings.load.horizon_months.value,
        (&model.costs(&known), model.reshards(&known)),
        &costs_of(&draws, threads, |drawn| model.costs(drawn)),
    );
    Odds {
        inputs,
        draws: draws.factors.len(),
        seed: settings.seed.value,
        curves,
        pairs,
        swings,
        over_time,
    }
}

/// Takes the costs of designs away at the loads of which they refuse too much.
/// The designs by mode are the first of the curves.
fn leave_out(costs: &mut [Costs], loads: &[f64], refused: &[&RefusedLoads]) {
    for (curve, refused) in refused.iter().enumerate() {
        for (at, _) in loads.iter().enumerate().filter(|(_, load)| refused.contains(**load)) {
            for draw in &mut *costs {
                draw[curve][at] = None;
            }
        }
    }
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
