//! What the benches share: CPU time, and the load they run on.

use std::hint::black_box;
use std::time::Duration;

use ddbplan::simulate::curve::{Shape, factors};
use ddbplan::simulate::provisioned::{Provisioned, TargetTracking, run};
use ddbplan::simulate::{MinuteSeries, TargetPercent};
use rustix::time::{ClockId, clock_gettime};

/// Minutes of thirty days.
pub const MONTH: u32 = 43_200;

/// CPU time of this process: other work on the machine does not count.
pub fn cpu_time() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = u64::try_from(now.tv_sec).expect("since the process began");
    Duration::new(seconds, u32::try_from(now.tv_nsec).expect("below a second"))
}

/// A month with daily waves, a spike and noise of about 1 %, what a compound
/// Poisson minute of some 60,000 units has, so that auto scaling has work.
pub fn month_of_minutes(mean_units: f64) -> MinuteSeries {
    let shapes = [
        Shape::Diurnal { peak_to_mean: 2.5, peak_minute: 840 },
        Shape::Spike { start: 20_000, minutes: 180, times: 20.0 },
    ];
    let mut state = 1_u64;
    let mut noise = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        f64::from(u32::try_from(state >> 40).expect("24 bits")) / 16_777_216.0
    };
    let units: Vec<f64> = factors(&shapes, 0, MONTH)
        .into_iter()
        .map(|factor| mean_units * factor * (0.99 + 0.02 * noise()))
        .collect();
    MinuteSeries::of_means(0, &units).expect("a small load")
}

/// Twenty designs that differ in their target utilisation.
pub fn designs() -> Vec<Provisioned> {
    let target = |percent| TargetPercent::new(percent).expect("a target");
    (0..20_u8)
        .map(|design| Provisioned::scaled(TargetTracking::new(target(50 + design * 2))))
        .collect()
}

/// One series at fifty loads under each design.
pub fn curve(series: &MinuteSeries, designs: &[Provisioned]) {
    for load in 1..=50 {
        let series = series.scaled(load * 2, 10).expect("a small load");
        for design in designs {
            black_box(run(&series, design));
        }
    }
}
