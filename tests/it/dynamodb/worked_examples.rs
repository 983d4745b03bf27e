//! Examples published by AWS and others. The figures are theirs; none is ever
//! recorded from this project's output.
//!
//! Sources: "guide" is the Amazon DynamoDB Developer Guide as published in
//! awsdocs/amazon-dynamodb-developer-guide, `doc_source`, commit 822948021f;
//! "cost script" is `calculate_costs.py` of the DynamoDB skill in
//! aws/agent-toolkit-for-aws, snapshot d6ad2e44, whose rules AWS states to have
//! verified live.

use ddbplan::dynamodb::{
    Action, Change, Consistency, IndexKind, Item, PagedRead, Projection, Settings, Table, Value,
    batch_get, failed_condition, get, page, read_shards, replicated_write, scan_seconds,
    transact_get, transact_write, ttl_delete_at_origin, ttl_delete_at_replica, write, write_item,
};
use ddbplan::units::{Bytes, ReadUnits, WriteUnits};

use super::{item, item_of};

const EVENTUAL: Consistency = Consistency::Eventual;
const STRONG: Consistency = Consistency::Strong;

fn halves(halves: u64) -> ReadUnits {
    ReadUnits::from_halves(halves)
}

fn whole(units: u64) -> ReadUnits {
    ReadUnits::whole(units)
}

/// 1.5 KB are 1,536 bytes.
fn kb(tenths: u64) -> Bytes {
    Bytes::new(tenths * 1024 / 10)
}

fn query(sizes: &[u64], consistency: Consistency) -> ReadUnits {
    let sizes: Vec<Bytes> = sizes.iter().copied().map(Bytes::new).collect();
    page(PagedRead::Query, &sizes, consistency, &Settings::default())
}

fn table() -> Table {
    Table::new("t".to_owned(), vec!["pk".to_owned()])
}

fn with_gsi(table: Table, key: &[&str], projection: Projection) -> Table {
    let key = key.iter().map(ToString::to_string).collect();
    let name = format!("gsi{}", table.indexes().len());
    table.with_index(name, IndexKind::Global, key, projection)
}

fn include(names: &[&str]) -> Projection {
    Projection::Include(names.iter().map(ToString::to_string).collect())
}

/// Units of a write: the table's, then each index's.
fn units(table: &Table, before: Option<&Item>, after: Option<&Item>) -> Vec<u64> {
    let arms = write_item(table, Change { before, after }, &Settings::default());
    [arms.table].into_iter().chain(arms.indexes).map(WriteUnits::get).collect()
}

/// G01. `GetItem` of 3.5 KB is billed as 4 KB, of 10 KB as 12 KB. [guide:
/// ProvisionedThroughput]
#[test]
fn g01_get_item() {
    assert_eq!(get(Some(kb(35)), STRONG), whole(1));
    assert_eq!(get(Some(kb(35)), EVENTUAL), halves(1));
    assert_eq!(get(Some(kb(100)), STRONG), whole(3));
    assert_eq!(get(Some(kb(100)), EVENTUAL), halves(3));
}

/// G02. `BatchGetItem` of 1.5 KB and 6.5 KB: 4 + 8 = 12 KB, not 8 KB. [guide:
/// ProvisionedThroughput]
#[test]
fn g02_batch_get_item_rounds_each_item() {
    let items = [Some(kb(15)), Some(kb(65))];
    assert_eq!(batch_get(items, STRONG), whole(3));
    assert_eq!(batch_get(items, EVENTUAL), halves(3));
}

/// G03. `BatchWriteItem` of 500 bytes and 3.5 KB: 1 + 4 = 5, not 4. [guide:
/// ProvisionedThroughput]
#[test]
fn g03_batch_write_item_rounds_each_item() {
    let sum: WriteUnits =
        [Bytes::new(500), kb(35)].into_iter().map(|size| write(None, Some(size))).sum();
    assert_eq!(sum, WriteUnits::new(5));
}

/// G04. A Query of 10 items with 40.8 KB in all is rounded once, to 44 KB.
/// [guide: ProvisionedThroughput]
#[test]
fn g04_query_rounds_once() {
    // 9 * 4,178 + 4,177 = 41,779 bytes = 40.8 KB.
    let sizes = [4178, 4178, 4178, 4178, 4178, 4178, 4178, 4178, 4178, 4177];
    assert_eq!(query(&sizes, STRONG), whole(11));
    assert_eq!(query(&sizes, EVENTUAL), halves(11));
}

/// G05. 8 KB read: 2 strong, 1 eventual, 4 transactional; 2 KB written: 2, or 4
/// in a transaction. [guide: HowItWorks.ReadWriteCapacityMode]
#[test]
fn g05_prices_by_consistency() {
    let eight = Some(Bytes::new(8192));
    assert_eq!(get(eight, STRONG), whole(2));
    assert_eq!(get(eight, EVENTUAL), whole(1));
    assert_eq!(transact_get([eight]), whole(4));
    let two_kb = item_of(2048);
    let put = Change { before: None, after: Some(&two_kb) };
    let settings = Settings::default();
    assert_eq!(write_item(&table(), put, &settings).table, WriteUnits::new(2));
    let transactional = transact_write(&table(), Action::Write(put), &settings);
    assert_eq!(transactional.table, WriteUnits::new(4));
}

/// G06. Reading a missing item costs 1, or 0.5; what is filtered out or only
/// counted is billed as read. [guide: ProvisionedThroughput]
#[test]
fn g06_missing_items_cost_the_minimum() {
    assert_eq!(get(None, STRONG), whole(1));
    assert_eq!(get(None, EVENTUAL), halves(1));
    assert_eq!(query(&[], EVENTUAL), halves(1));
}

/// G07. 80 strong reads a second of 3 KB need 80 units, 100 writes a second of
/// 512 bytes 100. [guide: ProvisionedThroughput]
#[test]
fn g07_units_a_second() {
    assert_eq!(get(Some(kb(30)), STRONG) * 80, whole(80));
    assert_eq!(write(None, Some(Bytes::new(512))) * 100, WriteUnits::new(100));
}

/// G08. A Query of a GSI that matches 8 entries of 2,000 bytes reads 16 KB: 2
/// units. [guide: GSI]
#[test]
fn g08_query_of_a_global_index() {
    assert_eq!(query(&[2000; 8], EVENTUAL), whole(2));
}

/// G09. A transaction of three 500-byte items costs 6 units to write and 6 to
/// read. [guide: transaction-apis]
#[test]
fn g09_transactions() {
    let small = item_of(500);
    let put = Action::Write(Change { before: None, after: Some(&small) });
    let one = transact_write(&table(), put, &Settings::default()).total();
    assert_eq!(one * 3, WriteUnits::new(6));
    assert_eq!(transact_get([Some(Bytes::new(500)); 3]), whole(6));
}

/// G10. Writes to an index: 1 when an item enters, 2 when its key changes, 1
/// when it leaves, 0 if it never was there, 1 if projected content changes;
/// entries are rounded by their projected size, and the table's units come on
/// top. [guide: GSI]
#[test]
fn g10_writes_to_an_index() {
    let table = with_gsi(table(), &["g"], include(&["a"]));
    let outside = item(&[("pk", 1), ("v", 3000)]);
    let inside = item(&[("pk", 1), ("v", 3000), ("g", 1)]);
    let moved = item(&[("pk", 1), ("v", 3000), ("g", 2)]);
    let changed = item(&[("pk", 1), ("v", 3000), ("g", 1), ("a", 5)]);
    assert_eq!(units(&table, Some(&outside), Some(&inside)), [3, 1]);
    assert_eq!(units(&table, Some(&inside), Some(&moved)), [3, 2]);
    assert_eq!(units(&table, Some(&inside), Some(&outside)), [3, 1]);
    assert_eq!(units(&table, Some(&outside), Some(&outside)), [3, 0]);
    assert_eq!(units(&table, Some(&inside), Some(&changed)), [3, 1]);
}

/// G11. The bytes of an item are those of its names and values: a number takes
/// about one byte for two digits and one more, BOOL and NULL 1, a list or map 3
/// and 1 for each element; an index entry of 200 bytes still costs 1 unit.
/// [guide: CapacityUnitCalculations, bp-indexes-general]
#[test]
fn g11_item_sizes() {
    let number = |text: &str| Value::Number(text.parse().unwrap());
    let values = [
        ("n", number("123456"), 1 + 3 + 1),
        ("b", Value::Bool(true), 1 + 1),
        ("z", Value::Null, 1 + 1),
        ("l", Value::List(vec![Value::Null, Value::Null]), 1 + 3 + 2 * (1 + 1)),
        ("m", Value::Map([("k".to_owned(), Value::Null)].into()), 1 + 3 + 1 + 1 + 1),
        ("x", Value::Binary(vec![0; 10]), 1 + 10),
        ("é", Value::String("é".to_owned()), 2 + 2),
    ];
    for (name, value, bytes) in values {
        let item: Item = [(name.to_owned(), value)].into_iter().collect();
        assert_eq!(item.bytes(Settings::default().number_size), Bytes::new(bytes), "{name}");
    }
    let table = with_gsi(table(), &["v"], Projection::All);
    assert_eq!(units(&table, None, Some(&item_of(200))), [1, 1]);
}

/// G12. A full Scan page of 1 MB: 128 units eventual, 256 strong. [guide:
/// bp-query-scan]
#[test]
fn g12_a_full_page() {
    let sizes = vec![Bytes::new(1024); 1024];
    let scan = |consistency| page(PagedRead::Scan, &sizes, consistency, &Settings::default());
    assert_eq!(scan(EVENTUAL), whole(128));
    assert_eq!(scan(STRONG), whole(256));
}

/// G14. Put or Delete of 1.6 KB: 2; an Update bills the larger image, so 3.2 KB
/// shrunk to 0.4 KB costs 4. [guide: ProvisionedThroughput; second figure
/// derived]
#[test]
fn g14_updates_bill_the_larger_image() {
    assert_eq!(write(None, Some(kb(16))), WriteUnits::new(2));
    assert_eq!(write(Some(kb(16)), None), WriteUnits::new(2));
    assert_eq!(write(Some(kb(32)), Some(kb(4))), WriteUnits::new(4));
}

/// G15. Rules that the cost script states: a transaction doubles the table
/// only; an item without one of a composite key's attributes writes no entry;
/// an update of nothing projected costs 0 on KEYS_ONLY and INCLUDE but 1 on
/// ALL; a 4 KB item costs 4 on ALL, 1 on the others; failed conditions bill; a
/// Query of 5 items of 1 KB, or 10 of 512 bytes, is 1 unit eventual. [cost
/// script]
#[test]
fn g15_rules_of_the_cost_script() {
    let settings = Settings::default();
    let keys_only = with_gsi(table(), &["g", "h"], Projection::KeysOnly);
    let three = with_gsi(with_gsi(keys_only, &["g"], include(&["a"])), &["g"], Projection::All);

    let whole_key = item(&[("pk", 1), ("g", 1), ("h", 1), ("v", 4080)]);
    let put = Change { before: None, after: Some(&whole_key) };
    assert_eq!(whole_key.bytes(settings.number_size), Bytes::new(3 + 2 + 2 + 4081));
    assert_eq!(units(&three, None, Some(&whole_key)), [4, 1, 1, 4]);
    let arms = transact_write(&three, Action::Write(put), &settings);
    assert_eq!(arms.table.get(), 8);
    assert_eq!(arms.indexes.iter().map(|units| units.get()).collect::<Vec<_>>(), [1, 1, 4]);

    assert_eq!(units(&three, None, Some(&item(&[("pk", 1), ("g", 1)]))), [1, 0, 1, 1]);
    assert_eq!(units(&three, None, Some(&item(&[("pk", 1), ("h", 1)]))), [1, 0, 0, 0]);

    let before = item(&[("pk", 1), ("g", 1), ("h", 1)]);
    let after = item(&[("pk", 1), ("g", 1), ("h", 1), ("other", 1)]);
    assert_eq!(units(&three, Some(&before), Some(&after)), [1, 0, 0, 1]);

    assert_eq!(failed_condition(Some(Bytes::new(100)), None, &settings).get(), 1);
    assert_eq!(failed_condition(None, None, &settings).get(), 1);

    assert_eq!(query(&[1024; 5], EVENTUAL), whole(1));
    assert_eq!(query(&[512; 10], EVENTUAL), whole(1));
}

/// G16. A batch of 25 items of 34 bytes costs 25 units, though it holds 850
/// bytes. [kichik.com/2022/08/31/lessons-learned-from-1tb-dynamodb-import]
#[test]
fn g16_small_items_in_a_batch() {
    let small = item_of(34);
    let batch: u64 = (0..25).map(|_| units(&table(), None, Some(&small))[0]).sum();
    assert_eq!(batch, 25);
}

/// G17. 0.2 x 3 million orders of 250 bytes read a second need 13 partition key
/// values: 600,000 / (3,000 units x 16 items) = 12.5. [guide:
/// bp-modeling-nosql-B]
#[test]
fn g17_write_sharding() {
    assert_eq!(read_shards(600_000, Bytes::new(250)), 13);
    // 10,000 bytes take 3 units: 9,000 units are 3 partitions' worth.
    assert_eq!(read_shards(3000, Bytes::new(10_000)), 3);
    assert_eq!(read_shards(1, Bytes::new(250)), 1);
}

/// G18. 20 GiB at 100 strong units a second: 21,474,836,480 / 409,600 = 52,429
/// s; eventually consistent reads halve it (derived). [guide:
/// EMRforDynamoDB.PerformanceTuning.Throughput]
#[test]
fn g18_time_to_scan() {
    let table = Bytes::new(20 << 30);
    assert_eq!(scan_seconds(table, 100, STRONG), Some(52_429));
    assert_eq!(scan_seconds(table, 100, EVENTUAL), Some(26_215));
    assert_eq!(scan_seconds(table, 0, EVENTUAL), None);
}

/// G19. 5 + 10 + 5 writes a second in three Regions: 20 replicated units in
/// each, 60 in all; writes to indexes are ordinary; a TTL delete is free where
/// it happens and one replicated write elsewhere. [guide:
/// V2globaltables_reqs_bestpractices, TTL]
#[test]
fn g19_global_tables() {
    let table = with_gsi(table(), &["g"], Projection::KeysOnly);
    let small = item(&[("pk", 1), ("g", 1), ("v", 800)]);
    let put = Change { before: None, after: Some(&small) };
    let settings = Settings::default();
    let in_each = replicated_write(&table, put, &settings);
    assert_eq!(in_each.replicated * (5 + 10 + 5), WriteUnits::new(20));
    assert_eq!(in_each.replicated * (5 + 10 + 5) * 3, WriteUnits::new(60));
    assert_eq!(in_each.indexes, [WriteUnits::new(1)]);
    let origin = ttl_delete_at_origin(&table);
    assert_eq!((origin.replicated, origin.indexes), (WriteUnits::ZERO, vec![WriteUnits::ZERO]));
    let replica = ttl_delete_at_replica(&table, &small, &settings);
    assert_eq!(
        (replica.replicated, replica.indexes),
        (WriteUnits::new(1), vec![WriteUnits::new(1)])
    );
    // "One replicated write", whatever the size of the item.
    let large = item(&[("pk", 1), ("g", 1), ("v", 3000)]);
    assert_eq!(ttl_delete_at_replica(&table, &large, &settings).replicated, WriteUnits::new(1));
}
