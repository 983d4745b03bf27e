use super::series::DAY_MINUTES;

/// When a scheduled action runs. All times are UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recurrence {
    /// Once, this many minutes after 1970-01-01 00:00.
    Once(i64),
    /// Every day at this minute of the day (0 to 1439).
    Daily(u16),
    /// Every week on a day (0 is Monday) at a minute of the day.
    Weekly {
        /// 0 is Monday, 6 is Sunday.
        weekday: u8,
        /// 0 to 1439.
        minute: u16,
    },
}

const WEEK_MINUTES: i64 = 7 * DAY_MINUTES;
/// 1970-01-01 was a Thursday.
const EPOCH_WEEKDAY: i64 = 3;

impl Recurrence {
    /// The first time from `minute` on.
    fn next_from(self, minute: i64) -> Option<i64> {
        let next = |phase: i64, period: i64| minute + (phase - minute).rem_euclid(period);
        match self {
            Self::Once(at) => (at >= minute).then_some(at),
            Self::Daily(of_day) => Some(next(i64::from(of_day), DAY_MINUTES)),
            Self::Weekly { weekday, minute: of_day } => {
                let day = i64::from(weekday) - EPOCH_WEEKDAY;
                Some(next(day * DAY_MINUTES + i64::from(of_day), WEEK_MINUTES))
            }
        }
    }
}

/// A scheduled action of Application Auto Scaling: from then on the policy
/// works between other bounds, and capacity outside them is moved to the
/// nearer bound at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScheduledAction {
    /// When.
    pub when: Recurrence,
    /// The new smallest capacity in units a second.
    pub min: u32,
    /// The new largest capacity in units a second.
    pub max: u32,
}

/// The next time any of the actions runs, from `minute` on.
pub(super) fn next_time(actions: &[ScheduledAction], minute: i64) -> Option<i64> {
    actions.iter().filter_map(|action| action.when.next_from(minute)).min()
}

/// The bounds set by the actions that run in `minute`; the last one listed
/// wins.
pub(super) fn bounds_at(actions: &[ScheduledAction], minute: i64) -> Option<(u32, u32)> {
    let runs = |action: &&ScheduledAction| action.when.next_from(minute) == Some(minute);
    actions.iter().rfind(runs).map(|action| (action.min, action.max))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recurrences_find_their_next_minute() {
        assert_eq!(Recurrence::Once(5).next_from(6), None);
        assert_eq!(Recurrence::Daily(60).next_from(60), Some(60));
        assert_eq!(Recurrence::Daily(60).next_from(61), Some(1500));
        // 1970-01-01 was a Thursday, so the first Monday is the 5th.
        let monday = Recurrence::Weekly { weekday: 0, minute: 30 };
        assert_eq!(monday.next_from(0), Some(4 * DAY_MINUTES + 30));
        assert_eq!(monday.next_from(4 * DAY_MINUTES + 31), Some(11 * DAY_MINUTES + 30));
    }
}
