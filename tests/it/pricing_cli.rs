//! `ddbplan pricing` as it is run.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn ddbplan(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ddbplan"))
        .arg("pricing")
        .args(arguments)
        .output()
        .expect("the program runs")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&stdout(&ddbplan(arguments))).expect("JSON")
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    ddbplan::disk::write(&path, text.as_bytes(), true).expect("written");
    path.display().to_string()
}

const OLDER: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/pricing/older/2024-10-31-dynamodb-us-east-1.json");
const OFFER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/pricing/offer.json");

#[test]
fn show_states_value_unit_source_date_and_whether_verified() {
    let rows =
        json(&["show", "--region", "us-east-1", "--dimension", "dynamodb.wcu-hours", "--json"]);
    assert_eq!(rows.as_array().unwrap().len(), 1);
    assert_eq!(rows[0]["service"], "dynamodb");
    assert_eq!(rows[0]["usd"], "0.00065");
    assert_eq!(rows[0]["unit"], "WCU-hour");
    assert_eq!(rows[0]["source"], "ddb-feed-2026-09-11");
    assert_eq!(rows[0]["date"], "2026-09-11");
    assert_eq!(rows[0]["verified"], true);
}

#[test]
fn show_says_what_is_not_sold_not_known_and_not_verified() {
    let output = ddbplan(&["show", "--region", "us-east-2"]);
    let text = stdout(&output);
    let line = |id: &str| text.lines().find(|line| line.contains(id)).unwrap().to_owned();
    assert!(line("reserved-3y-wcu-upfront ").contains("not offered"), "{text}");
    assert!(line("ebs.gp3-storage").contains("not known"));
    let us_east_1 = stdout(&ddbplan(&["show", "--region", "us-east-1", "--dimension", "events"]));
    assert!(us_east_1.contains("NOT VERIFIED"), "{us_east_1}");
    let unknown =
        json(&["show", "--region", "eu-west-3", "--dimension", "ebs.gp3-storage", "--json"]);
    assert_eq!(unknown[0]["state"], "unknown");
    assert_eq!(unknown[0]["usd"], Value::Null);
}

#[test]
fn a_bill_adds_up_by_month_and_year() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(
        folder.path(),
        "usage.toml",
        r#"
region = "us-east-1"
[[usage]]
label = "orders"
dimension = "dynamodb.wcu-hours"
units = 100
[[usage]]
dimension = "dynamodb.reserved-1y-rcu-upfront"
quantity = 100
"#,
    );
    let bill = json(&["bill", &file, "--json"]);
    assert_eq!(bill["lines"][0]["quantity"], "73000");
    assert_eq!(bill["lines"][0]["unit_usd"], "0.00065");
    assert_eq!(bill["lines"][0]["usd"], "47.45");
    assert_eq!(bill["monthly_usd"], "47.45");
    assert_eq!(bill["yearly_usd"], "569.4");
    assert_eq!(bill["upfront_usd"], "30");
    let output = ddbplan(&["bill", &file]);
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).contains("monthly $47.45, yearly $569.40, upfront $30.00"));
}

#[test]
fn a_bill_with_an_unpriced_line_has_no_total_and_fails_the_check() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(
        folder.path(),
        "usage.json",
        r#"{"region": "us-east-1", "usage": [
            {"dimension": "dynamodb.backup-cold-storage", "quantity": 100},
            {"dimension": "cloudwatch.contributor-events", "quantity": 1000000},
            {"dimension": "dynamodb.restore", "quantity": 100}]}"#,
    );
    let output = ddbplan(&["bill", &file]);
    assert_eq!(output.status.code(), Some(1));
    let text = stdout(&output);
    assert!(text.contains("2 of 3 lines have no price: monthly at least $15.00"), "{text}");
    let bill = json(&["bill", &file, "--unverified", "--json"]);
    assert_eq!(bill["monthly_usd"], Value::Null);
    assert_eq!(bill["priced_monthly_usd"], "15.03");
    assert_eq!(bill["unpriced_lines"], serde_json::json!([0]));
    assert_eq!(bill["lines"][1]["verified"], false);
}

#[test]
fn older_books_stay_loadable() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(
        folder.path(),
        "usage.toml",
        "[[usage]]\ndimension = \"dynamodb.write-request-units\"\nregion = \"us-east-1\"\nquantity = 1_000_000\n",
    );
    assert_eq!(json(&["bill", &file, "--json"])["monthly_usd"], "0.625");
    let old = json(&["bill", &file, "--pricing", OLDER, "--json"]);
    assert_eq!(old["monthly_usd"], "1.25");
    assert!(old["price_book"].as_str().unwrap().starts_with("2024-10-31-"));
    let changes = json(&["diff", OLDER, "shipped", "--region", "us-east-1", "--common", "--json"]);
    let changed: Vec<&str> =
        changes.as_array().unwrap().iter().map(|c| c["dimension"].as_str().unwrap()).collect();
    assert_eq!(
        changed,
        [
            "dynamodb.write-request-units",
            "dynamodb.read-request-units",
            "dynamodb.replicated-write-request-units",
            "dynamodb.rwcu-hours",
        ]
    );
}

#[test]
fn two_regions_are_compared() {
    let changes =
        json(&["diff", "us-east-1", "us-west-2", "--dimension", "dynamodb.write", "--json"]);
    assert_eq!(changes, serde_json::json!([]));
    let text =
        stdout(&ddbplan(&["diff", "us-east-1", "eu-west-1", "--dimension", "dynamodb.storage"]));
    assert!(text.contains("0 to 25, then 0.25") && text.contains("0 to 25, then 0.283"), "{text}");
}

#[test]
fn an_import_writes_a_book_that_bills_and_does_not_overwrite() {
    let folder = tempfile::tempdir().unwrap();
    let book = folder.path().join("book.json").display().to_string();
    let output = ddbplan(&["import", OFFER, "-o", &book]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let said = stdout(&output);
    assert!(said.contains("offer.json: bulk offer file (JSON)"), "{said}");
    assert!(said.contains("2 products are none that ddbplan bills"), "{said}");
    assert!(said.contains("16 prices and 0 Savings Plan rates"), "{said}");

    let again = ddbplan(&["import", OFFER, "-o", &book]);
    assert_eq!(again.status.code(), Some(2));
    assert!(stderr(&again).contains("--force"), "{}", stderr(&again));
    assert_eq!(ddbplan(&["import", OFFER, "-o", &book, "--force"]).status.code(), Some(0));

    let rows =
        json(&["show", "--pricing", &book, "--dimension", "dynamodb.write-request", "--json"]);
    assert_eq!(rows[0]["usd"], "0.00000061");
}

#[test]
fn a_faulty_import_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let bad =
        write(folder.path(), "bad.json", "{\"offerCode\": 1, \"products\": {}, \"terms\": {}}");
    let book = folder.path().join("book.json");
    let output = ddbplan(&["import", &bad, OFFER, "-o", &book.display().to_string()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("bad.json:1:"), "{}", stderr(&output));
    assert!(!ddbplan::disk::exists(&book));
}

#[test]
fn bad_input_is_named_and_exits_with_two() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), "usage.toml", "[[usage]]\ndimension = \"dynamodb.wcu\"\n");
    for arguments in [
        vec!["bill", file.as_str()],
        vec!["show", "--region", "Ireland"],
        vec!["show", "--dimension", "nothing-like-it"],
        vec!["diff", "us-east-1", "shipped"],
        vec!["diff", "us-east-1", "xx-nowhere-9"],
        vec!["show", "--pricing", "/nowhere/book.json"],
    ] {
        let output = ddbplan(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!stderr(&output).is_empty() && output.stdout.is_empty(), "{arguments:?}");
    }
}

/// 100 WCU in every hour and 250 in a third of them: one block of 100 for a
/// year pays, a second one, used in a third of the hours, does not (46.0 %).
#[test]
fn commit_says_what_to_buy_and_why() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = "hour,orders dynamodb.wcu-hours\n".to_owned();
    for hour in 0..9 {
        let units = if hour % 3 == 0 { 250 } else { 100 };
        text.push_str(&format!("{hour},{units}\n"));
    }
    let file = write(folder.path(), "usage.csv", &text);
    let best = json(&["commit", &file, "--region", "us-east-1", "--json"]);
    assert_eq!(best["reservations"][0]["blocks"], 1);
    assert_eq!(best["reservations"][0]["term"], "1y");
    assert_eq!(best["plan_usd_per_hour"], "0");
    assert_eq!(best["cases"][1]["upfront_usd"], "150");
    // 0.00065 / (3,600 x 0.000000625), and (0.000128 + 1.5 / 8,760) / 0.00065.
    let writes = &best["break_even_utilisation"][1];
    let share = |value: &Value| (value["share"].as_f64().unwrap() * 1e4).round();
    assert_eq!(share(&writes["provisioned_over_on_demand"]).to_string(), "2889");
    assert_eq!(share(&writes["reserved_over_provisioned"][0]).to_string(), "4604");
    // 9 h x 100 x (0.000128 + 1.5 / 8,760) + 3 h x 150 x 0.00065
    assert_eq!(best["cases"][1]["period_usd"], "0.561809589");
    let output = stdout(&ddbplan(&["commit", &file, "--region", "us-east-1"]));
    assert!(output.contains("reserve 1 x 100 write units for 1y"), "{output}");
    assert!(output.contains("a unit pays from 46.0 % of the hours"), "{output}");
    assert!(output.contains("no commitment costs less than"), "{output}");
    assert!(output.contains("not considered: Savings Plan on dynamodb.wcu-hours"), "{output}");
    let plan = json(&["commit", &file, "--region", "us-east-1", "--unverified", "--json"]);
    assert_eq!(plan["not_considered"], serde_json::json!([]));
}
