//! The Postgres side: what is bought, on which terms, and what will be asked.

use crate::report::document::fleet_offers::LikeForLike;
use crate::report::document::postgres::{Fleet, Postgres};
use crate::report::text::rounded;

use super::escape::prose;
use super::{dollars, table};

/// The section.
pub(super) fn postgres(postgres: &Postgres) -> String {
    let mut text = format!("## Postgres\n\n{}", fleets(postgres));
    text.push_str("\nThe same terms on both sides:\n\n");
    text.push_str(&like_for_like(&postgres.like_for_like));
    for one in &postgres.questions {
        text.push_str(&format!("\n**{}** {}\n", prose(&one.question), prose(&one.answer)));
    }
    text
}

fn fleets(postgres: &Postgres) -> String {
    let titles = ["load", "fleet", "shards", "instance", "read replicas of each", "USD a month"];
    let row = |load: f64, what: &str, fleet: Option<&Fleet>| {
        let mut row = vec![format!("{load}x"), what.to_owned()];
        match fleet {
            None => row.extend(["-", "-", "-", "cannot be had or priced"].map(str::to_owned)),
            Some(fleet) => {
                let replicas = fleet.read_replicas.as_ref().map_or(0, |one| one.of_a_shard);
                let more = if fleet.is_lower_bound { " or more" } else { "" };
                let estimated = if fleet.is_estimated { ", estimated" } else { "" };
                let usd = fleet.monthly_usd.map_or("unknown".to_owned(), dollars);
                row.extend([
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
                row(at.load, "sharded", at.fleet.as_ref()),
                row(at.load, "unsharded", at.single.as_ref()),
            ]
        })
        .collect();
    table(&titles.map(str::to_owned), true, &rows)
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
