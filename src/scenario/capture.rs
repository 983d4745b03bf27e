use crate::capture::{Counting, Settings};
use crate::finding::Diagnostic;
use crate::units::Timestamp;
use crate::written::Section;

use super::assumption::Taker;

const COUNTING_WORDS: [&str; 3] = ["since_reset", "interval_up_to", "interval_from"];
const COUNTINGS: [Counting; 3] =
    [Counting::SinceReset, Counting::IntervalUpTo, Counting::IntervalFrom];

/// Takes `[capture]`: what the exports cannot say themselves. Nothing in it has
/// a default: what is not written is told from the files, or asked for.
pub(super) fn take(taker: &mut Taker, section: &Section<'_, '_>) -> Settings {
    let database = section.text("database");
    if let Some(written) = &database {
        taker.note_written("capture.database", "the database looked at", written, Clone::clone);
    }
    let counting = section.word("counting", &COUNTING_WORDS);
    if let Some(written) = &counting {
        taker.note_written("capture.counting", "what the counters count", written, |word| {
            COUNTING_WORDS[*word].to_owned()
        });
    }
    let at = section.text("at").and_then(|written| {
        let at = Timestamp::parse(&written.value);
        match at {
            Some(at) => {
                let what = "when the first snapshot was taken";
                taker.note_written("capture.at", what, &written, |_| at.to_string());
            }
            None => section.fault(
                Diagnostic::new(format!("capture.at = \"{}\" is no moment", written.value))
                    .at(written.place)
                    .mend("write it as \"2026-11-23T06:48:18Z\""),
            ),
        }
        at
    });
    let every = section.number_in("every_seconds", 0.001..=31_536_000.0, "seconds");
    if let Some(written) = &every {
        let what = "time from one snapshot to the next";
        taker.note_written("capture.every_seconds", what, written, |s| format!("{s} s"));
    }
    section.report_left_over();
    Settings {
        database: database.map(|written| written.value),
        counting: counting.map(|word| COUNTINGS[word.value]),
        at,
        every_micros: every.map(|written| micros(written.value)),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "at most a year, above 0"
)]
fn micros(seconds: f64) -> u64 {
    (seconds * 1e6).round() as u64
}

/// `[capture]` as text, to be read again; empty if nothing is set.
#[must_use]
pub fn text(settings: &Settings) -> String {
    let mut lines = String::new();
    if let Some(database) = &settings.database {
        lines.push_str(&format!("database = {}\n", toml::Value::from(database.as_str())));
    }
    if let Some(at) = COUNTINGS.iter().position(|one| Some(*one) == settings.counting) {
        lines.push_str(&format!("counting = \"{}\"\n", COUNTING_WORDS[at]));
    }
    if let Some(at) = settings.at {
        lines.push_str(&format!("at = \"{at}\"\n"));
    }
    if let Some(micros) = settings.every_micros {
        lines.push_str(&format!(
            "every_seconds = {}.{:06}\n",
            micros / 1_000_000,
            micros % 1_000_000
        ));
    }
    if lines.is_empty() { lines } else { format!("[capture]\n{lines}\n") }
}
