//! The share of page reads that a buffer cache serves, by Che's approximation
//! (H. Che, Y. Tung, Z. Wang 2002; C. Fricker, P. Robert, J. Roberts 2012).
//!
//! A page is in the cache if it was read within the last so many reads, and that
//! number is such that as many pages are as fit. Postgres's clock sweep keeps
//! pages slightly better than the least-recently-used rule that is approximated
//! here: simulated hit shares are 0.1 to 1.1 points higher.

use std::sync::Arc;

/// Pages by popularity: Zipf's law with some exponent over all pages of a
/// database. Popularity is that of pages: a page is as popular as its rows
/// together.
#[derive(Clone, Debug, PartialEq)]
pub struct PagePopularity {
    exponent: f64,
    misses: f64,
    /// For 10^[`FIRST`] pages, 10^0.5 times as many, and so on.
    rows: Arc<Vec<Row>>,
}

/// Share of pages cached with the share of reads served, ascending.
type Row = Vec<(f64, f64)>;

/// Powers of ten of the pages that are worked out, 800 kB to 8 PB, and how many
/// there are to one.
const FIRST: i32 = 2;
const LAST: i32 = 12;
const PER_POWER: i32 = 2;
/// Cache sizes worked out for each.
const POINTS: i32 = 96;

impl PagePopularity {
    /// Pages whose popularity falls with their rank to the power of `exponent`: 0
    /// is all alike.
    #[must_use]
    pub fn zipf(exponent: f64) -> Self {
        let power = |step: i32| f64::from(step) / f64::from(PER_POWER);
        let rows = (FIRST * PER_POWER..=LAST * PER_POWER)
            .map(|step| row(exponent, 10_f64.powf(power(step))))
            .collect();
        Self { exponent, misses: 1.0, rows: Arc::new(rows) }
    }

    /// The law under which a cache of `cached` of `pages` serves a share of the
    /// reads, as far as exponents from 0 to 2 reach; `None` where the cache holds
    /// nearly everything, so that what it missed tells nothing.
    #[must_use]
    pub fn measured(pages: f64, cached: f64, hit_share: f64) -> Option<Self> {
        /// Share of the pages in the cache from which on misses are first reads.
        const TELLING: f64 = 0.9;
        if pages < 100.0 || cached <= 0.0 || cached >= TELLING * pages {
            return None;
        }
        let (mut low, mut high) = (0.0, 2.0);
        for _ in 0..40 {
            let middle = f64::midpoint(low, high);
            let reached = served(&row(middle, pages), cached / pages);
            if reached < hit_share { low = middle } else { high = middle }
        }
        Some(Self::zipf(f64::midpoint(low, high)))
    }

    /// The same with so many times the misses.
    #[must_use]
    pub fn with_misses(mut self, factor: f64) -> Self {
        self.misses *= factor;
        self
    }

    /// The exponent.
    #[must_use]
    pub const fn exponent(&self) -> f64 {
        self.exponent
    }

    /// The share of reads that a cache of `cached` of `pages` does not serve.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a row's number")]
    pub fn miss_share(&self, pages: f64, cached: f64) -> f64 {
        if cached >= pages {
            return 0.0;
        }
        let at = ((pages.log10() - f64::from(FIRST)) * f64::from(PER_POWER))
            .clamp(0.0, f64::from((LAST - FIRST) * PER_POWER));
        let share = (cached / pages).max(0.0);
        let hit = |row: f64| served(&self.rows[row as usize], share);
        let (below, above) = (hit(at.floor()), hit(at.ceil()));
        let hit = below + (above - below) * at.fract();
        ((1.0 - hit) * self.misses).clamp(0.0, 1.0)
    }
}

/// The share of reads served with a share of the pages cached.
fn served(row: &Row, share: f64) -> f64 {
    let next = row.partition_point(|(cached, _)| *cached < share);
    match (next.checked_sub(1).and_then(|i| row.get(i)), row.get(next)) {
        (Some((low, low_hit)), Some((high, high_hit))) => {
            let along = (share / low).ln() / (high / low).ln();
            low_hit + (high_hit - low_hit) * along
        }
        // Less than any page: in proportion, down to nothing.
        (None, Some((high, hit))) => hit * share / high,
        (_, None) => 1.0,
    }
}

/// Cache sizes and hit shares along the window of reads that a page stays for,
/// from one read to that in which the least popular page is read.
fn row(exponent: f64, pages: f64) -> Row {
    let groups = groups(exponent, pages);
    let total: f64 = groups.iter().map(|(count, weight)| count * weight).sum();
    let least = groups.last().map_or(1.0, |(_, weight)| weight / total);
    // At 30 times its mean distance nearly every page has come.
    let longest = 30.0 / least;
    (0..=POINTS)
        .map(|point| {
            let window = longest.powf(f64::from(point) / f64::from(POINTS));
            let in_cache = |weight: f64| -(-weight / total * window).exp_m1();
            let cached: f64 = groups.iter().map(|(count, weight)| count * in_cache(*weight)).sum();
            let hits: f64 =
                groups.iter().map(|(count, weight)| count * weight * in_cache(*weight)).sum();
            (cached / pages, hits / total)
        })
        .collect()
}

/// Pages with neighbouring ranks together: how many, and the mean weight of one.
fn groups(exponent: f64, pages: f64) -> Vec<(f64, f64)> {
    /// Ranks that stand alone, and how much wider each later group is.
    const ALONE: f64 = 16.0;
    const WIDER: f64 = 1.25;
    let mut groups = Vec::new();
    let mut first = 1.0_f64;
    while first <= pages {
        let last = if first < ALONE { first } else { (first * WIDER).floor().min(pages) };
        let count = last - first + 1.0;
        // The sum over the ranks as the integral between half ranks.
        let (from, to) = (first - 0.5, last + 0.5);
        let sum = if count < 1.5 {
            first.powf(-exponent)
        } else if (exponent - 1.0).abs() < 1e-9 {
            (to / from).ln()
        } else {
            (to.powf(1.0 - exponent) - from.powf(1.0 - exponent)) / (1.0 - exponent)
        };
        groups.push((count, sum / count));
        first = last + 1.0;
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Che's approximation page by page.
    fn hit_share(popularity: &[f64], cached_pages: f64) -> f64 {
        let total: f64 = popularity.iter().sum();
        let pages = |window: f64| -> f64 {
            popularity.iter().map(|one| -(-one / total * window).exp_m1()).sum()
        };
        let (mut low, mut high) = (0.0, cached_pages.max(1.0));
        while pages(high) < cached_pages {
            high *= 2.0;
        }
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if pages(middle) < cached_pages { low = middle } else { high = middle }
        }
        popularity.iter().map(|one| one / total * -(-one / total * high).exp_m1()).sum()
    }

    #[test]
    fn groups_of_pages_do_as_single_ones() {
        for exponent in [0.0, 0.6, 1.0, 1.4] {
            let popularity = PagePopularity::zipf(exponent);
            for count in [1000_u32, 30_000] {
                let weights: Vec<f64> =
                    (1..=count).map(|rank| f64::from(rank).powf(-exponent)).collect();
                for share in [0.01, 0.05, 0.2, 0.5, 0.9] {
                    let pages = f64::from(count);
                    let slow = hit_share(&weights, share * pages);
                    let fast = 1.0 - popularity.miss_share(pages, share * pages);
                    assert!(
                        (slow - fast).abs() < 0.005,
                        "{exponent} {count} {share}: {slow} {fast}"
                    );
                }
            }
        }
    }

    /// Equally popular pages: the hit share is the share that fits.
    #[test]
    fn even_popularity() {
        let even = PagePopularity::zipf(0.0);
        assert!((even.miss_share(1e6, 250_000.0) - 0.75).abs() < 1e-3);
        assert!(even.miss_share(1e6, 1e6) <= 0.0);
        assert!((even.miss_share(1e6, 0.0) - 1.0).abs() < 1e-12);
        assert!((even.with_misses(0.5).miss_share(1e6, 0.0) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn the_law_is_found_from_what_a_cache_served() {
        let true_law = PagePopularity::zipf(1.1);
        let hit = 1.0 - true_law.miss_share(80_000.0, 32_000.0);
        let found = PagePopularity::measured(80_000.0, 32_000.0, hit).unwrap();
        assert!((found.exponent() - 1.1).abs() < 0.02, "{}", found.exponent());
        assert!(PagePopularity::measured(20_000.0, 32_000.0, hit).is_none());
    }
}
