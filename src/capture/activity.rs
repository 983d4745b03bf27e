use std::collections::BTreeMap;

use crate::units::Bytes;

use super::catalog::TableName;
use super::gathered::{Moment, TableRow};
use super::model::{MachineActivity, TableActivity};

/// Rows changed per table from the first reading to the last. A counter that
/// fell was reset: what it says since is added.
pub(super) fn tables(mut rows: Vec<TableRow>) -> Vec<TableActivity> {
    rows.sort_by_key(|row| row.at);
    let mut before: BTreeMap<TableName, TableRow> = BTreeMap::new();
    let mut activity: BTreeMap<TableName, TableActivity> = BTreeMap::new();
    for row in rows {
        let sum = activity.entry(row.table.clone()).or_insert_with(|| TableActivity {
            table: row.table.clone(),
            inserted: 0,
            updated: 0,
            hot_updated: 0,
            deleted: 0,
        });
        if let Some(then) = before.get(&row.table) {
            let since = |now: u64, then: u64| now.checked_sub(then).unwrap_or(now);
            sum.inserted += since(row.inserted, then.inserted);
            sum.updated += since(row.updated, then.updated);
            sum.hot_updated += since(row.hot_updated, then.hot_updated);
            sum.deleted += since(row.deleted, then.deleted);
        }
        before.insert(row.table.clone(), row);
    }
    activity.into_values().collect()
}

/// What the server did from the first noted moment to the last; `None` if fewer
/// than two moments with a time say anything about it.
pub(super) fn machine(moments: &[Moment]) -> Option<MachineActivity> {
    let mut noted: Vec<&Moment> = moments
        .iter()
        .filter(|moment| moment.at.is_some())
        .filter(|moment| moment.commits.is_some() || moment.cpu_s.is_some())
        .collect();
    noted.sort_by_key(|moment| moment.at);
    let (first, last) = match noted.as_slice() {
        [first, .., last] => (first, last),
        _ => return None,
    };
    // A counter that fell was reset: nobody knows what it counted before.
    let count = |pick: fn(&Moment) -> Option<u64>| pick(last)?.checked_sub(pick(first)?);
    Some(MachineActivity {
        commits: count(|moment| moment.commits),
        rollbacks: count(|moment| moment.rollbacks),
        blks_read: count(|moment| moment.blks_read),
        blks_hit: count(|moment| moment.blks_hit),
        wal: count(|moment| moment.wal_position.map(Bytes::get)).map(Bytes::new),
        cpu_s: last.cpu_s.zip(first.cpu_s).map(|(b, a)| b - a).filter(|cpu| *cpu >= 0.0),
    })
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
        let activity = tables(vec![row(3, 3), row(1, 10), row(2, 15), row(4, 4)]);
        assert_eq!(activity[0].inserted, 9);
    }
}
