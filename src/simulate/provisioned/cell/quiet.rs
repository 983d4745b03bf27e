//! Series run through in one go: the hot loop.

use std::ops::ControlFlow;

use crate::simulate::provisioned::outcome::Minute;
use crate::simulate::provisioned::rule::Rule;
use crate::simulate::series::{BLOCK_MINUTES, MinuteSeries, UnitSum};

use super::{Cell, IN_MINUTES, OUT_MINUTES, narrow, slot};

const IN_MINUTES_INDEX: usize = 15;

impl Cell<'_> {
    /// Brings changes that are due into force and runs the series from minute
    /// `from` on up to the next event or decrease. Returns its minutes that are
    /// done. Unless it is `WATCHED`, minutes in which nothing happens are passed
    /// over.
    #[inline]
    pub(in crate::simulate::provisioned) fn run_to_event<const WATCHED: bool>(
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
            self.lower(self.highest_of_last(&demand[..done]));
            self.minute += 1;
        }
        self.plan_event();
        (done, flow)
    }

    /// The most of the last fifteen minutes, the one at hand the last of them: of
    /// the series, and before its first minute as they are remembered.
    fn highest_of_last(&self, demand: &[u64]) -> u64 {
        let last = demand.iter().rev().take(IN_MINUTES_INDEX);
        let before = (0..u64::from(IN_MINUTES)).skip(demand.len());
        let remembered = before.map(|ago| self.served_milli[slot(self.minute - ago)]);
        last.copied().chain(remembered).max().unwrap_or(0)
    }

    /// Whether a change under way is an increase that no scheduled action can
    /// have to do with.
    fn only_grows(&self) -> bool {
        self.scaling.is_none_or(|policy| policy.schedule.is_empty())
            && self.pending.is_none_or(|(_, capacity)| capacity > self.capacity)
    }
}
