//! The comparison as a whole.

use std::collections::BTreeMap;

use crate::capture::SetAside;
use crate::finding::{Finding, Origin};
use crate::pricing::{BreakEven, break_evens};
use crate::scenario::{Assumption, Baseline, Mode};
use crate::simulate::intervals::PeakMinute;
use crate::workload::Workload;

use super::arrival::ArrivalSource;
use super::billing::{Billing, to_f64};
use super::busiest_day::{BusiestDay, busiest_day};
use super::commitment;
use super::curves::{self, NamedCost, curve, design_cost, remembered};
use super::elsewhere;
use super::lag::lag_finding;
use super::model::{Crossover, Curve, CurveKind, DesignResult, PostgresPoint, PostgresResult};
use super::noise::{noise, noise_finding};
use super::odds::{self, Odds};
use super::postgres::PostgresSide;
use super::replication::one_sided;
use super::verdict::{Verdict, verdict};
use super::{crossovers, evaluate, throughput};

/// Everything a report shows.
#[derive(Debug)]
pub struct Comparison {
    /// The designs, cheapest first at today's load.
    pub designs: Vec<DesignResult>,
    /// Postgres.
    pub postgres: PostgresResult,
    /// Today's Postgres, if the plan states it.
    pub baseline: Option<Baseline>,
    /// Costs over load: designs by mode, then Postgres.
    pub curves: Vec<Curve>,
    /// Costs at the loads that the verdict speaks of, by curve.
    pub costs: BTreeMap<String, Vec<(f64, f64)>>,
    /// Where a design and Postgres change places.
    pub crossovers: Vec<Crossover>,
    /// From which use on capacity, and reservations of it, cost less, at the
    /// prices of the plan's Region.
    pub break_evens: Vec<BreakEven>,
    /// What it comes to.
    pub verdict: Verdict,
    /// What the costs become when inputs are known only within ranges.
    pub odds: Odds,
    /// What the reader must know, the gravest first; those of a single design
    /// are with it.
    pub findings: Vec<Finding>,
    /// The busiest day of the capacity that costs most.
    pub busiest_day: Option<BusiestDay>,
    /// Where the course of the load over a day is known from.
    pub arrival: ArrivalSource,
    /// What the counters tell of the busiest minute.
    pub busiest_minute: Option<PeakMinute>,
    /// What was not measured.
    pub assumptions: Vec<Assumption>,
    /// Statements kept out, and why.
    pub set_aside: Vec<SetAside>,
}

impl Comparison {
    /// Whether a design, by the name of its curve, refuses too much of a load to
    /// be put forward.
    #[must_use]
    pub fn refuses(&self, curve: &str, load: f64) -> bool {
        self.designs.iter().any(|result| {
            result.modes.iter().any(|mode| {
                curve_name(&result.design.name, mode.mode) == curve && mode.refused.contains(load)
            })
        })
    }
}

/// The name of a design's curve under a mode.
#[must_use]
pub fn curve_name(design: &str, mode: Mode) -> String {
    format!("{design}, {}", mode.label())
}

/// The name of the curve of the sharded fleet.
pub const SHARDED: &str = "sharded Postgres";
/// The name of the curve of the unsharded instance.
pub const SINGLE: &str = "single Postgres";

/// Compares designs with one another and with Postgres.
#[must_use]
pub fn compare(
    workload: &Workload,
    designs: &[crate::design::Design],
    assumptions: &[Assumption],
    set_aside: &[SetAside],
    billing: &Billing<'_>,
) -> Comparison {
    let mut results: Vec<DesignResult> =
        designs.iter().map(|design| evaluate(workload, design, billing)).collect();
    results.sort_by(|a, b| {
        let cost = |result: &DesignResult| {
            result.modes.iter().filter_map(|mode| mode.monthly).min().map_or(f64::INFINITY, to_f64)
        };
        cost(a).total_cmp(&cost(b)).then_with(|| a.design.name.cmp(&b.design.name))
    });
    for result in &mut results {
        let drawn: Vec<_> = result.modes.iter().map(|mode| noise(billing, result, mode)).collect();
        for (mode, noise) in result.modes.iter_mut().zip(drawn) {
            mode.noise = noise;
        }
        result.findings.extend(result.modes.iter().filter_map(noise_finding));
        result.findings.extend(result.modes.iter().filter_map(lag_finding));
    }
    let side = PostgresSide::new(workload, billing);
    let postgres = side.result(workload, billing, &results);
    let range = billing.settings.load.range.value;
    let loads = curves::loads(range);
    let mut costs: Vec<NamedCost<'_>> = Vec::new();
    for result in &results {
        for mode in &result.modes {
            costs.push(NamedCost {
                kind: CurveKind::Design,
                name: curve_name(&result.design.name, mode.mode),
                cost: remembered(design_cost(billing, result, mode.mode)),
            });
        }
    }
    costs.push(NamedCost {
        kind: CurveKind::ShardedPostgres,
        name: SHARDED.to_owned(),
        cost: remembered(|load| side.sharded_cost(load)),
    });
    costs.push(NamedCost {
        kind: CurveKind::SinglePostgres,
        name: SINGLE.to_owned(),
        cost: remembered(|load| side.single_cost(load)),
    });
    let kind = |point: Option<PostgresPoint>| {
        point.map(|point| {
            let (shards, class, replicas) = point.instances();
            (point.offer, shards, class.to_owned(), replicas)
        })
    };
    let drawn: Vec<Curve> = costs
        .iter()
        .map(|of| match of.kind {
            CurveKind::Design => curve(of, &loads, None),
            CurveKind::ShardedPostgres => {
                let ends = postgres.sharded_ceiling.as_ref().map(|(why, _)| why.clone());
                curve(of, &curves::with_steps(&loads, |load| kind(side.sharded(load))), ends)
            }
            CurveKind::SinglePostgres => {
                let ends = postgres.single_ceiling.as_ref().map(|(why, _)| why.clone());
                curve(of, &curves::with_steps(&loads, |load| kind(side.single(load))), ends)
            }
        })
        .collect();
    let mut crossed = Vec::new();
    let refused = results.iter().flat_map(|result| result.modes.iter().map(|mode| &mode.refused));
    for (design, refused) in costs.iter().filter(|of| !of.kind.is_postgres()).zip(refused) {
        let served = |load: f64| (design.cost)(load).filter(|_| !refused.contains(load));
        for other in costs.iter().filter(|of| of.kind.is_postgres()) {
            crossed.extend(crossovers((&design.name, &served), (&other.name, &other.cost), range));
        }
    }
    let busiest_day = busiest_day(billing, &results);
    let mut verdict = verdict(&results, &costs, &postgres, billing);
    let names: Vec<_> = costs.iter().map(|of| (of.kind, of.name.clone())).collect();
    let odds = odds::odds(workload, billing, &results, &side, &names, &verdict);
    verdict.basis.push_str(&format!(
        " Every load, today's too, is billed with the rows of the horizon, in {} months. ",
        billing.settings.load.horizon_months.value
    ));
    verdict.basis.push_str(&odds::spoken(&odds));
    let at_asked = costs
        .iter()
        .map(|of| {
            let at =
                verdict.at.iter().filter_map(|at| (of.cost)(at.load).map(|usd| (at.load, usd)));
            (of.name.clone(), at.collect())
        })
        .collect();
    let mut findings = workload.findings.clone();
    findings.extend(postgres.findings.iter().cloned());
    findings.extend(one_sided(billing, designs));
    findings.extend(billing.arrival.findings().iter().cloned());
    findings.sort_by(|a, b| a.severity.cmp(&b.severity).then_with(|| a.id.cmp(b.id)));
    let mut assumptions = assumptions.to_vec();
    assumptions.push(storage_assumption(billing));
    assumptions.extend(elsewhere::assumptions(&billing.settings.elsewhere));
    assumptions.extend(commitment::assumptions());
    assumptions.extend(throughput::assumptions());
    assumptions.push(billing.arrival.assumption());
    assumptions.extend(odds::assumptions());
    assumptions.extend(postgres.assumptions.iter().cloned());
    let baseline = billing.settings.postgres.baseline.as_ref().map(|one| one.value.clone());
    drop(costs);
    Comparison {
        designs: results,
        postgres,
        baseline,
        curves: drawn,
        costs: at_asked,
        crossovers: crossed,
        break_evens: break_evens(
            billing.book,
            billing.region,
            &billing.settings.dynamodb.commitment.terms.value,
            billing.conventions,
        ),
        verdict,
        odds,
        findings,
        busiest_day,
        arrival: billing.arrival.source(),
        busiest_minute: billing.arrival.peak(),
        assumptions,
        set_aside: set_aside.to_vec(),
    }
}

/// Which rows are stored in the month that is billed.
fn storage_assumption(billing: &Billing<'_>) -> Assumption {
    Assumption {
        id: "load.storage".to_owned(),
        what: "rows stored at every load, on both sides".to_owned(),
        value: format!(
            "those of the horizon, in {} months, times the load",
            billing.settings.load.horizon_months.value
        ),
        origin: Origin::Default,
        assumed: true,
    }
}
