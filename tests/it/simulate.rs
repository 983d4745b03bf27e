//! The simulate stage against slow, obvious ways to the same figures.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

#[path = "../../benches/peers/hash_map_loop.rs"]
mod hash_map_loop;

use ddbplan::simulate::jumps::UnitLaw;
use ddbplan::simulate::keys::KeySkew;
use ddbplan::simulate::load::{StatementLoad, Touch, demand};
use ddbplan::simulate::provisioned::{self, Provisioned};
use ddbplan::simulate::synthetic::{Mix, MixStatement, Rounding, Synthetic, joint_law};
use ddbplan::simulate::{MinuteSeries, UnitSum};
use hash_map_loop::Statement;
use statrs::distribution::{ContinuousCDF, Normal};

const RESOURCES: usize = 6;

/// Five statements over two tables and four indexes; writes in write units,
/// reads in half read units.
fn statements() -> Vec<Statement> {
    let write = |resource, share| (resource, share, 1024.0, 1);
    let statement = |per_second, mu, sigma, arms| Statement { per_second, mu, sigma, arms };
    vec![
        statement(900.0, 6.5, 0.8, vec![write(0, 1.0), write(1, 1.0), write(2, 0.2)]),
        statement(300.0, 8.0, 1.2, vec![write(0, 1.0), write(2, 0.2)]),
        statement(1500.0, 7.0, 0.5, vec![(3, 1.0, 4096.0, 1)]),
        statement(200.0, 9.5, 1.0, vec![(4, 1.0, 4096.0, 2)]),
        statement(50.0, 10.5, 0.6, vec![write(5, 0.5), write(1, 1.0)]),
    ]
}

fn below(statement: &Statement) -> impl Fn(f64) -> f64 {
    let (mu, sigma) = (statement.mu, statement.sigma);
    move |bytes: f64| Normal::standard().cdf((bytes.ln() - mu) / sigma)
}

fn whole(number: f64) -> u32 {
    format!("{number:.0}").parse().unwrap()
}

fn mix(statements: &[Statement], keys: KeySkew) -> Mix {
    let statement = |s: &Statement| {
        let roundings: Vec<Rounding> = s
            .arms
            .iter()
            .map(|&(resource, share_of_item, block, steps)| Rounding {
                resource,
                share_of_item,
                block_bytes: whole(block),
                steps_per_block: u32::try_from(steps).unwrap(),
            })
            .collect();
        let classes = joint_law(below(s), hash_map_loop::BYTES_MAX, &roundings);
        MixStatement { per_second: s.per_second, classes }
    };
    Mix {
        statements: statements.iter().map(statement).collect(),
        partitions: vec![16; RESOURCES],
        keys,
    }
}

/// Mean and standard deviation of the steps of each resource in a minute.
fn analytic(statements: &[Statement]) -> Vec<(f64, f64)> {
    let calls: Vec<Vec<f64>> = statements.iter().map(|s| vec![s.per_second * 60.0]).collect();
    let loads: Vec<StatementLoad<'_>> = statements
        .iter()
        .zip(&calls)
        .map(|(s, calls)| {
            let touch = |&(resource, share, block, steps): &(usize, f64, f64, u64)| {
                let below = below(s);
                let of_entry = |bytes: f64| below(bytes / share);
                let blocks = whole((f64::from(hash_map_loop::BYTES_MAX) * share / block).ceil());
                let steps = u32::try_from(steps).unwrap();
                let law = UnitLaw::of_sizes(of_entry, whole(block), blocks, steps).unwrap();
                Touch { resource, mean_units: law.mean(), second_moment_units: law.second_moment() }
            };
            StatementLoad { calls, dispersion: 1.0, touches: s.arms.iter().map(touch).collect() }
        })
        .collect();
    demand(&loads, RESOURCES, 1).iter().map(|m| (m.mean[0], m.variance[0].sqrt())).collect()
}

fn as_f64(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap())
}

/// Ten seconds of operations, counted analytically, drawn one by one from exact
/// unit laws, and drawn one by one from sizes: every mean within four standard
/// errors.
#[test]
fn counts_agree_with_operations_one_by_one() {
    let statements = statements();
    let (keys, exponent) = (1_000_000, 0.99);
    // Of the analytic minute a sixth: means by 6, deviations by sqrt 6.
    let sixth = |(mean, sd): (f64, f64)| (mean / 6.0, sd / 6.0_f64.sqrt());
    let expected: Vec<(f64, f64)> = analytic(&statements).into_iter().map(sixth).collect();

    let synthetic = Synthetic::new(&mix(&statements, KeySkew::Zipf { keys, exponent })).unwrap();
    let mut fast = [0_u64; RESOURCES];
    synthetic.run(10, 11, |cells| {
        for (sum, partitions) in fast.iter_mut().zip(cells.chunks(16)) {
            *sum += partitions.iter().sum::<u64>();
        }
    });
    let (counted, _) =
        hash_map_loop::replay(&statements, &[16; RESOURCES], (as_f64(keys), exponent), 10, 12);
    let mut slow = [0_u64; RESOURCES];
    for ((resource, _), steps) in counted {
        slow[resource] += steps;
    }
    for (resource, (mean, sd)) in expected.iter().enumerate() {
        for drawn in [fast[resource], slow[resource]] {
            let errors = (as_f64(drawn) - mean) / sd;
            assert!(errors.abs() < 4.0, "resource {resource}: {drawn} against {mean}, {errors}");
        }
    }
}

/// Three hours at 10 % and at 60 % above capacity, second by second with a
/// token bucket of 300 s, against the minute-by-minute fluid form.
#[test]
fn above_saturation_the_fluid_form_agrees_with_every_second() {
    for (capacity, over) in [(150_u32, 1.1), (100, 1.6)] {
        let rate = f64::from(capacity) * over;
        let statement = Statement {
            per_second: rate / 2.0,
            mu: 0.0,
            sigma: 1.0,
            arms: vec![(0, 1.0, 1024.0, 2)],
        };
        let mut mix = mix(&[statement], KeySkew::Uniform { keys: 1000 });
        mix.partitions = vec![1];
        let synthetic = Synthetic::new(&mix).unwrap();
        let (c, bucket) = (u64::from(capacity), u64::from(capacity) * 300);
        let (mut saved, mut refused) = (bucket, 0);
        let (mut minutes, mut second) = (vec![0; 180], 0);
        synthetic.run(3 * 3600, 3, |steps| {
            let wanted = steps[0];
            refused += wanted.saturating_sub(saved + c);
            saved = (saved + c).saturating_sub(wanted).min(bucket);
            minutes[second / 60] += wanted * 1000;
            second += 1;
        });
        let minutes = MinuteSeries::new(0, minutes).unwrap();
        let settings = Provisioned { burst_at_start_seconds: 300, ..Provisioned::flat(capacity) };
        let fluid = provisioned::run(&minutes, &settings).throttled;
        assert!(fluid > UnitSum::ZERO);
        let exact = UnitSum::from_milli(u128::from(refused) * 1000);
        assert!((fluid.share_of(exact) - 1.0).abs() < 0.005, "{} {}", fluid.units(), exact.units());
    }
}
