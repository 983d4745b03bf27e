//! Laws that hold for every item, table and write.

use std::collections::{BTreeMap, BTreeSet};

use ddbplan::dynamodb::{
    ByArm, Change, Consistency, Index, IndexKind, Item, NumberSize, PagedRead, Projection,
    Settings, Table, Value, all_pages, batch_get, page, read, write, write_item,
};
use ddbplan::units::{Bytes, WriteUnits};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// Few names, so that items, keys and projections meet.
const NAMES: [&str; 6] = ["g", "h", "a", "b", "c", "pk2"];

fn value() -> impl Strategy<Value = Value> {
    let text = (0..1500_usize).prop_map(|length| Value::String("x".repeat(length)));
    let number = select(vec!["1", "1.0", "-120", "0.012", "0"]);
    let leaf = prop_oneof![
        3 => text,
        2 => number.prop_map(|text| Value::Number(text.parse().expect("a number"))),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => Just(Value::Null),
        1 => vec(any::<u8>(), 0..9).prop_map(Value::Binary),
        1 => btree_set("[ab]{0,3}", 1..4).prop_map(Value::StringSet),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::List),
            btree_map("[ab]{1,2}", inner, 0..4).prop_map(Value::Map),
        ]
    })
}

fn item() -> impl Strategy<Value = Item> {
    btree_map(select(&NAMES[..]), value(), 0..=NAMES.len()).prop_map(|attributes| {
        let key = ("pk".to_owned(), Value::String("k".to_owned()));
        let others = attributes.into_iter().map(|(name, value)| (name.to_owned(), value));
        others.chain([key]).collect()
    })
}

/// Two images of an item, often alike.
fn images() -> impl Strategy<Value = (Option<Item>, Option<Item>)> {
    let changed =
        (item(), subsequence(&NAMES[..], 0..3), item()).prop_map(|(before, names, from)| {
            let mut after = before.clone();
            for name in names {
                match from.get(name) {
                    Some(value) => after.insert(name, value.clone()),
                    None => drop(after.remove(name)),
                }
            }
            (Some(before), Some(after))
        });
    prop_oneof![3 => changed, 1 => (option::of(item()), option::of(item()))]
}

fn names(count: impl Into<proptest::sample::SizeRange>) -> impl Strategy<Value = Vec<String>> {
    subsequence(NAMES.map(str::to_owned).to_vec(), count)
}

fn projection() -> impl Strategy<Value = Projection> {
    prop_oneof![
        Just(Projection::All),
        Just(Projection::KeysOnly),
        names(0..3).prop_map(|names| Projection::Include(names.into_iter().collect())),
    ]
}

fn index() -> impl Strategy<Value = (IndexKind, Vec<String>, Projection)> {
    (select(vec![IndexKind::Global, IndexKind::Local]), names(1..=2), projection())
}

fn table() -> impl Strategy<Value = Table> {
    vec(index(), 0..3).prop_map(|indexes| {
        let table = Table::new("t".to_owned(), vec!["pk".to_owned()]);
        indexes.into_iter().fold(table, |table, (kind, key, projection)| {
            let name = format!("i{}", table.indexes().len());
            table.with_index(name, kind, key, projection)
        })
    })
}

fn units(table: &Table, before: &Option<Item>, after: &Option<Item>) -> ByArm<WriteUnits> {
    let change = Change { before: before.as_ref(), after: after.as_ref() };
    write_item(table, change, &Settings::default())
}

/// The entry of an item, spelled out.
fn entry(index: &Index, item: &Option<Item>) -> Option<Item> {
    let item = item.as_ref()?;
    for name in index.key() {
        item.get(name)?;
    }
    let held = item.iter().filter(|(name, _)| index.projects(name));
    Some(held.map(|(name, value)| (name.to_owned(), value.clone())).collect())
}

/// The six cases of the Developer Guide over entries that are spelled out.
fn slow_index_units(index: &Index, before: &Option<Item>, after: &Option<Item>) -> u64 {
    let kilobytes = |entry: &Item| entry.bytes(NumberSize::Base100).get().div_ceil(1024).max(1);
    match (entry(index, before), entry(index, after)) {
        (None, None) => 0,
        (None, Some(new)) => kilobytes(&new),
        (Some(old), None) => kilobytes(&old),
        (Some(old), Some(new)) if old == new => 0,
        (Some(old), Some(new)) => {
            let key = |entry: &Item| -> BTreeMap<String, Option<Value>> {
                index.key().iter().map(|name| (name.clone(), entry.get(name).cloned())).collect()
            };
            if key(&old) == key(&new) {
                kilobytes(&old).max(kilobytes(&new))
            } else {
                kilobytes(&old) + kilobytes(&new)
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn a_larger_item_never_costs_less(small in 0..500_000_u64, more in 0..10_000_u64) {
        let (small, large) = (Bytes::new(small), Bytes::new(small + more));
        for consistency in [Consistency::Eventual, Consistency::Strong, Consistency::Transactional] {
            prop_assert!(read(small, consistency) <= read(large, consistency));
        }
        prop_assert!(write(None, Some(small)) <= write(None, Some(large)));
        prop_assert!(write(Some(small), None) <= write(Some(large), None));
        prop_assert_eq!(write(Some(small), Some(large)), write(None, Some(large)));
    }

    #[test]
    fn one_more_attribute_never_costs_less(table in table(), item in item(), value in value()) {
        let mut larger = item.clone();
        larger.insert("new", value);
        let (put, put_larger) = (units(&table, &None, &Some(item)), units(&table, &None, &Some(larger)));
        prop_assert!(put.table <= put_larger.table);
        for (units, larger) in put.indexes.iter().zip(&put_larger.indexes) {
            prop_assert!(units <= larger);
        }
    }

    #[test]
    fn splitting_a_batch_never_changes_the_sum(
        sizes in vec(option::of((0..409_600_u64).prop_map(Bytes::new)), 0..100),
        images in vec(images(), 0..8),
        table in table(),
        at in any::<proptest::sample::Index>(),
    ) {
        let (head, tail) = sizes.split_at(at.index(sizes.len() + 1));
        let sum = |sizes: &[Option<Bytes>]| batch_get(sizes.iter().copied(), Consistency::Eventual);
        prop_assert_eq!(sum(&sizes), sum(head) + sum(tail));

        let batch = |images: &[(Option<Item>, Option<Item>)]| {
            let mut arms = ByArm::table_only(WriteUnits::ZERO, table.indexes().len());
            for (before, after) in images {
                arms += &units(&table, before, after);
            }
            arms
        };
        let (head, tail) = images.split_at(at.index(images.len() + 1));
        let mut parts = batch(head);
        parts += &batch(tail);
        prop_assert_eq!(batch(&images), parts);
        let one_by_one: WriteUnits =
            images.iter().map(|(before, after)| units(&table, before, after).total()).sum();
        prop_assert_eq!(batch(&images).total(), one_by_one);
    }

    #[test]
    fn pages_never_cost_less_than_one_rounding_nor_more_than_one_each(
        sizes in vec((1..409_600_u64).prop_map(Bytes::new), 1..40),
        limit in option::of(1..10_usize),
    ) {
        let settings = Settings::default();
        let strong = Consistency::Strong;
        let once = page(PagedRead::Query, &sizes, strong, &settings);
        let paged = all_pages(PagedRead::Query, &sizes, limit, strong, &settings);
        let each = batch_get(sizes.iter().copied().map(Some), strong);
        prop_assert!(once <= paged && paged <= each);
    }

    #[test]
    fn an_index_more_never_lowers_write_units(
        table in table(),
        (kind, key, projection) in index(),
        (before, after) in images(),
    ) {
        let more = table.clone().with_index("more".to_owned(), kind, key, projection);
        let (without, with) = (units(&table, &before, &after), units(&more, &before, &after));
        prop_assert_eq!(without.table, with.table);
        prop_assert_eq!(&without.indexes[..], &with.indexes[..without.indexes.len()]);
        prop_assert!(without.total() <= with.total());
    }

    #[test]
    fn an_identical_put_costs_nothing_on_any_index(table in table(), item in item()) {
        let item = Some(item);
        let arms = units(&table, &item, &item);
        prop_assert!(arms.indexes.iter().all(|units| *units == WriteUnits::ZERO));
        prop_assert_eq!(arms.table, units(&table, &None, &item).table);
    }

    #[test]
    fn index_writes_follow_the_six_cases(table in table(), (before, after) in images()) {
        let arms = units(&table, &before, &after);
        for (index, units) in table.indexes().iter().zip(&arms.indexes) {
            prop_assert_eq!(units.get(), slow_index_units(index, &before, &after));
        }
    }

    /// On a grid of pairs aligned to the decimal point, the pairs between the
    /// first and the last that are not 00 count.
    #[test]
    fn numbers_are_pairs_on_a_grid(
        negative in any::<bool>(),
        whole in "[0-9]{1,18}",
        fraction in "[0-9]{0,18}",
    ) {
        let sign = if negative { "-" } else { "" };
        let number: ddbplan::dynamodb::Number = format!("{sign}{whole}.{fraction}").parse().unwrap();
        let whole = if whole.len() % 2 == 1 { format!("0{whole}") } else { whole };
        let fraction = if fraction.len() % 2 == 1 { format!("{fraction}0") } else { fraction };
        let grid = whole + &fraction;
        let pairs: Vec<&[u8]> = grid.as_bytes().chunks(2).collect();
        let filled: BTreeSet<usize> = (0..pairs.len()).filter(|i| pairs[*i] != b"00").collect();
        let expected = match (filled.first(), filled.last()) {
            (Some(first), Some(last)) => 1 + (last - first + 1) + usize::from(negative),
            _ => 1,
        };
        prop_assert_eq!(number.bytes(NumberSize::Base100), u64::try_from(expected).unwrap());
    }
}
