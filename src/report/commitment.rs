//! The best commitment beside a bill as configured, as lines of text.

use std::collections::{BTreeMap, BTreeSet};

use crate::compare::{Committed, Comparison, DesignCommitment, ModeResult, curve_name};
use crate::pricing::RESERVATION_BLOCK_UNITS;
use crate::units::{Usd, percent};

use super::document::commitment::why;

/// The columns "committed" (dollars a month with the best commitment) and
/// "upfront" of the terminal table; `?` where it has no price.
pub fn columns(mode: &ModeResult) -> [String; 2] {
    match &mode.best_commitment {
        Ok(best) => {
            let mark = if best.unverified() { " NOT VERIFIED" } else { "" };
            [format!("{}{mark}", dollars(best.at_plan.effective_monthly)), dollars(best.upfront)]
        }
        Err(_) => ["?".to_owned(), "?".to_owned()],
    }
}

/// What was not considered is listed so far for each reason.
const LEFT_OUT_SHOWN: usize = 2;

/// What the columns mean, what is bought for the cheapest design, and what was
/// not considered.
pub fn notes(comparison: &Comparison) -> String {
    let mut text =
        "at each load: as configured, at list price, storage as it will be at the horizon; committed: at 1x with the cheapest \
                    reservations and Savings Plan, upfront fees spread over the term; upfront: \
                    the cash for them; throttled: share of the units refused at 1x, with burst \
                    and without, busy keys included\n"
            .to_owned();
    for one in &comparison.break_evens {
        text.push_str(&format!("{one}\n"));
    }
    let modes = || {
        comparison
            .designs
            .iter()
            .flat_map(|result| result.modes.iter().map(move |mode| (&result.design.name, mode)))
    };
    let cheapest = modes()
        .filter_map(|(design, mode)| Some((design, mode, mode.best_commitment.as_ref().ok()?)))
        .min_by_key(|(_, _, best)| best.at_plan.effective_monthly);
    if let Some((design, mode, best)) = cheapest {
        text.push_str(&format!("{}: {}\n", curve_name(design, mode.mode), spoken(best)));
        for reason in why(best) {
            text.push_str(&format!("  {reason}\n"));
        }
    }
    let mut unpriced: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut left_out: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (design, mode) in modes() {
        match &mode.best_commitment {
            Ok(best) => {
                for one in best.left_out() {
                    let (what, why) = one.split_once(": ").unwrap_or((one, ""));
                    left_out.entry(why).or_default().insert(what);
                }
            }
            Err(faults) => {
                for why in faults {
                    let names = unpriced.entry(why).or_default();
                    names.push(curve_name(design, mode.mode));
                }
            }
        }
    }
    for (why, names) in unpriced {
        text.push_str(&format!("commitment not known: {why} ({})\n", names.join("; ")));
    }
    for (why, what) in left_out {
        let more = match what.len().saturating_sub(LEFT_OUT_SHOWN) {
            0 => String::new(),
            more => format!("; {more} more in report.json"),
        };
        let what: Vec<&str> = what.into_iter().take(LEFT_OUT_SHOWN).collect();
        text.push_str(&format!("not considered: {why} ({}{more})\n", what.join("; ")));
    }
    text
}

fn spoken(best: &DesignCommitment) -> String {
    let mut bought: Vec<String> = Vec::new();
    for one in &best.regions {
        let marked = if one.unverified { " (rates NOT VERIFIED)" } else { "" };
        for reservation in &one.best.commitment.reservations {
            bought.push(format!(
                "{} x {RESERVATION_BLOCK_UNITS} {} units in {} for {}{marked}",
                reservation.blocks,
                reservation.direction.as_str(),
                one.region,
                reservation.term.as_str()
            ));
        }
        let plan = one.best.commitment.plan_usd_per_hour;
        if plan > Usd::ZERO {
            bought.push(format!(
                "a Savings Plan of ${} an hour in {}{marked}",
                plan.get().round_dp(4).normalize(),
                one.region
            ));
        }
    }
    if bought.is_empty() {
        return "no commitment pays".to_owned();
    }
    format!(
        "{}; {} upfront, {} a month ({}); at 80 % of the load {} ({})",
        bought.join(", "),
        dollars(best.upfront),
        dollars(best.at_plan.effective_monthly),
        against(best.at_plan),
        dollars(best.at_80_percent.effective_monthly),
        against(best.at_80_percent)
    )
}

fn against(committed: Committed) -> String {
    let share = committed.saving_share();
    let word = if share.is_sign_negative() { "more" } else { "less" };
    format!("{} {word} than nothing new", percent(share.abs()))
}

fn dollars(usd: Usd) -> String {
    Usd::new(usd.get().round()).to_string().trim_end_matches(".00").to_owned()
}
