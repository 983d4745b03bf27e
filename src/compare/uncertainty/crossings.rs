use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Costs;
use super::bands::{quantile, sorted};

/// Where one curve becomes cheaper than another, over all draws.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CrossingRange {
    /// One crossover in ten lies at a lower multiple of today's load.
    pub load_p10: f64,
    /// Half of them do.
    pub load_p50: f64,
    /// Nine in ten do.
    pub load_p90: f64,
    /// Share of the draws in which there is a crossover within the loads looked
    /// at.
    pub share_of_draws: f64,
    /// Draws in which there is one: quantiles of only a few of them say little.
    pub draws: usize,
}

/// Fewer draws than these are told as so many cases, not as an interval: two of
/// them lie beyond each end of it.
const DRAWS_OF_AN_INTERVAL_MIN: usize = 20;

impl CrossingRange {
    /// Whether there are enough draws for an interval.
    #[must_use]
    pub const fn is_interval(&self) -> bool {
        self.draws >= DRAWS_OF_AN_INTERVAL_MIN
    }
}

/// Where curve `a` becomes cheaper than curve `b` as load grows: the first such
/// load of each draw. `None` if there is none in any draw.
#[must_use]
pub fn crossing_range(costs: &[Costs], loads: &[f64], a: usize, b: usize) -> Option<CrossingRange> {
    let crossings: Vec<Option<f64>> =
        costs.iter().map(|draw| first_crossing(&draw[a], &draw[b], loads)).collect();
    let found = sorted(&crossings)?;
    Some(CrossingRange {
        load_p10: quantile(&found, 0.1),
        load_p50: quantile(&found, 0.5),
        load_p90: quantile(&found, 0.9),
        share_of_draws: found.len() as f64 / costs.len() as f64,
        draws: found.len(),
    })
}

/// The first load above which `a` is cheaper and below which it is not; between
/// two loads, where the straight lines of the ratio over a logarithmic load
/// meet.
fn first_crossing(a: &[Option<f64>], b: &[Option<f64>], loads: &[f64]) -> Option<f64> {
    let ratios: Vec<Option<f64>> = a
        .iter()
        .zip(b)
        .map(|(a, b)| match ((*a)?, *b) {
            (a, Some(b)) if a > 0.0 && b > 0.0 => Some((a / b).ln()),
            _ => None,
        })
        .collect();
    for at in 1..loads.len() {
        if let (Some(before), Some(after)) = (ratios[at - 1], ratios[at])
            && before >= 0.0
            && after < 0.0
        {
            let share = before / (before - after);
            return Some(loads[at - 1] * (loads[at] / loads[at - 1]).powf(share));
        }
    }
    None
}

/// How two curves stand at one load, as shares of all draws.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Standing {
    /// Both can be had, and the first costs less.
    pub first_cheaper: f64,
    /// Both can be had, and the first costs as much or more.
    pub second_cheaper: f64,
    /// Only the first can be had.
    pub only_first: f64,
    /// Only the second can be had.
    pub only_second: f64,
}

impl Standing {
    /// How curves `a` and `b` stand at the load at position `at`.
    #[must_use]
    pub fn of(costs: &[Costs], at: usize, a: usize, b: usize) -> Self {
        let mut counts = [0_u32; 4];
        for draw in costs {
            let place = match (draw[a][at], draw[b][at]) {
                (Some(a), Some(b)) if a < b => 0,
                (Some(_), Some(_)) => 1,
                (Some(_), None) => 2,
                (None, Some(_)) => 3,
                (None, None) => continue,
            };
            counts[place] += 1;
        }
        let [first_cheaper, second_cheaper, only_first, only_second] =
            counts.map(|count| f64::from(count) / costs.len() as f64);
        Self { first_cheaper, second_cheaper, only_first, only_second }
    }

    /// Share of all draws in which the first is the cheaper of the two; `None` if
    /// there is no draw in which both can be had.
    #[must_use]
    pub fn first_cheaper_share(&self) -> Option<f64> {
        (self.first_cheaper + self.second_cheaper > 0.0).then_some(self.first_cheaper)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Draws, FactorRange};
    use super::*;

    fn loads() -> Vec<f64> {
        (0..=60).map(|i| 10_f64.powf(f64::from(i) / 20.0)).collect()
    }

    /// `a` costs 1000 x f x the root of the load, `b` costs 100 x load: they meet
    /// where the root of the load is 10 x f, at 100 x f². With f from 0.8 to 1.25
    /// (p10, p90) the load is from 64 to 156.25.
    #[test]
    fn crossovers_are_those_of_a_closed_form() {
        let draws = Draws::new(&[FactorRange::new(0.8, 1.25).unwrap()], 200, 5);
        let loads = loads();
        let costs: Vec<Costs> = draws
            .factors
            .iter()
            .map(|f| {
                vec![
                    loads.iter().map(|load| Some(1000.0 * f[0] * load.sqrt())).collect(),
                    loads.iter().map(|load| Some(100.0 * load)).collect(),
                ]
            })
            .collect();
        let range = crossing_range(&costs, &loads, 0, 1).unwrap();
        assert!((range.load_p10 / 64.0 - 1.0).abs() < 0.01, "{range:?}");
        assert!((range.load_p50 / 100.0 - 1.0).abs() < 0.01, "{range:?}");
        assert!((range.load_p90 / 156.25 - 1.0).abs() < 0.01, "{range:?}");
        assert!((range.share_of_draws - 1.0).abs() < 1e-12);
        // The other way round there is none: b never becomes the cheaper one.
        assert_eq!(crossing_range(&costs, &loads, 1, 0), None);
        // At 64x the root is 8: a is cheaper where f < 0.8, one draw in ten.
        let at = loads.iter().position(|load| *load >= 63.0).unwrap();
        let at_load = loads[at];
        let share = Standing::of(&costs, at, 0, 1).first_cheaper_share().unwrap();
        assert!((at_load - 63.1).abs() < 0.1 && (share - 0.097).abs() < 0.01, "{share}");
    }

    /// A thing that cannot be had is neither cheaper nor dearer.
    #[test]
    fn what_cannot_be_had_is_told_apart() {
        let costs: Vec<Costs> = vec![
            vec![vec![Some(1.0)], vec![None]],
            vec![vec![None], vec![Some(1.0)]],
            vec![vec![None], vec![None]],
            vec![vec![Some(2.0)], vec![Some(1.0)]],
            vec![vec![Some(1.0)], vec![Some(2.0)]],
        ];
        let each = 1.0 / 5.0;
        let standing = Standing {
            first_cheaper: each,
            second_cheaper: each,
            only_first: each,
            only_second: each,
        };
        assert_eq!(Standing::of(&costs, 0, 0, 1), standing);
        assert_eq!(standing.first_cheaper_share(), Some(each));
        assert_eq!(Standing::of(&costs[..3], 0, 0, 1).first_cheaper_share(), None);
    }
}
