//! Demand against capacity over the busiest day.

use crate::compare::BusiestDay;
use crate::report::chart::{Moment, TimelineChart};
use crate::simulate::LongestRun;

/// Minute by minute, in thousandths of a unit.
pub fn chart(day: &BusiestDay) -> TimelineChart {
    let rounded = |units: f64| (units * 1000.0).round() / 1000.0;
    #[expect(clippy::cast_precision_loss, reason = "minutes of a day")]
    let moments = day
        .minutes
        .iter()
        .enumerate()
        .map(|(at, minute)| Moment {
            at_s: at as f64 * 60.0,
            demand: rounded(minute.demand),
            capacity: minute.capacity,
            throttled: rounded(minute.throttled),
        })
        .collect();
    let mut behind = LongestRun::default();
    for minute in &day.minutes {
        behind.add(minute.capacity.is_some_and(|capacity| minute.demand > capacity));
    }
    let lag = match behind.longest() {
        0 => String::new(),
        1 => "; for 1 minute more is asked for than is in force".to_owned(),
        n => format!("; for {n} minutes in a row more is asked for than is in force"),
    };
    TimelineChart {
        title: format!("The busiest day of {}, {}", day.design, day.mode.label()),
        subtitle: format!(
            "{} of {}, the costliest capacity, at today's load{lag}",
            day.word(),
            day.arm
        ),
        x_label: "since midnight UTC".to_owned(),
        y_label: format!("{} units per second", day.direction_word()),
        moments,
    }
}
