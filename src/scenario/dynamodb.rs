use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::finding::{Diagnostic, Sourced};
use crate::pricing::{Region, TableClass};
use crate::written::{Section, Written};

use super::assumption::Taker;
use super::commitment::CommitmentSettings;
use super::on_demand::OnDemandLimits;
use super::scheduled::{ScheduledLeast, schedule};
use super::table::{self, TableKeys, TableOverride, TableSettings};

/// A way to buy throughput.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Pay per request.
    OnDemand,
    /// A fixed capacity, sized for the peak at the target utilisation.
    Provisioned,
    /// Provisioned capacity that target tracking moves after the load.
    AutoScaled,
}

impl Mode {
    /// Every mode, in the order of reports.
    pub const ALL: [Self; 3] = [Self::OnDemand, Self::Provisioned, Self::AutoScaled];
    pub(super) const WORDS: [&'static str; 3] = ["on_demand", "provisioned", "auto_scaled"];

    /// The word used in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::OnDemand => "on_demand",
            Self::Provisioned => "provisioned",
            Self::AutoScaled => "auto_scaled",
        }
    }

    /// The word used in front of people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::OnDemand => "on demand",
            Self::Provisioned => "provisioned",
            Self::AutoScaled => "auto-scaled",
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
    /// Table class.
    pub table_class: Sourced<TableClass>,
    /// Full on-demand backups held of each table on average over the month.
    pub backups_kept: Sourced<Decimal>,
    /// `GetRecords` calls on each table's stream that are billed, a second.
    pub stream_reads_per_second: Sourced<Decimal>,
    /// Regions that hold a replica of each table, beside the plan's own.
    pub replica_regions: Sourced<Vec<Region>>,
    /// What each table and each of its indexes takes on demand.
    pub on_demand: OnDemandLimits,
    /// Scheduled actions of auto scaling, for every table and index.
    pub schedule: Vec<ScheduledLeast>,
    /// What single tables have otherwise.
    pub tables: Vec<TableOverride>,
    /// What may be bought ahead.
    pub commitment: CommitmentSettings,
}

impl DynamoDbSettings {
    /// What is set for the table of this name.
    #[must_use]
    pub fn table(&self, name: &str) -> TableSettings {
        let all = TableSettings {
            mode: None,
            class: self.table_class.value,
            pitr: self.pitr.value,
            backups_kept: self.backups_kept.value,
            stream_reads_per_second: self.stream_reads_per_second.value,
            replica_regions: self.replica_regions.value.clone(),
            target_utilization_percent: self.target_utilization_percent.value,
            index_targets: BTreeMap::new(),
            on_demand: self.on_demand,
        };
        match self.tables.iter().find(|one| one.name.value == name) {
            Some(one) => all.with(one),
            None => all,
        }
    }

    /// Takes `[dynamodb]`. `home` is the Region of the plan.
    pub(super) fn take(taker: &mut Taker, section: &Section<'_, '_>, home: &str) -> Self {
        let reads = section.word("reads", &["eventual", "strong"]);
        let keys = TableKeys::read(section, home);
        keys.on_demand.note(taker, "dynamodb");
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
                table::TARGET,
                keys.target_utilization_percent,
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
            pitr: taker.note("dynamodb.pitr", table::PITR, keys.pitr, true, table::on_off),
            table_class: taker.note(
                "dynamodb.table_class",
                table::CLASS,
                keys.table_class,
                TableClass::default(),
                table::class_word,
            ),
            backups_kept: taker.note(
                "dynamodb.backups_kept",
                table::BACKUPS,
                keys.backups_kept,
                Decimal::ZERO,
                ToString::to_string,
            ),
            stream_reads_per_second: taker.note(
                "dynamodb.stream_reads_per_second",
                table::STREAMS,
                keys.stream_reads_per_second,
                Decimal::ZERO,
                ToString::to_string,
            ),
            replica_regions: taker.note(
                "dynamodb.replica_regions",
                table::REPLICAS,
                keys.replica_regions,
                Vec::new(),
                |regions| table::region_list(regions),
            ),
            on_demand: keys.on_demand.over(OnDemandLimits::default()),
            schedule: schedule(taker, section),
            tables: TableOverride::take_all(taker, &section.section_or_empty("tables"), home),
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
