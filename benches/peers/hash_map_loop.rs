//! The plain way to replay a mix: one operation after the other, sizes and keys
//! from `rand_distr`, counts in a `HashMap`. Slow and obvious; tests hold the
//! fast replay against it, the benches measure both.
#![expect(
    clippy::disallowed_types,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "what people write first; only sums are read from it"
)]

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use rand::SeedableRng;
use rand::rngs::StdRng;
use rand_distr::weighted::WeightedIndex;
use rand_distr::{Distribution, LogNormal, Poisson, Zipf};

/// One kind of operation: lognormal item sizes, and what they are on each
/// resource.
pub struct Statement {
    pub per_second: f64,
    pub mu: f64,
    pub sigma: f64,
    /// Resource, share of the item, block bytes, steps a block.
    pub arms: Vec<(usize, f64, f64, u64)>,
}

/// Items are no larger than 400 KB.
pub const BYTES_MAX: u32 = 409_600;

/// Steps by resource and partition, and the number of operations.
pub fn replay(
    statements: &[Statement],
    partitions: &[u64],
    (keys, exponent): (f64, f64),
    seconds: u64,
    seed: u64,
) -> (HashMap<(usize, u64), u64>, u64) {
    let mut rng = StdRng::seed_from_u64(seed);
    let rates: Vec<f64> = statements.iter().map(|s| s.per_second).collect();
    let arrivals = Poisson::new(rates.iter().sum::<f64>()).expect("a rate");
    let which = WeightedIndex::new(&rates).expect("rates");
    let zipf = Zipf::new(keys, exponent).expect("a law of keys");
    let sizes: Vec<LogNormal<f64>> =
        statements.iter().map(|s| LogNormal::new(s.mu, s.sigma).expect("a law of sizes")).collect();
    let mut steps: HashMap<(usize, u64), u64> = HashMap::new();
    let mut operations = 0;
    for _ in 0..seconds {
        let count = arrivals.sample(&mut rng) as u64;
        operations += count;
        for _ in 0..count {
            let at = which.sample(&mut rng);
            let bytes: f64 = sizes[at].sample(&mut rng).min(f64::from(BYTES_MAX));
            let key = zipf.sample(&mut rng) as u64;
            for &(resource, share, block, steps_per_block) in &statements[at].arms {
                let blocks = (bytes * share / block).ceil().max(1.0) as u64;
                let mut hasher = DefaultHasher::new();
                (resource, key).hash(&mut hasher);
                let partition = hasher.finish() % partitions[resource];
                *steps.entry((resource, partition)).or_default() += blocks * steps_per_block;
            }
        }
    }
    (steps, operations)
}
