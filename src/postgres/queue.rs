//! Response times of a pool of connections or CPUs: Erlang's C formula, with the
//! correction of Allen and Cunneen for service times that are not exponential
//! (A. O. Allen, "Probability, Statistics, and Queueing Theory", 2nd ed.,
//! section 5.2).
//!
//! Held against pgbench runs with Poisson arrivals whose service is `pg_sleep`:
//! it is about waiting for a server, not about CPUs that slow one another down.

/// A queue with one or more equal servers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Queue {
    servers: u32,
    service_seconds: f64,
    utilization: f64,
    /// Squared coefficient of variation of service times: 1 if exponential.
    service_cv2: f64,
}

/// What cannot be a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueFault {
    /// No server.
    NoServers,
    /// A service time or variation that is negative or not a number, or a
    /// service time of 0.
    ServiceTime,
    /// A utilisation below 0, or of 1 and more: such a queue grows for ever.
    Utilization,
}

impl Queue {
    /// A queue by its servers, mean service time, the share of time each server
    /// is busy and the squared coefficient of variation of service times.
    ///
    /// # Errors
    ///
    /// A value that no queue in balance has.
    pub fn new(
        servers: u32,
        service_seconds: f64,
        utilization: f64,
        service_cv2: f64,
    ) -> Result<Self, QueueFault> {
        if servers == 0 {
            return Err(QueueFault::NoServers);
        }
        let sound = |value: f64| value.is_finite() && value >= 0.0;
        if !sound(service_seconds) || service_seconds == 0.0 || !sound(service_cv2) {
            return Err(QueueFault::ServiceTime);
        }
        if !(0.0..1.0).contains(&utilization) {
            return Err(QueueFault::Utilization);
        }
        Ok(Self { servers, service_seconds, utilization, service_cv2 })
    }

    /// The share of arrivals that wait.
    #[must_use]
    pub fn waiting_share(&self) -> f64 {
        // Erlang's B by its recurrence, which neither overflows nor cancels.
        let offered = self.utilization * f64::from(self.servers);
        let blocked = (1..=self.servers).fold(1.0, |blocked, server| {
            offered * blocked / (f64::from(server) + offered * blocked)
        });
        blocked / (1.0 - self.utilization * (1.0 - blocked))
    }

    /// Mean time from arrival to end, in seconds.
    #[must_use]
    pub fn mean_seconds(&self) -> f64 {
        let free = f64::from(self.servers) * (1.0 - self.utilization);
        let wait = self.waiting_share() * self.service_seconds / free;
        self.service_seconds + wait * f64::midpoint(1.0, self.service_cv2)
    }

    /// The time within which a share of arrivals ends, in seconds: of 0.99, the
    /// p99. `share` is at least 0 and below 1.
    #[must_use]
    pub fn quantile_seconds(&self, share: f64) -> f64 {
        let (mut low, mut high) = (0.0, self.service_seconds);
        while self.longer_than(high) > 1.0 - share {
            high *= 2.0;
        }
        for _ in 0..100 {
            let middle = f64::midpoint(low, high);
            if self.longer_than(middle) > 1.0 - share { low = middle } else { high = middle }
        }
        high
    }

    /// The share of arrivals that take longer than `seconds`: an exponential
    /// service, after an exponential wait for those that wait.
    fn longer_than(&self, seconds: f64) -> f64 {
        let service_rate = 1.0 / self.service_seconds;
        let free = f64::from(self.servers) * (1.0 - self.utilization);
        // Allen and Cunneen's factor lengthens or shortens the wait.
        let wait_rate = service_rate * free / f64::midpoint(1.0, self.service_cv2);
        let served = (-service_rate * seconds).exp();
        let gap = service_rate - wait_rate;
        let both = if gap.abs() < 1e-9 * service_rate {
            service_rate * seconds * served
        } else {
            service_rate / gap * ((-wait_rate * seconds).exp() - served)
        };
        served + self.waiting_share() * both
    }
}

/// The quantile of one shard's answers that a statement sent to `shards` of them
/// needs, to have `share` of its own answers within the same time: all must have
/// answered.
#[must_use]
pub fn fan_out_share(share: f64, shards: u32) -> f64 {
    share.powf(1.0 / f64::from(shards.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One server with exponential service: the response time is exponential
    /// with mean S / (1 - rho).
    #[test]
    fn one_server() {
        let queue = Queue::new(1, 0.01, 0.5, 1.0).unwrap();
        assert!((queue.waiting_share() - 0.5).abs() < 1e-12);
        assert!((queue.mean_seconds() - 0.02).abs() < 1e-12);
        assert!((queue.quantile_seconds(0.5) - 0.02 * 2f64.ln()).abs() < 1e-9);
        assert!((queue.quantile_seconds(0.99) - 0.02 * 100f64.ln()).abs() < 1e-9);
    }

    /// 2 servers, 1 erlang: C = (1/2 * 2) / (1 + 1 + 1/2 * 2) = 1/3.
    #[test]
    fn two_servers() {
        let queue = Queue::new(2, 1.0, 0.5, 1.0).unwrap();
        assert!((queue.waiting_share() - 1.0 / 3.0).abs() < 1e-12);
        // Constant service halves the wait.
        let steady = Queue::new(2, 1.0, 0.5, 0.0).unwrap();
        let waits = (queue.mean_seconds() - 1.0, steady.mean_seconds() - 1.0);
        assert!((waits.0 / waits.1 - 2.0).abs() < 1e-12);
    }

    #[test]
    fn nonsense_is_refused() {
        assert_eq!(Queue::new(0, 1.0, 0.5, 1.0), Err(QueueFault::NoServers));
        assert_eq!(Queue::new(1, -1.0, 0.5, 1.0), Err(QueueFault::ServiceTime));
        assert_eq!(Queue::new(1, 1.0, 1.0, 1.0), Err(QueueFault::Utilization));
        assert_eq!(Queue::new(1, 1.0, f64::NAN, 1.0), Err(QueueFault::Utilization));
    }

    /// Of 8 shards each must answer within its p99.874 for a p99 of all.
    #[test]
    fn all_shards_must_answer() {
        assert!((fan_out_share(0.99, 8) - 0.998_745).abs() < 1e-6);
        assert!((fan_out_share(0.99, 1) - 0.99).abs() < 1e-12);
    }
}
