use std::collections::BTreeMap;

use crate::units::Bytes;

use super::catalog::TableName;
use super::courses::{Counts, Courses};
use super::gathered::{IndexCounts, Moment, TableCounts};
use super::import::Partitions;
use super::model::{MachineActivity, TableActivity};
use super::samples::IndexActivity;

impl Counts for TableCounts {
    fn at_least(&self, earlier: &Self) -> bool {
        self.inserted >= earlier.inserted
            && self.updated >= earlier.updated
            && self.hot_updated >= earlier.hot_updated
            && self.deleted >= earlier.deleted
    }
}

impl Counts for IndexCounts {
    fn at_least(&self, earlier: &Self) -> bool {
        self.scans >= earlier.scans
            && self.entries_read >= earlier.entries_read
            && self.rows_fetched >= earlier.rows_fetched
    }
}

/// Rows changed per table from the first reading to the last. A counter that
/// fell was reset: what it says since is added.
pub(super) fn tables(
    courses: Courses<TableName, TableCounts>,
    partitions: &Partitions,
) -> Vec<TableActivity> {
    let mut activity: BTreeMap<TableName, TableActivity> = BTreeMap::new();
    for (table, readings) in courses.finish() {
        let whole = partitions.whole(&table);
        let sum = activity.entry(whole.clone()).or_insert_with(|| TableActivity {
            table: whole.clone(),
            inserted: 0,
            updated: 0,
            hot_updated: 0,
            deleted: 0,
        });
        for (then, now) in readings.iter().zip(&readings[1..]) {
            sum.inserted = sum.inserted.saturating_add(since(now.inserted, then.inserted));
            sum.updated = sum.updated.saturating_add(since(now.updated, then.updated));
            sum.hot_updated =
                sum.hot_updated.saturating_add(since(now.hot_updated, then.hot_updated));
            sum.deleted = sum.deleted.saturating_add(since(now.deleted, then.deleted));
        }
    }
    activity.into_values().collect()
}

/// What each index did from the first reading to the last, if there are two.
pub(super) fn indexes(courses: Courses<(TableName, String), IndexCounts>) -> Vec<IndexActivity> {
    let twice = courses.finish().filter(|(_, readings)| readings.len() > 1);
    twice
        .map(|((table, index), readings)| {
            let mut sum =
                IndexActivity { table, index, scans: 0, entries_read: 0, rows_fetched: 0 };
            for (then, now) in readings.iter().zip(&readings[1..]) {
                sum.scans = sum.scans.saturating_add(since(now.scans, then.scans));
                sum.entries_read =
                    sum.entries_read.saturating_add(since(now.entries_read, then.entries_read));
                sum.rows_fetched =
                    sum.rows_fetched.saturating_add(since(now.rows_fetched, then.rows_fetched));
            }
            sum
        })
        .collect()
}

fn since(now: u64, then: u64) -> u64 {
    now.checked_sub(then).unwrap_or(now)
}

/// What the server did from the first noted moment to the last; `None` if fewer
/// than two moments with a time say anything about it.
pub(super) fn machine(moments: &[Moment]) -> Option<MachineActivity> {
    let mut noted: Vec<&Moment> = moments.iter().filter(|moment| moment.at.is_some()).collect();
    noted.sort_by_key(|moment| moment.at);
    let ends = |known: fn(&Moment) -> bool| {
        let mut known = noted.iter().copied().filter(|moment| known(moment));
        let first = known.next()?;
        known.next_back().map(|last| (first, last))
    };
    // A counter that fell was reset: nobody knows what it counted before.
    let count = |pick: fn(&Moment) -> Option<u64>| {
        let mut known = noted.iter().filter_map(|moment| pick(moment));
        let first = known.next()?;
        known.next_back()?.checked_sub(first)
    };
    let machine = MachineActivity {
        commits: count(|moment| moment.commits),
        rollbacks: count(|moment| moment.rollbacks),
        blks_read: count(|moment| moment.blks_read),
        blks_hit: count(|moment| moment.blks_hit),
        wal: count(|moment| moment.wal_position.map(Bytes::get)).map(Bytes::new),
        cpu_s: ends(|moment| moment.cpu_s.is_some())
            .and_then(|(first, last)| Some(last.cpu_s? - first.cpu_s?))
            .filter(|cpu| *cpu >= 0.0),
    };
    (machine != MachineActivity::default()).then_some(machine)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Timestamp;

    #[test]
    fn a_reset_of_table_counters_loses_only_what_was_not_read() {
        // 10 -> 15 is 5; a reset, then 3; 3 -> 4 is 1: in every order of rows.
        for order in [[3, 1, 2, 4], [1, 2, 3, 4], [4, 3, 2, 1], [2, 4, 1, 3]] {
            let mut courses = Courses::default();
            for at in order {
                let inserted = [10, 15, 3, 4][at - 1];
                courses.push(
                    TableName::new("public", "t"),
                    Timestamp::from_micros(i64::try_from(at).unwrap()),
                    TableCounts { inserted, updated: 0, hot_updated: 0, deleted: 0 },
                );
            }
            let activity = tables(courses, &Partitions::default());
            assert_eq!(activity[0].inserted, 9, "{order:?}");
        }
    }
}
