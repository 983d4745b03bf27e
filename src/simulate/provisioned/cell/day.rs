//! From one day to the next.

use crate::simulate::budget::DecreaseBudget;
use crate::simulate::provisioned::Outcome;
use crate::simulate::schedule::Recurrence;
use crate::simulate::series::DAY_MINUTES;

use super::{Cell, IN_MINUTES, NEVER, OUT_MINUTES, REMEMBERED, slot};

/// Every day but the first begins at this minute of the cell's clock.
const MIDNIGHT: u64 = DAY_MINUTES.unsigned_abs();

impl Cell<'_> {
    /// Keeps the last minutes of a series that was run to its end, for alarms that
    /// they lead to in the next one. What was refused in them does not matter:
    /// minutes below the lower threshold were served in full.
    pub(in crate::simulate::provisioned) fn remember(&mut self, milli: &[u64]) {
        for (ago, milli) in (1..=u64::from(IN_MINUTES)).zip(milli.iter().rev()) {
            self.served_milli[slot(self.minute - ago)] = *milli;
        }
    }

    /// Ends a day at midnight (UTC): what it came to, and the state as the next
    /// day begins. All that a day to come depends on is in that state and nothing
    /// else, so that states which are equal are followed by the same.
    ///
    /// The budget of decreases begins anew. Minutes are counted from the same
    /// midnight again; scheduled actions that do not come every day keep the true
    /// one, and their states are never the same.
    #[must_use]
    pub fn end_day(mut self) -> (Self, Outcome) {
        let outcome = self.clone().outcome();
        let (now, utc) = (self.minute, self.utc_minute());
        debug_assert_eq!(utc.rem_euclid(DAY_MINUTES), 0, "the day is not over");
        let moved = |at: u64| if at == NEVER { NEVER } else { at.saturating_sub(now) + MIDNIGHT };
        let mut remembered = [0; REMEMBERED];
        for ago in 1..=u64::from(IN_MINUTES).min(now) {
            remembered[slot(MIDNIGHT - ago)] = self.served_milli[slot(now - ago)];
        }
        let daily = self.scaling.is_none_or(|policy| {
            policy.schedule.iter().all(|action| matches!(action.when, Recurrence::Daily(_)))
        });
        self.start_minute = (if daily { 0 } else { utc }) - DAY_MINUTES;
        self.served_milli = remembered;
        self.pending = self.pending.map(|(due, capacity)| (moved(due), capacity));
        self.retry = moved(self.retry);
        self.next_scheduled = moved(self.next_scheduled);
        (self.budget, self.no_decrease_before) = (DecreaseBudget::default(), 0);
        // More of them make no difference.
        self.minutes_above = self.minutes_above.min(OUT_MINUTES);
        self.minutes_below = self.minutes_below.min(IN_MINUTES);
        (self.minute, self.first_minute, self.hour_begin) = (MIDNIGHT, MIDNIGHT, MIDNIGHT);
        self.hour_end = MIDNIGHT + 60;
        (self.hour_max, self.hour_unit_minutes) = (0, 0);
        (self.offered_hour_milli, self.throttled_hour_milli, self.throttled_minutes) = (0, 0, 0);
        self.totals = Outcome { capacity_peak: self.capacity, ..Outcome::default() };
        // An hour begins, as it does at any other end of an hour.
        self.next_event = MIDNIGHT;
        (self, outcome)
    }
}
