//! What the plan adds to a bill: replicas, table class, backups, streams.

use serde_json::Value;

use super::{change, copy, ddbplan, design, dollars, report, scenario};

/// The scenario with these lines added to its plan.
fn with_plan(lines: &str) -> Value {
    let folder = copy();
    change(folder.path(), "plan.toml", |text| {
        text.replace("[dynamodb]", &format!("[dynamodb]\n{lines}"))
    });
    report(folder.path())
}

fn lines<'r>(report: &'r Value, name: &str, mode: &str) -> Vec<&'r Value> {
    let modes = design(report, name)["modes"].as_array().unwrap();
    let mode = modes.iter().find(|one| one["mode"] == mode).unwrap();
    mode["lines"].as_array().unwrap().iter().collect()
}

/// The quantity of one line; 0 where there is none.
fn quantity(lines: &[&Value], table: &str, region: &str, dimension: &str) -> f64 {
    lines
        .iter()
        .filter(|line| line["table"] == table && line["index"].is_null())
        .filter(|line| line["region"] == region && line["dimension"] == dimension)
        .map(|line| dollars(&line["quantity"]))
        .sum()
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * b.abs()
}

const REPLICATED: &str = "dynamodb.replicated-write-request-units";
const WRITES: &str = "dynamodb.write-request-units";

/// A replica takes every write of the table, and one more for each item that
/// expires: the rows that the delete job removed in the capture.
#[test]
fn a_replica_takes_every_write_and_every_expiry() {
    let alone = report(&scenario());
    let report = with_plan("replica_regions = [\"eu-west-1\"]");
    let name = "user-partition-compact";
    let (before, after) = (lines(&alone, name, "on_demand"), lines(&report, name, "on_demand"));
    let writes = quantity(&before, "inbox", "us-east-1", WRITES);
    assert!(writes > 0.0);
    assert!(near(quantity(&after, "inbox", "us-east-1", REPLICATED), writes));
    assert!(near(quantity(&after, "inbox", "us-east-1", WRITES), 0.0));
    let patterns = report["workload"]["patterns"].as_array().unwrap();
    let delete = patterns
        .iter()
        .find(|one| {
            one["sql"].as_str().unwrap().starts_with("DELETE FROM notifications WHERE id IN")
        })
        .unwrap();
    let expired = dollars(&delete["calls_per_month"]) * delete["rows_per_call"].as_f64().unwrap();
    assert!(expired > 0.0);
    let elsewhere = quantity(&after, "inbox", "eu-west-1", REPLICATED);
    assert!(near(elsewhere, writes + expired), "{elsewhere} is not {writes} and {expired}");
    let line = after
        .iter()
        .find(|line| line["region"] == "eu-west-1" && line["dimension"] == REPLICATED)
        .unwrap();
    assert!(line["patterns"].as_array().unwrap().contains(&delete["pattern"]));
}

/// 48 bytes for each item at the horizon: those stored today grow as the bytes
/// do. Indexes hold what they held.
#[test]
fn replicas_store_48_bytes_more_an_item() {
    let alone = report(&scenario());
    let report = with_plan("replica_regions = [\"eu-west-1\"]");
    let name = "relational-copy";
    let (before, after) = (lines(&alone, name, "on_demand"), lines(&report, name, "on_demand"));
    let stored = design(&report, name)["storage"].as_array().unwrap();
    let users =
        stored.iter().find(|one| one["table"] == "users" && one["index"].is_null()).unwrap();
    let number = |key: &str| users[key].as_f64().unwrap();
    let items = number("items_today") * number("bytes_horizon") / number("bytes_today");
    let more = 48.0 * items / 1_073_741_824.0;
    let one = quantity(&before, "users", "us-east-1", "dynamodb.storage");
    for region in ["us-east-1", "eu-west-1"] {
        let held = quantity(&after, "users", region, "dynamodb.storage");
        assert!((held - one - more).abs() < 2e-9, "{held} is not {one} and {more}");
    }
}

/// Events are inserted, and deleted with their notification, unconditionally:
/// each time the whole item, at its mean size, is taken to go to the replica.
#[test]
fn what_is_written_is_sent_to_the_replica() {
    let report = with_plan("replica_regions = [\"eu-west-1\"]");
    let name = "relational-copy";
    let sizes = design(&report, name)["item_sizes"].as_array().unwrap();
    let item = sizes.iter().find(|one| one["table"] == "notification_events").unwrap();
    let operations = design(&report, name)["operations"].as_array().unwrap().iter();
    let requests: f64 = operations
        .filter(|one| one["table"] == "notification_events" && one["index"].is_null())
        .filter(|one| one["write_units_per_call"].as_f64().unwrap() > 0.0)
        .map(|one| {
            one["calls_per_second"].as_f64().unwrap() * one["requests_per_call"].as_f64().unwrap()
        })
        .sum();
    let bytes = requests * 730.0 * 3600.0 * item["mean_bytes"].as_f64().unwrap();
    let sent = quantity(
        &lines(&report, name, "on_demand"),
        "notification_events",
        "us-east-1",
        "transfer.inter-region-out",
    );
    assert!(near(sent, bytes / 1_073_741_824.0), "{sent} GB of {bytes} bytes");
}

/// What each operation is said to cost adds up to the request lines, whatever
/// the class and however many Regions: in two, each write is billed twice.
#[test]
fn every_dollar_can_be_traced_in_two_regions_and_either_class() {
    for plan in ["replica_regions = [\"us-west-2\"]", "table_class = \"standard_ia\""] {
        let report = with_plan(plan);
        let name = "relational-copy";
        let operations: f64 = design(&report, name)["operations"]
            .as_array()
            .unwrap()
            .iter()
            .map(|operation| dollars(&operation["monthly_usd"]))
            .sum();
        let billed = super::request_bill(&report, name);
        assert!((operations - billed).abs() < 1e-6, "{plan}: {operations} of {billed}");
    }
}

/// Standard-Infrequent Access in us-east-1: 0.78 against 0.625 dollars a million
/// writes and 0.10 against 0.25 a GB. Other tables stay as they are.
#[test]
fn a_table_may_have_a_class_and_a_mode_of_its_own() {
    let alone = report(&scenario());
    let folder = copy();
    change(folder.path(), "plan.toml", |text| {
        text + "\n[dynamodb.tables.notification_events]\nmode = \"on_demand\"\n\
                table_class = \"standard_ia\"\n"
    });
    let report = report(folder.path());
    let name = "relational-copy";
    let before = lines(&alone, name, "on_demand");
    let cost = |lines: &[&Value], table: &str, dimension: &str| -> f64 {
        lines
            .iter()
            .filter(|line| line["table"] == table && line["dimension"] == dimension)
            .map(|line| dollars(&line["usd"]))
            .sum()
    };
    for mode in ["on_demand", "provisioned"] {
        let after = lines(&report, name, mode);
        let events = "notification_events";
        let writes = cost(&after, events, "dynamodb.ia-write-request-units");
        assert!(near(writes, cost(&before, events, WRITES) * 0.78 / 0.625), "{mode}: {writes}");
        let stored = cost(&after, events, "dynamodb.ia-storage");
        assert!(near(stored, cost(&before, events, "dynamodb.storage") * 0.4), "{mode}: {stored}");
        let others = |lines: &[&Value]| -> Vec<Value> {
            let others = lines.iter().filter(|line| line["table"] != events);
            others.map(|line| (*line).clone()).collect()
        };
        assert_eq!(others(&after), others(&lines(&alone, name, mode)));
    }
}

/// Items that expire without a counted statement cost something in the other
/// Region that the bill does not have: the report says so.
#[test]
fn expiries_that_nobody_counted_are_a_finding() {
    let folder = copy();
    change(folder.path(), "plan.toml", |text| {
        text.replace("[dynamodb]", "[dynamodb]\nreplica_regions = [\"eu-west-1\"]")
    });
    let found = |report: &Value| {
        let findings = design(report, "user-partition-compact")["findings"].as_array().unwrap();
        findings.iter().any(|finding| finding["id"] == "replicated-expiry-unknown")
    };
    let whole = report(folder.path());
    assert!(!found(&whole));
    // Nor does Postgres have a replica there.
    let findings = whole["findings"].as_array().unwrap();
    let told = findings.iter().find(|finding| finding["id"] == "postgres-not-replicated").unwrap();
    assert!(
        told["what"].as_str().unwrap().contains("replicas in eu-west-1, Postgres in us-east-1")
    );
    change(folder.path(), "designs/user-partition-compact.toml", |text| {
        text.replace("by_ttl = true", "elsewhere = \"archive\"")
    });
    assert!(found(&report(folder.path())));
}

#[test]
fn a_plan_for_a_table_that_no_design_has_is_refused() {
    let folder = copy();
    change(folder.path(), "plan.toml", |text| {
        text + "\n[dynamodb.tables.inbx]\nmode = \"on_demand\"\n\
                [dynamodb.tables.inbox.indexes.by_day]\ntarget_utilization_percent = 50\n"
    });
    let output = ddbplan(&["explain", folder.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    let shown = String::from_utf8(output.stderr).unwrap();
    assert!(shown.contains("no design has a table inbx"), "{shown}");
    assert!(shown.contains("table inbox has no index by_day in any design"), "{shown}");
    assert!(shown.contains("plan.toml:"), "{shown}");
    assert!(output.stdout.is_empty());
}

/// What the README shows of a plan is a plan.
#[test]
fn the_plan_in_the_readme_can_be_read() {
    let readme = std::fs::read_to_string("README.md").unwrap();
    let shown = |begins: &str| {
        let block = readme.split("```toml\n").find(|block| block.starts_with(begins)).unwrap();
        block.split_once("```").unwrap().0
    };
    let plan = shown("[dynamodb]").to_owned() + shown("[postgres]");
    let folder = copy();
    change(folder.path(), "plan.toml", |_| plan);
    let report = report(folder.path());
    let assumptions = report["assumptions"].as_array().unwrap();
    let value = |id: &str| {
        let found = assumptions.iter().find(|one| one["id"] == id);
        found.unwrap_or_else(|| panic!("{id} is not listed"))["value"].clone()
    };
    assert_eq!(value("postgres.reshard_lead_months"), "6 months");
    assert_eq!(value("dynamodb.backups_kept"), "7");
    assert_eq!(value("dynamodb.replica_regions"), "eu-west-1");
    assert_eq!(value("dynamodb.tables.inbox.indexes.due.target_utilization_percent"), "50 %");
    assert_eq!(value("dynamodb.commitment.sunk"), "5 x 100 write units, 1y");
}
