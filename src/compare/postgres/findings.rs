//! What the reader must know about the Postgres side.

use std::collections::BTreeSet;

use crate::finding::{Finding, Severity};
use crate::postgres::{StatementLoad, lock_bound};
use crate::workload::Workload;

use super::super::billing::to_f64;
use super::super::model::{PostgresAt, ShardKeyResult};
use super::offer::Offer;
use super::{GIB, PostgresSide, shard_keys};

/// Statements that a finding names.
const NAMED: usize = 12;

impl PostgresSide<'_> {
    pub(super) fn findings(
        &self,
        workload: &Workload,
        at: &[PostgresAt],
        shard_keys: &[ShardKeyResult],
    ) -> Vec<Finding> {
        let mut findings = vec![self.cpu_finding(workload), self.shard_key_finding(workload)];
        findings.extend(self.unpriced_finding(at));
        findings.extend(self.offers_finding(at));
        findings.extend(self.old_prices_finding(at));
        findings.extend(self.spike_finding());
        findings.extend(dearer_finding(at));
        findings.extend(shard_keys::evenness_finding(shard_keys));
        findings.extend(shard_keys::cheaper_finding(shard_keys));
        findings.extend(self.estimated_finding(at));
        findings.extend(self.network_finding(workload));
        findings.extend(self.lock_finding(workload));
        findings.extend(self.cache_finding(workload));
        findings.extend(self.tenant_finding());
        findings.extend(self.size_findings.iter().cloned());
        findings.extend(super::cpu_inputs::findings(workload));
        if self.verified.is_empty() {
            findings.push(Finding::new(
                "no-postgres-prices",
                Severity::High,
                format!(
                    "the price book has no PostgreSQL instance with a verified price in {}",
                    self.billing.region.code()
                ),
            ));
        }
        findings
    }

    fn cpu_finding(&self, workload: &Workload) -> Finding {
        let need = self.need(1.0);
        let range = format!(
            "{:.2} busy CPUs at today's peak, between {:.2} and {:.2}",
            need.cpus, need.cpu_range.0, need.cpu_range.1
        );
        if self.load.cpu.is_none() {
            return Finding::new(
                "cpu-not-calibrated",
                Severity::High,
                format!("Postgres's CPU is estimated from statement times: {range}"),
            )
            .mend(
                "measure the host's CPU while capturing and state it in plan.toml: [postgres] \
                 host_cpu_percent with host_vcpus, or host_cpu_seconds",
            );
        }
        let span = workload.span_seconds;
        let (seconds, whence) = match &self.billing.settings.postgres.host_cpu {
            Some(stated) => (stated.value.seconds(span), stated.origin.to_string()),
            None => (workload.server.cpu_seconds.unwrap_or(0.0), "captured".to_owned()),
        };
        Finding::new(
            "cpu-calibrated",
            Severity::Low,
            format!(
                "Postgres's CPU is calibrated to the {seconds:.1} CPU seconds that the host used in \
                 {span:.0} s of capture ({whence}): {range}"
            ),
        )
    }

    /// Spikes or jobs decide how large the fleet is.
    fn spike_finding(&self) -> Option<Finding> {
        let (usual, peak) = (self.billing.peak_to_mean, self.load.peak_to_mean);
        (peak > usual).then(|| {
            Finding::new(
                "postgres-sized-by-spike",
                Severity::Medium,
                format!(
                    "Postgres is sized for the busiest minute of the month, which spikes and jobs \
                     make {peak:.2} times the mean instead of {usual:.2}: instances are bought for \
                     the month, whatever a spike takes of it"
                ),
            )
            .mend("leave load.spikes or load.jobs out, to see what the fleet costs without them")
        })
    }

    fn lock_finding(&self, workload: &Workload) -> Option<Finding> {
        let of = |statement: &&StatementLoad| {
            (statement.calls_per_second * statement.exec_ms, statement.exec_ms)
        };
        let mut bound: Vec<(f64, usize, f64, f64)> = self
            .load
            .statements
            .iter()
            .zip(&self.patterns)
            .filter(|(statement, _)| lock_bound(statement))
            .map(|(one, &p)| (of(&one).0, p, one.exec_ms, one.min_exec_ms.unwrap_or(0.0)))
            .collect();
        bound.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        let all: f64 = self.load.statements.iter().map(|one| of(&one).0).sum();
        let share = bound.iter().map(|one| one.0).sum::<f64>() / all;
        let named: Vec<String> = bound
            .iter()
            .take(NAMED)
            .map(|(_, p, mean, least)| {
                format!("{} ({mean:.2} ms, at least {least:.3} ms)", workload.patterns[*p].id)
            })
            .collect();
        (!bound.is_empty()).then(|| {
            Finding::new(
                "lock-bound-statements",
                Severity::Medium,
                format!(
                    "{} writing statements, {:.1} % of the execution time, take far longer than \
                     their shortest call and are taken as waiting for locks, not as using CPU: {}",
                    bound.len(),
                    share * 100.0,
                    named.join(", ")
                ),
            )
        })
    }

    /// What a sharded fleet is sharded by, and what that does not serve.
    fn shard_key_finding(&self, workload: &Workload) -> Finding {
        let stated = &self.billing.settings.postgres.fleet.shard_key;
        let Some(key) = &self.shard_key else {
            let which = stated.value.as_ref().map_or_else(
                || "no statement names a column by which Postgres could be sharded".to_owned(),
                |column| format!("no statement names {column}, by which Postgres is to be sharded"),
            );
            return Finding::new(
                "no-shard-key",
                Severity::High,
                format!("{which}: each goes to every shard"),
            );
        };
        let named: Vec<&str> =
            key.scattered.iter().take(NAMED).map(|&p| workload.patterns[p].id.as_str()).collect();
        let scattered = if named.is_empty() {
            "every statement goes to one shard".to_owned()
        } else {
            format!(
                "{} statements do not name it and go to every shard, which is counted on each; the \
                 most called: {}",
                key.scattered.len(),
                named.join(", ")
            )
        };
        let why = if stated.value.is_some() { "as stated" } else { "which most calls name" };
        Finding::new(
            "shard-key",
            if key.scattered.is_empty() { Severity::Low } else { Severity::High },
            format!(
                "sharded by {}, {why}, {:.1} % of calls go to one shard of Postgres; {scattered}",
                key.column,
                key.routed_share * 100.0
            ),
        )
    }

    /// How reads from storage at the horizon are known.
    fn cache_finding(&self, workload: &Workload) -> Option<Finding> {
        let fleet = self.sharded(1.0)?;
        let Some(law) = &self.load.pages else {
            return Some(
                Finding::new(
                    "cache-smaller-than-data",
                    Severity::High,
                    "the capture does not count the blocks that statements look at, so reads from \
                     disk are counted as in the capture: Postgres's I/O, and so its cost, is a \
                     lower bound where its data outgrow its memory",
                )
                .mend("capture shared_blks_hit of pg_stat_statements"),
            );
        };
        let plan = &self.billing.settings.postgres.fleet.page_popularity_zipf;
        let buffers = workload.server.buffer_bytes.unwrap_or(0.0) / GIB;
        let today = self.stored_bytes_today / GIB;
        let (severity, how) = if plan.value.is_some() {
            (Severity::Low, format!("as {} states", plan.origin))
        } else if buffers > 0.0 && buffers < 0.9 * today {
            let how = format!(
                "as {buffers:.2} GiB of shared_buffers missed {today:.2} GiB of data in the capture"
            );
            (Severity::Low, how)
        } else {
            let how = "assumed: in the capture nearly all data fitted into memory".to_owned();
            (Severity::High, how)
        };
        Some(
            Finding::new(
                "cache-model",
                severity,
                format!(
                    "at the horizon Postgres holds {:.1} GiB and {} x {} misses {:.2} % of {:.0} blocks \
                     a second; pages are read by Zipf's law with exponent {:.2}, {how}",
                    fleet.need.stored_bytes / GIB,
                    fleet.shards,
                    fleet.class,
                    fleet.need.miss_share.unwrap_or(0.0) * 100.0,
                    fleet.need.accessed_blocks,
                    law.exponent(),
                ),
            )
            .mend("state page_popularity_zipf, or capture a database larger than its memory"),
        )
    }

    /// Lines of the bill that have no price.
    fn unpriced_finding(&self, at: &[PostgresAt]) -> Option<Finding> {
        let fleet = at.iter().find_map(|at| at.fleet.as_ref())?;
        let lines: Vec<String> = fleet.unpriced().map(|line| line.key.to_string()).collect();
        (!lines.is_empty()).then(|| {
            Finding::new(
                "postgres-prices-unknown",
                Severity::High,
                format!(
                    "prices in {} are not known of {}: what Postgres costs is a lower bound",
                    self.billing.region.code(),
                    lines.join(", ")
                ),
            )
            .mend("import a price list with these prices (ddbplan pricing import)")
        })
    }

    /// Ways to buy that the plan permits and that have no price in the Region, beside
    /// others that have: what is cheapest of them nobody knows.
    fn offers_finding(&self, at: &[PostgresAt]) -> Option<Finding> {
        let carried = at.iter().find(|at| at.fleet.is_some())?;
        let permitted = Offer::listed(self.billing.settings.postgres.bill.offer.value);
        let missing: Vec<&str> = Offer::ALL
            .into_iter()
            .zip(&carried.offers)
            .filter(|(offer, point)| {
                let priced = point.as_ref().is_some_and(|point| point.monthly.is_some());
                permitted.contains(offer) && !priced
            })
            .map(|(offer, _)| offer.product())
            .collect();
        let chosen = !self.billing.settings.postgres.fleet.classes.is_empty();
        (!missing.is_empty()).then(|| {
            Finding::new(
                "postgres-offers-missing",
                if chosen { Severity::Low } else { Severity::High },
                format!(
                    "{} could be bought too, but no class{} whose prices in {} are verified carries \
                     {}x of today's load so: the fleet is the cheapest of the others",
                    missing.join(" and "),
                    if chosen { " of postgres.classes" } else { "" },
                    self.billing.region.code(),
                    carried.load
                ),
            )
            .mend("import a price list with these prices (ddbplan pricing import), or name classes")
        })
    }

    /// Prices of these bills that were published long before the newest of the book.
    fn old_prices_finding(&self, at: &[PostgresAt]) -> Option<Finding> {
        /// Years after which a list price may well have changed.
        const YEARS: i32 = 2;
        let year = |date: &str| date.get(..4)?.parse::<i32>().ok();
        let newest = year(&self.billing.book.date())?;
        let points = at.iter().flat_map(|at| [at.fleet.as_ref(), at.single.as_ref()]);
        let old: BTreeSet<String> = points
            .flatten()
            .flat_map(|point| &point.lines)
            .filter_map(|line| {
                let date = line.price_date.as_deref()?;
                (year(date)? <= newest - YEARS).then(|| format!("{} of {date}", line.key))
            })
            .collect();
        let named: Vec<&str> = old.iter().map(String::as_str).collect();
        (!old.is_empty()).then(|| {
            Finding::new(
                "postgres-prices-old",
                Severity::Medium,
                format!(
                    "prices of the Postgres fleets that were published years before the newest of \
                     the price book, and may have changed: {}",
                    named.join(", ")
                ),
            )
            .mend("import the vendor's current price list (ddbplan pricing import)")
        })
    }

    /// The unsharded instance has an estimated price.
    fn estimated_finding(&self, at: &[PostgresAt]) -> Option<Finding> {
        let (load, single) = at.iter().find_map(|at| {
            let single = at.single.as_ref().filter(|single| single.is_estimated())?;
            Some((at.load, single))
        })?;
        Some(Finding::new(
            "single-price-estimated",
            Severity::Medium,
            format!(
                "at {load}x the unsharded instance is a {}, which exists in the price book with a \
                 price that nobody verified: from there on its curve is an estimate",
                single.class
            ),
        ))
    }

    /// Statements whose bytes on the network are not known.
    fn network_finding(&self, workload: &Workload) -> Option<Finding> {
        let unknown: Vec<&str> = self
            .load
            .statements
            .iter()
            .zip(&self.patterns)
            .filter(|(one, _)| one.network_bytes.is_none() && one.calls_per_second > 0.0)
            .map(|(_, p)| workload.patterns[*p].id.as_str())
            .collect();
        let named: Vec<&str> = unknown.iter().take(NAMED).copied().collect();
        (!unknown.is_empty()).then(|| {
            Finding::new(
                "network-bytes-unknown",
                Severity::Medium,
                format!(
                    "rows or sizes of {} statements are not known, and traffic between zones leaves \
                     them out, so that what Postgres costs is a lower bound: {}",
                    unknown.len(),
                    named.join(", ")
                ),
            )
        })
    }

    /// The largest value of the shard key cannot be split.
    fn tenant_finding(&self) -> Option<Finding> {
        /// From as many even shards on one value matters.
        const SHARDS: f64 = 32.0;
        let largest = self.load.spread.largest();
        let key = self.shard_key.as_ref()?;
        (largest * SHARDS > 1.0).then(|| {
            Finding::new(
                "hot-shard-key",
                Severity::High,
                format!(
                    "one value of {} has {:.1} % of the rows: beyond {:.0} shards it is more than \
                     an even shard has, and further shards do not help it",
                    key.column,
                    largest * 100.0,
                    1.0 / largest
                ),
            )
            .mend("give it an instance of its own, or shard by a column that divides it")
        })
    }
}

/// Another way to buy the fleet at list prices is cheaper than the stated one.
fn dearer_finding(at: &[PostgresAt]) -> Option<Finding> {
    /// Less is within what prices differ by from Region to Region.
    const BELOW: f64 = 0.99;
    let mut stated = None;
    let cheaper: Vec<String> = at
        .iter()
        .filter_map(|at| {
            let fleet = at.fleet.as_ref()?;
            let usd = to_f64(fleet.monthly?);
            let (offer, less) = Offer::ALL
                .into_iter()
                .zip(&at.offers)
                .filter(|(offer, _)| offer.committed_years().is_none())
                .filter_map(|(offer, point)| Some((offer, to_f64(point.as_ref()?.monthly?))))
                .min_by(|a, b| a.1.total_cmp(&b.1))?;
            (less < BELOW * usd).then(|| {
                stated = Some(fleet.offer.product());
                let product = offer.product();
                format!("{product} at {}x for ${less:.0} against ${usd:.0} a month", at.load)
            })
        })
        .collect();
    Some(
        Finding::new(
            "cheaper-postgres-offer",
            Severity::Medium,
            format!(
                "the fleet is {}, as stated; at list prices the same load could be bought cheaper as {}",
                stated?,
                cheaper.join("; ")
            ),
        )
        .mend("leave postgres.offer out, so that the cheapest is taken"),
    )
}
