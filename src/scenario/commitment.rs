//! `[dynamodb.commitment]`: what may be bought ahead, and what was.

use crate::finding::{Diagnostic, Origin, Sourced};
use crate::pricing::{CommitmentOptions, Direction, SunkReservation, Term};
use crate::written::{Section, Written};

use super::assumption::Taker;

/// What the best commitment is chosen from.
#[derive(Clone, Debug)]
pub struct CommitmentSettings {
    /// Lengths of reservation that are considered; none of them: no new
    /// reservations.
    pub terms: Sourced<Vec<Term>>,
    /// Whether a Database Savings Plan is considered.
    pub savings_plan: Sourced<bool>,
    /// Whether rates that nobody verified may be used. They are marked.
    pub unverified: Sourced<bool>,
    /// Reservations in the scenario's Region that are paid for already.
    pub sunk: Vec<Sourced<SunkReservation>>,
}

impl CommitmentSettings {
    /// The same as the commitment optimiser takes it.
    #[must_use]
    pub fn options(&self) -> CommitmentOptions {
        CommitmentOptions {
            terms: self.terms.value.clone(),
            savings_plan: self.savings_plan.value,
            sunk: self.sunk.iter().map(|one| one.value).collect(),
        }
    }

    /// Takes `[dynamodb.commitment]`.
    pub(super) fn take(taker: &mut Taker, section: &Section<'_, '_>) -> Self {
        let settings = Self {
            terms: taker.note(
                "dynamodb.commitment.terms",
                "lengths of reservation that the best commitment may have",
                terms(section),
                CommitmentOptions::default().terms,
                |terms| match terms.as_slice() {
                    [] => "none".to_owned(),
                    terms => terms.iter().map(|term| term.as_str()).collect::<Vec<_>>().join(", "),
                },
            ),
            savings_plan: taker.note(
                "dynamodb.commitment.savings_plan",
                "whether the best commitment may have a Database Savings Plan",
                section.flag("savings_plan"),
                CommitmentOptions::default().savings_plan,
                |allowed| if *allowed { "yes".to_owned() } else { "no".to_owned() },
            ),
            unverified: taker.note(
                "dynamodb.commitment.unverified",
                "whether the best commitment may rest on rates that nobody verified",
                section.flag("unverified"),
                false,
                |allowed| if *allowed { "yes, marked" } else { "no" }.to_owned(),
            ),
            sunk: section.sections("sunk").iter().filter_map(|one| sunk(taker, one)).collect(),
        };
        section.report_left_over();
        settings
    }
}

fn terms(section: &Section<'_, '_>) -> Option<Written<Vec<Term>>> {
    let words = section.texts("terms")?;
    let place = words.first().map_or_else(|| section.place(), |word| word.place.clone());
    let mut terms = Vec::new();
    for word in &words {
        match Term::ALL.iter().find(|term| term.as_str() == word.value) {
            Some(term) => terms.push(*term),
            None => section.fault(
                Diagnostic::new(format!("\"{}\" is not a length of reservation", word.value))
                    .at(word.place.clone())
                    .mend("write \"1y\" or \"3y\", or terms = [] for no new reservations"),
            ),
        }
    }
    terms.sort();
    terms.dedup();
    Some(Written { value: terms, place })
}

fn sunk(taker: &mut Taker, section: &Section<'_, '_>) -> Option<Sourced<SunkReservation>> {
    let directions: Vec<&str> = Direction::ALL.iter().map(|one| one.as_str()).collect();
    let lengths: Vec<&str> = Term::ALL.iter().map(|one| one.as_str()).collect();
    let direction = section.word("direction", &directions);
    let term = section.word("term", &lengths);
    let blocks = section.whole("blocks");
    section.report_left_over();
    let (Some(direction), Some(term), Some(blocks)) = (direction, term, blocks) else {
        section.fault(
            Diagnostic::new("a reservation that is paid for has direction, term and blocks")
                .at(section.place())
                .mend("write, say, { direction = \"write\", term = \"1y\", blocks = 5 }"),
        );
        return None;
    };
    let Ok(count @ 1..=SUNK_BLOCKS_MAX) = u32::try_from(blocks.value) else {
        section.fault(
            Diagnostic::new(format!("{} blocks are no reservation", blocks.value))
                .at(blocks.place)
                .why(format!(
                    "blocks of 100 capacity units are counted, 1 to {SUNK_BLOCKS_MAX} of them"
                )),
        );
        return None;
    };
    let reservation = SunkReservation {
        direction: Direction::ALL[direction.value],
        term: Term::ALL[term.value],
        blocks: count,
    };
    let written = Written { value: reservation, place: blocks.place };
    let sourced = Sourced { value: reservation, origin: Origin::File(written.place.clone()) };
    taker.note_written(
        "dynamodb.commitment.sunk",
        "reserved capacity that is paid for already; only the best commitment counts it",
        &written,
        |one| {
            format!("{} x 100 {} units, {}", one.blocks, one.direction.as_str(), one.term.as_str())
        },
    );
    Some(sourced)
}

/// More blocks than any account has; beyond this something else was meant.
const SUNK_BLOCKS_MAX: u32 = 1_000_000;

#[cfg(test)]
mod tests {
    use crate::pricing::{Direction, SunkReservation, Term};
    use crate::scenario::Settings;

    #[test]
    fn a_silent_plan_considers_a_year_and_a_savings_plan_and_says_so() {
        let (settings, assumptions) = Settings::read("plan.toml", "").unwrap();
        let options = settings.dynamodb.commitment.options();
        assert_eq!(options.terms, [Term::OneYear]);
        assert!(options.savings_plan && options.sunk.is_empty());
        let assumed = |id: &str| assumptions.iter().find(|one| one.id == id).unwrap();
        assert_eq!(assumed("dynamodb.commitment.terms").value, "1y");
        assert_eq!(assumed("dynamodb.commitment.unverified").value, "no");
    }

    #[test]
    fn what_is_paid_for_is_read_and_listed() {
        let text = "[dynamodb.commitment]\nterms = [\"3y\", \"1y\", \"3y\"]\nsavings_plan = false\n\
                    sunk = [{ direction = \"write\", term = \"1y\", blocks = 5 }]\n";
        let (settings, assumptions) = Settings::read("plan.toml", text).unwrap();
        let options = settings.dynamodb.commitment.options();
        assert_eq!(options.terms, [Term::OneYear, Term::ThreeYears]);
        assert_eq!(
            options.sunk,
            [SunkReservation { direction: Direction::Write, term: Term::OneYear, blocks: 5 }]
        );
        let listed = assumptions.iter().find(|one| one.id == "dynamodb.commitment.sunk").unwrap();
        assert_eq!(listed.value, "5 x 100 write units, 1y");
        assert!(!listed.assumed);
    }

    #[test]
    fn no_terms_means_no_new_reservations() {
        let (settings, _) =
            Settings::read("plan.toml", "[dynamodb.commitment]\nterms = []\n").unwrap();
        assert!(settings.dynamodb.commitment.options().terms.is_empty());
    }

    #[test]
    fn every_fault_is_reported() {
        let text = "[dynamodb.commitment]\nterms = [\"2y\"]\nplan = true\n\
                    [[dynamodb.commitment.sunk]]\ndirection = \"write\"\nterm = \"1y\"\nblocks = 0\n\
                    [[dynamodb.commitment.sunk]]\ndirection = \"up\"\nterm = \"1y\"\nblocks = 1\n";
        let error = Settings::read("plan.toml", text).unwrap_err().to_string();
        for part in ["\"2y\" is not a length", "plan is not a known key", "0 blocks", "\"up\""] {
            assert!(error.contains(part), "{part} in {error}");
        }
    }
}
