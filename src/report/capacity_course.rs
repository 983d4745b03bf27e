//! Pictures of a recorded series under a capacity mode, minute by minute.

use crate::report::chart::{Moment, TimelineChart};
use crate::simulate::modes::{CourseMinute, ModeUse, Setting, course};
use crate::simulate::on_demand::OnDemand;
use crate::simulate::{DAY_MINUTES, MinuteSeries};
use crate::units::Timestamp;

/// Longer series are cut to their busiest day, so that a lag of some minutes is
/// seen.
const WHOLE_MINUTES_MAX: usize = 2 * 1440;
/// Fewer minutes since 1970 than these are numbers of minutes, not times.
const NUMBERED_MINUTES_MAX: i64 = 366 * DAY_MINUTES;

/// Demand, capacity and throttling of a mode: a picture for each direction that
/// anything was asked of, with the name of its file.
#[must_use]
pub fn charts(
    mode: &ModeUse,
    reads: &MinuteSeries,
    writes: &MinuteSeries,
    table: &OnDemand,
) -> Vec<(String, TimelineChart)> {
    let [read_course, write_course] =
        course((reads, &mode.reads.setting), (writes, &mode.writes.setting), table);
    [
        ("reads", "Read", reads, &read_course, &mode.reads.setting),
        ("writes", "Write", writes, &write_course, &mode.writes.setting),
    ]
    .into_iter()
    .filter(|(.., minutes, _)| minutes.iter().any(|minute| minute.demand > 0.0))
    .map(|(file, word, series, minutes, setting)| {
        let (words, suffix) = of_setting(setting);
        let chart = chart(&format!("{word} units {words}"), word, series.start_minute(), minutes);
        (format!("{file}_{suffix}.png"), chart)
    })
    .collect()
}

fn of_setting(setting: &Setting) -> (String, String) {
    match setting {
        Setting::OnDemand => ("on demand".to_owned(), "on_demand".to_owned()),
        Setting::Flat(capacity) => {
            (format!("with {capacity} provisioned"), "provisioned".to_owned())
        }
        Setting::AutoScaled(policy) => (
            format!("auto-scaled at {}", policy.target),
            format!("auto_scaled_{}", policy.target.percent()),
        ),
    }
}

fn chart(title: &str, word: &str, start_minute: i64, minutes: &[CourseMinute]) -> TimelineChart {
    let (from, to) = shown(start_minute, minutes);
    let throttled: Vec<&CourseMinute> =
        minutes.iter().filter(|minute| minute.throttled > 0.0).collect();
    let refused: f64 = throttled.iter().map(|minute| minute.throttled).sum();
    let asked: f64 = minutes.iter().map(|minute| minute.demand).sum();
    let said = if throttled.is_empty() {
        "nothing throttled".to_owned()
    } else {
        format!("{:.3} % throttled, in {} minutes", refused / asked * 100.0, throttled.len())
    };
    let all = if to - from < minutes.len() {
        format!("the busiest day of {} minutes; in all of them {said}", minutes.len())
    } else {
        format!("{} minutes; {said}", minutes.len())
    };
    #[expect(clippy::cast_precision_loss, reason = "minutes of a picture")]
    let moments = minutes[from..to]
        .iter()
        .enumerate()
        .map(|(at, minute)| Moment {
            at_s: at as f64 * 60.0,
            demand: minute.demand,
            capacity: minute.capacity,
            throttled: minute.throttled,
        })
        .collect();
    let begins = start_minute.saturating_add_unsigned(from as u64);
    TimelineChart {
        title: title.to_owned(),
        subtitle: all,
        x_label: since(begins),
        y_label: format!("{} units per second", word.to_lowercase()),
        moments,
    }
}

/// When the picture begins. Minutes that are only numbered count from 0, which
/// would be a time in 1970.
fn since(begins: i64) -> String {
    if (0..NUMBERED_MINUTES_MAX).contains(&begins) {
        format!("since minute {begins} of the series")
    } else {
        format!("since {}", Timestamp::from_micros(begins * 60_000_000))
    }
}

/// The minutes shown: all, or the UTC day of the busiest one.
fn shown(start_minute: i64, minutes: &[CourseMinute]) -> (usize, usize) {
    if minutes.len() <= WHOLE_MINUTES_MAX {
        return (0, minutes.len());
    }
    let busiest = minutes
        .iter()
        .enumerate()
        .fold(0, |best, (at, minute)| if minute.demand > minutes[best].demand { at } else { best });
    let of_day = start_minute.saturating_add_unsigned(busiest as u64).rem_euclid(DAY_MINUTES);
    let of_day = usize::try_from(of_day).unwrap_or(0);
    let from = busiest.saturating_sub(of_day);
    // A series that begins within that day shows the day from there on.
    (from, (busiest + 1440 - of_day).min(minutes.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::TargetPercent;
    use crate::simulate::modes::provisioned;
    use crate::simulate::provisioned::{Provisioned, TargetTracking};

    fn per_second(levels: &[(u64, usize)]) -> MinuteSeries {
        let minutes = levels.iter().flat_map(|&(n, m)| std::iter::repeat_n(n * 60_000, m));
        MinuteSeries::new(90, minutes.collect()).unwrap()
    }

    fn of(writes: &MinuteSeries) -> Vec<(String, TimelineChart)> {
        let setting = Provisioned::scaled(TargetTracking::new(TargetPercent::CONSOLE_DEFAULT));
        let reads = MinuteSeries::new(90, vec![0; writes.len()]).unwrap();
        let mode = provisioned((&reads, &setting), (writes, &setting));
        charts(&mode, &reads, writes, &OnDemand::COLD)
    }

    /// Three hours at 20 times the load: capacity begins at 100 / 0.7 = 143 and
    /// ends at 2,000 / 0.7 = 2,858 units, of what was refused all is red.
    #[test]
    fn a_step_is_drawn_with_its_lag() {
        let drawn = of(&per_second(&[(100, 600), (2_000, 180), (100, 600)]));
        assert_eq!(drawn.len(), 1, "nobody reads");
        let (name, chart) = &drawn[0];
        assert_eq!(name, "writes_auto_scaled_70.png");
        assert_eq!(chart.moments.len(), 1380);
        let at = |minute: usize| chart.moments[minute];
        assert_eq!(at(0).capacity, Some(143.0));
        assert_eq!((at(601).demand, at(601).throttled > 0.0), (2_000.0, true));
        assert_eq!(at(700).capacity, Some(2_858.0));
        assert!(chart.subtitle.contains("throttled, in 17 minutes"), "{}", chart.subtitle);
        assert_eq!(chart.x_label, "since minute 90 of the series");
    }

    /// The busiest minute is on the third day: 1,350 minutes of the first, which
    /// begins at 01:30, and 1,440 of the second lie before it.
    #[test]
    fn of_a_long_series_the_busiest_day_is_drawn() {
        let (_, chart) =
            of(&per_second(&[(10, 1_350 + 1_440 + 7), (30, 1), (10, 2_000)])).remove(0);
        assert_eq!(chart.moments.len(), 1440);
        assert!((chart.moments[7].demand - 30.0).abs() < 1e-9);
        assert_eq!(chart.x_label, "since minute 2880 of the series");
        assert!(chart.subtitle.starts_with("the busiest day of 4798 minutes"));
    }
}
