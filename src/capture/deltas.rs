use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::finding::{Finding, Severity};
use crate::units::Timestamp;

use super::gathered::{Moment, StatementKey, StatementRow};
use super::model::Counters;
use super::snapshots::Snapshot;

/// Increments per interval of each key.
pub(super) type Deltas = BTreeMap<Rc<StatementKey>, Vec<Counters>>;

/// What is known about the counters beside a snapshot.
#[derive(Clone, Copy, Default)]
struct Info {
    dealloc: Option<u64>,
    stats_reset: Option<Timestamp>,
}

/// Entries that could not simply be subtracted.
#[derive(Default)]
struct Oddities {
    /// Whole resets: when.
    resets: Vec<(Timestamp, Option<Timestamp>)>,
    /// Entries reset or made anew between two snapshots.
    remade: BTreeSet<Rc<StatementKey>>,
    /// Entries that vanished because the server dropped them (or nobody knows),
    /// and their calls when last seen.
    evicted: BTreeMap<Rc<StatementKey>, u64>,
    /// Entries that came and went although the server dropped none.
    left_out: BTreeSet<Rc<StatementKey>>,
    dealloc: u64,
}

/// Subtracts each snapshot from the next.
pub(super) fn deltas(
    snapshots: &[Snapshot],
    moments: &[Moment],
    findings: &mut Vec<Finding>,
) -> Deltas {
    let infos: Vec<Info> = snapshots.iter().map(|snapshot| info_at(snapshot.at, moments)).collect();
    let intervals = snapshots.len().saturating_sub(1);
    let filtered = is_filtered(snapshots, &infos);
    let mut deltas = Deltas::new();
    let mut last_seen: BTreeMap<&StatementKey, (usize, &StatementRow)> = BTreeMap::new();
    let mut odd = Oddities::default();
    for (i, snapshot) in snapshots.iter().enumerate() {
        if i > 0 {
            let before = &snapshots[i - 1];
            let reset = was_reset(before.at, snapshot.at, infos[i - 1], infos[i]);
            if let Some(when) = reset {
                odd.resets.push((before.at, when));
            } else {
                odd.note_vanished(before, snapshot, infos[i - 1], infos[i]);
            }
            for (key, row) in &snapshot.rows {
                let known = last_seen.get(&**key).copied().filter(|_| reset.is_none());
                let increment = match known {
                    Some((seen, earlier)) if seen + 1 == i || filtered => increment(earlier, row)
                        .unwrap_or_else(|| {
                            odd.remade.insert(Rc::clone(key));
                            row.counters.clone()
                        }),
                    // It existed before and was not exported: what it did since
                    // the last snapshot cannot be told.
                    None if reset.is_none()
                        && (filtered || row.since.is_some_and(|since| since <= before.at)) =>
                    {
                        odd.left_out.insert(Rc::clone(key));
                        Counters::default()
                    }
                    // New since the last snapshot: it started at 0.
                    _ => row.counters.clone(),
                };
                deltas
                    .entry(Rc::clone(key))
                    .or_insert_with(|| vec![Counters::default(); intervals])[i - 1] = increment;
            }
        }
        for (key, row) in &snapshot.rows {
            last_seen.insert(key, (i, row));
        }
    }
    odd.tell(snapshots.last(), findings);
    deltas
}

/// The difference of two readings of one entry; `None` if the entry was reset
/// or made anew between them.
fn increment(earlier: &StatementRow, later: &StatementRow) -> Option<Counters> {
    let made_anew = earlier.since.zip(later.since).is_some_and(|(a, b)| a != b);
    if made_anew { None } else { later.counters.since(&earlier.counters) }
}

/// The reading of `pg_stat_statements_info` nearest in time.
fn info_at(at: Timestamp, moments: &[Moment]) -> Info {
    let nearest = moments
        .iter()
        .filter(|moment| moment.dealloc.is_some() || moment.stats_reset.is_some())
        .filter_map(|moment| Some((moment.at?, moment)))
        .min_by_key(|(then, _)| then.micros_since(at).max(at.micros_since(*then)));
    nearest.map_or(Info::default(), |(_, moment)| Info {
        dealloc: moment.dealloc,
        stats_reset: moment.stats_reset,
    })
}

/// Whether all counters were reset between two snapshots, and when if known.
fn was_reset(
    from: Timestamp,
    to: Timestamp,
    before: Info,
    after: Info,
) -> Option<Option<Timestamp>> {
    let (a, b) = before.stats_reset.zip(after.stats_reset)?;
    (b > a && b > from && b <= to).then_some(Some(b))
}

/// Whether the export holds only some of the entries (such as the top 100): an
/// entry is missing although the server dropped none.
fn is_filtered(snapshots: &[Snapshot], infos: &[Info]) -> bool {
    snapshots.windows(2).zip(infos.windows(2)).any(|(pair, info)| {
        let unchanged = info[0].dealloc.is_some() && info[0].dealloc == info[1].dealloc;
        unchanged
            && was_reset(pair[0].at, pair[1].at, info[0], info[1]).is_none()
            && pair[0].rows.keys().any(|key| !pair[1].rows.contains_key(key))
    })
}

impl Oddities {
    fn note_vanished(&mut self, before: &Snapshot, after: &Snapshot, a: Info, b: Info) {
        let dropped = a.dealloc.zip(b.dealloc).map(|(a, b)| b.saturating_sub(a));
        self.dealloc += dropped.unwrap_or(0);
        for (key, row) in &before.rows {
            if after.rows.contains_key(key) {
                continue;
            }
            if dropped == Some(0) {
                self.left_out.insert(Rc::clone(key));
            } else {
                self.evicted.insert(Rc::clone(key), row.counters.calls);
            }
        }
    }

    fn tell(self, last: Option<&Snapshot>, findings: &mut Vec<Finding>) {
        for (from, when) in &self.resets {
            let lost = match when {
                Some(when) => format!("at {when}: what ran since {from} was not recorded"),
                None => format!("after {from}"),
            };
            findings.push(
                Finding::new(
                    "counters-reset",
                    Severity::Medium,
                    format!(
                        "pg_stat_statements was reset {lost}; rates in that interval are too low"
                    ),
                )
                .mend("capture again without a reset, or leave that interval out"),
            );
        }
        if !self.remade.is_empty() {
            findings.push(
                Finding::new(
                    "entries-reset",
                    Severity::Medium,
                    format!(
                        "{} statements count less than before or since a later time: their entries \
                         were reset or dropped and made anew; only what they did since is counted",
                        self.remade.len()
                    ),
                )
                .mend("raise pg_stat_statements.max, and do not reset during a capture"),
            );
        }
        if !self.evicted.is_empty() || self.dealloc > 0 {
            let calls: u64 = self.evicted.values().sum();
            let held = last.map_or(0, |snapshot| snapshot.rows.len());
            findings.push(
                Finding::new(
                    "entries-evicted",
                    Severity::High,
                    format!(
                        "the server dropped entries {} times during the capture: {} statements \
                         ({calls} calls when last seen) vanished, and what they did after their last \
                         snapshot is missing; {held} entries were held at the end",
                        self.dealloc.max(u64::from(!self.evicted.is_empty())),
                        self.evicted.len()
                    ),
                )
                .mend("raise pg_stat_statements.max (default 5000) or snapshot more often"),
            );
        }
        if !self.left_out.is_empty() {
            findings.push(
                Finding::new(
                    "export-partial",
                    Severity::High,
                    format!(
                        "the export seems to hold only some of the statements (a LIMIT or a filter): \
                         {} come or go although the server dropped none; they are counted only \
                         between sightings",
                        self.left_out.len()
                    ),
                )
                .mend("export all rows of pg_stat_statements"),
            );
        }
    }
}

impl Counters {
    /// What was counted since `earlier`; `None` if a counter fell.
    fn since(&self, earlier: &Self) -> Option<Self> {
        fn count(now: Option<u64>, then: Option<u64>) -> Option<Option<u64>> {
            match (now, then) {
                (Some(now), Some(then)) => Some(Some(now.checked_sub(then)?)),
                _ => Some(None),
            }
        }
        fn time(now: Option<f64>, then: Option<f64>) -> Option<Option<f64>> {
            match (now, then) {
                // Exporters round.
                (Some(now), Some(then)) if now < then * (1.0 - 1e-9) - 1e-6 => None,
                (Some(now), Some(then)) => Some(Some((now - then).max(0.0))),
                _ => Some(None),
            }
        }
        Some(Self {
            calls: self.calls.checked_sub(earlier.calls)?,
            rows: count(self.rows, earlier.rows)?,
            exec_ms: time(self.exec_ms, earlier.exec_ms)?,
            plan_ms: time(self.plan_ms, earlier.plan_ms)?,
            blk_read_ms: time(self.blk_read_ms, earlier.blk_read_ms)?,
            blk_write_ms: time(self.blk_write_ms, earlier.blk_write_ms)?,
            shared_blks_hit: count(self.shared_blks_hit, earlier.shared_blks_hit)?,
            shared_blks_read: count(self.shared_blks_read, earlier.shared_blks_read)?,
            shared_blks_dirtied: count(self.shared_blks_dirtied, earlier.shared_blks_dirtied)?,
            shared_blks_written: count(self.shared_blks_written, earlier.shared_blks_written)?,
            temp_blks: count(self.temp_blks, earlier.temp_blks)?,
            wal_records: count(self.wal_records, earlier.wal_records)?,
            wal_fpi: count(self.wal_fpi, earlier.wal_fpi)?,
            wal_bytes: count(self.wal_bytes, earlier.wal_bytes)?,
        })
    }
}
