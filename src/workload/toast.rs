//! Sizes of values that Postgres keeps out of line.
//!
//! `pg_stats.avg_width` counts a value moved to the TOAST table as its 18-byte
//! pointer, so a column of long texts looks short. The size of the TOAST table
//! tells what is missing: together they fix the mean and the spread of a
//! lognormal size.

use crate::units::Bytes;

use super::normal::LogNormal;

/// What `pg_stats` counts for a value out of line.
const POINTER_BYTES: f64 = 18.0;
/// Postgres moves values out when a row would be larger than this.
const ROW_LIMIT_BYTES: f64 = 2032.0;
/// Share of the TOAST relation that is payload: chunks of 1,996 of 2,032 bytes
/// packed to 90 % (measured), and an index entry for each chunk.
const TOAST_PAYLOAD_SHARE: f64 = 0.90 * 1996.0 / 2032.0;
/// Spread of the logarithm where nothing can be worked out.
pub const DEFAULT_SIGMA: f64 = 0.5;

/// Mean bytes a row keeps out of line, as stored (so after compression).
#[expect(clippy::cast_precision_loss, reason = "a statistic")]
pub fn out_of_line_bytes_per_row(toast: Option<Bytes>, rows: f64) -> f64 {
    // An empty TOAST table still has one page of index.
    let bytes = toast.map_or(0, Bytes::get);
    if bytes <= 8192 || rows < 1.0 {
        return 0.0;
    }
    bytes as f64 * TOAST_PAYLOAD_SHARE / rows
}

/// The size of a column whose `inline_mean` bytes are in the heap (as
/// `pg_stats` counts) and `outside_mean` out of line, in rows whose other
/// columns take `rest` bytes.
///
/// The mean is the sum. The spread is the one for which values too long for the
/// heap leave just `inline_mean` behind.
pub fn fit(inline_mean: f64, outside_mean: f64, rest: f64) -> LogNormal {
    let limit = (ROW_LIMIT_BYTES - rest).max(POINTER_BYTES * 2.0);
    let candidate = |sigma: f64| {
        let mut size = LogNormal::with_mean(inline_mean + outside_mean, sigma);
        let pointers = POINTER_BYTES * (1.0 - size.below(limit));
        size = LogNormal::with_mean((inline_mean - pointers).max(1.0) + outside_mean, sigma);
        size
    };
    let excess = |sigma: f64| {
        let size = candidate(sigma);
        size.mean_below(limit) + POINTER_BYTES * (1.0 - size.below(limit)) - inline_mean
    };
    // The heap's share falls as the spread grows: look for the widest spread
    // that still leaves enough in the heap, then narrow it down.
    let step = 0.05;
    let mut sigma = 3.0;
    while sigma > step && excess(sigma) < 0.0 {
        sigma -= step;
    }
    if sigma <= step {
        return candidate(DEFAULT_SIGMA);
    }
    let (mut low, mut high) = (sigma, sigma + step);
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        if excess(middle) < 0.0 { high = middle } else { low = middle }
    }
    candidate(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A recorded table: `avg_width` 354 where the true mean is 959 bytes, 202
    /// MB of TOAST for 314,030 rows, 620 bytes of other columns. The whole
    /// item had a median of 1,042 and a 99th percentile of 9,154 bytes, about
    /// 650 of them outside this column.
    #[test]
    fn a_toasted_column_is_recovered_from_table_sizes() {
        let outside = out_of_line_bytes_per_row(Some(Bytes::new(211_640_320)), 314_030.0);
        assert!((outside - 595.8).abs() < 1.0, "{outside}");
        let size = fit(354.0, outside, 620.0);
        assert!((size.mean() / 959.0 - 1.0).abs() < 0.03, "{}", size.mean());
        let quantile = |z: f64| (size.mu + z * size.sigma).exp();
        assert!((quantile(0.0) + 650.0 - 1042.0).abs() < 60.0, "{}", quantile(0.0));
        assert!((quantile(2.326) + 650.0) / 9154.0 < 1.15, "{}", quantile(2.326));
        assert!((quantile(2.326) + 650.0) / 9154.0 > 0.85, "{}", quantile(2.326));
    }

    #[test]
    fn an_empty_toast_table_holds_nothing() {
        assert!(out_of_line_bytes_per_row(Some(Bytes::new(8192)), 1000.0) < f64::EPSILON);
        assert!(out_of_line_bytes_per_row(None, 1000.0) < f64::EPSILON);
    }

    #[test]
    fn what_cannot_be_fitted_keeps_the_mean() {
        // Everything is out of line: only pointers stay.
        let size = fit(18.0, 5000.0, 100.0);
        assert!(size.mean() > 4900.0 && size.mean() < 5100.0, "{}", size.mean());
    }
}
