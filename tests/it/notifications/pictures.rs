//! The pictures beside the cost curves: their numbers are those of the report.

use serde_json::Value;

use super::{change, copy, ddbplan, design, dollars, report, scenario};

fn sum(bar: &Value) -> f64 {
    bar["amounts"].as_array().unwrap().iter().map(|one| one.as_f64().unwrap()).sum()
}

fn bar<'r>(chart: &'r Value, name: &str) -> &'r Value {
    let bars = chart["bars"].as_array().unwrap();
    bars.iter().find(|one| one["name"] == name).unwrap()
}

/// The parts of each bar come to the bill, and single parts to their lines.
#[test]
fn the_parts_of_a_cost_come_to_the_bill() {
    let report = report(&scenario());
    let chart = &report["pictures"]["cost_breakdown"];
    for one in report["designs"].as_array().unwrap() {
        for mode in one["modes"].as_array().unwrap() {
            let words = mode["mode"].as_str().unwrap().replace("auto_scaled", "auto-scaled");
            let name = format!("{}, {}", one["name"].as_str().unwrap(), words.replace('_', " "));
            let drawn = sum(bar(chart, &name));
            assert!((drawn - dollars(&mode["monthly_usd"])).abs() < 1e-6, "{name}: {drawn}");
        }
    }
    let drawn = sum(bar(chart, "sharded Postgres"));
    assert!((drawn - dollars(&report["postgres"]["monthly_usd"])).abs() < 1e-6);
    let on_demand = bar(chart, "user-partition-compact, on demand");
    let parts: Vec<&str> =
        chart["parts"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    let part = |name: &str| {
        let at = parts.iter().position(|one| *one == name).unwrap();
        on_demand["amounts"][at].as_f64().unwrap()
    };
    // Lines of the bill: two indexes' write requests; the storage of the table and of both.
    assert!((part("GSI writes") - (93.666_375_613_2 + 213.490_045_550_5)).abs() < 1e-6);
    assert!(
        (part("storage") - (35.526_612_151_2 + 5.436_707_069_9 + 0.001_627_759_8)).abs() < 1e-6
    );
}

/// Indexes' write units over tables', as the operations have them.
#[test]
fn write_amplification_is_that_of_the_operations() {
    let report = report(&scenario());
    let operations = design(&report, "relational-copy")["operations"].as_array().unwrap().clone();
    let units = |index: bool| -> f64 {
        operations
            .iter()
            .filter(|one| one["index"].is_null() != index)
            .map(|one| {
                one["calls_per_second"].as_f64().unwrap()
                    * one["write_units_per_call"].as_f64().unwrap()
            })
            .sum()
    };
    let times = (units(true) + units(false)) / units(false);
    let chart = &report["pictures"]["write_amplification"];
    let drawn = bar(chart, &format!("relational-copy: {times:.2} times"));
    assert!((drawn["amounts"][1].as_f64().unwrap() - units(true)).abs() < 1e-9);
    // A copy of the relations with its indexes writes twice what the tables do.
    assert!(times > 1.9 && times < 2.1, "{times}");
}

/// The busiest day has its peak where the plan puts it, twice the mean, and never
/// more capacity than the peak over the target.
#[test]
fn the_busiest_day_is_that_of_the_costliest_capacity() {
    let report = report(&scenario());
    let day = &report["pictures"]["busiest_day"];
    assert_eq!(day["title"], "The busiest day of user-partition-compact, auto-scaled");
    let moments = day["moments"].as_array().unwrap();
    assert_eq!(moments.len(), 1440);
    let number = |moment: &Value, field: &str| moment[field].as_f64().unwrap();
    let demand: Vec<f64> = moments.iter().map(|one| number(one, "demand")).collect();
    let peak = demand.iter().copied().fold(0.0, f64::max);
    let mean = demand.iter().sum::<f64>() / 1440.0;
    assert!((peak / mean - 2.0).abs() < 1e-3, "{peak} {mean}");
    assert!((demand[14 * 60] - peak).abs() < 1e-9);
    // 1,904,142,144.81 write units a month are 724.559 a second.
    assert!((mean - 1_904_142_144.8 / 2_628_000.0).abs() < 1e-2, "{mean}");
    let most = moments.iter().map(|one| number(one, "capacity")).fold(0.0, f64::max);
    assert!(most >= peak / 0.7 - 1.0 && most <= (peak / 0.7).ceil() + 1.0, "{most}");
}

/// Each bar reaches what may be used, and no resource is used beyond it.
#[test]
fn no_shard_is_used_beyond_its_limit() {
    let report = report(&scenario());
    let bars = report["pictures"]["postgres_utilisation"]["bars"].as_array().unwrap();
    assert!(bars.len() >= 9, "{}", bars.len());
    for one in bars {
        let used = one["amounts"][0].as_f64().unwrap();
        assert!(used > 0.0 && used <= sum(one) && sum(one) <= 100.0 + 1e-9, "{one}");
    }
    let at = report["postgres"]["at"].as_array().unwrap();
    let fleet = &at.iter().find(|one| one["load"] == 100.0).unwrap()["fleet"];
    let scarcest = fleet["binding"].as_str().unwrap().split(" decides").next().unwrap();
    let instance = fleet["instance"].as_str().unwrap();
    let name = format!("100x, {} {instance}: {scarcest}", fleet["shards"]);
    let drawn = bar(&report["pictures"]["postgres_utilisation"], &name);
    let used = fleet["utilization"][scarcest].as_f64().unwrap() * 100.0;
    assert!((drawn["amounts"][0].as_f64().unwrap() - used).abs() < 1e-6);
}

/// All files are there, and a second run makes the same bytes.
#[test]
fn every_picture_is_drawn_and_the_same_again() {
    let draw = || {
        let out = tempfile::tempdir().unwrap();
        let scenario = scenario();
        let arguments = ["compare", scenario.to_str().unwrap(), "--quiet", "--out"];
        let output = ddbplan(&[&arguments[..], &[out.path().to_str().unwrap()]].concat());
        assert!(output.status.success());
        [
            "busiest_day.png",
            "cost_breakdown.png",
            "cost_curve.png",
            "cost_over_time.png",
            "postgres_utilisation.png",
            "write_amplification.png",
            "report.html",
            "report.json",
            "report.md",
        ]
        .map(|name| std::fs::read(out.path().join(name)).unwrap())
    };
    assert!(draw() == draw());
}

/// A name in letters that the pictures cannot draw is listed with what stands for
/// it: the third of three designs is the third line, under its one best mode, and
/// under its three modes the seventh to the ninth bar.
#[test]
fn names_that_cannot_be_drawn_are_listed() {
    let folder = copy();
    change(folder.path(), "designs/relational-copy.toml", |text| {
        text.replacen("name = \"relational-copy\"", "name = \"設計\"", 1)
    });
    let report = report(folder.path());
    let replaced = report["pictures"]["replaced_names"].as_array().unwrap();
    let told: Vec<String> = replaced
        .iter()
        .map(|one| ["picture", "shown", "name"].map(|key| one[key].as_str().unwrap()).join(": "))
        .collect();
    let expected = [
        "cost_curve.png: series 3: 設計, auto-scaled",
        "cost_over_time.png: series 3: 設計, auto-scaled",
        "cost_breakdown.png: bar 7: 設計, on demand",
        "cost_breakdown.png: bar 8: 設計, provisioned",
        "cost_breakdown.png: bar 9: 設計, auto-scaled",
    ];
    assert_eq!(told[..5], expected);
    assert!(told[5].starts_with("write_amplification.png: bar 3: 設計: "), "{told:?}");
    assert_eq!(told.len(), 6);
}
