//! `verify` on recorded answers, on combinations worked out by hand, on
//! recordings that are wrong and on recordings that are malformed.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use ddbplan::dynamodb::Settings;
use ddbplan::finding::Diagnostics;
use ddbplan::verify::{Against, Report, Server, Tally, verify};
use flate2::read::GzDecoder;
use proptest::prelude::*;
use proptest::sample::Index;

const RECORDED: &[u8] = include_bytes!("../data/dynamodb/capacity.jsonl.gz");

fn run(text: impl AsRef<[u8]>, against: Against) -> Result<Report, Diagnostics> {
    verify("f", text.as_ref(), against, &Settings::default())
}

/// One scenario of these operations on table `T` (key `pk`, `sk`) with a GSI
/// that swaps the keys, a GSI on `g` and `h`, and two LSIs on `l`; and table
/// `U` (key `id`).
fn scenario(operations: &[&str]) -> String {
    let key = |a: &str, b: &str| {
        format!(
            r#"[{{"AttributeName":"{a}","KeyType":"HASH"}},{{"AttributeName":"{b}","KeyType":"RANGE"}}]"#
        )
    };
    let index = |name: &str, key: String, projection: &str| {
        format!(r#"{{"IndexName":"{name}","KeySchema":{key},"Projection":{projection}}}"#)
    };
    let keys_only = r#"{"ProjectionType":"KEYS_ONLY"}"#;
    let include = r#"{"ProjectionType":"INCLUDE","NonKeyAttributes":["a"]}"#;
    let all = r#"{"ProjectionType":"ALL"}"#;
    format!(
        r#"{{"id":"s","schema":[{{"TableName":"T","KeySchema":{},"GlobalSecondaryIndexes":[{},{}],"LocalSecondaryIndexes":[{},{}]}},{{"TableName":"U","KeySchema":[{{"AttributeName":"id","KeyType":"HASH"}}]}}],"ops":[{}]}}"#,
        key("pk", "sk"),
        index("inverted", key("sk", "pk"), all),
        index("composite", key("g", "h"), keys_only),
        index("local", key("pk", "l"), include),
        index("local_all", key("pk", "l"), all),
        operations.join(","),
    )
}

/// A write of an item whose texts have these lengths, with what it costs.
fn put(table: &str, attributes: &[(&str, usize)], expected: &str) -> String {
    let item = item(attributes);
    format!(
        r#"{{"op":"PutItem","request":{{}},"images":[{{"table":"{table}","before":null,"after":{item}}}],"expected":[{expected}]}}"#
    )
}

fn item(attributes: &[(&str, usize)]) -> String {
    let members: Vec<String> = attributes
        .iter()
        .map(|(name, length)| format!(r#""{name}":{{"S$":[["x",{length}]]}}"#))
        .collect();
    format!("{{{}}}", members.join(","))
}

fn all_agree(operations: &[&str]) -> Report {
    let report = run(scenario(operations), Against::Expected).expect("a well-formed recording");
    assert!(report.all_agree(), "{report}");
    report
}

fn total(report: &Report) -> (u64, u64) {
    let Tally { agree, differ, .. } = report.total();
    (agree, differ)
}

#[test]
fn every_recorded_operation_agrees_arm_by_arm() {
    let report = run(RECORDED, Against::Expected).unwrap();
    assert!(report.all_agree(), "{report}");
    assert_eq!(report.scenarios, 99);
    let counts: Vec<(&str, u64)> =
        report.tallies.iter().map(|(api, tally)| (api.as_str(), tally.agree)).collect();
    assert_eq!(
        counts,
        [
            ("GetItem", 297),
            ("BatchGetItem", 110),
            ("TransactGetItems", 59),
            ("Query", 548),
            ("Scan", 98),
            ("PutItem", 1072),
            ("UpdateItem", 409),
            ("DeleteItem", 137),
            ("BatchWriteItem", 133),
            ("TransactWriteItems", 107),
        ]
    );
    assert!(report.to_string().ends_with("\n2970 of 2970 operations agree\n"));
}

/// The recording's own notes (`why`) name these faults for these numbers of
/// operations; a fault that touches an operation need not show in it.
#[test]
fn every_difference_from_a_server_has_a_known_fault() {
    for (server, agree, differ, at_least) in [
        (
            Server::Dynalite,
            1544,
            1137,
            &[
                ("no_index_write_capacity", 955),
                ("utf16_length_not_utf8", 109),
                ("empty_query_is_free", 78),
                ("scan_ignores_consistent_read", 24),
                ("lsi_fetch_not_per_item", 13),
            ][..],
        ),
        (
            Server::DdbLocal,
            2451,
            396,
            &[
                ("transact_write_not_2x", 107),
                ("batchget_missing_item_is_free", 82),
                ("empty_query_is_free", 78),
                ("batch_delete_of_missing_costs_2", 63),
                ("lsi_write_adds_100_bytes", 46),
                ("index_scan_charges_base_item_size", 14),
                ("sparse_composite_index_key", 11),
                ("lsi_projection_fetch_not_needed", 4),
            ],
        ),
        (Server::Dynoxide, 2800, 47, &[("lsi_fetch_not_per_item", 13), ("number_size", 26)]),
    ] {
        let report = run(RECORDED, Against::Server(server)).unwrap();
        assert_eq!(total(&report), (agree, differ), "{server:?}");
        for difference in &report.differences {
            let (scenario, operation) = (&difference.scenario, difference.operation);
            assert!(!difference.faults.is_empty(), "{server:?} {scenario}/op#{operation}");
        }
        for (id, count) in at_least {
            let has = |fault: &&ddbplan::verify::Fault| fault.id == *id;
            let named = report.differences.iter().filter(|d| d.faults.iter().any(has));
            assert!(named.count() >= *count, "{server:?} {id}");
        }
    }
}

/// A repeated token bills reads: the 9 KB image is 3 blocks, twice; the write
/// itself was 9 KB, twice. Entries of both ALL indexes hold the whole item and
/// cost their plain price.
#[test]
fn repeated_transactions_bill_reads() {
    let item = item(&[("pk", 1), ("sk", 1), ("v", 9209)]);
    let transaction = |images: &str, expected: &str| {
        format!(
            r#"{{"op":"TransactWriteItems","request":{{"ClientRequestToken":"t","TransactItems":[{{"Put":{{}}}}]}},"images":[{images}],"expected":[{expected}]}}"#
        )
    };
    let image = |before: &str| format!(r#"{{"table":"T","before":{before},"after":{item}}}"#);
    let first = r#"{"table":"T","total":27,"base":18,"gsi":{"inverted":9}}"#;
    let again = r#"{"table":"T","total":6,"base":6}"#;
    all_agree(&[
        &transaction(&image("null"), first),
        &transaction(&image(&item), again),
        &transaction("", again),
    ]);
}

/// Two tables in one transaction; the check of a missing item costs 2 write
/// units on its own table.
#[test]
fn transactions_over_two_tables() {
    let item = item(&[("pk", 1), ("sk", 1), ("v", 1500)]);
    let operation = format!(
        r#"{{"op":"TransactWriteItems","request":{{"TransactItems":[{{"Put":{{}}}},{{"ConditionCheck":{{}}}}]}},"images":[{{"table":"T","before":null,"after":{item}}},{{"table":"U","before":null,"after":null}}],"expected":[{{"table":"U","total":2,"base":2}},{{"table":"T","total":6,"base":4,"gsi":{{"inverted":2}}}}]}}"#
    );
    all_agree(&[&operation]);
}

/// Two items of 3,009 and 5,009 bytes, both in the local indexes. Entries of
/// `local` take pk 3 + sk 3 + l 2 + a 301 = 309 bytes.
fn two_items() -> [String; 2] {
    let put = |sk: usize, v: usize, base: u64| {
        put(
            "T",
            &[("pk", 1), ("sk", sk), ("l", 1), ("a", 300), ("v", v)],
            &format!(
                r#"{{"table":"T","total":{},"base":{base},"gsi":{{"inverted":{base}}},"lsi":{{"local":1,"local_all":{base}}}}}"#,
                base * 3 + 1
            ),
        )
    };
    [put(1, 2699, 3), put(2, 4699, 5)]
}

fn query(request: &str, fetched: &str, expected: &str) -> String {
    let keys = [item(&[("pk", 1), ("sk", 1)]), item(&[("pk", 1), ("sk", 2)])].join(",");
    format!(
        r#"{{"op":"Query","request":{{"TableName":"T",{request}}},"evaluated_keys":[{keys}],{fetched}"expected":[{expected}]}}"#
    )
}

/// What a local index lacks is fetched item by item: 1 + 2 blocks on the table,
/// beside 1 block of entries; what it projects is not.
#[test]
fn local_indexes_fetch_what_they_lack() {
    let [one, two] = two_items();
    let entries = r#"{"table":"T","total":0.5,"base":0,"lsi":{"local":0.5}}"#;
    let fetched = r#"{"table":"T","total":2,"base":1.5,"lsi":{"local":0.5}}"#;
    let strong = r#"{"table":"T","total":4,"base":3,"lsi":{"local":1}}"#;
    let sizes = r#""fetched_sizes":[3009,5010],"#;
    all_agree(&[
        &one,
        &two,
        &query(r#""IndexName":"local""#, "", entries),
        &query(r#""IndexName":"local","ProjectionExpression":"pk, a""#, "", entries),
        &query(r#""IndexName":"local","Select":"COUNT","Limit":2"#, "", entries),
        &query(
            r##""IndexName":"local","ProjectionExpression":"a,#v.x[0]","ExpressionAttributeNames":{"#v":"v"}"##,
            sizes,
            fetched,
        ),
        &query(r#""IndexName":"local","Select":"ALL_ATTRIBUTES""#, sizes, fetched),
        &query(
            r#""IndexName":"local","Select":"ALL_ATTRIBUTES","ConsistentRead":true"#,
            "",
            strong,
        ),
        // 8,019 bytes are 2 blocks; an ALL index has nothing to fetch.
        &query(
            r#""IndexName":"local_all","Select":"ALL_ATTRIBUTES""#,
            "",
            r#"{"table":"T","total":1,"base":0,"lsi":{"local_all":1}}"#,
        ),
        &query(r#""IndexName":"inverted""#, "", r#"{"table":"T","total":1,"gsi":{"inverted":1}}"#),
        &query("\"Limit\":2", "", r#"{"table":"T","total":1,"base":1}"#),
    ]);
}

/// Half of a composite key is no entry; a number of another form and a set in
/// another order are no change.
#[test]
fn equal_values_write_no_index() {
    let put = |before: &str, after: &str, expected: &str| {
        format!(
            r#"{{"op":"UpdateItem","request":{{}},"images":[{{"table":"T","before":{before},"after":{after}}}],"expected":[{expected}]}}"#
        )
    };
    let form = |number: &str, set: &str| {
        format!(
            r#"{{"pk":{{"S":"a"}},"sk":{{"S":"b"}},"g":{{"N":"{number}"}},"s":{{"NS":[{set}]}}}}"#
        )
    };
    let (one, other) = (form("1", r#""1","2""#), form("1.0", r#""2.00","1""#));
    all_agree(&[
        &put("null", &one, r#"{"table":"T","total":2,"base":1,"gsi":{"inverted":1}}"#),
        &put(&one, &other, r#"{"table":"T","total":1,"base":1}"#),
    ]);
}

#[test]
fn operations_without_an_expected_figure_are_counted_apart() {
    let [one, two] = two_items();
    let cut = query("\"Limit\":2", "", "").replace("\"expected\":[]", "\"expected\":null");
    let by_server = r#"{"op":"Scan","request":{"TableName":"T"},"evaluated_sizes":[1],"evaluated_keys":[],"evaluated_by":{"dynalite":25},"expected":null}"#;
    let refused = r#"{"op":"PutItem","request":{},"fails":"ValidationException","images":[]}"#;
    let whole = query("\"Limit\":2", "", r#"{"table":"T","total":1,"base":1}"#);
    // What is written without being judged is there all the same: 5,007 and
    // 5,010 bytes are 3 blocks, where 3,009 and 5,010 were 2.
    let unjudged = put("T", &[("pk", 1), ("sk", 1), ("v", 5000)], "").replace("[]", "null");
    let more = query("\"Limit\":2", "", r#"{"table":"T","total":1.5,"base":1.5}"#);
    let report = all_agree(&[&one, &two, &cut, by_server, refused, &whole, &unjudged, &more]);
    assert_eq!(report.total().without_expected, 4);
    assert!(report.to_string().ends_with("\n4 of 4 operations agree\n"), "{report}");
}

/// A failed write bills the item that is there, and no index.
#[test]
fn failed_conditions_bill_the_table_alone() {
    let [one, _] = two_items();
    let image = item(&[("pk", 1), ("sk", 1), ("l", 1), ("a", 300), ("v", 2699)]);
    let fails = format!(
        r#"{{"op":"PutItem","request":{{}},"fails":"ConditionalCheckFailed","images":[{{"table":"T","before":{image},"after":{image}}}],"expected":[{{"table":"T","total":3,"base":3}}]}}"#
    );
    all_agree(&[&one, &fails]);
}

/// One figure changed in each place: every arm, the total, a table too many or
/// too few, a recorded size.
#[test]
fn any_wrong_figure_is_a_difference() {
    let [one, two] = two_items();
    let right = run(scenario(&[&one, &two]), Against::Expected).unwrap();
    assert_eq!(total(&right), (2, 0));
    for (from, to) in [
        (r#""total":10"#, r#""total":11"#),
        (r#""base":3"#, r#""base":3.5"#),
        (r#""inverted":3"#, r#""inverted":0"#),
        (r#""inverted":3"#, r#""inverted":3,"composite":1"#),
        (r#""local":1"#, r#""local":2"#),
        (r#""gsi":{"inverted":3}"#, r#""gsi":{}"#),
        (
            r#"[{"table":"T","total":10"#,
            r#"[{"table":"U","total":1,"base":1},{"table":"T","total":10"#,
        ),
        (r#"[{"table":"T","total":10"#, r#"[{"table":"U","total":10"#),
    ] {
        let wrong = one.replace(from, to);
        assert_ne!(wrong, one, "{from}");
        let report = run(scenario(&[&wrong, &two]), Against::Expected).unwrap();
        assert_eq!(total(&report), (1, 1), "{from} -> {to}");
    }
    let entries = r#"{"table":"T","total":0.5,"base":0,"lsi":{"local":0.5}}"#;
    let query = query(r#""IndexName":"local""#, r#""evaluated_sizes":[309,309],"#, entries);
    let report = run(scenario(&[&one, &two, &query]), Against::Expected).unwrap();
    assert_eq!(total(&report), (2, 1));
    let text = report.to_string();
    assert!(text.contains("s/op#2 Query\n  request   {\"TableName\":\"T\""), "{text}");
    assert!(text.contains("an index entry of 309 B was recorded, computed 310 B"), "{text}");
}

#[test]
fn malformed_recordings_name_the_place_and_compare_nothing() {
    let good = scenario(&[&two_items()[0]]);
    for (from, to, fault) in [
        (r#""op":"PutItem""#, r#""op":"Put""#, "\"Put\" is none of GetItem, "),
        (r#""images":["#, r#""imagos":["#, "\"images\" is missing here"),
        (r#"[{"table":"T","before""#, r#"[{"table":"X","before""#, "no table \"X\" in the schema"),
        (r#""total":10"#, r#""total":0.3"#, "capacity units in steps of 0.5 should be here"),
        (r#""total":10"#, r#""total":-1"#, "capacity units in steps of 0.5 should be here"),
        (r#""sk":{"S$""#, r#""skk":{"S$""#, "the key attribute \"sk\" is missing from this image"),
        (r#"{"S$":[["x",300]]}"#, r#"{"S":1}"#, "a string should be here, not a number"),
        (r#""INCLUDE""#, r#""SOME""#, "the projections are KEYS_ONLY, INCLUDE and ALL"),
        (r#""schema":["#, r#""scheme":["#, "\"schema\" is missing here"),
        (r#""id":"s","#, r#""id":"s","id":"s","#, "the key \"id\" is given twice"),
        ("}]}", "}", "a comma or a closing"),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from}");
        let errors = run(format!("{good}\n\n{bad}\n"), Against::Expected).err().unwrap();
        assert!(errors.0.iter().any(|error| error.what.starts_with(fault)), "{fault}: {errors}");
        for error in &errors.0 {
            let place = error.place.as_ref().and_then(|place| place.line_column);
            assert_eq!(place.map(|(line, _)| line), Some(3), "{error}");
        }
    }
    let truncated = &RECORDED[..RECORDED.len() / 2];
    let errors = run(truncated, Against::Expected).err().unwrap();
    assert!(errors.to_string().starts_with("f: this gzip file cannot be unpacked"), "{errors}");
    let errors = run([b'\n', 0xff], Against::Expected).err().unwrap();
    assert!(errors.to_string().starts_with("f:2:1: this is not UTF-8 text"), "{errors}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn mutated_recordings_never_panic(
        from: Index,
        length in 1..20_usize,
        into: Index,
        insert in r#"[\[\]{}",:0-9a-zST$]{0,3}"#,
    ) {
        let [one, two] = two_items();
        let query = query(r#""IndexName":"local","Select":"ALL_ATTRIBUTES""#, "", "");
        let mut text = scenario(&[&one, &two, &query]);
        let from = from.index(text.len());
        let cut: String = text.drain(from..(from + length).min(text.len())).collect();
        let into = into.index(text.len() + 1);
        text.insert_str(into, &cut);
        text.insert_str(into, &insert);
        if let Err(errors) = run(&text, Against::Expected) {
            prop_assert!(errors.0.iter().all(|error| error.place.is_some()));
        }
    }
}

/// Runs the command on a recording given on standard input: exit code, output,
/// errors.
fn command(arguments: &[&str], input: &[u8]) -> (Option<i32>, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ddbplan"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    stdin.write_all(input).expect("the command reads its input");
    drop(stdin);
    let output = child.wait_with_output().expect("the command ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the output is UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_command_exits_with_0_1_or_2() {
    let arguments = ["verify", "--recorded", "-"];
    let (code, out, _) = command(&arguments, RECORDED);
    assert_eq!(code, Some(0));
    assert!(out.ends_with("2970 of 2970 operations agree\n"), "{out}");
    let mut plain = String::new();
    GzDecoder::new(RECORDED).read_to_string(&mut plain).unwrap();
    assert_eq!(command(&arguments, plain.as_bytes()), (Some(0), out, String::new()));

    let against = ["verify", "--recorded", "-", "--against", "dynoxide"];
    let (code, out, _) = command(&against, RECORDED);
    assert_eq!(code, Some(1));
    assert!(out.contains("number_size: pairs the digits"), "{out}");
    assert!(out.ends_with("2800 of 2847 operations agree\n"), "{out}");

    let (code, out, errors) = command(&arguments, b"{\"id\":1}\n");
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(errors.starts_with("-:1:7: a text should be here, not a number"), "{errors}");
}

#[test]
fn item_size_prints_all_items_or_none() {
    let items = b"{\"a\":{\"S\":\"xyz\"}}\n{\"item\":{\"a\":{\"N\":\"-1.5\"}}}\n";
    let (code, out, _) = command(&["item-size", "-"], items);
    assert_eq!(code, Some(0));
    assert_eq!(
        out,
        "{\"bytes\":4,\"storage_bytes\":104,\"read_units_eventual\":0.5,\"read_units_strong\":1,\"write_units\":1}\n\
         {\"bytes\":5,\"storage_bytes\":105,\"read_units_eventual\":0.5,\"read_units_strong\":1,\"write_units\":1}\n"
    );
    let large = format!("{{\"a\":{{\"S\":\"{}\"}}}}\n", "x".repeat(409_600));
    let input =
        format!("{{\"a\":{{\"S\":\"xyz\"}}}}\n{large}{{\"a\":{{\"S\":\"xyz\"}},\"a\":{{}}}}\n");
    let (code, out, errors) = command(&["item-size", "-"], input.as_bytes());
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(errors.starts_with("-:2:1: this item takes 409601 bytes"), "{errors}");
    assert!(errors.contains("\n-:3:18: the key \"a\" is given twice"), "{errors}");
}

/// Nothing recorded is not the same as nothing wrong.
#[test]
fn an_empty_recording_is_refused() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_ddbplan"))
        .args(["verify", "--recorded", file.path().to_str().unwrap()])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("no recorded scenario"));
}
