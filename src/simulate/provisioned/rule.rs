//! What a capacity means: what it serves, when it is to be moved, and to what.

use super::settings::Provisioned;

/// Thousandths of a unit that one unit a second serves in a minute.
pub(super) const MINUTE_MILLI: u64 = 60_000;

/// The settings as factors, so that thresholds of any capacity take a
/// multiplication. None of them is checked for overflow: a capacity has 32 bits,
/// a factor below 2^29 (300 seconds of burst; more is not to be had), a minute at
/// most 2^56.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    /// Burst kept at the most, in thousandths of a unit for each unit a second.
    burst_milli: u64,
    /// Minutes from a decision to its effect, at least one: a change that is asked
    /// for at the end of a minute cannot be in force before the next one.
    pub(super) delay_minutes: usize,
    out_milli: u64,
    in_milli: u64,
    /// All ones where nothing is ever above the target.
    never: u64,
    /// Thousandths of a unit a minute, times 100, of a unit a second on target.
    part: u64,
    of_part: f64,
}

impl Rule {
    pub(super) fn new(settings: &Provisioned) -> Self {
        let policy = settings.scaling.as_ref();
        let percent = policy.map_or(100, |policy| u64::from(policy.target.percent()));
        let below = policy.map_or(0, |policy| u64::from(policy.target.scale_in_below_percent()));
        let part = percent * MINUTE_MILLI;
        #[expect(clippy::cast_precision_loss, reason = "a few millions")]
        let of_part = 100.0 / part as f64;
        Self {
            burst_milli: 1000 * u64::from(settings.burst_seconds),
            delay_minutes: policy.map_or(1, |policy| policy.effect_after_minutes.max(1) as usize),
            out_milli: percent * (MINUTE_MILLI / 100),
            in_milli: below * (MINUTE_MILLI / 100),
            never: if policy.is_some() { 0 } else { u64::MAX },
            part,
            of_part,
        }
    }

    /// What a capacity serves in a minute, burst aside.
    #[inline]
    pub(super) const fn minute_milli(capacity: u64) -> u64 {
        capacity.wrapping_mul(MINUTE_MILLI)
    }

    /// What it keeps as burst at the most.
    #[inline]
    pub(super) fn saved_max_milli(&self, capacity: u64) -> u64 {
        capacity.wrapping_mul(self.burst_milli)
    }

    /// More served in a minute than this is above the target.
    #[inline]
    pub(super) fn out_above(&self, capacity: u64) -> u64 {
        capacity.wrapping_mul(self.out_milli) | self.never
    }

    /// Less served in a minute than this is below the lower threshold.
    #[inline]
    pub(super) fn in_below(&self, capacity: u64) -> u64 {
        capacity.wrapping_mul(self.in_milli)
    }

    /// The capacity at which `served_milli` in a minute is exactly on target,
    /// rounded up to whole units a second; more than 32 bits hold stays that.
    #[inline]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a minute holds at most 2^56, and what is guessed is made right"
    )]
    pub(super) fn desired(&self, served_milli: u64) -> u64 {
        // A product of floating-point numbers takes a fraction of the time of a
        // division of integers. Adding 2^52 leaves the nearest whole number in the
        // low bits; it is the one wanted or one less, since below 2^32 the product
        // is off by less than 10^-6, and a quotient that is not whole is at least
        // 100 / part = 1.8 x 10^-5 away from the next whole number.
        const WHOLE: f64 = 4_503_599_627_370_496.0;
        let guess = served_milli as i64 as f64 * self.of_part;
        let guess = (guess + WHOLE).to_bits() & (WHOLE as u64 - 1);
        let of_guess = guess.wrapping_mul(self.part);
        guess.wrapping_add(u64::from(of_guess < served_milli.wrapping_mul(100)))
    }
}
