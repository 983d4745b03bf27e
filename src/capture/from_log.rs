//! Query logs beside counters, and in their place.

use std::collections::BTreeMap;

use crate::finding::{Finding, Severity};
use crate::units::Timestamp;

use super::classify;
use super::gathered::Moment;
use super::log::{Log, Logs};
use super::model::{Capture, Counters, Interval, SetAside, Statement};
use super::normal::{SQUASHED, fold_lists};
use super::query_log::QueryLog;
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

/// A capture made of the log alone: calls per minute, and nothing else.
pub(super) fn instead(log: Log, findings: &mut Vec<Finding>) -> Capture {
    let minutes: Vec<i64> =
        log.minutes().flat_map(|(_, minutes)| minutes.keys().copied()).collect();
    let (Some(first), Some(last)) = (minutes.iter().min(), minutes.iter().max()) else {
        return Capture::default();
    };
    let start_of = |minute: i64| Timestamp::from_micros(minute * 60_000_000);
    let intervals: Vec<Interval> = (*first..=*last)
        .map(|minute| Interval { start: start_of(minute), end: start_of(minute + 1) })
        .collect();
    let mut capture = Capture { intervals, ..Capture::default() };
    for (text, by_minute) in log.minutes() {
        let increment = |minute: &i64| {
            let (calls, ms) = by_minute.get(minute).copied().unwrap_or_default();
            Counters { calls, exec_ms: Some(ms), ..Counters::default() }
        };
        let per_interval: Vec<Counters> =
            (*first..=*last).map(|minute| increment(&minute)).collect();
        match classify::set_aside(text) {
            Some(why) => capture.set_aside.push(SetAside {
                why,
                text: text.to_owned(),
                nested: false,
                total: per_interval.iter().fold(Counters::default(), |sum, one| sum.plus(one)),
            }),
            None => capture.statements.push(Statement {
                query_ids: Vec::new(),
                text: text.to_owned(),
                nested: false,
                per_interval,
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
    capture
}
