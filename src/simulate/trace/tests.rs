use proptest::prelude::*;

use super::replay::TraceDemand;
use super::*;
use crate::units::{Bytes, ReadUnits, WriteUnits};

fn any_table() -> Tables {
    Tables { tables: Vec::new(), other_table_partitions: Some(1) }
}

fn run(text: &str, tables: &Tables, max_errors: u64) -> Result<Replay, String> {
    replay(text.as_bytes(), "trace", tables, Rules { max_errors }, |_| Ok(()))
        .map_err(|faults| faults.to_string())
}

fn total(replay: &Replay, table: &str, index: Option<&str>) -> (u64, String, u64) {
    let (_, total) = replay
        .arms
        .iter()
        .find(|(arm, _)| arm.table == table && arm.index.as_deref() == index)
        .unwrap();
    let cell = total.total;
    (cell.operations, cell.reads.to_string(), cell.writes.get())
}

/// Developer Guide: 3.5 KB read -> 1 unit, half if eventual; update bills the
/// larger image; a missing item costs the minimum; a transaction doubles.
const OPERATIONS: &str = "\
ts,operation,table,key,bytes,old_bytes,consistency
2026-11-23T00:00:00Z,GetItem,orders,a,3584,,strong
2026-11-23T00:00:01Z,GetItem,orders,a,3584,,
2026-11-23T00:00:02Z,Query,orders,\"b,1\",41779,,
1795392003.5,UpdateItem,orders,a,410,3277,
2026-11-23T00:00:04Z,PutItem,orders,c,1025,,
2026-11-23T00:00:05Z,DeleteItem,orders,d,0,,
2026-11-23T00:01:06Z,TransactPut,orders,e,500,,
";

#[test]
fn each_operation_is_rounded_by_itself() {
    let replay = run(OPERATIONS, &any_table(), 0).unwrap();
    // Reads 1 + 0.5 + 5.5; writes 4 + 2 + 1 + 2.
    assert_eq!(total(&replay, "orders", None), (7, "7".to_owned(), 9));
    let orders = replay.arms.values().next().unwrap();
    let minute = 1_795_392_000 / 60;
    assert_eq!(orders.peak_writes, Some(PeakMinute { minute, units: WriteUnits::new(7) }));
    assert_eq!(orders.peak_reads, Some(PeakMinute { minute, units: ReadUnits::whole(7) }));
}

#[test]
fn json_lines_mean_the_same() {
    let mut lines = String::new();
    for line in OPERATIONS.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let (key, rest) =
            if fields.len() == 8 { ("b,1", &fields[5..]) } else { (fields[3], &fields[4..]) };
        let ts =
            if fields[0].contains('T') { format!("\"{}\"", fields[0]) } else { fields[0].into() };
        let old = if rest[1].is_empty() { "null" } else { rest[1] };
        lines.push_str(&format!(
            "{{\"ts\":{ts},\"operation\":\"{}\",\"table\":\"{}\",\"key\":\"{key}\",\"bytes\":{},\"old_bytes\":{old},\"consistency\":\"{}\",\"extra\":1}}\n",
            fields[1], fields[2], rest[0], rest[2],
        ));
    }
    assert_eq!(run(&lines, &any_table(), 0), run(OPERATIONS, &any_table(), 0));
}

#[test]
fn a_trace_without_a_header_has_its_columns_in_order() {
    let bare = "2026-11-23T00:00:00Z,PutItem,t,k,2000,3000\n2026-11-23T00:00:00Z,GetItem,t,k,1\n";
    assert_eq!(total(&run(bare, &any_table(), 0).unwrap(), "t", None), (2, "0.5".to_owned(), 3));
}

#[test]
fn index_arms_follow_the_design() {
    let index = |name: &str, entry, on_update| TraceIndex {
        name: name.into(),
        key: IndexKey::Unknown,
        entry,
        on_update,
    };
    let tables = Tables {
        tables: vec![TraceTable {
            name: "orders".into(),
            partitions: 4,
            indexes: vec![
                index("all", EntryBytes::WholeItem, OnUpdate::ContentChanges),
                index("by_state", EntryBytes::AtMost(Bytes::new(100)), OnUpdate::KeyChanges),
                index("by_day", EntryBytes::AtMost(Bytes::new(100)), OnUpdate::Untouched),
            ],
        }],
        other_table_partitions: None,
    };
    let text = "ts,operation,table,key,bytes,old_bytes,index\n\
                0,PutItem,orders,a,4000,,\n\
                1,UpdateItem,orders,a,4000,4000,\n\
                2,TransactDelete,orders,a,4000,,\n\
                3,Query,orders,x,5000,,by_day\n\
                4,Query,orders,x,5000,,by_moon\n\
                5,PutItem,other,x,5000,,\n";
    let replay = run(text, &tables, 2).unwrap();
    // Put 4, update 4, transactional delete 8.
    assert_eq!(total(&replay, "orders", None), (3, "0".to_owned(), 16));
    assert_eq!(total(&replay, "orders", Some("all")), (3, "0".to_owned(), 12));
    // Put 1, key moved 2, delete 1 (not doubled on an index).
    assert_eq!(total(&replay, "orders", Some("by_state")), (3, "0".to_owned(), 4));
    assert_eq!(total(&replay, "orders", Some("by_day")), (3, "1".to_owned(), 2));
    let told: Vec<&str> = replay.malformed_lines.iter().map(|line| line.what.as_str()).collect();
    assert_eq!(
        told,
        ["table `orders` has no index `by_moon`", "table `other` is not in the design"]
    );
}

/// 120,000 writes of one unit within a minute, half of them on one of 1,000 keys:
/// its partition takes 1,000 a second and its share of the others. An index with the
/// table's key is divided alike; of one with another key nothing is known.
#[test]
fn an_index_is_divided_where_the_trace_has_its_key() {
    let index = |name: &str, key| TraceIndex {
        name: name.into(),
        key,
        entry: EntryBytes::WholeItem,
        on_update: OnUpdate::Untouched,
    };
    let tables = Tables {
        tables: vec![TraceTable {
            name: "t".into(),
            partitions: 4,
            indexes: vec![index("local", IndexKey::Tables), index("other", IndexKey::Unknown)],
        }],
        other_table_partitions: None,
    };
    let mut text = String::from("ts,operation,table,key,bytes\n");
    for at in 0..120_000_u32 {
        let key = if at % 2 == 0 { 0 } else { at / 2 % 1000 };
        text.push_str(&format!("{},PutItem,t,k{key},100\n", at / 2000));
    }
    let replay = run(&text, &tables, 0).unwrap();
    let arm = |index: Option<&str>| {
        let is = |arm: &&Arm| arm.index.as_deref() == index;
        let found = replay.arms.keys().find(is).unwrap();
        (found.partitions, &replay.arms[found])
    };
    let (of_table, of_local, of_other) = (arm(None), arm(Some("local")), arm(Some("other")));
    assert_eq!((of_table.0, of_local.0, of_other.0), (Some(4), Some(4), None));
    assert_eq!(of_table.1.partitions, of_local.1.partitions);
    let busiest = of_table.1.busiest_writes.unwrap();
    let units = busiest.units.get() / 60;
    assert!((1_200..1_300).contains(&units), "{units}");
    assert_eq!(of_local.1.busiest_writes, Some(busiest));
    assert_eq!((of_other.1.busiest_writes, of_other.1.total.writes.get()), (None, 120_000));
    // 2,000 writes a second.
    assert_eq!(of_table.1.partitions_for_peak(), 2);
}

#[test]
fn malformed_lines_are_counted_located_and_limited() {
    let text = "ts,operation,table,key,bytes\n0,GetItem,t,k,1\nnoon,GetItem,t,k,1\n1,Fetch,t,k,1\n\
                2,GetItem,t,k,many\n3,GetItem,t\n4,GetItem,t,\"k\"x,1\n5,GetItem,t,k,1\n";
    let replay = run(text, &any_table(), 5).unwrap();
    assert_eq!((replay.operations, replay.malformed), (2, 5));
    let places: Vec<(usize, usize)> =
        replay.malformed_lines.iter().map(|line| (line.line, line.column)).collect();
    assert_eq!(places, [(3, 1), (4, 3), (5, 15), (6, 1), (7, 1)]);
    let told = run(text, &any_table(), 4).unwrap_err();
    assert!(told.contains("trace:4:3: `Fetch` is not an operation of DynamoDB"), "{told}");
    assert!(told.contains("5 lines are no records") && told.contains("--max-errors"), "{told}");
}

/// Blank lines are no records and no faults, but they count as lines.
#[test]
fn blank_lines_are_passed_over() {
    let text = "\r\n\nts,operation,table,key,bytes\n\n0,GetItem,t,k,1\n\n\n1,Fetch,t,k,1\n\n";
    let replay = run(text, &any_table(), 1).unwrap();
    assert_eq!((replay.operations, replay.malformed), (1, 1));
    assert_eq!((replay.malformed_lines[0].line, replay.malformed_lines[0].column), (8, 3));
    let told = run("\n\nts,operation\n", &any_table(), 0).unwrap_err();
    assert!(told.contains("trace:3:1: the header has no column table"), "{told}");
}

#[test]
fn a_missing_column_and_a_late_line_are_told() {
    let told = run("ts,operation,table,bytes\n0,GetItem,t,1\n", &any_table(), 0).unwrap_err();
    assert!(told.contains("trace:1:1: the header has no column key"), "{told}");
    let late =
        "ts,operation,table,key,bytes\n600,GetItem,t,k,1\n300,GetItem,t,k,1\n299,GetItem,t,k,1\n";
    let told = run(late, &any_table(), 0).unwrap_err();
    assert!(told.contains("trace:4:1: this operation is more than 5 minutes older"), "{told}");
    assert!(!told.contains("trace:3"), "{told}");
}

#[test]
fn rows_come_out_in_order_as_their_minutes_end() {
    let mut text = String::from("ts,operation,table,key,bytes\n");
    for second in (0..1200).rev().step_by(7).collect::<Vec<_>>().into_iter().rev() {
        // Neighbours a minute apart, so that minutes overlap.
        let jitter = if second % 2 == 0 { 0 } else { 60 };
        text.push_str(&format!("{},PutItem,t{},k{second},1\n", second + jitter, second % 3));
    }
    let mut rows = Vec::new();
    let tables = Tables { tables: Vec::new(), other_table_partitions: Some(4) };
    let replay = replay(text.as_bytes(), "trace", &tables, Rules::default(), |row| {
        rows.push((row.minute, row.arm.clone(), row.partition, row.cell.operations));
        Ok(())
    })
    .unwrap();
    assert!(rows.is_sorted());
    assert_eq!(rows.iter().map(|row| row.3).sum::<u64>(), replay.operations);
    let by_arm: u64 = replay.arms.values().map(|arm| arm.total.operations).sum();
    assert_eq!(by_arm, replay.operations);
}

/// Rows as bytes, for comparing to the last bit.
fn bytes(tally: &Tally) -> String {
    tally.rows().map(|row| format!("{row:?}\n")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// However a trace is dealt out, the parts merge to the same bytes.
    #[test]
    fn shards_merge_to_the_same_bytes(
        operations in prop::collection::vec(
            (0_i64..30_000, 0_usize..6, 0_u32..4, "[a-d]{1,3}", 0_u64..20_000, prop::option::of(0_u64..20_000)),
            0..300,
        ),
    ) {
        let names = [Operation::Get, Operation::Query, Operation::Put, Operation::Update, Operation::Delete, Operation::TransactUpdate];
        let tables = Tables {
            tables: vec![TraceTable {
                name: "t0".into(),
                partitions: 3,
                indexes: vec![TraceIndex { name: "i".into(), key: IndexKey::Tables, entry: EntryBytes::WholeItem, on_update: OnUpdate::KeyChanges }],
            }],
            other_table_partitions: Some(2),
        };
        let records: Vec<Record<'_>> = operations
            .iter()
            .map(|(at, operation, table, key, bytes, old)| Record {
                at: crate::units::Timestamp::from_micros(at * 1_000_000),
                operation: names[*operation],
                consistency: crate::dynamodb::Consistency::Eventual,
                table: format!("t{table}").into_bytes().into(),
                index: None,
                key: key.as_bytes().into(),
                bytes: Bytes::new(*bytes),
                old_bytes: old.map(Bytes::new),
                line: 1,
            })
            .collect();
        let merged = |shards: usize| {
            let mut parts: Vec<TraceDemand> = (0..shards).map(|_| TraceDemand::new(&tables)).collect();
            for (i, record) in records.iter().enumerate() {
                parts[i * 31 % shards].add(record).unwrap();
            }
            let mut whole = Tally::default();
            for part in parts.iter().rev() {
                whole.merge(&part.tally);
            }
            bytes(&whole)
        };
        let one = merged(1);
        prop_assert_eq!(&merged(2), &one);
        prop_assert_eq!(&merged(7), &one);
    }
}
