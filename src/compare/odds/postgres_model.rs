//! Postgres under factors: the one place that knows how its model takes them.

use crate::compare::postgres::PostgresSide;
use crate::scenario::UncertainInput;

use super::factors::{Factors, peak_to_mean};
use super::moment::Moment;

/// How far the CPU may be off by the model's own account, as factors on its
/// estimate.
pub fn cpu_range(side: &PostgresSide<'_>) -> (f64, f64) {
    let need = side.need(1.0);
    if need.cpus > 0.0 {
        ((need.cpu_range.0 / need.cpus).min(1.0), (need.cpu_range.1 / need.cpus).max(1.0))
    } else {
        (1.0, 1.0)
    }
}

/// The same Postgres under factors, but for what it stores. `many` are the patterns
/// whose calls have more than one row.
pub fn under<'a>(side: &PostgresSide<'a>, many: &[bool], factors: Factors<'_>) -> PostgresSide<'a> {
    let size = factors.on(UncertainInput::ItemSize);
    let cpu = factors.on(UncertainInput::PostgresCpu);
    let mut scaled = side.clone();
    for (statement, pattern) in scaled.load.statements.iter_mut().zip(&side.patterns) {
        let rows = if many[*pattern] { factors.on(UncertainInput::RowsPerCall) } else { 1.0 };
        statement.exec_ms *= rows;
        statement.min_exec_ms = statement.min_exec_ms.map(|least| least * rows);
        statement.io_ms *= rows;
        statement.blocks_accessed *= rows;
        statement.blocks_read *= rows;
        statement.blocks_dirtied *= rows;
        statement.wal_images *= rows;
        statement.wal_bytes *= rows * size;
    }
    scaled.load.peak_to_mean =
        peak_to_mean(side.load.peak_to_mean, factors.on(UncertainInput::PeakToMean));
    let misses = factors.on(UncertainInput::CacheMisses);
    scaled.load.pages = scaled.load.pages.map(|law| law.with_misses(misses));
    if scaled.load.pages.is_none() {
        for statement in &mut scaled.load.statements {
            statement.blocks_read *= misses;
        }
    }
    // Statements that need more CPU are as good as CPUs that do less.
    for class in scaled.verified.classes_mut().chain(scaled.estimated.classes_mut()) {
        class.vcpu /= cpu;
    }
    scaled
}

/// Dollars of a month as a sharded fleet and as a single instance. `scaled` is
/// `side` under the same factors; its stored bytes become those of the month.
pub fn costs(
    side: &PostgresSide<'_>,
    scaled: &mut PostgresSide<'_>,
    moment: Moment,
    factors: Factors<'_>,
) -> [Option<f64>; 2] {
    let load = at(side, scaled, moment, factors);
    [scaled.sharded_cost(load), scaled.single_cost(load)]
}

/// The same of the single instance only.
pub fn single_cost(
    side: &PostgresSide<'_>,
    scaled: &mut PostgresSide<'_>,
    moment: Moment,
    factors: Factors<'_>,
) -> Option<f64> {
    let load = at(side, scaled, moment, factors);
    scaled.single_cost(load)
}

/// The cheapest fleet for the load of a month on as many shards as carry the one to
/// come, and at least so many: shards take months to come, instances and volumes grow
/// in minutes. Its shards and dollars a month.
pub fn fleet(
    side: &PostgresSide<'_>,
    scaled: &mut PostgresSide<'_>,
    [now, ahead]: [Moment; 2],
    shards_min: u64,
    factors: Factors<'_>,
) -> Option<(u64, f64)> {
    let to_come = at(side, scaled, ahead, factors);
    let (ready, _) = scaled.sharded_cost_from(u32::try_from(shards_min).ok()?, to_come)?;
    let load = at(side, scaled, now, factors);
    scaled.sharded_cost_from(u32::try_from(ready).ok()?, load)
}

/// The load of a month, whose stored bytes `scaled` takes on.
fn at(
    side: &PostgresSide<'_>,
    scaled: &mut PostgresSide<'_>,
    moment: Moment,
    factors: Factors<'_>,
) -> f64 {
    let growth = factors.on(UncertainInput::Growth);
    let bytes = moment.stored_per_load((side.stored_bytes_today, side.load.stored_bytes), growth);
    scaled.load.stored_bytes =
        bytes * factors.on(UncertainInput::ItemSize) * factors.on(UncertainInput::Bloat);
    moment.load_under(growth)
}
