//! What a day costs on both sides, from the bills of the comparison.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::compare::{
    ArmUse, Billing, DesignResult, Draft, ElsewhereCost, PostgresPoint, PostgresSide, arm_uses,
    lines, priced,
};
use crate::demand::{Arm, Demand};
use crate::design::Design;
use crate::plan::Detail;
use crate::pricing::{Dimension, PriceKey};
use crate::scenario::Mode;
use crate::units::decimal_from_f64;
use crate::workload::Workload;

use super::cost::Cost;
use super::phase::Traffic;

/// What one day costs, by side and kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sides {
    /// The Postgres fleet with its replicas, or its snapshot.
    pub postgres: Cost,
    /// `DynamoDB` writes.
    pub writes: Cost,
    /// `DynamoDB` reads.
    pub reads: Cost,
    /// `DynamoDB` storage and recovery.
    pub storage: Cost,
    /// Stores for what `DynamoDB` does not serve.
    pub elsewhere: Cost,
}

impl Sides {
    /// All that comes with `DynamoDB`.
    #[must_use]
    pub fn dynamodb(&self) -> Cost {
        self.writes.clone() + self.reads.clone() + self.storage.clone() + self.elsewhere.clone()
    }

    /// Both sides.
    #[must_use]
    pub fn total(&self) -> Cost {
        self.postgres.clone() + self.dynamodb()
    }

    /// Adds another day.
    pub fn add(&mut self, other: &Self) {
        self.postgres += other.postgres.clone();
        self.writes += other.writes.clone();
        self.reads += other.reads.clone();
        self.storage += other.storage.clone();
        self.elsewhere += other.elsewhere.clone();
    }

    /// Each side by a factor of its own.
    #[must_use]
    pub fn scaled(self, postgres: Decimal, dynamodb: Decimal) -> Self {
        Self {
            postgres: self.postgres * postgres,
            writes: self.writes * dynamodb,
            reads: self.reads * dynamodb,
            storage: self.storage * dynamodb,
            elsewhere: self.elsewhere,
        }
    }
}

/// Costs of days.
pub trait Rates {
    /// Days with the same period and traffic cost the same.
    fn period(&self, day: u32) -> u32;
    /// What a day of a period costs under a traffic.
    fn day(&self, period: u32, traffic: Traffic) -> Sides;
}

/// Costs of days from a comparison's bills: a period is a month, and each has
/// the load that the plan's growth gives it, up to the horizon.
pub struct Billed<'a> {
    billing: &'a Billing<'a>,
    result: &'a DesignResult,
    mode: Mode,
    postgres: PostgresSide<'a>,
    writes: Vec<ArmUse>,
    reads: Vec<ArmUse>,
}

impl<'a> Billed<'a> {
    /// A design under a mode against the cheapest fleet.
    #[must_use]
    pub fn new(
        workload: &Workload,
        result: &'a DesignResult,
        mode: Mode,
        billing: &'a Billing<'a>,
    ) -> Self {
        // A statement that writes may read to find its items: those reads come
        // with the writes.
        let writing = writing_patterns(result);
        let only_reading = Demand {
            operations: result
                .demand
                .operations
                .iter()
                .filter(|one| !writing.contains(&one.pattern))
                .cloned()
                .collect(),
        };
        let reads = arm_uses(&only_reading, &[]);
        let mut writes = result.uses.clone();
        for used in &mut writes {
            if let Some(read) = reads.iter().find(|read| read.arm == used.arm) {
                used.read_units -= read.read_units;
            }
        }
        Self {
            billing,
            result,
            mode,
            postgres: PostgresSide::new(workload, billing),
            writes,
            reads,
        }
    }

    /// The multiple of today's load in a month of the move.
    #[must_use]
    pub fn load(&self, month: u32) -> Decimal {
        let settings = self.billing.settings;
        let months = f64::from(month).min(settings.load.horizon_months.value);
        let grown = (1.0 + settings.load.growth_per_month.value).powf(months);
        settings.migration.load.value * decimal_from_f64(grown).unwrap_or(Decimal::ONE)
    }

    /// Write units a second of each table with its indexes at the peak.
    #[must_use]
    pub fn live_write_peak(&self, table: usize) -> Decimal {
        let units: Decimal = self
            .writes
            .iter()
            .filter(|used| used.arm.table == table)
            .map(|used| used.write_units)
            .sum();
        let peak = decimal_from_f64(self.billing.peak_to_mean).unwrap_or(Decimal::ONE);
        units * self.load(0) * peak / self.billing.conventions.month_seconds()
    }

    /// The Postgres fleet at a load.
    #[must_use]
    pub fn fleet(&self, load: Decimal) -> Option<PostgresPoint> {
        self.postgres.sharded(load.to_f64()?)
    }

    /// The Postgres fleet at a multiple of today's load once some statements have
    /// gone.
    #[must_use]
    pub fn fleet_without(
        &self,
        workload: &Workload,
        gone: &BTreeSet<usize>,
        multiple: f64,
    ) -> Option<PostgresPoint> {
        self.postgres.without(workload, gone).sharded(multiple)
    }

    fn postgres_month(&self, load: Decimal, traffic: Traffic) -> Cost {
        if !traffic.postgres && !traffic.snapshot {
            return Cost::default();
        }
        let Some(fleet) = self.fleet(load) else {
            return Cost::unknown("a Postgres fleet for this load");
        };
        if !traffic.postgres {
            return self
                .bill(vec![(PriceKey::from(fleet.offer.backup_dimension()), gigabytes(&fleet))]);
        }
        self.fleet_month(&fleet, traffic.postgres_reads)
    }

    /// A fleet with the replicas that a share of the reads needs.
    #[must_use]
    pub fn fleet_month(&self, fleet: &PostgresPoint, reads: Decimal) -> Cost {
        let wanted = self.billing.settings.migration.read_replicas.value;
        let replicas = (reads * Decimal::from(wanted)).ceil();
        let shards = Decimal::from(fleet.shards);
        let mut cost = Cost::of_lines(&fleet.lines);
        if !replicas.is_zero() {
            let hours = self.billing.conventions.month_of(replicas * shards);
            let class = PriceKey::of_class(fleet.offer.instance_hours(), fleet.class.clone());
            let volumes = fleet
                .offer
                .replica_storage()
                .map(|storage| (PriceKey::from(storage), gigabytes(fleet) * replicas));
            cost += self.bill([(class, hours)].into_iter().chain(volumes).collect());
        }
        cost
    }

    fn bill(&self, wanted: Vec<(PriceKey, Decimal)>) -> Cost {
        one_off(self.billing, wanted)
    }

    /// Writes, reads and storage of a month.
    fn dynamodb_month(&self, load: Decimal, traffic: Traffic) -> [Cost; 3] {
        if !traffic.tables {
            return Default::default();
        }
        let uses = self.uses(traffic);
        let mut sums: [Cost; 3] = Default::default();
        for line in lines(self.billing, &self.result.design, &uses, self.mode, load) {
            let kind = match Throughput::of(line.key.dimension) {
                Some(Throughput::Write) => 0,
                Some(Throughput::Read) => 1,
                None => 2,
            };
            sums[kind] += Cost::of_lines(std::slice::from_ref(&line));
        }
        sums
    }

    fn uses(&self, traffic: Traffic) -> Vec<ArmUse> {
        let mut uses = self.writes.clone();
        for used in &mut uses {
            used.read_units *= traffic.writes;
            used.write_units *= traffic.writes;
            used.sent_bytes *= traffic.writes;
            used.expired_units *= traffic.writes;
        }
        for more in &self.reads {
            if let Some(used) = uses.iter_mut().find(|used| used.arm == more.arm) {
                used.read_units += more.read_units * traffic.reads;
            }
        }
        uses
    }

    /// What other stores cost a month for what the design does not serve, at a
    /// multiple of today's load.
    #[must_use]
    pub fn elsewhere_month(&self, load: Decimal) -> Cost {
        let cost = |store: &ElsewhereCost| match store.monthly_at(load) {
            Some(usd) => Cost::known(usd),
            None => Cost::unknown(format!("the store \"{}\"", store.store)),
        };
        self.result.elsewhere.iter().map(cost).sum()
    }
}

impl Rates for Billed<'_> {
    fn period(&self, day: u32) -> u32 {
        if self.billing.settings.load.growth_per_month.value == 0.0 {
            return 0;
        }
        let months = Decimal::from(day) * Decimal::from(24) / self.billing.conventions.month_hours;
        months.floor().to_u32().unwrap_or(u32::MAX)
    }

    fn day(&self, period: u32, traffic: Traffic) -> Sides {
        let load = self.load(period);
        let hours = self.billing.conventions.month_hours;
        let [writes, reads, storage] =
            self.dynamodb_month(load, traffic).map(|cost| cost.per_day(hours));
        Sides {
            postgres: self.postgres_month(load, traffic).per_day(hours),
            writes,
            reads,
            storage,
            elsewhere: if traffic.elsewhere {
                self.elsewhere_month(load).per_day(hours)
            } else {
                Cost::default()
            },
        }
    }
}

/// Which traffic a charge follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Throughput {
    Write,
    Read,
}

impl Throughput {
    /// `None` for what is billed by what is stored or running.
    const fn of(dimension: Dimension) -> Option<Self> {
        match dimension {
            Dimension::WriteRequestUnits
            | Dimension::IaWriteRequestUnits
            | Dimension::ReplicatedWriteRequestUnits
            | Dimension::IaReplicatedWriteRequestUnits
            | Dimension::WcuHours
            | Dimension::IaWcuHours
            | Dimension::RwcuHours
            | Dimension::IaRwcuHours
            | Dimension::TransferInterRegionOut => Some(Self::Write),
            Dimension::ReadRequestUnits
            | Dimension::IaReadRequestUnits
            | Dimension::RcuHours
            | Dimension::IaRcuHours => Some(Self::Read),
            _ => None,
        }
    }
}

/// What is written to and read from each table once.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct OneTime {
    /// The table, by position in the design.
    pub table: usize,
    /// Write units, those of indexes included.
    pub write_units: Decimal,
    /// Bytes written, as they are sent to replicas.
    pub sent_bytes: Decimal,
    /// Read units.
    pub read_units: Decimal,
}

/// Requests made once, with those of replicas: by the request on demand, or
/// capacity raised for as long as they take at the target utilisation.
#[must_use]
pub fn requests_once(
    billing: &Billing<'_>,
    design: &Design,
    mode: Mode,
    wanted: &[OneTime],
) -> Cost {
    let uses: Vec<ArmUse> = wanted
        .iter()
        .map(|one| ArmUse {
            write_units: one.write_units,
            read_units: one.read_units,
            sent_bytes: one.sent_bytes,
            ..ArmUse::none(Arm { table: one.table, index: None })
        })
        .collect();
    // Requests are counted whatever mode a table has; the mode decides below what
    // they are bought as.
    let mut settings = billing.settings.clone();
    for table in &mut settings.dynamodb.tables {
        table.mode = None;
    }
    let by_request = Billing { settings: &settings, ..*billing };
    let drafts = lines(&by_request, design, &uses, Mode::OnDemand, Decimal::ONE)
        .into_iter()
        .filter(|line| Throughput::of(line.key.dimension).is_some())
        .map(|line| {
            let name = line.arm.map_or("", |arm| design.tables[arm.table].name.as_str());
            let table = billing.settings.dynamodb.table(name);
            let (dimension, quantity) = match hours_of(line.key.dimension) {
                Some(hours) if table.mode.unwrap_or(mode) != Mode::OnDemand => {
                    let share = table.target_utilization_percent / 100.0;
                    let target = decimal_from_f64(share).unwrap_or(Decimal::ONE);
                    (hours, line.quantity / Decimal::from(3600) / target)
                }
                _ => (line.key.dimension, line.quantity),
            };
            Draft {
                key: PriceKey::from(dimension),
                region: line.region,
                arm: line.arm,
                part: None,
                quantity,
                patterns: BTreeSet::new(),
            }
        })
        .collect();
    Cost::of_lines(&priced(billing, drafts)).rounded()
}

/// The provisioned counterpart of a request unit.
const fn hours_of(dimension: Dimension) -> Option<Dimension> {
    match dimension {
        Dimension::WriteRequestUnits => Some(Dimension::WcuHours),
        Dimension::IaWriteRequestUnits => Some(Dimension::IaWcuHours),
        Dimension::ReplicatedWriteRequestUnits => Some(Dimension::RwcuHours),
        Dimension::IaReplicatedWriteRequestUnits => Some(Dimension::IaRwcuHours),
        Dimension::ReadRequestUnits => Some(Dimension::RcuHours),
        Dimension::IaReadRequestUnits => Some(Dimension::IaRcuHours),
        _ => None,
    }
}

/// Something billed once.
#[must_use]
pub fn one_off(billing: &Billing<'_>, wanted: Vec<(PriceKey, Decimal)>) -> Cost {
    let drafts = wanted
        .into_iter()
        .map(|(key, quantity)| Draft {
            key,
            region: billing.region.clone(),
            arm: None,
            part: None,
            quantity,
            patterns: BTreeSet::new(),
        })
        .collect();
    Cost::of_lines(&priced(billing, drafts)).rounded()
}

/// The patterns that write.
#[must_use]
pub fn writing_patterns(result: &DesignResult) -> BTreeSet<usize> {
    let writes = |planned: &crate::plan::PlannedPattern| {
        planned.operations.iter().any(|one| matches!(one.detail, Detail::Write { .. }))
    };
    let patterns = result.plan.patterns.iter().enumerate();
    patterns.filter(|(_, planned)| writes(planned)).map(|(p, _)| p).collect()
}

/// GB of a fleet's volumes.
fn gigabytes(fleet: &PostgresPoint) -> Decimal {
    let storage = PriceKey::from(fleet.offer.storage_dimension());
    fleet.lines.iter().filter(|line| line.key == storage).map(|line| line.quantity).sum()
}
