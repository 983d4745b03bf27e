//! Capacity modes side by side for one recorded series.

use std::fmt::{self, Write};

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Value, json};

use crate::finding::Finding;
use crate::simulate::UnitSum;
use crate::simulate::modes::{
    BestUse, Billed, DirectionUse, MONTH_HOURS, ModeUse, Setting, ThroughputPrices,
};
use crate::simulate::provisioned::HourBasis;
use crate::units::Usd;

/// What is reported.
pub struct CapacityReport<'a> {
    /// The modes compared, in the order shown.
    pub modes: &'a [ModeUse],
    /// The cheapest that throttles no more than allowed.
    pub best: Option<&'a BestUse>,
    /// Share of units that the best may throttle, in percent.
    pub throttled_max_percent: Decimal,
    /// What it was chosen from.
    pub searched: &'a str,
    /// Prices used.
    pub prices: &'a ThroughputPrices,
    /// Where the prices come from, such as `us-east-1, price book`.
    pub priced_as: &'a str,
    /// How hours whose capacity changed are billed.
    pub hours: HourBasis,
    /// What a reader must know.
    pub findings: &'a [Finding],
}

/// The report as JSON.
#[must_use]
pub fn json(report: &CapacityReport<'_>) -> Value {
    let modes: Vec<Value> = report.modes.iter().map(|mode| mode_json(report, mode)).collect();
    let findings: Vec<Value> = report
        .findings
        .iter()
        .map(|f| json!({"id": f.id, "severity": f.severity.as_str(), "what": f.what, "mend": f.mend}))
        .collect();
    json!({
        "schema_version": 1,
        "minutes": report.modes.first().map(|mode| mode.minutes),
        "conventions": {
            "month_hours": MONTH_HOURS,
            "hours_billed_at": hours_word(report.hours),
            "prices": report.priced_as,
            "unit_usd": {
                "read_request": report.prices.read_request.to_report_string(),
                "write_request": report.prices.write_request.to_report_string(),
                "read_capacity_hour": report.prices.read_capacity_hour.to_report_string(),
                "write_capacity_hour": report.prices.write_capacity_hour.to_report_string(),
            },
        },
        "modes": modes,
        "best": report.best.map(|best| mode_json(report, &best.used)),
        "best_is_exact": report.best.map(|best| best.not_run_below.is_none()),
        "best_undercut_share_max": report.best.map(|best| best.not_run_below.unwrap_or(0.0)),
        "best_throttled_percent_max": number(report.throttled_max_percent),
        "best_of": report.searched,
        "findings": findings,
    })
}

fn mode_json(report: &CapacityReport<'_>, mode: &ModeUse) -> Value {
    let usd = |amount: Usd| amount.to_report_string();
    let other = match report.hours {
        HourBasis::Max => HourBasis::Mean,
        HourBasis::Mean => HourBasis::Max,
    };
    json!({
        "mode": mode_word(mode),
        "target": target(mode),
        "period_usd": usd(mode.period_usd(report.prices, report.hours)),
        "monthly_usd": mode.monthly_usd(report.prices, report.hours).map(usd),
        (match other { HourBasis::Max => "monthly_usd_hours_at_max", HourBasis::Mean => "monthly_usd_hours_at_mean" }):
            mode.monthly_usd(report.prices, other).map(usd),
        "throttled_read_units": number(mode.reads.throttled.units()),
        "throttled_write_units": number(mode.writes.throttled.units()),
        "reads": direction_json(&mode.reads),
        "writes": direction_json(&mode.writes),
    })
}

fn direction_json(used: &DirectionUse) -> Value {
    let (setting, capacity, policy) = match &used.setting {
        Setting::OnDemand => ("on_demand", None, None),
        Setting::Flat(capacity) => ("provisioned", Some(*capacity), None),
        Setting::AutoScaled(policy) => ("auto_scaled", None, Some(policy)),
    };
    let billed = match &used.billed {
        Billed::Requests(units) => json!({"request_units": number(units.units())}),
        Billed::Capacity(capacity) => json!({
            "unit_hours_at_max": number(capacity.unit_hours(HourBasis::Max)),
            "unit_hours_at_mean": number(capacity.unit_hours(HourBasis::Mean)),
        }),
    };
    json!({
        "setting": setting,
        "capacity": capacity,
        "target": policy.map(|policy| policy.target.percent()),
        "min": policy.map(|policy| policy.min),
        "max": policy.map(|policy| policy.max),
        "scheduled_actions": policy.map(|policy| policy.schedule.len()),
        "capacity_peak": used.capacity_peak,
        "behind_minutes_longest": used.behind_minutes_longest,
        "offered_units": number(used.offered.units()),
        "throttled_share": used.throttled.share_of(used.offered),
        "throttled_share_without_burst": used.throttled_without_burst.share_of(used.offered),
        "refused": used.refused.map(|refused| json!({
            "by_maximum_units": number(refused.by_maximum.units()),
            "by_quota_units": number(refused.by_quota.units()),
            "by_growth_units": number(refused.by_growth.units()),
        })),
        "throttled_minutes": used.throttled_minutes,
        "throttled_minutes_longest": used.throttled_minutes_longest,
        "first_throttled_minute": used.first_throttled_minute,
        "billed": billed,
    })
}

/// A whole number where it is one, so that counts read as counts.
fn number(value: Decimal) -> Value {
    let value = value.normalize();
    match value.to_u64() {
        Some(whole) if value.is_integer() => json!(whole),
        _ => json!(value.to_f64()),
    }
}

fn mode_word(mode: &ModeUse) -> &'static str {
    let scaled = |used: &DirectionUse| matches!(used.setting, Setting::AutoScaled(_));
    if mode.reads.setting == Setting::OnDemand {
        "on_demand"
    } else if scaled(&mode.reads) || scaled(&mode.writes) {
        "auto_scaled"
    } else {
        "provisioned"
    }
}

/// The target, where both directions have the same one.
fn target(mode: &ModeUse) -> Option<u8> {
    match (&mode.reads.setting, &mode.writes.setting) {
        (Setting::AutoScaled(a), Setting::AutoScaled(b)) if a.target == b.target => {
            Some(a.target.percent())
        }
        _ => None,
    }
}

fn hours_word(hours: HourBasis) -> &'static str {
    match hours {
        HourBasis::Max => "max",
        HourBasis::Mean => "mean",
    }
}

/// The report as text for the terminal.
#[must_use]
pub fn text(report: &CapacityReport<'_>) -> String {
    let mut out = String::new();
    write_text(&mut out, report).expect("writing to a string cannot fail");
    out
}

fn write_text(out: &mut String, report: &CapacityReport<'_>) -> fmt::Result {
    let minutes = report.modes.first().map_or(0, |mode| mode.minutes);
    writeln!(
        out,
        "{minutes} minutes; a month is {MONTH_HOURS} hours; hours whose capacity changed are billed \
         at their {}; prices: {}\n",
        hours_word(report.hours),
        report.priced_as,
    )?;
    writeln!(
        out,
        "{:<34} {:>14} {:>14}  {:<26} writes throttled",
        "mode", "this period", "a month", "reads throttled"
    )?;
    for mode in report.modes {
        row(out, report, mode)?;
    }
    let uses = || report.modes.iter().flat_map(|mode| [&mode.reads, &mode.writes]);
    if uses().any(|used| used.throttled_without_burst > used.throttled) {
        writeln!(
            out,
            "a range: with 300 seconds of unused capacity kept for bursts, which AWS does as best \
             it can, and with none"
        )?;
    }
    for mode in report.modes {
        for (word, used) in [("reads", &mode.reads), ("writes", &mode.writes)] {
            if let Some(words) = refused_words(word, used) {
                writeln!(out, "{words}")?;
            }
        }
    }
    match report.best {
        Some(best) => {
            writeln!(
                out,
                "\ncheapest that throttles at most {} % of reads and of writes if burst is given \
                 (the lower end of the range), of {}:",
                report.throttled_max_percent.normalize(),
                report.searched
            )?;
            row(out, report, &best.used)?;
            for (name, used) in [("reads", &best.used.reads), ("writes", &best.used.writes)] {
                writeln!(out, "  {name}: {}", setting_words(&used.setting))?;
            }
            if let Some(below) = best.not_run_below {
                writeln!(
                    out,
                    "  there are too many settings to run each of them; one that was not run costs \
                     at most {:.1} % less",
                    below * 100.0
                )?;
            }
        }
        None => writeln!(
            out,
            "\nno setting within the bounds throttles at most {} % of reads and of writes",
            report.throttled_max_percent.normalize()
        )?,
    }
    for finding in report.findings {
        writeln!(out, "\n{}: {}", finding.severity.as_str(), finding.what)?;
        if let Some(mend) = &finding.mend {
            writeln!(out, "  fix: {mend}")?;
        }
    }
    Ok(())
}

fn row(out: &mut String, report: &CapacityReport<'_>, mode: &ModeUse) -> fmt::Result {
    let monthly = mode.monthly_usd(report.prices, report.hours);
    writeln!(
        out,
        "{:<34} {:>14} {:>14}  {:<26} {}",
        mode_title(mode),
        mode.period_usd(report.prices, report.hours).to_string(),
        monthly.map_or_else(|| "unknown".to_owned(), |usd| usd.to_string()),
        throttled_words(&mode.reads),
        throttled_words(&mode.writes),
    )
}

fn mode_title(mode: &ModeUse) -> String {
    match (&mode.reads.setting, &mode.writes.setting) {
        (Setting::OnDemand, _) => "on-demand".to_owned(),
        (Setting::Flat(reads), Setting::Flat(writes)) => {
            format!("provisioned, {reads} RCU, {writes} WCU")
        }
        (Setting::AutoScaled(a), Setting::AutoScaled(b)) if a == b => {
            format!("auto-scaled, target {}", a.target)
        }
        (Setting::AutoScaled(_), Setting::AutoScaled(_)) => "auto-scaled, each as below".to_owned(),
        _ => "provisioned, each as below".to_owned(),
    }
}

fn setting_words(setting: &Setting) -> String {
    match setting {
        Setting::OnDemand => "on-demand".to_owned(),
        Setting::Flat(capacity) => format!("{capacity} units/s, fixed"),
        Setting::AutoScaled(policy) => format!(
            "auto-scaled, target {}, {} to {} units/s{}",
            policy.target,
            policy.min,
            policy.max,
            match policy.schedule.len() {
                0 => String::new(),
                1 => ", 1 scheduled action".to_owned(),
                n => format!(", {n} scheduled actions"),
            }
        ),
    }
}

/// The share refused: a range where it depends on burst.
fn throttled_words(used: &DirectionUse) -> String {
    let percent = |units: UnitSum| format!("{:.3}", units.share_of(used.offered) * 100.0);
    let (least, most) = (percent(used.throttled), percent(used.throttled_without_burst));
    let minutes = match used.throttled_minutes {
        0 => String::new(),
        minutes => format!(" in {minutes} min"),
    };
    match (used.throttled, used.throttled_without_burst) {
        (_, UnitSum::ZERO) => "none".to_owned(),
        (UnitSum::ZERO, _) => format!("0-{most} %"),
        _ if least == most => format!("{least} %{minutes}"),
        _ => format!("{least}-{most} %{minutes}"),
    }
}

/// What refuses on demand, if anything does.
fn refused_words(word: &str, used: &DirectionUse) -> Option<String> {
    let refused = used.refused.filter(|refused| refused.total() > UnitSum::ZERO)?;
    let parts = [
        (refused.by_maximum, "its maximum throughput"),
        (refused.by_quota, "the quota of a table"),
        (
            refused.by_growth,
            "what it has grown to: its warm throughput, or twice the peak of 30 minutes before",
        ),
    ];
    let beyond: Vec<String> = parts
        .iter()
        .filter(|(units, _)| *units > UnitSum::ZERO)
        .map(|(units, what)| format!("{} units beyond {what}", units.units().round()))
        .collect();
    Some(format!("on demand refuses {word}: {}", beyond.join("; ")))
}
