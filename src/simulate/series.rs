use rust_decimal::Decimal;

use crate::units::{ReadUnits, WriteUnits};

/// Minutes of a UTC day.
pub const DAY_MINUTES: i64 = 1440;

/// The most that one minute of a series may hold, in thousandths of a unit:
/// thirty times what 10^9 operations a second of 400 units each would use. It
/// keeps every sum over an hour within 64 bits and every sum over a series
/// exact in a decimal.
pub const MINUTE_MILLI_MAX: u64 = 1 << 56;

/// Capacity units summed over time, exact to a thousandth.
///
/// Thousandths hold the half unit of an eventually consistent read exactly, and
/// a mean demand finely enough for any minute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnitSum {
    milli: u128,
}

impl UnitSum {
    /// Nothing.
    pub const ZERO: Self = Self { milli: 0 };

    /// `milli` thousandths of a unit.
    #[must_use]
    pub const fn from_milli(milli: u128) -> Self {
        Self { milli }
    }

    /// The number of thousandths.
    #[must_use]
    pub const fn milli(self) -> u128 {
        self.milli
    }

    /// As an exact number of units.
    #[must_use]
    pub fn units(self) -> Decimal {
        i128::try_from(self.milli)
            .ok()
            .and_then(|milli| Decimal::try_from_i128_with_scale(milli, 3).ok())
            .expect("a sum over a series of bounded minutes fits a decimal")
    }

    /// As a floating-point number of units, for statistics and drawing.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "statistics and drawing")]
    pub fn as_f64(self) -> f64 {
        self.milli as f64 / 1000.0
    }

    /// This as a share of `whole`; 0 of nothing is 0.
    #[must_use]
    pub fn share_of(self, whole: Self) -> f64 {
        if whole.milli == 0 { 0.0 } else { self.as_f64() / whole.as_f64() }
    }
}

impl std::ops::Add for UnitSum {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { milli: self.milli + other.milli }
    }
}

impl std::ops::AddAssign for UnitSum {
    fn add_assign(&mut self, other: Self) {
        self.milli += other.milli;
    }
}

impl std::ops::Sub for UnitSum {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self { milli: self.milli - other.milli }
    }
}

/// Units of one direction (reads or writes) of one table or index, minute by
/// minute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MinuteSeries {
    start_minute: i64,
    milli: Vec<u64>,
    blocks: Vec<Block>,
    total: UnitSum,
}

/// Minutes of a [`Block`]: as many as have to be below the lower threshold in a
/// row before capacity is cut, and a whole part of an hour.
pub(super) const BLOCK_MINUTES: usize = 15;

/// The range of some minutes in a row, so that those in which nothing can happen
/// are passed over together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// The smallest, in thousandths of a unit.
    pub least_milli: u64,
    /// The largest.
    pub most_milli: u64,
}

impl MinuteSeries {
    /// A series whose first minute is `start_minute` minutes after 1970-01-01
    /// 00:00 UTC; `milli` holds the units used in each minute (not a rate), in
    /// thousandths. The start matters: days of the decrease budget and hours of
    /// the bill are UTC.
    ///
    /// # Errors
    /// The index of the first minute above [`MINUTE_MILLI_MAX`].
    pub fn new(start_minute: i64, milli: Vec<u64>) -> Result<Self, usize> {
        match milli.iter().position(|&minute| minute > MINUTE_MILLI_MAX) {
            Some(index) => Err(index),
            None => Ok(Self::of_milli(start_minute, milli)),
        }
    }

    /// A series of minutes within the limit.
    fn of_milli(start_minute: i64, milli: Vec<u64>) -> Self {
        let block = |minutes: &[u64]| {
            let mut block = Block { least_milli: u64::MAX, most_milli: 0 };
            for &minute in minutes {
                block.least_milli = block.least_milli.min(minute);
                block.most_milli = block.most_milli.max(minute);
            }
            block
        };
        let blocks = milli.chunks_exact(BLOCK_MINUTES).map(block).collect();
        let total = UnitSum::from_milli(milli.iter().map(|&milli| u128::from(milli)).sum());
        Self { start_minute, milli, blocks, total }
    }

    /// Its whole blocks, from the first minute on.
    pub(super) fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Read units per minute.
    #[must_use]
    pub fn of_reads(start_minute: i64, units: &[ReadUnits]) -> Option<Self> {
        let milli = units.iter().map(|u| u.halves().checked_mul(500));
        Self::new(start_minute, milli.collect::<Option<_>>()?).ok()
    }

    /// Write units per minute.
    #[must_use]
    pub fn of_writes(start_minute: i64, units: &[WriteUnits]) -> Option<Self> {
        let milli = units.iter().map(|u| u.get().checked_mul(1000));
        Self::new(start_minute, milli.collect::<Option<_>>()?).ok()
    }

    /// Mean demand per minute as statistics give it, each rounded to the
    /// nearest thousandth of a unit. `None` if a minute is negative, not a
    /// number or above the limit.
    #[must_use]
    pub fn of_means(start_minute: i64, units: &[f64]) -> Option<Self> {
        let milli = units.iter().map(|&mean| milli_from_f64(mean));
        Some(Self::of_milli(start_minute, milli.collect::<Option<_>>()?))
    }

    /// Its first so many minutes.
    #[must_use]
    pub fn first(&self, minutes: usize) -> Self {
        let milli = self.milli[..minutes.min(self.milli.len())].to_vec();
        Self::of_milli(self.start_minute, milli)
    }

    /// Minutes from the epoch to the first minute.
    #[must_use]
    pub fn start_minute(&self) -> i64 {
        self.start_minute
    }

    /// Thousandths of a unit used in each minute.
    #[must_use]
    pub fn milli(&self) -> &[u64] {
        &self.milli
    }

    /// Number of minutes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.milli.len()
    }

    /// Whether there is no minute at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.milli.is_empty()
    }

    /// The sum over all minutes.
    #[must_use]
    pub fn total(&self) -> UnitSum {
        self.total
    }

    /// The largest minute, in thousandths of a unit.
    #[must_use]
    pub fn peak_milli(&self) -> u64 {
        self.milli.iter().copied().max().unwrap_or(0)
    }

    /// The same series at `times / per` of the load, each minute rounded half
    /// up. `None` if `per` is 0 or a minute goes above [`MINUTE_MILLI_MAX`].
    #[must_use]
    pub fn scaled(&self, times: u32, per: u32) -> Option<Self> {
        let per = (per != 0).then_some(u128::from(per))?;
        let scale = |&milli: &u64| {
            let scaled = (u128::from(milli) * u128::from(times) + per / 2) / per;
            u64::try_from(scaled).ok().filter(|&milli| milli <= MINUTE_MILLI_MAX)
        };
        let milli = self.milli.iter().map(scale).collect::<Option<_>>()?;
        Some(Self::of_milli(self.start_minute, milli))
    }
}

/// The nearest thousandth, if `units` is a number a minute may hold.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "checked to lie within 0 and 2^56 first"
)]
pub(super) fn milli_from_f64(units: f64) -> Option<u64> {
    let milli = units * 1000.0;
    if !(milli > -0.5 && milli < MINUTE_MILLI_MAX as f64 + 0.5) {
        return None;
    }
    // Half up, by hand: `round` is a call on a processor of no particular kind.
    let whole = milli as i64;
    let up = milli - whole as f64 >= 0.5;
    Some((whole + i64::from(up)) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_read_unit_stays_exact() {
        let series = MinuteSeries::of_reads(0, &[ReadUnits::from_halves(1); 3]).unwrap();
        assert_eq!(series.total().units(), "1.5".parse().unwrap());
    }

    #[test]
    fn a_minute_beyond_the_limit_is_refused_by_index() {
        assert_eq!(MinuteSeries::new(0, vec![1, MINUTE_MILLI_MAX + 1]), Err(1));
        assert_eq!(MinuteSeries::of_means(0, &[1.0, -0.5]), None);
        assert_eq!(MinuteSeries::of_means(0, &[f64::NAN]), None);
    }

    #[test]
    fn means_go_to_the_nearest_thousandth() {
        let means = [0.0, 0.000_499, 0.000_5, 1.000_499, 1.000_5, 1e13];
        let series = MinuteSeries::of_means(0, &means).unwrap();
        assert_eq!(series.milli(), &[0, 0, 1, 1000, 1001, 10_000_000_000_000_000]);
        assert_eq!(MinuteSeries::of_means(0, &[1e14]), None);
    }

    #[test]
    fn scaling_rounds_half_up() {
        let series = MinuteSeries::new(0, vec![1, 2, 1001]).unwrap();
        assert_eq!(series.scaled(1, 2).unwrap().milli(), &[1, 1, 501]);
        assert_eq!(series.scaled(1, 0), None);
    }
}
