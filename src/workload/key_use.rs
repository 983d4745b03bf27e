//! How calls concentrate on the values of a column, from a query log.

use std::collections::BTreeMap;

use crate::capture::QueryLog;
use crate::sql::{self, Access, Step};

use super::entity::Entity;
use super::pattern::AccessPattern;

/// Fills in the shares of a column's uses that its busiest values take. The
/// busiest of one statement are taken to be those of the others too.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
pub fn fill_in(log: &QueryLog, patterns: &[AccessPattern], entities: &mut [Entity]) {
    let by_text: BTreeMap<&str, &AccessPattern> =
        patterns.iter().map(|pattern| (pattern.text.as_str(), pattern)).collect();
    for entity in entities {
        let mut uses: BTreeMap<&str, (u64, Vec<u64>)> = BTreeMap::new();
        for statement in &log.statements {
            let text = sql::one_line(&statement.text);
            let Some(Access::Data(steps)) = by_text.get(&*text).map(|one| &one.access) else {
                continue;
            };
            for used in &statement.keys {
                let (of, column) = match used.column.rsplit_once('.') {
                    Some((of, column)) => (Some(of), column),
                    None => (None, used.column.as_str()),
                };
                let here = |step: &Step| {
                    step.table == entity.table.name
                        && of.is_none_or(|of| of == step.alias || of == step.table)
                };
                if !steps.iter().any(here) {
                    continue;
                }
                let Some(attribute) = entity.attribute(column) else { continue };
                let (values, top) = uses.entry(&attribute.name).or_default();
                *values = values.saturating_add(used.values);
                top.resize(top.len().max(used.top.len()), 0);
                top.iter_mut()
                    .zip(&used.top)
                    .for_each(|(sum, more)| *sum = sum.saturating_add(*more));
            }
        }
        let shares: BTreeMap<String, Vec<f64>> = uses
            .into_iter()
            .filter(|(_, (values, _))| *values > 0)
            .map(|(column, (values, top))| {
                (column.to_owned(), top.iter().map(|count| *count as f64 / values as f64).collect())
            })
            .collect();
        for attribute in &mut entity.attributes {
            if let Some(shares) = shares.get(&attribute.name) {
                attribute.used_shares.clone_from(shares);
            }
        }
    }
}
