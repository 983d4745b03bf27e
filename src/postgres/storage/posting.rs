//! Duplicates that share an index entry ("deduplication", from PostgreSQL 13).

use super::draws::Draws;
use super::layout::max_aligned;
use super::{real, whole_up};

/// Bytes of a row's address.
const ADDRESS_BYTES: u32 = 6;
/// Largest entry that a sorted build makes: a tenth of a block without its line
/// pointer (`_bt_load`).
const ENTRY_BYTES_MAX: u32 = 812;
/// How many rows stand for all of them.
pub const ROWS_MAX: u64 = 200_000;

/// An entry of a leaf page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Aligned bytes, without the line pointer.
    pub bytes: u32,
    /// Of those, the list of addresses.
    pub list_bytes: u32,
}

impl Entry {
    /// An entry of one row.
    pub const fn single(bytes: u32) -> Self {
        Self { bytes, list_bytes: 0 }
    }

    const fn list(key_bytes: u32, rows: u32) -> Self {
        let bytes = max_aligned(key_bytes + ADDRESS_BYTES * rows);
        Self { bytes, list_bytes: bytes - key_bytes }
    }
}

/// Rows one entry can hold for a key whose entry takes `key_bytes` (aligned).
pub const fn rows_per_entry(key_bytes: u32) -> u32 {
    // The largest aligned size within the limit.
    let largest = ENTRY_BYTES_MAX / 8 * 8;
    let rows = largest.saturating_sub(key_bytes) / ADDRESS_BYTES;
    if rows < 2 { 1 } else { rows }
}

/// Adds the entries of one key with `rows` rows.
fn add_group(entries: &mut Vec<Entry>, key_bytes: u32, mut rows: u64) {
    let each = rows_per_entry(key_bytes);
    while rows > 0 {
        let taken = u32::try_from(rows).map_or(each, |rows| rows.min(each));
        entries.push(if taken == 1 {
            Entry::single(key_bytes)
        } else {
            Entry::list(key_bytes, taken)
        });
        rows -= u64::from(taken);
    }
}

/// How many rows a key has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// As many as any other: values that came in with a clock.
    Even,
    /// Rows are thrown at the keys at random: a Poisson count that is not zero.
    Random,
}

/// Entries of a sorted build in key order, and how many rows they stand for: all
/// of `rows`, or a fair part of them.
///
/// `key_bytes` holds drawn sizes of one row's entry.
pub fn entries(
    key_bytes: &[u32],
    rows: u64,
    keys: f64,
    grouping: Grouping,
    draws: &mut Draws,
) -> (Vec<Entry>, u64) {
    let mut entries = Vec::new();
    if rows == 0 || key_bytes.is_empty() {
        return (entries, 0);
    }
    let mean = (real(rows) / keys.max(1.0)).max(1.0);
    // So many rows a key that their number hardly varies.
    if grouping == Grouping::Even || mean > real(ROWS_MAX) / 100.0 {
        let part = rows.min(ROWS_MAX);
        let groups = whole_up(real(part) / mean).max(1);
        for group in 0..groups {
            let bytes = key_bytes[usize::try_from(group).unwrap_or(0) % key_bytes.len()];
            let share = part * (group + 1) / groups - part * group / groups;
            add_group(&mut entries, bytes, share);
        }
        return (entries, part);
    }
    let rate = truncated_poisson_rate(mean);
    let groups = whole_up(keys.min(real(ROWS_MAX) / mean));
    let mut covered = 0;
    for (i, u) in draws.slices(groups).into_iter().enumerate() {
        let group = truncated_poisson(rate, u);
        covered += group;
        add_group(&mut entries, key_bytes[i % key_bytes.len()], group);
    }
    (entries, covered)
}

/// The rate whose Poisson count, where it is not zero, has this mean:
/// `rate / (1 - e^-rate) = mean`.
fn truncated_poisson_rate(mean: f64) -> f64 {
    let (mut low, mut high) = (1e-12, mean);
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if middle / -(-middle).exp_m1() < mean { low = middle } else { high = middle }
    }
    high
}

/// The Poisson count that is not zero at share `u` of its distribution.
fn truncated_poisson(rate: f64, u: f64) -> u64 {
    // Logarithms, because e^-rate is nothing at rates of thousands.
    let log_not_zero = (-(-rate).exp_m1()).ln();
    let mut log_term = rate.ln() - rate - log_not_zero;
    let mut below = log_term.exp();
    let mut count = 1;
    while below < u && (real(count) < rate || log_term > -60.0) {
        count += 1;
        log_term += (rate / real(count)).ln();
        below += log_term.exp();
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A key of 16 bytes: 16 + 6 x 132 = 808; one more would be 814, aligned 816.
    #[test]
    fn rows_of_one_entry() {
        assert_eq!(rows_per_entry(16), 132);
        assert_eq!(rows_per_entry(800), 1);
        assert_eq!(Entry::list(16, 132), Entry { bytes: 808, list_bytes: 792 });
    }

    #[test]
    fn groups_are_cut_into_full_entries() {
        let mut entries = Vec::new();
        add_group(&mut entries, 16, 265);
        assert_eq!(entries, [Entry::list(16, 132), Entry::list(16, 132), Entry::single(16)]);
    }

    #[test]
    fn group_sizes_have_the_mean_asked_for() {
        for mean in [1.0001, 1.9, 10.75, 400.0, 1900.0] {
            let rate = truncated_poisson_rate(mean);
            let drawn = Draws::new().slices(5000);
            let sum: u64 = drawn.into_iter().map(|u| truncated_poisson(rate, u)).sum();
            let got = real(sum) / 5000.0;
            assert!((got / mean - 1.0).abs() < 0.01, "{mean}: {got}");
        }
    }

    #[test]
    fn entries_stand_for_all_rows() {
        for (rows, keys) in
            [(1_000, 1000.0), (500_000, 2.0), (300_000, 751.0), (1_000_000, 93_000.0)]
        {
            let (entries, covered) =
                entries(&[16], rows, keys, Grouping::Random, &mut Draws::new());
            let listed: u64 = entries
                .iter()
                .map(
                    |entry| if entry.list_bytes == 0 { 1 } else { u64::from(entry.list_bytes / 6) },
                )
                .sum();
            // Alignment hides up to one address an entry.
            assert!(covered <= listed && listed <= covered + entries.len() as u64);
            assert!(covered <= rows + rows / 50);
        }
    }
}
