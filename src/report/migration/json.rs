use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::migrate::payback::Payback;
use crate::migrate::{Cost, Migration, Phase};
use crate::report::Manifest;
use crate::scenario::Assumption;

/// Days from one point of the cumulative curve to the next in a report.
const STEP_DAYS: u32 = 7;

/// `migration.json`: the section with its manifest, its assumptions and every
/// day.
#[must_use]
pub fn document(
    manifest: &Manifest,
    migration: &Migration,
    assumptions: &[Assumption],
    horizon_days: u32,
) -> String {
    let mut value = section(migration, horizon_days);
    let shown = migration.shown_days(horizon_days) as usize;
    if let Some(object) = value.as_object_mut() {
        object.insert("schema_version".to_owned(), json!(super::super::json::SCHEMA_VERSION));
        object.insert("manifest".to_owned(), manifest.to_json());
        let assumed = assumptions.iter().map(|one| {
            json!({
                "id": one.id, "what": one.what, "value": one.value,
                "origin": one.origin.to_string(), "assumed": one.assumed,
            })
        });
        object.insert("assumptions".to_owned(), assumed.collect());
        let days = migration.timeline.days.iter().take(shown).map(|day| {
            json!({
                "with_usd": number(day.with.usd.get()),
                "without_usd": number(day.without.usd.get()),
            })
        });
        object.insert("days".to_owned(), days.collect());
    }
    let mut text =
        serde_json::to_string_pretty(&value).expect("strings and numbers can be written");
    text.push('\n');
    text
}

/// The move as a section of a report.
#[must_use]
pub fn section(migration: &Migration, horizon_days: u32) -> Value {
    let timeline = &migration.timeline;
    let shown = migration.shown_days(horizon_days);
    let [best, likely, worst] = migration.payback.map(|one| payback(one, migration));
    let cumulative = timeline.cumulative();
    let points = (0..shown)
        .filter(|day| {
            (day + 1) % STEP_DAYS == 0
                || day + 1 == shown
                || timeline.phases.iter().any(|phase| phase.end_day() == day + 1)
        })
        .filter_map(|day| {
            let (with, without) = cumulative.get(day as usize)?;
            Some(json!([day + 1, number(with.get()), number(without.get())]))
        })
        .collect::<Vec<_>>();
    json!({
        "design": migration.design,
        "mode": migration.mode.word(),
        "load": number(migration.load),
        "verdict": migration.verdict(),
        "days": timeline.end_day(),
        "days_range": [migration.days_range.0, migration.days_range.1],
        "phases": timeline.phases.iter().map(|one| phase(one, migration)).collect::<Vec<_>>(),
        "total": cost(&timeline.total()),
        "double_running_premium": cost(&timeline.premium()),
        "steady_per_month": {
            "postgres": cost(&migration.monthly(&migration.steady.0)),
            "dynamodb": cost(&migration.monthly(&migration.steady.1.total())),
        },
        "payback": { "at_best": best, "likely": likely, "at_worst": worst },
        "backfill": backfill(migration),
        "alternatives": migration.alternatives.iter().map(|one| json!({
            "name": one.name,
            "downtime_hours": one.downtime_hours.map(number),
            "days": one.days,
            "premium": cost(&one.premium),
            "months_to_repay": one.months_to_repay.map(number),
            "note": one.note,
        })).collect::<Vec<_>>(),
        "table_by_table": migration.tables.iter().map(|one| json!({
            "table": one.table,
            "dynamodb_per_month": cost(&one.dynamodb),
            "postgres_freed_per_month_usd": number(one.freed.get()),
            "premium": cost(&one.premium),
            "months_to_repay": one.months_to_repay.map(number),
        })).collect::<Vec<_>>(),
        "rollback": migration.rollbacks.iter().map(|one| json!({
            "phase": one.kind.name(),
            "how": one.how,
            "last_safe_day": one.last_safe_day,
            "spent_usd": number(one.spent.get()),
            "undo": cost(&one.undo),
        })).collect::<Vec<_>>(),
        "decide_first": migration.checklist.iter().map(|one| json!({
            "id": one.id, "what": one.what, "raised_by": one.raised_by,
        })).collect::<Vec<_>>(),
        "not_included": migration.not_included,
        "cumulative": { "columns": ["day", "with_usd", "without_usd"], "points": points },
    })
}

fn number(number: Decimal) -> String {
    number.round_dp(12).normalize().to_string()
}

fn cost(cost: &Cost) -> Value {
    json!({ "usd": number(cost.usd.get()), "unknown": cost.unknown })
}

fn phase(phase: &Phase, migration: &Migration) -> Value {
    let (least, most) = migration.range_of(phase.kind);
    json!({
        "phase": phase.kind.name(),
        "first_day": phase.first_day + 1,
        "last_day": phase.end_day(),
        "days": phase.days,
        "days_range": [least, most],
        "work": phase.kind.work(),
        "postgres": cost(&phase.sides.postgres),
        "dynamodb_writes": cost(&phase.sides.writes),
        "dynamodb_reads": cost(&phase.sides.reads),
        "dynamodb_storage": cost(&phase.sides.storage),
        "elsewhere": cost(&phase.sides.elsewhere),
        "paid_once": cost(&phase.work),
        "total": cost(&phase.total()),
        "postgres_alone": cost(&phase.without),
    })
}

fn payback(payback: Payback, migration: &Migration) -> Value {
    match payback {
        Payback::OnDay(day) => json!({
            "result": "pays_back",
            "day": day,
            "months": payback.months(migration.month_hours).map(number),
        }),
        Payback::NotInTenYears => json!({ "result": "not_in_ten_years" }),
        Payback::Never { dearer_by } => json!({
            "result": "never", "dearer_by_usd_per_month": number(dearer_by.get()),
        }),
    }
}

fn backfill(migration: &Migration) -> Value {
    json!({
        "volume": migration.volume.map(|volume| json!({
            "items": number(volume.items),
            "item_bytes": number(volume.item_bytes),
            "stored_bytes": number(volume.stored_bytes),
            "table_write_units": number(volume.table_write_units),
            "index_write_units": number(volume.index_write_units),
            "scan_read_units": number(volume.scan_read_units()),
        })),
        "api": migration.transfer.as_ref().map(|one| json!({
            "write_units_per_second": number(one.units_per_second),
            "bound_by": one.binding,
            "seconds": number(one.seconds.round()),
            "prewarm_write_units_per_second": number(one.peak_units_per_second),
            "needs_prewarming": one.needs_prewarming,
            "refused_share_if_cold": one.refused_share,
            "refused_minutes_if_cold": one.refused_minutes,
        })),
        "ways": migration.backfill_options.iter().map(|one| json!({
            "method": one.method.word(),
            "cost": cost(&one.cost),
            "seconds": one.seconds.map(|seconds| number(seconds.round())),
            "notes": one.notes,
        })).collect::<Vec<_>>(),
    })
}
