//! How much of a shard is in use, resource by resource.

use crate::report::chart::{AmountUnit, Bar, BreakdownChart};
use crate::report::document::postgres::Postgres;
use crate::report::document::sizing::Resource;

/// Bars that are read at a glance.
const BARS_MAX: usize = 15;

/// Bars for the scarcest resources at every load that was asked about and that a
/// fleet carries: what the hottest shard is asked for at the peak, and what is left of
/// what may be asked for.
pub fn chart(postgres: &Postgres) -> BreakdownChart {
    let mut bars = Vec::new();
    let carried: Vec<_> =
        postgres.at.iter().filter_map(|at| Some((at, at.fleet.as_ref()?))).collect();
    for (at, fleet) in &carried {
        let mut scarcest: Vec<&Resource> = fleet.resources.iter().collect();
        scarcest.sort_by(|a, b| b.shards_needed.total_cmp(&a.shards_needed));
        scarcest.truncate((BARS_MAX / carried.len()).max(1));
        let of = |resource: &Resource| {
            let capacity = resource.capacity_of_a_shard?;
            let used = resource.hottest_shard_demand / capacity * 100.0;
            let left = (resource.usable_share * 100.0 - used).max(0.0);
            Some(Bar {
                name: format!(
                    "{}x, {} {}: {}",
                    at.load, fleet.shards, fleet.instance, resource.resource
                ),
                amounts: vec![Some(used), Some(left)],
            })
        };
        bars.extend(scarcest.into_iter().filter_map(of));
    }
    BreakdownChart {
        title: "What Postgres uses of each resource".to_owned(),
        subtitle:
            "the hottest shard at the busiest minute, at the loads asked about; the scarcest \
                   resources of each"
                .to_owned(),
        x_label: "percent of what a shard has, or by the plan may have".to_owned(),
        unit: AmountUnit::Percent,
        parts: vec!["in use".to_owned(), "left below the limit".to_owned()],
        last_is_left: true,
        bars,
    }
}
