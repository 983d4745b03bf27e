//! `ddbplan pricing`: the price book and bills, usable by themselves.

mod bill;
mod commit;
mod diff;
mod import;
mod show;

use std::io::Write;

use clap::Subcommand;
use ddbplan::pricing::{Price, Tier};

use super::{Failure, Outcome};

/// The price book, and bills of usage quantities.
#[derive(Subcommand)]
pub enum Command {
    Show(show::Args),
    Bill(bill::Args),
    Commit(commit::Args),
    Diff(diff::Args),
    Import(import::Args),
}

pub fn run(command: &Command, out: &mut dyn Write) -> Result<Outcome, Failure> {
    match command {
        Command::Show(args) => show::run(args, out),
        Command::Bill(args) => bill::run(args, out),
        Command::Commit(args) => commit::run(args, out),
        Command::Diff(args) => diff::run(args, out),
        Command::Import(args) => import::run(args, out),
    }
}

/// Tiers in words: `0.25`, or `0 to 25, then 0.25`.
fn tiers_in_words(tiers: &[Tier]) -> String {
    let mut text = String::new();
    for (index, tier) in tiers.iter().enumerate() {
        if index > 0 {
            text.push_str(", then ");
        }
        text.push_str(&tier.usd.to_report_string());
        if let Some(next) = tiers.get(index + 1) {
            text.push_str(&format!(" to {}", next.from));
        }
    }
    text
}

fn price_in_words(price: &Price) -> String {
    let text = tiers_in_words(&price.tiers);
    match price.known_to {
        Some(to) => format!("{text} to {to}, then not known"),
        None => text,
    }
}

fn tiers_as_json(tiers: &[Tier]) -> serde_json::Value {
    let tier = |tier: &Tier| serde_json::json!({"from": tier.from.to_string(), "usd": tier.usd.to_report_string()});
    tiers.iter().map(tier).collect()
}

fn write_json(out: &mut dyn Write, value: &serde_json::Value) -> Result<(), Failure> {
    writeln!(out, "{value:#}")?;
    Ok(())
}
