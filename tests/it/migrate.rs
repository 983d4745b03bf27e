//! `ddbplan migrate` on the sample scenario and on changed copies of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rust_decimal::Decimal;
use serde_json::Value;
use tempfile::TempDir;

const PHASES: [&str; 7] =
    ["baseline", "dual_write", "backfill", "validation", "read_shift", "primary", "decommission"];

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("workloads/notifications")
}

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The sample with its plan up to `[migration]` edited and that section put in
/// place of its own.
fn changed(edit: impl FnOnce(String) -> String, migration: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    copy_tree(&sample(), folder.path());
    let path = folder.path().join("plan.toml");
    let text = fs::read_to_string(&path).unwrap();
    let head = text.split("[migration]").next().unwrap();
    let mut kept: String = head
        .lines()
        .filter(|line| !line.contains("\"migration."))
        .fold(String::new(), |text, line| text + line + "\n");
    kept = edit(kept);
    fs::write(&path, kept + migration).unwrap();
    folder
}

fn lengths(days: [u32; 7]) -> String {
    PHASES.iter().zip(days).fold("[migration]\n".to_owned(), |text, (name, days)| {
        text + &format!("{name}_days = [{days}, {days}, {days}]\n")
    })
}

fn migrate(scenario: &Path, more: &[&str]) -> Output {
    let mut arguments = vec!["migrate", scenario.to_str().unwrap()];
    arguments.extend(more);
    Command::new(env!("CARGO_BIN_EXE_ddbplan")).args(arguments).output().unwrap()
}

fn json(scenario: &Path, more: &[&str]) -> Value {
    let output = migrate(scenario, &[&["--json"], more].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn exact(value: &Value) -> Decimal {
    value.as_str().unwrap_or_else(|| panic!("{value} is no amount")).parse().unwrap()
}

fn sum_of<'v>(values: impl Iterator<Item = &'v Value>) -> Decimal {
    values.map(exact).sum()
}

/// Days add up to their phase, kinds of cost to its total, phases to the total
/// of the move, all of it to the cumulative curve: to the last place.
#[test]
fn every_sum_is_exact() {
    for mode in ["on_demand", "provisioned"] {
        let move_ = json(&sample(), &["--mode", mode]);
        let days = move_["days"].as_array().unwrap();
        let points = move_["cumulative"]["points"].as_array().unwrap();
        let curve = |day: u64| points.iter().find(|point| point[0] == day).unwrap();
        let mut all = Decimal::ZERO;
        for phase in move_["phases"].as_array().unwrap() {
            let at = |name: &str| usize::try_from(phase[name].as_u64().unwrap()).unwrap();
            let of_phase = &days[at("first_day") - 1..at("last_day")];
            let total = exact(&phase["total"]["usd"]);
            assert_eq!(sum_of(of_phase.iter().map(|day| &day["with_usd"])), total);
            let alone = sum_of(of_phase.iter().map(|day| &day["without_usd"]));
            assert_eq!(alone, exact(&phase["postgres_alone"]["usd"]));
            let kinds = [
                "postgres",
                "dynamodb_writes",
                "dynamodb_reads",
                "dynamodb_storage",
                "elsewhere",
                "paid_once",
            ];
            assert_eq!(sum_of(kinds.iter().map(|kind| &phase[kind]["usd"])), total);
            all += total;
            assert_eq!(exact(&curve(phase["last_day"].as_u64().unwrap())[1]), all);
        }
        assert_eq!(exact(&move_["total"]["usd"]), all);
    }
}

/// The steady states are the bills of the comparison, to the rounding of a day.
#[test]
fn the_steady_states_are_the_bills_of_the_comparison() {
    let move_ = json(&sample(), &["--design", "user-partition", "--mode", "on_demand"]);
    let out = TempDir::new().unwrap();
    let compared = Command::new(env!("CARGO_BIN_EXE_ddbplan"))
        .args(["compare", sample().to_str().unwrap(), "--out", out.path().to_str().unwrap()])
        .output()
        .unwrap();
    assert!(compared.status.success());
    let report: Value =
        serde_json::from_slice(&fs::read(out.path().join("report.json")).unwrap()).unwrap();
    let design = report["designs"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == "user-partition")
        .unwrap();
    let mode = &design["modes"].as_array().unwrap()[0];
    assert_eq!(mode["mode"], "on_demand");
    let close = |a: &Value, b: &Value| {
        let off = (exact(a) - exact(b)).abs();
        assert!(off < Decimal::new(1, 5), "{a} and {b}");
    };
    let steady = &move_["steady_per_month"];
    close(&steady["dynamodb"]["usd"], &mode["monthly_usd"]);
    close(&steady["postgres"]["usd"], &report["postgres"]["monthly_usd"]);
    assert_eq!(report["migration"]["payback"]["likely"]["result"], "never");
    let text = String::from_utf8(compared.stdout).unwrap();
    assert!(text.contains("The move never pays back"), "{text}");
}

#[test]
fn a_move_of_no_length_is_the_steady_state() {
    let folder = changed(|plan| plan, &lengths([0; 7]));
    let move_ = json(folder.path(), &[]);
    assert_eq!(move_["phases"].as_array().unwrap().len(), 0);
    assert_eq!(exact(&move_["total"]["usd"]), Decimal::ZERO);
    let days = move_["days"].as_array().unwrap();
    assert!(days.windows(2).all(|pair| pair[0] == pair[1]));
    let month = exact(&days[0]["with_usd"]) * Decimal::from(730) / Decimal::from(24);
    let off = (month - exact(&move_["steady_per_month"]["dynamodb"]["usd"])).abs();
    assert!(off < Decimal::new(1, 5));
}

/// In the sample Postgres is the cheaper one: it is said, and no month is named.
#[test]
fn where_postgres_is_cheaper_it_never_pays_back() {
    let output = migrate(&sample(), &[]);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("The move never pays back"), "{text}");
    assert!(text.contains("at best never; as planned never; at worst never"));
    assert!(text.contains("is not known: the store \"warehouse\""));
    assert!(!text.to_lowercase().contains("instacart"));
    let move_ = json(&sample(), &[]);
    assert_eq!(move_["payback"]["at_worst"]["result"], "never");
    assert!(exact(&move_["payback"]["likely"]["dearer_by_usd_per_month"]) > Decimal::ZERO);
}

/// Shards that may write little WAL are many: then DynamoDB is the cheaper one,
/// and the best case is no later than the likely, the likely than the worst.
#[test]
fn where_dynamodb_is_cheaper_the_month_is_a_range() {
    let folder = changed(
        |plan| plan.replace("shard_wal_mb_per_second = 75", "shard_wal_mb_per_second = 1"),
        "[migration]\nread_replicas = 2\n",
    );
    let move_ = json(folder.path(), &[]);
    let day = |which: &str| move_["payback"][which]["day"].as_u64();
    let (best, likely) = (day("at_best").unwrap(), day("likely").unwrap());
    assert!(best <= likely && day("at_worst").is_none_or(|worst| likely <= worst));
    let verdict = move_["verdict"].as_str().unwrap();
    assert!(verdict.contains("at the earliest, since the store \"warehouse\""), "{verdict}");
    // Replicas go with the reads.
    let postgres = |at: usize| {
        let phase = &move_["phases"][at];
        exact(&phase["postgres"]["usd"]) / Decimal::from(phase["days"].as_u64().unwrap())
    };
    assert!(postgres(5) < postgres(4) && postgres(4) <= postgres(3));
    assert!(
        exact(&move_["phases"][3]["postgres"]["usd"])
            == exact(&move_["phases"][3]["postgres_alone"]["usd"])
    );
}

/// A loader faster than a new table takes needs pre-warming, whose price is not
/// known: it is named in the total.
#[test]
fn pre_warming_stays_unknown_in_the_total() {
    let folder = changed(
        |plan| plan,
        "[migration]\nloader_write_units_per_second = 20000\nwarm_write_units_per_second = 4000\n",
    );
    let on_demand = json(folder.path(), &["--mode", "on_demand"]);
    let unknown = on_demand["total"]["unknown"].as_array().unwrap();
    assert!(unknown.contains(&Value::from("dynamodb.warm-wcu")), "{unknown:?}");
    let api = &on_demand["backfill"]["api"];
    assert_eq!(api["needs_prewarming"], true);
    assert!(api["refused_minutes_if_cold"].as_u64().unwrap() > 0);
    let bulk = changed(|plan| plan, "[migration]\nbackfill = \"bulk_put\"\n");
    let bulk = json(bulk.path(), &[]);
    let unknown = bulk["total"]["unknown"].as_array().unwrap();
    assert!(unknown.contains(&Value::from("bulk put from S3")), "{unknown:?}");
}

/// What the capture of the sample raises.
#[test]
fn what_must_be_decided_first() {
    let move_ = json(&sample(), &["--design", "user-partition-compact"]);
    let raised: Vec<&str> = move_["decide_first"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    for id in ["writes-without-key", "uniqueness", "transactions", "queues", "retention"] {
        assert!(raised.contains(&id), "{id} in {raised:?}");
    }
}

/// A design of several tables moves table by table; Postgres goes with the last.
#[test]
fn tables_one_by_one() {
    let move_ = json(&sample(), &["--design", "relational-copy"]);
    let tables = move_["table_by_table"].as_array().unwrap();
    assert_eq!(tables.len(), 4);
    let freed = sum_of(tables.iter().map(|one| &one["postgres_freed_per_month_usd"]));
    let alone = exact(&move_["steady_per_month"]["postgres"]["usd"]);
    assert!((freed - alone).abs() < Decimal::new(1, 5));
}

#[test]
fn files_are_written_once_and_are_the_same_each_time() {
    let out = TempDir::new().unwrap();
    let folder = out.path().join("move");
    let to = ["--out", folder.to_str().unwrap()];
    assert!(migrate(&sample(), &to).status.success());
    let names = ["migration.json", "migration_cost.png", "migration_schedule.png"];
    let read = || names.map(|name| fs::read(folder.join(name)).unwrap());
    let first = read();
    assert_eq!(migrate(&sample(), &to).status.code(), Some(2));
    assert!(migrate(&sample(), &[to[0], to[1], "--force"]).status.success());
    assert_eq!(first, read());
    assert!(first[1].starts_with(b"\x89PNG") && first[2].starts_with(b"\x89PNG"));
}

#[test]
fn a_design_or_mode_that_is_not_there_is_refused() {
    let output = migrate(&sample(), &["--design", "nothing"]);
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("no design is called \"nothing\"") && text.contains("user-partition"));
    let folder =
        changed(|plan| plan.replace("\"provisioned\", \"auto_scaled\"]", "\"auto_scaled\"]"), "");
    let output = migrate(folder.path(), &["--mode", "provisioned"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("no capacity mode"));
}

/// Without a section every length is a default, and each is said to be one.
#[test]
fn a_plan_without_the_section_uses_marked_defaults() {
    let folder = changed(|plan| plan, "");
    let move_ = json(folder.path(), &[]);
    let assumptions = move_["assumptions"].as_array().unwrap();
    assert!(assumptions.len() > 15);
    assert!(assumptions.iter().all(|one| one["assumed"] == true));
}
