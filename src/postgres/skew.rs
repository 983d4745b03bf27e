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
    let count = f64::from(shards);
    let squares: f64 = shares.iter().map(|share| share * share).sum();
    let largest = shares.iter().copied().fold(0.0, f64::max);
    let spread = 1.0 + largest_normal(count).max(0.0) * (count * squares).sqrt();
    spread.max(1.0 + (count - 1.0) * largest).min(count)
}

/// The same when a directory places tenants so that they balance: only a tenant
/// larger than a shard is left over.
#[must_use]
pub fn placed_tenants(shares: &[f64], shards: u32) -> f64 {
    let largest = shares.iter().copied().fold(0.0, f64::max);
    (f64::from(shards) * largest).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_shard_has_no_skew() {
        assert!((hashed_keys(10.0, 1) - 1.0).abs() < 1e-12);
        assert!((hashed_tenants(&[1.0], 1) - 1.0).abs() < 1e-12);
    }

    /// One tenant is all the load: of 8 shards one has everything.
    #[test]
    fn a_tenant_larger_than_a_shard() {
        assert!((hashed_tenants(&[1.0], 8) - 8.0).abs() < 1e-12);
        assert!((placed_tenants(&[0.5, 0.25, 0.25], 8) - 4.0).abs() < 1e-12);
        assert!((placed_tenants(&[0.1; 10], 8) - 1.0).abs() < 1e-12);
    }
}
