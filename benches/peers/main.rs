//! Each claim of speed beside its peer, in one run and in CPU time:
//! `cargo bench --bench simulate_peers`. The two sides must agree on what they
//! compute; Python 3 must be on the path, and the peak of memory is read from
//! `/proc` (Linux). Ends with exit code 1 if a claim does not hold.
#![allow(missing_docs)]
#![expect(clippy::print_stdout, reason = "a report for the person who runs it")]

mod hash_map_loop;
#[path = "../support/mix.rs"]
mod mix;
#[path = "../support/statements.rs"]
mod statements;
#[path = "../support/mod.rs"]
mod support;
#[path = "../support/traces.rs"]
mod traces;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::io::{BufReader, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use ddbplan::disk;
use ddbplan::simulate::provisioned::{Provisioned, TargetTracking, run};
use ddbplan::simulate::trace::{Rules, Tables, replay};
use ddbplan::simulate::{MinuteSeries, TargetPercent, load};

/// Rows of the short and of the long trace whose memory is compared.
const ROWS: [u32; 2] = [100_000, 5_000_000];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|one| one == REPLAY_ROWS) {
        replay_rows(arguments[at + 1].parse().expect("a number of rows"));
        return ExitCode::SUCCESS;
    }
    let mut claims = Claims::default();
    let python_cell = auto_scaling(&mut claims);
    curve(&mut claims, python_cell);
    let one_by_one = operations(&mut claims);
    month(&mut claims, one_by_one);
    traces(&mut claims);
    memory(&mut claims);
    if claims.broken { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// What is claimed, and whether it was seen.
#[derive(Default)]
struct Claims {
    broken: bool,
}

impl Claims {
    /// Says what was measured, and holds it against the claim.
    fn check(&mut self, what: &str, measured: &str, claim: &str, holds: bool) {
        self.broken |= !holds;
        let word = if holds { "holds" } else { "DOES NOT HOLD" };
        println!("{what:<44} {measured:<58} {claim}: {word}");
    }

    /// The same of two costs of the same work.
    fn pair(&mut self, what: &str, (ours, peer): (f64, f64), peer_is: &str, times: f64) {
        let measured = format!("{ours:.1} ns; {peer_is} {peer:.1} ns, {:.2} x", peer / ours);
        self.check(what, &measured, &format!("at least {times} x"), peer >= times * ours);
    }
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

/// Nanoseconds a minute-cell takes the plain Python loop.
fn auto_scaling(claims: &mut Claims) -> f64 {
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
    claims.check("minute-cell", &format!("{ours:.2} ns"), "at most 10 ns", ours <= 10.0);
    claims.pair("minute-cell", (ours, peer), "plain Python loop", 300.0);
    peer
}

/// One series under 20 designs at 50 loads; the peer by its cost of a cell.
fn curve(claims: &mut Claims, python_cell: f64) {
    let series = support::month_of_minutes(60_000.0);
    let designs = support::designs();
    let seconds = nanoseconds_per(1, 3, || support::curve(&series, &designs)) / 1e9;
    let cells = 50.0 * 20.0 * f64::from(support::MONTH);
    let peer = cells * python_cell / 1e9;
    let measured = format!("{seconds:.3} s; plain Python loop {peer:.0} s");
    let what = "50 loads x 20 designs x 43,200 minutes";
    claims.check(what, &measured, "at most 0.5 s", seconds <= 0.5);
}

/// Means and variances of a month, at two rates; the peer draws one operation
/// after the other.
fn month(claims: &mut Claims, one_by_one: f64) {
    for (rate, words) in [(1e2, "10^2"), (1e9, "10^9")] {
        let calls = statements::calls(rate);
        let statements = statements::statements(&calls);
        let seconds = nanoseconds_per(1, 3, || {
            black_box(load::demand(black_box(&statements), statements::RESOURCES, 43_200));
        }) / 1e9;
        let days = rate * 60.0 * f64::from(support::MONTH) * one_by_one / 1e9 / 86_400.0;
        let measured = format!("{seconds:.3} s; one by one {days:.2e} days");
        let what = format!("month of 200 statements x 20 at {words} a second");
        claims.check(&what, &measured, "at most 0.3 s", seconds <= 0.3);
    }
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

/// Nanoseconds an operation takes the plain loop.
fn operations(claims: &mut Claims) -> f64 {
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
    claims.pair("operation of a mix", (ours, peer), "HashMap + rand_distr", 5.0);
    peer
}

fn traces(claims: &mut Claims) {
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
    claims.pair("row of a CSV trace", (ours, peer), "csv crate, ByteRecord", 1.0);
    let json = traces::json_trace(&csv);
    let ours = nanoseconds_per(u64::from(rows), 3, || {
        black_box(replay(json.as_bytes(), "trace", &tables, Rules::default(), |_| Ok(())))
            .expect("a sound trace");
    });
    println!("{:<44} {ours:.1} ns", "row of a JSON lines trace");
}

const REPLAY_ROWS: &str = "--replay-rows";

/// Replays a trace in a process of its own, and prints its peak of memory.
fn replay_rows(rows: u32) {
    let tables = Tables { tables: Vec::new(), other_table_partitions: Some(16) };
    let input = BufReader::new(traces::Endless::new(rows));
    let result = replay(input, "trace", &tables, Rules::default(), |_| Ok(())).expect("sound");
    assert_eq!(result.operations, u64::from(rows));
    let status = disk::read_text(Path::new("/proc/self/status")).expect("this needs Linux");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    println!("{}", peak.trim().trim_end_matches(" kB"));
}

/// The peak of memory of a short and of a long trace.
fn memory(claims: &mut Claims) {
    let this = std::env::current_exe().expect("the path of this program");
    let megabytes = ROWS.map(|rows| -> f64 {
        let mut command = Command::new(&this);
        let output = command.args([REPLAY_ROWS, &rows.to_string()]).output().expect("it runs");
        let kilobytes = String::from_utf8(output.stdout).expect("a number");
        kilobytes.trim().parse::<f64>().expect("a number") / 1024.0
    });
    let [short, long] = megabytes;
    let measured = format!("{short:.1} MB for {} rows, {long:.1} MB for {}", ROWS[0], ROWS[1]);
    let holds = long <= 32.0 && long <= short * 1.2;
    claims.check("peak of memory of a replay", &measured, "at most 32 MB, whatever length", holds);
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
