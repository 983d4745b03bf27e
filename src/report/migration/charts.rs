use crate::compare::to_f64;
use crate::migrate::Migration;
use crate::migrate::payback::Payback;
use crate::migrate::phase::PhaseKind;
use crate::report::Manifest;
use crate::report::chart::{RunningCostChart, RunningCostLine, ScheduleBar, ScheduleChart};
use crate::units::Usd;

/// What has been paid by each day, with the move and without.
#[must_use]
pub fn cost(manifest: &Manifest, migration: &Migration, horizon_days: u32) -> RunningCostChart {
    let shown = migration.shown_days(horizon_days);
    let cumulative = migration.timeline.cumulative();
    let line = |name: &str, of: fn(&(Usd, Usd)) -> Usd| RunningCostLine {
        name: name.to_owned(),
        points: std::iter::once((0.0, 0.0))
            .chain(
                (1..=shown).zip(&cumulative).map(|(day, sums)| (f64::from(day), to_f64(of(sums)))),
            )
            .collect(),
    };
    let unknown = migration.timeline.total().unknown;
    let mut marks = Vec::new();
    if let Payback::OnDay(day) = migration.payback[1]
        && day <= shown
        && let Some(sums) = cumulative.get(day.saturating_sub(1) as usize)
    {
        marks.push((f64::from(day), to_f64(sums.0), format!("paid back on day {day}")));
    }
    RunningCostChart {
        title: format!("{}: what the move costs", manifest.scenario),
        subtitle: format!(
            "to {}, {}, {}x of today's load; list prices of {}{}",
            migration.design,
            migration.mode.label(),
            migration.load.normalize(),
            manifest.region,
            if unknown.is_empty() { "" } else { "; lower bound: some prices are not known" }
        ),
        x_label: "days from the start".to_owned(),
        y_label: "USD paid since the start".to_owned(),
        lines: vec![line("with the move", |sums| sums.0), line("Postgres alone", |sums| sums.1)],
        borders: migration.timeline.phases.iter().map(|one| f64::from(one.end_day())).collect(),
        marks,
    }
}

/// The phases as bars over time.
#[must_use]
pub fn schedule(manifest: &Manifest, migration: &Migration) -> ScheduleChart {
    let bars = migration
        .timeline
        .phases
        .iter()
        .map(|phase| {
            let (least, most) = migration.range_of(phase.kind);
            let length = if least == most {
                format!("{} d", phase.days)
            } else {
                format!("{} d ({least}-{most})", phase.days)
            };
            ScheduleBar {
                name: phase.kind.name().to_owned(),
                from: f64::from(phase.first_day),
                to: f64::from(phase.end_day()),
                part: part(phase.kind),
                remark: length,
                usd: to_f64(phase.total().usd),
                lower_bound: !phase.total().is_known(),
            }
        })
        .collect();
    ScheduleChart {
        title: format!("{}: the phases of the move", manifest.scenario),
        subtitle: format!(
            "to {}, {}; lengths as planned (shortest-longest), costs of both sides",
            migration.design,
            migration.mode.label()
        ),
        x_label: "days from the start".to_owned(),
        parts: ["Postgres alone", "both written, Postgres read", "both read", "DynamoDB alone"]
            .map(str::to_owned)
            .to_vec(),
        bars,
    }
}

const fn part(kind: PhaseKind) -> usize {
    match kind {
        PhaseKind::Baseline => 0,
        PhaseKind::DualWrite | PhaseKind::Backfill => 1,
        PhaseKind::Validation | PhaseKind::ReadShift | PhaseKind::Primary => 2,
        PhaseKind::Decommission => 3,
    }
}
