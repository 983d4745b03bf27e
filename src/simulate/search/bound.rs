//! What auto scaling bills at the least, whatever the minimum: so that settings
//! that cannot be the cheapest need not be run.

use crate::simulate::provisioned::{BURST_SECONDS, HourBasis, Provisioned, TargetTracking};
use crate::simulate::series::{MinuteSeries, UnitSum};
use crate::simulate::target::TargetPercent;

/// Capacity that a load forces upon target tracking.
///
/// A load that stays at x or more for a while has capacity on target for x from
/// then on. A change under way as it begins is in force within the delay; if
/// capacity is below x / target after it, two minutes are above the target and ask
/// for x / target or more, which is in force after the delay again. While the load
/// stays, no decrease goes below it, since one asks for the highest of the last
/// fifteen minutes over the target. So the capacity of a minute is at least that for
/// the least load of the last 2 x delay + 3 minutes. What may be throttled in all is
/// taken off, since auto scaling sees what is served.
pub(super) struct LeastBill {
    /// The load of that kind, thousandths of a unit a minute, and of how many
    /// minutes it sets the bill: of each minute, or of the hour's highest.
    parts: Vec<(u64, u64)>,
    max: u32,
}

impl LeastBill {
    pub(super) fn new(
        series: &MinuteSeries,
        policy: &TargetTracking,
        throttled_max: UnitSum,
        hours: HourBasis,
    ) -> Self {
        let window = 2 * policy.effect_after_minutes.max(1) as usize + 3;
        let lost = u64::try_from(throttled_max.milli()).unwrap_or(u64::MAX);
        let lasting = |minute: usize| {
            let from = (minute + 1).checked_sub(window);
            let least = from.and_then(|from| series.milli()[from..=minute].iter().min());
            least.map_or(0, |least| least.saturating_sub(lost))
        };
        let mut parts: Vec<(u64, u64)> = Vec::new();
        let mut hour = None;
        for (minute, at) in (0..series.len()).zip(series.start_minute()..) {
            let load = lasting(minute);
            let of = at.div_euclid(60);
            match parts.last_mut() {
                Some((highest, minutes)) if hours == HourBasis::Max && hour == Some(of) => {
                    *highest = load.max(*highest);
                    *minutes += 1;
                }
                _ => parts.push((load, 1)),
            }
            hour = Some(of);
        }
        parts.sort_unstable();
        let mut merged: Vec<(u64, u64)> = Vec::new();
        for (load, minutes) in parts {
            match merged.last_mut() {
                Some((same, sum)) if *same == load => *sum += minutes,
                _ => merged.push((load, minutes)),
            }
        }
        Self { parts: merged, max: policy.max }
    }

    /// The least unit-minutes at a target, by minimum.
    pub(super) fn at(&self, target: TargetPercent) -> impl Fn(u32) -> u128 {
        let part = u64::from(target.percent()) * 600;
        let forced: Vec<(u32, u64)> = self
            .parts
            .iter()
            .map(|(load, minutes)| {
                let units = u32::try_from(load.div_ceil(part)).unwrap_or(u32::MAX);
                (units.min(self.max).max(1), *minutes)
            })
            .collect();
        move |min| {
            forced
                .iter()
                .map(|(units, minutes)| u128::from(min.max(*units)) * u128::from(*minutes))
                .sum()
        }
    }
}

/// The smallest minimum, of those from `low` to `high`, that may throttle as little as
/// allowed at a target; `high` if none below does.
///
/// Capacity is never above its minimum or what is on target for the highest load
/// until a delay ago, whichever is more. Under a capacity that is always that high,
/// and so never falls, more is saved and less refused than under the real one, the
/// more so the higher the minimum: bisection is exact.
pub(super) fn least_minimum(
    series: &MinuteSeries,
    policy: &TargetTracking,
    target: TargetPercent,
    throttled_max: UnitSum,
    (low, high): (u32, u32),
) -> u32 {
    let delay = policy.effect_after_minutes.max(1) as usize;
    let part = u64::from(target.percent()) * 600;
    let demand = series.milli();
    let suffices = |min: u32| {
        let mut highest = demand.first().copied().unwrap_or(0);
        let (mut saved, mut lost) = (0_u64, 0_u128);
        for (minute, &offered) in demand.iter().enumerate() {
            highest = minute.checked_sub(delay).map_or(highest, |then| highest.max(demand[then]));
            let reached = highest.div_ceil(part).max(u64::from(min)).min(u64::from(policy.max));
            let available = reached * 60_000 + saved;
            lost += u128::from(offered.saturating_sub(available));
            if lost > throttled_max.milli() {
                return false;
            }
            let kept_most = reached * 1000 * u64::from(BURST_SECONDS);
            saved = available.saturating_sub(offered).min(kept_most);
        }
        true
    };
    let (mut low, mut high) = (low, high);
    while low < high {
        let middle = low + (high - low) / 2;
        if suffices(middle) { high = middle } else { low = middle + 1 }
    }
    low
}

/// The setting of a target and a minimum.
pub(super) fn setting(policy: &TargetTracking, target: TargetPercent, min: u32) -> Provisioned {
    Provisioned::scaled(TargetTracking { target, min, ..policy.clone() })
}
