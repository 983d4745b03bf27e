//! Every number of a Postgres fleet recomputed from the report alone.

use serde_json::Value;

use super::{change, copy, ddbplan, report, scenario};

fn f(value: &Value, key: &str) -> f64 {
    value[key].as_f64().unwrap_or_else(|| panic!("no number {key} in {value}"))
}

fn near(a: f64, b: f64, what: &str) {
    assert!((a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1e-9), "{what}: {a} {b}");
}

/// All fleets of a report: today's, the single instance, the other ways to buy,
/// and those at the loads that were asked about, where there is one.
fn all_fleets(report: &Value) -> Vec<Value> {
    let postgres = &report["postgres"];
    let mut fleets = vec![postgres.clone(), postgres["single"].clone()];
    fleets.extend(postgres["offers"].as_array().unwrap().iter().map(|one| one["fleet"].clone()));
    for at in postgres["at"].as_array().unwrap() {
        fleets.extend([at["fleet"].clone(), at["single"].clone()]);
    }
    fleets.retain(|fleet| !fleet.is_null());
    fleets
}

/// What a fleet's replicas answer of something.
fn on_replicas(fleet: &Value, key: &str) -> f64 {
    if fleet["read_replicas"].is_null() { 0.0 } else { f(&fleet["read_replicas"], key) }
}

/// Shards needed = demand x hottest over mean / (capacity x usable share); the
/// largest decides and is met by the number of shards.
#[test]
fn shards_follow_from_demand_and_capacity() {
    let report = report(&scenario());
    let fleets = all_fleets(&report);
    assert!(fleets.len() >= 8);
    for fleet in &fleets {
        let need = &fleet["need"];
        let (shards, hottest) = (f(fleet, "shards"), f(need, "hottest_shard_over_mean"));
        let mut most = (0.0, String::new());
        for one in fleet["resources"].as_array().unwrap() {
            let name = one["resource"].as_str().unwrap();
            near(f(one, "hottest_shard_demand"), f(one, "demand") * hottest / shards, name);
            let Some(capacity) = one["capacity_of_a_shard"].as_f64() else {
                assert!(f(one, "shards_needed") <= 0.0, "{one}");
                continue;
            };
            let needed = f(one, "demand") * hottest / (capacity * f(one, "usable_share"));
            near(f(one, "shards_needed"), needed, name);
            near(f(&fleet["utilization"], name), f(one, "hottest_shard_demand") / capacity, name);
            assert!(needed <= shards, "{name} of {fleet}");
            if needed > most.0 {
                most = (needed, name.to_owned());
            }
        }
        let binding = fleet["binding"].as_str().unwrap();
        assert!(binding.starts_with(&format!("{} decides", most.1)), "{binding}");
        let demand = |name: &str| {
            let all = fleet["resources"].as_array().unwrap();
            f(all.iter().find(|one| one["resource"] == name).unwrap(), "demand")
        };
        let reads = f(need, "blocks_read_per_second");
        near(reads, f(need, "blocks_accessed_per_second") * f(need, "miss_share"), "reads");
        replicas_follow_from_demand(fleet);
        let pages = reads + f(need, "blocks_written_per_second");
        near(demand("IOPS"), pages + f(need, "wal_flushes_per_second"), "IOPS");
        let wal = f(need, "wal_bytes_per_second");
        near(demand("I/O throughput"), pages * 8192.0 + wal, "throughput");
        near(demand("WAL"), wal, "WAL");
        near(demand("CPU"), f(need, "busy_vcpus"), "CPU");
        near(demand("storage"), f(need, "stored_bytes"), "storage");
    }
}

/// One replica is lost: the others have the reads, and each applies all changes.
fn replicas_follow_from_demand(fleet: &Value) {
    let replicas = &fleet["read_replicas"];
    if replicas.is_null() {
        return;
    }
    let need = &fleet["need"];
    let hottest = f(need, "hottest_shard_over_mean") / f(fleet, "shards");
    let answering = f(replicas, "of_a_shard") - 1.0;
    assert!(answering >= 1.0);
    for one in replicas["resources"].as_array().unwrap() {
        let reads = match one["resource"].as_str().unwrap() {
            "CPU" => f(replicas, "busy_vcpus"),
            "IOPS" => f(replicas, "blocks_read_per_second"),
            "I/O throughput" => f(replicas, "blocks_read_per_second") * 8192.0,
            _ => continue,
        };
        near(f(one, "reading"), reads * hottest / answering, "reading");
        let Some(capacity) = one["capacity"].as_f64() else { continue };
        let used = f(one, "applying") + f(one, "reading");
        assert!(used <= capacity * f(one, "usable_share") * (1.0 + 1e-9), "{one}");
    }
}

/// What the fleets need is the sum over the statements, at the peak: those that
/// go to every shard are parsed and planned on each.
#[test]
fn demand_is_the_sum_over_the_statements() {
    let report = report(&scenario());
    follows_from_the_statements(&report);
    // All of it on volumes whose pages are written at checkpoints.
    let folder = copy();
    change(folder.path(), "plan.toml", |text| {
        text.replace("[postgres]", "[postgres]\noffer = \"rds_multi_az\"")
    });
    follows_from_the_statements(&super::report(folder.path()));
}

fn follows_from_the_statements(report: &Value) {
    let demand = &report["postgres"]["demand"];
    let statements = demand["statements"].as_array().unwrap();
    let sum = |of: &dyn Fn(&Value) -> f64| -> f64 {
        statements.iter().map(|one| f(one, "calls_per_second") * of(one)).sum()
    };
    let everywhere = |one: &Value| f64::from(u8::from(one["goes_to_every_shard"] == true));
    let factors = &demand["cpu_factors"];
    let all = report["postgres"]["at"].as_array().unwrap();
    assert_eq!(all.iter().filter(|at| !at["fleet"].is_null()).count(), 4);
    assert!(all.iter().any(|at| !at["fleet"]["read_replicas"].is_null()), "none has replicas");
    for at in all {
        let fleet = &at["fleet"];
        let need = &fleet["need"];
        let more = f(&at["fleet"], "shards") - 1.0;
        let peak = f(at, "load") * f(demand, "peak_to_mean");
        let cpu = f(factors, "executing") * sum(&|one| f(one, "executing_cpu_seconds"))
            + f(factors, "calling")
                * sum(&|one| f(one, "calling_cpu_seconds") * (1.0 + more * everywhere(one)))
            + f(factors, "committing")
                * f(demand, "commits_per_second")
                * f(demand, "commit_cpu_seconds");
        near(
            f(need, "busy_vcpus") + on_replicas(fleet, "busy_vcpus"),
            cpu * (1.0 + f(demand, "background_cpu_share")) * peak,
            "busy vCPUs",
        );
        let calls = sum(&|one| 1.0 + more * everywhere(one)) * peak;
        if fleet["read_replicas"].is_null() {
            near(f(need, "executions_per_second"), calls, "executions");
        }
        let sent = f(need, "calls_per_second") + on_replicas(fleet, "calls_per_second");
        near(sent, sum(&|_| 1.0) * peak, "calls");
        // Root, inner page, leaf and heap on each shard that has nothing.
        let accessed = sum(&|one| f(one, "blocks_accessed") + 4.0 * more * everywhere(one)) * peak;
        let read = f(need, "blocks_read_per_second") + on_replicas(fleet, "blocks_read_per_second");
        near(read, accessed * f(need, "miss_share"), "blocks");
        let stored = f(demand, "stored_bytes_at_horizon") * f(at, "load");
        near(f(need, "stored_bytes"), stored, "stored");
        let pages = stored / 8192.0;
        let seconds = f(demand, "checkpoint_seconds");
        let dirtied = sum(&|one| f(one, "blocks_dirtied")) * peak * seconds;
        // Aurora is sent WAL only: no pages, and no images of them.
        let on_volumes = fleet["offer"].as_str().unwrap().starts_with("RDS");
        if on_volumes {
            let written = pages * (1.0 - (-dirtied / pages).exp()) / seconds;
            assert!((written / f(need, "blocks_written_per_second") - 1.0).abs() < 1e-6);
        } else {
            near(f(need, "blocks_written_per_second"), 0.0, "written");
        }
        // Half of the images are of heap pages, 98.5 % full, half of index pages,
        // 82 % full.
        let image = 8192.0 * 0.9025;
        let images = f(need, "wal_page_image_bytes_per_second");
        near(images, f(need, "blocks_written_per_second") * image, "images");
        let records =
            sum(&|one| (f(one, "wal_bytes") - f(one, "wal_page_images") * image).max(0.0)) * peak;
        near(f(need, "wal_bytes_per_second"), records + images, "WAL");
    }
}

fn finding<'r>(report: &'r Value, id: &str) -> Option<&'r str> {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().find(|one| one["id"] == id).map(|one| one["what"].as_str().unwrap())
}

/// The plan's figure takes the place of the recorded one: 64.5 CPU seconds in 265
/// s are 24.3 % of a CPU; 50 % of 2 are four times that.
#[test]
fn cpu_is_calibrated_to_the_host() {
    let captured = report(&scenario());
    let said = finding(&captured, "cpu-calibrated").unwrap();
    assert!(said.contains("(captured)"), "{said}");
    let folder = copy();
    change(folder.path(), "plan.toml", |text| {
        text.replace("[postgres]", "[postgres]\nhost_cpu_percent = 50\nhost_vcpus = 2")
    });
    let stated = report(folder.path());
    let said = finding(&stated, "cpu-calibrated").unwrap();
    assert!(said.contains("plan.toml:"), "{said}");
    let cpus = |report: &Value| f(&report["postgres"]["need"], "busy_vcpus");
    // Half of 2 CPUs busy over the capture; at the peak twice that, on the one
    // shard of today's fleet.
    near(cpus(&stated), 2.0, "stated");
    let range = &stated["postgres"]["need"]["busy_vcpus_range"];
    near(range[1].as_f64().unwrap(), 2.3, "within 15 %");
    assert!((cpus(&captured) - 0.486).abs() < 0.01, "{}", cpus(&captured));
}

/// Without a measured CPU there is only a range, and it says so.
#[test]
fn cpu_is_a_range_without_a_measurement() {
    let folder = copy();
    change(folder.path(), "capture/snapshots.jsonl", |text| {
        text.replace("\"postgres_cpu_s\"", "\"other_cpu_s\"")
    });
    let report = report(folder.path());
    assert!(finding(&report, "cpu-not-calibrated").is_some());
    assert!(finding(&report, "cpu-calibrated").is_none());
    let range = &report["postgres"]["need"]["busy_vcpus_range"];
    let ratio = range[1].as_f64().unwrap() / range[0].as_f64().unwrap();
    assert!((2.0..=4.0).contains(&ratio), "{ratio}");
}

/// Response times grow with load on the same fleet, and a statement to every
/// shard is no faster than one to one shard; DynamoDB's band is a statement.
#[test]
fn response_times_are_shown_at_the_loads_asked_about() {
    let report = report(&scenario());
    let latency = &report["postgres"]["latency"];
    let loads = |list: &Value| -> Vec<f64> {
        list.as_array().unwrap().iter().map(|one| f(one, "load")).collect()
    };
    assert_eq!(loads(&latency["at"]), loads(&report["verdict"]["at"]));
    let carried = latency["at"].as_array().unwrap().iter().filter(|at| !at["postgres"].is_null());
    assert_eq!(carried.clone().count(), 4);
    for at in carried {
        let (one, every) = (&at["postgres"]["one_shard"], &at["postgres"]["every_shard"]);
        assert!(f(one, "p50_ms") < f(one, "p95_ms") && f(one, "p95_ms") < f(one, "p99_ms"));
        for key in ["p50_ms", "p95_ms", "p99_ms"] {
            let shards = f(at, "shards");
            assert!(if shards > 1.0 {
                f(every, key) > f(one, key)
            } else {
                every[key] == one[key]
            });
        }
        assert!(f(&at["postgres"], "utilization") < 1.0);
    }
    assert!(latency["dynamodb"]["what"].as_str().unwrap().contains("not measured"));
}

/// A plan's keys change what they say they change.
#[test]
fn the_inputs_of_the_fleet_are_the_plans() {
    let folder = copy();
    change(folder.path(), "plan.toml", |text| {
        text.replace(
            "[postgres]",
            "[postgres]\nshard_key = \"user_id\"\nlogical_shards = 64\nfailover_headroom_percent = 25\n\
             checkpoint_seconds = 900\npage_popularity_zipf = 0.5",
        )
    });
    let report = report(folder.path());
    assert!(finding(&report, "shard-key").unwrap().contains("sharded by user_id, as stated"));
    let resources = report["postgres"]["resources"].as_array().unwrap();
    near(f(&resources[0], "usable_share"), 0.6 * 0.75, "CPU");
    near(f(&resources[1], "usable_share"), 0.7 * 0.75, "IOPS");
    near(f(&report["postgres"]["demand"], "checkpoint_seconds"), 900.0, "checkpoints");
    near(f(&report["postgres"]["demand"], "page_popularity_exponent"), 0.5, "popularity");
    for fleet in all_fleets(&report) {
        // Where a fleet can be had it has a divisor of the logical shards.
        let Some(shards) = fleet["shards"].as_u64() else { continue };
        assert_eq!(64 % shards, 0, "{shards}");
    }
    let origin = |id: &str| {
        let all = report["assumptions"].as_array().unwrap();
        all.iter().find(|one| one["id"] == id).unwrap()["origin"].as_str().unwrap().to_owned()
    };
    assert!(origin("postgres.failover_headroom_percent").starts_with("plan.toml:"));
    assert_eq!(origin("postgres.io_target_percent"), "default");
}

#[test]
fn nonsense_is_refused_with_its_place() {
    let folder = copy();
    change(folder.path(), "plan.toml", |text| {
        text.replace(
            "[postgres]\ncpu_target_percent = 60\nshard_storage_tb = 4",
            "[postgres]\ncpu_target_percent = 120\nshard_storage_tb = -4\nio_target_percent = 0\n\
             storage_target_percent = 101\nlogical_shards = 0\nvcpu_speed = 0\nhost_vcpus = 8\n\
             host_cpu_seconds = -1\ncheckpoint_seconds = 0",
        )
    });
    let output = ddbplan(&["compare", folder.path().to_str().unwrap(), "--out", "/nowhere"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    for key in [
        "cpu_target_percent = 120",
        "shard_storage_tb = -4",
        "io_target_percent = 0",
        "storage_target_percent = 101",
        "logical_shards = 0",
        "vcpu_speed = 0",
        "host_cpu_seconds = -1",
        "checkpoint_seconds = 0",
    ] {
        let line = said.lines().find(|line| line.contains(&format!("postgres.{key}")));
        let line = line.unwrap_or_else(|| panic!("nothing on {key} in {said}"));
        assert!(line.contains("plan.toml:"), "{line}");
    }
}
