//! Partition keys: how load concentrates on the hottest of them, and what one
//! key can take at most.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::finding::{Finding, Severity};

/// One partition serves this many read units a second (Developer Guide, "Best
/// practices for designing and using partition keys").
pub const PARTITION_READ_UNITS_PER_S: u32 = 3_000;
/// One partition serves this many write units a second.
pub const PARTITION_WRITE_UNITS_PER_S: u32 = 1_000;
/// One partition holds this many bytes (10 GB, "Quotas in Amazon DynamoDB").
pub const PARTITION_BYTES: u64 = 10 * (1 << 30);

/// How operations are spread over the keys of a table or index.
#[derive(Clone, Debug, PartialEq)]
pub enum KeySkew {
    /// All alike.
    Uniform {
        /// Number of keys, at least 1.
        keys: u64,
    },
    /// The k-th hottest key takes a share proportional to k^-exponent.
    Zipf {
        /// Number of keys, at least 1.
        keys: u64,
        /// 0 is uniform; about 1 is common.
        exponent: f64,
    },
    /// Shares of the hottest keys, hottest first; what is left of 1 goes to the
    /// other keys alike.
    Top {
        /// Their shares, each from 0 to 1, at most 1 together.
        shares: Vec<f64>,
        /// Number of other keys.
        other_keys: u64,
    },
}

/// Where the skew comes from; every finding says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SkewSource {
    /// The design's key: all that is written at one time has the same.
    Design,
    /// Declared by a person.
    Declared,
    /// Counted in a log of operations.
    Measured,
    /// `most_common_freqs` of `pg_stats`: how often a value is stored, not how
    /// often it is asked for.
    StoredFrequencies,
}

impl SkewSource {
    /// Said of it in a sentence.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Design => "by the design: what is written at one time has one key",
            Self::Declared => "as declared",
            Self::Measured => "as measured in a log",
            Self::StoredFrequencies => {
                "a guess from how often values are stored (most_common_freqs), not how often they \
                 are used"
            }
        }
    }
}

/// Keys whose shares are taken one by one; the rest is taken as a whole.
const EXPLICIT_KEYS: u32 = 100_000;

impl KeySkew {
    /// The share of the hottest key.
    #[must_use]
    pub fn hottest_share(&self) -> f64 {
        match self {
            Self::Uniform { keys } => 1.0 / as_f64((*keys).max(1)),
            Self::Zipf { keys, exponent } => 1.0 / harmonic((*keys).max(1), *exponent),
            Self::Top { shares, other_keys } => {
                let rest = (1.0 - shares.iter().sum::<f64>()).max(0.0);
                let other = if *other_keys > 0 { rest / as_f64(*other_keys) } else { 0.0 };
                shares.iter().copied().fold(other, f64::max)
            }
        }
    }

    /// The shares of the `count` hottest keys, or of all if there are fewer. Of
    /// [`KeySkew::Top`] only those that were given.
    #[must_use]
    pub fn hottest_shares(&self, count: u32) -> Vec<f64> {
        let count = u64::from(count);
        match self {
            Self::Uniform { keys } => {
                let keys = (*keys).max(1);
                (0..keys.min(count)).map(|_| 1.0 / as_f64(keys)).collect()
            }
            Self::Zipf { keys, exponent } => {
                let keys = (*keys).max(1);
                let whole = harmonic(keys, *exponent);
                (1..=keys.min(count)).map(|rank| as_f64(rank).powf(-exponent) / whole).collect()
            }
            Self::Top { shares, .. } => {
                shares.iter().copied().take(usize::try_from(count).unwrap_or(usize::MAX)).collect()
            }
        }
    }

    /// The share of operations that each partition takes: the hottest keys one
    /// by one wherever a fixed hash puts them, the others in equal parts.
    #[must_use]
    pub fn partition_shares(&self, partitions: u32) -> Vec<f64> {
        let count = usize::try_from(partitions.max(1)).unwrap_or(1);
        let mut shares = vec![0.0; count];
        let mut explicit = 0.0;
        for (rank, share) in (1_u64..).zip(self.hottest_shares(EXPLICIT_KEYS)) {
            shares[partition_of(rank, count)] += share;
            explicit += share;
        }
        let rest = (1.0 - explicit).max(0.0) / f64::from(partitions.max(1));
        shares.iter_mut().for_each(|share| *share += rest);
        shares
    }
}

/// sum of k^-s for k up to n: 1,000 terms one by one, then Euler-Maclaurin.
fn harmonic(n: u64, s: f64) -> f64 {
    const ONE_BY_ONE: u64 = 1000;
    let direct = |last: u64| (1..=last).rev().map(|k| as_f64(k).powf(-s)).sum::<f64>();
    if n <= ONE_BY_ONE {
        return direct(n);
    }
    let (a, b) = (as_f64(ONE_BY_ONE), as_f64(n));
    let integral = if (s - 1.0).abs() < 1e-12 {
        (b / a).ln()
    } else {
        (b.powf(1.0 - s) - a.powf(1.0 - s)) / (1.0 - s)
    };
    let f = |x: f64| x.powf(-s);
    let first_derivative = |x: f64| -s * x.powf(-s - 1.0);
    direct(ONE_BY_ONE - 1)
        + integral
        + 0.5 * (f(a) + f(b))
        + (first_derivative(b) - first_derivative(a)) / 12.0
}

/// The finaliser of SplitMix64; AWS does not publish its hash, and any that
/// spreads well gives the same picture.
fn partition_of(rank: u64, partitions: usize) -> usize {
    let mut hash = rank.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    hash ^= hash >> 31;
    let at = (u128::from(hash) * partitions as u128) >> 64;
    usize::try_from(at).expect("below the number of partitions")
}

/// Reads or writes, with the limit of a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Reads.
    Reads,
    /// Writes.
    Writes,
}

impl Direction {
    /// Units a second that one partition, and so one key, can take.
    #[must_use]
    pub const fn partition_units_per_s(self) -> u32 {
        match self {
            Self::Reads => PARTITION_READ_UNITS_PER_S,
            Self::Writes => PARTITION_WRITE_UNITS_PER_S,
        }
    }

    /// `reads` or `writes`.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Writes => "writes",
        }
    }
}

/// Operations a second on the whole table or index at which a partition that
/// takes `share` of them is full. With the hottest key's share it is the
/// ceiling that no burst, boost or split for heat lifts: one key is on one
/// partition.
#[must_use]
pub fn ceiling_per_second(direction: Direction, share: f64, mean_units: f64) -> f64 {
    f64::from(direction.partition_units_per_s()) / (share * mean_units)
}

/// The number of partitions that so many bytes need.
#[must_use]
pub fn partitions_for_bytes(stored: u64) -> u64 {
    stored.div_ceil(PARTITION_BYTES).max(1)
}

/// The number of partitions that so many read and write units a second need, if
/// they are spread evenly: each serves 3,000 and 1,000, or a linear mix.
#[must_use]
pub fn partitions_for_units(read_per_s: u64, write_per_s: u64) -> u64 {
    (read_per_s + 3 * write_per_s).div_ceil(u64::from(PARTITION_READ_UNITS_PER_S)).max(1)
}

/// What is known of a table's or index's keys and load.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyLoad<'a> {
    /// What it is called in a report, such as `GSI by_provider` or `table
    /// inbox`.
    pub name: &'a str,
    /// Reads or writes.
    pub direction: Direction,
    /// The skew of its partition keys.
    pub skew: &'a KeySkew,
    /// Where that comes from.
    pub source: SkewSource,
    /// Mean units an operation takes.
    pub mean_units: f64,
    /// Operations a second in the busiest minute.
    pub peak_per_second: f64,
}

/// The finding about the hottest key: always worth a line, weighty where the
/// load comes near its ceiling.
#[must_use]
pub fn hottest_key(load: &KeyLoad<'_>) -> Finding {
    let share = load.skew.hottest_share();
    let ceiling = ceiling_per_second(load.direction, share, load.mean_units);
    let severity = if load.peak_per_second >= ceiling {
        Severity::High
    } else if load.peak_per_second >= 0.5 * ceiling {
        Severity::Medium
    } else {
        Severity::Low
    };
    let words = load.direction.words();
    let finding = Finding::new(
        "hottest-key",
        severity,
        format!(
            "hottest key of {} takes {:.1} % of {words}: ceiling {} {words}/s ({})",
            load.name,
            share * 100.0,
            three_digits_down(ceiling),
            load.source.words(),
        ),
    );
    let suffixes = write_sharding(load).suffixes;
    if suffixes > 1 && load.direction == Direction::Writes {
        finding.mend(format!(
            "spread the hottest keys over {suffixes} suffixes; reading one then takes {suffixes} \
             queries"
        ))
    } else {
        finding
    }
}

/// What spreading each key over suffixes would do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WriteSharding {
    /// Suffixes that bring the hottest key under its partition's limit at the
    /// peak; 1 if none is needed. Each multiplies the queries that read a key.
    pub suffixes: u64,
    /// The ceiling with them, in operations a second.
    pub ceiling_per_second: f64,
}

/// The number of suffixes needed, and what they lift the ceiling to.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float cast saturates, and the number is positive"
)]
pub fn write_sharding(load: &KeyLoad<'_>) -> WriteSharding {
    let share = load.skew.hottest_share();
    let ceiling = ceiling_per_second(load.direction, share, load.mean_units);
    let suffixes = ((load.peak_per_second / ceiling).ceil() as u64).max(1);
    WriteSharding { suffixes, ceiling_per_second: ceiling * as_f64(suffixes) }
}

/// To three significant digits, downwards, with thousands set apart.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float cast saturates, and the number is positive"
)]
fn three_digits_down(number: f64) -> String {
    let mut whole = number as u64;
    let mut zeros = 0;
    while whole >= 1000 {
        whole /= 10;
        zeros += 1;
    }
    let digits = format!("{whole}{}", "0".repeat(zeros));
    let mut shown = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn as_f64(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1,000 write units a second / 4.2 % = 23,809.
    #[test]
    fn the_hottest_key_sets_a_ceiling() {
        let skew = KeySkew::Top { shares: vec![0.01, 0.042], other_keys: 1000 };
        let load = KeyLoad {
            name: "GSI x",
            direction: Direction::Writes,
            skew: &skew,
            source: SkewSource::Declared,
            mean_units: 1.0,
            peak_per_second: 50_000.0,
        };
        let finding = hottest_key(&load);
        assert_eq!(
            finding.what,
            "hottest key of GSI x takes 4.2 % of writes: ceiling 23,800 writes/s (as declared)"
        );
        assert_eq!(finding.severity, Severity::High);
        // 50,000 x 4.2 % = 2,100 units a second on one key: three partitions.
        assert_eq!(write_sharding(&load).suffixes, 3);
        let calm = hottest_key(&KeyLoad { peak_per_second: 1000.0, ..load });
        assert_eq!((calm.severity, calm.mend), (Severity::Low, None));
    }

    /// Euler-Maclaurin against adding up a million terms.
    #[test]
    fn zipf_shares_of_many_keys_are_right() {
        for exponent in [0.5, 0.99, 1.0, 1.3] {
            let sum: f64 = (1..=1_000_000_u64).rev().map(|k| as_f64(k).powf(-exponent)).sum();
            let share = KeySkew::Zipf { keys: 1_000_000, exponent }.hottest_share();
            assert!((share * sum - 1.0).abs() < 1e-10, "{exponent}");
        }
    }

    #[test]
    fn partition_shares_sum_to_one_and_follow_the_keys() {
        let skew = KeySkew::Zipf { keys: 1_000_000_000, exponent: 0.99 };
        let shares = skew.partition_shares(64);
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        let hottest = shares.iter().copied().fold(0.0, f64::max);
        assert!(hottest >= skew.hottest_share() + 0.8 * (1.0 - 0.6) / 64.0, "{hottest}");
        // Keys fewer than partitions leave partitions empty.
        let few = KeySkew::Uniform { keys: 3 }.partition_shares(64);
        assert!(few.iter().filter(|share| **share > 0.1).count() <= 3);
    }

    #[test]
    fn partitions_follow_size_and_units() {
        assert_eq!((partitions_for_bytes(0), partitions_for_units(1, 1)), (1, 1));
        assert_eq!(partitions_for_bytes(25 << 30), 3);
        assert_eq!(partitions_for_units(3_000, 1_000), 2);
        assert_eq!(partitions_for_units(7_500, 4_500), 7);
    }
}
