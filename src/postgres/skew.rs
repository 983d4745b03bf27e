//! How much more than the mean the hottest shard has.

/// Expected largest of `shards` standard normal values, for two shards and more:
/// the extreme-value approximation with Euler's constant.
fn largest_normal(shards: f64) -> f64 {
    const EULER: f64 = 0.577_215_664_9;
    let l = (2.0 * shards.ln()).sqrt();
    l - (shards.ln().ln() + (4.0 * std::f64::consts::PI).ln()) / (2.0 * l) + EULER / l
}

/// Hottest over mean when `keys` equally busy keys are hashed to shards. Within
/// 2 % of simulations from 75 keys a shard on.
#[must_use]
pub fn hashed_keys(keys: f64, shards: u32) -> f64 {
    if shards < 2 || keys <= 0.0 {
        return 1.0;
    }
    let shards = f64::from(shards);
    let above = largest_normal(shards).max(0.0) * ((shards - 1.0) / keys).sqrt();
    // One shard cannot have more than everything.
    (1.0 + above).min(shards)
}

/// Hottest over mean when tenants of unequal size, each whole on one shard, are
/// hashed to shards. `shares` are the tenants' shares of the load, which sum
/// to 1.
///
/// Once the largest tenant alone is more than a shard, more shards do not help:
/// the result grows with their number.
#[must_use]
pub fn hashed_tenants(shares: &[f64], shards: u32) -> f64 {
    if shards < 2 || shares.is_empty() {
        return 1.0;
    }
    let squares: f64 = shares.iter().map(|share| share * share).sum();
    hashed(largest(shares), squares, f64::from(shards))
}

/// Tenants by the share of the largest and the sum of the squares of all.
fn hashed(largest: f64, squares: f64, count: f64) -> f64 {
    let spread = 1.0 + largest_normal(count).max(0.0) * (count * squares).sqrt();
    spread.max(1.0 + (count - 1.0) * largest).min(count)
}

/// The same when a directory places tenants so that they balance: only a tenant
/// larger than a shard is left over.
#[must_use]
pub fn placed_tenants(shares: &[f64], shards: u32) -> f64 {
    (f64::from(shards) * largest(shares)).max(1.0)
}

fn largest(shares: &[f64]) -> f64 {
    shares.iter().copied().fold(0.0, f64::max)
}

/// How load and data are spread over shards: by the values of a shard key, some
/// of which are known to be large.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spread {
    /// Different values of the shard key; 0 where nobody knows, which counts as
    /// even.
    pub keys: f64,
    /// Shares of the most frequent of them.
    pub top: Vec<f64>,
    /// A directory places them so that shards are even, as far as they can be.
    pub by_directory: bool,
}

impl Spread {
    /// Hottest shard over the mean.
    #[must_use]
    pub fn hottest(&self, shards: u32) -> f64 {
        if shards < 2 {
            return 1.0;
        }
        if self.by_directory {
            return placed_tenants(&self.top, shards);
        }
        #[expect(clippy::cast_precision_loss, reason = "at most some hundred")]
        let others = self.keys - self.top.len() as f64;
        if self.top.is_empty() || others < 1.0 {
            return hashed_keys(self.keys, shards).max(hashed_tenants(&self.top, shards));
        }
        let rest = (1.0 - self.top.iter().sum::<f64>()).max(0.0) / others;
        let squares: f64 = self.top.iter().map(|share| share * share).sum();
        hashed(largest(&self.top).max(rest), squares + others * rest * rest, f64::from(shards))
    }

    /// The share of the largest value, where one is known.
    #[must_use]
    pub fn largest(&self) -> f64 {
        largest(&self.top)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_shard_has_no_skew() {
        assert!((hashed_keys(10.0, 1) - 1.0).abs() < 1e-12);
        assert!((hashed_tenants(&[1.0], 1) - 1.0).abs() < 1e-12);
    }

    /// A few large values among many: the same as all of them listed.
    #[test]
    fn large_values_among_many() {
        let spread = Spread { keys: 1000.0, top: vec![0.2, 0.1], by_directory: false };
        let mut listed = vec![0.2, 0.1];
        listed.extend([0.7 / 998.0; 998]);
        assert!((spread.hottest(16) - hashed_tenants(&listed, 16)).abs() < 1e-9);
        assert!((spread.hottest(1) - 1.0).abs() < 1e-12);
        // Of 16 even shards each has 1/16; one value alone has 0.2.
        let placed = Spread { by_directory: true, ..spread };
        assert!((placed.hottest(16) - 3.2).abs() < 1e-9);
        assert!((Spread::default().hottest(64) - 1.0).abs() < 1e-12);
    }

    /// One tenant is all the load: of 8 shards one has everything.
    #[test]
    fn a_tenant_larger_than_a_shard() {
        assert!((hashed_tenants(&[1.0], 8) - 8.0).abs() < 1e-12);
        assert!((placed_tenants(&[0.5, 0.25, 0.25], 8) - 4.0).abs() < 1e-12);
        assert!((placed_tenants(&[0.1; 10], 8) - 1.0).abs() < 1e-12);
    }
}
