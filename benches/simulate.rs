//! Cost of the simulate stage, in CPU time.
#![allow(missing_docs)]

#[path = "peers/hash_map_loop.rs"]
mod hash_map_loop;
#[path = "support/mix.rs"]
mod mix;
#[path = "support/statements.rs"]
mod statements;
#[path = "support/mod.rs"]
mod support;
#[path = "support/traces.rs"]
mod traces;

use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ddbplan::simulate::provisioned::{Provisioned, TargetTracking, run};
use ddbplan::simulate::trace::{Rules, Tables, replay};
use ddbplan::simulate::{TargetPercent, load};
use statements::RESOURCES;

struct CpuTime;

impl Measurement for CpuTime {
    type Intermediate = Duration;
    type Value = Duration;
    fn start(&self) -> Duration {
        support::cpu_time()
    }
    fn end(&self, start: Duration) -> Duration {
        support::cpu_time() - start
    }
    fn add(&self, one: &Duration, other: &Duration) -> Duration {
        *one + *other
    }
    fn zero(&self) -> Duration {
        Duration::ZERO
    }
    fn to_f64(&self, value: &Duration) -> f64 {
        WallTime.to_f64(value)
    }
    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}

fn scaled(percent: u8) -> Provisioned {
    Provisioned::scaled(TargetTracking::new(TargetPercent::new(percent).expect("a target")))
}

/// Auto scaling, burst and throttling of one minute of one table or index.
fn minute_cells(c: &mut Criterion<CpuTime>) {
    let series = support::month_of_minutes(60_000.0);
    let settings = scaled(70);
    let mut group = c.benchmark_group("minute-cell");
    group.throughput(Throughput::Elements(u64::from(support::MONTH)));
    group.bench_function("a month", |b| b.iter(|| run(black_box(&series), &settings)));
    group.finish();
    let designs = support::designs();
    let mut group = c.benchmark_group("curve");
    group.sample_size(10);
    group.bench_function("50 loads x 20 designs x 43,200 minutes", |b| {
        b.iter(|| support::curve(&series, &designs));
    });
    group.finish();
}

/// Mean and variance of every minute of a month; the request rate is no matter.
fn analytic(c: &mut Criterion<CpuTime>) {
    let mut group = c.benchmark_group("analytic month, 200 statements x 20 resources");
    group.sample_size(10);
    for rate in [1e2, 1e9] {
        let calls = statements::calls(rate);
        let statements = statements::statements(&calls);
        group.bench_function(format!("{rate:e} operations a second"), |b| {
            b.iter(|| load::demand(black_box(&statements), RESOURCES, 43_200));
        });
    }
    group.finish();
}

fn operations(c: &mut Criterion<CpuTime>) {
    let mut group = c.benchmark_group("operation");
    group.sample_size(20);
    let statements = mix::statements(10_000.0);
    let synthetic = mix::synthetic(&statements);
    group.throughput(Throughput::Elements(100_000));
    group.bench_function("drawn from a mix", |b| b.iter(|| synthetic.run(10, 1, |_| ())));
    let keys = (mix::KEYS as f64, mix::EXPONENT);
    group.bench_function("drawn by a plain loop", |b| {
        b.iter(|| hash_map_loop::replay(&statements, &[64; 6], keys, 10, 1));
    });
    let csv = traces::csv_trace(200_000);
    let json = traces::json_trace(&csv);
    group.throughput(Throughput::Elements(200_000));
    let tables = Tables { tables: Vec::new(), other_table_partitions: Some(16) };
    for (name, trace) in [("of a CSV trace", &csv), ("of a JSON lines trace", &json)] {
        group.bench_function(name, |b| {
            b.iter(|| replay(trace.as_bytes(), "trace", &tables, Rules::default(), |_| Ok(())));
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(CpuTime);
    targets = minute_cells, analytic, operations
}
criterion_main!(benches);
