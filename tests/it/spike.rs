//! A step spike in a declared workload: what each mode makes of it, in
//! `report.json` and as pictures.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

use super::runs::compared_into;

/// Compares the sample of orders with another plan and other rates: the report,
/// and the names of its files.
fn compared(
    plan: impl Fn(String) -> String,
    rates: impl Fn(String) -> String,
) -> (Value, Vec<String>) {
    let folder = TempDir::new().unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("workloads/orders");
    fs::create_dir(folder.path().join("designs")).unwrap();
    for file in ["schema.sql", "designs/relational-copy.toml"] {
        fs::copy(from.join(file), folder.path().join(file)).unwrap();
    }
    let read = |file| fs::read_to_string(from.join(file)).unwrap();
    let few_draws = "\n[uncertainty]\ndraws = 100\n";
    fs::write(folder.path().join("plan.toml"), plan(read("plan.toml")) + few_draws).unwrap();
    fs::write(folder.path().join("workload.toml"), rates(read("workload.toml"))).unwrap();
    let out = folder.path().join("out");
    let report = compared_into(folder.path(), &out);
    let names = fs::read_dir(&out).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    (report, names.collect())
}

/// Twenty times the load for three hours of a month.
const SPIKE: &str = "\n[[load.spikes]]\nday = 10\nhour_utc = 14\nhours = 3\ntimes = 20\n";

/// 300 reads and 200 inserts of order lines a second.
fn more_lines(rates: String) -> String {
    rates
        .replace("calls_per_second = 80", "calls_per_second = 300")
        .replace("calls_per_second = 18", "calls_per_second = 200")
}

/// The spike upon these rates.
fn spiked() -> &'static (Value, Vec<String>) {
    static REPORT: OnceLock<(Value, Vec<String>)> = OnceLock::new();
    REPORT.get_or_init(|| compared(|plan| plan.replace("1000]", "20]") + SPIKE, more_lines))
}

fn today(mode: &str) -> &'static Value {
    at_today(&spiked().0, mode)
}

fn at_today<'r>(report: &'r Value, mode: &str) -> &'r Value {
    let modes = report["designs"][0]["modes"].as_array().unwrap();
    let mode = modes.iter().find(|one| one["mode"] == mode).unwrap();
    assert_eq!(mode["throttling"][0]["load"], 1.0);
    &mode["throttling"][0]
}

fn refused(mode: &str, statement: &str) -> f64 {
    let patterns = today(mode)["patterns"].as_array().unwrap();
    let one = patterns.iter().find(|one| one["pattern"].as_str().unwrap().starts_with(statement));
    one.map_or(0.0, |one| one["throttled_share"].as_f64().unwrap())
}

/// The wave has 3 times the mean at 14:00 and 2.43 on average until 17:00, so that
/// with the spike a month of 43,800 minutes has 1 + 19 x 180 x 2.43 / 43,800 = 1.19
/// times the units. At 14:00 of the tenth day 150 x 3 x 20 / 1.19 = 7,566 read
/// units a second are below the 12,000 that a cold table takes, and
/// 200 x 3 x 20 / 1.19 = 10,088 writes above its 4,000: these are refused until
/// half an hour has passed, when twice the peak until then is taken, 8,000, and
/// again until half an hour later.
#[test]
fn on_demand_takes_reads_and_writes_by_their_own_limits() {
    assert!(refused("on_demand", "select.order_lines") < 1e-12);
    assert!(refused("on_demand", "insert.order_lines") > 1e-3);
    let longest = today("on_demand")["throttled_minutes_longest"].as_u64().unwrap();
    assert!((58..=60).contains(&longest), "{longest}");
    assert!(today("on_demand")["behind_minutes_longest"].is_null());
}

/// Tracking climbs by 1/0.7 every two minutes from 3 x 200 / 1.19 / 0.7 = 720 to
/// 10,088: 7.4 steps, so 15 to 19 minutes; fixed capacity has all three hours too
/// little. It falls on whoever calls.
#[test]
fn the_lag_of_capacity_is_told_and_whose_calls_it_hits() {
    let behind = |mode: &str| today(mode)["behind_minutes_longest"].as_u64().unwrap();
    assert!((15..=19).contains(&behind("auto_scaled")), "{}", behind("auto_scaled"));
    assert_eq!(behind("provisioned"), 180);
    for mode in ["provisioned", "auto_scaled"] {
        for statement in ["select.order_lines", "insert.order_lines", "select.orders"] {
            assert!(refused(mode, statement) > 1e-3, "{mode} {statement}");
        }
    }
}

/// The lag is a finding too, and Postgres has to carry the spike as well: 3 x 20 / 1.19
/// = 50.4 times the mean.
#[test]
fn the_spike_is_told_on_both_sides() {
    let report = &spiked().0;
    let said = |findings: &Value, id: &str| -> Vec<String> {
        let all = findings.as_array().unwrap().iter().filter(|one| one["id"] == id);
        all.map(|one| one["what"].as_str().unwrap().to_owned()).collect()
    };
    let lags = said(&report["designs"][0]["findings"], "capacity-behind-the-load");
    let minutes = today("auto_scaled")["behind_minutes_longest"].as_u64().unwrap();
    assert_eq!(lags.len(), 2, "{lags:?}");
    assert!(lags.iter().any(|one| one.contains("for 180 minutes in a row")), "{lags:?}");
    assert!(lags.iter().any(|one| one.contains(&format!("for {minutes} minutes"))), "{lags:?}");
    let peak = report["postgres"]["demand"]["peak_to_mean"].as_f64().unwrap();
    assert!((50.0..51.0).contains(&peak), "{peak}");
    assert_eq!(said(&report["findings"], "postgres-sized-by-spike").len(), 1);
    // Partitions are blamed for what their skew refuses, not for what the table lacks.
    for one in report["designs"][0]["partitions"].as_array().unwrap() {
        for at in one["at"].as_array().unwrap() {
            for direction in ["reads", "writes"] {
                let busiest = &at[direction]["busiest"];
                if let Some(refused) = busiest["throttled_share_unless_split"].as_f64() {
                    assert!(refused <= busiest["share"].as_f64().unwrap() + 1e-9, "{busiest}");
                }
            }
        }
    }
}

/// A statement that comes within an hour of each day, beside days that differ: its
/// curve goes round seven times in a week.
#[test]
fn daily_jobs_and_weekdays_go_together() {
    let plan = |plan: String| {
        plan.replace("[load]", "[load]\nweekday_weights = [1, 1, 1, 1, 1, 1, 0.5]")
            + "\n[[load.jobs]]\nsql = \"INSERT INTO orders...\"\nhour_utc = 3\nhours = 1\n"
    };
    let (report, _) = compared(plan, |rates| rates);
    assert_eq!(report["workload"]["arrival"], "weekly_wave");
}

/// A table warmed for 11,000 writes a second takes the spike's 10,088; one with a
/// maximum of 100 reads a second refuses reads all day.
#[test]
fn the_plan_warms_tables_and_sets_maximums() {
    let limits = "\n[dynamodb.tables.order_lines]\nwarm_write_units_per_second = 11000\n\
                  max_read_units_per_second = 100\n";
    let plan = |plan: String| plan.replace("1000]", "20]") + SPIKE + limits;
    let (report, _) = compared(plan, more_lines);
    let patterns = at_today(&report, "on_demand")["patterns"].as_array().unwrap();
    let refused: Vec<&str> = patterns.iter().map(|one| one["pattern"].as_str().unwrap()).collect();
    assert!(refused.iter().any(|one| one.starts_with("select.order_lines")), "{refused:?}");
    assert!(!refused.iter().any(|one| one.starts_with("insert.order_lines")), "{refused:?}");
    let share = patterns[0]["throttled_share"].as_f64().unwrap();
    assert!(share > 0.3 && share < 0.6, "{share}");
}

/// One picture has the shares of each statement under every mode, as the modes
/// have them; the other the lag.
#[test]
fn pictures_show_the_lag_and_what_is_refused_by_statement() {
    let (report, names) = spiked();
    assert!(names.iter().any(|name| name == "refused.png"), "{names:?}");
    let chart = &report["pictures"]["refused"];
    let bars = chart["bars"].as_array().unwrap();
    let parts = chart["parts"].as_array().unwrap();
    for (mode, part) in
        [("on_demand", "on demand"), ("auto_scaled", "auto-scaled"), ("provisioned", "provisioned")]
    {
        let at = parts.iter().position(|one| one == part).unwrap();
        let of = |name: &str| name.starts_with("insert.order_lines") && name.ends_with(part);
        let bar = bars.iter().find(|bar| of(bar["name"].as_str().unwrap())).unwrap();
        let drawn = bar["amounts"][at].as_f64().unwrap();
        let share = refused(mode, "insert.order_lines");
        assert!((drawn - share * 100.0).abs() < 1e-6, "{mode}: {drawn} {share}");
    }
    let subtitle = report["pictures"]["busiest_day"]["subtitle"].as_str().unwrap();
    assert!(subtitle.contains("minutes in a row more is asked for than is in force"), "{subtitle}");
}

/// 10,088 inserts a second at 14:00 of the tenth day: 40,000 are reached at 4.0
/// times that, within the plan's 20; without the spike it would be 67 times.
#[test]
fn quotas_are_held_against_the_spike() {
    let findings = spiked().0["designs"][0]["findings"].as_array().unwrap();
    let told: Vec<&str> = findings
        .iter()
        .filter(|one| one["id"] == "table-quota")
        .map(|one| one["what"].as_str().unwrap())
        .collect();
    let of_lines = |what: &&&str| what.contains("order_lines") && what.contains("write units");
    let writes = told.iter().find(of_lines);
    let writes = writes.unwrap_or_else(|| panic!("{told:?}"));
    assert!(writes.contains("is reached at 4.0x"), "{writes}");
}
