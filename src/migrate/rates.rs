//! What a day costs on both sides, from the bills of the comparison.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::compare::{
    ArmUse, Billing, DesignResult, Draft, PostgresPoint, PostgresSide, arm_uses, lines, priced,
};
use crate::demand::Demand;
use crate::plan::Detail;
use crate::pricing::{Dimension, PriceKey};
use crate::scenario::Mode;
use crate::units::decimal_from_f64;
use crate::workload::{Service, Workload};

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
        let writing: BTreeSet<usize> = writing_patterns(result);
        let part = |wanted: bool| Demand {
            operations: result
                .demand
                .operations
                .iter()
                .filter(|one| writing.contains(&one.pattern) == wanted)
                .cloned()
                .collect(),
        };
        Self {
            billing,
            result,
            mode,
            postgres: PostgresSide::new(workload, billing, None),
            writes: arm_uses(&part(true), &result.stored),
            reads: arm_uses(&part(false), &[]),
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

    fn postgres_month(&self, load: Decimal, traffic: Traffic) -> Cost {
        if !traffic.postgres && !traffic.snapshot {
            return Cost::default();
        }
        let Some(fleet) = self.fleet(load) else {
            return Cost::unknown("a Postgres fleet for this load");
        };
        if !traffic.postgres {
            return self
                .bill(vec![(PriceKey::from(Dimension::RdsBackupStorage), gigabytes(&fleet))]);
        }
        let wanted = self.billing.settings.migration.read_replicas.value;
        let replicas = (traffic.postgres_reads * Decimal::from(wanted)).ceil();
        let shards = Decimal::from(fleet.shards);
        let mut cost = Cost::of_lines(&fleet.lines);
        if !replicas.is_zero() {
            let hours = self.billing.conventions.month_of(replicas * shards);
            let class = PriceKey::of_class(Dimension::RdsSingleAzHours, fleet.class.clone());
            let storage = PriceKey::from(Dimension::RdsGp3Storage);
            cost += self.bill(vec![(class, hours), (storage, gigabytes(&fleet) * replicas)]);
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
            let kind = match line.key.dimension {
                Dimension::WriteRequestUnits | Dimension::WcuHours => 0,
                Dimension::ReadRequestUnits | Dimension::RcuHours => 1,
                _ => 2,
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
        }
        for more in &self.reads {
            match uses.iter_mut().find(|used| used.arm == more.arm) {
                Some(used) => used.read_units += more.read_units * traffic.reads,
                None => uses
                    .push(ArmUse { read_units: more.read_units * traffic.reads, ..more.clone() }),
            }
        }
        uses
    }

    fn elsewhere_month(&self, traffic: Traffic) -> Cost {
        if !traffic.elsewhere {
            return Cost::default();
        }
        let stores = &self.result.elsewhere;
        let homeless = self.result.plan.patterns.iter().enumerate().any(|(p, planned)| {
            matches!(planned.service, Service::NotServed | Service::Unparsed)
                && !stores.iter().any(|store| store.patterns.contains(&p))
        });
        let mut cost: Cost = stores
            .iter()
            .map(|store| match store.monthly {
                Some(usd) => Cost::known(usd),
                None => Cost::unknown(format!("the store \"{}\"", store.store)),
            })
            .sum();
        if homeless {
            cost += Cost::unknown("statements that no store serves yet");
        }
        cost
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
            elsewhere: self.elsewhere_month(traffic).per_day(hours),
        }
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
    let storage = PriceKey::from(Dimension::RdsMultiAzGp3Storage);
    fleet.lines.iter().filter(|line| line.key == storage).map(|line| line.quantity).sum()
}
