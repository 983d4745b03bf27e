use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::finding::{Finding, Severity};
use crate::units::Timestamp;

use super::gathered::{Moment, Scope, StatementKey, StatementRow};
use super::model::Counters;
use super::readings::RowsOfFile;
use super::settings::Counting;
use super::snapshots::{Snapshot, Snapshots};

/// Turns rows that count one interval each into snapshots that count from the
/// start, so that everything after this sees one kind only.
pub(super) fn accumulate(
    files: &[RowsOfFile],
    counting: Counting,
    moments: &[Moment],
    findings: &mut Vec<Finding>,
) -> Snapshots {
    let mut snapshots = Snapshots::default();
    let mut at_time: BTreeMap<Timestamp, Vec<&StatementRow>> = BTreeMap::new();
    for row in files.iter().flat_map(|file| &file.rows) {
        if let Some(at) = row.at {
            at_time.entry(at).or_default().push(row);
        }
    }
    let times: Vec<Timestamp> = at_time.keys().copied().collect();
    let step = usual_step(&times);
    let Some((first, last)) = times.first().zip(times.last()) else { return snapshots };
    let edge = |at: Timestamp, by: i64| Timestamp::from_micros(at.micros() + by);
    // Where each interval ends; the one at the edge has the usual length.
    let (start, ends): (Timestamp, Vec<Timestamp>) = if counting == Counting::IntervalFrom {
        (*first, times[1..].iter().copied().chain([edge(*last, step)]).collect())
    } else {
        (edge(*first, -step), times.clone())
    };
    findings.push(Finding::new(
        "counters-are-increments",
        Severity::Low,
        format!(
            "the counters count one interval each, from {start} on; the interval at the edge of the \
             recording was taken to be {} s long, as most are",
            step / 1_000_000
        ),
    ));
    let mut totals: BTreeMap<Rc<StatementKey>, Total> = BTreeMap::new();
    snapshots.start(Snapshot { at: start, scope: Scope::All, rows: BTreeMap::new() }, moments);
    let mut before = start;
    for (rows, end) in at_time.into_values().zip(ends) {
        let seconds = seconds(end.micros_since(before));
        let mut changed = BTreeMap::new();
        for row in rows {
            let total = totals.entry(Rc::clone(&row.key)).or_default();
            total.add(row, counting, seconds);
            changed.insert(Rc::clone(&row.key), total.row(row));
        }
        let scope = Scope::Changes { gone: BTreeSet::new() };
        snapshots.start(Snapshot { at: end, scope, rows: changed }, moments);
        before = end;
    }
    snapshots.finish(moments);
    snapshots
}

/// What an entry counted up to some moment.
#[derive(Default)]
struct Total {
    counters: Counters,
    /// Calls, rows and milliseconds summed from rates, rounded only once.
    exact: Option<(f64, Option<f64>, Option<f64>)>,
}

impl Total {
    fn add(&mut self, row: &StatementRow, counting: Counting, seconds: f64) {
        match (&row.rates, counting) {
            (Some(rates), _) => {
                let (calls, rows, ms) = self.exact.unwrap_or_default();
                let grown = |sum: Option<f64>, rate: Option<f64>| {
                    rate.map_or(sum, |rate| Some(sum.unwrap_or(0.0) + rate * seconds))
                };
                self.exact = Some((
                    calls + rates.calls * seconds,
                    grown(rows, rates.rows),
                    grown(ms, rates.exec_ms),
                ));
            }
            _ => self.counters = self.counters.plus(&row.counters),
        }
    }

    /// The latest row with what was counted up to it.
    fn row(&self, latest: &StatementRow) -> StatementRow {
        let mut counters = self.counters.clone();
        if let Some((calls, rows, ms)) = self.exact {
            counters.calls = whole(calls);
            counters.rows = rows.map(whole);
            counters.exec_ms = ms;
        }
        StatementRow { counters, rates: None, since: None, ..latest.clone() }
    }
}

/// The most frequent distance of two moments in a row, microseconds, by whole
/// seconds; a minute if there is only one moment.
fn usual_step(times: &[Timestamp]) -> i64 {
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    for pair in times.windows(2) {
        let rounded = (pair[1].micros() - pair[0].micros() + 500_000) / 1_000_000;
        *counts.entry(rounded.max(1)).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(step, count)| (*count, -*step)).map_or(60, |(step, _)| step)
        * 1_000_000
}

#[expect(clippy::cast_precision_loss, reason = "seconds of a recording, for rates only")]
fn seconds(micros: u64) -> f64 {
    micros as f64 / 1e6
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count made of rates of at least 0"
)]
fn whole(count: f64) -> u64 {
    count.round().max(0.0) as u64
}

/// The files with rows whose times are not known: all are needed to tell
/// intervals apart.
pub(super) fn untimed(files: &[RowsOfFile]) -> BTreeSet<Rc<str>> {
    let untimed = files.iter().filter(|file| file.rows.iter().any(|row| row.at.is_none()));
    untimed.map(|file| Rc::clone(&file.name)).collect()
}
