use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Finding, Severity};

use super::classify;
use super::deltas::Deltas;
use super::gathered::{Moment, StatementKey};
use super::model::{Counters, SetAside, Statement};
use super::settings::Settings;
use super::snapshots::Snapshot;

/// What the server shows of other users' statements to a user without
/// `pg_read_all_stats`.
const HIDDEN: &str = "<insufficient privilege>";

/// Sorts the increments of all keys into statements of the workload and what is
/// no part of it.
pub(super) fn sort(
    deltas: Deltas,
    snapshots: &[Snapshot],
    moments: &[Moment],
    settings: &Settings,
    findings: &mut Vec<Finding>,
) -> (Vec<Statement>, Vec<SetAside>) {
    let database = database(&deltas, moments, settings);
    let texts = texts(snapshots);
    let mut min_exec_ms: BTreeMap<&StatementKey, f64> = BTreeMap::new();
    for row in snapshots.iter().flat_map(|snapshot| snapshot.rows.values()) {
        if let Some(min) = row.min_exec_ms {
            // Later readings include the earlier ones.
            min_exec_ms.insert(&row.key, min);
        }
    }
    let mut statements: BTreeMap<(String, bool), Statement> = BTreeMap::new();
    let mut aside: BTreeMap<(&'static str, String, bool), Counters> = BTreeMap::new();
    let mut users: BTreeMap<(String, bool), BTreeSet<String>> = BTreeMap::new();
    let mut level_unknown = 0_u64;
    for (key, per_interval) in deltas {
        let text = texts.get(&(key.query_id.as_str(), key.database.as_str()));
        let nested = key.toplevel == Some(false);
        let why = if database.as_ref().is_some_and(|chosen| *chosen != key.database) {
            Some("another database")
        } else {
            match text {
                None => Some("text not shown"),
                Some(text) => classify::set_aside(text),
            }
        };
        let text =
            text.map_or_else(|| format!("{HIDDEN} queryid {}", key.query_id), |t| (*t).to_owned());
        if let Some(why) = why {
            let total = per_interval.iter().fold(Counters::default(), |sum, one| sum.plus(one));
            let sum = aside.entry((why, text, nested)).or_default();
            *sum = sum.plus(&total);
            continue;
        }
        if key.toplevel.is_none() {
            level_unknown += 1;
        }
        users.entry((text.clone(), nested)).or_default().insert(key.user.clone());
        let min = min_exec_ms.get(&*key).copied();
        let statement = statements.entry((text.clone(), nested)).or_insert_with(|| Statement {
            query_ids: Vec::new(),
            text,
            nested,
            per_interval: vec![Counters::default(); per_interval.len()],
            min_exec_ms: None,
        });
        statement.query_ids.push(key.query_id.clone());
        for (sum, one) in statement.per_interval.iter_mut().zip(&per_interval) {
            *sum = sum.plus(one);
        }
        statement.min_exec_ms = match (statement.min_exec_ms, min) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (one, None) | (None, one) => one,
        };
    }
    let mut statements: Vec<Statement> = statements.into_values().collect();
    for statement in &mut statements {
        statement.query_ids.sort();
        statement.query_ids.dedup();
    }
    let aside: Vec<SetAside> = aside
        .into_iter()
        .map(|((why, text, nested), total)| SetAside { why, text, nested, total })
        .collect();
    tell(&statements, &aside, &users, level_unknown, database.as_deref(), findings);
    (statements, aside)
}

/// The text of each queryid of a database, as any role was shown it.
fn texts(snapshots: &[Snapshot]) -> BTreeMap<(&str, &str), &str> {
    let mut texts = BTreeMap::new();
    for row in snapshots.iter().flat_map(|snapshot| snapshot.rows.values()) {
        if let Some(text) =
            row.text.as_deref().map(|text| text.trim().trim_end_matches(';').trim_end())
            && !text.is_empty()
            && text != HIDDEN
        {
            texts.insert((row.key.query_id.as_str(), row.key.database.as_str()), text);
        }
    }
    texts
}

/// The database the workload is of; `None` if there is no telling databases
/// apart.
fn database(deltas: &Deltas, moments: &[Moment], settings: &Settings) -> Option<String> {
    let mut calls: BTreeMap<&str, u64> = BTreeMap::new();
    for (key, counters) in deltas {
        *calls.entry(&key.database).or_default() +=
            counters.iter().map(|one| one.calls).sum::<u64>();
    }
    let known = |wanted: &str| calls.contains_key(wanted).then(|| wanted.to_owned());
    if let Some(wanted) = &settings.database {
        let by_name = moments
            .iter()
            .filter_map(|moment| moment.database.as_ref())
            .find(|(_, name)| name == wanted)
            .and_then(|(oid, _)| known(oid));
        return Some(by_name.unwrap_or_else(|| wanted.clone()));
    }
    // Several rows of pg_stat_database name no one database.
    let named: BTreeSet<_> = moments.iter().filter_map(|moment| moment.database.as_ref()).collect();
    if let [(oid, name)] = named.into_iter().collect::<Vec<_>>().as_slice()
        && let Some(found) = known(oid).or_else(|| known(name))
    {
        return Some(found);
    }
    let most = calls.into_iter().max_by_key(|(name, calls)| (*calls, std::cmp::Reverse(*name)))?;
    Some(most.0.to_owned())
}

fn tell(
    statements: &[Statement],
    aside: &[SetAside],
    users: &BTreeMap<(String, bool), BTreeSet<String>>,
    level_unknown: u64,
    database: Option<&str>,
    findings: &mut Vec<Finding>,
) {
    let of = |why: &str| {
        let rows = aside.iter().filter(|one| one.why == why);
        rows.fold((0_usize, 0_u64), |(n, calls), one| (n + 1, calls + one.total.calls))
    };
    let (hidden, hidden_calls) = of("text not shown");
    if hidden > 0 {
        findings.push(
            Finding::new(
                "text-hidden",
                Severity::High,
                format!(
                    "{hidden} statements with {hidden_calls} calls have no text ({HIDDEN} or lost): \
                     they are in no figure"
                ),
            )
            .mend("export as a role with pg_read_all_stats (or pg_monitor)"),
        );
    }
    let (other, other_calls) = of("another database");
    if other > 0 {
        findings.push(
            Finding::new(
                "other-databases",
                Severity::Low,
                format!(
                    "{other} statements with {other_calls} calls belong to other databases than {} \
                     and were set aside",
                    database.unwrap_or_default()
                ),
            )
            .mend("name another database if this is not the one meant"),
        );
    }
    let merged = users.values().filter(|users| users.len() > 1).count();
    if merged > 0 {
        findings.push(Finding::new(
            "roles-merged",
            Severity::Low,
            format!("{merged} statements were run by several roles and are counted as one each"),
        ));
    }
    let variants = statements.iter().filter(|statement| statement.query_ids.len() > 1).count();
    if variants > 0 {
        findings.push(Finding::new(
            "queryids-merged",
            Severity::Low,
            format!(
                "{variants} statements stand under several queryids and are counted as one each"
            ),
        ));
    }
    if level_unknown > 0 {
        findings.push(
            Finding::new(
                "level-unknown",
                Severity::Medium,
                "the export does not say which statements ran inside others (column toplevel, \
                 Postgres 14 and later): if pg_stat_statements.track is `all`, the time and WAL of \
                 nested statements are counted twice",
            )
            .mend("export the column toplevel, or capture with pg_stat_statements.track = top"),
        );
    }
}
