//! Which values of a column are kept out of line, from two averages: that of
//! `pg_column_size`, which tells their size, and `pg_stats.avg_width`, which
//! counts a pointer instead.

use super::layout::POINTER_BYTES;
use super::width::{Split, Spread, Width};
use super::{real, whole_up};

/// Rows that ANALYZE looks at (300 times the default statistics target): what
/// `avg_width` may be off by goes with the root of their number.
const SAMPLED_ROWS: f64 = 30_000.0;
/// Deviations of the sampled average that are taken for chance.
const CHANCE: f64 = 4.0;
/// Values that leave are at least this share of what a row may hold.
const OUTSIDE_SHARE_MIN: f64 = 0.6;

/// The widths of a movable column whose rows have `room` bytes for it, where
/// `avg_width` is known beside the spread of all values.
pub fn split(spread: Spread, avg_width: u64, room: f64) -> Width {
    let whole = Width::Varying(spread);
    let pointer = f64::from(POINTER_BYTES);
    let (min, max) = (f64::from(spread.min), f64::from(spread.max));
    // Cut off to a whole number.
    let kept = real(avg_width) + 0.5;
    let missing = spread.mean - kept;
    if max <= room || min >= room || all_stay(&spread, avg_width) {
        return whole;
    }
    // The share that leaves: their missing bytes are between those of the
    // smallest and the largest value, and those that stay are values too. Of what
    // is left the deviation of all values decides.
    let outside_min = min.max(OUTSIDE_SHARE_MIN * room);
    let most = (missing / (outside_min - pointer).max(1.0)).min(1.0);
    let least = (missing / (max - pointer)).max((min - kept) / (min - pointer).max(1.0)).min(most);
    let (mut low, mut high) = (least, most);
    let variance = spread.stddev.powi(2);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        let parts = Parts::of(&spread, kept, missing, middle, room, outside_min);
        if parts.variance(spread.mean, middle) > variance { low = middle } else { high = middle }
    }
    if high > 0.999 {
        return whole;
    }
    let parts = Parts::of(&spread, kept, missing, high, room, outside_min);
    Width::Split(Box::new(Split {
        inline: parts.inline(&spread, room),
        outside: parts.outside(&spread),
        outside_share: high,
    }))
}

/// Whether the averages are the same, but for the chance of a sample: nothing
/// leaves.
pub fn all_stay(spread: &Spread, avg_width: u64) -> bool {
    let chance = (CHANCE * spread.stddev / SAMPLED_ROWS.sqrt()).max(1.5);
    spread.mean - (real(avg_width) + 0.5) <= chance
}

/// Means and half widths of the values that stay and of those that leave.
struct Parts {
    inline_mean: f64,
    inline_half: f64,
    outside_mean: f64,
    outside_half: f64,
}

impl Parts {
    fn of(
        spread: &Spread,
        kept: f64,
        missing: f64,
        share: f64,
        room: f64,
        outside_min: f64,
    ) -> Self {
        let (min, max) = (f64::from(spread.min), f64::from(spread.max));
        let pointer = f64::from(POINTER_BYTES);
        let outside_mean = (pointer + missing / share).min(max);
        let inline_mean = ((kept - pointer * share) / (1.0 - share).max(1e-9)).clamp(min, room);
        Self {
            inline_mean,
            inline_half: (inline_mean - min).min(room - inline_mean).max(0.0),
            outside_mean,
            outside_half: (outside_mean - outside_min).min(max - outside_mean).max(0.0),
        }
    }

    /// Of all values together, each part even around its mean.
    fn variance(&self, mean: f64, share: f64) -> f64 {
        let part = |at: f64, half: f64| (at - mean).powi(2) + half.powi(2) / 3.0;
        (1.0 - share) * part(self.inline_mean, self.inline_half)
            + share * part(self.outside_mean, self.outside_half)
    }

    fn inline(&self, spread: &Spread, room: f64) -> Spread {
        let max = bytes(room).min(spread.max).max(spread.min);
        let stddev = self.inline_half / 3.0_f64.sqrt();
        Spread { mean: self.inline_mean, max, stddev, ..*spread }
    }

    fn outside(&self, spread: &Spread) -> Spread {
        let (low, high) =
            (self.outside_mean - self.outside_half, self.outside_mean + self.outside_half);
        let min = bytes(low).clamp(spread.min, spread.max);
        Spread {
            mean: self.outside_mean,
            min,
            max: bytes(high).clamp(min, spread.max),
            stddev: self.outside_half / 3.0_f64.sqrt(),
            ..*spread
        }
    }
}

fn bytes(width: f64) -> u32 {
    u32::try_from(whole_up(width.floor())).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(mean: f64, min: u32, max: u32, stddev: f64) -> Spread {
        Spread { mean, min, max, stddev, step: 1, assumed: false }
    }

    /// 70 % of 21 to 80 bytes (50.5) and 30 % of 3004 to 6004 (4504): mean
    /// 1386.55, deviation 2088; with pointers the average is 0.7 x 50.5 + 0.3 x 18
    /// = 40.75.
    #[test]
    fn two_sorts_of_values() {
        let Width::Split(split) = split(spread(1386.55, 21, 6004, 2088.0), 40, 1900.0) else {
            panic!("some leave")
        };
        assert!((split.outside_share - 0.3).abs() < 0.02, "{split:?}");
        assert!((split.outside.mean - 4504.0).abs() < 300.0, "{split:?}");
        assert!((split.inline.mean - 50.5).abs() < 3.0, "{split:?}");
    }

    #[test]
    fn all_leave_or_none() {
        let all = spread(6000.0, 5000, 7000, 577.0);
        assert_eq!(split(all, 18, 1900.0), Width::Varying(all));
        let none = spread(900.0, 20, 2100, 300.0);
        assert_eq!(split(none, 900, 1900.0), Width::Varying(none));
        assert!(all_stay(&none, 900) && !all_stay(&all, 18));
        let short = spread(900.0, 20, 1800, 300.0);
        assert_eq!(split(short, 900, 1900.0), Width::Varying(short));
    }
}
