//! Demand within a minute: the number of operations is random, and each one
//! takes its own number of units.
//!
//! Operations that arrive as Poisson processes and take independent units make
//! a compound Poisson process (Feller, "An Introduction to Probability Theory
//! and Its Applications", vol. 1, XII.2). What matters of many statements on
//! one table is one measure: how many operations a second take 1 unit, 2 units
//! and so on. The cost of everything here is independent of the request rate.

use std::collections::BTreeMap;

use statrs::distribution::{Continuous, ContinuousCDF, DiscreteCDF, Normal, Poisson};

/// Units per operation: the probability of each whole number of steps. A step is
/// one write unit, or half a read unit.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitLaw {
    classes: Vec<(u32, f64)>,
}

impl UnitLaw {
    /// Always the same number of steps.
    #[must_use]
    pub fn always(steps: u32) -> Self {
        Self { classes: vec![(steps, 1.0)] }
    }

    /// These steps with these weights, which are brought to a sum of 1. `None`
    /// without a positive, finite sum, or with a negative weight.
    #[must_use]
    pub fn of_weights(weights: &BTreeMap<u32, f64>) -> Option<Self> {
        let sum: f64 = weights.values().sum();
        let fine = sum > 0.0 && sum.is_finite() && weights.values().all(|w| *w >= 0.0);
        let classes = || weights.iter().map(|(steps, weight)| (*steps, weight / sum)).collect();
        fine.then(|| Self { classes: classes() })
    }

    /// Sizes rounded up to blocks, at least one: `below(x)` is the share of
    /// sizes up to `x` bytes, all sizes are at most `blocks_max` blocks of
    /// `block_bytes`, and a block takes `steps_per_block` steps.
    #[must_use]
    pub fn of_sizes(
        below: impl Fn(f64) -> f64,
        block_bytes: u32,
        blocks_max: u32,
        steps_per_block: u32,
    ) -> Option<Self> {
        let mut weights = BTreeMap::new();
        let mut so_far = 0.0;
        for block in 1..=blocks_max.max(1) {
            let up_to = f64::from(block) * f64::from(block_bytes);
            let share =
                if block == blocks_max.max(1) { 1.0 } else { below(up_to).clamp(so_far, 1.0) };
            if share > so_far {
                weights.insert(block * steps_per_block, share - so_far);
                so_far = share;
            }
        }
        Self::of_weights(&weights)
    }

    /// Steps and their probabilities, which sum to 1.
    #[must_use]
    pub fn classes(&self) -> &[(u32, f64)] {
        &self.classes
    }

    /// E\[U\], in steps.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.classes.iter().map(|(u, p)| f64::from(*u) * p).sum()
    }

    /// E\[U^2\], in steps squared.
    #[must_use]
    pub fn second_moment(&self) -> f64 {
        self.classes.iter().map(|(u, p)| f64::from(*u).powi(2) * p).sum()
    }
}

/// Operations a second by the steps they take: statements on the same table or
/// index simply add up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JumpMeasure {
    per_second: BTreeMap<u32, f64>,
}

/// With more operations than this a second a normal law is accurate, deep in its
/// tail too.
const POISSON_RATE_MAX: f64 = 600.0;

/// E(X - capacity)^+, what `capacity` units a second do not serve of one second's
/// units X without any burst: `mean` units in operations of `jump` units each that
/// arrive independently, X = jump x N with N Poisson. Exact up to 600 operations a
/// second, else for a normal X of the same mean and variance.
///
/// Operations of several sizes are near one of E U^2 / E U, which has their mean
/// and variance; with it counts of a dispersion index I come in batches of I.
#[must_use]
pub fn excess(mean: f64, jump: f64, capacity: f64) -> f64 {
    if mean <= 0.0 || jump <= 0.0 {
        return (mean - capacity).max(0.0);
    }
    let (rate, most) = (mean / jump, capacity / jump);
    match Poisson::new(rate) {
        // E(N - a)^+ = rate P(N >= k) - a P(N > k) with k the whole part of a.
        Ok(law) if rate <= POISSON_RATE_MAX => {
            let at_least = |count: f64| {
                if count < 0.5 { 1.0 } else { law.sf(whole(count) - 1) }
            };
            let k = most.floor();
            (jump * (rate * at_least(k) - most * at_least(k + 1.0))).max(0.0)
        }
        _ => {
            let sd = (mean * jump).sqrt();
            let z = (capacity - mean) / sd;
            let normal = Normal::standard();
            sd * (normal.pdf(z) - z * normal.sf(z))
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a whole count; a cast saturates"
)]
fn whole(count: f64) -> u64 {
    count as u64
}

impl JumpMeasure {
    /// Adds operations that arrive `per_second` and take units by `law`.
    pub fn add(&mut self, per_second: f64, law: &UnitLaw) {
        for (steps, probability) in law.classes() {
            *self.per_second.entry(*steps).or_default() += per_second * probability;
        }
    }

    /// Operations of one kind.
    #[must_use]
    pub fn of(per_second: f64, law: &UnitLaw) -> Self {
        let mut measure = Self::default();
        measure.add(per_second, law);
        measure
    }

    /// Operations a second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.per_second.values().sum()
    }

    /// Steps a second by operation class.
    pub fn classes(&self) -> impl Iterator<Item = (u32, f64)> {
        self.per_second.iter().map(|(steps, rate)| (*steps, *rate))
    }

    /// Mean steps in `seconds`.
    #[must_use]
    pub fn mean(&self, seconds: f64) -> f64 {
        seconds * self.classes().map(|(u, rate)| f64::from(u) * rate).sum::<f64>()
    }

    /// Variance of the steps in `seconds` for Poisson arrivals.
    #[must_use]
    pub fn variance(&self, seconds: f64) -> f64 {
        seconds * self.classes().map(|(u, rate)| f64::from(u).powi(2) * rate).sum::<f64>()
    }

    /// The decay rate theta: the saved burst of C steps is used up with a
    /// probability of at most e^(-theta C) (Cramer-Lundberg). The positive root
    /// of sum(rate(u) (e^(theta u) - 1)) = theta c; `None` at or above
    /// saturation, where burst runs out for certain.
    #[must_use]
    pub fn decay_rate(&self, capacity: f64) -> Option<f64> {
        let mean = self.mean(1.0);
        if mean <= 0.0 || mean >= capacity {
            return None;
        }
        let drift = |theta: f64| {
            self.classes().map(|(u, rate)| rate * (theta * f64::from(u)).exp_m1()).sum::<f64>()
                - theta * capacity
        };
        let mut high = 1.0;
        while drift(high) < 0.0 {
            high *= 2.0;
        }
        let mut low = 0.0;
        for _ in 0..200 {
            let middle = 0.5 * (low + high);
            if drift(middle) < 0.0 { low = middle } else { high = middle }
        }
        Some(low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With more operations than this a second, e^-rate has no place in a double.
    const PANJER_RATE_MAX: f64 = 600.0;

    fn as_f64(count: usize) -> f64 {
        count as f64
    }

    /// The exact law of a second, and of a burst bucket from second to second: what
    /// the formulae are held against.
    impl JumpMeasure {
        /// The probabilities of 0, 1, ... `steps_max` steps in `seconds`, exact by
        /// Panjer's recursion. `None` if so many operations come that the
        /// recursion's start vanishes; a normal law is accurate there.
        fn probabilities(&self, seconds: f64, steps_max: usize) -> Option<Vec<f64>> {
            let rate = seconds * self.rate();
            if rate > PANJER_RATE_MAX {
                return None;
            }
            let jumps: Vec<(usize, f64)> = self
                .classes()
                .filter_map(|(u, rate)| Some((usize::try_from(u).ok()?, rate * seconds)))
                .filter(|(u, _)| *u > 0)
                .collect();
            // Operations of no step at all change nothing.
            let moving: f64 = jumps.iter().map(|(_, rate)| rate).sum();
            let mut g = vec![0.0; steps_max + 1];
            g[0] = (-moving).exp();
            for k in 1..=steps_max {
                let within = jumps.iter().take_while(|(u, _)| *u <= k);
                let sum: f64 = within.map(|(u, rate)| as_f64(*u) * rate * g[k - u]).sum();
                g[k] = sum / as_f64(k);
            }
            Some(g)
        }

        /// The share of steps refused by `capacity` steps a second without any
        /// burst: E(X - c)^+ / E X for the steps X of one second. Exact where
        /// Panjer's recursion reaches, else for a normal X.
        fn refused_share_without_burst(&self, capacity: u32) -> f64 {
            let mean = self.mean(1.0);
            if mean <= 0.0 {
                return 0.0;
            }
            let capacity_index = usize::try_from(capacity).unwrap_or(usize::MAX);
            let refused = match self.probabilities(1.0, capacity_index) {
                // E(X - c)^+ = E X - c + E(c - X)^+, a finite sum.
                Some(g) => {
                    let spare = |(k, p): (usize, &f64)| (f64::from(capacity) - as_f64(k)) * p;
                    mean - f64::from(capacity) + g.iter().enumerate().map(spare).sum::<f64>()
                }
                None => {
                    let sd = self.variance(1.0).sqrt();
                    let z = (f64::from(capacity) - mean) / sd;
                    let standard = Normal::standard();
                    sd * (standard.pdf(z) - z * standard.sf(z))
                }
            };
            (refused / mean).clamp(0.0, 1.0)
        }

        /// The share of steps refused in the long run by `capacity` steps a second
        /// with a burst bucket of `burst` steps: exact, from the Markov chain of
        /// the bucket's level from second to second. For small capacities, which
        /// are the ones where noise matters.
        fn refused_share_with_burst(&self, capacity: u32, burst: u32) -> Option<f64> {
            let (c, top) = (usize::try_from(capacity).ok()?, usize::try_from(burst).ok()?);
            let mean = self.mean(1.0);
            let g = self.probabilities(1.0, c + top)?;
            let mut level = vec![1.0 / as_f64(top + 1); top + 1];
            for _ in 0..100_000 {
                let mut next = vec![0.0; top + 1];
                for (from, share) in level.iter().enumerate() {
                    let mut left = 1.0;
                    for (x, p) in g.iter().enumerate().take(from + c) {
                        next[(from + c - x).min(top)] += share * p;
                        left -= p;
                    }
                    next[0] += share * left.max(0.0);
                }
                let moved: f64 = level.iter().zip(&next).map(|(a, b)| (a - b).abs()).sum();
                level = next;
                if moved < 1e-14 {
                    break;
                }
            }
            // E(X - a)^+ = E X - a + E(a - X)^+ with a = level + c.
            let refused_from = |(at, share): (usize, &f64)| {
                let available = at + c;
                let spare: f64 = g
                    .iter()
                    .take(available)
                    .enumerate()
                    .map(|(x, p)| as_f64(available - x) * p)
                    .sum();
                share * (mean - as_f64(available) + spare)
            };
            let refused: f64 = level.iter().enumerate().map(refused_from).sum();
            Some((refused / mean).clamp(0.0, 1.0))
        }
    }

    /// A law whose throttling was simulated over 200,000 seconds.
    fn law() -> UnitLaw {
        UnitLaw::of_weights(&BTreeMap::from([
            (1, 0.55),
            (2, 0.25),
            (3, 0.10),
            (5, 0.07),
            (10, 0.03),
        ]))
        .unwrap()
    }

    fn load(capacity: u32, utilisation: f64) -> JumpMeasure {
        JumpMeasure::of(utilisation * f64::from(capacity) / law().mean(), &law())
    }

    fn near(value: f64, expected: f64, relative: f64) {
        assert!((value / expected - 1.0).abs() < relative, "{value} is not near {expected}");
    }

    /// E[ceil(B/q)] of an exponential size by hand: 1/(1 - e^(-q/m)).
    #[test]
    fn units_of_a_size_law_are_rounded_up_block_by_block() {
        let below = |x: f64| 1.0 - (-x / 2000.0_f64).exp();
        let units = UnitLaw::of_sizes(below, 1024, 400, 1).unwrap();
        near(units.mean(), 1.0 / (1.0 - (-1024.0 / 2000.0_f64).exp()), 1e-12);
        let reads = UnitLaw::of_sizes(below, 4096, 100, 1).unwrap();
        near(reads.mean(), 1.0 / (1.0 - (-4096.0 / 2000.0_f64).exp()), 1e-12);
        assert!((units.classes().iter().map(|(_, p)| p).sum::<f64>() - 1.0).abs() < 1e-12);
    }

    /// Mean, variance and sum of the exact law.
    #[test]
    fn panjers_recursion_has_the_moments_of_the_process() {
        let measure = load(25, 0.9);
        let g = measure.probabilities(1.0, 400).unwrap();
        let moment = |power: i32| -> f64 {
            g.iter().enumerate().map(|(k, p)| as_f64(k).powi(power) * p).sum()
        };
        near(moment(0), 1.0, 1e-12);
        near(moment(1), measure.mean(1.0), 1e-12);
        near(moment(2) - moment(1).powi(2), measure.variance(1.0), 1e-10);
    }

    /// The decay rate depends on utilisation and the law only, not on capacity.
    #[test]
    fn the_decay_rate_is_the_known_one_at_any_capacity() {
        for (utilisation, expected) in [(0.7, 0.161), (0.9, 0.0549), (0.98, 0.0111)] {
            for capacity in [5, 1000] {
                let rate = load(capacity, utilisation).decay_rate(f64::from(capacity)).unwrap();
                near(rate, expected, 5e-3);
            }
        }
        assert_eq!(load(5, 1.01).decay_rate(5.0), None);
    }

    /// The exact value of the smallest table, and what 200,000 simulated seconds
    /// gave for the others.
    #[test]
    fn without_burst_a_small_table_refuses_much() {
        near(load(5, 0.9).refused_share_without_burst(5), 0.2958, 2e-3);
        near(load(25, 0.98).refused_share_without_burst(25), 0.142, 2e-2);
        near(load(100, 0.9).refused_share_without_burst(100), 3.82e-2, 2e-2);
        near(load(1000, 0.98).refused_share_without_burst(1000), 1.54e-2, 1e-2);
        near(load(1000, 1.02).refused_share_without_burst(1000), 3.46e-2, 1e-2);
    }

    /// Operations of one size against the exact law, deep in the tail too, where the
    /// normal law says 2.6e-3 and simulation 4.5e-3 of a mixture; mixtures to a
    /// tenth.
    #[test]
    fn the_excess_of_a_second_is_near_the_exact_one() {
        for (capacity, utilisation) in [(5, 0.9), (25, 0.98), (100, 0.7), (300, 0.9), (800, 1.02)] {
            for steps in [1, 4] {
                let law = UnitLaw::always(steps);
                let rate = utilisation * f64::from(capacity) / f64::from(steps);
                let measure = JumpMeasure::of(rate, &law);
                let mean = measure.mean(1.0);
                let exact = measure.refused_share_without_burst(capacity);
                let told = excess(mean, f64::from(steps), f64::from(capacity)) / mean;
                assert!((told - exact).abs() < 1e-9, "{capacity} {steps}: {told} {exact}");
            }
            let measure = load(capacity, utilisation);
            let (mean, jump) = (measure.mean(1.0), law().second_moment() / law().mean());
            near(
                excess(mean, jump, f64::from(capacity)),
                mean * measure.refused_share_without_burst(capacity),
                if utilisation < 0.8 { 0.4 } else { 0.15 },
            );
        }
        assert!(excess(0.0, 1.0, 5.0).abs() < 1e-12);
        assert!((excess(7.0, 0.0, 5.0) - 2.0).abs() < 1e-12);
        // Beyond 600 operations a second the normal law goes on where the exact one
        // ends.
        near(excess(599.0, 1.0, 620.0), excess(601.0, 1.0, 622.0), 2e-2);
    }

    /// Where Panjer's recursion ends the normal law takes over: at 98 % of
    /// 1,224 and of 1,225 steps a second the two give nearly the same.
    #[test]
    fn the_normal_law_joins_the_exact_one() {
        let exact = load(1224, 0.98).refused_share_without_burst(1224);
        let normal = load(1225, 0.98).refused_share_without_burst(1225);
        assert!(load(1224, 0.98).probabilities(1.0, 1).is_some());
        assert!(load(1225, 0.98).probabilities(1.0, 1).is_none());
        near(normal, exact, 2e-2);
    }

    /// Five seconds of burst: exact chain values 2.57e-2 and 5.79e-3.
    #[test]
    fn a_small_burst_bucket_takes_most_of_it_away() {
        near(load(5, 0.9).refused_share_with_burst(5, 25).unwrap(), 2.57e-2, 5e-3);
        near(load(25, 0.98).refused_share_with_burst(25, 125).unwrap(), 5.79e-3, 5e-3);
        let none = load(5, 0.9).refused_share_with_burst(5, 0).unwrap();
        near(none, load(5, 0.9).refused_share_without_burst(5), 1e-9);
        assert!(load(5, 0.9).refused_share_with_burst(5, 200).unwrap() < 1e-4);
    }
}
