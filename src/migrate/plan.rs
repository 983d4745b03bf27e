//! The whole of a move.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::compare::{Billing, DesignResult};
use crate::pricing::{Dimension, PriceKey};
use crate::scenario::{BackfillMethod, Mode};
use crate::units::Usd;
use crate::workload::Workload;

use super::alternatives::{Alternative, TableMove, table_by_table};
use super::backfill::{Volume, volumes};
use super::checklist::{Question, checklist};
use super::cost::Cost;
use super::options::{BackfillOption, backfill_options, filled, scanned};
use super::pace::{Limits, Transfer, transfer};
use super::payback::{LOOK_AHEAD_DAYS, Payback, Repaid, Scaled, payback};
use super::phase::{Pace, PhaseKind, Traffic, lengths};
use super::rates::{Billed, Rates, Sides, one_off, requests_once};
use super::rollback::{Rollback, rollbacks};
use super::timeline::{Timeline, Work};

/// What a move is made of, and what it comes to.
#[derive(Clone, Debug)]
pub struct Migration {
    /// The design moved to.
    pub design: String,
    /// Its capacity mode.
    pub mode: Mode,
    /// The multiple of today's load at the first day.
    pub load: Decimal,
    /// Hours of a month.
    pub month_hours: Decimal,
    /// The likely course, ten years long.
    pub timeline: Timeline,
    /// The days of the shortest and the longest course of the phases.
    pub days_range: (u32, u32),
    /// The shortest and the longest of each phase.
    pub phase_ranges: Vec<(PhaseKind, u32, u32)>,
    /// A day of Postgres alone, and one of `DynamoDB` alone, at the last day.
    pub steady: (Cost, Sides),
    /// Existing items; `None` if some table's rows were never counted.
    pub volume: Option<Volume>,
    /// How the backfill by the API goes, all tables at once.
    pub transfer: Option<Transfer>,
    /// Every way to bring existing rows over.
    pub backfill_options: Vec<BackfillOption>,
    /// When the move has paid for itself: at best, as planned, at worst.
    pub payback: [Payback; 3],
    /// Going back, phase by phase.
    pub rollbacks: Vec<Rollback>,
    /// Other ways.
    pub alternatives: Vec<Alternative>,
    /// Tables one by one, in order.
    pub tables: Vec<TableMove>,
    /// What is to be decided first.
    pub checklist: Vec<Question>,
    /// What no figure here holds.
    pub not_included: Vec<&'static str>,
}

impl Migration {
    /// The shortest and the longest of a phase, in days.
    #[must_use]
    pub fn range_of(&self, kind: PhaseKind) -> (u32, u32) {
        let range = self.phase_ranges.iter().find(|one| one.0 == kind);
        range.map_or((0, 0), |(_, least, most)| (*least, *most))
    }

    /// Days that are worth showing: the move, the horizon, and until it has paid
    /// for itself.
    #[must_use]
    pub fn shown_days(&self, horizon_days: u32) -> u32 {
        let paid_back = match self.payback[1] {
            Payback::OnDay(day) => day,
            Payback::NotInTenYears | Payback::Never { .. } | Payback::Unknown => 0,
        };
        // A tenth more, so that the crossing is not at the edge.
        let after = paid_back.saturating_add(paid_back / 10);
        self.timeline.end_day().max(horizon_days).max(after).min(LOOK_AHEAD_DAYS)
    }

    /// A month of something that costs this a day.
    #[must_use]
    pub fn monthly(&self, daily: &Cost) -> Cost {
        Cost { usd: monthly(daily.usd, self.month_hours), unknown: daily.unknown.clone() }
    }

    /// What it comes to, in a sentence.
    #[must_use]
    pub fn verdict(&self) -> String {
        let postgres = self.monthly(&self.steady.0).usd;
        let after = self.monthly(&self.steady.1.total());
        let least = if after.is_known() { "" } else { "at least " };
        let both = format!(
            "after the move DynamoDB costs {least}{} a month where Postgres alone costs {postgres}",
            after.usd
        );
        let unless = if after.is_known() {
            String::new()
        } else {
            let names: Vec<&str> = after.unknown.iter().map(String::as_str).collect();
            format!(" at the earliest, since {} has no known price", names.join(" and "))
        };
        match self.payback[1] {
            Payback::Never { dearer_by } => format!(
                "The move never pays back: {both}, {dearer_by} less. By this bill alone it is not \
                 worth making."
            ),
            Payback::OnDay(day) => {
                format!("The move has paid for itself on day {day}{unless}: {both}.")
            }
            Payback::Unknown => format!(
                "Whether the move pays back is not known: after it DynamoDB costs {least}{} a \
                 month, and what Postgres alone costs is not known.",
                after.usd
            ),
            Payback::NotInTenYears => {
                format!("The move has not paid for itself in ten years: {both}.")
            }
        }
    }
}

/// The design and mode that a move is planned to unless another is named: the
/// cheapest a month.
#[must_use]
pub fn cheapest(designs: &[DesignResult]) -> Option<(&DesignResult, Mode)> {
    designs
        .iter()
        .flat_map(|result| result.modes.iter().map(move |mode| (result, mode)))
        .filter(|(_, mode)| mode.monthly.is_some())
        .min_by_key(|(_, mode)| mode.monthly)
        .map(|(result, mode)| (result, mode.mode))
}

/// Plans the move of a workload to a design.
#[must_use]
pub fn migrate(
    workload: &Workload,
    result: &DesignResult,
    mode: Mode,
    billing: &Billing<'_>,
) -> Migration {
    let settings = &billing.settings.migration;
    let rates = Billed::new(workload, result, mode, billing);
    let load = settings.load.value;
    let by_table =
        volumes(&result.layout, load.to_f64().unwrap_or(1.0), settings.horizon_rows.value);
    let volume = by_table.iter().try_fold(Volume::default(), |sum, one| Some(sum.plus((*one)?)));
    let transfer = volume.and_then(|_| joint_transfer(&by_table, &rates, billing));
    let options = match (&volume, &transfer) {
        (Some(_), Some(transfer)) => {
            backfill_options(billing, &result.design, mode, &by_table, transfer)
        }
        _ => Vec::new(),
    };
    let chosen = options.iter().find(|one| one.method == settings.backfill.value);
    let scans = |times: u64| match volume {
        _ if times == 0 => Cost::default(),
        Some(_) => requests_once(billing, &result.design, mode, &scanned(&by_table, times)),
        None => Cost::unknown("the scans that compare: rows of some tables were never counted"),
    };
    let backfill = chosen.map_or_else(
        || Cost::unknown("the backfill: rows of some tables were never counted"),
        |one| one.cost.clone(),
    );
    let work = |catch_up_days| Work {
        backfill: backfill.clone(),
        validation: scans(settings.validation_scans.value),
        catch_up_days,
    };
    let transfer_days = match settings.backfill.value {
        BackfillMethod::Api => transfer.as_ref().map_or(0, Transfer::days),
        BackfillMethod::S3Import | BackfillMethod::BulkPut => 0,
    };
    let course = |pace: Pace, rates: &dyn Rates| {
        let lengths = lengths(settings, pace, transfer_days);
        let import = settings.backfill.value == BackfillMethod::S3Import;
        let missed = lengths
            .iter()
            .find(|(kind, _)| import && *kind == PhaseKind::Backfill)
            .map_or(0, |(_, days)| *days);
        Timeline::new(&lengths, settings, &work(missed), rates, LOOK_AHEAD_DAYS)
    };
    let month_hours = billing.conventions.month_hours;
    let timeline = course(Pace::Likely, &rates);
    let range = settings.cost_range_percent.value;
    let best = course(Pace::Least, &Scaled::in_favour(&rates, range));
    let worst = course(Pace::Most, &Scaled::in_favour(&rates, -range));
    let period = rates.period(timeline.end_day());
    let steady = (rates.day(period, Traffic::BEFORE).postgres, rates.day(period, Traffic::AFTER));
    let per_month = |daily: Cost| Cost { usd: monthly(daily.usd, month_hours), ..daily };
    let steady_months = (per_month(steady.0.clone()), per_month(steady.1.total()));
    let exported = volume.map_or(Decimal::ZERO, |volume| volume.item_bytes);
    let copy_back = one_off(
        billing,
        vec![(PriceKey::from(Dimension::Export), billing.conventions.gigabytes(exported))],
    );
    let double_days: u32 = timeline
        .phases
        .iter()
        .filter(|phase| phase.kind.keeps_postgres() && !phase.sides.dynamodb().usd.get().is_zero())
        .map(|phase| phase.days)
        .sum();
    let tables = table_by_table(workload, result, mode, billing, &rates, |table, monthly_cost| {
        let running = monthly_cost.per_day(month_hours) * Decimal::from(double_days);
        let mut alone = vec![None; by_table.len()];
        alone[table] = by_table[table];
        let share =
            alone[table].map(|_| requests_once(billing, &result.design, mode, &filled(&alone)));
        running + share.unwrap_or_else(|| Cost::unknown("the backfill"))
    });
    Migration {
        design: result.design.name.clone(),
        mode,
        load,
        month_hours,
        days_range: (best.end_day(), worst.end_day()),
        phase_ranges: lengths(settings, Pace::Least, transfer_days)
            .into_iter()
            .zip(lengths(settings, Pace::Most, transfer_days))
            .map(|((kind, least), (_, most))| (kind, least, most))
            .collect(),
        payback: [&best, &timeline, &worst].map(|course| payback(course, month_hours)),
        rollbacks: rollbacks(&timeline, &copy_back),
        alternatives: alternatives(&timeline, &steady, &steady_months, &options, &scans(1)),
        tables,
        checklist: checklist(workload, result),
        steady,
        volume,
        transfer,
        backfill_options: options,
        timeline,
        not_included: vec![
            "people's time",
            "the loader's and the comparer's machines",
            "S3 storage and requests of an import's source",
            "data transfer",
            "reservations already paid on either side",
        ],
    }
}

/// All tables at once: each within its own limits, the loader shared.
fn joint_transfer(
    by_table: &[Option<Volume>],
    rates: &Billed<'_>,
    billing: &Billing<'_>,
) -> Option<Transfer> {
    let settings = &billing.settings.migration;
    let loader = settings.loader_write_units_per_second.value;
    let limits = Limits::new(settings.warm_write_units_per_second.value, loader);
    let all: Decimal = by_table.iter().flatten().map(Volume::write_units).sum();
    let mut slowest: Option<Transfer> = None;
    for (table, volume) in by_table.iter().enumerate() {
        let one = transfer((*volume)?.write_units(), &limits, rates.live_write_peak(table));
        if slowest.as_ref().is_none_or(|slowest| one.seconds > slowest.seconds) {
            slowest = Some(one);
        }
    }
    let mut joint = slowest?;
    let shared = all / loader;
    if shared > joint.seconds {
        joint.seconds = shared;
        joint.binding = "the loader's rate, shared by the tables";
    }
    Some(joint)
}

fn monthly(daily: Usd, month_hours: Decimal) -> Usd {
    Usd::new((daily.get() * month_hours / Decimal::from(24)).round_dp(6))
}

/// The move as planned, and a copy while nothing is served.
fn alternatives(
    timeline: &Timeline,
    steady: &(Cost, Sides),
    (postgres, dynamodb): &(Cost, Cost),
    options: &[BackfillOption],
    scan: &Cost,
) -> Vec<Alternative> {
    let premium = timeline.premium();
    let mut all = vec![Alternative {
        name: "dual writes and backfill".to_owned(),
        downtime_hours: Some(Decimal::ZERO),
        days: Some(timeline.end_day()),
        repaid: Repaid::new(&premium, postgres, dynamodb),
        premium,
        note: "the phases above".to_owned(),
    }];
    for option in options {
        let days = option.seconds.map(|seconds| {
            (seconds / Decimal::from(86_400)).ceil().to_u32().unwrap_or(u32::MAX).max(1)
        });
        let stored = steady.1.storage.clone() * Decimal::from(days.unwrap_or(1));
        let premium = option.cost.clone() + scan.clone() + stored;
        all.push(Alternative {
            name: format!("offline copy, {}", option.method.word()),
            downtime_hours: option
                .seconds
                .map(|seconds| (seconds / Decimal::from(3600)).round_dp(1)),
            days,
            repaid: Repaid::new(&premium, postgres, dynamodb),
            premium,
            note: "nothing is written while it runs; going back loses what was written since"
                .to_owned(),
        });
    }
    all
}
