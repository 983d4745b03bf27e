use crate::finding::{Diagnostic, Sourced};
use crate::written::{Section, Written};

use super::arrival::{self, DEFAULT_PEAK_TO_MEAN, Job, Spike};
use super::assumption::Taker;
use super::key_skew::{self, StatedSkew};

/// What the capture stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaptureRepresents {
    /// Its rates are the month's average.
    Average,
    /// Its rates are the busiest time of the month.
    Peak,
    /// It covers whole days: its mean is the average, its busiest interval the
    /// peak.
    WholeDay,
}

impl CaptureRepresents {
    const WORDS: [&'static str; 3] = ["average", "peak", "whole_day"];

    const fn word(self) -> &'static str {
        match self {
            Self::Average => "average",
            Self::Peak => "peak",
            Self::WholeDay => "whole_day",
        }
    }
}

/// `[load]`: from a recording to a month, and from today to the horizon.
#[derive(Clone, Debug)]
pub struct LoadSettings {
    /// What the capture's rates stand for.
    pub capture_represents: Sourced<CaptureRepresents>,
    /// Busiest minute of the month over its mean.
    pub peak_to_mean: Sourced<f64>,
    /// Variance of the number of calls in a second over its mean; 1 is that of
    /// independent calls.
    pub dispersion: Sourced<f64>,
    /// Minute of the UTC day that is the busiest.
    pub peak_minute_utc: Sourced<u16>,
    /// The load of each day of the week from Monday (UTC) over their mean;
    /// `None` where they are taken to be alike.
    pub weekdays: Sourced<Option<[f64; 7]>>,
    /// Hours in which the load is a multiple of the daily wave.
    pub spikes: Vec<Spike>,
    /// Statements whose calls all come within some hours of the day.
    pub jobs: Vec<Job>,
    /// How calls concentrate on the values of columns, as far as the plan says.
    pub keys: Vec<StatedSkew>,
    /// Months planned for.
    pub horizon_months: Sourced<f64>,
    /// Growth of the load a month: 0.03 is 3 %.
    pub growth_per_month: Sourced<f64>,
    /// How long rows are kept; unknown means for the whole horizon.
    pub retention_days: Sourced<Option<f64>>,
    /// Smallest and largest multiple of today's load that is looked at.
    pub range: Sourced<(f64, f64)>,
    /// Hours of a month.
    pub month_hours: Sourced<u32>,
    /// Bytes of a billed GB.
    pub gb_bytes: Sourced<u64>,
}

impl LoadSettings {
    /// Takes `[load]`.
    pub(super) fn take(taker: &mut Taker, section: &Section<'_, '_>) -> Self {
        let represents =
            section.word("capture_represents", &CaptureRepresents::WORDS).map(|word| {
                let value = [
                    CaptureRepresents::Average,
                    CaptureRepresents::Peak,
                    CaptureRepresents::WholeDay,
                ][word.value];
                Written { value, place: word.place }
            });
        let peak_to_mean =
            section.number_in("peak_to_mean", 1.0..=1000.0, "the peak over the mean");
        let stated_peak = peak_to_mean.as_ref().map(|peak| peak.value);
        let load = Self {
            capture_represents: taker.note(
                "load.capture_represents",
                "what the rates of the capture stand for",
                represents,
                CaptureRepresents::Average,
                |represents| represents.word().to_owned(),
            ),
            peak_to_mean: taker.note(
                "load.peak_to_mean",
                "load of the busiest minute over the mean of the month",
                peak_to_mean,
                DEFAULT_PEAK_TO_MEAN,
                ToString::to_string,
            ),
            dispersion: taker.note(
                "load.dispersion",
                "variance of the calls in a second over their mean (1: independent calls)",
                section.number_in("dispersion", 0.0..=10_000.0, "a variance over a mean"),
                1.0,
                ToString::to_string,
            ),
            peak_minute_utc: taker.note(
                "load.peak_hour_utc",
                "hour of the day with the busiest minute; the load follows a daily wave",
                arrival::peak_minute(section),
                14 * 60,
                |minute| format!("{:02}:{:02} UTC", minute / 60, minute % 60),
            ),
            weekdays: taker.note(
                "load.weekday_weights",
                "load of each day of the week over their mean",
                arrival::weekdays(section, stated_peak),
                None,
                |weights| match weights {
                    Some(weights) => format!("{weights:.2?} from Monday"),
                    None => "the same on every day".to_owned(),
                },
            ),
            spikes: arrival::spikes(taker, section),
            jobs: arrival::jobs(taker, section),
            keys: key_skew::keys(taker, section),
            horizon_months: taker.note(
                "load.horizon_months",
                "months planned for",
                section.number_in("horizon_months", 1.0..=120.0, "a horizon in months"),
                12.0,
                |months| format!("{months} months"),
            ),
            growth_per_month: taker.note(
                "load.growth_per_month",
                "growth of the load a month",
                section.number_in("growth_per_month", -0.5..=2.0, "growth (0.03 is 3 %)"),
                0.0,
                |growth| format!("{} %", growth * 100.0),
            ),
            retention_days: taker.note(
                "load.retention_days",
                "how long new rows are kept",
                section
                    .number_in("retention_days", 0.0..=36_500.0, "a retention in days")
                    .map(|days| Written { value: Some(days.value), place: days.place }),
                None,
                |days| days.map_or("the whole horizon".to_owned(), |days| format!("{days} days")),
            ),
            range: taker.note(
                "load.range",
                "multiples of today's load that are looked at",
                load_range(section),
                (1.0, 1000.0),
                |(least, most)| format!("{least}x to {most}x"),
            ),
            month_hours: taker.note(
                "load.month_hours",
                "hours of a month",
                month_hours(section),
                730,
                |hours| format!("{hours} h"),
            ),
            gb_bytes: taker.note(
                "load.gb_bytes",
                "bytes of a billed GB",
                gb_bytes(section),
                1 << 30,
                |bytes| format!("{bytes} B"),
            ),
        };
        section.report_left_over();
        load
    }
}

/// Multiples of today's load that can be asked about: a millionth of it is nothing
/// to any table, and a million times it is beyond every quota.
const LOADS: (f64, f64) = (1e-6, 1e6);

fn load_range(section: &Section<'_, '_>) -> Option<Written<(f64, f64)>> {
    let place = section.place();
    let numbers = section.numbers("range")?;
    let ends: Vec<f64> = numbers.iter().map(|number| number.value).collect();
    if let [least, most] = ends[..]
        && (LOADS.0..=LOADS.1).contains(&least)
        && least < most
        && most <= LOADS.1
    {
        return Some(Written { value: (least, most), place: numbers[0].place.clone() });
    }
    section.fault(
        Diagnostic::new(format!(
            "load.range must be two multiples of today's load, from {} to {}",
            LOADS.0, LOADS.1
        ))
        .at(numbers.first().map_or(place, |number| number.place.clone()))
        .mend("write the smaller first, such as range = [1, 1000]"),
    );
    None
}

fn month_hours(section: &Section<'_, '_>) -> Option<Written<u32>> {
    let hours = section.whole("month_hours")?;
    match u32::try_from(hours.value) {
        Ok(value @ 672..=744) => Some(Written { value, place: hours.place }),
        _ => {
            section.fault(
                Diagnostic::new(format!("load.month_hours = {} is no month", hours.value))
                    .at(hours.place)
                    .mend("use 730 (a twelfth of a year), or 720 for a month of 30 days"),
            );
            None
        }
    }
}

fn gb_bytes(section: &Section<'_, '_>) -> Option<Written<u64>> {
    let bytes = section.whole("gb_bytes")?;
    if bytes.value == 1 << 30 || bytes.value == 1_000_000_000 {
        return Some(bytes);
    }
    section.fault(
        Diagnostic::new(format!("load.gb_bytes = {} is not a GB", bytes.value))
            .at(bytes.place)
            .mend("use 1073741824 (2^30) or 1000000000"),
    );
    None
}
