//! How the sizes of whole rows are spread, where that was measured: a histogram
//! of a sample, or five quantiles.

use crate::capture::LengthSample;
use crate::dynamodb::SizeDistribution;
use crate::units::Bytes;

/// Sizes of the rows of a table: text bytes of all values that are not NULL,
/// without names.
#[derive(Clone, Debug, PartialEq)]
pub struct RowSizes {
    /// The distribution.
    pub sizes: SizeDistribution,
    /// Where it comes from.
    pub source: RowSource,
}

/// Where sizes of rows come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowSource {
    /// A histogram of a sample of the table.
    Histogram,
    /// Five quantiles.
    Quantiles,
}

/// Points that stand for one bucket or one stretch between quantiles.
const POINTS: u32 = 8;
/// Points of the last tenth, whose few large rows cost most.
const TAIL_POINTS: u32 = 64;

impl RowSizes {
    /// From a histogram; `None` if it holds no rows. Within a bucket rows are
    /// taken to be spread evenly; the mean is that of the sample.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "statistics")]
    pub fn of_histogram(sample: &LengthSample) -> Option<Self> {
        let rows: u64 = sample.buckets.iter().map(|(_, rows)| rows).sum();
        let width = sample.bucket_bytes as f64 / f64::from(POINTS);
        let mut points = Vec::new();
        for (bucket, count) in &sample.buckets {
            let start = (bucket * sample.bucket_bytes) as f64;
            for step in 0..POINTS {
                let middle = start + (f64::from(step) + 0.5) * width;
                points.push((middle, *count as f64 / rows as f64 / f64::from(POINTS)));
            }
        }
        let mean: f64 = points.iter().map(|(size, weight)| size * weight).sum();
        let shift = sample.total_bytes as f64 / rows.max(1) as f64 - mean;
        // A shift by more than a bucket would say that the sample contradicts
        // itself.
        let shift = shift.clamp(-(sample.bucket_bytes as f64), sample.bucket_bytes as f64);
        let sizes = distribution(points.into_iter().map(|(size, weight)| (size + shift, weight)))?;
        Some(Self { sizes, source: RowSource::Histogram })
    }

    /// From the 10th, 50th, 90th and 99th percentile and the maximum; `None` if
    /// they do not ascend from above 0.
    ///
    /// Between the lower ones sizes are spread evenly in their logarithm. The
    /// last tenth falls off like a power of the size, by the exponent that leads
    /// from the 90th to the 99th percentile, and is cut at the maximum.
    #[must_use]
    pub fn of_quantiles(quantiles: [f64; 5]) -> Option<Self> {
        let [p10, p50, p90, p99, max] = quantiles;
        if p10 <= 0.0 || quantiles.windows(2).any(|pair| pair[0] > pair[1]) {
            return None;
        }
        let mut points = Vec::new();
        let lowest = p10 * p10 / p50;
        for (low, high, share) in [(lowest, p10, 0.1), (p10, p50, 0.4), (p50, p90, 0.4)] {
            for step in 0..POINTS {
                let u = (f64::from(step) + 0.5) / f64::from(POINTS);
                points.push((low * (high / low).powf(u), share / f64::from(POINTS)));
            }
        }
        // Ten times fewer rows from one percentile to the next.
        let fall = (p99 / p90).ln() / std::f64::consts::LN_10;
        for step in 0..TAIL_POINTS {
            let rank = (f64::from(step) + 0.5) / f64::from(TAIL_POINTS);
            // `rank` is the share of the last tenth that is larger.
            points.push(((p90 * rank.powf(-fall)).min(max), 0.1 / f64::from(TAIL_POINTS)));
        }
        Some(Self { sizes: distribution(points.into_iter())?, source: RowSource::Quantiles })
    }
}

fn distribution(points: impl Iterator<Item = (f64, f64)>) -> Option<SizeDistribution> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "sizes of rows are positive and far below 2^53"
    )]
    let whole = |size: f64| Bytes::new(size.round().max(0.0) as u64);
    SizeDistribution::from_points(points.map(|(size, weight)| (whole(size), weight))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::TableName;

    /// Nine rows in ten of 960 to 1,023 bytes (992 in the middle), one of 4,992 to
    /// 5,055 (5,024): the mean is 0.9 x 992 + 0.1 x 5,024 = 1,395.2, and a tenth
    /// lies above 1,024.
    #[test]
    fn a_histogram_keeps_its_mean() {
        let sample = LengthSample {
            table: TableName::new("public", "t"),
            column: None,
            rows: 1000,
            nulls: 0,
            total_bytes: 1_395_200,
            max_bytes: 5000,
            bucket_bytes: 64,
            buckets: vec![(15, 900), (78, 100)],
        };
        let rows = RowSizes::of_histogram(&sample).unwrap();
        assert!((rows.sizes.mean_bytes() - 1395.2).abs() < 1.0);
        assert!((rows.sizes.share_above(Bytes::new(1024)) - 0.1).abs() < 1e-9);
    }

    #[test]
    fn quantiles_are_met() {
        let rows = RowSizes::of_quantiles([746.0, 1042.0, 3025.0, 9154.0, 51410.0]).unwrap();
        for (share, size) in [(0.1, 746.0), (0.5, 1042.0), (0.9, 3025.0), (0.99, 9154.0)] {
            #[expect(clippy::cast_precision_loss, reason = "a size")]
            let found = rows.sizes.quantile(share).get() as f64;
            assert!((found / size - 1.0).abs() < 0.1, "{share}: {found} for {size}");
        }
        assert!(RowSizes::of_quantiles([5.0, 4.0, 6.0, 7.0, 8.0]).is_none());
        assert!(RowSizes::of_quantiles([0.0, 4.0, 6.0, 7.0, 8.0]).is_none());
    }
}
