use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::deltas::Deltas;
use super::gathered::Moment;
use super::settings::Settings;

/// The database the workload is of, as the keys name it: the one asked for,
/// else the one the catalog is of, else the one with the most calls; `None` if
/// there are no counters.
pub(super) fn database(deltas: &Deltas, moments: &[Moment], settings: &Settings) -> Option<String> {
    let mut calls: BTreeMap<&str, u64> = BTreeMap::new();
    for (key, delta) in &deltas.entries {
        let sum = calls.entry(&key.database).or_default();
        *sum = sum.saturating_add(delta.total.calls);
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
    if named.len() == 1
        && let Some((oid, name)) = named.first()
        && let Some(found) = known(oid).or_else(|| known(name))
    {
        return Some(found);
    }
    let most = calls.into_iter().max_by_key(|(name, calls)| (*calls, Reverse(*name)))?;
    Some(most.0.to_owned())
}
