//! Response times on a fleet at the peak.

use super::cpu::{CpuEstimate, statement_cpu};
use super::demand::Need;
use super::load::{InstanceClass, Load};
use super::queue::{Queue, QueueFault, fan_out_share};
use super::settings::FleetSettings;

/// Response times of statements on the hottest shard, in seconds: from the pool
/// to the end, without network and client.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Latency {
    /// Statements that are worked on at once.
    pub servers: u32,
    /// Share of them that is busy.
    pub utilization: f64,
    /// CPU of a statement, mean.
    pub cpu_seconds: f64,
    /// Time that it waits for storage, mean.
    pub storage_seconds: f64,
    /// Squared coefficient of variation of a statement's time.
    pub cv2: f64,
    /// Time of a statement on one shard that half, 95 % and 99 % end within.
    pub one_shard: [f64; 3],
    /// The same of a statement that goes to every shard.
    pub every_shard: [f64; 3],
}

/// The shares that [`Latency`] is about.
pub const SHARES: [f64; 3] = [0.50, 0.95, 0.99];

/// Response times where `need`, that of `load`, is met by `sharing` instances of
/// `class`, each read and flush taking `storage_seconds`.
///
/// A statement computes and waits for storage; as many are worked on at once as
/// keep the CPUs busy through the waits, but no more than the pool has
/// connections. Each kind of statement has an exponential time.
///
/// # Errors
///
/// A load that the shard cannot carry with its pool, or no load at all.
pub fn latency(
    load: &Load,
    settings: &FleetSettings,
    class: &InstanceClass,
    (need, sharing): (&Need, u32),
    storage_seconds: f64,
) -> Result<Latency, QueueFault> {
    if need.client_calls <= 0.0 {
        return Err(QueueFault::ServiceTime);
    }
    // A call's own work: what one that goes everywhere costs on shards that have
    // nothing for it keeps them busy, but would only make the mean look shorter.
    let calls: f64 = load.statements.iter().map(|one| one.calls_per_second).sum();
    let cpu_seconds = CpuEstimate::of(load, settings).mid / calls / settings.vcpu_speed;
    let waits = need.read_blocks + need.flushes * settings.commits_per_flush;
    let waiting = waits / need.client_calls * storage_seconds;
    let computing = need.cpus / settings.vcpu_speed;
    let at_once = computing + waits * storage_seconds;
    let busy = class.vcpu * at_once / computing;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most a pool")]
    let servers = busy.min(settings.connections).max(1.0) as u32;
    let utilization = at_once * need.hottest / f64::from(sharing) / f64::from(servers);
    let cv2 = variation(load);
    let queue = Queue::new(servers, cpu_seconds + waiting, utilization, cv2)?;
    Ok(Latency {
        servers,
        utilization,
        cpu_seconds,
        storage_seconds: waiting,
        cv2,
        one_shard: SHARES.map(|share| queue.quantile_seconds(share)),
        every_shard: SHARES.map(|share| queue.quantile_seconds(fan_out_share(share, need.shards))),
    })
}

/// Squared coefficient of variation over all calls: of exponential times with a
/// mean for each statement.
fn variation(load: &Load) -> f64 {
    let (mut calls, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for one in &load.statements {
        let (executing, calling) = statement_cpu(one);
        let mean = executing + calling;
        calls += one.calls_per_second;
        sum += one.calls_per_second * mean;
        squares += one.calls_per_second * 2.0 * mean * mean;
    }
    if sum > 0.0 { (squares * calls / (sum * sum) - 1.0).max(0.0) } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::super::demand::Demand;
    use super::super::load::StatementLoad;
    use super::*;

    fn load(calls_per_second: f64, scattered: bool) -> Load {
        let statement = StatementLoad {
            calls_per_second,
            exec_ms: 10.0,
            scattered,
            ..StatementLoad::default()
        };
        Load { statements: vec![statement], peak_to_mean: 1.0, ..Load::default() }
    }

    fn on(load: &Load, vcpu: f64, shards: u32) -> Result<Latency, QueueFault> {
        let settings = FleetSettings { background_cpu: 0.0, ..FleetSettings::default() };
        let class = InstanceClass {
            name: "test".to_owned(),
            vcpu,
            memory_bytes: 8e9,
            iops: 3000.0,
            storage_bytes_per_second: 1e8,
        };
        let need = Demand::of(load, &settings, 1.0).need(shards, 1e9);
        latency(load, &settings, &class, (&need, shards), 0.001)
    }

    /// One kind of statement on one CPU, half busy: exponential with mean
    /// S / (1 - rho), S = 1.15 x 10 ms and some us.
    #[test]
    fn one_cpu() {
        let latency = on(&load(43.44, false), 1.0, 1).unwrap();
        let service = latency.cpu_seconds;
        assert!((service - 0.01151).abs() < 1e-5, "{service}");
        assert!((latency.cv2 - 1.0).abs() < 1e-9 && (latency.utilization - 0.5).abs() < 1e-3);
        let mean = service / (1.0 - latency.utilization);
        assert!((latency.one_shard[2] - mean * 100_f64.ln()).abs() < 1e-6);
        let pairs = latency.one_shard.iter().zip(latency.every_shard);
        assert!(pairs.into_iter().all(|(one, every)| (one - every).abs() < 1e-12));
    }

    #[test]
    fn more_load_is_slower_and_too_much_is_refused() {
        let p99 = |calls: f64| on(&load(calls, false), 4.0, 1).map(|one| one.one_shard[2]);
        assert!(p99(100.0).unwrap() < p99(300.0).unwrap());
        assert_eq!(p99(400.0), Err(QueueFault::Utilization));
        assert_eq!(p99(0.0), Err(QueueFault::ServiceTime));
    }

    /// All of 8 shards must answer.
    #[test]
    fn a_statement_to_every_shard_waits_for_the_slowest() {
        let latency = on(&load(200.0, true), 4.0, 8).unwrap();
        for (one, every) in latency.one_shard.iter().zip(latency.every_shard) {
            assert!(*one < every, "{latency:?}");
        }
    }
}
