//! The Postgres side: what is bought, on which terms, and what will be asked.

use crate::report::document::fleet_offers::LikeForLike;
use crate::report::document::postgres::{Fleet, Postgres};
use crate::report::document::shard_keys::ShardKey;
use crate::report::text::rounded;

use super::escape::prose;
use super::{dollars, table};

/// The section.
pub(super) fn postgres(postgres: &Postgres) -> String {
    let mut text = format!("## Postgres\n\n{}", fleets(postgres));
    if !postgres.shard_keys.is_empty() {
        text.push_str(
            "\nThe column that it is sharded by, first, and others that it could be:\n\n",
        );
        text.push_str(&shard_keys(&postgres.shard_keys));
    }
    text.push_str("\nThe same terms on both sides:\n\n");
    text.push_str(&like_for_like(&postgres.like_for_like));
    for one in &postgres.questions {
        text.push_str(&format!("\n**{}** {}\n", prose(&one.question), prose(&one.answer)));
    }
    text
}

fn fleets(postgres: &Postgres) -> String {
    let titles = [
        "load",
        "fleet",
        "bought as",
        "shards",
        "instance",
        "read replicas of each",
        "USD a month",
    ];
    let row = |load: f64, what: &str, fleet: Option<&Fleet>, none: Option<&String>| {
        let mut row = vec![format!("{load}x"), what.to_owned()];
        match fleet {
            None => {
                row.extend(["-", "-", "-", "-"].map(str::to_owned));
                row.push(none.map_or("cannot be had".to_owned(), |why| prose(why)));
            }
            Some(fleet) => {
                let replicas = fleet.read_replicas.as_ref().map_or(0, |one| one.of_a_shard);
                let more = if fleet.is_lower_bound { " or more" } else { "" };
                let estimated = if fleet.is_estimated { ", estimated" } else { "" };
                let usd = fleet.monthly_usd.map_or("unknown".to_owned(), dollars);
                row.extend([
                    prose(&fleet.offer),
                    fleet.shards.to_string(),
                    prose(&fleet.instance),
                    replicas.to_string(),
                    format!("{usd}{more}{estimated}"),
                ]);
            }
        }
        row
    };
    let rows: Vec<Vec<String>> = postgres
        .at
        .iter()
        .flat_map(|at| {
            [
                row(at.load, "sharded", at.fleet.as_ref(), at.no_fleet.as_ref()),
                row(at.load, "unsharded", at.single.as_ref(), at.no_single.as_ref()),
            ]
        })
        .collect();
    table(&titles.map(str::to_owned), true, &rows)
}

fn shard_keys(keys: &[ShardKey]) -> String {
    let loads = keys[0].at.iter().map(|at| format!("USD a month at {}x", at.load));
    let titles = ["column", "calls to one shard", "most frequent value"].map(str::to_owned);
    let titles: Vec<String> =
        titles.into_iter().chain(loads).chain(["ends at".to_owned()]).collect();
    let row = |key: &ShardKey| {
        let share = |share: f64| format!("{:.2} %", share * 100.0);
        let mut row = vec![
            prose(&key.column),
            share(key.routed_share),
            key.largest_share.map_or("not known, taken as even".to_owned(), share),
        ];
        row.extend(key.at.iter().map(|at| match (at.monthly_usd, at.shards) {
            (Some(usd), Some(shards)) => format!("{} ({shards})", dollars(usd)),
            _ => "-".to_owned(),
        }));
        row.push(key.ends_at_load.map_or("-".to_owned(), |load| format!("{load:.1}x")));
        row
    };
    table(&titles, true, &keys.iter().map(row).collect::<Vec<_>>())
}

fn like_for_like(rows: &[LikeForLike]) -> String {
    let titles =
        ["terms", "load", "cheapest design", "USD a month", "cheapest Postgres", "USD a month"];
    let side = |name: Option<&String>, usd: Option<f64>| {
        [
            name.map_or("none".to_owned(), |name| prose(name)),
            usd.map_or("-".to_owned(), |usd| prose(&rounded(usd))),
        ]
    };
    let row = |one: &LikeForLike| {
        let missing = one.missing.as_ref().map_or(String::new(), |what| format!("; not {what}"));
        let mut row = vec![prose(&format!("{}{missing}", one.terms)), format!("{}x", one.load)];
        row.extend(side(one.design.as_ref(), one.design_monthly_usd));
        row.extend(side(one.postgres.as_ref(), one.postgres_monthly_usd));
        row
    };
    table(&titles.map(str::to_owned), true, &rows.iter().map(row).collect::<Vec<_>>())
}
