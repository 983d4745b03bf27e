//! Query logs beside counters, and in their place.

use std::collections::BTreeMap;

use crate::finding::{Diagnostic, Finding, Severity};
use crate::units::Timestamp;

use super::classify;
use super::gathered::Moment;
use super::log::{Log, Logs};
use super::model::{Capture, Counters, Interval, SetAside, Statement};
use super::normal::{SQUASHED, fold_lists};
use super::query_log::QueryLog;
use super::series::CallSeries;
use super::settings::Settings;

/// The log of the database in question; what is said of the others.
pub(super) fn choose(
    logs: Logs,
    moments: &[Moment],
    settings: &Settings,
    findings: &mut Vec<Finding>,
) -> Option<Log> {
    if !logs.repeated.is_empty() {
        let names: Vec<&str> = logs.repeated.iter().map(|name| &**name).collect();
        findings.push(Finding::new(
            "log-repeated",
            Severity::Low,
            format!(
                "these logs cover a time that another log covers and were left out: {}",
                names.join(", ")
            ),
        ));
    }
    let named = settings.database.clone().into_iter().chain(
        moments.iter().filter_map(|moment| moment.database.as_ref().map(|(_, name)| name.clone())),
    );
    let known = named.into_iter().find(|name| logs.databases.contains_key(name));
    let name = known.or_else(|| {
        let most = logs.databases.iter().max_by_key(|(_, log)| log.executions)?;
        Some(most.0.clone())
    })?;
    let mut databases = logs.databases;
    let chosen = databases.remove(&name)?;
    let others: u64 = databases.values().map(|log| log.executions).sum();
    if others > 0 {
        findings.push(Finding::new(
            "log-other-databases",
            Severity::Low,
            format!("{others} logged executions in other databases than {name} were set aside"),
        ));
    }
    if chosen.others > 0 {
        findings.push(Finding::new(
            "log-too-varied",
            Severity::Medium,
            format!(
                "the log holds more different statements than can be told apart: {} executions were \
                 left out",
                chosen.others
            ),
        ));
    }
    Some(chosen)
}

/// Finishes the log in terms of the capture's statements, and gives squashed
/// lists the lengths that it shows.
pub(super) fn beside(
    log: Log,
    statements: &mut [Statement],
    findings: &mut Vec<Finding>,
) -> Option<QueryLog> {
    let mut by_id: BTreeMap<&str, &str> = BTreeMap::new();
    let mut by_text: BTreeMap<String, &str> = BTreeMap::new();
    for statement in &*statements {
        for id in &statement.query_ids {
            by_id.insert(id, &statement.text);
        }
        by_text.insert(fold_lists(&statement.text).0, &statement.text);
    }
    let log = log.finish(|id, text| {
        let known = id.and_then(|id| by_id.get(id)).or_else(|| by_text.get(text));
        known.map(|text| (*text).to_owned())
    })?;
    findings.push(Finding::new(
        "log-used",
        Severity::Low,
        format!(
            "the query log ({} executions from {} to {}) gives lengths of lists, transactions and \
             the skew of keys; nothing of it is added to the counters",
            log.executions, log.start, log.end
        ),
    ));
    for statement in statements {
        if !statement.text.contains(SQUASHED)
            || statement.list_lengths.iter().any(|one| !one.is_empty())
        {
            continue;
        }
        let logged = log.statements.iter().find(|one| one.text == statement.text);
        if let Some(logged) = logged {
            statement.list_lengths.clone_from(&logged.list_lengths);
        }
    }
    Some(log)
}

/// Shortest interval that a log is cut into: its counts are kept by the minute,
/// and a part of a minute would make a peak of a few calls.
const INTERVAL_MICROS_MIN: u64 = 60_000_000;

/// Statements times intervals that are held; a log that has more is cut into
/// longer intervals. A week by the minute of 200 statements (about 400 MB).
const CELLS_MAX: usize = 2_000_000;

/// A log longer than ten years has a line with a wrong date.
const SPAN_MICROS_MAX: u64 = 10 * 366 * 86_400 * 1_000_000;

/// A capture made of the log alone: calls per interval, and nothing else.
///
/// # Errors
/// If all entries are of one moment: then there is no rate; or if they are
/// further apart than any log is long.
pub(super) fn instead(log: Log, findings: &mut Vec<Finding>) -> Result<Capture, Diagnostic> {
    let Some((start, end)) = log.span().filter(|(start, end)| start < end) else {
        return Err(Diagnostic::new("the query log covers no time")
            .why("all its statements are of one moment, and nothing else counts calls")
            .mend("log for longer, or add exports of pg_stat_statements"));
    };
    if end.micros_since(start) > SPAN_MICROS_MAX {
        return Err(Diagnostic::new(format!("the query log goes from {start} to {end}"))
            .why("no log is longer than ten years: the date of a line is wrong")
            .mend("correct or delete the lines with that date"));
    }
    let every = minutes_per_interval(start, end, log.minutes().count());
    if every > 1 {
        findings.push(Finding::new(
            "log-intervals-long",
            Severity::Medium,
            format!(
                "the query log is too long and too varied to keep each statement's calls by the \
                 minute: rates are averages over {every} minutes, and shorter peaks are not seen"
            ),
        ));
    }
    let intervals = intervals(start, end, every);
    let mut capture = Capture { intervals, ..Capture::default() };
    for (text, by_minute) in log.minutes() {
        let mut calls = vec![0; capture.intervals.len()];
        let mut exec_ms = 0.0;
        for (minute, &(executions, ms)) in by_minute {
            let begin = start_of(*minute);
            // An interval holds the minutes that begin in it, the first also the
            // one that the log begins in.
            let after = capture.intervals.partition_point(|one| one.start <= begin);
            calls[after.saturating_sub(1)] += executions;
            exec_ms += ms;
        }
        let total =
            Counters { calls: calls.iter().sum(), exec_ms: Some(exec_ms), ..Counters::default() };
        match classify::set_aside(text) {
            Some(why) => capture.set_aside.push(SetAside {
                why,
                text: text.to_owned(),
                nested: false,
                total,
            }),
            None => capture.statements.push(Statement {
                query_ids: Vec::new(),
                text: text.to_owned(),
                nested: false,
                calls: CallSeries::of(&calls),
                total,
                labels: Vec::new(),
                list_lengths: Vec::new(),
                min_exec_ms: None,
            }),
        }
    }
    capture.statements.sort_by(|a, b| a.text.cmp(&b.text));
    capture.set_aside.sort_by(|a, b| (a.why, &a.text).cmp(&(b.why, &b.text)));
    findings.push(
        Finding::new(
            "log-only",
            Severity::High,
            "there are no statement counters: calls come from a query log, whose threshold \
             (log_min_duration_statement) and sampling are not known; rows, blocks and WAL are \
             unknown",
        )
        .mend("add an export of pg_stat_statements over the same time"),
    );
    let log = beside(log, &mut capture.statements, findings);
    capture.query_log = log;
    Ok(capture)
}

fn start_of(minute: i64) -> Timestamp {
    Timestamp::from_micros(minute * 60_000_000)
}

/// How many minutes an interval must have for a log of that count of statements to
/// stay within [`CELLS_MAX`].
fn minutes_per_interval(start: Timestamp, end: Timestamp, statements: usize) -> i64 {
    let most = u64::try_from(CELLS_MAX / statements.max(1)).map_or(1, |most| most.max(1));
    let minutes = end.micros_since(start) / INTERVAL_MICROS_MIN;
    i64::try_from(minutes.div_ceil(most)).unwrap_or(i64::MAX).max(1)
}

/// The time of a log cut at whole minutes that are multiples of `every`, into
/// nothing shorter than [`INTERVAL_MICROS_MIN`] unless the log itself is.
fn intervals(start: Timestamp, end: Timestamp, every: i64) -> Vec<Interval> {
    let mut intervals = Vec::new();
    let mut from = start;
    for number in (start.micros().div_euclid(60_000_000) + 1).div_euclid(every).. {
        let cut = start_of(number * every);
        if cut <= start {
            continue;
        }
        if cut >= end || end.micros_since(cut) < INTERVAL_MICROS_MIN {
            break;
        }
        if cut.micros_since(from) >= INTERVAL_MICROS_MIN {
            intervals.push(Interval { start: from, end: cut });
            from = cut;
        }
    }
    intervals.push(Interval { start: from, end });
    intervals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_cut_at_minutes_and_its_ends_are_its_own() {
        let at = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000);
        let cuts = |start, end| -> Vec<(i64, i64)> {
            let seconds = |moment: Timestamp| moment.micros() / 1_000_000;
            intervals(at(start), at(end), 1)
                .iter()
                .map(|one| (seconds(one.start), seconds(one.end)))
                .collect()
        };
        assert_eq!(cuts(42, 60), [(42, 60)]);
        assert_eq!(cuts(42, 241), [(42, 120), (120, 180), (180, 241)]);
        assert_eq!(cuts(0, 120), [(0, 60), (60, 120)]);
        assert_eq!(cuts(60, 61), [(60, 61)]);
        let long = intervals(at(42), at(700), 5);
        let starts: Vec<i64> = long.iter().map(|one| one.start.micros() / 1_000_000).collect();
        assert_eq!(starts, [42, 300, 600]);
    }

    #[test]
    fn a_log_of_many_statements_over_many_days_is_cut_into_longer_intervals() {
        let day = |number: i64| Timestamp::from_micros(number * 86_400_000_000);
        assert_eq!(minutes_per_interval(day(0), day(7), 198), 1);
        assert_eq!(minutes_per_interval(day(0), day(70), 198), 10);
        assert_eq!(minutes_per_interval(day(0), day(3650), 20_000), 52_560);
        assert_eq!(intervals(day(0), day(3650), 52_560).len(), 100);
    }
}
