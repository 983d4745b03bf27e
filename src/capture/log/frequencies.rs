use std::collections::{BTreeMap, BTreeSet};

/// Values counted exactly; beyond it the rarest are dropped.
const KEPT: usize = 4096;

/// How many of the smallest hashes are kept to estimate how many there are.
const SMALLEST: usize = 1024;

/// How often each value came, in bounded memory, by hash.
#[derive(Clone, Debug, Default)]
pub(super) struct Frequencies {
    total: u64,
    counts: BTreeMap<u64, u64>,
    /// The largest count that was ever dropped: no kept count is short by more.
    dropped: u64,
    smallest: BTreeSet<u64>,
}

impl Frequencies {
    /// Counts one value.
    pub fn add(&mut self, value: &str) {
        let hash = hash(value);
        self.total += 1;
        *self.counts.entry(hash).or_default() += 1;
        if self.counts.len() > 2 * KEPT {
            self.drop_the_rarest();
        }
        self.smallest.insert(hash);
        if self.smallest.len() > SMALLEST {
            self.smallest.pop_last();
        }
    }

    /// How many values came.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// How many different values came: exact below [`SMALLEST`], else estimated
    /// from how densely the smallest hashes lie (k minimum values; standard
    /// error about 1/sqrt(k), 3 %).
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an estimate"
    )]
    pub fn distinct(&self) -> u64 {
        match self.smallest.last() {
            Some(largest) if self.smallest.len() == SMALLEST => {
                ((SMALLEST - 1) as f64 / (*largest as f64 / u64::MAX as f64)).round() as u64
            }
            _ => self.smallest.len() as u64,
        }
    }

    /// The counts of the most frequent values, descending, and by how much each
    /// may be too low.
    pub fn top(&self, most: usize) -> (Vec<u64>, u64) {
        let mut counts: Vec<u64> = self.counts.values().copied().collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        counts.truncate(most);
        (counts, self.dropped)
    }

    fn drop_the_rarest(&mut self) {
        let mut counts: Vec<u64> = self.counts.values().copied().collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        let limit = counts[KEPT];
        self.counts.retain(|_, count| *count > limit);
        self.dropped += limit;
    }
}

/// FNV-1a with the finaliser of MurmurHash3, so that high bits vary as much as
/// low ones. Not for secrets: hashes leave memory nowhere.
fn hash(value: &str) -> u64 {
    let mut hash = value.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_are_counted_exactly() {
        let mut all = Frequencies::default();
        for i in 0..900 {
            for _ in 0..=(i % 3) {
                all.add(&i.to_string());
            }
        }
        assert_eq!((all.total(), all.distinct()), (1800, 900));
        assert_eq!(all.top(2), (vec![3, 3], 0));
    }

    /// 300,000 values in all: a popular one every third time, the others once
    /// each.
    #[test]
    fn many_values_are_estimated_in_bounded_memory() {
        let mut all = Frequencies::default();
        for i in 0..300_000 {
            let popular = i % 3 == 0;
            all.add(&if popular { "popular".to_owned() } else { i.to_string() });
        }
        assert!(all.counts.len() <= 2 * KEPT);
        let (top, short) = all.top(1);
        assert!(top[0] <= 100_000 && top[0] + short >= 100_000, "{top:?} {short}");
        // Four standard errors of 3.1 % about 200,001.
        assert!((175_000..225_000).contains(&all.distinct()), "{}", all.distinct());
    }
}
