//! Where a design runs into DynamoDB's limits, today or within the range of
//! loads that is looked at.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::design::{Design, IndexKind, Part, Template};
use crate::dynamodb::limits::{
    GLOBAL_INDEXES_DEFAULT_MAX, ITEM_BYTES_MAX, ITEM_COLLECTION_BYTES_MAX, LOCAL_INDEXES_MAX,
    TABLE_READ_UNITS_PER_SECOND_DEFAULT_MAX, TABLE_WRITE_UNITS_PER_SECOND_DEFAULT_MAX,
};
use crate::finding::{Finding, Severity};
use crate::layout::{ItemLayout, Layout, ListLayout};
use crate::units::Bytes;
use crate::workload::{Entity, Workload};

use super::arm_use::ArmUse;
use super::billing::Billing;
use super::hot_keys::{HotKeys, hot_key_findings};

/// What a design is judged by.
pub struct Judged<'a> {
    /// The workload.
    pub workload: &'a Workload,
    /// The design.
    pub design: &'a Design,
    /// Its sizes.
    pub layout: &'a Layout,
    /// What it uses, by table and index.
    pub uses: &'a [ArmUse],
    /// Their busiest keys.
    pub hot: &'a [HotKeys],
}

/// Every limit that the design meets within the range of loads.
pub fn limit_findings(judged: &Judged<'_>, billing: &Billing<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    index_counts(judged, &mut findings);
    item_sizes(judged, &mut findings);
    growing_lists(judged, &mut findings);
    collections(judged, &mut findings);
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

/// A table with a local index keeps all items of one partition key in 10 GB.
fn collections(judged: &Judged<'_>, findings: &mut Vec<Finding>) {
    for (t, table) in judged.design.tables.iter().enumerate() {
        if !table.indexes.iter().any(|index| index.kind == IndexKind::Local) {
            continue;
        }
        let mut largest = 0.0;
        for (i, item) in table.items.iter().enumerate() {
            let Some(entity) = judged.workload.entity(Some(&item.from.schema), &item.from.name)
            else {
                continue;
            };
            let rows = entity.rows_horizon.unwrap_or(0.0);
            let layout = &judged.layout.tables[t].items[i];
            let entries: f64 = layout
                .entries
                .iter()
                .zip(&table.indexes)
                .filter(|(_, index)| index.kind == IndexKind::Local)
                .filter_map(|(entry, _)| entry.as_ref())
                .map(|entry| entry.share * entry.sizes.mean_bytes())
                .sum();
            largest += rows
                * hottest_share(&item.partition_key, entity)
                * (layout.sizes.mean_bytes() + entries);
        }
        #[expect(clippy::cast_precision_loss, reason = "10 GB")]
        let most = ITEM_COLLECTION_BYTES_MAX as f64;
        if largest > most {
            findings.push(
                Finding::new(
                    "collection-over-10-gb",
                    Severity::High,
                    format!(
                        "the largest item collection of table {} comes to {:.1} GB; with a local \
                         index DynamoDB refuses writes above 10 GB",
                        table.name,
                        largest / 1e9
                    ),
                )
                .mend("use a global index instead, or a finer partition key"),
            );
        }
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
fn peak(billing: &Billing<'_>, units_by_pattern: &BTreeMap<usize, Decimal>) -> f64 {
    let units: Decimal = units_by_pattern.values().sum();
    let mean = units / billing.conventions.month_seconds();
    let highest = billing.arrival.of_units(units_by_pattern).highest_to_mean();
    mean.to_f64().unwrap_or(f64::INFINITY) * highest
}

/// Share of the writes that the busiest value of a key takes, by how the rows
/// are spread: the most common value, or an even share of the distinct ones. All
/// of a moment's writes fall into its time bucket.
fn hottest_share(key: &Template, entity: &Entity) -> f64 {
    let of_column = |column: &str| {
        let attribute = entity.attribute(column)?;
        let even = attribute.distinct.map_or(0.0, |distinct| 1.0 / distinct);
        Some(attribute.top_frequencies.first().copied().unwrap_or(0.0).max(even))
    };
    key.parts
        .iter()
        .map(|part| match part {
            Part::Literal(_) | Part::Bucket { .. } => 1.0,
            Part::Column(column) => of_column(column).unwrap_or(1.0),
            // The spread of a parent's column over its children is not known.
            Part::Parent { table, .. } => entity
                .parents
                .iter()
                .find(|parent| parent.table.name == *table)
                .and_then(|parent| parent.columns.first())
                .and_then(|column| of_column(column))
                .unwrap_or(1.0),
            Part::Hash { count, .. } => 1.0 / f64::from(*count),
            Part::Generated => 0.0,
        })
        .product()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::TableName;
    use crate::dynamodb::SizeDistribution;
    use crate::workload::{Attribute, ValueBytes};

    fn entity() -> Entity {
        let attribute = |name: &str, distinct: f64, top: &[f64]| Attribute {
            name: name.to_owned(),
            type_name: "bigint".to_owned(),
            present: 1.0,
            bytes: ValueBytes::About(8.0),
            distinct: Some(distinct),
            used_shares: Vec::new(),
            top_frequencies: top.to_vec(),
            has_default: false,
            default_literal: None,
            nullable: false,
            text_bytes: 8.0,
            variable: false,
            guessed: false,
        };
        Entity {
            table: TableName::new("public", "t"),
            rows: Some(1e6),
            attributes: vec![
                attribute("id", 1e6, &[]),
                attribute("user_id", 1e5, &[0.042, 0.01]),
                attribute("state", 4.0, &[0.6]),
                attribute("at", 1e6, &[]),
            ],
            primary_key: vec!["id".to_owned()],
            unique_keys: Vec::new(),
            parents: Vec::new(),
            partial_indexes: Vec::new(),
            inserted_per_month: None,
            deleted_per_month: None,
            rows_horizon: None,
            inserted_horizon: None,
            triggers: Vec::new(),
            row_sizes: None,
            out_of_line: None,
            heap_bytes: None,
            toast_bytes: None,
            index_bytes: None,
        }
    }

    /// 4.2 % of the writes on one key: 1,000 / 0.042 = 23,810 a second in all.
    #[test]
    fn the_most_common_value_sets_the_share() {
        let share = |key: &str| hottest_share(&Template::parse(key).unwrap(), &entity());
        assert!((share("user_id") - 0.042).abs() < 1e-12);
        assert!((1000.0 / share("user_id") - 23_809.5).abs() < 0.1);
        assert!((share("id") - 1e-6).abs() < 1e-12);
        assert!((share("{state}#{hash(id,10)}") - 0.06).abs() < 1e-12);
        assert!((share("{at:hour}") - 1.0).abs() < 1e-12);
        assert!((share("{at:hour}#{hash(id,4)}") - 0.25).abs() < 1e-12);
    }

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
