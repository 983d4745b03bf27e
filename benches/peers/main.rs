//! Each claim of speed beside its peer, in one run and in CPU time:
//! `cargo bench --bench simulate_peers`. The two sides must agree on what they
//! compute; Python 3 must be on the path.
#![allow(missing_docs)]
#![expect(clippy::print_stdout, reason = "a report for the person who runs it")]

mod hash_map_loop;
#[path = "../support/mix.rs"]
mod mix;
#[path = "../support/mod.rs"]
mod support;
#[path = "../support/traces.rs"]
mod traces;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::io::Write;
use std::process::{Command, Stdio};

use ddbplan::simulate::MinuteSeries;
use ddbplan::simulate::TargetPercent;
use ddbplan::simulate::provisioned::{Provisioned, TargetTracking, run};
use ddbplan::simulate::trace::{Rules, Tables, replay};

fn main() {
    auto_scaling();
    operations();
    traces();
}

/// Nanoseconds of CPU time per element, the best of several runs.
fn nanoseconds_per(elements: u64, runs: u32, mut work: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..runs {
        let begin = support::cpu_time();
        work();
        best = best.min((support::cpu_time() - begin).as_secs_f64());
    }
    best * 1e9 / elements as f64
}

fn report(what: &str, ours: f64, peer: f64, peer_is: &str) {
    println!("{what:<28} {ours:>9.2} ns   {peer_is}: {peer:>9.2} ns   {:>7.1} x", peer / ours);
}

fn auto_scaling() {
    let series = support::month_of_minutes(60_000.0);
    let settings = Provisioned::scaled(TargetTracking::new(TargetPercent::CONSOLE_DEFAULT));
    let ours = nanoseconds_per(u64::from(support::MONTH) * 100, 5, || {
        for _ in 0..100 {
            black_box(run(black_box(&series), &settings));
        }
    });
    let (peer, of_peer) = python(&series);
    let outcome = run(&series, &settings);
    let ours_holds = [
        outcome.offered.milli(),
        outcome.throttled.milli(),
        outcome.throttled_minutes.into(),
        outcome.billed.hours_at_max_unit_minutes,
        outcome.billed.hours_at_mean_unit_minutes,
        outcome.capacity_peak.into(),
        outcome.increases.into(),
        outcome.decreases.into(),
    ];
    assert_eq!(of_peer, ours_holds, "the peer comes to the same");
    report("minute-cell", ours, peer, "plain Python loop");
}

fn python(series: &MinuteSeries) -> (f64, Vec<u128>) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers/autoscale.py");
    let mut child = Command::new("python3")
        .args([script, "70"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 runs");
    let text: String = series.milli().iter().map(|milli| format!("{milli}\n")).collect();
    let mut input = child.stdin.take().expect("piped");
    input.write_all(text.as_bytes()).expect("the script reads");
    drop(input);
    let output = child.wait_with_output().expect("the script ends");
    let shown = String::from_utf8(output.stdout).expect("numbers");
    let mut fields = shown.split_whitespace();
    let nanoseconds = fields.next().expect("numbers").parse().expect("a number");
    (nanoseconds, fields.map(|field| field.parse().expect("a number")).collect())
}

fn operations() {
    let statements = mix::statements(20_000.0);
    let synthetic = mix::synthetic(&statements);
    let mut fast = [0_u64; 6];
    let mut drawn = 0;
    let ours = nanoseconds_per(1, 3, || {
        fast = [0; 6];
        drawn = synthetic.run(50, 1, |cells| {
            for (sum, partitions) in fast.iter_mut().zip(cells.chunks(64)) {
                *sum += partitions.iter().sum::<u64>();
            }
        });
    }) / drawn as f64;
    let mut counted = (BTreeMap::new(), 0);
    let peer = nanoseconds_per(1, 3, || {
        let keys = (mix::KEYS as f64, mix::EXPONENT);
        let (steps, operations) = hash_map_loop::replay(&statements, &[64; 6], keys, 50, 2);
        counted = (steps.into_iter().collect(), operations);
    }) / counted.1 as f64;
    for (resource, fast) in fast.iter().enumerate() {
        let of_resource = counted.0.iter().filter(|((r, _), _)| *r == resource);
        let slow: u64 = of_resource.map(|(_, steps)| *steps).sum();
        let ratio = *fast as f64 / slow as f64;
        assert!((ratio - 1.0).abs() < 0.02, "the peer counts the same units: {fast} {slow}");
    }
    report("operation of a mix", ours, peer, "HashMap + rand_distr");
}

fn traces() {
    let rows = 1_000_000;
    let csv = traces::csv_trace(rows);
    let tables = Tables { tables: Vec::new(), other_table_partitions: Some(16) };
    let mut writes = 0;
    let ours = nanoseconds_per(u64::from(rows), 5, || {
        let result = replay(csv.as_bytes(), "trace", &tables, Rules::default(), |_| Ok(()))
            .expect("a sound trace");
        writes = result.arms.values().map(|arm| arm.total.writes.get()).sum();
    });
    let mut peer_writes = 0;
    let peer = nanoseconds_per(u64::from(rows), 5, || peer_writes = byte_records(&csv));
    assert_eq!(writes, peer_writes, "the peer counts the same units");
    report("row of a CSV trace", ours, peer, "csv crate, ByteRecord");
    let json = traces::json_trace(&csv);
    let ours = nanoseconds_per(u64::from(rows), 3, || {
        black_box(replay(json.as_bytes(), "trace", &tables, Rules::default(), |_| Ok(())))
            .expect("a sound trace");
    });
    println!("{:<28} {ours:>9.2} ns", "row of a JSON lines trace");
}

/// Write units by minute and table, as one would write it with the csv crate.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "what people write first; times of a trace fit"
)]
fn byte_records(text: &str) -> u64 {
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let mut record = csv::ByteRecord::new();
    let mut minutes: BTreeMap<(u64, Vec<u8>), u64> = BTreeMap::new();
    let number = |text: &[u8]| -> u64 {
        std::str::from_utf8(text).expect("digits").parse().expect("a number")
    };
    while reader.read_byte_record(&mut record).expect("a sound trace") {
        let seconds = std::str::from_utf8(&record[0]).expect("digits").parse::<f64>().expect("ts");
        let minute = seconds as u64 / 60;
        let units = match &record[1] {
            b"PutItem" | b"UpdateItem" => {
                let old = if record[5].is_empty() { 0 } else { number(&record[5]) };
                number(&record[4]).max(old).div_ceil(1024).max(1)
            }
            _ => 0,
        };
        *minutes.entry((minute, record[2].to_vec())).or_default() += units;
    }
    minutes.values().sum()
}
