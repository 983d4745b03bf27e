//! What the reader must know about the Postgres side.

use crate::finding::{Finding, Severity};
use crate::postgres::{need, shard_key};
use crate::workload::Workload;

use super::{GIB, PostgresSide};

impl PostgresSide<'_> {
    pub(super) fn findings(&self, workload: &Workload) -> Vec<Finding> {
        let need = need(&self.load, &self.settings, 1.0);
        let mut findings = vec![
            Finding::new(
                "cpu-not-calibrated",
                Severity::High,
                format!(
                    "Postgres's CPU is estimated from statement times: {:.1} busy CPUs at today's \
                     peak, between {:.1} and {:.1}",
                    need.cpus, need.cpu_range.0, need.cpu_range.1
                ),
            )
            .mend("compare with the host's CPU while the capture ran"),
        ];
        findings.push(shard_key_finding(workload));
        if let Some(finding) = self.cache_finding() {
            findings.push(finding);
        }
        if !self.unknown_sizes.is_empty() {
            findings.push(Finding::new(
                "postgres-sizes-unknown",
                Severity::High,
                format!(
                    "sizes of these tables are not known and missing from Postgres's storage: {}",
                    self.unknown_sizes.join(", ")
                ),
            ));
        }
        if self.classes.is_empty() {
            findings.push(Finding::new(
                "no-postgres-prices",
                Severity::High,
                format!(
                    "the price book has no verified RDS PostgreSQL instance in {}",
                    self.billing.region.code()
                ),
            ));
        }
        findings
    }

    /// Blocks were read from disk as rarely as in the capture, whose data may
    /// have been far smaller than what is stored at the horizon.
    fn cache_finding(&self) -> Option<Finding> {
        let fleet = self.sharded(1.0)?;
        let class = self.classes.iter().find(|class| class.name == fleet.class)?;
        let memory = class.memory_bytes * f64::from(u32::try_from(fleet.shards).ok()?);
        (self.load.stored_bytes > memory).then(|| {
            Finding::new(
                "cache-smaller-than-data",
                Severity::High,
                format!(
                    "at the horizon Postgres holds {:.0} GiB and the fleet has {:.0} GiB of memory, \
                     but reads from disk are counted as in the capture: its I/O, and so its cost, \
                     is a lower bound unless the busy part of the data stays as small",
                    self.load.stored_bytes / GIB,
                    memory / GIB
                ),
            )
            .mend("capture a database that has grown to its working size")
        })
    }
}

/// Statements without the shard key that a finding names.
const SCATTERED_NAMED: usize = 12;

/// What a sharded fleet would be sharded by, and what that does not serve.
fn shard_key_finding(workload: &Workload) -> Finding {
    let Some(key) = shard_key(workload) else {
        return Finding::new(
            "no-shard-key",
            Severity::High,
            "no statement names a column by which Postgres could be sharded: each would go to \
             every shard, which the fleet's size does not allow for",
        );
    };
    let named: Vec<&str> = key
        .scattered
        .iter()
        .take(SCATTERED_NAMED)
        .map(|&p| workload.patterns[p].id.as_str())
        .collect();
    let scattered = if named.is_empty() {
        "every statement goes to one shard".to_owned()
    } else {
        format!(
            "{} statements do not name it and go to every shard, which the fleet's size does not \
             allow for; the most called: {}",
            key.scattered.len(),
            named.join(", ")
        )
    };
    Finding::new(
        "shard-key",
        if key.scattered.is_empty() { Severity::Low } else { Severity::High },
        format!(
            "sharded by {}, the column that most calls name, {:.1} % of calls go to one shard of \
             Postgres; {scattered}",
            key.column,
            key.routed_share * 100.0
        ),
    )
}
