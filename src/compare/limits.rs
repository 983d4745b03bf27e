//! Where a design runs into DynamoDB's limits, today or within the range of
//! loads that is looked at.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::design::{Design, IndexKind};
use crate::dynamodb::limits::{
    GLOBAL_INDEXES_DEFAULT_MAX, ITEM_BYTES_MAX, LOCAL_INDEXES_MAX,
    TABLE_READ_UNITS_PER_SECOND_DEFAULT_MAX, TABLE_WRITE_UNITS_PER_SECOND_DEFAULT_MAX,
};
use crate::finding::{Finding, Severity};
use crate::layout::{ItemLayout, Layout, ListLayout};
use crate::units::Bytes;

use super::arm_use::ArmUse;
use super::billing::Billing;
use super::hot_keys::{HotKeys, hot_key_findings};
use super::partitions::{ArmPartitions, partition_findings};

/// What a design is judged by.
pub struct Judged<'a> {
    /// The design.
    pub design: &'a Design,
    /// Its sizes.
    pub layout: &'a Layout,
    /// What it uses, by table and index.
    pub uses: &'a [ArmUse],
    /// Their busiest keys.
    pub hot: &'a [HotKeys],
    /// Their partitions.
    pub partitions: &'a [ArmPartitions],
}

/// Every limit that the design meets within the range of loads.
pub fn limit_findings(judged: &Judged<'_>, billing: &Billing<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    index_counts(judged, &mut findings);
    item_sizes(judged, &mut findings);
    growing_lists(judged, &mut findings);
    findings.extend(partition_findings(judged.design, judged.partitions));
    table_quotas(judged, billing, &mut findings);
    findings.extend(hot_key_findings(judged.design, judged.hot, billing));
    findings
}

fn index_counts(judged: &Judged<'_>, findings: &mut Vec<Finding>) {
    for table in &judged.design.tables {
        let count =
            |kind: IndexKind| table.indexes.iter().filter(|index| index.kind == kind).count();
        for (kind, most, word) in [
            (IndexKind::Global, GLOBAL_INDEXES_DEFAULT_MAX, "global"),
            (IndexKind::Local, LOCAL_INDEXES_MAX, "local"),
        ] {
            if count(kind) > most {
                findings.push(Finding::new(
                    "too-many-indexes",
                    Severity::High,
                    format!(
                        "table {} has {} {word} secondary indexes; DynamoDB allows {most}{}",
                        table.name,
                        count(kind),
                        if kind == IndexKind::Global { " unless the quota is raised" } else { "" }
                    ),
                ));
            }
        }
    }
}

fn item_sizes(judged: &Judged<'_>, findings: &mut Vec<Finding>) {
    for (table, layout) in judged.design.tables.iter().zip(&judged.layout.tables) {
        for (item, layout) in table.items.iter().zip(&layout.items) {
            let over = layout.sizes.share_above(Bytes::new(ITEM_BYTES_MAX));
            if over > 0.0 {
                findings.push(
                    Finding::new(
                        "item-over-400-kb",
                        Severity::High,
                        format!(
                            "{} of table {}: about one item in {:.0} would pass 400 KB and be \
                             refused",
                            item.name,
                            table.name,
                            1.0 / over
                        ),
                    )
                    .mend("keep large values in object storage, or split them over items"),
                );
            }
        }
    }
}

fn growing_lists(judged: &Judged<'_>, findings: &mut Vec<Finding>) {
    for (table, layout) in judged.design.tables.iter().zip(&judged.layout.tables) {
        for (item, layout) in table.items.iter().zip(&layout.items) {
            for list in &layout.lists {
                findings.push(growing_list(&table.name, &item.name, layout, list));
            }
        }
    }
}

/// What is known of the longest lists: the statistics tell the largest one; how
/// all of them are spread is not recorded, so a geometric spread about the mean
/// is shown as what it is.
fn growing_list(table: &str, item: &str, layout: &ItemLayout, list: &ListLayout) -> Finding {
    #[expect(clippy::cast_precision_loss, reason = "400 KB")]
    let room = ITEM_BYTES_MAX as f64
        - (layout.sizes.mean_bytes() - list.rows_per_item * list.row_bytes).max(0.0);
    let rows_max = (room / list.row_bytes).floor().max(0.0);
    let longest = list.longest_share.zip(list.rows_horizon).map(|(share, rows)| share * rows);
    let geometric = (list.rows_per_item / (1.0 + list.rows_per_item)).powf(rows_max + 1.0);
    let refused = layout.count_horizon.unwrap_or(0.0) * geometric;
    let mut what = format!(
        "{} grows inside {item} of table {table}: {:.1} rows of {:.0} bytes on average in an item \
         of {:.0}; each append bills the whole item at its length then, with all lists taken as \
         equally long; 400 KB hold {rows_max:.0} rows",
        list.attribute,
        list.rows_per_item,
        list.row_bytes,
        layout.sizes.mean_bytes()
    );
    match longest {
        Some(longest) => what.push_str(&format!(
            "; the longest list that column statistics tell of has {longest:.0} at the horizon"
        )),
        None => what.push_str("; column statistics do not tell how long the longest list is"),
    }
    if refused >= 0.5 {
        what.push_str(&format!(
            "; if their lengths are spread geometrically, a share of {geometric:.1e} of the items, \
             {refused:.0}, would pass it and be refused"
        ));
    }
    if refused >= 0.5 || longest.is_some_and(|longest| longest > rows_max) {
        Finding::new("embedded-list-over-400-kb", Severity::High, what)
            .mend("keep the rows as items of the same collection instead of a list")
    } else {
        Finding::new("embedded-list", Severity::Low, what)
    }
}

/// A table and its global indexes may take 40,000 units a second each way until
/// the quota is raised.
fn table_quotas(judged: &Judged<'_>, billing: &Billing<'_>, findings: &mut Vec<Finding>) {
    let most = billing.settings.load.range.value.1;
    for (t, table) in judged.design.tables.iter().enumerate() {
        let of_table = || judged.uses.iter().filter(move |used| used.arm.table == t);
        let reads: f64 = of_table().map(|used| peak(billing, &used.readers)).sum();
        let writes: f64 = of_table().map(|used| peak(billing, &used.writers)).sum();
        for (units, quota, word) in [
            (reads, TABLE_READ_UNITS_PER_SECOND_DEFAULT_MAX, "read"),
            (writes, TABLE_WRITE_UNITS_PER_SECOND_DEFAULT_MAX, "write"),
        ] {
            #[expect(clippy::cast_precision_loss, reason = "40,000")]
            let reached = quota as f64 / units.max(1e-9);
            if reached < most {
                findings.push(
                    Finding::new(
                        "table-quota",
                        if reached < 1.0 { Severity::High } else { Severity::Medium },
                        format!(
                            "table {} with its indexes takes {units:.0} {word} units a second at \
                             today's peak: its default quota of {quota} is reached at {reached:.1}x",
                            table.name
                        ),
                    )
                    .mend("ask AWS to raise the quota before the load comes"),
                );
            }
        }
    }
}

/// Units a second at the busiest minute, spikes included, of what some patterns
/// use a month.
pub fn peak(billing: &Billing<'_>, units_by_pattern: &BTreeMap<usize, Decimal>) -> f64 {
    let units: Decimal = units_by_pattern.values().sum();
    let mean = units / billing.conventions.month_seconds();
    let highest = billing.arrival.of_units(units_by_pattern).highest_to_mean();
    mean.to_f64().unwrap_or(f64::INFINITY) * highest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamodb::SizeDistribution;

    /// 50 rows of 8,000 bytes in 409,600 - 1,000 bytes of room: 51 fit. A list of
    /// 1 % of 10,000 rows holds 100. With 10 rows on average a geometric spread
    /// has (10/11)^52 = 0.7 % of the items above.
    #[test]
    fn the_longest_list_decides_whether_an_item_fits() {
        let list = |share| ListLayout {
            attribute: "events".to_owned(),
            rows_per_item: 10.0,
            row_bytes: 8_000.0,
            rows: Some(10_000.0),
            rows_horizon: Some(10_000.0),
            longest_share: share,
        };
        let layout = |items| ItemLayout {
            attributes: Vec::new(),
            sizes: SizeDistribution::constant(Bytes::new(81_000)),
            unit_range: None,
            guard_bytes: 0.0,
            count: Some(items),
            count_horizon: Some(items),
            lists: Vec::new(),
            entries: Vec::new(),
        };
        let found = |items, share| growing_list("t", "user", &layout(items), &list(share));
        assert_eq!(found(1.0, None).id, "embedded-list");
        assert_eq!(found(1.0, Some(0.001)).id, "embedded-list");
        let longest = found(1.0, Some(0.01));
        assert_eq!(longest.id, "embedded-list-over-400-kb");
        assert!(longest.what.contains("has 100 at the horizon"), "{}", longest.what);
        let many = found(1000.0, None);
        assert!(many.what.contains("7.0e-3 of the items, 7,"), "{}", many.what);
        assert_eq!(many.severity, Severity::High);
    }
}
