//! Statement counters as the files hold them, row by row.
//!
//! Rows that come in order of time, as nearly all do, are folded as they are
//! read: what is kept grows with the number of statements, not with that of
//! readings. Rows in another order, or without times, are held until all are
//! there. What rows do not say themselves (resets, entries dropped) may stand
//! in files that are read later: then the files are read a second time.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::finding::{Diagnostic, Diagnostics, Finding, Severity};

use super::cutter::{Cutter, drop_last_moment};
use super::deltas::Texts;
use super::gathered::{Group, Moment, StatementKey, StatementRow};
use super::increments;
use super::settings::{Counting, Settings};
use super::snapshots::{Snapshots, give_times};

/// Count of rows of a file that are looked at before it is decided how its snapshots
/// are told apart: two whole readings of a view of the usual largest size
/// (pg_stat_statements.max = 5000).
const LOOK_AT_ROWS: usize = 10_000;

/// The rows of one file.
pub(super) struct RowsOfFile {
    pub name: Rc<str>,
    pub counting: Counting,
    pub rows: Vec<StatementRow>,
}

/// Where rows that count since a reset go.
enum Way {
    /// They are folded as they come.
    Fold(Box<Snapshots>),
    /// They are held until all are there.
    Hold(Vec<Group>),
    /// They came in another order and must be read again, to be held.
    Lost,
}

/// The file that is being read.
enum Current {
    /// Its first rows; all of them where they are held.
    Looking(RowsOfFile),
    Cutting(Cutter),
}

/// Statement counters, as far as they were read.
pub(super) struct Readings {
    /// What the settings say that counters count.
    counting: Option<Counting>,
    way: Way,
    current: Option<Current>,
    /// Files whose rows count one interval each.
    intervals: Vec<RowsOfFile>,
    /// Names of all files, and what their counters count.
    files: Vec<(Rc<str>, Counting)>,
    any_rows: bool,
    /// Texts that stand beside the rows.
    beside: Texts,
    /// Keys and texts of rows that are held: each is there once.
    keys: BTreeSet<Rc<StatementKey>>,
    texts: BTreeSet<Rc<str>>,
}

impl Default for Readings {
    fn default() -> Self {
        Self::new(None)
    }
}

/// What became of all rows.
pub(super) enum Outcome {
    /// They are folded.
    Folded(Box<Snapshots>),
    /// The files must be read again, into these.
    Again(Box<Readings>),
}

impl Readings {
    /// None yet. `counting` is what the settings say that counters count.
    pub fn new(counting: Option<Counting>) -> Self {
        Self {
            counting,
            way: Way::Fold(Box::default()),
            current: None,
            intervals: Vec::new(),
            files: Vec::new(),
            any_rows: false,
            beside: Texts::default(),
            keys: BTreeSet::new(),
            texts: BTreeSet::new(),
        }
    }

    /// Whether there is any row.
    pub fn any_rows(&self) -> bool {
        self.any_rows
    }

    /// Whether the file of that name holds any.
    pub fn are_in(&self, name: &str) -> bool {
        self.files.iter().any(|(file, _)| **file == *name)
    }

    /// Starts a file.
    pub fn open(&mut self, name: &Rc<str>, counting: Counting) {
        self.files.push((Rc::clone(name), counting));
        let name = Rc::clone(name);
        self.current = Some(Current::Looking(RowsOfFile { name, counting, rows: Vec::new() }));
    }

    /// Takes a row of the file. `moments` is what is known up to now.
    pub fn row(&mut self, row: StatementRow, moments: &[Moment]) {
        self.any_rows = true;
        match &mut self.current {
            Some(Current::Looking(file)) => {
                let since_reset = is_since_reset(self.counting, file.counting);
                if since_reset && row.at.is_none() {
                    self.hold();
                }
                self.look_at(row);
            }
            Some(Current::Cutting(_)) if row.at.is_none() => self.way = Way::Lost,
            Some(Current::Cutting(cutter)) => {
                if let Some(group) = cutter.take(row) {
                    self.group(group, moments);
                }
            }
            None => {}
        }
        let looked = match &self.current {
            Some(Current::Looking(file)) => {
                file.rows.len() == LOOK_AT_ROWS
                    && matches!(self.way, Way::Fold(_))
                    && is_since_reset(self.counting, file.counting)
            }
            _ => false,
        };
        if looked {
            self.cut(moments);
        }
    }

    fn look_at(&mut self, mut row: StatementRow) {
        let Some(Current::Looking(file)) = &mut self.current else { return };
        match &self.way {
            Way::Lost if is_since_reset(self.counting, file.counting) => return,
            Way::Fold(_) if is_since_reset(self.counting, file.counting) => {}
            _ => {
                row.key = once(&mut self.keys, row.key);
                row.text = row.text.map(|text| once(&mut self.texts, text));
            }
        }
        file.rows.push(row);
    }

    /// Gives up folding: rows are held from now on, if none were folded yet.
    fn hold(&mut self) {
        if matches!(self.way, Way::Fold(_)) {
            self.way = if self.files.len() == 1 { Way::Hold(Vec::new()) } else { Way::Lost };
        }
    }

    /// Cuts the rows looked at, in order of time if they have one.
    fn cut(&mut self, moments: &[Moment]) {
        let Some(Current::Looking(mut file)) = self.current.take() else { return };
        if file.rows.iter().all(|row| row.at.is_some()) {
            // A table of snapshots may have been exported in any order.
            file.rows.sort_by_key(|row| row.at);
        }
        let mut cutter = Cutter::new(file.name, &file.rows);
        for row in file.rows {
            if let Some(group) = cutter.take(row) {
                self.group(group, moments);
            }
        }
        self.current = Some(Current::Cutting(cutter));
    }

    /// Takes the rows of one reading, later than those before.
    pub fn group(&mut self, group: Group, moments: &[Moment]) {
        self.any_rows |= !group.rows.is_empty();
        match &mut self.way {
            Way::Fold(snapshots) => {
                if !snapshots.take(group, moments) {
                    self.way = Way::Lost;
                }
            }
            Way::Hold(groups) => groups.push(group),
            Way::Lost => {}
        }
    }

    /// Takes the text of a queryid that stands beside the rows.
    pub fn text(&mut self, query_id: &str, database: &str, text: &str) {
        self.beside.add(query_id, database, text);
    }

    /// Ends a file. One that was `cut_off` may lack rows of its last moment.
    pub fn close(&mut self, cut_off: bool, moments: &[Moment]) {
        if let Some(Current::Looking(file)) = &mut self.current {
            if cut_off {
                drop_last_moment(&mut file.rows);
            }
            if !is_since_reset(self.counting, file.counting) {
                if let Some(Current::Looking(file)) = self.current.take() {
                    self.intervals.push(file);
                }
                return;
            }
            self.cut(moments);
        } else if let Some(Current::Cutting(cutter)) = &mut self.current
            && cut_off
        {
            cutter.drop_last_moment();
        }
        if let Some(Current::Cutting(cutter)) = self.current.take() {
            self.group(cutter.finish(), moments);
        }
    }
}

fn is_since_reset(settings: Option<Counting>, file: Counting) -> bool {
    settings.unwrap_or(file) == Counting::SinceReset
}

/// The one of a set that equals this.
fn once<T: Ord + ?Sized>(known: &mut BTreeSet<Rc<T>>, one: Rc<T>) -> Rc<T> {
    if let Some(known) = known.get(&one) {
        return Rc::clone(known);
    }
    known.insert(Rc::clone(&one));
    one
}

impl Readings {
    /// All rows folded, if they need not be read again.
    pub fn finish(
        mut self,
        moments: &[Moment],
        settings: &Settings,
        findings: &mut Vec<Finding>,
    ) -> Result<Outcome, Diagnostics> {
        let kinds: BTreeSet<Counting> = self.files.iter().map(|(_, counting)| *counting).collect();
        let counting = settings.counting.or(kinds.first().copied()).unwrap_or(Counting::SinceReset);
        if counting != Counting::SinceReset {
            if settings.counting.is_none() && kinds.len() > 1 {
                self.tell_unused(counting, findings);
                self.intervals.retain(|file| file.counting == counting);
            }
            return self
                .accumulated(counting, moments, findings)
                .map(|all| Outcome::Folded(Box::new(all)));
        }
        let mut told = Vec::new();
        if settings.counting.is_none() && kinds.len() > 1 {
            self.tell_unused(counting, &mut told);
        }
        let mut snapshots = match std::mem::replace(&mut self.way, Way::Lost) {
            Way::Lost => return Ok(self.again(Way::Hold(Vec::new()))),
            Way::Hold(groups) => Box::new(held(groups, moments, settings, &mut told)?),
            Way::Fold(mut snapshots) => {
                snapshots.finish(moments);
                if let Some(filtered) = snapshots.fold.is_stale(moments) {
                    return Ok(self.again(Way::Fold(Box::new(Snapshots::new(filtered)))));
                }
                snapshots
            }
        };
        findings.append(&mut told);
        snapshots.tell(findings);
        if settings.counting.is_none() && snapshots.fold.looks_like_increments() {
            return Err(Diagnostic::new(
                "the counters fall from one snapshot to the next much of the time: they seem to count \
                 one interval each, not everything since a reset",
            )
            .why("taken for the one instead of the other, rates come out wrong by any factor")
            .mend("say which it is: --counting since-reset, interval-up-to or interval-from")
            .into());
        }
        snapshots.fold.texts.extend(self.beside);
        Ok(Outcome::Folded(snapshots))
    }

    fn again(self, way: Way) -> Outcome {
        Outcome::Again(Box::new(Self { way, ..Self::new(self.counting) }))
    }

    fn accumulated(
        &self,
        counting: Counting,
        moments: &[Moment],
        findings: &mut Vec<Finding>,
    ) -> Result<Snapshots, Diagnostics> {
        let untimed = increments::untimed(&self.intervals);
        if !untimed.is_empty() {
            let names: Vec<&str> = untimed.iter().map(|name| &**name).collect();
            return Err(Diagnostic::new(format!(
                "these count one interval in each row, and rows carry no time: {}",
                names.join(", ")
            ))
            .mend("export the time column too")
            .into());
        }
        Ok(increments::accumulate(&self.intervals, counting, moments, findings))
    }

    fn tell_unused(&self, used: Counting, findings: &mut Vec<Finding>) {
        let unused = self.files.iter().filter(|(_, counting)| *counting != used);
        let names: Vec<&str> = unused.map(|(name, _)| &**name).collect();
        findings.push(
            Finding::new(
                "statements-recorded-twice",
                Severity::Medium,
                format!(
                    "statements were recorded in more than one way; so as to count nothing twice \
                     these were left out: {}",
                    names.join(", ")
                ),
            )
            .mend("give one recording only"),
        );
    }
}

/// Folds groups that were held, in order of time.
fn held(
    mut groups: Vec<Group>,
    moments: &[Moment],
    settings: &Settings,
    findings: &mut Vec<Finding>,
) -> Result<Snapshots, Diagnostics> {
    if groups.iter().any(|group| group.at.is_none() && !group.rows.is_empty()) {
        give_times(&mut groups, moments, settings, findings)?;
    }
    groups.sort_by_key(|group| group.at);
    let folded = |filtered| {
        let mut snapshots = Snapshots::new(filtered);
        for group in &groups {
            snapshots.take(group.clone(), moments);
        }
        snapshots.finish(moments);
        snapshots
    };
    let snapshots = folded(false);
    Ok(snapshots.fold.is_stale(moments).map_or(snapshots, folded))
}
