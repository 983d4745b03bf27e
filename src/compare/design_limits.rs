//! Where a design runs into limits of DynamoDB at any load: names, keys, items and
//! numbers of indexes.

use crate::design::{Design, IndexKind, Template};
use crate::dynamodb::limits::{
    GLOBAL_INDEXES_DEFAULT_MAX, ITEM_BYTES_MAX, LOCAL_INDEXES_MAX, NAME_LENGTH_MAX,
    NAME_LENGTH_MIN, PARTITION_KEY_BYTES_MAX, SORT_KEY_BYTES_MAX, is_name_character,
};
use crate::finding::{Finding, Severity};
use crate::layout::{ItemLayout, Layout, ListLayout, key_sizes};
use crate::units::Bytes;
use crate::workload::Workload;

/// Every limit that the design meets whatever the load.
#[must_use]
pub fn design_limits(design: &Design, layout: &Layout, workload: &Workload) -> Vec<Finding> {
    let mut findings = Vec::new();
    names(design, &mut findings);
    keys(design, workload, &mut findings);
    index_counts(design, &mut findings);
    item_sizes((design, layout), &mut findings);
    growing_lists((design, layout), &mut findings);
    findings
}

fn names(design: &Design, findings: &mut Vec<Finding>) {
    for table in &design.tables {
        let indexes = table.indexes.iter();
        let indexes =
            indexes.map(|one| (format!("index {} of table {}", one.name, table.name), &one.name));
        for (what, name) in
            std::iter::once((format!("table {}", table.name), &table.name)).chain(indexes)
        {
            let length = name.chars().count();
            if !(NAME_LENGTH_MIN..=NAME_LENGTH_MAX).contains(&length)
                || !name.chars().all(is_name_character)
            {
                findings.push(
                    Finding::new(
                        "name-not-allowed",
                        Severity::High,
                        format!("{what}: DynamoDB does not allow this name ({length} characters)"),
                    )
                    .mend(format!(
                        "take {NAME_LENGTH_MIN} to {NAME_LENGTH_MAX} characters of a-z, A-Z, 0-9, \
                         `_`, `-` and `.`"
                    )),
                );
            }
        }
    }
}

/// Keys that are longer than DynamoDB takes: a write of such an item, or of an item
/// with such an index key, fails.
fn keys(design: &Design, workload: &Workload, findings: &mut Vec<Finding>) {
    for table in &design.tables {
        for item in &table.items {
            let Some(entity) = workload.entity(Some(&item.from.schema), &item.from.name) else {
                continue;
            };
            let mut check = |of: String, kind: &str, template: &Template, most: u64| {
                let share = key_sizes(template, entity, workload).share_above(Bytes::new(most));
                findings.extend(over_long_key(&of, kind, share, most));
            };
            let of = format!("{} of table {}", item.name, table.name);
            check(of.clone(), "partition", &item.partition_key, PARTITION_KEY_BYTES_MAX);
            if let Some(sort) = &item.sort_key {
                check(of.clone(), "sort", sort, SORT_KEY_BYTES_MAX);
            }
            for index in &table.indexes {
                if !crate::layout::can_have_entry(index, item, entity) {
                    continue;
                }
                let of = format!("{of} in index {}", index.name);
                if index.kind == IndexKind::Global {
                    check(of.clone(), "partition", &index.partition_key, PARTITION_KEY_BYTES_MAX);
                }
                if let Some(sort) = &index.sort_key {
                    check(of, "sort", sort, SORT_KEY_BYTES_MAX);
                }
            }
        }
    }
}

fn over_long_key(of: &str, kind: &str, share: f64, most: u64) -> Option<Finding> {
    if share <= 0.0 {
        return None;
    }
    let (severity, items) = if share >= 1.0 {
        (Severity::High, "all items, by the mean sizes of its columns,".to_owned())
    } else {
        (Severity::Medium, format!("about one item in {:.0}", 1.0 / share))
    };
    Some(
        Finding::new(
            "key-too-long",
            severity,
            format!(
                "{of}: {items} would have a {kind} key over {most} bytes, and DynamoDB would refuse \
                 to write them"
            ),
        )
        .mend("shorten the text of the key, or use a hash of the long column in its place"),
    )
}

fn index_counts(design: &Design, findings: &mut Vec<Finding>) {
    for table in &design.tables {
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

fn item_sizes((design, layout): (&Design, &Layout), findings: &mut Vec<Finding>) {
    for (table, layout) in design.tables.iter().zip(&layout.tables) {
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

fn growing_lists((design, layout): (&Design, &Layout), findings: &mut Vec<Finding>) {
    for (table, layout) in design.tables.iter().zip(&layout.tables) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::{self, InputFile};
    use crate::dynamodb::SizeDistribution;
    use crate::scenario::Settings;
    use crate::workload;

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

    /// Limits that a design of the table `users` meets; its `name` is a text of so many
    /// bytes on average.
    fn limits(name_bytes: u32, design: &str) -> Vec<(&'static str, Severity, String)> {
        let declared = format!(
            "schema = \"schema.sql\"\n[tables.users]\nrows = 1000\n\
             columns.name = {{ bytes = {name_bytes}, distinct = 1000 }}\n[[patterns]]\n\
             sql = \"SELECT * FROM users WHERE id = $1\"\ncalls_per_second = 1\n\
             rows_per_call = 1\n"
        );
        let declared = crate::declared::read("workload.toml", &declared).unwrap();
        let schema = "CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);";
        let files = crate::declared::exports(&declared, schema);
        let files = files.into_iter().map(|(name, text)| InputFile::bytes(name, text)).collect();
        let capture = capture::read(files, &capture::Settings::default()).unwrap();
        let (settings, _) = Settings::read("plan.toml", "").unwrap();
        let workload = workload::build(&capture, &settings);
        let design = crate::design::read("d.toml", design, &workload).unwrap();
        let layout = crate::layout::build(&design, &workload);
        let limits = design_limits(&design, &layout, &workload);
        limits.into_iter().map(|one| (one.id, one.severity, one.what)).collect()
    }

    fn table(keys: &str, rest: &str) -> String {
        format!(
            "name = \"d\"\n[tables.users]\n{keys}\n[tables.users.items.user]\nfrom = \"users\"\n{rest}"
        )
    }

    #[test]
    fn keys_over_2048_and_1024_bytes_are_told() {
        let key = |partition: usize, sort: usize| {
            let (partition, sort) = ("x".repeat(partition), "y".repeat(sort));
            table(
                &format!("partition_key = \"{partition}{{id}}\"\nsort_key = \"{sort}{{id}}\""),
                "",
            )
        };
        assert_eq!(limits(20, &key(2000, 1000)), []);
        let both = limits(20, &key(2048, 1024));
        assert_eq!(both.len(), 2, "{both:?}");
        assert!(both.iter().all(|one| one.0 == "key-too-long" && one.1 == Severity::High));
        assert!(both[0].2.starts_with("user of table users: all items"), "{}", both[0].2);
    }

    #[test]
    fn keys_of_long_columns_are_told_by_their_share() {
        let plain = table("partition_key = \"name\"", "");
        assert_eq!(limits(100, &plain), []);
        let some = limits(1000, &plain);
        assert_eq!((some[0].0, some[0].1), ("key-too-long", Severity::Medium), "{some:?}");
        let index = "[tables.users.gsi.by_name]\npartition_key = \"id\"\nsort_key = \"name\"\n\
                     projection = \"all\"\n";
        let of_index = limits(1000, &table("partition_key = \"id\"", index));
        assert!(of_index[0].2.contains("in index by_name"), "{of_index:?}");
    }

    #[test]
    fn names_and_numbers_of_indexes_are_told() {
        let gsi = |name: &str| {
            format!(
                "[tables.users.gsi.\"{name}\"]\npartition_key = \"name\"\nprojection = \"all\"\n"
            )
        };
        let indexes: String = (0..21).map(|i| gsi(&format!("by_name_{i}"))).collect();
        let told = limits(20, &table("partition_key = \"id\"", &indexes));
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].0, told[0].1), ("too-many-indexes", Severity::High));
        let long = "n".repeat(256);
        for name in ["a", "a/b", "a b", "größe", &long] {
            let told = limits(20, &table("partition_key = \"id\"", &gsi(name)));
            assert_eq!((told.len(), told[0].0), (1, "name-not-allowed"), "{name}");
            let design = table("partition_key = \"id\"", "")
                .replace("tables.users", &format!("tables.\"{name}\""));
            assert_eq!(limits(20, &design)[0].0, "name-not-allowed");
        }
    }

    #[test]
    fn items_over_400_kb_are_told() {
        let told = limits(500_000, &table("partition_key = \"id\"", ""));
        assert_eq!((told[0].0, told[0].1), ("item-over-400-kb", Severity::High));
    }
}
