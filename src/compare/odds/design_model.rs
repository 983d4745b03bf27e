//! The bill of a design under factors.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::compare::arm_use::ArmUse;
use crate::compare::arrival::LoadCurve;
use crate::compare::billing::{BillLine, Billing, decimal_to_f64, to_f64};
use crate::compare::curves::with_stores;
use crate::compare::dynamo;
use crate::compare::model::DesignResult;
use crate::compare::throughput::TableUse;
use crate::compare::uncertainty::FactorRange;
use crate::demand::Arm;
use crate::pricing::{Direction, Due, Unit};
use crate::scenario::{Mode, UncertainInput};
use crate::units::decimal_from_f64;

use super::factors::{Factors, peak_to_mean};
use super::moment::Moment;
use super::tracked_hours::TrackedHours;
use super::unit_grid::{Amounts, UnitGrid};

/// Means of a capacity are tried from this many units a second on: below, one
/// unit is provisioned whatever the mean.
const LEAST_MEAN: f64 = 0.01;
/// Units may come out so many times as many as today's.
const MOST_TIMES: f64 = 16.0;

/// What auto scaling provisions, by target utilisation and course of the load.
#[derive(Default)]
pub struct Tracked {
    runs: Vec<TrackedRun>,
}

struct TrackedRun {
    target_percent: f64,
    curve: LoadCurve,
    /// The most units a second on average that the designs may come to.
    most: f64,
    hours: Option<TrackedHours>,
}

impl Tracked {
    fn position(&self, target_percent: f64, curve: &LoadCurve) -> Option<usize> {
        let same = |run: &TrackedRun| {
            run.target_percent.to_bits() == target_percent.to_bits() && run.curve == *curve
        };
        self.runs.iter().position(same)
    }

    fn raise(&mut self, target_percent: f64, curve: &LoadCurve, most: f64) {
        let at = self.position(target_percent, curve).unwrap_or_else(|| {
            let curve = curve.clone();
            self.runs.push(TrackedRun { target_percent, curve, most, hours: None });
            self.runs.len() - 1
        });
        self.runs[at].most = self.runs[at].most.max(most);
    }
}

/// A design under one capacity mode, in the months that are looked at.
pub struct DesignModel<'a> {
    grid: &'a UnitGrid,
    tracked: &'a Tracked,
    today: Vec<Amounts>,
    capacities: Vec<Capacity>,
    month_seconds: f64,
    moments: Vec<AtMoment>,
}

/// The bill of one month.
struct AtMoment {
    moment: Moment,
    /// Dollars a month by the bill itself; `None` if a line has no price.
    exact: Option<f64>,
    /// What changes under factors.
    parts: Vec<Part>,
}

/// A part of the bill: dollars a month, and what they are in proportion to.
struct Part {
    usd: f64,
    by: By,
}

#[derive(Clone, Copy)]
enum By {
    /// Read units of a table or index.
    Reads(usize),
    /// Write units.
    Writes(usize),
    /// Write units in a Region that they are replicated to.
    ReplicatedWrites(usize),
    /// Bytes stored.
    Bytes(usize),
    /// Bytes sent to replicas.
    Sent(usize),
    /// Hours of a capacity.
    Hours(usize, Direction),
}

/// A capacity: that of a table with its local indexes, or of a global index.
struct Capacity {
    arm: Arm,
    /// What draws on it, by position in the grid.
    drawn_on_by: Vec<usize>,
    target_percent: f64,
    replicated: bool,
    reads: Course,
    writes: Course,
}

/// How the load on a capacity comes.
struct Course {
    peak_to_mean: f64,
    /// Where it is auto-scaled, what of [`Tracked`] holds for it.
    tracked: Option<usize>,
}

impl<'a> DesignModel<'a> {
    /// A design under a mode in some months.
    pub fn new(
        billing: &Billing<'_>,
        result: &DesignResult,
        mode: Mode,
        moments: &[Moment],
        (grid, tracked): (&'a UnitGrid, &'a Tracked),
    ) -> Self {
        let capacities = capacities(billing, result, mode, (grid, tracked));
        let moments = moments
            .iter()
            .map(|&moment| {
                let multiple = decimal_from_f64(moment.load).expect("a load within bounds");
                let uses = uses_in(result, moment);
                let lines = dynamo::lines(billing, &result.design, &uses, mode, multiple);
                AtMoment {
                    moment,
                    exact: with_stores(&lines, result, multiple),
                    parts: parts(billing, grid, &capacities, &lines),
                }
            })
            .collect();
        Self {
            today: grid.under(1.0, 1.0),
            grid,
            tracked,
            capacities,
            month_seconds: decimal_to_f64(billing.conventions.month_seconds()),
            moments,
        }
    }

    /// Dollars of each month under factors. Prices are those that each line of the
    /// bill has on average in that month.
    pub fn costs(&self, factors: Factors<'_>) -> Vec<Option<f64>> {
        let amounts = self
            .grid
            .under(factors.on(UncertainInput::ItemSize), factors.on(UncertainInput::RowsPerCall));
        let growth = factors.on(UncertainInput::Growth);
        let peak = factors.on(UncertainInput::PeakToMean);
        let cost = |at: &AtMoment| {
            let more: f64 = at
                .parts
                .iter()
                .map(|part| {
                    let was = self.amount(part.by, &self.today, at.moment, (1.0, 1.0));
                    let is = self.amount(part.by, &amounts, at.moment, (growth, peak));
                    // Nothing today has no price to be taken in proportion.
                    if was > 0.0 { part.usd * (is / was - 1.0) } else { 0.0 }
                })
                .sum();
            Some(at.exact? + more)
        };
        self.moments.iter().map(cost).collect()
    }

    /// What a part is in proportion to.
    fn amount(&self, by: By, of: &[Amounts], moment: Moment, (growth, peak): (f64, f64)) -> f64 {
        let load = moment.load_under(growth);
        match by {
            By::Reads(arm) => of[arm].read_units * load,
            By::Writes(arm) => of[arm].write_units * load,
            By::ReplicatedWrites(arm) => (of[arm].write_units + of[arm].expired_units) * load,
            By::Bytes(arm) => {
                let bytes = (of[arm].bytes_today, of[arm].bytes_horizon);
                moment.stored_per_load(bytes, growth) * load
            }
            By::Sent(arm) => of[arm].sent_bytes * load,
            By::Hours(capacity, direction) => {
                self.hours(&self.capacities[capacity], direction, of, (peak, load))
            }
        }
    }

    /// Unit-hours, but for a constant factor.
    fn hours(
        &self,
        capacity: &Capacity,
        direction: Direction,
        of: &[Amounts],
        (peak, load): (f64, f64),
    ) -> f64 {
        let mut sum = Amounts::default();
        for arm in &capacity.drawn_on_by {
            sum.add_throughput(&of[*arm]);
        }
        let (units, course) = match direction {
            Direction::Read => (sum.read_units, &capacity.reads),
            Direction::Write if capacity.replicated => {
                (sum.write_units + sum.expired_units, &capacity.writes)
            }
            Direction::Write => (sum.write_units, &capacity.writes),
        };
        let mean = units * load / self.month_seconds;
        match course.tracked.and_then(|at| self.tracked.runs[at].hours.as_ref()) {
            Some(tracked) => tracked.under(mean, peak),
            None => {
                let headroom =
                    peak_to_mean(course.peak_to_mean, peak) / (capacity.target_percent / 100.0);
                (mean * headroom).ceil().max(1.0)
            }
        }
    }
}

/// What a design uses in a month at today's load, with as many bytes stored as
/// make those of the month once they are billed times the load.
fn uses_in(result: &DesignResult, moment: Moment) -> Vec<ArmUse> {
    let mut uses = result.uses.clone();
    for used in &mut uses {
        let stored = result.stored.iter().find(|stored| stored.arm == used.arm);
        let then = |today: Option<f64>, horizon: Option<f64>| {
            Some(moment.stored_per_load((today?, horizon?), 1.0))
        };
        if let Some(stored) = stored {
            used.bytes = then(stored.bytes_today, used.bytes);
            used.items = then(stored.items_today, used.items);
        }
    }
    uses
}

/// The capacities of a design whose mode has any.
fn capacities(
    billing: &Billing<'_>,
    result: &DesignResult,
    mode: Mode,
    (grid, tracked): (&UnitGrid, &Tracked),
) -> Vec<Capacity> {
    let mut found = Vec::new();
    for uses in result.uses.chunk_by(|a, b| a.arm.table == b.arm.table) {
        let table = &result.design.tables[uses[0].arm.table];
        let settings = billing.settings.dynamodb.table(&table.name);
        let of = TableUse { table, settings, uses };
        let mode = of.settings.mode.unwrap_or(mode);
        for (arm, used) in of.by_capacity() {
            let target_percent = of.target_percent(arm);
            let course = |units: &BTreeMap<usize, Decimal>| {
                let curve = billing.arrival.of_units(units);
                Course {
                    peak_to_mean: curve.peak_to_mean(),
                    tracked: (mode == Mode::AutoScaled)
                        .then(|| tracked.position(target_percent, &curve))
                        .flatten(),
                }
            };
            let draws_on = |used: &Arm| {
                used.table == arm.table
                    && if of.is_global_index(*used) { *used == arm } else { arm.index.is_none() }
            };
            found.push(Capacity {
                arm,
                drawn_on_by: (0..grid.arms.len()).filter(|at| draws_on(&grid.arms[*at])).collect(),
                target_percent,
                replicated: !of.settings.replica_regions.is_empty(),
                reads: course(&used.readers),
                writes: course(&used.writers),
            });
        }
    }
    found
}

/// The monthly lines of a bill that change under factors.
fn parts(
    billing: &Billing<'_>,
    grid: &UnitGrid,
    capacities: &[Capacity],
    lines: &[BillLine],
) -> Vec<Part> {
    lines
        .iter()
        .filter(|line| line.key.dimension.due() == Due::Monthly)
        .filter_map(|line| {
            let usd = to_f64(*line.usd.as_ref().ok()?);
            let arm = grid.arms.iter().position(|arm| Some(*arm) == line.arm)?;
            let capacity = || capacities.iter().position(|one| Some(one.arm) == line.arm);
            let by = match line.key.dimension.unit() {
                Unit::ReadRequestUnit => By::Reads(arm),
                Unit::WriteRequestUnit | Unit::ReplicatedWriteRequestUnit => {
                    if line.region == *billing.region {
                        By::Writes(arm)
                    } else {
                        By::ReplicatedWrites(arm)
                    }
                }
                Unit::RcuHour => By::Hours(capacity()?, Direction::Read),
                Unit::WcuHour | Unit::RwcuHour => By::Hours(capacity()?, Direction::Write),
                Unit::GbMonth => By::Bytes(arm),
                Unit::Gb => By::Sent(arm),
                _ => return None,
            };
            Some(Part { usd, by })
        })
        .collect()
}

/// Runs auto scaling for all means, targets and courses of the load that the
/// designs may come to.
pub fn tracked(
    billing: &Billing<'_>,
    results: &[DesignResult],
    peaks: FactorRange,
    most_load: f64,
) -> Tracked {
    let month_seconds = decimal_to_f64(billing.conventions.month_seconds());
    let mut tracked = Tracked::default();
    for result in results {
        for mode in &billing.settings.dynamodb.modes.value {
            for uses in result.uses.chunk_by(|a, b| a.arm.table == b.arm.table) {
                let table = &result.design.tables[uses[0].arm.table];
                let settings = billing.settings.dynamodb.table(&table.name);
                if settings.mode.unwrap_or(*mode) != Mode::AutoScaled {
                    continue;
                }
                let of = TableUse { table, settings, uses };
                for (arm, used) in of.by_capacity() {
                    let target = of.target_percent(arm);
                    for (units, by_pattern) in [
                        (used.read_units, &used.readers),
                        (used.write_units + used.expired_units, &used.writers),
                    ] {
                        let mean = decimal_to_f64(units) / month_seconds;
                        let curve = billing.arrival.of_units(by_pattern);
                        tracked.raise(target, &curve, mean * most_load * MOST_TIMES);
                    }
                }
            }
        }
    }
    for run in &mut tracked.runs {
        let means = (LEAST_MEAN, run.most);
        run.hours = Some(TrackedHours::new(billing, &run.curve, run.target_percent, peaks, means));
    }
    tracked
}
