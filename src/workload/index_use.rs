//! What index counters tell about statements: how long lists of values are, and
//! how many entries a read looks at.
//!
//! A statement's own counters know the rows that it returns. An index counts
//! each scan (up to Postgres 16 one for each value of a list) and each entry that
//! scans return. What the other statements that read the same index account for
//! is taken off; what is left belongs to those whose share is not known.

use std::collections::BTreeSet;

use crate::capture::{Capture, Index, IndexActivity, Table};
use crate::sql::{Access, Step, Test, Value, predicate_tests, untested};

use super::pattern::{AccessPattern, Look, Ranged};

/// From this version on the values of a list no longer count one scan each.
const LISTS_COUNT_ONCE: u64 = 170_000;

/// A step that reads the index.
struct User {
    pattern: usize,
    step: usize,
    calls: f64,
    /// Scans a call; `None` where a list's length is not in the text.
    scans: Option<f64>,
    /// Entries a call; `None` where only the rows returned are known.
    entries: Option<f64>,
    /// Rows returned a call.
    rows: f64,
    /// How often it scans is not known at all: it is one side of a join.
    joined: bool,
    columns: BTreeSet<String>,
}

/// Fills in what the index counters tell.
pub(super) fn fill_in(capture: &Capture, patterns: &mut [AccessPattern]) {
    let version = capture.catalog.settings.iter().find(|(name, ..)| name == "server_version_num");
    let version = version.and_then(|(_, value, _)| value.parse::<u64>().ok());
    let one_each = version.is_some_and(|version| version < LISTS_COUNT_ONCE);
    for activity in capture.index_activity.iter().filter(|activity| activity.scans > 0) {
        let table = capture.catalog.tables.iter().find(|table| table.name == activity.table);
        let Some(table) = table else { continue };
        let Some(index) = table.indexes.iter().find(|index| index.name == activity.index) else {
            continue;
        };
        let users = users(table, index, patterns);
        let checks = foreign_key_checks(capture, table, index);
        let lists = if one_each { lists(activity, &users, checks) } else { Vec::new() };
        for (user, list) in users.iter().zip(lists.iter().chain(std::iter::repeat(&None))) {
            if let Some(list) = list {
                look(patterns, user).list = Some(*list);
            }
        }
        for (user, entries) in users.iter().zip(entries(activity, &users, checks)) {
            if let Some(entries) = entries {
                look(patterns, user).entries = Some(entries);
            }
        }
    }
}

fn look<'p>(patterns: &'p mut [AccessPattern], user: &User) -> &'p mut Look {
    let pattern = &mut patterns[user.pattern];
    if let Access::Data(steps) = &pattern.access {
        pattern.looks.resize(steps.len(), Look::default());
    }
    let look = &mut pattern.looks[user.step];
    look.columns.clone_from(&user.columns);
    look
}

/// Every step that Postgres most likely reads by this index.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn users(table: &Table, index: &Index, patterns: &[AccessPattern]) -> Vec<User> {
    let mut users = Vec::new();
    for (p, pattern) in patterns.iter().enumerate() {
        let Access::Data(steps) = &pattern.access else { continue };
        for (s, step) in steps.iter().enumerate() {
            let of_table = step.table == table.name.name
                && step.schema.as_ref().is_none_or(|schema| *schema == table.name.schema);
            if !of_table || best_index(table, step).is_none_or(|best| best.name != index.name) {
                continue;
            }
            let columns = searched(index, step);
            let unique = index.unique && columns.len() == index.key_columns.len();
            let rows = pattern.rows_per_call.unwrap_or(0.0);
            let joined = steps.len() > 1;
            users.push(User {
                pattern: p,
                step: s,
                calls: pattern.calls as f64,
                scans: scans(step, &columns, pattern),
                entries: (!joined && returns_what_it_reads(step, &columns, unique)).then_some(rows),
                rows,
                joined,
                columns,
            });
        }
    }
    users
}

/// The index that Postgres would most likely take: the one whose leading columns
/// the step gives, as many as possible.
fn best_index<'t>(table: &'t Table, step: &Step) -> Option<&'t Index> {
    let rank = |index: &Index| {
        let given = searched(index, step).len();
        let next = index.key_columns.get(given).and_then(Option::as_ref);
        let ranged = next.is_some_and(|column| {
            step.predicates.iter().any(|predicate| {
                predicate.column == *column && matches!(predicate.test, Test::Range { .. })
            })
        });
        let ordered = next.is_some_and(|column| {
            step.limit.is_some() && step.order_by.first().is_some_and(|by| by.column == *column)
        });
        let whole = given == index.key_columns.len();
        (index.unique && whole, given, ranged, ordered, index.primary)
    };
    table
        .indexes
        .iter()
        .filter(|index| index.method == "btree" && holds_all(index, step))
        .filter(|index| rank(index).1 > 0 || rank(index).2)
        .max_by_key(|index| rank(index))
}

/// A partial index serves only statements that test what it tests.
fn holds_all(index: &Index, step: &Step) -> bool {
    let Some(predicate) = &index.predicate else { return true };
    let tests = predicate_tests(predicate);
    let columns = tests.iter().map(|test| test.column.clone()).collect();
    !tests.is_empty() && untested(&columns, &tests, step).is_none()
}

/// The leading columns of the index that the step gives values for.
fn searched(index: &Index, step: &Step) -> BTreeSet<String> {
    let given = |column: &String| {
        step.predicates.iter().any(|predicate| {
            predicate.column == *column
                && matches!(
                    &predicate.test,
                    Test::Equal(Value::Given | Value::Column { .. })
                        | Test::AnyOf { values: Value::Given | Value::Column { .. }, .. }
                )
        })
    };
    index
        .key_columns
        .iter()
        .map_while(|column| column.as_ref().filter(|column| given(column)).cloned())
        .collect()
}

/// Scans a call: one for each value of a list.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn scans(step: &Step, columns: &BTreeSet<String>, pattern: &AccessPattern) -> Option<f64> {
    let mut scans = 1.0;
    for predicate in step.predicates.iter().filter(|one| columns.contains(&one.column)) {
        if let Test::AnyOf { count, values: Value::Given } = &predicate.test {
            scans *= match (count, &pattern.list_lengths[..]) {
                (Some(count), _) => *count as f64,
                (None, [length]) => *length,
                (None, _) => return None,
            };
        }
    }
    Some(scans)
}

/// Whether a step returns every row whose entry it looks at.
fn returns_what_it_reads(step: &Step, columns: &BTreeSet<String>, unique: bool) -> bool {
    let tested_after = step.predicates.iter().any(|one| !columns.contains(&one.column))
        || !step.residual.is_empty();
    let sorted = step.limit.is_some() && !step.order_by.is_empty() && !unique;
    step.aggregate.is_none() && !tested_after && !sorted && !step.offset
}

/// Checks of foreign keys read the index of the key referred to: scans and
/// entries in the capture.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn foreign_key_checks(capture: &Capture, table: &Table, index: &Index) -> f64 {
    if !index.unique {
        return 0.0;
    }
    let [Some(column)] = &index.key_columns[..] else { return 0.0 };
    let start = format!(
        "SELECT $2 FROM ONLY \"{}\".\"{}\" x WHERE \"{column}\"",
        table.name.schema, table.name.name
    );
    let plain = start.replace("$2", "1");
    capture
        .set_aside
        .iter()
        .filter(|one| one.text.starts_with(&start) || one.text.starts_with(&plain))
        .map(|one| one.total.calls as f64)
        .sum()
}

/// The lengths of lists: what scans are left, over the calls.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn lists(activity: &IndexActivity, users: &[User], checks: f64) -> Vec<Option<Ranged>> {
    let known: f64 = users
        .iter()
        .filter(|user| !user.joined)
        .filter_map(|user| Some(user.calls * user.scans?))
        .sum();
    let left = activity.scans as f64 - known - checks;
    share(users, left, |user| (user.scans.is_none() && !user.joined).then_some(user.calls))
}

/// Entries looked at: what entries are left, over the calls.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn entries(activity: &IndexActivity, users: &[User], checks: f64) -> Vec<Option<Ranged>> {
    let known: f64 = users
        .iter()
        .filter(|user| !user.joined)
        .filter_map(|user| Some(user.calls * user.entries?))
        .sum();
    let left = activity.entries_read as f64 - known - checks;
    share(users, left, |user| (user.entries.is_none() && !user.joined).then_some(user.calls))
}

/// Shares what is left out between the users that `calls` picks, by their calls.
/// Where there is one, and no join that takes an unknown part, it is exact; else
/// each has at least its rows and at most what the others leave it.
fn share(users: &[User], left: f64, calls: impl Fn(&User) -> Option<f64>) -> Vec<Option<Ranged>> {
    let all: f64 = users.iter().filter_map(&calls).sum();
    let open = users.iter().filter(|user| calls(user).is_some()).count();
    let joins = users.iter().any(|user| user.joined);
    users
        .iter()
        .map(|user| {
            let own = calls(user).filter(|calls| *calls > 0.0 && left > 0.0)?;
            let others: f64 = users
                .iter()
                .filter(|other| (other.pattern, other.step) != (user.pattern, user.step))
                .filter_map(|other| Some(calls(other)? * other.rows))
                .sum();
            let most = ((left - others) / own).max(user.rows);
            let even = (left / all).max(user.rows);
            if open == 1 && !joins {
                return Some(Ranged::exactly(even));
            }
            Some(Ranged { value: even.min(most), least: user.rows, most })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::TableName;

    fn activity(scans: u64, entries_read: u64) -> IndexActivity {
        IndexActivity {
            table: TableName::new("public", "t"),
            index: "t_pkey".to_owned(),
            scans,
            entries_read,
            rows_fetched: 0,
        }
    }

    fn user(pattern: usize, calls: f64, scans: Option<f64>, rows: f64) -> User {
        User {
            pattern,
            step: 0,
            calls,
            scans,
            entries: scans.map(|_| rows),
            rows,
            joined: false,
            columns: BTreeSet::new(),
        }
    }

    /// 100 point reads (100 scans), 50 foreign-key checks, and 10 calls with a
    /// list: of 250 scans 100 are left, ten values a list, of which 7 are found.
    #[test]
    fn a_list_is_what_scans_are_left() {
        let users = [user(0, 100.0, Some(1.0), 1.0), user(1, 10.0, None, 7.0)];
        let found = lists(&activity(250, 220), &users, 50.0);
        assert_eq!(found, [None, Some(Ranged::exactly(10.0))]);
    }

    /// Two lists share 300 scans over 10 calls each: 15 each on average, each at
    /// least its rows (7 and 3), at most what the other leaves: (300 - 30) / 10
    /// and (300 - 70) / 10.
    #[test]
    fn two_lists_share_what_is_left() {
        let users = [user(0, 10.0, None, 7.0), user(1, 10.0, None, 3.0)];
        let found = lists(&activity(300, 100), &users, 0.0);
        assert_eq!(found[0], Some(Ranged { value: 15.0, least: 7.0, most: 27.0 }));
        assert_eq!(found[1], Some(Ranged { value: 15.0, least: 3.0, most: 23.0 }));
    }

    #[test]
    fn counters_that_contradict_say_nothing() {
        let users = [user(0, 100.0, Some(1.0), 1.0), user(1, 10.0, None, 7.0)];
        assert_eq!(lists(&activity(60, 60), &users, 0.0), [None, None]);
    }
}
