//! What a capacity means: what it serves, when it is to be moved, and to what.

use super::settings::Provisioned;

/// Thousandths of a unit that one unit a second serves in a minute.
pub(super) const MINUTE_MILLI: u64 = 60_000;

/// The settings as factors, so that thresholds of any capacity take a
/// multiplication. None of them is checked for overflow: a capacity has 32 bits,
/// a factor below 2^29 (300 seconds of burst; more is not to be had), a minute at
/// most 2^56.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// Thousandths of a unit a minute of a unit a second on target.
    part_milli: u64,
    /// Its inverse times 2^77, rounded up.
    inverse: u64,
}

impl Rule {
    pub(super) fn new(settings: &Provisioned) -> Self {
        let policy = settings.scaling.as_ref();
        let percent = policy.map_or(100, |policy| u64::from(policy.target.percent()));
        let below = policy.map_or(0, |policy| u64::from(policy.target.scale_in_below_percent()));
        let part_milli = percent * (MINUTE_MILLI / 100);
        let inverse = (1_u128 << INVERSE_BITS).div_ceil(u128::from(part_milli));
        Self {
            burst_milli: 1000 * u64::from(settings.burst_seconds),
            delay_minutes: policy.map_or(1, |policy| policy.effect_after_minutes.max(1) as usize),
            out_milli: percent * (MINUTE_MILLI / 100),
            in_milli: below * (MINUTE_MILLI / 100),
            never: if policy.is_some() { 0 } else { u64::MAX },
            part_milli,
            inverse: u64::try_from(inverse).expect("a target of 20 % or more"),
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
    pub(super) const fn desired(&self, served_milli: u64) -> u64 {
        // The high half of a product takes a fraction of the time of a division. The
        // inverse is too large by less than one part in 2^77 / part > 2^61, so that
        // the quotient is right for all that a minute holds.
        let up = served_milli.wrapping_add(self.part_milli - 1);
        let product = (up as u128).wrapping_mul(self.inverse as u128);
        (product >> INVERSE_BITS) as u64
    }
}

/// An inverse is kept times two to this power: that of the smallest part, 12,000
/// at a target of 20 %, still has 64 bits.
const INVERSE_BITS: u32 = 77;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::TargetPercent;
    use crate::simulate::provisioned::TargetTracking;

    /// Against the division itself, next to every multiple that matters.
    #[test]
    fn what_is_desired_is_the_quotient_rounded_up() {
        for percent in 20..=90_u8 {
            let target = TargetPercent::new(percent).unwrap();
            let rule = Rule::new(&Provisioned::scaled(TargetTracking::new(target)));
            let part = u64::from(percent) * 600;
            let multiples = (0..57).flat_map(|bits| [1, 3].map(|times| (times << bits) / part));
            let near = multiples.flat_map(|n| [n * part, n * part + 1, (n + 1) * part - 1]);
            for served in near.chain([0, (1 << 57) - 1]) {
                assert_eq!(rule.desired(served), served.div_ceil(part), "{served} at {percent}");
            }
        }
    }
}
