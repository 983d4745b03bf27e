//! The ways to buy the Postgres fleet, and what it is sharded by.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{change, copy, ddbplan, report, scenario};

fn number(value: &Value) -> f64 {
    value.as_str().unwrap().parse().unwrap()
}

fn line<'r>(fleet: &'r Value, dimension: &str) -> &'r Value {
    let lines = fleet["lines"].as_array().unwrap();
    lines.iter().find(|line| line["dimension"].as_str().unwrap().starts_with(dimension)).unwrap()
}

/// A cluster is a writer and a reader: 2 x 730 hours a shard, or as many readers as
/// answer reads. The sum of the lines is the bill.
#[test]
fn aurora_in_every_way() {
    let report = report(&scenario());
    let offers = report["postgres"]["offers"].as_array().unwrap();
    let hours = [
        ("rds.single-az-hours", Value::Null),
        ("aurora.instance-hours", Value::Null),
        ("aurora.io-optimized-instance-hours", Value::Null),
        ("aurora.reserved-1y-no-upfront-hours", 1.into()),
        ("aurora.reserved-1y-partial-upfront-hours", 1.into()),
        ("aurora.reserved-1y-all-upfront-hours", 1.into()),
        ("aurora.reserved-3y-partial-upfront-hours", 3.into()),
        ("aurora.reserved-3y-all-upfront-hours", 3.into()),
    ];
    assert_eq!(offers.len(), hours.len());
    for (offer, (hours, years)) in offers.iter().zip(hours) {
        assert_eq!(offer["committed_years"], years, "{offer}");
        let fleet = &offer["fleet"];
        let shards = fleet["shards"].as_f64().unwrap();
        let instances = line(fleet, hours);
        assert!(fleet["read_replicas"].is_null());
        assert!((number(&instances["quantity"]) - 1460.0 * shards).abs() < 1e-9);
        let sum: f64 =
            fleet["lines"].as_array().unwrap().iter().map(|line| number(&line["usd"])).sum();
        assert!((sum - number(&fleet["monthly_usd"])).abs() < 1e-6, "{offer}");
    }
    let requests = |i: usize| line(&offers[i]["fleet"], "aurora.io-requests")["quantity"].clone();
    assert_eq!(requests(1), requests(3));
    let optimized = offers[2]["fleet"]["lines"].as_array().unwrap();
    assert!(optimized.iter().all(|line| line["dimension"] != "aurora.io-requests"));
    // The fleet of each load is the cheapest of the three at list prices, and the
    // verdict names what it is.
    let products = ["RDS Multi-AZ", "Aurora", "Aurora I/O-Optimized"];
    let mut named = BTreeSet::new();
    for (at, verdict) in report["postgres"]["at"]
        .as_array()
        .unwrap()
        .iter()
        .zip(report["verdict"]["at"].as_array().unwrap())
    {
        let usd = |offer: &Value| {
            let at_load = offer["at"].as_array().unwrap().iter();
            number(&at_load.clone().find(|one| one["load"] == at["load"]).unwrap()["monthly_usd"])
        };
        let cheapest = (0..3).min_by(|a, b| usd(&offers[*a]).total_cmp(&usd(&offers[*b]))).unwrap();
        let chosen = number(&at["fleet"]["monthly_usd"]);
        assert!((chosen - usd(&offers[cheapest])).abs() < 1e-9, "{at}");
        assert_eq!(at["fleet"]["offer"], offers[cheapest]["name"]);
        assert_eq!(verdict["postgres_product"], products[cheapest]);
        named.insert(products[cheapest]);
    }
    assert!(named.len() > 1, "each load has the same cheapest: {named:?}");
    let rows = report["postgres"]["like_for_like"].as_array().unwrap();
    assert_eq!(rows.len(), 5);
    for row in &rows[..4] {
        let usd = row["postgres_monthly_usd"].as_f64().unwrap();
        for offer in &offers[..3] {
            let at = offer["at"].as_array().unwrap();
            let at = at.iter().find(|at| at["load"] == row["load"]).unwrap();
            assert!(usd <= number(&at["monthly_usd"]) + 1e-6, "{row}");
        }
    }
    assert!(rows[4]["missing"].as_str().unwrap().contains("RDS"));
    assert_eq!(finding(&report, "cheaper-postgres-offer"), None);
}

/// A plan that names one way to buy has fleets of it alone, and is told what another
/// would cost.
#[test]
fn one_way_to_buy() {
    let folder = copy();
    change(folder.path(), "plan.toml", |text| {
        text.replace("[postgres]", "[postgres]\noffer = \"rds_multi_az\"")
    });
    let report = report(folder.path());
    for at in report["postgres"]["at"].as_array().unwrap() {
        for fleet in [&at["fleet"], &at["single"]] {
            assert!(fleet.is_null() || fleet["offer"] == "RDS Multi-AZ, on demand", "{fleet}");
        }
    }
    let said = finding(&report, "cheaper-postgres-offer").unwrap();
    assert!(said.contains("Aurora I/O-Optimized at 8x for $"), "{said}");
}

/// A class that Aurora does not sell leaves RDS alone, which is said.
#[test]
fn ways_to_buy_without_a_price_are_named() {
    let folder = copy();
    change(folder.path(), "plan.toml", |text| {
        text.replace("[postgres]", "[postgres]\nclasses = [\"db.m6g.large\"]")
    });
    let said = report(folder.path());
    let said = finding(&said, "postgres-offers-missing").unwrap();
    assert!(said.starts_with("Aurora and Aurora I/O-Optimized could be bought too"), "{said}");
    assert_eq!(finding(&report(&scenario()), "postgres-offers-missing"), None);
}

/// Beside the column in use stand others with what the fleet costs by each; one whose
/// largest value is known ends where that value is more than a shard has.
#[test]
fn what_else_it_could_be_sharded_by() {
    let report = report(&scenario());
    let keys = report["postgres"]["shard_keys"].as_array().unwrap();
    let columns: Vec<&str> = keys.iter().map(|key| key["column"].as_str().unwrap()).collect();
    assert_eq!(columns, ["notification_id", "user_id", "provider_message_id"]);
    for (key, at) in
        keys[0]["at"].as_array().unwrap().iter().zip(report["postgres"]["at"].as_array().unwrap())
    {
        assert_eq!(key["monthly_usd"], at["fleet"]["monthly_usd"]);
    }
    let user = &keys[1];
    // The capture's most frequent user has 1.13 % of the rows.
    assert!((user["largest_share"].as_f64().unwrap() - 0.0113).abs() < 1e-4);
    let ends = user["ends_at_load"].as_f64().unwrap();
    for at in user["at"].as_array().unwrap() {
        assert_eq!(at["shards"].is_null(), at["load"].as_f64().unwrap() > ends, "{at}");
    }
    // Stating it gives that fleet.
    let folder = copy();
    change(folder.path(), "plan.toml", |text| {
        text.replace("[postgres]", "[postgres]\nshard_key = \"user_id\"")
    });
    let stated = super::report(folder.path());
    let own = &stated["postgres"]["shard_keys"][0];
    assert_eq!((&own["column"], &own["at"]), (&user["column"], &user["at"]));
    let last = stated["postgres"]["at"].as_array().unwrap().last().unwrap().clone();
    let why = format!("ends at {ends:.1}x: ");
    assert!(last["no_fleet"].as_str().unwrap().starts_with(&why), "{last}");
    let sentence = stated["verdict"]["sentence"].as_str().unwrap();
    assert!(
        sentence.contains(&format!("no Postgres fleet carries that: it ends at {ends:.1}x by"))
    );
}

fn finding<'r>(report: &'r Value, id: &str) -> Option<&'r str> {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().find(|one| one["id"] == id).map(|one| one["what"].as_str().unwrap())
}

/// Today's one shard: two vCPUs behind the proxy; the data, a week of changes and a
/// week of WAL less the GB of the volume; two thirds of the bytes between clients
/// and server.
#[test]
fn what_is_billed_around_the_instances() {
    let report = report(&scenario());
    let postgres = &report["postgres"];
    assert!((number(&line(postgres, "rds.proxy-vcpu-hours")["quantity"]) - 1460.0).abs() < 1e-9);
    let need = &postgres["need"];
    let f = |key: &str| need[key].as_f64().unwrap();
    let demand = &postgres["demand"];
    let statements = demand["statements"].as_array().unwrap();
    let sum = |key: &str| -> f64 {
        let of = |one: &Value| {
            one["calls_per_second"].as_f64().unwrap() * one[key].as_f64().unwrap_or(0.0)
        };
        statements.iter().map(of).sum()
    };
    let gib = 1_073_741_824.0;
    let pages = f("stored_bytes") / 8192.0;
    let changed = pages * (1.0 - (-sum("blocks_dirtied") * 86_400.0 / pages).exp()) * 8192.0;
    let wal = f("wal_bytes_per_second") / demand["peak_to_mean"].as_f64().unwrap() * 86_400.0;
    let kept = (f("stored_bytes") + 7.0 * (changed + wal)) / gib;
    let free = number(&line(postgres, "rds.multi-az-gp3-storage")["quantity"]);
    let billed = number(&line(postgres, "rds.backup-storage")["quantity"]);
    assert!((billed / (kept - free) - 1.0).abs() < 1e-6, "{billed} {kept} {free}");
    let crossing = sum("network_bytes") * 0.667 * 730.0 * 3600.0 / gib;
    let billed = number(&line(postgres, "transfer.inter-az")["quantity"]);
    assert!((billed / crossing - 1.0).abs() < 1e-6, "{billed} {crossing}");
}

/// A statement that goes to every shard is sent to each: its text as often as there are
/// shards beyond the first, beside what all calls and their rows have.
#[test]
fn statements_that_go_everywhere_cross_zones_as_often() {
    let report = report(&scenario());
    let patterns = report["workload"]["patterns"].as_array().unwrap();
    let statements = report["postgres"]["demand"]["statements"].as_array().unwrap();
    let (mut once, mut each_more) = (0.0, 0.0);
    for one in statements {
        let calls = one["calls_per_second"].as_f64().unwrap();
        once += calls * one["network_bytes"].as_f64().unwrap();
        if one["goes_to_every_shard"] == true {
            let pattern = patterns.iter().find(|other| other["pattern"] == one["pattern"]).unwrap();
            #[expect(clippy::cast_precision_loss, reason = "the length of a statement")]
            let text = pattern["sql"].as_str().unwrap().len() as f64;
            each_more += calls * text;
        }
    }
    let mut compared = 0;
    for at in report["postgres"]["at"].as_array().unwrap() {
        let (load, shards) =
            (at["load"].as_f64().unwrap(), at["fleet"]["shards"].as_f64().unwrap());
        let a_second = load * (once + (shards - 1.0) * each_more);
        let gigabytes = a_second * 0.667 * 730.0 * 3600.0 / 1_073_741_824.0;
        let billed = number(&line(&at["fleet"], "transfer.inter-az")["quantity"]);
        assert!((billed / gigabytes - 1.0).abs() < 1e-3, "{load}x: {billed} {gigabytes}");
        compared += usize::from(shards > 1.0);
    }
    assert!(compared >= 2);
}

/// Each of these is switched off or on by the plan, and people are in the totals
/// only if they are counted: at 8x three shards take 0.033 engineers each, at $20,000
/// a month.
#[test]
fn each_is_the_plans() {
    let folder = copy();
    change(folder.path(), "plan.toml", |text| {
        text.replace(
            "[postgres]",
            "[postgres]\noffer = \"rds_multi_az\"\nbackup_retention_days = 0\npooler = \"self_hosted\"\ncross_az_percent = 0\n\
             staging_shards = 2\npeople = { counted = \"mid\", engineer_year_usd = 240000 }",
        )
    });
    let report = report(folder.path());
    let lines = report["postgres"]["lines"].as_array().unwrap();
    let named = |part: &str| {
        let of = |line: &&Value| line["dimension"].as_str().unwrap().starts_with(part);
        lines.iter().filter(of).collect::<Vec<_>>()
    };
    assert!(named("rds.proxy").is_empty() && named("transfer").is_empty());
    assert_eq!(named("rds.backup-storage")[0]["quantity"], "0");
    // Two instances of a shard, and two of staging with a volume each.
    let hours: Vec<f64> =
        named("rds.single-az-hours").iter().map(|line| number(&line["quantity"])).collect();
    assert_eq!(hours, [1460.0, 1460.0]);
    let volume = number(&named("rds.multi-az-gp3-storage")[0]["quantity"]);
    assert!((number(&named("rds.gp3-storage")[0]["quantity"]) - 2.0 * volume).abs() < 1e-9);
    assert_eq!(report["postgres"]["people_monthly_usd"], Value::Null, "one shard has none");
    let at = report["postgres"]["at"].as_array().unwrap();
    let fleet = &at.iter().find(|at| at["load"] == 8.0).unwrap()["fleet"];
    assert_eq!(fleet["shards"], 3);
    assert!((number(&fleet["people_monthly_usd"]) - 1980.0).abs() < 1e-6, "{fleet}");
    let lines = fleet["lines"].as_array().unwrap();
    let sum: f64 = lines.iter().map(|line| number(&line["usd"])).sum();
    assert!((sum + 1980.0 - number(&fleet["monthly_usd"])).abs() < 1e-6);
    assert_eq!(report["postgres"]["people"]["counted"], "mid");
}

/// Load doubles in a year, and shards are ready three months before. They are never
/// merged, and in the months of a move both fleets are paid for.
#[test]
fn shards_are_bought_ahead_of_the_load() {
    let path = |more: &str| {
        let folder = copy();
        change(folder.path(), "plan.toml", |text| {
            text.replace("growth_per_month = 0.0", "growth_per_month = 0.2")
                .replace("[postgres]", &format!("[postgres]\n{more}"))
        });
        report(folder.path())["over_time"].clone()
    };
    let months = |over_time: &Value| -> Vec<f64> {
        let all = over_time["reshards"].as_array().unwrap();
        all.iter().map(|one| one["month"].as_f64().unwrap()).collect()
    };
    let usd = |over_time: &Value, month: usize| -> f64 {
        let curves = over_time["curves"].as_array().unwrap();
        let of = |one: &&Value| one["name"] == "sharded Postgres";
        curves.iter().find(of).unwrap()["points"][month]["usd"].as_f64().unwrap()
    };
    let on_time = path("reshard_lead_months = 0\nreshard_overlap_months = 0");
    let ahead = path("reshard_lead_months = 3\nreshard_overlap_months = 0");
    let twice = path("reshard_lead_months = 0\nreshard_overlap_months = 1");
    let when = months(&on_time);
    assert!(!when.is_empty(), "{on_time}");
    assert_eq!(months(&twice), when);
    assert!(months(&ahead)[0] < when[0] || months(&ahead).len() != when.len());
    for reshard in twice["reshards"].as_array().unwrap() {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a month")]
        let month = reshard["month"].as_f64().unwrap() as usize;
        let more = usd(&twice, month) - usd(&on_time, month);
        assert!((more - reshard["old_monthly_usd"].as_f64().unwrap()).abs() < 1e-6);
        assert!(reshard["to_shards"].as_u64() > reshard["from_shards"].as_u64());
    }
}

/// Above the largest class with a verified price the unsharded instance goes on with
/// one whose price is an estimate, and every place that shows it says so.
#[test]
fn the_largest_class_has_an_estimated_price() {
    let folder = copy();
    // 200 MB/s of WAL are permitted, so that CPU stops it.
    change(folder.path(), "plan.toml", |text| {
        text.replace(
            "shard_wal_mb_per_second = 75",
            "offer = \"rds_multi_az\"\nshard_wal_mb_per_second = 1000",
        )
    });
    let report = report(folder.path());
    let postgres = &report["postgres"];
    let verified = postgres["single_verified_to_load"].as_f64().unwrap();
    let ceiling = postgres["single_ceiling"]["load"].as_f64().unwrap();
    assert!(verified < ceiling, "{verified} {ceiling}");
    let why = postgres["single_ceiling"]["why"].as_str().unwrap();
    assert!(why.contains("db.r8g.48xlarge"), "{why}");
    for at in postgres["at"].as_array().unwrap() {
        let load = at["load"].as_f64().unwrap();
        if at["single"].is_null() {
            assert!(load > ceiling);
        } else {
            assert_eq!(at["single"]["is_estimated"], load > verified, "{at}");
        }
    }
}

#[test]
fn classes_and_shards_that_there_are_not_are_refused() {
    let folder = copy();
    change(folder.path(), "plan.toml", |text| {
        text.replace("[postgres]", "[postgres]\nclasses = [\"db.r6g.large\", \"db.z99.large\"]")
    });
    let refused = |folder: &std::path::Path, parts: &[&str]| {
        let output = ddbplan(&["compare", folder.to_str().unwrap(), "--out", "/nowhere"]);
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8(output.stderr).unwrap();
        for part in parts {
            assert!(said.contains(part), "{part} in {said}");
        }
    };
    refused(
        folder.path(),
        &["plan.toml:", "no PostgreSQL instance db.z99.large", "name some of: db.m6g.12xlarge"],
    );
    let folder = copy();
    change(folder.path(), "plan.toml", |text| {
        text.replace(
            "[postgres]",
            "[postgres]\nlogical_shards = 16\nshards_min = 32\nread_replicas_max = 99\n\
             people = { counted = \"high\", engineers_per_shard = [3, 2, 1] }",
        )
    });
    refused(
        folder.path(),
        &[
            "shards_min = 32 is more than the 16 logical shards",
            "read_replicas_max = 99 is out of range",
            "people are counted, and what they cost is not said",
            "engineers_per_shard must be three ascending numbers",
        ],
    );
    let folder = copy();
    change(folder.path(), "plan.toml", |text| {
        text.replace("[postgres]", "[postgres]\nshard_key = \"no_such\"")
    });
    refused(
        folder.path(),
        &[
            "plan.toml:41:13: no table has a column no_such",
            "statements name values of: notification_id",
        ],
    );
    let folder = copy();
    change(folder.path(), "plan.toml", |text| {
        text.replace("[postgres]", "[postgres]\nshards_min = -3\ncross_az_percent = 120")
    });
    refused(
        folder.path(),
        &[
            "postgres.shards_min must be a whole number from 0 on, not -3",
            "postgres.cross_az_percent = 120 is out of range\n  why: it lies between 0 and 100\n  \
             fix: write a number in this range: share",
        ],
    );
}

/// Each objection that an administrator raises has an answer with figures.
#[test]
fn every_objection_is_answered() {
    let report = report(&scenario());
    let questions = report["postgres"]["questions"].as_array().unwrap();
    assert_eq!(questions.len(), 7);
    for one in questions {
        let answer = one["answer"].as_str().unwrap();
        assert!(answer.len() > 60 && answer.ends_with('.'), "{answer}");
        assert!(!answer.contains("NaN") && !answer.contains("inf "), "{answer}");
    }
}

#[test]
fn the_shard_key_is_found_from_the_statements() {
    let report = report(&scenario());
    let findings = report["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["id"] == "shard-key").unwrap();
    println!("{found}");
    let patterns = report["workload"]["patterns"].as_array().unwrap();
    let id = |start: &str| {
        let of = |one: &&Value| one["sql"].as_str().unwrap().starts_with(start);
        patterns.iter().find(of).unwrap()["pattern"].as_str().unwrap().to_owned()
    };
    let what = found["what"].as_str().unwrap();
    // The hourly report names no key at all.
    assert!(what.contains(&id("SELECT template, state, count(*)")), "{what}");
}
