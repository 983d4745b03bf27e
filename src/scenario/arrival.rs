use crate::finding::Diagnostic;
use crate::written::{Section, Written};

use super::assumption::Taker;
use super::elsewhere::reads_like;

/// A day's load beside another's: a million times is as good as nothing beside it.
const WEIGHT_MAX: f64 = 1e6;
/// Load of the busiest minute over the mean where nobody says.
pub(super) const DEFAULT_PEAK_TO_MEAN: f64 = 3.0;

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

/// `[[load.jobs]]`: a statement whose calls all come within some hours of the
/// UTC day, evenly spread over them.
#[derive(Clone, Debug)]
pub struct Job {
    /// The statement, as text to be matched against the workload.
    pub sql: Written<String>,
    /// First minute of the UTC day.
    pub start_minute: u16,
    /// How long, at most a day.
    pub minutes: u16,
}

impl Job {
    /// Whether it is about a statement, given as one line: the whole text, or
    /// its beginning if it is written with `...` at the end.
    #[must_use]
    pub fn covers(&self, text: &str) -> bool {
        reads_like(&self.sql.value, text)
    }
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

/// The least that a spike leaves of the load: a month without any has no mean.
const SPIKE_TIMES_MIN: f64 = 0.001;

/// Takes `[[load.spikes]]`.
pub(super) fn spikes(taker: &mut Taker, section: &Section<'_, '_>) -> Vec<Spike> {
    let read = |one: &Section<'_, '_>| {
        let day = one.number_in("day", 1.0..=28.0, "a day of the month");
        let hour = one.number_in("hour_utc", 0.0..=23.99, "an hour of the day (UTC)");
        let hours = one.number_in("hours", 0.01..=48.0, "a length in hours");
        let times = one.number_in("times", SPIKE_TIMES_MIN..=10_000.0, "a multiple of the load");
        one.report_left_over();
        let (Some(day), Some(hour), Some(hours), Some(times)) = (day, hour, hours, times) else {
            // What is out of range has been said already.
            if !["day", "hour_utc", "hours", "times"].iter().all(|key| one.has(key)) {
                one.fault(
                    Diagnostic::new("a spike needs day, hour_utc, hours and times")
                        .at(one.place())
                        .mend("write for example day = 10, hour_utc = 18, hours = 3, times = 20"),
                );
            }
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

/// Takes `[[load.jobs]]`.
pub(super) fn jobs(taker: &mut Taker, section: &Section<'_, '_>) -> Vec<Job> {
    let read = |one: &Section<'_, '_>| {
        let sql = one.required_text("sql");
        let hour = one.number_in("hour_utc", 0.0..=23.99, "an hour of the day (UTC)");
        let hours = one.number_in("hours", 0.01..=24.0, "a length in hours");
        one.report_left_over();
        let (Some(hour), Some(hours)) = (hour, hours) else {
            one.fault(
                Diagnostic::new("a job needs sql, hour_utc and hours")
                    .at(one.place())
                    .mend("write for example sql = \"DELETE FROM a...\", hour_utc = 3, hours = 1"),
            );
            return None;
        };
        let sql = sql?;
        let what = "hours of the day in which all calls of a statement come";
        taker.note_written("load.jobs", what, &sql, |sql| {
            format!("{} h from {} h UTC: {sql}", hours.value, hour.value)
        });
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "within a day, and not negative"
        )]
        let minutes = |hours: f64| (hours * 60.0).round() as u16;
        Some(Job {
            sql,
            start_minute: minutes(hour.value).min(1439),
            minutes: minutes(hours.value).clamp(1, 1440),
        })
    };
    section.sections("jobs").iter().filter_map(read).collect()
}

/// Takes `load.weekday_weights`: the load of each day of the week from Monday
/// (UTC), brought to a mean of 1. The busiest day cannot have more than the
/// busiest minute.
pub(super) fn weekdays(
    section: &Section<'_, '_>,
    peak_to_mean: Option<f64>,
) -> Option<Written<Option<[f64; 7]>>> {
    let numbers = section.numbers("weekday_weights")?;
    let place = numbers.first().map_or_else(|| section.place(), |number| number.place.clone());
    let weights: Vec<f64> = numbers.iter().map(|number| number.value).collect();
    let mean = weights.iter().sum::<f64>() / 7.0;
    let sound = weights.iter().all(|weight| (0.0..=WEIGHT_MAX).contains(weight)) && mean > 0.0;
    let Some(weights) = <[f64; 7]>::try_from(weights).ok().filter(|_| sound) else {
        section.fault(
            Diagnostic::new("load.weekday_weights must be the loads of seven days from Monday")
                .at(place)
                .mend("write for example weekday_weights = [1, 1, 1, 1, 1, 0.6, 0.4]"),
        );
        return None;
    };
    let weights = weights.map(|weight| weight / mean);
    let busiest = weights.iter().copied().fold(0.0, f64::max);
    if busiest > peak_to_mean.unwrap_or(DEFAULT_PEAK_TO_MEAN) {
        section.fault(
            Diagnostic::new(format!(
                "the busiest weekday has {busiest:.2} times the mean load, more than \
                 load.peak_to_mean gives the busiest minute"
            ))
            .at(place)
            .mend("raise peak_to_mean: the busiest minute is in the busiest day"),
        );
        return None;
    }
    Some(Written { value: Some(weights), place })
}
