use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::finding::{Diagnostic, Diagnostics, Finding, Severity};
use crate::units::Timestamp;

use super::gathered::{Moment, StatementFile, StatementKey, StatementRow};
use super::increments::{self, look_like_increments};
use super::settings::{Counting, Settings};

/// Rows of one snapshot lie closer together than this, snapshots further apart.
const GAP_MICROS: u64 = 1_000_000;

/// All rows of the view at one moment.
pub(super) struct Snapshot {
    pub at: Timestamp,
    pub rows: BTreeMap<Rc<StatementKey>, StatementRow>,
}

/// Rows that were read together.
struct Group {
    file: Rc<str>,
    at: Option<Timestamp>,
    rows: Vec<StatementRow>,
}

/// Snapshots of counters that count from their reset on, in order of time,
/// whatever the files count.
pub(super) fn snapshots(
    mut files: Vec<StatementFile>,
    moments: &[Moment],
    settings: &Settings,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Snapshot>, Diagnostics> {
    let kinds: BTreeSet<Counting> = files.iter().map(|file| file.counting).collect();
    let counting = settings.counting.or(kinds.first().copied()).unwrap_or(Counting::SinceReset);
    if settings.counting.is_none() && kinds.len() > 1 {
        let (used, others): (Vec<_>, Vec<_>) =
            files.into_iter().partition(|file| file.counting == counting);
        let names: Vec<&str> = others.iter().map(|file| &*file.name).collect();
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
        files = used;
    }
    if counting == Counting::SinceReset {
        let snapshots = cumulative(files, moments, settings, findings)?;
        if settings.counting.is_none() && look_like_increments(&snapshots) {
            return Err(Diagnostic::new(
                "the counters fall from one snapshot to the next much of the time: they seem to count \
                 one interval each, not everything since a reset",
            )
            .why("taken for the one instead of the other, rates come out wrong by any factor")
            .mend("say which it is: --counting since-reset, interval-up-to or interval-from")
            .into());
        }
        return Ok(snapshots);
    }
    let untimed = increments::untimed(&files);
    if !untimed.is_empty() {
        let names: Vec<&str> = untimed.iter().map(|name| &**name).collect();
        return Err(Diagnostic::new(format!(
            "these count one interval in each row, and rows carry no time: {}",
            names.join(", ")
        ))
        .mend("export the time column too")
        .into());
    }
    Ok(increments::accumulate(files, counting, findings))
}

/// Tells the snapshots in the files apart, gives each its time and puts them in
/// order.
fn cumulative(
    files: Vec<StatementFile>,
    moments: &[Moment],
    settings: &Settings,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Snapshot>, Diagnostics> {
    let mut groups: Vec<Group> = files.into_iter().flat_map(groups_of).collect();
    if groups.iter().any(|group| group.at.is_none() && !group.rows.is_empty()) {
        give_times(&mut groups, moments, settings, findings)?;
    }
    groups.sort_by_key(|group| group.at);
    let mut snapshots: Vec<Snapshot> = Vec::new();
    let mut repeated: BTreeSet<Rc<str>> = BTreeSet::new();
    for group in groups {
        let Some(at) = group.at else { continue };
        let mut rows = BTreeMap::new();
        for row in group.rows {
            rows.insert(Rc::clone(&row.key), row);
        }
        match snapshots.last_mut() {
            Some(last) if at.micros_since(last.at) < GAP_MICROS => {
                if rows.keys().any(|key| last.rows.contains_key(key)) {
                    repeated.insert(group.file);
                } else {
                    last.rows.extend(rows);
                }
            }
            _ => snapshots.push(Snapshot { at, rows }),
        }
    }
    if !repeated.is_empty() {
        let names: Vec<&str> = repeated.iter().map(|name| &**name).collect();
        findings.push(Finding::new(
            "snapshots-repeated",
            Severity::Low,
            format!(
                "snapshots taken at the same moment were counted once; left out: {}",
                names.join(", ")
            ),
        ));
    }
    Ok(snapshots)
}

/// Cuts the rows of one file where a new snapshot starts: where a key comes
/// again, where the order by queryid starts again, or where time jumps.
fn groups_of(mut file: StatementFile) -> Vec<Group> {
    let timed = file.rows.iter().all(|row| row.at.is_some());
    if timed {
        // A table of snapshots may have been exported in any order.
        file.rows.sort_by_key(|row| row.at);
    }
    let number = |row: &StatementRow| row.key.query_id.parse::<i64>().ok();
    let falls = file.rows.windows(2).filter(|pair| number(&pair[1]) < number(&pair[0])).count();
    // A view in no order falls at about every second row.
    let ordered = falls * 4 < file.rows.len() && file.rows.iter().all(|row| number(row).is_some());
    let mut groups: Vec<Group> = Vec::new();
    let mut keys: BTreeSet<Rc<StatementKey>> = BTreeSet::new();
    let mut before: Option<(Option<Timestamp>, Option<i64>)> = None;
    for row in file.rows {
        let fell = before.is_some_and(|(_, id)| number(&row) < id);
        let jumped = before
            .and_then(|(at, _)| row.at.zip(at))
            .is_some_and(|(now, then)| now.micros_since(then) >= GAP_MICROS);
        // In an ordered file a jump of time without a fall is a slow reader.
        let starts = keys.contains(&row.key)
            || if timed { jumped && (fell || !ordered) } else { ordered && fell };
        if starts || groups.is_empty() {
            keys.clear();
            groups.push(Group { file: Rc::clone(&file.name), at: row.at, rows: Vec::new() });
        }
        keys.insert(Rc::clone(&row.key));
        before = Some((row.at, number(&row)));
        if let Some(group) = groups.last_mut() {
            group.rows.push(row);
        }
    }
    if groups.is_empty() {
        groups.push(Group { file: file.name, at: None, rows: Vec::new() });
    }
    groups
}

/// Times for snapshots that carry none: from the snapshot log (by the number in
/// the file's name, else in order), or from the settings.
fn give_times(
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
        at = Timestamp::from_micros(at.micros() + i64::try_from(every).unwrap_or(i64::MAX));
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
