use crate::finding::Diagnostic;
use crate::units::Timestamp;

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

    /// The last time before `minute` of what recurs.
    fn last_before(self, minute: i64) -> Option<i64> {
        let period = match self {
            Self::Once(_) => return None,
            Self::Daily(_) => DAY_MINUTES,
            Self::Weekly { .. } => WEEK_MINUTES,
        };
        self.next_from(minute).map(|next| next - period)
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

impl ScheduledAction {
    /// Reads an action as people write it: when, then the bounds from then on,
    /// such as `08:00 100..2000`, `mon 08:00 100..2000` or
    /// `2026-11-27T08:00 100..2000`. Times are UTC.
    ///
    /// # Errors
    /// What is wrong with the text, and how to write it.
    pub fn parse(text: &str) -> Result<Self, Diagnostic> {
        parse(text).ok_or_else(|| {
            Diagnostic::new(format!("\"{text}\" is no scheduled action")).mend(
                "write when and the least and the most units a second from then on (UTC): \
                 \"08:00 100..2000\", \"mon 08:00 100..2000\" or \
                 \"2026-11-27T08:00 100..2000\"",
            )
        })
    }
}

fn parse(text: &str) -> Option<ScheduledAction> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (&bounds, when) = words.split_last()?;
    let (min, max) = bounds.split_once("..")?;
    let (min, max) = (min.parse::<u32>().ok()?, max.parse::<u32>().ok()?);
    let when = match when {
        [at] if at.contains('T') => {
            let micros = Timestamp::parse(at)?.micros();
            (micros % 60_000_000 == 0).then_some(Recurrence::Once(micros / 60_000_000))?
        }
        [at] => Recurrence::Daily(minute_of_day(at)?),
        [day, at] => {
            const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
            let weekday = DAYS.iter().position(|one| day.eq_ignore_ascii_case(one))?;
            Recurrence::Weekly { weekday: u8::try_from(weekday).ok()?, minute: minute_of_day(at)? }
        }
        _ => return None,
    };
    (1..=max).contains(&min).then_some(ScheduledAction { when, min, max })
}

fn minute_of_day(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute) = (hour.parse::<u16>().ok()?, minute.parse::<u16>().ok()?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

/// The bounds that hold before `minute`: those of the action that recurs and ran
/// last. What ran once in the past is not looked for.
pub(super) fn bounds_before(actions: &[ScheduledAction], minute: i64) -> Option<(u32, u32)> {
    let last = |action: &ScheduledAction| action.when.last_before(minute);
    let latest = actions.iter().filter_map(last).max()?;
    let runs = |action: &&ScheduledAction| last(action) == Some(latest);
    actions.iter().rfind(runs).map(|action| (action.min, action.max))
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
    fn actions_are_read_as_people_write_them() {
        let read =
            |text: &str| ScheduledAction::parse(text).map(|one| (one.when, one.min, one.max));
        let nine = 9 * 60 + 5;
        assert_eq!(read("09:05 10..20").unwrap(), (Recurrence::Daily(nine), 10, 20));
        let monday = Recurrence::Weekly { weekday: 0, minute: nine };
        assert_eq!(read(" Mon 09:05  10..10").unwrap(), (monday, 10, 10));
        let once = Recurrence::Once(DAY_MINUTES + i64::from(nine));
        assert_eq!(read("1970-01-02T09:05 1..2").unwrap(), (once, 1, 2));
        for wrong in [
            "",
            "09:05",
            "9 1..2",
            "24:00 1..2",
            "09:60 1..2",
            "09:05 0..2",
            "09:05 3..2",
            "xyz 09:05 1..2",
            "09:05 1-2",
            "1970-01-02T09:05:30 1..2",
            "mon tue 09:05 1..2",
        ] {
            let told = read(wrong).unwrap_err().to_string();
            assert!(told.contains("is no scheduled action"), "{wrong}: {told}");
        }
    }

    /// Between 20:00 and 08:00 the bounds are those of 20:00, of the day before as
    /// well; of two at one time the last one listed.
    #[test]
    fn the_bounds_before_a_minute_are_those_that_were_set_last() {
        let at = |when, min| ScheduledAction { when, min, max: 100 };
        let actions = [
            at(Recurrence::Daily(8 * 60), 50),
            at(Recurrence::Daily(20 * 60), 10),
            at(Recurrence::Daily(20 * 60), 1),
            at(Recurrence::Once(5), 70),
        ];
        for (minute, min) in [(0, 1), (480, 1), (481, 50), (1200, 50), (1201, 1)] {
            assert_eq!(bounds_before(&actions, 10 * DAY_MINUTES + minute), Some((min, 100)));
        }
        assert_eq!(bounds_before(&actions[3..], 10 * DAY_MINUTES), None);
    }

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
