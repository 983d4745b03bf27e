use crate::finding::Diagnostic;
use crate::written::{Section, Written};

use super::assumption::Taker;

/// `[[load.spikes]]`: some hours of the month in which the load is a multiple of
/// what it would be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spike {
    /// First minute of the month.
    pub start_minute: u32,
    /// How long.
    pub minutes: u32,
    /// Times the load.
    pub times: f64,
}

/// Takes `load.peak_hour_utc` as a minute of the day.
pub(super) fn peak_minute(section: &Section<'_, '_>) -> Option<Written<u16>> {
    let hour = section.number_in("peak_hour_utc", 0.0..=23.99, "an hour of the day (UTC)")?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "below 1,440 and not negative"
    )]
    let value = (hour.value * 60.0).round().min(1439.0) as u16;
    Some(Written { value, place: hour.place })
}

/// Takes `[[load.spikes]]`.
pub(super) fn spikes(taker: &mut Taker, section: &Section<'_, '_>) -> Vec<Spike> {
    let read = |one: &Section<'_, '_>| {
        let day = one.number_in("day", 1.0..=28.0, "a day of the month");
        let hour = one.number_in("hour_utc", 0.0..=23.99, "an hour of the day (UTC)");
        let hours = one.number_in("hours", 0.01..=48.0, "a length in hours");
        let times = one.number_in("times", 0.0..=10_000.0, "a multiple of the load");
        one.report_left_over();
        let (Some(day), Some(hour), Some(hours), Some(times)) = (day, hour, hours, times) else {
            one.fault(
                Diagnostic::new("a spike needs day, hour_utc, hours and times")
                    .at(one.place())
                    .mend("write for example day = 10, hour_utc = 18, hours = 3, times = 20"),
            );
            return None;
        };
        let what = "hours in which the load is a multiple of the daily wave";
        taker.note_written("load.spikes", what, &times, |times| {
            format!("{times}x for {} h", hours.value)
        });
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "within a month, and not negative"
        )]
        let minutes = |hours: f64| (hours * 60.0).round() as u32;
        Some(Spike {
            start_minute: minutes((day.value.floor() - 1.0) * 24.0 + hour.value),
            minutes: minutes(hours.value).max(1),
            times: times.value,
        })
    };
    section.sections("spikes").iter().filter_map(read).collect()
}
