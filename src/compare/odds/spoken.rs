//! The odds in words.

use crate::units::{Usd, decimal_from_f64};

use super::run::{LoadSwings, Odds};

/// How sure the verdict is, in a few sentences: at each load how often the
/// cheapest design is cheaper than the cheapest Postgres, and what to measure.
pub fn spoken(odds: &Odds) -> String {
    if odds.inputs.iter().all(|input| input.range.is_known()) {
        return "Every input is taken as known: the plan states no range with a width.".to_owned();
    }
    let mut text = format!("Inputs drawn {} times from their ranges:", odds.draws);
    // Loads of which the same can be said are said together.
    let mut said: Vec<(String, Vec<String>)> = Vec::new();
    for (what, load) in odds.swings.iter().filter_map(one_load) {
        match said.last_mut() {
            Some((last, loads)) if *last == what => loads.push(load),
            _ => said.push((what, vec![load])),
        }
    }
    let parts: Vec<String> =
        said.iter().map(|(what, loads)| format!("at {} {what}", loads.join(" and "))).collect();
    if parts.is_empty() {
        text.push_str(" no load has a price on both sides.");
        return text;
    }
    text.push_str(&format!(" {}.", parts.join("; ")));
    if let Some((at, input)) =
        odds.swings.iter().rev().find_map(|at| at.to_measure().map(|input| (at, input)))
    {
        let ends = at.swings.first().map(|(_, swing)| match (swing.at_low, swing.at_high) {
            (Some(low), Some(high)) => format!(" from {} to {} a month", signed(low), signed(high)),
            _ => " to where one of them cannot be had".to_owned(),
        });
        text.push_str(&format!(
            " The input {} moves the difference at {}x most,{}: the one number to go and measure.",
            input.key(),
            at.load,
            ends.unwrap_or_default()
        ));
    }
    text
}

/// What is said of one load, and the load.
fn one_load(at: &LoadSwings) -> Option<(String, String)> {
    let standing = at.standing;
    standing.first_cheaper_share()?;
    let (cheaper, dearer, share) = if standing.first_cheaper >= standing.second_cheaper {
        (&at.design, &at.postgres, standing.first_cheaper)
    } else {
        (&at.postgres, &at.design, standing.second_cheaper)
    };
    let mut what = format!("{cheaper} is cheaper than {dearer} in {} of draws", percent(share));
    if standing.only_first > 0.0 {
        let missing = percent(standing.only_first);
        what.push_str(&format!(", and {} cannot be had in {missing}", at.postgres));
    }
    Some((what, format!("{}x", at.load)))
}

/// A share in percent; never rounded to all or none of them.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if share <= 0.0 {
        "0 %".to_owned()
    } else if share >= 1.0 {
        "100 %".to_owned()
    } else if percent > 99.9 {
        "over 99.9 %".to_owned()
    } else if !(1.0..99.0).contains(&percent) {
        format!("{percent:.1} %")
    } else {
        format!("{percent:.0} %")
    }
}

fn signed(usd: f64) -> String {
    let amount = decimal_from_f64(usd.abs()).map_or_else(
        |_| "an unknown amount".to_owned(),
        |usd| Usd::new(usd.round()).to_string().trim_end_matches(".00").to_owned(),
    );
    if usd < 0.0 { format!("-{amount}") } else { amount }
}
