use std::collections::BTreeMap;

use crate::units::Bytes;

use super::catalog::TableName;
use super::gathered::{IndexRow, Moment, TableRow};
use super::import::Partitions;
use super::model::{MachineActivity, TableActivity};
use super::samples::IndexActivity;

/// Rows changed per table from the first reading to the last. A counter that
/// fell was reset: what it says since is added.
pub(super) fn tables(mut rows: Vec<TableRow>, partitions: &Partitions) -> Vec<TableActivity> {
    rows.sort_by_key(|row| row.at);
    let mut before: BTreeMap<TableName, TableRow> = BTreeMap::new();
    let mut activity: BTreeMap<TableName, TableActivity> = BTreeMap::new();
    for row in rows {
        let whole = partitions.whole(&row.table);
        let sum = activity.entry(whole.clone()).or_insert_with(|| TableActivity {
            table: whole.clone(),
            inserted: 0,
            updated: 0,
            hot_updated: 0,
            deleted: 0,
        });
        if let Some(then) = before.get(&row.table) {
            sum.inserted += since(row.inserted, then.inserted);
            sum.updated += since(row.updated, then.updated);
            sum.hot_updated += since(row.hot_updated, then.hot_updated);
            sum.deleted += since(row.deleted, then.deleted);
        }
        before.insert(row.table.clone(), row);
    }
    activity.into_values().collect()
}

/// What each index did from the first reading to the last.
pub(super) fn indexes(mut rows: Vec<IndexRow>) -> Vec<IndexActivity> {
    rows.sort_by_key(|row| row.at);
    let mut before: BTreeMap<(TableName, String), IndexRow> = BTreeMap::new();
    let mut activity: BTreeMap<(TableName, String), IndexActivity> = BTreeMap::new();
    for row in rows {
        let key = (row.table.clone(), row.index.clone());
        if let Some(then) = before.get(&key) {
            let sum = activity.entry(key.clone()).or_insert_with(|| IndexActivity {
                table: row.table.clone(),
                index: row.index.clone(),
                scans: 0,
                entries_read: 0,
                rows_fetched: 0,
            });
            sum.scans += since(row.scans, then.scans);
            sum.entries_read += since(row.entries_read, then.entries_read);
            sum.rows_fetched += since(row.rows_fetched, then.rows_fetched);
        }
        before.insert(key, row);
    }
    activity.into_values().collect()
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
        let row = |at, inserted| TableRow {
            at: Timestamp::from_micros(at),
            table: TableName::new("public", "t"),
            inserted,
            updated: 0,
            hot_updated: 0,
            deleted: 0,
        };
        // 10 -> 15 is 5; a reset, then 3; 3 -> 4 is 1. Out of order on purpose.
        let activity =
            tables(vec![row(3, 3), row(1, 10), row(2, 15), row(4, 4)], &Partitions::default());
        assert_eq!(activity[0].inserted, 9);
    }
}
