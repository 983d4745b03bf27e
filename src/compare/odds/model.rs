//! All curves as functions of the draw.

use crate::compare::billing::Billing;
use crate::compare::model::DesignResult;
use crate::compare::postgres::PostgresSide;
use crate::compare::uncertainty::{Costs, FactorRange};
use crate::scenario::UncertainInput;
use crate::workload::Workload;

use super::design_model::{DesignModel, Tracked, tracked};
use super::factors::Factors;
use super::fleet_path::{FleetPath, Reshard, fleet_path};
use super::moment::{Course, Moment};
use super::postgres_model;
use super::scaled::many_rows;
use super::unit_grid::UnitGrid;

/// What the costs of any month are worked out from.
pub struct Base<'a> {
    billing: &'a Billing<'a>,
    results: &'a [DesignResult],
    side: &'a PostgresSide<'a>,
    many: Vec<bool>,
    grids: Vec<UnitGrid>,
    tracked: Tracked,
}

impl<'a> Base<'a> {
    /// Works out units and auto-scaled hours for the knots of the factors; no month
    /// has more than `most_load` times today's load.
    pub fn new(
        workload: &Workload,
        billing: &'a Billing<'a>,
        results: &'a [DesignResult],
        side: &'a PostgresSide<'a>,
        ranges: &[FactorRange],
        most_load: f64,
    ) -> Self {
        let range_of = |input: UncertainInput| ranges[input as usize];
        let many = many_rows(workload, results);
        let sizes_and_rows =
            (range_of(UncertainInput::ItemSize), range_of(UncertainInput::RowsPerCall));
        let grids = results
            .iter()
            .map(|result| UnitGrid::new(workload, billing, result, &many, sizes_and_rows))
            .collect();
        let peaks = range_of(UncertainInput::PeakToMean);
        let tracked = tracked(billing, results, peaks, most_load);
        Self { billing, results, side, many, grids, tracked }
    }

    /// The costs at some loads, whatever was bought before.
    pub fn model(&self, moments: &[Moment]) -> Model<'_> {
        Model { base: self, designs: self.designs(moments), moments: moments.to_vec() }
    }

    /// The costs of months that follow one another.
    pub fn model_over_time<'m>(&'m self, course: &'m Course) -> ModelOverTime<'m> {
        ModelOverTime { base: self, designs: self.designs(&course.moments), course }
    }

    fn designs(&self, moments: &[Moment]) -> Vec<DesignModel<'_>> {
        self.results
            .iter()
            .zip(&self.grids)
            .flat_map(|(result, grid)| {
                result.modes.iter().map(move |mode| (result, grid, mode.mode))
            })
            .map(|(result, grid, mode)| {
                DesignModel::new(self.billing, result, mode, moments, (grid, &self.tracked))
            })
            .collect()
    }
}

/// All curves over load as functions of the draw.
pub struct Model<'a> {
    base: &'a Base<'a>,
    designs: Vec<DesignModel<'a>>,
    moments: Vec<Moment>,
}

impl Model<'_> {
    /// Costs by curve, in the order of the comparison's, then by load.
    pub fn costs(&self, drawn: &[f64]) -> Costs {
        let factors = Factors::new(drawn);
        let mut costs: Costs = self.designs.iter().map(|design| design.costs(factors)).collect();
        let side = self.base.side;
        let mut scaled = postgres_model::under(side, &self.base.many, factors);
        let (sharded, single) = self
            .moments
            .iter()
            .map(|moment| postgres_model::costs(side, &mut scaled, *moment, factors).into())
            .unzip();
        costs.push(sharded);
        costs.push(single);
        costs
    }
}

/// All curves over time as functions of the draw.
pub struct ModelOverTime<'a> {
    base: &'a Base<'a>,
    designs: Vec<DesignModel<'a>>,
    course: &'a Course,
}

impl ModelOverTime<'_> {
    /// Costs by curve, in the order of the comparison's, then by month.
    pub fn costs(&self, drawn: &[f64]) -> Costs {
        let factors = Factors::new(drawn);
        let mut costs: Costs = self.designs.iter().map(|design| design.costs(factors)).collect();
        let mut scaled = postgres_model::under(self.base.side, &self.base.many, factors);
        costs.push(self.path(&mut scaled, factors).usd);
        costs.push(
            self.course
                .moments
                .iter()
                .map(|moment| {
                    postgres_model::single_cost(self.base.side, &mut scaled, *moment, factors)
                })
                .collect(),
        );
        costs
    }

    /// When the fleet is divided anew if the inputs are as they are.
    pub fn reshards(&self, known: &[f64]) -> Vec<Reshard> {
        let factors = Factors::new(known);
        let mut scaled = postgres_model::under(self.base.side, &self.base.many, factors);
        self.path(&mut scaled, factors).reshards
    }

    fn path(&self, scaled: &mut PostgresSide<'_>, factors: Factors<'_>) -> FleetPath {
        let overlap = self.base.billing.settings.postgres.bill.reshard_overlap_months.value;
        let Course { months, moments, ahead } = self.course;
        fleet_path(months, overlap, |at, least| {
            let both = [moments[at], ahead[at]];
            postgres_model::fleet(self.base.side, scaled, both, least, factors)
        })
    }
}
