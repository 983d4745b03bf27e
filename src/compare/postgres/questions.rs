//! What an administrator of Postgres asks of such a comparison, answered from its
//! own figures.

use crate::postgres::{COMMIT_CPU_SECONDS, lock_bound, statement_cpu};
use crate::scenario::{Counted, Pooler, UncertainInput};
use crate::workload::Workload;

use super::super::model::{PostgresAt, PostgresPoint};
use super::{GIB, PostgresSide, people};

impl PostgresSide<'_> {
    /// The questions with their answers.
    pub(super) fn questions(
        &self,
        workload: &Workload,
        at: &[PostgresAt],
    ) -> Vec<(String, String)> {
        let ask = |question: &str, answer: String| (question.to_owned(), answer);
        let mut questions = vec![
            ask("Execution time is not CPU. How was it turned into CPU?", self.of_cpu()),
            ask("Where does the bloat come from?", self.of_bloat(workload)),
            ask("Are full-page images in the WAL counted?", self.of_page_images()),
            ask("n_distinct is a guess. What depends on it?", self.of_estimates()),
            ask("What of the largest tenant?", self.of_tenants()),
        ];
        if let Some(fleet) = self.sharded(1.0) {
            let mut of_the_bill = self.of_the_bill(&fleet);
            of_the_bill.push_str(&bought_otherwise(&fleet, at));
            questions.push(ask(
                "Are standby, pooler, backups, staging, re-sharding and people counted?",
                of_the_bill,
            ));
        }
        questions.push(ask("Would one large instance do?", self.of_one_instance(at)));
        questions
    }

    fn of_cpu(&self) -> String {
        let need = self.need(1.0);
        let (mut executing, mut calling) = (0.0, 0.0);
        let mut exec_seconds = 0.0;
        for one in &self.load.statements {
            let (execute, call) = statement_cpu(one);
            executing += one.calls_per_second * execute;
            calling += one.calls_per_second * call;
            exec_seconds += one.calls_per_second * one.exec_ms / 1000.0;
        }
        let committing = self.load.commits_per_second * COMMIT_CPU_SECONDS;
        let locked = self.load.statements.iter().filter(|one| lock_bound(one)).count();
        let how = if self.load.cpu.is_some() {
            "calibrated to the CPU that the host was seen to use"
        } else {
            "not calibrated to a measured host: state host_cpu_percent and host_vcpus"
        };
        format!(
            "Statements executed for {exec_seconds:.3} s a second on average; without I/O and lock \
             waits ({locked} statements wait for locks) that is {executing:.3} s of CPU, and \
             {calling:.3} s for parsing, planning and protocol and {committing:.3} s for commits \
             come on top. {how}. At today's peak {:.2} vCPUs are busy, within {:.2} to {:.2}; each \
             statement's part is in postgres.demand.statements.",
            need.cpus,
            need.cpu_range.0,
            need.cpu_range.1,
            how = capitalised(how),
        )
    }

    fn of_bloat(&self, workload: &Workload) -> String {
        let bloat = &self.billing.settings.uncertainty;
        let range =
            bloat.range(UncertainInput::Bloat).value.map_or_else(String::new, |(low, high)| {
                format!(" The bands of the curves take {low} to {high} times as much.")
            });
        let measured = if workload.span_seconds > 0.0 {
            "Bytes a row are those that the capture measured, heap, TOAST and indexes with the bloat \
             that they had then; tables that measure as freshly loaded and multiply are given the \
             bloat that the assumptions state (postgres.heap_bloat, postgres.index_bloat)"
        } else {
            "Nothing was measured: bytes a row are predicted, with the bloat that the assumptions \
             state (postgres.heap_bloat, postgres.index_bloat)"
        };
        format!(
            "{measured}. Bytes a row are multiplied by the rows of the horizon: {:.1} GiB today, {:.1} GiB \
             then.{range}",
            self.stored_bytes_today / GIB,
            self.load.stored_bytes / GIB
        )
    }

    fn of_page_images(&self) -> String {
        let need = self.need(1.0);
        if need.wal_bytes_per_second <= 0.0 {
            return "The capture counts no WAL: neither records nor page images are in the model."
                .to_owned();
        }
        format!(
            "Yes: {:.0} % of the {:.2} MB/s of WAL at today's peak. Those of the capture are taken \
             out, and one image is put in for each different page dirtied between two checkpoints, \
             {:.0} s apart, so that fewer pages or longer intervals have fewer.",
            need.wal_image_bytes_per_second / need.wal_bytes_per_second * 100.0,
            need.wal_bytes_per_second / 1e6,
            self.settings.checkpoint_seconds
        )
    }

    fn of_estimates(&self) -> String {
        match &self.shard_key {
            Some(key) if self.load.spread.keys > 0.0 => format!(
                "On this side only the evenness of shards: {} has about {:.0} values. Storage, CPU \
                 and I/O come from measured sizes and counters, not from n_distinct. On the DynamoDB \
                 side estimates of rows are shown with their range, statement by statement.",
                key.column, self.load.spread.keys
            ),
            _ => {
                "Nothing on this side: storage, CPU and I/O come from measured sizes and counters."
                    .to_owned()
            }
        }
    }

    fn of_tenants(&self) -> String {
        let largest = self.load.spread.largest();
        let Some(key) = &self.shard_key else {
            return "No column to shard by was found: every statement goes to every shard."
                .to_owned();
        };
        let Some((values, _)) = &key.values else {
            return format!(
                "How unevenly the values of {} are used is not known; shards are taken as even as \
                 hashing makes them.",
                key.column
            );
        };
        if largest <= 0.0 {
            return format!(
                "{} has about {values:.0} values in the statistics, none of them frequent: shards are \
                 as even as hashing makes them. What a column with large values would do is beside \
                 it in postgres.shard_keys.",
                key.column
            );
        }
        format!(
            "The most frequent value of {} has {:.2} % of the rows. Shards are sized for the hottest \
             of them; beyond {:.0} shards that value is more than an even shard has, and more \
             shards do not help it: the curve ends there.",
            key.column,
            largest * 100.0,
            (1.0 / largest).floor()
        )
    }

    fn of_the_bill(&self, fleet: &PostgresPoint) -> String {
        let plan = &self.billing.settings.postgres.bill;
        let standby = match fleet.offer.replica_storage() {
            Some(_) => {
                "Every shard has a standby in another zone, at the price of a second instance and a \
                 volume that costs double."
            }
            None => {
                "Every shard is a cluster with a reader in another zone to fail over to, at the \
                 price of a second instance; its volume is billed once."
            }
        };
        let pooler = match plan.pooler.value {
            Pooler::RdsProxy => "RDS Proxy is a line of the bill",
            Pooler::SelfHosted => "the pooler runs on hosts that are paid for anyway",
        };
        let staging = if plan.staging_shards.value > 0.0 {
            format!("{} shards of staging are on the bill", plan.staging_shards.value)
        } else {
            "no staging fleet is counted, on neither side".to_owned()
        };
        let counted = if plan.people.counted.value == Counted::No {
            "not in the totals"
        } else {
            "in the totals"
        };
        let engineers = people::engineers(self.billing, fleet.need.shards);
        let people = if fleet.shards == 1 {
            "One shard takes no more engineers than an unsharded instance, which is counted on \
             neither side; those of more shards are"
                .to_owned()
        } else {
            format!(
                "{:.2} to {:.2} engineers look after the {} shards,",
                engineers[0], engineers[2], fleet.shards
            )
        };
        format!(
            "{standby} {pooler}; {staging}. Backups (days kept: {}) beyond what is \
             free, snapshots ({} more) and traffic between zones are lines. In costs over time \
             shards are ready ahead of the load (months: {}) and both fleets are paid for at each \
             re-shard (months: {}). {people} {counted}.",
            plan.backup_retention_days.value,
            plan.snapshots_kept.value,
            plan.reshard_lead_months.value,
            plan.reshard_overlap_months.value,
            pooler = capitalised(pooler),
        )
    }

    fn of_one_instance(&self, at: &[PostgresAt]) -> String {
        let told: Vec<String> = at
            .iter()
            .map(|at| match &at.single {
                None => format!("at {}x it cannot carry the load", at.load),
                Some(single) => {
                    let (_, class, replicas) = single.instances();
                    let replicas = match replicas {
                        0 => String::new(),
                        count => format!(" with {count} read replicas"),
                    };
                    let estimated =
                        if single.is_estimated() { ", its price an estimate" } else { "" };
                    format!("at {}x {class}{replicas} does{estimated}", at.load)
                }
            })
            .collect();
        format!(
            "It is a curve of its own: {}. Its volume may be larger than the {} TB of a shard's; what \
             that means for restoring and copying it, no price shows.",
            told.join("; "),
            self.settings.shard_bytes_max / 1e12
        )
    }
}

/// At which loads the fleet is another product than today's, with another bill.
fn bought_otherwise(today: &PostgresPoint, at: &[PostgresAt]) -> String {
    let others: Vec<String> = at
        .iter()
        .filter_map(|at| {
            let product = at.fleet.as_ref()?.offer.product();
            (product != today.offer.product()).then(|| format!("at {}x {product}", at.load))
        })
        .collect();
    if others.is_empty() {
        return String::new();
    }
    format!(
        " This is {} at today's load; {}: Aurora has readers to fail over to instead of standbys, a \
         volume that is billed once, and no page images in what it is billed for. Changing from one \
         to another is not billed.",
        today.offer.product(),
        others.join(", ")
    )
}

/// A sentence that begins with a capital.
fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
