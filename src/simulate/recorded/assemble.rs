use std::collections::BTreeMap;

use crate::finding::{Diagnostic, Diagnostics, Finding, Place, Severity};
use crate::simulate::series::MinuteSeries;

use super::{Metric, Point, Points, Recorded};

/// Two years of minutes: more than CloudWatch keeps.
const MINUTES_MAX: i64 = 2 * 366 * 1440;

/// Puts figures in order of time and fills what the exporter left out.
pub(super) fn assemble(
    files: Vec<Points>,
    stated_period: Option<i64>,
) -> Result<Recorded, Diagnostics> {
    let undated = files.iter().any(|file| file.undated);
    let gaps_are_idle = files.iter().all(|file| file.gaps_are_idle);
    let points: Vec<Point> = files.into_iter().flat_map(|file| file.points).collect();
    let by_minute = by_minute(&points)?;
    let (Some((&(first, _), first_point)), Some((&(last, _), _))) =
        (by_minute.first_key_value(), by_minute.last_key_value())
    else {
        return Err(Diagnostic::new("there is not a single minute in this series").into());
    };
    let period = stated_period.unwrap_or_else(|| period(&by_minute));
    let end = last + period;
    if end - first > MINUTES_MAX {
        let what = "the series spans more than two years".to_owned();
        return Err(Diagnostic::new(what).at(first_point.place.clone()).into());
    }
    let minutes: Vec<i64> =
        (0..).map(|i| first + i * period).take_while(|minute| *minute < end).collect();
    check_complete(&by_minute, &minutes, gaps_are_idle, period)?;
    let mut findings = Vec::new();
    if stated_period.is_none() && gaps_are_idle && (period > 1 || minutes.len() == 1) {
        let has =
            |minute: &i64| Metric::BOTH.iter().any(|m| by_minute.contains_key(&(*minute, *m)));
        if !minutes.iter().all(has) {
            return Err(Diagnostic::new(format!(
                "nobody knows what a datapoint covers: they lie {period} minutes apart or more, and \
                 some are missing"
            ))
            .at(first_point.place.clone())
            .why(
                "periods without consumption are left out, so that few busy minutes and longer \
                 periods look alike",
            )
            .mend("pass --period with the seconds that the export was asked for, such as 60")
            .into());
        }
        findings.push(
            Finding::new(
                "period-assumed",
                Severity::High,
                format!(
                    "one datapoint is taken to cover {period} minutes, the least distance there is; \
                     if idle minutes were left out, it is one"
                ),
            )
            .mend("pass --period with the seconds that the export was asked for"),
        );
    }
    if undated {
        findings.push(Finding::new(
            "minutes-undated",
            Severity::Low,
            "minutes are counted, not dated; minute 0 is taken for 00:00 UTC, which sets the \
             hours of the bill and the days of the decrease budget",
        ));
    }
    if period > 1 {
        findings.push(
            Finding::new(
                "peak-minute-unknown",
                Severity::High,
                format!(
                    "one figure covers {period} minutes and is spread evenly over them: peaks \
                     within it, and what they throttle, do not show"
                ),
            )
            .mend("export the Sum with a period of 60 seconds"),
        );
    }
    let mut series = Vec::new();
    for metric in Metric::BOTH {
        let figures = minutes.iter().map(|minute| by_minute.get(&(*minute, metric)));
        let missing = figures.clone().filter(Option::is_none).count();
        if missing > 0 {
            findings.push(Finding::new(
                "minutes-without-datapoint",
                Severity::Low,
                format!(
                    "{missing} of {} periods have no datapoint of {}; CloudWatch sends none where \
                     nothing was consumed, so they count as 0",
                    minutes.len(),
                    metric.words(),
                ),
            ));
        }
        let milli = figures.flat_map(|point| spread(point.map_or(0, |p| p.milli), period));
        let one = MinuteSeries::new(first, milli.collect());
        series.push(one.expect("each figure was checked against the limit as it was read"));
    }
    let writes = series.pop().expect("one series a metric");
    let reads = series.pop().expect("one series a metric");
    let period_minutes = u32::try_from(period).expect("shorter than the series");
    Ok(Recorded { reads, writes, period_minutes, findings })
}

type ByMinute<'a> = BTreeMap<(i64, Metric), &'a Point>;

fn by_minute(points: &[Point]) -> Result<ByMinute<'_>, Diagnostics> {
    let mut faults = Diagnostics::default();
    let mut by_minute = ByMinute::new();
    for point in points {
        if let Some(first) = by_minute.insert((point.minute, point.metric), point) {
            let what = format!("{} of this minute are given twice", point.metric.words());
            faults.push(
                Diagnostic::new(what)
                    .at(point.place.clone())
                    .why(format!("the first figure is at {}", first.place))
                    .mend("give one table or index, each minute once"),
            );
        }
    }
    for metric in Metric::BOTH {
        if !points.is_empty() && !points.iter().any(|point| point.metric == metric) {
            let what = format!("there are no {} in this series", metric.words());
            faults.push(
                Diagnostic::new(what)
                    .why("the bill and the best setting need reads and writes")
                    .mend("give the file with the other metric too, or write 0 in every minute"),
            );
        }
    }
    faults.finish(by_minute)
}

/// Minutes between neighbouring figures: the smallest distance there is.
fn period(by_minute: &ByMinute<'_>) -> i64 {
    let minutes: Vec<i64> = by_minute.keys().map(|(minute, _)| *minute).collect();
    minutes.windows(2).map(|pair| pair[1] - pair[0]).filter(|gap| *gap > 0).min().unwrap_or(1)
}

fn check_complete(
    by_minute: &ByMinute<'_>,
    minutes: &[i64],
    gaps_are_idle: bool,
    period: i64,
) -> Result<(), Diagnostics> {
    let mut faults = Diagnostics::default();
    let first = minutes[0];
    for ((minute, _), point) in by_minute {
        if (minute - first) % period != 0 {
            let what = format!("this minute is out of step with the period of {period} minutes");
            faults.push(Diagnostic::new(what).at(point.place.clone()));
        }
    }
    if !gaps_are_idle {
        let mut before: Option<&Place> = None;
        let mut missing = 0_u64;
        for minute in minutes {
            match by_minute.get(&(*minute, Metric::Reads)) {
                Some(point) => {
                    if missing > 0 {
                        let what = format!("{missing} minutes are missing before this one");
                        let mut fault = Diagnostic::new(what)
                            .at(point.place.clone())
                            .why("what was not recorded is not known to be 0")
                            .mend(
                                "write a row for every minute, with 0 where nothing was consumed",
                            );
                        if let Some(before) = before {
                            fault.what.push_str(&format!(" (the last one is at {before})"));
                        }
                        faults.push(fault);
                    }
                    missing = 0;
                    before = Some(&point.place);
                }
                None => missing += 1,
            }
        }
    }
    faults.finish(())
}

/// The figure in equal parts; what does not divide goes to the first minutes,
/// so that the sum stays.
fn spread(milli: u64, period: i64) -> impl Iterator<Item = u64> {
    let parts = period.unsigned_abs();
    (0..parts).map(move |part| milli / parts + u64::from(part < milli % parts))
}
