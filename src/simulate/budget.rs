use super::series::DAY_MINUTES;

/// How often the provisioned capacity of one direction of one table or index
/// may be lowered: four times in a UTC day at any time, and once more whenever
/// an hour has passed since the last decrease; 27 a day at the most (Amazon
/// DynamoDB Developer Guide, "Quotas in Amazon DynamoDB", decreasing
/// provisioned throughput).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DecreaseBudget {
    last: Option<i64>,
    used_on_last_day: u32,
}

const FREE_A_DAY: u32 = 4;
const THEN_EVERY_MINUTES: i64 = 60;

impl DecreaseBudget {
    /// Whether capacity may be lowered in `minute` (since the epoch, UTC).
    #[must_use]
    pub fn allows(&self, minute: i64) -> bool {
        self.next_allowed(minute) == minute
    }

    /// The first minute from `minute` on in which capacity may be lowered.
    #[must_use]
    pub fn next_allowed(&self, minute: i64) -> i64 {
        let Some(last) = self.last else { return minute };
        let next_day = (last.div_euclid(DAY_MINUTES) + 1) * DAY_MINUTES;
        if minute >= next_day || self.used_on_last_day < FREE_A_DAY {
            return minute;
        }
        minute.max((last + THEN_EVERY_MINUTES).min(next_day))
    }

    /// Records a decrease in `minute`.
    pub fn take(&mut self, minute: i64) {
        let same_day = |last: i64| last.div_euclid(DAY_MINUTES) == minute.div_euclid(DAY_MINUTES);
        self.used_on_last_day =
            if self.last.is_some_and(same_day) { self.used_on_last_day + 1 } else { 1 };
        self.last = Some(minute);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(minutes: impl Iterator<Item = i64>) -> Vec<i64> {
        let mut budget = DecreaseBudget::default();
        let mut taken = Vec::new();
        for minute in minutes {
            if budget.allows(minute) {
                budget.take(minute);
                taken.push(minute);
            }
        }
        taken
    }

    /// "Quotas in Amazon DynamoDB": 4 in the first hour and 1 in each of the
    /// 23 hours after it make 27 a day.
    #[test]
    fn a_day_has_at_most_twenty_seven_decreases() {
        let day = taken(0..1440);
        assert_eq!(day[..6], [0, 1, 2, 3, 63, 123]);
        assert_eq!(day.len(), 27);
    }

    /// The day is the UTC day: a series that starts at 18:00 gets four new
    /// decreases at midnight, six hours in.
    #[test]
    fn the_day_turns_at_midnight_utc() {
        let start = 3 * DAY_MINUTES + 18 * 60;
        let midnight = 4 * DAY_MINUTES;
        let taken = taken(start..start + 1440);
        let at_midnight: Vec<i64> =
            taken.iter().copied().filter(|m| (midnight..midnight + 10).contains(m)).collect();
        assert_eq!(at_midnight, [midnight, midnight + 1, midnight + 2, midnight + 3]);
        assert_eq!(taken.iter().filter(|&&m| m < midnight).count(), 4 + 5);
    }

    #[test]
    fn the_next_allowed_minute_is_the_hour_after_the_last_or_midnight() {
        let mut budget = DecreaseBudget::default();
        for minute in [10, 20, 30, 1400] {
            budget.take(minute);
        }
        assert_eq!(budget.next_allowed(1401), 1440);
        let mut budget = DecreaseBudget::default();
        for minute in [10, 20, 30, 40] {
            budget.take(minute);
        }
        assert_eq!(budget.next_allowed(41), 100);
    }
}
