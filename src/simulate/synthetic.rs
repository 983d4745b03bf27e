//! A declared mix of operations, drawn one by one: for what analytic means do
//! not show, and to check them.
//!
//! The unit class of an operation is drawn from the exact joint law of its size
//! on the table and every index it touches, the key from the exact Zipf shares
//! of the hottest keys and evenly from the others.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rand_distr::{Distribution, Poisson};

use super::alias::Alias;
use super::keys::KeySkew;

/// How one operation's item size becomes units on one table or index.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rounding {
    /// Which table or index: an index into [`Mix::partitions`].
    pub resource: usize,
    /// Size there as a share of the item's, above 0: an index that projects a
    /// third of each item has 1/3.
    pub share_of_item: f64,
    /// 1,024 for a write, 4,096 for a read.
    pub block_bytes: u32,
    /// Steps a block: 1 write unit, or 1 half read unit if eventual.
    pub steps_per_block: u32,
}

/// What an operation takes on everything it touches, with its probability.
#[derive(Clone, Debug, PartialEq)]
pub struct JointClass {
    /// Of this combination.
    pub probability: f64,
    /// Table or index, and steps.
    pub steps: Vec<(usize, u32)>,
}

/// The joint law of units: the same item decides them all, so sizes between two
/// neighbouring block ends of any of the resources make one class. `below(x)`
/// is the share of items of at most `x` bytes; none is larger than
/// `bytes_max`.
#[must_use]
pub fn joint_law(
    below: impl Fn(f64) -> f64,
    bytes_max: u32,
    roundings: &[Rounding],
) -> Vec<JointClass> {
    let most = f64::from(bytes_max);
    let mut ends = vec![most];
    for rounding in roundings {
        let block = f64::from(rounding.block_bytes) / rounding.share_of_item;
        let mut block_end = block;
        let mut blocks = 1.0;
        while block_end < most {
            ends.push(block_end);
            blocks += 1.0;
            block_end = block * blocks;
        }
    }
    ends.sort_by(f64::total_cmp);
    ends.dedup_by(|a, b| (*a - *b).abs() < 1e-9);
    let mut classes = Vec::new();
    let (mut start, mut so_far) = (0.0, 0.0);
    for end in ends {
        let up_to = if end < most { below(end).clamp(so_far, 1.0) } else { 1.0 };
        if up_to > so_far {
            // All sizes within lie in the same blocks as the middle one.
            let middle = 0.5 * (start + end);
            let steps = roundings.iter().map(|rounding| {
                let bytes = middle * rounding.share_of_item;
                let blocks = (bytes / f64::from(rounding.block_bytes)).ceil().max(1.0);
                (rounding.resource, whole(blocks).saturating_mul(rounding.steps_per_block))
            });
            classes.push(JointClass { probability: up_to - so_far, steps: steps.collect() });
        }
        (start, so_far) = (end, up_to);
    }
    classes
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float cast saturates, and the number is positive and whole"
)]
fn whole(blocks: f64) -> u32 {
    blocks as u32
}

/// One kind of operation.
#[derive(Clone, Debug, PartialEq)]
pub struct MixStatement {
    /// Mean operations a second; they arrive independently of one another.
    pub per_second: f64,
    /// What each takes: [`joint_law`], or classes made by hand.
    pub classes: Vec<JointClass>,
}

/// A mix on tables and indexes whose keys are all equally skewed.
#[derive(Clone, Debug, PartialEq)]
pub struct Mix {
    /// The operations.
    pub statements: Vec<MixStatement>,
    /// Partitions of each table and index, at least 1 each.
    pub partitions: Vec<u32>,
    /// Skew of the keys.
    pub keys: KeySkew,
}

/// Hottest keys that are drawn one by one.
const EXPLICIT_KEYS: u32 = 1 << 16;

/// A mix made ready for drawing.
pub struct Synthetic {
    rate: f64,
    classes: Alias,
    /// The touches of class i are `touches[first[i]..first[i + 1]]`.
    first: Vec<usize>,
    touches: Vec<Touched>,
    keys: Alias,
    explicit_keys: u32,
    cells: usize,
}

#[derive(Clone, Copy)]
struct Touched {
    first_cell: usize,
    partitions: u32,
    salt: u64,
    steps: u32,
}

impl Synthetic {
    /// `None` if nothing ever happens, or a rate or share is no number, or a
    /// class names a resource that is not there.
    #[must_use]
    pub fn new(mix: &Mix) -> Option<Self> {
        let mut first_cells = Vec::new();
        let mut cells = 0;
        for &partitions in &mix.partitions {
            first_cells.push(cells);
            cells += usize::try_from(partitions.max(1)).ok()?;
        }
        let (mut weights, mut first, mut touches) = (Vec::new(), vec![0], Vec::new());
        for statement in &mix.statements {
            for class in &statement.classes {
                weights.push(statement.per_second * class.probability);
                for &(resource, steps) in &class.steps {
                    touches.push(Touched {
                        first_cell: *first_cells.get(resource)?,
                        partitions: mix.partitions[resource].max(1),
                        // Each table and index hashes keys of its own.
                        salt: (resource as u64).wrapping_mul(0xD6E8_FEB8_6659_FD93),
                        steps,
                    });
                }
                first.push(touches.len());
            }
        }
        let key_weights = mix.keys.hottest_shares(EXPLICIT_KEYS);
        let explicit_keys = u32::try_from(key_weights.len()).ok()?;
        let rest = (1.0 - key_weights.iter().sum::<f64>()).max(0.0);
        let keys = Alias::new(&[key_weights, vec![rest]].concat())?;
        let rate = weights.iter().sum();
        Some(Self {
            rate,
            classes: Alias::new(&weights)?,
            first,
            touches,
            keys,
            explicit_keys,
            cells,
        })
    }

    /// Cells of a second: the partitions of every resource, one after another.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.cells
    }

    /// Draws `seconds` seconds from `seed` and shows the steps that each
    /// partition is asked for in each. Returns the number of operations.
    pub fn run(&self, seconds: u64, seed: u64, mut each_second: impl FnMut(&[u64])) -> u64 {
        let mut rng = StdRng::seed_from_u64(seed);
        let Ok(arrivals) = Poisson::new(self.rate) else { return 0 };
        let mut steps = vec![0; self.cells];
        let mut operations = 0;
        for _ in 0..seconds {
            steps.fill(0);
            let count = count(arrivals.sample(&mut rng));
            for _ in 0..count {
                self.operation(&mut rng, &mut steps);
            }
            operations += count;
            each_second(&steps);
        }
        operations
    }

    #[inline]
    fn operation(&self, rng: &mut StdRng, steps: &mut [u64]) {
        let class = usize::try_from(self.classes.pick(rng.next_u64())).unwrap_or(0);
        let rank = self.keys.pick(rng.next_u64());
        let key = if rank < self.explicit_keys { u64::from(rank) } else { rng.next_u64() };
        for touched in &self.touches[self.first[class]..self.first[class + 1]] {
            // Fibonacci hashing of the key; the rest of the keys is uniform
            // however it is hashed.
            let hash = (key ^ touched.salt).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let hash = (hash ^ (hash >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let partition = ((hash >> 32) * u64::from(touched.partitions)) >> 32;
            let cell = touched.first_cell + usize::try_from(partition).unwrap_or(0);
            steps[cell] += u64::from(touched.steps);
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a Poisson number is whole and positive; a float cast saturates"
)]
fn count(drawn: f64) -> u64 {
    drawn as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Item sizes uniform up to 10 KB; a GSI with half of each item. Table
    /// units are 1 to 10, the index has ceil(half): both from the same size.
    #[test]
    fn classes_couple_a_table_and_its_index() {
        let rounding = |resource, share_of_item| Rounding {
            resource,
            share_of_item,
            block_bytes: 1024,
            steps_per_block: 1,
        };
        let classes = joint_law(|x| x / 10_240.0, 10_240, &[rounding(0, 1.0), rounding(1, 0.5)]);
        assert_eq!(classes.len(), 10);
        for (units, class) in (1_u32..).zip(&classes) {
            assert!((class.probability - 0.1).abs() < 1e-9);
            assert_eq!(class.steps, [(0, units), (1, units.div_ceil(2))]);
        }
    }

    #[test]
    fn the_same_seed_draws_the_same_operations() {
        let mix = Mix {
            statements: vec![MixStatement {
                per_second: 500.0,
                classes: vec![JointClass { probability: 1.0, steps: vec![(0, 2)] }],
            }],
            partitions: vec![8],
            keys: KeySkew::Zipf { keys: 1_000_000, exponent: 0.99 },
        };
        let synthetic = Synthetic::new(&mix).unwrap();
        let run = |seed| {
            let mut all = Vec::new();
            synthetic.run(5, seed, |steps| all.extend_from_slice(steps));
            all
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
        let missing = Mix { partitions: Vec::new(), ..mix };
        assert!(Synthetic::new(&missing).is_none());
    }
}
