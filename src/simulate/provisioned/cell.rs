//! The state of one capacity, and what moves it.

use std::ops::ControlFlow;

use crate::simulate::budget::DecreaseBudget;
use crate::simulate::schedule;
use crate::simulate::series::UnitSum;
use crate::simulate::target::TargetPercent;

use super::outcome::{Minute, Outcome};
use super::settings::{Provisioned, TargetTracking};

/// Consecutive minutes above the target that raise capacity (AWS re:Post, "How
/// does auto scaling work on my DynamoDB table?").
const OUT_MINUTES: u32 = 2;
/// Consecutive minutes below the lower threshold that cut capacity (same page).
const IN_MINUTES: u32 = 15;
const IN_MINUTES_INDEX: usize = 15;
/// Served units are remembered for at least [`IN_MINUTES`], in a power of two.
const REMEMBERED: usize = 16;

/// Thousandths of a unit that one unit a second serves in a minute.
const MINUTE_MILLI: u64 = 60_000;
const NEVER: u64 = u64::MAX;

/// The state between two minutes. Callers that couple several cells (a table
/// and its indexes) drive it themselves: begin, look at what is available, end
/// with what was served.
#[derive(Clone, Debug)]
pub struct Cell<'a> {
    scaling: Option<&'a TargetTracking>,
    burst_seconds: u64,
    start_minute: i64,
    min: u32,
    max: u32,
    // The hot loop works on these.
    minute: u64,
    next_event: u64,
    capacity: u32,
    minute_milli: u64,
    saved_milli: u64,
    saved_milli_max: u64,
    out_above_milli: u64,
    in_below_milli: u64,
    minutes_above: u32,
    minutes_below: u32,
    served_milli: [u64; REMEMBERED],
    throttled_hour_milli: u64,
    offered_hour_milli: u64,
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
    capacity_since: u64,
    totals: Outcome,
}

impl<'a> Cell<'a> {
    /// The state before the first minute, `start_minute` minutes after the
    /// epoch (UTC). `first_offered_milli` is the demand of that minute, which
    /// decides where auto scaling starts unless the settings say so.
    #[must_use]
    pub fn new(settings: &'a Provisioned, start_minute: i64, first_offered_milli: u64) -> Self {
        let scaling = settings.scaling.as_ref();
        let (min, max) = scaling.map_or((1, u32::MAX), |policy| (policy.min, policy.max));
        let settled = scaling.map_or(1, |policy| desired(first_offered_milli, policy.target));
        let capacity = bounded(settings.start.unwrap_or(settled), min, max);
        let into_hour = start_minute.rem_euclid(60).unsigned_abs();
        let mut cell = Self {
            scaling,
            burst_seconds: u64::from(settings.burst_seconds),
            start_minute,
            min,
            max,
            minute: 0,
            next_event: 0,
            capacity,
            minute_milli: 0,
            saved_milli: 0,
            saved_milli_max: 0,
            out_above_milli: NEVER,
            in_below_milli: 0,
            minutes_above: 0,
            minutes_below: 0,
            served_milli: [0; REMEMBERED],
            throttled_hour_milli: 0,
            offered_hour_milli: 0,
            throttled_minutes: 0,
            pending: None,
            retry: NEVER,
            no_decrease_before: 0,
            next_scheduled: NEVER,
            budget: DecreaseBudget::default(),
            hour_end: 60 - into_hour,
            hour_begin: 0,
            hour_max: capacity,
            capacity_since: 0,
            totals: Outcome { capacity_peak: capacity, ..Outcome::default() },
        };
        cell.set_capacity(capacity);
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

    /// What this minute can serve, in thousandths of a unit: capacity and saved
    /// burst.
    #[inline]
    #[must_use]
    pub const fn available_milli(&self) -> u64 {
        self.minute_milli + self.saved_milli
    }

    /// Ends the minute: `offered_milli` was asked for and `served_milli` (no
    /// more than that, nor than was available) was consumed.
    #[inline]
    pub fn end_minute(&mut self, offered_milli: u64, served_milli: u64) {
        let left = self.available_milli() - served_milli;
        self.saved_milli = left.min(self.saved_milli_max);
        let throttled = offered_milli - served_milli;
        self.offered_hour_milli += offered_milli;
        self.throttled_hour_milli += throttled;
        self.throttled_minutes += u64::from(throttled > 0);
        self.served_milli[slot(self.minute)] = served_milli;
        // Auto scaling sees what was served, never what was asked for.
        self.minutes_above =
            if served_milli > self.out_above_milli { self.minutes_above + 1 } else { 0 };
        self.minutes_below =
            if served_milli < self.in_below_milli { self.minutes_below + 1 } else { 0 };
        if self.minutes_above >= OUT_MINUTES
            || (self.minutes_below >= IN_MINUTES && self.minute >= self.no_decrease_before)
        {
            let (remembered, now) = (self.served_milli, self.minute);
            let within = move |ago: u64| remembered[slot(now - ago)];
            self.alarm(served_milli, || (0..u64::from(IN_MINUTES)).map(within).max().unwrap_or(0));
        }
        self.minute += 1;
    }

    /// Brings changes that are due into force and runs `demand[from..]` up to the
    /// next event or alarm. Returns the minutes of `demand` that are done.
    #[inline]
    pub(super) fn run_to_event(
        &mut self,
        demand: &[u64],
        from: usize,
        each: &mut impl FnMut(Minute) -> ControlFlow<()>,
    ) -> (usize, ControlFlow<()>) {
        self.begin_minute();
        let to_event = usize::try_from(self.next_event - self.minute).unwrap_or(usize::MAX);
        let end = from.saturating_add(to_event).min(demand.len());
        self.run_quiet(&demand[..end], from, each)
    }

    /// Runs `demand[from..]`, none of whose minutes has an event, up to and
    /// with the first minute that trips an alarm: the hot loop, with the state
    /// in registers. It does what [`Self::end_minute`] does. Returns the minutes
    /// of `demand` that are done.
    #[inline]
    fn run_quiet(
        &mut self,
        demand: &[u64],
        from: usize,
        each: &mut impl FnMut(Minute) -> ControlFlow<()>,
    ) -> (usize, ControlFlow<()>) {
        let (minute_milli, saved_max) = (self.minute_milli, self.saved_milli_max);
        let (out_above, in_below) = (self.out_above_milli, self.in_below_milli);
        let (mut above, mut below) = (self.minutes_above, self.minutes_below);
        let (mut minute, mut saved) = (self.minute, self.saved_milli);
        let (mut throttled_milli, mut throttled_minutes) = (0, 0);
        let mut flow = ControlFlow::Continue(());
        let no_decrease_before = self.no_decrease_before;
        let mut alarm = None;
        let mut done = from;
        for &offered_milli in &demand[from..] {
            // A full bucket stays full while capacity suffices: the common case,
            // in which no minute has to wait for the one before it.
            let mut served_milli = offered_milli;
            if saved != saved_max || offered_milli > minute_milli {
                let available = minute_milli + saved;
                served_milli = offered_milli.min(available);
                saved = (available - served_milli).min(saved_max);
                throttled_milli += offered_milli - served_milli;
                throttled_minutes += u64::from(offered_milli > available);
            }
            above = if served_milli > out_above { above + 1 } else { 0 };
            below = if served_milli < in_below { below + 1 } else { 0 };
            flow = each(Minute {
                index: minute,
                capacity: self.capacity,
                offered_milli,
                served_milli,
            });
            done += 1;
            minute += 1;
            if above >= OUT_MINUTES || (below >= IN_MINUTES && minute > no_decrease_before) {
                alarm = Some(served_milli);
                break;
            }
            if flow.is_break() {
                break;
            }
        }
        // No check for overflow, so that it takes no time: an hour of minutes of
        // at most 2^56 stays below 2^62.
        self.offered_hour_milli += demand[from..done].iter().copied().fold(0, u64::wrapping_add);
        self.throttled_hour_milli += throttled_milli;
        self.throttled_minutes += throttled_minutes;
        self.saved_milli = saved;
        (self.minutes_above, self.minutes_below) = (above, below);
        if let Some(served_milli) = alarm {
            // Of the minute just served. Minutes below the lower threshold were
            // served in full.
            self.minute = minute - 1;
            let last = &demand[done.saturating_sub(IN_MINUTES_INDEX)..done];
            self.alarm(served_milli, || last.iter().copied().max().unwrap_or(0));
        }
        self.minute = minute;
        (done, flow)
    }

    /// The totals so far.
    #[must_use]
    pub fn outcome(mut self) -> Outcome {
        self.close_hour();
        self.totals.minutes = self.minute;
        self.totals.throttled_minutes = self.throttled_minutes;
        self.totals
    }

    /// `highest_milli` is the most served in one of the last fifteen minutes.
    fn alarm(&mut self, served_milli: u64, highest_milli: impl FnOnce() -> u64) {
        let Some(policy) = self.scaling else { return };
        if self.pending.is_some() {
            return;
        }
        if self.minutes_above >= OUT_MINUTES {
            let wanted = self.bounded(desired(served_milli, policy.target));
            if wanted > self.capacity {
                self.change(wanted);
            }
        } else if self.capacity > self.min {
            let now = self.utc_minute();
            let allowed = self.budget.next_allowed(now);
            if allowed > now {
                // Nothing to be looked at until then.
                self.no_decrease_before = self.minute + (allowed - now).unsigned_abs();
                return;
            }
            let wanted = self.bounded(desired(highest_milli(), policy.target));
            if wanted < self.capacity {
                self.change(wanted);
            }
        }
    }

    /// Asks for another capacity; one change is under way at a time.
    fn change(&mut self, capacity: u32) {
        let delay = self.scaling.map_or(0, |policy| policy.effect_after_minutes);
        if capacity < self.capacity {
            self.budget.take(self.utc_minute());
            self.totals.decreases += 1;
        } else {
            self.totals.increases += 1;
        }
        // A change that is asked for at the end of a minute cannot be in force
        // before the next one.
        self.pending = Some((self.minute + u64::from(delay.max(1)), capacity));
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
        self.totals.billed.hours_at_mean_unit_minutes +=
            u128::from(self.capacity) * u128::from(self.minute - self.capacity_since);
        self.capacity_since = self.minute;
        self.capacity = capacity;
        self.totals.capacity_peak = self.totals.capacity_peak.max(capacity);
        let per_second_milli = u64::from(capacity) * 1000;
        self.minute_milli = u64::from(capacity) * MINUTE_MILLI;
        self.saved_milli_max = per_second_milli * self.burst_seconds;
        self.saved_milli = self.saved_milli.min(self.saved_milli_max);
        if let Some(policy) = self.scaling {
            let hundredth = u64::from(capacity) * (MINUTE_MILLI / 100);
            self.out_above_milli = hundredth * u64::from(policy.target.percent());
            self.in_below_milli = hundredth * u64::from(policy.target.scale_in_below_percent());
        }
    }

    fn close_hour(&mut self) {
        let minutes = u128::from(self.minute - self.hour_begin);
        self.totals.billed.hours_at_max_unit_minutes += u128::from(self.hour_max) * minutes;
        self.hour_begin = self.minute;
        // What is in force after this event is the least of the next hour.
        self.hour_max = 0;
        self.totals.billed.hours_at_mean_unit_minutes +=
            u128::from(self.capacity) * u128::from(self.minute - self.capacity_since);
        self.capacity_since = self.minute;
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

    fn plan_event(&mut self) {
        let due = self.pending.map_or(NEVER, |(due, _)| due);
        self.next_event = due.min(self.hour_end).min(self.next_scheduled).min(self.retry);
    }

    fn bounded(&self, capacity: u32) -> u32 {
        bounded(capacity, self.min, self.max)
    }

    fn utc_minute(&self) -> i64 {
        self.start_minute.saturating_add_unsigned(self.minute)
    }
}

/// The capacity at which `served_milli` in a minute is exactly on target,
/// rounded up to whole units a second.
fn desired(served_milli: u64, target: TargetPercent) -> u32 {
    // The quotient overflows no 64 bits: a minute holds at most 2^56.
    let wanted = (served_milli * 100).div_ceil(u64::from(target.percent()) * MINUTE_MILLI);
    u32::try_from(wanted).unwrap_or(u32::MAX)
}

/// Unlike `clamp`, at ease with a scheduled action whose bounds cross: the upper
/// one wins. A table always has 1 unit.
fn bounded(capacity: u32, min: u32, max: u32) -> u32 {
    capacity.max(min).min(max).max(1)
}

fn slot(minute: u64) -> usize {
    usize::try_from(minute % REMEMBERED as u64).expect("below 16")
}
