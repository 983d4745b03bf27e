//! The mix that the fast replay and its peer both draw.

use ddbplan::simulate::keys::KeySkew;
use ddbplan::simulate::synthetic::{Mix, MixStatement, Rounding, Synthetic, joint_law};
use statrs::distribution::{ContinuousCDF, Normal};

use super::hash_map_loop::{BYTES_MAX, Statement};

pub const KEYS: u64 = 1_000_000_000;
pub const EXPONENT: f64 = 0.99;

/// Ten kinds of writes, each on a table and two indexes of 64 partitions.
pub fn statements(per_second: f64) -> Vec<Statement> {
    (0..10_u8)
        .map(|i| Statement {
            per_second: per_second / 10.0,
            mu: 6.0 + f64::from(i) / 5.0,
            sigma: 0.8,
            arms: vec![
                (0, 1.0, 1024.0, 1),
                (1 + usize::from(i % 3), 1.0, 1024.0, 1),
                (4 + usize::from(i % 2), 0.2, 1024.0, 1),
            ],
        })
        .collect()
}

pub fn synthetic(statements: &[Statement]) -> Synthetic {
    let statement = |s: &Statement| {
        let roundings: Vec<Rounding> = s
            .arms
            .iter()
            .map(|&(resource, share_of_item, _, _)| Rounding {
                resource,
                share_of_item,
                block_bytes: 1024,
                steps_per_block: 1,
            })
            .collect();
        let below = |bytes: f64| Normal::standard().cdf((bytes.ln() - s.mu) / s.sigma);
        let classes = joint_law(below, BYTES_MAX, &roundings);
        MixStatement { per_second: s.per_second, classes }
    };
    let mix = Mix {
        statements: statements.iter().map(statement).collect(),
        partitions: vec![64; 6],
        keys: KeySkew::Zipf { keys: KEYS, exponent: EXPONENT },
    };
    Synthetic::new(&mix).expect("a mix with operations")
}
