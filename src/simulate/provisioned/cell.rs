//! The state of one capacity, and what moves it.

use std::ops::ControlFlow;

use crate::simulate::budget::DecreaseBudget;
use crate::simulate::schedule;
use crate::simulate::series::{BLOCK_MINUTES, MinuteSeries, UnitSum};

use super::outcome::{Minute, Outcome};
use super::rule::Rule;
use super::settings::{Provisioned, TargetTracking};

/// Consecutive minutes above the target that raise capacity (AWS re:Post, "How
/// does auto scaling work on my DynamoDB table?").
const OUT_MINUTES: u32 = 2;
/// Consecutive minutes below the lower threshold that cut capacity (same page).
const IN_MINUTES: u32 = 15;
const IN_MINUTES_INDEX: usize = 15;
/// Served units are remembered for at least [`IN_MINUTES`], in a power of two.
const REMEMBERED: usize = 16;

const NEVER: u64 = u64::MAX;

/// The state between two minutes. Callers that couple several cells (a table
/// and its indexes) drive it themselves: begin, look at what is available, end
/// with what was served.
#[derive(Clone, Debug)]
pub struct Cell<'a> {
    scaling: Option<&'a TargetTracking>,
    rule: Rule,
    start_minute: i64,
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

    /// Brings changes that are due into force and runs the series from minute
    /// `from` on up to the next event or decrease. Returns its minutes that are
    /// done. Unless it is `WATCHED`, minutes in which nothing happens are passed
    /// over.
    #[inline]
    pub(super) fn run_to_event<const WATCHED: bool>(
        &mut self,
        series: &MinuteSeries,
        from: usize,
        each: &mut impl FnMut(Minute) -> ControlFlow<()>,
    ) -> (usize, ControlFlow<()>) {
        self.begin_minute();
        let last_event = if self.only_grows() { self.next_action() } else { self.next_event };
        let to_event = usize::try_from(last_event - self.minute).unwrap_or(usize::MAX);
        let end = from.saturating_add(to_event).min(series.len());
        if self.rule.delay_minutes == 1 {
            self.run_quiet::<WATCHED, true>(series, (from, end), each)
        } else {
            self.run_quiet::<WATCHED, false>(series, (from, end), each)
        }
    }

    /// Runs minutes whose only events are a change under way and ends of hours, up to and with the
    /// first one that trips the alarm of a decrease: the hot loop, with the state
    /// in registers. It does what [`Self::end_minute`] does; increases, which on a
    /// rising load come every few minutes, are taken without a branch, since
    /// nobody can foresee them. `PROMPT` is a change that is in force in the next
    /// minute. Returns the minutes of the series that are done.
    #[inline]
    fn run_quiet<const WATCHED: bool, const PROMPT: bool>(
        &mut self,
        series: &MinuteSeries,
        (from, end): (usize, usize),
        each: &mut impl FnMut(Minute) -> ControlFlow<()>,
    ) -> (usize, ControlFlow<()>) {
        const NEVER_HERE: usize = usize::MAX;
        let (demand, blocks) = (series.milli(), series.blocks());
        let rule = self.rule;
        let max = u64::from(self.max);
        let first_minute = self.minute - from as u64;
        // Positions in the series.
        let here = |minute: u64| usize::try_from(minute - first_minute).unwrap_or(NEVER_HERE);
        let (mut due, mut next_capacity) =
            self.pending.map_or((NEVER_HERE, 0), |(due, capacity)| (here(due), capacity.into()));
        let no_decrease_before =
            usize::try_from(self.no_decrease_before.saturating_sub(first_minute))
                .unwrap_or(NEVER_HERE);
        // Whether the last minute was above the target, and where those below the
        // lower threshold begin.
        const { assert!(OUT_MINUTES == 2, "one minute is remembered") };
        let mut was_above = self.minutes_above > 0;
        let mut below_from = from.wrapping_sub(self.minutes_below as usize);
        let mut saved = self.saved_milli;
        // That of the minute at hand and of the next one.
        let mut capacity = u64::from(self.capacity);
        let mut of_next = capacity;
        let (mut unit_minutes, mut increases) = (0_u64, 0_u32);
        let (mut throttled_milli, mut throttled_minutes) = (0_u128, 0);
        let mut hour_end = here(self.hour_end);
        let (mut hour_minutes, mut hour_max) =
            (self.hour_end - self.hour_begin, u64::from(self.hour_max));
        let mut billed = 0_u64;
        let mut flow = ControlFlow::Continue(());
        let mut decrease = false;
        let mut done = from;
        'minutes: while done < end {
            if done == hour_end {
                billed += hour_max * hour_minutes;
                (hour_minutes, hour_max) = (60, 0);
                hour_end += 60;
            }
            let to_block_end = BLOCK_MINUTES - done % BLOCK_MINUTES;
            let until = (done + to_block_end).min(end).min(hour_end);
            // A whole block that is served in full from a full bucket, none of it
            // above the target, and all or nothing of it below the lower
            // threshold without consequence.
            let whole = until - done == BLOCK_MINUTES && due == NEVER_HERE;
            if !WATCHED && whole && saved == rule.saved_max_milli(of_next) {
                capacity = of_next;
                let block = blocks[done / BLOCK_MINUTES];
                let quiet_max = Rule::minute_milli(capacity).min(rule.out_above(capacity));
                let in_below = rule.in_below(capacity);
                let idle = block.most_milli < in_below && until <= no_decrease_before;
                if block.most_milli <= quiet_max && (block.least_milli >= in_below || idle) {
                    was_above = false;
                    below_from = if idle { below_from } else { until };
                    unit_minutes += capacity * BLOCK_MINUTES as u64;
                    hour_max = hour_max.max(capacity);
                    done = until;
                    continue;
                }
            }
            for &offered_milli in &demand[done..until] {
                capacity = of_next;
                // Unless it is prompt, what this minute asks for comes into force in two
                // minutes or more, so whether the next one has another capacity is known already: the
                // processor need not wait for this one's alarms.
                let is_free = due == NEVER_HERE;
                let is_due_next = done.wrapping_add(1) == due;
                of_next = if is_due_next { next_capacity } else { capacity };
                due = if is_due_next { NEVER_HERE } else { due };
                unit_minutes = unit_minutes.wrapping_add(capacity);
                let saved_max = rule.saved_max_milli(capacity);
                // Capacity only grows here, so what was saved still fits.
                let available = Rule::minute_milli(capacity).wrapping_add(saved);
                let mut served_milli = offered_milli;
                if offered_milli > available {
                    served_milli = available;
                    throttled_milli += u128::from(offered_milli - available);
                    throttled_minutes += 1;
                }
                saved = available.wrapping_sub(served_milli).min(saved_max);
                let is_above = served_milli > rule.out_above(capacity);
                let is_below = served_milli < rule.in_below(capacity);
                if WATCHED {
                    flow = each(Minute {
                        index: first_minute + done as u64,
                        capacity: narrow(capacity),
                        offered_milli,
                        served_milli,
                    });
                }
                // What is above the target wants more than there is. One change is
                // under way at a time.
                let grows = is_free & is_above & was_above & (capacity < max);
                was_above = is_above;
                let wanted = rule.desired(served_milli).min(max);
                next_capacity = if grows { wanted } else { next_capacity };
                due = if grows { done.wrapping_add(rule.delay_minutes) } else { due };
                increases = increases.wrapping_add(u32::from(grows));
                if PROMPT && grows {
                    (of_next, due) = (wanted, NEVER_HERE);
                }
                done += 1;
                below_from = if is_below { below_from } else { done };
                let below = done.wrapping_sub(below_from);
                if below >= IN_MINUTES_INDEX && done > no_decrease_before && is_free {
                    decrease = true;
                    break 'minutes;
                }
                if WATCHED && flow.is_break() {
                    break 'minutes;
                }
            }
            // Capacity only grows here.
            hour_max = hour_max.max(capacity);
        }
        self.minute = first_minute + done as u64;
        self.hour_end = first_minute + hour_end as u64;
        self.hour_begin = self.hour_end - hour_minutes;
        self.hour_max = narrow(hour_max.max(capacity));
        self.totals.billed.hours_at_max_unit_minutes += u128::from(billed);
        self.totals.throttled += UnitSum::from_milli(throttled_milli);
        self.throttled_minutes += throttled_minutes;
        self.hour_unit_minutes += unit_minutes;
        self.totals.increases += increases;
        self.minutes_above = u32::from(was_above);
        let below = done.wrapping_sub(below_from);
        self.minutes_below = u32::try_from(below).unwrap_or(u32::MAX);
        self.capacity = narrow(capacity);
        self.totals.capacity_peak = self.totals.capacity_peak.max(self.capacity);
        self.saved_milli = saved;
        if of_next != capacity {
            (due, next_capacity) = (done, of_next);
        }
        self.pending =
            (due != NEVER_HERE).then(|| (first_minute + due as u64, narrow(next_capacity)));
        if decrease {
            // Of the minute just served: minutes below the lower threshold were
            // served in full.
            self.minute -= 1;
            let last = &demand[done.saturating_sub(IN_MINUTES_INDEX)..done];
            self.lower(last.iter().copied().max().unwrap_or(0));
            self.minute += 1;
        }
        self.plan_event();
        (done, flow)
    }

    /// Adds what was asked for in minutes that were run as a series.
    pub(super) fn add_offered(&mut self, offered: UnitSum) {
        self.totals.offered += offered;
    }

    /// The totals so far.
    #[must_use]
    pub fn outcome(mut self) -> Outcome {
        self.close_hour();
        self.totals.minutes = self.minute;
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

    /// Whether a change under way is an increase that no scheduled action can
    /// have to do with.
    fn only_grows(&self) -> bool {
        self.scaling.is_none_or(|policy| policy.schedule.is_empty())
            && self.pending.is_none_or(|(_, capacity)| capacity > self.capacity)
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
