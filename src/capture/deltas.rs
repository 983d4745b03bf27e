//! Increments of the counters, made as snapshots come: of each entry of the view
//! the last reading and the sums are kept, never the snapshots.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::finding::{Finding, Severity};
use crate::units::Timestamp;

use super::gathered::{Moment, Scope, StatementKey, StatementRow};
use super::model::{Counters, Interval};
use super::normal::{Normal, shown};
use super::series::CallSeries;
use super::snapshots::Snapshot;
use super::statements::is_shown;

/// What one entry of the view did from the first snapshot to the last.
#[derive(Default)]
pub(super) struct Delta {
    pub calls: CallSeries,
    pub total: Counters,
    /// Smallest execution time, as last read, milliseconds.
    pub min_exec_ms: Option<f64>,
}

/// What all of them did.
#[derive(Default)]
pub(super) struct Deltas {
    /// The entries that stand in any snapshot but the first.
    pub entries: BTreeMap<Rc<StatementKey>, Delta>,
    pub texts: Texts,
    pub intervals: Vec<Interval>,
}

/// The text of each queryid by database, as any role was shown it.
#[derive(Default)]
pub(super) struct Texts(BTreeMap<String, BTreeMap<String, Rc<Normal>>>);

impl Texts {
    /// Takes a text unless there is one.
    pub fn add(&mut self, query_id: &str, database: &str, text: &str) {
        if self.of(query_id, database).is_none() && is_shown(text) {
            let texts = self.0.entry(database.to_owned()).or_default();
            let normal = Normal::of(text);
            let text = shown(&normal.text);
            texts.insert(query_id.to_owned(), Rc::new(Normal { text, ..normal }));
        }
    }

    /// Takes those that it does not have.
    pub fn extend(&mut self, others: Self) {
        for (database, texts) in others.0 {
            let known = self.0.entry(database).or_default();
            for (query_id, text) in texts {
                known.entry(query_id).or_insert(text);
            }
        }
    }

    /// The text of that queryid.
    pub fn of(&self, query_id: &str, database: &str) -> Option<&Rc<Normal>> {
        self.0.get(database)?.get(query_id)
    }
}

/// What is known about the counters beside a snapshot.
#[derive(Clone, Copy, Default)]
struct Info {
    dealloc: Option<u64>,
    stats_reset: Option<Timestamp>,
}

/// What happened to all counters between two snapshots.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Step {
    /// They were reset, at that time.
    reset: Option<Timestamp>,
    /// How many entries the server had dropped before and after, if it says so.
    dealloc: Option<(u64, u64)>,
}

impl Step {
    fn between(from: &Taken, to: &Taken) -> Self {
        // The time alone tells: a reset between the statements and the info of one
        // reading stands in the infos of both ends of the next step.
        let reset = to.info.stats_reset.filter(|when| *when > from.at && *when <= to.at);
        Self { reset, dealloc: from.info.dealloc.zip(to.info.dealloc) }
    }

    /// How many entries the server dropped, if it says so.
    fn dropped(self) -> Option<u64> {
        self.dealloc.map(|(a, b)| b.saturating_sub(a))
    }
}

/// A snapshot that was folded.
#[derive(Clone, Copy)]
struct Taken {
    at: Timestamp,
    info: Info,
    /// An entry of the snapshot before was not in it.
    any_vanished: bool,
}

/// An entry, as it was last read.
struct Entry {
    row: StatementRow,
    /// It was in the last snapshot.
    present: bool,
    /// Its text is known.
    has_text: bool,
    /// `None` as long as it was in the first snapshot only.
    delta: Option<Delta>,
    min_exec_ms: Option<f64>,
}

/// Subtracts each snapshot from the next.
#[derive(Default)]
pub(super) struct Fold {
    /// The export is taken to hold only some of the entries (such as the top
    /// 100).
    filtered: bool,
    entries: BTreeMap<Rc<StatementKey>, Entry>,
    pub texts: Texts,
    taken: Vec<Taken>,
    odd: Oddities,
    /// Pairs of readings of one entry, and how often calls fell.
    pairs: u64,
    falls: u64,
}

/// Entries that could not simply be subtracted.
#[derive(Default)]
struct Oddities {
    /// Whole resets: the snapshot before, and when.
    resets: Vec<(Timestamp, Timestamp)>,
    /// Entries reset or made anew between two snapshots.
    remade: BTreeSet<Rc<StatementKey>>,
    /// Entries that vanished because the server dropped them (or nobody knows),
    /// and their calls when last seen.
    evicted: BTreeMap<Rc<StatementKey>, u64>,
    /// Entries that came and went although the server dropped none.
    left_out: BTreeSet<Rc<StatementKey>>,
    dealloc: u64,
}

impl Fold {
    /// `filtered`: see [`Fold::is_stale`].
    pub fn new(filtered: bool) -> Self {
        Self { filtered, ..Self::default() }
    }

    /// Takes the next snapshot. `moments` is what is known up to now.
    pub fn take(&mut self, snapshot: Snapshot, moments: &[Moment]) {
        let Snapshot { at, scope, mut rows } = snapshot;
        let mut now = Taken { at, info: info_at(at, moments), any_vanished: false };
        let step = self.taken.last().map(|before| Step::between(before, &now));
        let before = self.taken.last().map(|before| before.at);
        if let Some(step) = step {
            self.odd.note_step(step, before.unwrap_or(at));
        }
        let interval = self.taken.len().saturating_sub(1);
        for (key, entry) in &mut self.entries {
            let row = rows.remove(key);
            let stays = match (&row, &scope) {
                (Some(_), _) => true,
                (None, Scope::All) => false,
                (None, Scope::Changes { gone }) => entry.present && !gone.contains(&**key),
            };
            if stays {
                self.pairs += u64::from(entry.present);
                let row = row.unwrap_or_else(|| entry.row.clone());
                self.falls +=
                    u64::from(entry.present && row.counters.calls < entry.row.counters.calls);
                let known = step.is_none_or(|step| step.reset.is_none())
                    && (entry.present || self.filtered);
                let increment = known.then(|| increment(&entry.row, &row));
                if increment == Some(None) {
                    self.odd.remade.insert(Rc::clone(key));
                }
                let increment = increment.flatten().unwrap_or_else(|| row.counters.clone());
                entry.add(interval, &increment);
                entry.read(row, &mut self.texts);
            } else if std::mem::take(&mut entry.present) {
                now.any_vanished = true;
                if let Some(step) = step {
                    self.odd.note_vanished(step, key, entry.row.counters.calls);
                }
            }
        }
        for (key, row) in rows {
            let mut entry = Entry {
                row: row.clone(),
                present: true,
                has_text: false,
                delta: None,
                min_exec_ms: None,
            };
            if let Some((step, before)) = step.zip(before) {
                // It existed before and was not exported: what it did since the
                // last snapshot cannot be told. Else it started at 0.
                let existed = step.reset.is_none()
                    && (self.filtered || row.since.is_some_and(|since| since <= before));
                if existed {
                    self.odd.left_out.insert(Rc::clone(&key));
                    entry.add(interval, &Counters::default());
                } else {
                    entry.add(interval, &row.counters);
                }
            }
            entry.read(row, &mut self.texts);
            self.entries.insert(key, entry);
        }
        self.taken.push(now);
    }

    /// Whether the increments must be made again, now that all `moments` are
    /// known: where a reset or the number of dropped entries was not, or an
    /// entry is missing although the server dropped none, so that the export
    /// must be taken to be filtered. Says whether it must.
    pub fn is_stale(&self, moments: &[Moment]) -> Option<bool> {
        let known: Vec<Taken> =
            self.taken.iter().map(|one| Taken { info: info_at(one.at, moments), ..*one }).collect();
        let steps = |taken: &[Taken]| -> Vec<Step> {
            taken.windows(2).map(|pair| Step::between(&pair[0], &pair[1])).collect()
        };
        let right = steps(&known);
        let filtered = right.iter().zip(&known[known.len().min(1)..]).any(|(step, to)| {
            let dropped_none = step.dealloc.is_some_and(|(a, b)| a == b);
            dropped_none && step.reset.is_none() && to.any_vanished
        });
        let stale = filtered != self.filtered || right != steps(&self.taken);
        stale.then_some(filtered)
    }

    /// Whether cumulative counters would fall so often that these cannot be any:
    /// more than three in ten times from one snapshot to the next.
    pub fn looks_like_increments(&self) -> bool {
        /// Fewer pairs of readings prove nothing.
        const PAIRS_MIN: u64 = 20;
        self.pairs >= PAIRS_MIN && self.falls * 10 > self.pairs * 3
    }

    /// When the only snapshot was taken, if there is but one.
    pub fn only_snapshot(&self) -> Option<Timestamp> {
        if let [one] = self.taken[..] { Some(one.at) } else { None }
    }

    /// The only snapshot, taken `at`, after an empty one at `reset`.
    pub fn since_reset(self, reset: Timestamp, at: Timestamp, moments: &[Moment]) -> Self {
        let mut fold = Self { filtered: self.filtered, texts: self.texts, ..Self::default() };
        let rows = self.entries.into_iter().map(|(key, entry)| (key, entry.row)).collect();
        for (at, rows) in [(reset, BTreeMap::new()), (at, rows)] {
            fold.take(Snapshot { at, scope: Scope::All, rows }, moments);
        }
        fold
    }

    /// What all entries did; tells what was odd.
    pub fn finish(self, findings: &mut Vec<Finding>) -> Deltas {
        let held = self.entries.values().filter(|entry| entry.present).count();
        self.odd.tell(held, findings);
        let entries = self.entries.into_iter().filter_map(|(key, entry)| {
            Some((key, Delta { min_exec_ms: entry.min_exec_ms, ..entry.delta? }))
        });
        Deltas {
            entries: entries.collect(),
            texts: self.texts,
            intervals: self
                .taken
                .windows(2)
                .map(|pair| Interval { start: pair[0].at, end: pair[1].at })
                .collect(),
        }
    }
}

impl Entry {
    fn add(&mut self, interval: usize, increment: &Counters) {
        let delta = self.delta.get_or_insert_default();
        delta.calls.push(interval, increment.calls);
        delta.total = delta.total.plus(increment);
    }

    /// Takes the reading as the last one.
    fn read(&mut self, mut row: StatementRow, texts: &mut Texts) {
        if let Some(text) = row.text.take().filter(|_| !self.has_text) {
            texts.add(&row.key.query_id, &row.key.database, &text);
            self.has_text = texts.of(&row.key.query_id, &row.key.database).is_some();
        }
        // Later readings include the earlier ones.
        self.min_exec_ms = row.min_exec_ms.or(self.min_exec_ms);
        self.present = true;
        self.row = row;
    }
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

impl Oddities {
    fn note_step(&mut self, step: Step, from: Timestamp) {
        match step.reset {
            Some(when) => self.resets.push((from, when)),
            None => self.dealloc = self.dealloc.saturating_add(step.dropped().unwrap_or(0)),
        }
    }

    fn note_vanished(&mut self, step: Step, key: &Rc<StatementKey>, calls: u64) {
        if step.reset.is_some() {
            return;
        }
        if step.dropped() == Some(0) {
            self.left_out.insert(Rc::clone(key));
        } else {
            self.evicted.insert(Rc::clone(key), calls);
        }
    }

    fn tell(self, held: usize, findings: &mut Vec<Finding>) {
        for (from, when) in &self.resets {
            let lost = format!("at {when}: what ran since {from} was not recorded");
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
            let calls = self.evicted.values().fold(0_u64, |sum, calls| sum.saturating_add(*calls));
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
