//! The state of one capacity, and what moves it.

mod day;
mod quiet;

use crate::simulate::budget::DecreaseBudget;
use crate::simulate::schedule;
use crate::simulate::series::{DAY_MINUTES, UnitSum};

use super::outcome::Outcome;
use super::rule::Rule;
use super::settings::{Provisioned, TargetTracking};

/// Consecutive minutes above the target that raise capacity (AWS re:Post, "How
/// does auto scaling work on my DynamoDB table?").
const OUT_MINUTES: u32 = 2;
/// Consecutive minutes below the lower threshold that cut capacity (same page).
const IN_MINUTES: u32 = 15;
/// Served units are remembered for at least [`IN_MINUTES`], in a power of two.
const REMEMBERED: usize = 16;

const NEVER: u64 = u64::MAX;

/// The state between two minutes. Callers that couple several cells (a table
/// and its indexes) drive it themselves: begin, look at what is available, end
/// with what was served.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell<'a> {
    scaling: Option<&'a TargetTracking>,
    rule: Rule,
    start_minute: i64,
    /// Where its totals begin.
    first_minute: u64,
    min: u32,
    max: u32,
    // The hot loop works on these.
    minute: u64,
    next_event: u64,
    capacity: u32,
    saved_milli: u64,
    minutes_above: u32,
    minutes_below: u32,
    served_milli: [u64; REMEMBERED],
    throttled_hour_milli: u64,
    offered_hour_milli: u64,
    hour_unit_minutes: u64,
    throttled_minutes: u64,
    // Changed at events only.
    pending: Option<(u64, u32)>,
    retry: u64,
    no_decrease_before: u64,
    next_scheduled: u64,
    budget: DecreaseBudget,
    hour_end: u64,
    hour_begin: u64,
    hour_max: u32,
    totals: Outcome,
}

impl<'a> Cell<'a> {
    /// The state before the first minute, `start_minute` minutes after the
    /// epoch (UTC). `first_offered_milli` is the demand of that minute, which
    /// decides where auto scaling starts unless the settings say so.
    #[must_use]
    pub fn new(settings: &'a Provisioned, start_minute: i64, first_offered_milli: u64) -> Self {
        let scaling = settings.scaling.as_ref();
        let (min, max) = scaling.map_or((1, u32::MAX), |policy| {
            let scheduled = schedule::bounds_before(&policy.schedule, start_minute);
            scheduled.unwrap_or((policy.min, policy.max))
        });
        let rule = Rule::new(settings);
        let settled = scaling
            .map_or(1, |_| u32::try_from(rule.desired(first_offered_milli)).unwrap_or(u32::MAX));
        let capacity = bounded(settings.start.unwrap_or(settled), min, max);
        let into_hour = start_minute.rem_euclid(60).unsigned_abs();
        let mut cell = Self {
            scaling,
            rule,
            start_minute,
            first_minute: 0,
            min,
            max,
            minute: 0,
            next_event: 0,
            capacity,
            saved_milli: 0,
            minutes_above: 0,
            minutes_below: 0,
            served_milli: [0; REMEMBERED],
            throttled_hour_milli: 0,
            offered_hour_milli: 0,
            hour_unit_minutes: 0,
            throttled_minutes: 0,
            pending: None,
            retry: NEVER,
            no_decrease_before: 0,
            next_scheduled: NEVER,
            budget: DecreaseBudget::default(),
            hour_end: 60 - into_hour,
            hour_begin: 0,
            hour_max: capacity,
            totals: Outcome { capacity_peak: capacity, ..Outcome::default() },
        };
        let kept_seconds = settings.burst_seconds.min(settings.burst_at_start_seconds);
        cell.saved_milli = u64::from(capacity) * 1000 * u64::from(kept_seconds);
        cell.plan_schedule();
        cell.plan_event();
        cell
    }

    /// Brings changes that are due into force.
    #[inline]
    pub fn begin_minute(&mut self) {
        if self.minute == self.next_event {
            self.event();
        }
    }

    /// Capacity in force, in units a second.
    #[must_use]
    pub const fn capacity(&self) -> u32 {
        self.capacity
    }

    /// Minutes since the beginning of the cell's clock.
    #[must_use]
    pub(super) const fn minute(&self) -> u64 {
        self.minute
    }

    /// Whether a UTC day is over and the next one has not begun.
    #[must_use]
    pub fn is_midnight(&self) -> bool {
        self.utc_minute().rem_euclid(DAY_MINUTES) == 0
    }

    /// What this minute can serve, in thousandths of a unit: capacity and saved
    /// burst.
    #[inline]
    #[must_use]
    pub const fn available_milli(&self) -> u64 {
        Rule::minute_milli(self.capacity as u64) + self.saved_milli
    }

    /// Ends the minute: `offered_milli` was asked for and `served_milli` (no
    /// more than that, nor than was available) was consumed.
    #[inline]
    pub fn end_minute(&mut self, offered_milli: u64, served_milli: u64) {
        let left = self.available_milli() - served_milli;
        let capacity = u64::from(self.capacity);
        self.saved_milli = left.min(self.rule.saved_max_milli(capacity));
        self.hour_unit_minutes += capacity;
        let throttled = offered_milli - served_milli;
        self.offered_hour_milli += offered_milli;
        self.throttled_hour_milli += throttled;
        self.throttled_minutes += u64::from(throttled > 0);
        self.served_milli[slot(self.minute)] = served_milli;
        // Auto scaling sees what was served, never what was asked for.
        self.minutes_above =
            if served_milli > self.rule.out_above(capacity) { self.minutes_above + 1 } else { 0 };
        self.minutes_below =
            if served_milli < self.rule.in_below(capacity) { self.minutes_below + 1 } else { 0 };
        if self.pending.is_none() {
            if self.minutes_above >= OUT_MINUTES {
                self.raise(served_milli);
            } else if self.minutes_below >= IN_MINUTES && self.minute >= self.no_decrease_before {
                let within = |ago: u64| self.served_milli[slot(self.minute - ago)];
                self.lower((0..u64::from(IN_MINUTES)).map(within).max().unwrap_or(0));
            }
        }
        self.minute += 1;
    }

    /// Adds what was asked for in minutes that were run as a series.
    pub(super) fn add_offered(&mut self, offered: UnitSum) {
        self.totals.offered += offered;
    }

    /// The totals so far.
    #[must_use]
    pub fn outcome(mut self) -> Outcome {
        self.close_hour();
        self.totals.minutes = self.minute - self.first_minute;
        self.totals.throttled_minutes = self.throttled_minutes;
        self.totals
    }

    /// Asks for more capacity after a minute above the target.
    fn raise(&mut self, served_milli: u64) {
        let wanted = self.wanted(served_milli);
        if wanted > self.capacity {
            self.change(wanted);
        }
    }

    /// Asks for less capacity, if the budget allows it. `highest_milli` is the
    /// most served in one of the last fifteen minutes.
    fn lower(&mut self, highest_milli: u64) {
        if self.capacity <= self.min {
            return;
        }
        let now = self.utc_minute();
        let allowed = self.budget.next_allowed(now);
        if allowed > now {
            // Nothing to be looked at until then.
            self.no_decrease_before = self.minute + (allowed - now).unsigned_abs();
            return;
        }
        let wanted = self.wanted(highest_milli);
        if wanted < self.capacity {
            self.change(wanted);
        }
    }

    fn wanted(&self, served_milli: u64) -> u32 {
        let desired = self.rule.desired(served_milli);
        self.bounded(u32::try_from(desired).unwrap_or(u32::MAX))
    }

    /// Asks for another capacity; one change is under way at a time.
    fn change(&mut self, capacity: u32) {
        if capacity < self.capacity {
            self.budget.take(self.utc_minute());
            self.totals.decreases += 1;
        } else {
            self.totals.increases += 1;
        }
        self.pending = Some((self.minute + self.rule.delay_minutes as u64, capacity));
        self.plan_event();
    }

    #[cold]
    fn event(&mut self) {
        if self.minute == self.hour_end {
            self.close_hour();
            self.hour_end += 60;
        }
        if let Some((due, capacity)) = self.pending
            && due == self.minute
        {
            self.pending = None;
            self.set_capacity(capacity);
        }
        self.hour_max = self.hour_max.max(self.capacity);
        if self.minute == self.next_scheduled
            && let Some(policy) = self.scaling
        {
            let bounds = schedule::bounds_at(&policy.schedule, self.utc_minute());
            (self.min, self.max) = bounds.unwrap_or((self.min, self.max));
            self.plan_schedule();
        }
        self.retry = NEVER;
        self.keep_within_bounds();
        self.plan_event();
    }

    /// After a scheduled action capacity moves to the nearer bound; a decrease
    /// waits for the budget.
    fn keep_within_bounds(&mut self) {
        let wanted = self.bounded(self.capacity);
        if wanted == self.capacity || self.pending.is_some() || self.scaling.is_none() {
            return;
        }
        let now = self.utc_minute();
        let allowed = if wanted < self.capacity { self.budget.next_allowed(now) } else { now };
        if allowed == now {
            self.change(wanted);
        } else {
            self.retry = self.minute + (allowed - now).unsigned_abs();
        }
    }

    fn set_capacity(&mut self, capacity: u32) {
        self.capacity = capacity;
        self.totals.capacity_peak = self.totals.capacity_peak.max(capacity);
        self.saved_milli = self.saved_milli.min(self.rule.saved_max_milli(u64::from(capacity)));
    }

    fn close_hour(&mut self) {
        let minutes = u128::from(self.minute - self.hour_begin);
        self.totals.billed.hours_at_max_unit_minutes += u128::from(self.hour_max) * minutes;
        self.hour_begin = self.minute;
        // What is in force after this event is the least of the next hour.
        self.hour_max = 0;
        self.totals.billed.hours_at_mean_unit_minutes += u128::from(self.hour_unit_minutes);
        self.hour_unit_minutes = 0;
        self.totals.offered += UnitSum::from_milli(u128::from(self.offered_hour_milli));
        self.totals.throttled += UnitSum::from_milli(u128::from(self.throttled_hour_milli));
        self.offered_hour_milli = 0;
        self.throttled_hour_milli = 0;
    }

    fn plan_schedule(&mut self) {
        let from = self.utc_minute() + i64::from(self.next_scheduled != NEVER);
        let next = self.scaling.and_then(|policy| schedule::next_time(&policy.schedule, from));
        self.next_scheduled = next.map_or(NEVER, |at| (at - self.start_minute).unsigned_abs());
    }

    /// The next event that is neither a change under way nor the end of an hour.
    fn next_action(&self) -> u64 {
        self.next_scheduled.min(self.retry)
    }

    fn plan_event(&mut self) {
        let due = self.pending.map_or(NEVER, |(due, _)| due);
        self.next_event = due.min(self.hour_end).min(self.next_action());
    }

    fn bounded(&self, capacity: u32) -> u32 {
        bounded(capacity, self.min, self.max)
    }

    fn utc_minute(&self) -> i64 {
        self.start_minute.saturating_add_unsigned(self.minute)
    }
}

/// Unlike `clamp`, at ease with a scheduled action whose bounds cross: the upper
/// one wins. A table always has 1 unit.
fn bounded(capacity: u32, min: u32, max: u32) -> u32 {
    capacity.max(min).min(max).max(1)
}

fn narrow(capacity: u64) -> u32 {
    u32::try_from(capacity).unwrap_or(u32::MAX)
}

fn slot(minute: u64) -> usize {
    usize::try_from(minute % REMEMBERED as u64).expect("below 16")
}
