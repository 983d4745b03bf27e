use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::finding::{Diagnostic, Diagnostics, Finding, Severity};
use crate::units::Timestamp;

use super::deltas::Fold;
use super::gathered::{Group, Moment, Scope, StatementKey, StatementRow};
use super::settings::Settings;

/// Rows of one snapshot lie closer together than this, snapshots further apart.
pub(super) const GAP_MICROS: u64 = 1_000_000;

/// Rows of the view at one moment.
pub(super) struct Snapshot {
    pub at: Timestamp,
    pub scope: Scope,
    pub rows: BTreeMap<Rc<StatementKey>, StatementRow>,
}

impl Snapshot {
    /// Takes what was read a moment later. Changes must not be lost: later ones
    /// say nothing of what they said.
    fn join(&mut self, scope: Scope, rows: BTreeMap<Rc<StatementKey>, StatementRow>) {
        match (&mut self.scope, scope) {
            (Scope::All, Scope::Changes { gone }) => self.rows.retain(|key, _| !gone.contains(key)),
            (Scope::Changes { gone: before }, Scope::Changes { gone }) => {
                self.rows.retain(|key, _| !gone.contains(key));
                before.extend(gone);
            }
            (scope, Scope::All) => *scope = Scope::All,
        }
        self.rows.extend(rows);
    }
}

/// Makes snapshots of groups that come in order of time, and folds each when
/// the next one starts.
#[derive(Default)]
pub(super) struct Snapshots {
    pub fold: Fold,
    pending: Option<Snapshot>,
    /// Files with a snapshot that another file holds too.
    repeated: BTreeSet<Rc<str>>,
    /// Files whose rows of one key and moment were added up.
    not_told_apart: BTreeSet<Rc<str>>,
}

impl Snapshots {
    /// See [`Fold::new`].
    pub fn new(filtered: bool) -> Self {
        Self { fold: Fold::new(filtered), ..Self::default() }
    }

    /// Takes a group; `false` if it is older than the one before.
    pub fn take(&mut self, group: Group, moments: &[Moment]) -> bool {
        let Some(at) = group.at else { return true };
        if group.not_told_apart > 0 {
            self.not_told_apart.insert(Rc::clone(&group.file));
        }
        let rows: BTreeMap<_, _> =
            group.rows.into_iter().map(|row| (Rc::clone(&row.key), row)).collect();
        match &mut self.pending {
            Some(last) if at < last.at => return false,
            Some(last) if at.micros_since(last.at) < GAP_MICROS => {
                let again = rows.keys().any(|key| last.rows.contains_key(key));
                if again && matches!((&last.scope, &group.scope), (Scope::All, Scope::All)) {
                    self.repeated.insert(group.file);
                } else {
                    last.join(group.scope, rows);
                }
            }
            _ => self.start(Snapshot { at, scope: group.scope, rows }, moments),
        }
        true
    }

    /// Takes a whole snapshot, later than all before.
    pub fn start(&mut self, snapshot: Snapshot, moments: &[Moment]) {
        if let Some(last) = self.pending.replace(snapshot) {
            self.fold.take(last, moments);
        }
    }

    /// Folds the last snapshot too.
    pub fn finish(&mut self, moments: &[Moment]) {
        if let Some(last) = self.pending.take() {
            self.fold.take(last, moments);
        }
    }

    /// What was odd about the groups.
    pub fn tell(&self, findings: &mut Vec<Finding>) {
        if !self.not_told_apart.is_empty() {
            let names: Vec<&str> = self.not_told_apart.iter().map(|name| &**name).collect();
            findings.push(
                Finding::new(
                    "entries-added-up",
                    Severity::Medium,
                    format!(
                        "several rows of one statement at one moment were added up, as of several \
                         users; if one of them was dropped by the server meanwhile, calls are lost: {}",
                        names.join(", ")
                    ),
                )
                .mend("export userid, dbid and toplevel too"),
            );
        }
        if self.repeated.is_empty() {
            return;
        }
        let names: Vec<&str> = self.repeated.iter().map(|name| &**name).collect();
        findings.push(Finding::new(
            "snapshots-repeated",
            Severity::Low,
            format!(
                "snapshots taken at the same moment were counted once; left out: {}",
                names.join(", ")
            ),
        ));
    }
}

/// Times for snapshots that carry none: from the snapshot log (by the number in
/// the file's name, else in order), or from the settings.
pub(super) fn give_times(
    groups: &mut [Group],
    moments: &[Moment],
    settings: &Settings,
    findings: &mut Vec<Finding>,
) -> Result<(), Diagnostics> {
    let logged: BTreeMap<u64, Timestamp> =
        moments.iter().filter_map(|moment| moment.number.zip(moment.at)).collect();
    let numbers: Vec<Option<u64>> = groups.iter().map(|group| last_number(&group.file)).collect();
    let distinct: BTreeSet<_> = numbers.iter().flatten().collect();
    if distinct.len() == groups.len() && distinct.iter().all(|number| logged.contains_key(number)) {
        for (group, number) in groups.iter_mut().zip(numbers) {
            group.at = number.and_then(|number| logged.get(&number).copied());
        }
        return Ok(());
    }
    if logged.len() == groups.len() {
        for (group, at) in groups.iter_mut().zip(logged.into_values()) {
            group.at = Some(at);
        }
        return Ok(());
    }
    let Some(every) = settings.every_micros else {
        return Err(Diagnostic::new(format!(
            "{} snapshots of pg_stat_statements carry no time, and nothing else tells when they were taken",
            groups.len()
        ))
        .why("rates are differences between snapshots divided by the time between them")
        .mend("say when the first was taken and how far apart they are (--at, --every), or add `clock_timestamp() as captured_at` to the export")
        .into());
    };
    let mut at = settings.at.unwrap_or(Timestamp::from_micros(0));
    for group in groups.iter_mut() {
        group.at = Some(at);
        let every = i64::try_from(every).unwrap_or(i64::MAX);
        at = Timestamp::from_micros(at.micros().saturating_add(every));
    }
    findings.push(Finding::new(
        "times-declared",
        Severity::Low,
        format!(
            "the snapshots carry no time: they were taken to be {} s apart, in the order of the files' names",
            every / 1_000_000
        ),
    ));
    Ok(())
}

/// The last run of digits in a file's name.
fn last_number(file: &str) -> Option<u64> {
    let base = file.rsplit('/').next().unwrap_or(file);
    base.split(|c: char| !c.is_ascii_digit()).rfind(|digits| !digits.is_empty())?.parse().ok()
}
