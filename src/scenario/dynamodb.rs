use crate::finding::{Diagnostic, Sourced};
use crate::written::{Section, Written};

use super::assumption::Taker;
use super::commitment::CommitmentSettings;

/// A way to buy throughput.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// Pay per request.
    OnDemand,
    /// A fixed capacity, sized for the peak at the target utilisation.
    Provisioned,
}

impl Mode {
    /// Every mode, in the order of reports.
    pub const ALL: [Self; 2] = [Self::OnDemand, Self::Provisioned];
    const WORDS: [&'static str; 2] = ["on_demand", "provisioned"];

    /// The word used in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::OnDemand => "on_demand",
            Self::Provisioned => "provisioned",
        }
    }

    /// The word used in front of people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::OnDemand => "on demand",
            Self::Provisioned => "provisioned",
        }
    }
}

/// `[dynamodb]`.
#[derive(Clone, Debug)]
pub struct DynamoDbSettings {
    /// Capacity modes to compare.
    pub modes: Sourced<Vec<Mode>>,
    /// Provisioned capacity is sized so that the peak uses this share of it, in
    /// percent.
    pub target_utilization_percent: Sourced<f64>,
    /// Reads are strongly consistent unless a GSI serves them.
    pub strong_reads: Sourced<bool>,
    /// Point-in-time recovery.
    pub pitr: Sourced<bool>,
    /// What may be bought ahead.
    pub commitment: CommitmentSettings,
}

impl DynamoDbSettings {
    /// Takes `[dynamodb]`.
    pub(super) fn take(taker: &mut Taker, section: &Section<'_, '_>) -> Self {
        let reads = section.word("reads", &["eventual", "strong"]);
        let settings = Self {
            modes: taker.note(
                "dynamodb.modes",
                "capacity modes that are compared",
                modes(section),
                Mode::ALL.to_vec(),
                |modes| modes.iter().map(|mode| mode.word()).collect::<Vec<_>>().join(", "),
            ),
            target_utilization_percent: taker.note(
                "dynamodb.target_utilization_percent",
                "share of the provisioned capacity used at the peak",
                section.number_in(
                    "target_utilization_percent",
                    20.0..=90.0,
                    "a target utilisation in percent, as AWS auto scaling takes it,",
                ),
                70.0,
                |percent| format!("{percent} %"),
            ),
            strong_reads: taker.note(
                "dynamodb.reads",
                "consistency of reads that nothing else decides",
                reads.map(|word| Written { value: word.value == 1, place: word.place }),
                false,
                |strong| if *strong { "strong".to_owned() } else { "eventual".to_owned() },
            ),
            pitr: taker.note(
                "dynamodb.pitr",
                "point-in-time recovery, since Postgres keeps backups too",
                section.flag("pitr"),
                true,
                |on| if *on { "on".to_owned() } else { "off".to_owned() },
            ),
            commitment: CommitmentSettings::take(taker, &section.section_or_empty("commitment")),
        };
        section.report_left_over();
        settings
    }
}

fn modes(section: &Section<'_, '_>) -> Option<Written<Vec<Mode>>> {
    let words = section.texts("modes")?;
    let place = words.first().map_or_else(|| section.place(), |word| word.place.clone());
    let mut modes = Vec::new();
    for word in &words {
        match Mode::WORDS.iter().position(|known| *known == word.value) {
            Some(index) => modes.push(Mode::ALL[index]),
            None => section.fault(
                Diagnostic::new(format!("\"{}\" is not a capacity mode", word.value))
                    .at(word.place.clone())
                    .mend(format!("write one of: {}", Mode::WORDS.join(", "))),
            ),
        }
    }
    modes.sort();
    modes.dedup();
    if modes.is_empty() {
        section.fault(
            Diagnostic::new("dynamodb.modes names no mode")
                .at(place.clone())
                .mend("leave it out to compare all of them"),
        );
        return None;
    }
    Some(Written { value: modes, place })
}
