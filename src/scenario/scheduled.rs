//! `[[dynamodb.schedule]]`: scheduled actions of auto scaling.

use crate::finding::Diagnostic;
use crate::written::{Section, Written};

use super::assumption::Taker;

/// From a time of the UTC day on auto-scaled capacity serves at least so many
/// times the mean load at the target utilisation. In proportion to the mean, so
/// that one schedule holds for every table and index and at every load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScheduledLeast {
    /// Minute of the UTC day.
    pub start_minute: u16,
    /// Times the mean load; 0 leaves capacity to target tracking alone.
    pub times_mean: f64,
}

/// Takes `[[dynamodb.schedule]]`.
pub(super) fn schedule(taker: &mut Taker, section: &Section<'_, '_>) -> Vec<ScheduledLeast> {
    let read = |one: &Section<'_, '_>| {
        let hour = one.number_in("hour_utc", 0.0..=23.99, "an hour of the day (UTC)");
        let times = one.number_in("least_times_mean", 0.0..=1_000.0, "a multiple of the mean load");
        one.report_left_over();
        let (Some(hour), Some(times)) = (hour, times) else {
            one.fault(
                Diagnostic::new("a scheduled action needs hour_utc and least_times_mean")
                    .at(one.place())
                    .mend("write for example hour_utc = 13.5, least_times_mean = 2"),
            );
            return None;
        };
        let what = "the least capacity of auto scaling from an hour of the day on";
        let times = Written { value: times.value, place: times.place };
        taker.note_written("dynamodb.schedule", what, &times, |times| {
            format!("{times}x the mean load at the target, from {} h UTC", hour.value)
        });
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "within a day, and not negative"
        )]
        let start_minute = ((hour.value * 60.0).round() as u16).min(1439);
        Some(ScheduledLeast { start_minute, times_mean: times.value })
    };
    section.sections("schedule").iter().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use crate::scenario::Settings;

    use super::*;

    #[test]
    fn actions_are_read_with_their_hours() {
        let plan = "[[dynamodb.schedule]]\nhour_utc = 13.5\nleast_times_mean = 2.5\n\
                    [[dynamodb.schedule]]\nhour_utc = 20\nleast_times_mean = 0\n";
        let (settings, assumptions) = Settings::read("plan.toml", plan).unwrap();
        let least = |start_minute, times_mean| ScheduledLeast { start_minute, times_mean };
        assert_eq!(settings.dynamodb.schedule, [least(810, 2.5), least(1200, 0.0)]);
        assert!(assumptions.iter().any(|one| one.id == "dynamodb.schedule" && !one.assumed));
    }

    #[test]
    fn half_an_action_is_refused_with_its_place() {
        let plan = "[[dynamodb.schedule]]\nhour_utc = 24\nleast = 2\n";
        let error = Settings::read("plan.toml", plan).unwrap_err().to_string();
        for part in ["hour_utc = 24", "schedule.least is not a known key", "plan.toml:1:"] {
            assert!(error.contains(part), "{part} in {error}");
        }
    }
}
