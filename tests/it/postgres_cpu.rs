//! CPU estimated from statement counters against the CPU seconds of a server's
//! processes, in three recorded runs on PostgreSQL 15.18: a notification service,
//! pgbench (contended updates, prepared reads, a mix) and a Django shop.

use std::io::Read;

use ddbplan::postgres::{
    CpuCalibration, CpuEstimate, CpuParts, FleetSettings, Load, StatementLoad, writing_commits,
};
use flate2::read::GzDecoder;
use serde_json::Value;

const RUNS: &[u8] = include_bytes!("../data/postgres/cpu.json.gz");

/// Each interval as a load of one second, with the CPU seconds measured.
fn intervals(run: &str) -> Vec<(Load, f64)> {
    let mut text = String::new();
    GzDecoder::new(RUNS).read_to_string(&mut text).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    let intervals = all["captures"][run].as_array().unwrap();
    intervals.iter().map(|one| (load(one), one["postgres_cpu_seconds"].as_f64().unwrap())).collect()
}

fn load(interval: &Value) -> Load {
    let (mut explicit, mut written) = (0.0, 0.0);
    let rows = interval["statements"].as_array().unwrap();
    let statements = rows
        .iter()
        .map(|row| {
            let number = |i: usize| row[i].as_f64().unwrap();
            let (writes, commits) = (number(5) > 0.0, number(6) > 0.0);
            explicit += if commits { number(0) } else { 0.0 };
            written += if writes { number(0) } else { 0.0 };
            StatementLoad {
                calls_per_second: number(0),
                exec_ms: number(1),
                io_ms: number(2),
                min_exec_ms: Some(number(3)),
                text_chars: number(4),
                writes,
                ..StatementLoad::default()
            }
        })
        .collect();
    let commits_per_second = writing_commits(explicit, written);
    Load { statements, commits_per_second, ..Load::default() }
}

const RUN_NAMES: [&str; 3] = ["notifications", "pgbench", "oscar"];

#[test]
fn the_range_holds_the_truth() {
    let settings = FleetSettings::default();
    for run in RUN_NAMES {
        let (mut low, mut mid, mut high, mut measured) = (0.0, 0.0, 0.0, 0.0);
        for (load, seconds) in intervals(run) {
            let cpu = CpuEstimate::of(&load, &settings);
            low += cpu.low;
            mid += cpu.mid;
            high += cpu.high;
            measured += seconds;
        }
        println!("{run}: {measured:.1} s in {low:.1} .. {mid:.1} .. {high:.1}");
        assert!(low <= measured && measured <= high, "{run}: {measured} in {low}..{high}");
        assert!(high / low <= 4.0, "{run}: {low}..{high}");
    }
}

#[test]
fn the_first_half_foretells_the_second() {
    let settings = FleetSettings::default();
    for run in RUN_NAMES {
        let intervals: Vec<(CpuParts, f64)> = intervals(run)
            .iter()
            .map(|(load, seconds)| (CpuParts::of(load, &settings), *seconds))
            .collect();
        // Of an odd number the one in the middle may be in either half.
        for half in [intervals.len() / 2, intervals.len().div_ceil(2)] {
            let (first, second) = intervals.split_at(half);
            let fitted = CpuCalibration::fit(first).unwrap();
            let foretold: f64 = second.iter().map(|(parts, _)| fitted.apply(*parts)).sum();
            let measured: f64 = second.iter().map(|(_, seconds)| seconds).sum();
            let error = foretold / measured - 1.0;
            println!("{run} from {half} intervals: {error:+.3} {fitted:?}");
            assert!(error.abs() <= 0.15, "{run} from {half} intervals: {error:+.3}");
        }
    }
}
