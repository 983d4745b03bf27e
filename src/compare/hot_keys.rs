//! The busiest keys of tables and indexes: what one key takes, whatever
//! capacity is paid for, and what is refused beyond that.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::demand::{Arm, ArmUnits, Demand};
use crate::design::{Design, IndexKind, Part, Template};
use crate::finding::Finding;
use crate::plan::Plan;
use crate::scenario::{Spread, StatedSkew};
use crate::simulate::keys::{Direction, KeyLoad, KeySkew, SkewSource, hottest_key};
use crate::workload::{Attribute, Entity, Workload};

use super::billing::Billing;

/// Keys that are looked at one by one; the others are colder.
const KEYS_MAX: u32 = 100;

/// Copies of a key that are looked at one by one; a suffix of so many spreads it
/// evenly whatever comes after.
const COPIES_MAX: usize = 1_000;

/// The busiest keys of a table or index in one direction. A local index is its
/// table's.
#[derive(Clone, Debug)]
pub struct HotKeys {
    /// Where.
    pub arm: Arm,
    /// Reads or writes.
    pub direction: Direction,
    /// Where the skew comes from; the weakest source of all its patterns.
    pub source: SkewSource,
    /// By pattern: units and requests a second, the month's mean at today's
    /// load, and the share of them on each of the busiest keys.
    pub patterns: BTreeMap<usize, PatternKeys>,
}

/// What one pattern does to the busiest keys.
#[derive(Clone, Debug, Default)]
pub struct PatternKeys {
    units_per_second: f64,
    requests_per_second: f64,
    /// Units a second on each of the busiest keys, busiest first.
    on_keys: Vec<f64>,
    /// How many keys each of them is split into by a hash suffix.
    copies: f64,
}

impl HotKeys {
    fn units_per_second(&self) -> f64 {
        self.patterns.values().map(|one| one.units_per_second).sum()
    }

    /// Units a second on each of the busiest keys. Patterns are taken to have
    /// the same busiest keys.
    fn on_keys(&self) -> Vec<f64> {
        let mut sum = Vec::new();
        for one in self.patterns.values() {
            sum.resize(sum.len().max(one.on_keys.len()), 0.0);
            for (sum, units) in sum.iter_mut().zip(&one.on_keys) {
                *sum += units / one.copies.max(1.0);
            }
        }
        sum
    }

    /// Units a second on each of the busiest values of the key itself, hash suffix
    /// and all: every copy of a busy key is one.
    pub fn on_copies(&self) -> Vec<f64> {
        let mut sum: Vec<f64> = Vec::new();
        let keys = self.patterns.values().map(|one| one.on_keys.len()).max().unwrap_or(0);
        for key in 0..keys {
            let of = self.patterns.values().filter_map(|one| {
                Some((one.on_keys.get(key)? / one.copies.max(1.0), whole(one.copies)))
            });
            let mut copies: Vec<f64> = Vec::new();
            for (units, count) in of {
                let count = usize::try_from(count).unwrap_or(usize::MAX).min(COPIES_MAX);
                copies.resize(copies.len().max(count), 0.0);
                copies.iter_mut().take(count).for_each(|copy| *copy += units);
            }
            sum.extend(copies);
        }
        sum
    }

    /// Units a second of each pattern that draws on the keys.
    pub fn units_by_pattern(&self) -> impl Iterator<Item = (usize, f64)> {
        self.patterns.iter().map(|(pattern, one)| (*pattern, one.units_per_second))
    }

    /// Shares of each pattern's units that are refused at a multiple of today's
    /// load, because one key takes no more, whatever the capacity; `factors` are
    /// the load of each minute over the mean. Calls within a minute are taken as
    /// evenly spread, and nothing is kept as burst.
    #[must_use]
    pub fn refused(&self, load: f64, factors: &[f64]) -> BTreeMap<usize, f64> {
        let most = f64::from(self.direction.partition_units_per_s());
        let highest = factors.iter().copied().fold(0.0, f64::max);
        let on_keys = self.on_keys();
        if on_keys.iter().all(|units| units * load * highest <= most) {
            return BTreeMap::new();
        }
        let all: f64 = factors.iter().sum();
        let refused: Vec<f64> = on_keys
            .into_iter()
            .map(|units| {
                if units * load * highest <= most {
                    return 0.0;
                }
                let excess = |factor: &f64| (units * load * factor - most).max(0.0);
                let offered = units * load * all;
                if offered > 0.0 { factors.iter().map(excess).sum::<f64>() / offered } else { 0.0 }
            })
            .collect();
        self.patterns
            .iter()
            .map(|(&pattern, one)| {
                let lost: f64 =
                    one.on_keys.iter().zip(&refused).map(|(units, share)| units * share).sum();
                (pattern, lost / one.units_per_second.max(f64::MIN_POSITIVE))
            })
            .filter(|(_, share)| *share > 0.0)
            .collect()
    }
}

/// The busiest keys of every table and index of a design that take a share worth
/// a word.
#[must_use]
pub fn hot_keys(
    workload: &Workload,
    design: &Design,
    plan: &Plan,
    demand: &Demand,
    billing: &Billing<'_>,
) -> Vec<HotKeys> {
    let seconds = billing.conventions.month_seconds();
    let stated = &billing.settings.load.keys;
    let mut found: BTreeMap<(Arm, bool), HotKeys> = BTreeMap::new();
    for operation in &demand.operations {
        let planned = &plan.patterns[operation.pattern].operations[operation.operation];
        let table = &design.tables[planned.table];
        let item = &table.items[planned.item];
        let Some(entity) = workload.entity(Some(&item.from.schema), &item.from.name) else {
            continue;
        };
        for units in &operation.arms {
            let global =
                units.arm.index.filter(|&index| table.indexes[index].kind == IndexKind::Global);
            let key =
                global.map_or(&item.partition_key, |index| &table.indexes[index].partition_key);
            let arm = Arm { index: global, ..units.arm };
            for direction in [Direction::Reads, Direction::Writes] {
                let rate = |units: Decimal| {
                    (operation.calls_per_month * units / seconds).to_f64().unwrap_or(0.0)
                };
                let units_per_second = rate(of(direction, units));
                if units_per_second <= 0.0 {
                    continue;
                }
                let Some(spread) = spread(key, entity, stated) else { continue };
                let hot = found.entry((arm, direction == Direction::Writes)).or_insert_with(|| {
                    HotKeys { arm, direction, source: spread.source, patterns: BTreeMap::new() }
                });
                hot.source = weaker(hot.source, spread.source);
                let one = hot.patterns.entry(operation.pattern).or_default();
                one.units_per_second += units_per_second;
                one.requests_per_second += rate(Decimal::ONE) * planned.per_call;
                one.copies =
                    if one.copies > 0.0 { one.copies.min(spread.copies) } else { spread.copies };
                one.on_keys.resize(one.on_keys.len().max(spread.shares.len()), 0.0);
                for (sum, share) in one.on_keys.iter_mut().zip(&spread.shares) {
                    *sum += units_per_second * share;
                }
            }
        }
    }
    found.into_values().collect()
}

const fn of(direction: Direction, units: &ArmUnits) -> Decimal {
    match direction {
        Direction::Reads => units.read,
        Direction::Writes => units.write,
    }
}

/// How calls are spread over the values of a key.
struct KeySpread {
    shares: Vec<f64>,
    copies: f64,
    source: SkewSource,
}

/// The spread of a key made from a template: that of its most skewed column, the
/// others thinning it out by their own busiest value. All of a moment's calls
/// fall into its time bucket. `None` if nothing is known of it.
fn spread(key: &Template, entity: &Entity, stated: &[StatedSkew]) -> Option<KeySpread> {
    let mut copies = 1.0;
    let mut columns = Vec::new();
    for part in &key.parts {
        match part {
            Part::Literal(_) | Part::Bucket { .. } => {}
            Part::Hash { count, .. } => copies *= f64::from(*count),
            Part::Generated => return None,
            Part::Column(column) => columns.push(of_column(entity, column, stated)?),
            // The spread of a parent's column over its children is that of the
            // reference to it.
            Part::Parent { table, .. } => {
                let parent = entity.parents.iter().find(|parent| parent.table.name == *table)?;
                columns.push(of_column(entity, parent.columns.first()?, stated)?);
            }
        }
    }
    let hottest = |(shares, _): &(Vec<f64>, SkewSource)| shares.first().copied().unwrap_or(0.0);
    let Some(most) = columns.iter().map(hottest).reduce(f64::min) else {
        return Some(KeySpread { shares: vec![1.0], copies, source: SkewSource::Design });
    };
    let at = columns.iter().position(|one| hottest(one) <= most)?;
    let source = columns.iter().map(|(_, source)| *source).reduce(weaker)?;
    let (mut shares, _) = columns.swap_remove(at);
    let thinned: f64 = columns.iter().map(hottest).product();
    shares.iter_mut().for_each(|share| *share *= thinned);
    Some(KeySpread { shares, copies, source })
}

/// Shares of a column's busiest values: as stated, as logged, or as stored.
fn of_column(
    entity: &Entity,
    column: &str,
    stated: &[StatedSkew],
) -> Option<(Vec<f64>, SkewSource)> {
    let attribute = entity.attribute(column)?;
    let name = format!("{}.{column}", entity.table.name);
    if let Some(one) = stated.iter().find(|one| one.column == name) {
        let shares = match &one.spread {
            Spread::Top(shares) => shares.clone(),
            Spread::Zipf(exponent) => {
                let keys = whole(attribute.distinct.or(entity.rows).unwrap_or(1e6));
                KeySkew::Zipf { keys, exponent: *exponent }.hottest_shares(KEYS_MAX)
            }
        };
        return Some((shares, SkewSource::Declared));
    }
    if !attribute.used_shares.is_empty() {
        return Some((attribute.used_shares.clone(), SkewSource::Measured));
    }
    Some((stored_shares(attribute)?, SkewSource::StoredFrequencies))
}

fn stored_shares(attribute: &Attribute) -> Option<Vec<f64>> {
    let even = 1.0 / attribute.distinct.filter(|distinct| *distinct >= 1.0)?;
    let mut shares: Vec<f64> = attribute.top_frequencies.clone();
    shares.retain(|share| *share > even);
    if shares.is_empty() {
        shares.push(even);
    }
    Some(shares)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count of values, at least 1"
)]
fn whole(count: f64) -> u64 {
    count.max(1.0) as u64
}

/// The source that is trusted less.
fn weaker(a: SkewSource, b: SkewSource) -> SkewSource {
    let rank = |source| match source {
        SkewSource::Design => 0,
        SkewSource::Measured => 1,
        SkewSource::Declared => 2,
        SkewSource::StoredFrequencies => 3,
    };
    if rank(a) >= rank(b) { a } else { b }
}

/// What is said of the busiest keys that reach their ceiling within the range of
/// loads.
pub fn hot_key_findings(design: &Design, hot: &[HotKeys], billing: &Billing<'_>) -> Vec<Finding> {
    let most = billing.settings.load.range.value.1;
    hot.iter()
        .filter_map(|hot| {
            let on_keys = hot.on_keys();
            let units = hot.units_per_second();
            let share = on_keys.first().copied().unwrap_or(0.0) / units;
            let peak_to_mean = billing.arrival.together(hot.units_by_pattern()).highest_to_mean();
            let peak = on_keys.first()? * peak_to_mean;
            let reached = f64::from(hot.direction.partition_units_per_s()) / peak;
            if reached >= most {
                return None;
            }
            let requests: f64 = hot.patterns.values().map(|one| one.requests_per_second).sum();
            let mut finding = hottest_key(&KeyLoad {
                name: &hot.arm.name(design),
                direction: hot.direction,
                skew: &KeySkew::Top { shares: vec![share], other_keys: 0 },
                source: hot.source,
                mean_units: units / requests.max(f64::MIN_POSITIVE),
                peak_per_second: requests * peak_to_mean,
            });
            finding.what.push_str(&format!(", reached at {reached:.1}x of today's peak"));
            Some(finding)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn writes(on_keys: &[f64], units: f64, copies: f64) -> HotKeys {
        let keys = PatternKeys {
            units_per_second: units,
            requests_per_second: units,
            on_keys: on_keys.to_vec(),
            copies,
        };
        HotKeys {
            arm: Arm { table: 0, index: None },
            direction: Direction::Writes,
            source: SkewSource::Declared,
            patterns: BTreeMap::from([(7, keys)]),
        }
    }

    /// 1,000 writes a second, half of them on one key: 500, below 1,000. At four
    /// times the load 2,000, of which 1,000 are refused: a quarter of 4,000.
    #[test]
    fn one_key_takes_a_thousand_writes() {
        let hot = writes(&[500.0, 100.0], 1000.0, 1.0);
        assert!(hot.refused(2.0, &[1.0]).is_empty());
        let refused = hot.refused(4.0, &[1.0, 1.0]);
        assert!((refused[&7] - 0.25).abs() < 1e-12, "{refused:?}");
        // Half of the time at twice the load, half at none: as much is refused of
        // as many calls as at eight times it, 3,000 of 8,000.
        let refused = hot.refused(4.0, &[2.0, 0.0]);
        assert!((refused[&7] - 0.375).abs() < 1e-12, "{refused:?}");
    }

    /// Two patterns on the same two keys, one of them with three suffixes.
    #[test]
    fn copies_of_a_key_are_keys_of_their_own() {
        let mut hot = writes(&[90.0, 30.0], 1000.0, 3.0);
        hot.patterns.insert(8, writes(&[10.0], 1000.0, 1.0).patterns[&7].clone());
        assert_eq!(hot.on_copies(), [40.0, 30.0, 30.0, 10.0, 10.0, 10.0]);
    }

    /// Four hash suffixes split the key: 500 each, nothing is refused.
    #[test]
    fn a_suffix_lifts_the_ceiling() {
        assert!(writes(&[500.0], 1000.0, 4.0).refused(4.0, &[1.0]).is_empty());
    }
}
