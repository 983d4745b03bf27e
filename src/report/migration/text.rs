use rust_decimal::Decimal;

use crate::migrate::payback::Payback;
use crate::migrate::{Cost, Migration};
use crate::report::{Align, Manifest, Table};
use crate::scenario::Assumption;
use crate::units::Usd;

/// The move for the terminal.
#[must_use]
pub fn text(manifest: &Manifest, migration: &Migration, assumptions: &[Assumption]) -> String {
    let mut text = format!(
        "{}: moving to {}, {}, at {}x of today's load; prices of {}, {}\n\n",
        manifest.scenario,
        migration.design,
        migration.mode.label(),
        migration.load.normalize(),
        manifest.region,
        manifest.price_book_date,
    );
    text.push_str(&phases(migration));
    text.push('\n');
    text.push_str(&sums(migration));
    text.push_str(&backfill(migration));
    text.push_str(&alternatives(migration));
    text.push_str(&going_back(migration));
    text.push_str("\nTo decide first\n");
    for question in &migration.checklist {
        text.push_str(&format!(
            "- {}: {}\n  {}\n",
            question.id,
            question.what,
            question.raised_by.join(", ")
        ));
    }
    let assumed: Vec<String> = assumptions
        .iter()
        .filter(|one| one.assumed)
        .map(|one| format!("{} = {}", one.id.trim_start_matches("migration."), one.value))
        .collect();
    text.push_str(&format!("\nAssumed, not measured: {}\n", assumed.join("; ")));
    text.push_str(&format!("In no figure: {}\n", migration.not_included.join(", ")));
    text
}

/// The move in a few lines, for the comparison.
#[must_use]
pub fn brief(migration: &Migration) -> String {
    format!(
        "\nThe move to {}, {} (ddbplan migrate tells all)\n{}\n{}",
        migration.design,
        migration.mode.label(),
        phases(migration),
        sums(migration)
    )
}

fn phases(migration: &Migration) -> String {
    let titles = ["phase", "days", "length", "Postgres", "DynamoDB", "once", "total", "alone"];
    let mut rows: Vec<Vec<String>> = migration
        .timeline
        .phases
        .iter()
        .map(|phase| {
            let (least, most) = migration.range_of(phase.kind);
            vec![
                phase.kind.name().to_owned(),
                format!("{}-{}", phase.first_day + 1, phase.end_day()),
                format!("{} ({least}-{most})", phase.days),
                amount(&phase.sides.postgres),
                amount(&phase.sides.dynamodb()),
                amount(&phase.work),
                amount(&phase.total()),
                amount(&phase.without),
            ]
        })
        .collect();
    let without: Cost = migration.timeline.phases.iter().map(|one| one.without.clone()).sum();
    let mut last = vec![String::new(); 8];
    last[0] = "all".to_owned();
    last[1] = format!("1-{}", migration.timeline.end_day());
    last[2] = format!(
        "{} ({}-{})",
        migration.timeline.end_day(),
        migration.days_range.0,
        migration.days_range.1
    );
    last[6] = amount(&migration.timeline.total());
    last[7] = amount(&without);
    rows.push(last);
    Table::new(titles).rows(rows).to_string()
}

fn sums(migration: &Migration) -> String {
    let mut text = format!(
        "Running both sides costs {} beyond Postgres alone.\n{}\n",
        amount(&migration.timeline.premium()),
        migration.verdict()
    );
    let [best, likely, worst] = migration.payback.map(|one| when(one, migration.month_hours));
    text.push_str(&format!("Paid back: at best {best}; as planned {likely}; at worst {worst}\n"));
    let unknown = migration.timeline.total().unknown;
    if !unknown.is_empty() {
        let names: Vec<&str> = unknown.iter().map(String::as_str).collect();
        text.push_str(&format!("+ ? is not known: {}\n", names.join(", ")));
    }
    text
}

fn when(payback: Payback, month_hours: Decimal) -> String {
    match payback {
        Payback::OnDay(day) => format!(
            "day {day} (month {})",
            payback.months(month_hours).unwrap_or_default().normalize()
        ),
        Payback::NotInTenYears => "not in ten years".to_owned(),
        Payback::Never { .. } => "never".to_owned(),
    }
}

fn backfill(migration: &Migration) -> String {
    let mut text = String::from("\nBringing existing rows over\n");
    let (Some(volume), Some(transfer)) = (&migration.volume, &migration.transfer) else {
        text.push_str("rows of some tables were never counted: nothing is known\n");
        return text;
    };
    text.push_str(&format!(
        "{} items, {} B; {} write units, {} of them of indexes; {} B stored\n",
        counted(volume.items),
        counted(volume.item_bytes),
        counted(volume.write_units()),
        counted(volume.index_write_units),
        counted(volume.stored_bytes),
    ));
    let rows = migration.backfill_options.iter().map(|one| {
        let time = one.seconds.map_or("not published".to_owned(), duration);
        vec![one.method.word().to_owned(), amount(&one.cost), time, one.notes.join("; ")]
    });
    let table = Table::new(["way", "cost", "time", "note"])
        .align([Align::Left, Align::Right, Align::Right, Align::Left])
        .rows(rows);
    text.push_str(&table.to_string());
    text.push_str(&if transfer.refused_minutes > 0 {
        format!(
            "Without pre-warming {:.1} % of backfill and live writes are throttled in the first 12 \
             hours, in {} minutes; {} write units a second keep it from that\n",
            transfer.refused_share * 100.0,
            transfer.refused_minutes,
            counted(transfer.peak_units_per_second)
        )
    } else {
        format!(
            "Backfill and live writes at their peak ask for {} write units a second together: \
             nothing is throttled\n",
            counted(transfer.peak_units_per_second)
        )
    });
    text
}

fn alternatives(migration: &Migration) -> String {
    let months = |months: Option<Decimal>| {
        months.map_or("never".to_owned(), |months| months.normalize().to_string())
    };
    let rows = migration.alternatives.iter().map(|one| {
        vec![
            one.name.clone(),
            one.days.map_or("?".to_owned(), |days| days.to_string()),
            one.downtime_hours.map_or("?".to_owned(), |hours| format!("{} h", hours.normalize())),
            amount(&one.premium),
            months(one.months_to_repay),
        ]
    });
    let titles = ["way to move", "days", "downtime", "beyond Postgres", "months of saving"];
    let mut text = format!("\n{}", Table::new(titles).rows(rows));
    let rows = migration.tables.iter().enumerate().map(|(i, one)| {
        vec![
            format!("{}. {}", i + 1, one.table),
            amount(&one.dynamodb),
            short(one.freed),
            amount(&one.premium),
            months(one.months_to_repay),
        ]
    });
    let titles = [
        "table by table",
        "DynamoDB/month",
        "Postgres freed",
        "beyond Postgres",
        "months of saving",
    ];
    text.push_str(&format!("\n{}", Table::new(titles).rows(rows)));
    text
}

fn going_back(migration: &Migration) -> String {
    let rows = migration.rollbacks.iter().map(|one| {
        vec![
            one.kind.name().to_owned(),
            one.last_safe_day.map_or("none".to_owned(), |day| format!("day {day}")),
            short(one.spent),
            amount(&one.undo),
            one.how.to_owned(),
        ]
    });
    let table = Table::new(["going back", "safe until", "spent by then", "undoing", "how"])
        .align([Align::Left, Align::Right, Align::Right, Align::Right, Align::Left])
        .rows(rows);
    format!("\n{table}")
}

/// Whole dollars, cents below ten; `+ ?` where something has no known price.
fn amount(cost: &Cost) -> String {
    let known = short(cost.usd);
    match (cost.is_known(), cost.usd.get().is_zero()) {
        (true, _) => known,
        (false, true) => "?".to_owned(),
        (false, false) => format!("{known} + ?"),
    }
}

fn short(usd: Usd) -> String {
    if usd.get().abs() < Decimal::TEN {
        return usd.to_string();
    }
    Usd::new(usd.get().round()).to_string().trim_end_matches(".00").to_owned()
}

/// A count with thousands apart.
fn counted(number: Decimal) -> String {
    let text = Usd::new(number.round()).to_string();
    text.trim_start_matches('$').trim_end_matches(".00").to_owned()
}

fn duration(seconds: Decimal) -> String {
    let hour = Decimal::from(3600);
    let day = Decimal::from(86_400);
    let of = |unit: Decimal, name: &str| format!("{} {name}", (seconds / unit).round_dp(1));
    if seconds >= day {
        of(day, "days")
    } else if seconds >= hour {
        of(hour, "h")
    } else {
        of(Decimal::from(60), "min")
    }
}
