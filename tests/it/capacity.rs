//! `ddbplan capacity`, as a user runs it.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::process::{Command, Output};

use serde_json::Value;

fn capacity(series: &str, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("series.csv");
    #[expect(clippy::disallowed_methods, reason = "the test lays the input out on the disk")]
    std::fs::write(&file, series).unwrap();
    Command::new(env!("CARGO_BIN_EXE_ddbplan"))
        .arg("capacity")
        .arg(&file)
        .args(arguments)
        .output()
        .unwrap()
}

fn json(series: &str, arguments: &[&str]) -> Value {
    let output = capacity(series, &[arguments, &["--json"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn series(levels: &[(u64, u64, usize)]) -> String {
    let mut text = String::from("minute,read_units,write_units\n");
    let rows = levels.iter().flat_map(|&(r, w, n)| std::iter::repeat_n((r, w), n));
    for (minute, (reads, writes)) in rows.enumerate() {
        text.push_str(&format!("{minute},{reads},{writes}\n"));
    }
    text
}

fn mode<'a>(report: &'a Value, name: &str, target: Option<u64>) -> &'a Value {
    let modes = report["modes"].as_array().unwrap();
    modes.iter().find(|m| m["mode"] == name && m["target"].as_u64() == target).unwrap()
}

/// 700 write units a second for two days: 700 WCU flat; 1,000 WCU at a target of
/// 70, not 40,000 as when 70 and 0.7 are confused. Prices of us-east-1:
/// $0.00065 a WCU-hour, $0.00013 an RCU-hour (1 RCU is the least),
/// $0.625 a million write request units.
#[test]
fn a_steady_load_is_billed_by_hand_computed_figures() {
    let report = json(&series(&[(0, 42_000, 2880)]), &["--target", "70"]);
    // 48 h x (700 x 0.00065 + 0.00013); 48 h x (1,000 x 0.00065 + 0.00013).
    assert_eq!(mode(&report, "provisioned", None)["period_usd"], "21.84624");
    let scaled = mode(&report, "auto_scaled", Some(70));
    assert_eq!(scaled["period_usd"], "31.20624");
    assert_eq!(scaled["throttled_write_units"], 0);
    // 2880 x 42,000 x 0.000000625.
    assert_eq!(mode(&report, "on_demand", None)["period_usd"], "75.6");
    // A month of 730 hours: 730 x (455 + 0.13) / 1000.
    assert_eq!(mode(&report, "provisioned", None)["monthly_usd"], "332.2449");
    assert_eq!(report["best"]["mode"], "provisioned");
}

/// 20 times the load for three hours: auto scaling at 70 % throttles through
/// the 17 minutes of its climb (of the first it serves what 300 s of burst
/// hold); on-demand takes 4,000 writes/s from the start.
#[test]
fn a_step_spike_shows_the_lag_of_auto_scaling() {
    let text = series(&[(0, 6_000, 600), (0, 120_000, 180), (0, 6_000, 600)]);
    let report = json(&text, &["--target", "70"]);
    let writes = &mode(&report, "auto_scaled", Some(70))["writes"];
    assert_eq!(writes["first_throttled_minute"], 600);
    assert_eq!(writes["throttled_minutes_longest"], 17);
    // Until what was raised is in force there is too little of it.
    assert_eq!(writes["behind_minutes_longest"], 17);
    assert_eq!(mode(&report, "on_demand", None)["throttled_write_units"], 0);
    let on_demand = json(&text, &["--warm-write", "1000"]);
    // Warm for 1,000 writes/s, asked for 2,000: half refused for 30 minutes.
    assert_eq!(mode(&on_demand, "on_demand", None)["throttled_write_units"], 30 * 60_000);
}

/// 2,000 writes/s against a maximum of 1,500, a quota of 1,200 and a table warm for
/// 1,000: 500, 300 and 200 a second are refused by each for the half hour until
/// twice the 1,000 are taken, then 500 and 300.
#[test]
fn what_refuses_on_demand_is_named() {
    let text = series(&[(0, 6_000, 600), (0, 120_000, 180), (0, 6_000, 600)]);
    let limits = ["--on-demand-max-write", "1500", "--quota", "1200", "--warm-write", "1000"];
    let report = json(&text, &limits);
    let writes = &mode(&report, "on_demand", None)["writes"];
    assert_eq!(writes["refused"]["by_maximum_units"], 500 * 180 * 60);
    assert_eq!(writes["refused"]["by_quota_units"], 300 * 180 * 60);
    assert_eq!(writes["refused"]["by_growth_units"], 200 * 30 * 60);
    let shown = String::from_utf8(capacity(&text, &limits).stdout).unwrap();
    let told = shown.lines().find(|line| line.starts_with("on demand refuses writes")).unwrap();
    assert!(told.contains("5400000 units beyond its maximum throughput"), "{told}");
    assert!(told.contains("360000 units beyond what it has grown to"), "{told}");
}

/// 100 writes/s, and 200 for one minute of ten: the cheapest fixed capacity that
/// throttles nothing keeps what it saves for that minute. Without burst some of
/// it is refused: the two ends are shown.
#[test]
fn throttling_is_a_band_where_it_depends_on_burst() {
    let levels: Vec<(u64, u64, usize)> =
        (0..12).flat_map(|_| [(0, 6_000, 9), (0, 12_000, 1)]).collect();
    let text = series(&levels);
    let report = json(&text, &[]);
    let writes = &mode(&report, "provisioned", None)["writes"];
    let capacity_units = writes["capacity"].as_u64().unwrap();
    assert!((110..200).contains(&capacity_units), "{capacity_units}");
    assert_eq!(writes["throttled_share"], 0.0);
    let refused = 12.0 * (200.0 - capacity_units as f64) * 60.0;
    let offered = 12.0 * (9.0 * 6_000.0 + 12_000.0);
    let share = writes["throttled_share_without_burst"].as_f64().unwrap();
    assert!((share - refused / offered).abs() < 1e-12, "{share}");
    let shown = String::from_utf8(capacity(&text, &[]).stdout).unwrap();
    let row = shown.lines().find(|line| line.starts_with("provisioned,")).unwrap();
    assert!(row.ends_with(&format!("0-{:.3} %", share * 100.0)), "{row}");
    assert!(shown.contains("a range: with 300 seconds of unused capacity"), "{shown}");
}

/// The same spike, foreseen: from 09:30 on at least 3,000 units, from 13:30 on
/// the least is 1 again. Nothing is throttled, since 3,000 are in force at 10:00,
/// two minutes after they were asked for.
#[test]
fn a_scheduled_action_is_there_before_the_spike() {
    let text = series(&[(0, 6_000, 600), (0, 120_000, 180), (0, 6_000, 600)]);
    let scheduled =
        ["--target", "70", "--schedule", "09:30 3000..40000", "--schedule", "13:30 1..40000"];
    let report = json(&text, &scheduled);
    let writes = &mode(&report, "auto_scaled", Some(70))["writes"];
    assert_eq!(writes["throttled_minutes"], 0);
    assert_eq!(writes["behind_minutes_longest"], 0);
    assert_eq!((&writes["capacity_peak"], &writes["scheduled_actions"]), (&3000.into(), &2.into()));
    // It costs more than lagging behind does.
    let lagging = json(&text, &["--target", "70"]);
    let usd = |report: &Value| -> f64 {
        let usd = &mode(report, "auto_scaled", Some(70))["period_usd"];
        usd.as_str().unwrap().parse().unwrap()
    };
    assert!(usd(&report) > usd(&lagging));
    let wrong = capacity(&text, &["--schedule", "9.30 1..2", "--schedule", "25:00 1..2"]);
    assert_eq!(wrong.status.code(), Some(2));
    let told = String::from_utf8(wrong.stderr).unwrap();
    assert!(told.contains("9.30") && told.contains("25:00") && told.contains("fix:"), "{told}");
}

/// Pictures of each mode; none is overwritten unless that is asked for.
#[test]
fn pictures_show_demand_capacity_and_what_was_throttled() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("pictures");
    let text = series(&[(0, 6_000, 600), (60, 120_000, 180), (0, 6_000, 600)]);
    let draw = |more: &[&str]| {
        let arguments = [&["--target", "70", "--out", out.to_str().unwrap()], more].concat();
        capacity(&text, &arguments).status.code()
    };
    assert_eq!(draw(&[]), Some(0));
    let mut names: Vec<String> = std::fs::read_dir(&out)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let modes = ["auto_scaled_70", "on_demand", "provisioned"];
    let expected: Vec<String> = ["reads", "writes"]
        .iter()
        .flat_map(|direction| modes.map(|mode| format!("{direction}_{mode}.png")))
        .collect();
    assert_eq!(names, expected);
    assert_eq!(draw(&[]), Some(2));
    assert_eq!(draw(&["--force"]), Some(0));
}

#[test]
fn a_target_is_a_percentage() {
    for target in ["0.7", "19", "91", "-70", "x"] {
        let output = capacity(&series(&[(1, 1, 3)]), &["--target", target]);
        assert_eq!(output.status.code(), Some(2), "{target}");
        assert!(output.stdout.is_empty());
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains("percentage from 20 to 90"), "{told}");
    }
}

#[test]
fn bad_input_is_told_whole_and_nothing_is_printed() {
    let output =
        capacity("minute,read_units,write_units\n0,a,1\n1,1,b\n", &["--region", "nowhere"]);
    assert_eq!(output.status.code(), Some(2));
    let output = capacity("minute,read_units,write_units\n0,a,1\n1,1,b\n", &[]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("series.csv:2:3: `a`") && told.contains("series.csv:3:5: `b`"), "{told}");
}

#[test]
fn the_table_says_what_each_mode_throttles() {
    let text = series(&[(600, 6_000, 600), (600, 120_000, 60)]);
    let output = capacity(&text, &["--target", "70"]);
    let shown = String::from_utf8(output.stdout).unwrap();
    let row = |name: &str| shown.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    assert!(row("auto-scaled, target 70 %").ends_with(" in 17 min"), "{shown}");
    assert!(row("on-demand").ends_with("none"), "{shown}");
    assert!(shown.contains("minute 0 is taken for 00:00 UTC"), "{shown}");
}

/// Ten hours at 10 and two at 40 writes a second, which 300 seconds of burst do not
/// bridge. The search says that nothing was left out, and finds no more than any
/// setting that is compared costs without throttling.
#[test]
fn the_cheapest_setting_is_that_of_all() {
    let text = series(&[(0, 600, 600), (0, 2_400, 120), (0, 600, 720)]);
    let report = json(&text, &[]);
    assert_eq!(
        (&report["best_is_exact"], &report["best_undercut_share_max"]),
        (&true.into(), &0.0.into())
    );
    let usd = |mode: &Value| mode["period_usd"].as_str().unwrap().parse::<f64>().unwrap();
    for mode in report["modes"].as_array().unwrap() {
        if mode["throttled_write_units"] == 0 {
            assert!(usd(&report["best"]) <= usd(mode) + 1e-12, "{mode}");
        }
    }
    let shown = String::from_utf8(capacity(&text, &[]).stdout).unwrap();
    assert!(shown.contains("with every minimum"), "{shown}");
}

#[test]
fn a_period_is_whole_minutes() {
    for period in ["0", "90"] {
        let output = capacity(&series(&[(1, 1, 3)]), &["--period", period]);
        assert_eq!(output.status.code(), Some(2), "{period}");
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains("is not a whole number of minutes"), "{told}");
    }
    let report = json(&series(&[(1, 1, 3)]), &["--period", "60"]);
    assert_eq!(report["minutes"], 3);
}
