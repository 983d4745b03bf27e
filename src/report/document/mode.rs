//! A design under one capacity mode.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compare::{self, Comparison, ModeResult, curve_name};
use crate::{design, scenario, workload};

use super::Exact;
use super::bill::Line;
use super::commitment::BestCommitment;
use super::curves::CostAt;

/// A design under one capacity mode, at today's load unless a field says
/// otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Mode {
    /// The mode.
    pub mode: scenario::Mode,
    /// The name of its curve.
    pub curve: String,
    /// US dollars a month; null if a line has no price.
    pub monthly_usd: Option<Exact>,
    /// The same at each load that was asked about and at which it is known, with
    /// the other stores whose price is stated.
    pub monthly_usd_at: Vec<CostAt>,
    /// US dollars paid once; null if a line has no price.
    pub upfront_usd: Option<Exact>,
    /// Share of the units asked for that is refused.
    pub throttled_share: Option<f64>,
    /// What is refused at each load that was asked about.
    pub throttling: Vec<Throttling>,
    /// Ranges of loads, multiples of today's, of which more than one unit in a
    /// thousand is refused; the mode is not put forward there.
    pub refused_loads: Vec<(f64, f64)>,
    /// The bill if every read that can be is strongly consistent, US dollars a
    /// month.
    pub strong_reads_monthly_usd: Option<Exact>,
    /// What calls that come at random make of an auto-scaled bill; null where no
    /// capacity is small enough for that.
    pub noise: Option<Noise>,
    /// The cheapest commitment.
    pub best_commitment: BestCommitment,
    /// The bill.
    pub lines: Vec<Line>,
}

/// An auto-scaled bill with the noise of minutes, at today's load: means of
/// replicas, with half the width of their 95 % confidence interval.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Noise {
    /// Tables and indexes, reads and writes apart, whose minutes are noisy.
    pub capacities: usize,
    /// How often each was drawn.
    pub replicas: u32,
    /// US dollars a month.
    pub monthly_usd_mean: f64,
    /// Half the width of its interval.
    pub monthly_usd_half_width_95: f64,
    /// Share of the units asked for that is refused, of the capacities drawn.
    pub throttled_share_mean: f64,
    /// Half the width of its interval.
    pub throttled_share_half_width_95: f64,
}

/// What is refused at one load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Throttling {
    /// Multiple of today's load.
    pub load: f64,
    /// Share of the units asked for that is refused, with burst.
    pub throttled_share: f64,
    /// The same without burst.
    pub throttled_share_without_burst: f64,
    /// The same at the ends of the range of the calls' dispersion.
    pub throttled_share_without_burst_range: (f64, f64),
    /// The part of each that is refused because one key takes no more, whatever
    /// the capacity.
    pub throttled_share_of_hot_keys: f64,
    /// The longest run of minutes in which a table or index refuses something,
    /// hot keys aside.
    pub throttled_minutes_longest: u64,
    /// The longest run of minutes in which more is asked of a table or index than
    /// its capacity in force serves, burst aside: how far capacity lags behind a
    /// step of the load. Null where all is on demand.
    pub behind_minutes_longest: Option<u64>,
    /// The statements that it falls on, the worst first.
    pub patterns: Vec<ThrottledPattern>,
}

/// A statement of which something is refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ThrottledPattern {
    /// The statement.
    pub pattern: String,
    /// Share of its units that is refused.
    pub throttled_share: f64,
}

impl Mode {
    pub(super) fn new(
        workload: &workload::Workload,
        comparison: &Comparison,
        design: &design::Design,
        mode: &ModeResult,
    ) -> Self {
        let curve = curve_name(&design.name, mode.mode);
        Self {
            mode: mode.mode,
            monthly_usd: mode.monthly.map(Exact::usd),
            monthly_usd_at: CostAt::of(comparison, &curve),
            curve,
            upfront_usd: mode.upfront.map(Exact::usd),
            throttled_share: mode.throttling_at(1.0).map(|one| one.share),
            refused_loads: mode.refused.ranges().to_vec(),
            throttling: mode.throttling.iter().map(|one| Throttling::new(workload, one)).collect(),
            strong_reads_monthly_usd: mode.strong_monthly.map(Exact::usd),
            noise: mode.noise.as_ref().map(Noise::new),
            best_commitment: BestCommitment::from(mode),
            lines: mode.lines.iter().map(|line| Line::new(workload, design, line)).collect(),
        }
    }
}

impl Noise {
    fn new(noise: &compare::Noise) -> Self {
        let half = |estimate: crate::simulate::monte_carlo::Estimate| {
            estimate.half_width_95.unwrap_or_default()
        };
        Self {
            capacities: noise.capacities,
            replicas: noise.replicas,
            monthly_usd_mean: noise.monthly_usd.mean,
            monthly_usd_half_width_95: half(noise.monthly_usd),
            throttled_share_mean: noise.throttled_share.mean,
            throttled_share_half_width_95: half(noise.throttled_share),
        }
    }
}

impl Throttling {
    fn new(workload: &workload::Workload, one: &compare::Throttling) -> Self {
        let patterns = one.patterns.iter().map(|(pattern, share)| ThrottledPattern {
            pattern: workload.patterns[*pattern].id.clone(),
            throttled_share: *share,
        });
        Self {
            load: one.load,
            throttled_share: one.share,
            throttled_share_without_burst: one.share_without_burst,
            throttled_share_without_burst_range: one.share_without_burst_range,
            throttled_share_of_hot_keys: one.share_of_hot_keys,
            throttled_minutes_longest: one.throttled_minutes_longest,
            behind_minutes_longest: one.behind_minutes_longest,
            patterns: patterns.collect(),
        }
    }
}
