//! The Postgres side: a workload as the fleet model sees it, its fleets priced.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use crate::finding::{Finding, Origin, Severity};
use crate::postgres::{
    Fleet, FleetAssumption, FleetSettings, InstanceClass, Load, Need, StatementLoad, fleets, need,
    shard_key, single_ceiling, writing_commits,
};
use crate::pricing::{Dimension, PriceKey, Usage, bill};
use crate::scenario::Assumption;
use crate::sql::{Access, Verb};
use crate::units::decimal_from_f64;
use crate::workload::{AccessPattern, Service, Workload};

use super::aurora::AuroraOption;
use super::billing::{BillLine, Billing, Draft, monthly, priced, to_f64};
use super::model::{DesignResult, PostgresPoint, PostgresResult};

/// Largest gp3 volume of an RDS for PostgreSQL instance, 64 TiB (Amazon RDS User
/// Guide, "Amazon RDS DB instance storage").
const VOLUME_BYTES_MAX: f64 = 64.0 * 1024.0 * GIB;

const GIB: f64 = 1_073_741_824.0;

/// The workload and the classes, ready to be sized for any load.
#[derive(Clone)]
pub struct PostgresSide<'a> {
    billing: &'a Billing<'a>,
    pub(super) load: Load,
    /// The patterns of the load's statements, by position in the workload.
    pub(super) patterns: Vec<usize>,
    /// Bytes stored before anything is added.
    pub(super) stored_bytes_today: f64,
    settings: FleetSettings,
    pub(super) classes: Vec<InstanceClass>,
    unknown_sizes: Vec<String>,
}

impl<'a> PostgresSide<'a> {
    /// Postgres for a workload; without some of its patterns, if they are given.
    #[must_use]
    pub fn new(
        workload: &Workload,
        billing: &'a Billing<'a>,
        without: Option<&BTreeSet<usize>>,
    ) -> Self {
        let plan = &billing.settings.postgres;
        let settings = FleetSettings {
            cpu_target: plan.cpu_target_percent.value / 100.0,
            shard_bytes_max: plan.shard_storage_tb.value * 1e12,
            wal_bytes_per_second_max: plan.shard_wal_mb_per_second.value * 1e6,
            connections: plan.shard_connections.value,
            ..FleetSettings::default()
        };
        let (stored, unknown_sizes) = stored_bytes(workload);
        let (patterns, statements): (Vec<usize>, Vec<&AccessPattern>) = workload
            .patterns
            .iter()
            .enumerate()
            .filter(|(p, pattern)| {
                !pattern.nested && without.is_none_or(|without| !without.contains(p))
            })
            .unzip();
        let load = Load {
            commits_per_second: commits_per_second(workload, &statements),
            statements: statements.iter().map(|one| statement(one, workload)).collect(),
            stored_bytes: stored.horizon,
            peak_to_mean: billing.peak_to_mean,
        };
        let classes = classes(billing, Dimension::RdsSingleAzHours);
        let stored_bytes_today = stored.today;
        Self { billing, load, patterns, stored_bytes_today, settings, classes, unknown_sizes }
    }

    /// What the load needs at a multiple of today's.
    pub(super) fn need(&self, multiple: f64) -> Need {
        need(&self.load, &self.settings, multiple)
    }

    /// The cheapest fleet at a multiple of today's load.
    #[must_use]
    pub fn sharded(&self, multiple: f64) -> Option<PostgresPoint> {
        self.cheapest(multiple, &self.settings, |_| true)
    }

    /// The cheapest single instance.
    #[must_use]
    pub fn single(&self, multiple: f64) -> Option<PostgresPoint> {
        self.cheapest(multiple, &self.unsharded(), |fleet| fleet.shards == 1)
    }

    /// How a single instance is sized: what keeps a shard small enough to be
    /// restored and moved does not bind it, only what one volume can hold.
    const fn unsharded(&self) -> FleetSettings {
        FleetSettings { shard_bytes_max: VOLUME_BYTES_MAX, ..self.settings }
    }

    /// Dollars a month of the sharded fleet.
    #[must_use]
    pub fn sharded_cost(&self, multiple: f64) -> Option<f64> {
        self.sharded(multiple)?.monthly.map(to_f64)
    }

    /// Dollars a month of the single instance.
    #[must_use]
    pub fn single_cost(&self, multiple: f64) -> Option<f64> {
        self.single(multiple)?.monthly.map(to_f64)
    }

    fn cheapest(
        &self,
        multiple: f64,
        settings: &FleetSettings,
        wanted: impl Fn(&Fleet) -> bool,
    ) -> Option<PostgresPoint> {
        let need = need(&self.load, settings, multiple);
        fleets(&need, &self.classes, settings)
            .into_iter()
            .filter(|fleet| wanted(fleet))
            .map(|fleet| self.priced(&fleet))
            .filter(|point| point.monthly.is_some())
            .min_by(|a, b| a.monthly.cmp(&b.monthly).then_with(|| a.shards.cmp(&b.shards)))
    }

    fn priced(&self, fleet: &Fleet) -> PostgresPoint {
        let conventions = self.billing.conventions;
        let shards = Decimal::from(fleet.shards);
        let gigabytes = conventions.gigabytes(exact(fleet.volume_bytes).ceil()).ceil() * shards;
        // Multi-AZ costs twice Single-AZ, within 0.1 %, wherever both are listed;
        // the standby is the second instance.
        let instances = shards * Decimal::TWO;
        let mut wanted = vec![
            (
                PriceKey::of_class(Dimension::RdsSingleAzHours, fleet.class.clone()),
                conventions.month_of(instances),
            ),
            (PriceKey::from(Dimension::RdsMultiAzGp3Storage), gigabytes),
        ];
        if fleet.extra_iops > 0.0 {
            wanted.push((
                PriceKey::from(Dimension::RdsMultiAzGp3Iops),
                exact(fleet.extra_iops).ceil() * shards,
            ));
        }
        let drafts = wanted
            .into_iter()
            .map(|(key, quantity)| Draft {
                key,
                region: self.billing.region.clone(),
                arm: None,
                quantity,
                patterns: BTreeSet::new(),
            })
            .collect();
        let lines = priced(self.billing, drafts);
        point(fleet, lines)
    }

    /// Everything a report says about Postgres.
    #[must_use]
    pub fn result(
        &self,
        workload: &Workload,
        billing: &Billing<'_>,
        designs: &[DesignResult],
    ) -> PostgresResult {
        let without_unserved = designs
            .iter()
            .map(|design| {
                let unserved: BTreeSet<usize> = (0..workload.patterns.len())
                    .filter(|&p| {
                        matches!(
                            design.plan.patterns[p].service,
                            Service::NotServed | Service::Unparsed
                        )
                    })
                    .collect();
                let side = PostgresSide::new(workload, billing, Some(&unserved));
                (design.design.name.clone(), side.sharded(1.0))
            })
            .collect();
        let ceiling = single_ceiling(&self.load, &self.classes, &self.unsharded()).map(
            |(multiple, resource)| {
                let largest = self
                    .classes
                    .iter()
                    .max_by(|a, b| a.vcpu.total_cmp(&b.vcpu))
                    .map_or("", |class| class.name.as_str());
                (
                    format!(
                        "{} of the largest class with a verified price ({largest})",
                        resource.word()
                    ),
                    multiple,
                )
            },
        );
        PostgresResult {
            sharded: self.sharded(1.0),
            single: self.single(1.0),
            single_ceiling: ceiling,
            without_unserved,
            options: AuroraOption::ALL
                .into_iter()
                .map(|option| {
                    (option.name(), option.cheapest(billing, &self.load, &self.settings, 1.0))
                })
                .collect(),
            findings: self.findings(workload),
            assumptions: self.assumptions(),
        }
    }

    fn findings(&self, workload: &Workload) -> Vec<Finding> {
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

    fn assumptions(&self) -> Vec<Assumption> {
        let multi_az = FleetAssumption {
            id: "fleet.multi_az_price",
            what: "price of a Multi-AZ instance; equal within 0.1 % wherever both are listed",
            value: "twice Single-AZ".to_owned(),
        };
        self.settings
            .assumptions()
            .into_iter()
            .chain([multi_az])
            .map(|one| Assumption {
                id: one.id.to_owned(),
                what: one.what.to_owned(),
                value: one.value,
                origin: Origin::Default,
                assumed: true,
            })
            .collect()
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

/// A fleet with its bill, and what decided it.
pub(super) fn point(fleet: &Fleet, lines: Vec<BillLine>) -> PostgresPoint {
    let by_resource: Vec<String> = fleet
        .shards_by_resource
        .iter()
        .map(|(resource, shards)| format!("{} {shards:.2}", resource.word()))
        .collect();
    PostgresPoint {
        shards: u64::from(fleet.shards),
        class: fleet.class.clone(),
        binding: format!(
            "{} decides; shards needed by each resource: {}",
            fleet.binding.word(),
            by_resource.join(", ")
        ),
        monthly: monthly(&lines),
        lines,
        utilization: fleet
            .utilization
            .iter()
            .map(|(resource, share)| (resource.word().to_owned(), *share))
            .collect(),
    }
}

/// Instance classes with a verified price in the Region.
pub(super) fn classes(billing: &Billing<'_>, hours: Dimension) -> Vec<InstanceClass> {
    billing
        .book
        .classes_priced(hours, billing.region)
        .filter(|name| {
            let usage = Usage {
                key: PriceKey::of_class(hours, *name),
                region: billing.region.clone(),
                quantity: Decimal::ONE,
                label: String::new(),
            };
            bill(billing.book, &[usage], billing.conventions).monthly().is_some()
        })
        .filter_map(|name| {
            let class = billing.book.class(name)?;
            #[expect(clippy::cast_precision_loss, reason = "hardware figures are far below 2^53")]
            Some(InstanceClass {
                name: name.to_owned(),
                vcpu: f64::from(class.vcpu),
                memory_bytes: class.memory_bytes() as f64,
                iops: class.ebs_baseline_iops as f64,
                storage_bytes_per_second: class.ebs_baseline_bytes_per_second() as f64,
            })
        })
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn statement(pattern: &AccessPattern, workload: &Workload) -> StatementLoad {
    let calls = pattern.calls.max(1) as f64;
    let total = &pattern.total;
    let count = |value: Option<u64>| value.unwrap_or(0) as f64 / calls;
    StatementLoad {
        calls_per_second: pattern.calls_per_second(workload.month_hours),
        exec_ms: total.exec_ms.unwrap_or(0.0) / calls,
        min_exec_ms: pattern.min_exec_ms,
        plan_ms: total.plan_ms.unwrap_or(0.0) / calls,
        io_ms: (total.blk_read_ms.unwrap_or(0.0) + total.blk_write_ms.unwrap_or(0.0)) / calls,
        text_chars: pattern.text.len() as f64,
        writes: writes(pattern),
        blocks_read: count(total.shared_blks_read),
        blocks_dirtied: count(total.shared_blks_dirtied),
        wal_bytes: count(total.wal_bytes),
    }
}

/// Commits of writing transactions, interval by interval of the capture: what
/// runs within explicit transactions at one time may run alone at another.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn commits_per_second(workload: &Workload, statements: &[&AccessPattern]) -> f64 {
    let writing: Vec<&&AccessPattern> =
        statements.iter().filter(|pattern| writes(pattern)).collect();
    let rate: f64 = writing.iter().map(|one| one.calls_per_second(workload.month_hours)).sum();
    let intervals = statements.iter().map(|one| one.calls_per_interval.len()).max().unwrap_or(0);
    let calls = |pattern: &AccessPattern, interval: usize| {
        pattern.calls_per_interval.get(interval).copied().unwrap_or(0) as f64
    };
    let (mut commits, mut all) = (0.0, 0.0);
    for interval in 0..intervals {
        let explicit: f64 = statements
            .iter()
            .filter(|pattern| ends_transaction(&pattern.text))
            .map(|pattern| calls(pattern, interval))
            .sum();
        let written: f64 = writing.iter().map(|pattern| calls(pattern, interval)).sum();
        commits += writing_commits(explicit, written);
        all += written;
    }
    if all > 0.0 { rate * commits / all } else { rate }
}

fn writes(pattern: &AccessPattern) -> bool {
    match &pattern.access {
        Access::Data(steps) => steps.iter().any(|step| step.verb != Verb::Read),
        Access::Unparsed(_) => true,
        Access::Ignorable(_) => false,
    }
}

fn ends_transaction(text: &str) -> bool {
    let word = text.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    word.eq_ignore_ascii_case("commit") || word.eq_ignore_ascii_case("end")
}

/// Bytes of all tables.
#[derive(Default)]
struct StoredBytes {
    today: f64,
    horizon: f64,
}

/// Bytes today, and at the horizon: measured bytes a row times the rows that
/// there will be.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn stored_bytes(workload: &Workload) -> (StoredBytes, Vec<String>) {
    let mut sum = StoredBytes::default();
    let mut unknown = Vec::new();
    for entity in &workload.entities {
        let parts = [entity.heap_bytes, entity.toast_bytes, entity.index_bytes];
        let measured: f64 = parts.iter().flatten().map(|bytes| bytes.get() as f64).sum();
        let empty = entity.heap_bytes.is_some_and(|bytes| bytes.get() == 0)
            && entity.inserted_per_month.unwrap_or(0.0) <= 0.0;
        match (entity.rows, entity.rows_horizon) {
            _ if empty => {
                sum.today += measured;
                sum.horizon += measured;
            }
            (Some(rows), Some(horizon)) if rows >= 1.0 && measured > 0.0 => {
                sum.today += measured;
                sum.horizon += measured * (horizon / rows);
            }
            _ => unknown.push(entity.table.to_string()),
        }
    }
    (sum, unknown)
}

pub(super) fn exact(number: f64) -> Decimal {
    decimal_from_f64(number).expect("sizes and rates of a fleet are far below a decimal's limit")
}
