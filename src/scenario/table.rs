//! What is set table by table: `[dynamodb]` for all of them, and
//! `[dynamodb.tables.NAME]` for one.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::finding::Diagnostic;
use crate::pricing::{Region, TableClass};
use crate::written::{Section, Written};

use super::assumption::Taker;
use super::dynamodb::Mode;
use super::on_demand::{OnDemandKeys, OnDemandLimits};

/// What one section says; `None` where it is silent.
#[derive(Clone, Debug, Default)]
pub(super) struct TableKeys {
    pub table_class: Option<Written<TableClass>>,
    pub pitr: Option<Written<bool>>,
    pub backups_kept: Option<Written<Decimal>>,
    pub stream_reads_per_second: Option<Written<Decimal>>,
    pub replica_regions: Option<Written<Vec<Region>>>,
    pub target_utilization_percent: Option<Written<f64>>,
    pub on_demand: OnDemandKeys,
}

/// What the plan says of one table, by its name in the designs.
#[derive(Clone, Debug)]
pub struct TableOverride {
    /// The table's name.
    pub name: Written<String>,
    /// Its capacity mode, whichever mode the design is compared under.
    pub mode: Option<Mode>,
    pub(super) keys: TableKeys,
    /// Target utilisation of single indexes, in percent.
    pub index_targets: Vec<(Written<String>, f64)>,
}

/// Everything that is set for one table.
#[derive(Clone, Debug, PartialEq)]
pub struct TableSettings {
    /// Its capacity mode, where it has one of its own.
    pub mode: Option<Mode>,
    /// Its class, which holds for its indexes too.
    pub class: TableClass,
    /// Point-in-time recovery.
    pub pitr: bool,
    /// Full on-demand backups held on average over the month.
    pub backups_kept: Decimal,
    /// `GetRecords` calls on its stream that are billed, a second.
    pub stream_reads_per_second: Decimal,
    /// Regions that hold a replica, beside the plan's own.
    pub replica_regions: Vec<Region>,
    /// Share of the provisioned capacity used at the peak, in percent.
    pub target_utilization_percent: f64,
    /// The same of single indexes, by name.
    pub index_targets: BTreeMap<String, f64>,
    /// What it and each of its indexes take on demand.
    pub on_demand: OnDemandLimits,
}

impl TableSettings {
    /// The target utilisation of the table (`None`) or of an index, in percent.
    #[must_use]
    pub fn target_of(&self, index: Option<&str>) -> f64 {
        let own = index.and_then(|name| self.index_targets.get(name)).copied();
        own.unwrap_or(self.target_utilization_percent)
    }

    /// The same with what the plan says of this table.
    pub(super) fn with(mut self, one: &TableOverride) -> Self {
        fn set<T: Clone>(value: &mut T, written: Option<&Written<T>>) {
            if let Some(written) = written {
                value.clone_from(&written.value);
            }
        }
        self.mode = one.mode;
        set(&mut self.class, one.keys.table_class.as_ref());
        set(&mut self.pitr, one.keys.pitr.as_ref());
        set(&mut self.backups_kept, one.keys.backups_kept.as_ref());
        set(&mut self.stream_reads_per_second, one.keys.stream_reads_per_second.as_ref());
        set(&mut self.replica_regions, one.keys.replica_regions.as_ref());
        set(&mut self.target_utilization_percent, one.keys.target_utilization_percent.as_ref());
        self.on_demand = one.keys.on_demand.over(self.on_demand);
        let targets = one.index_targets.iter();
        self.index_targets = targets.map(|(name, target)| (name.value.clone(), *target)).collect();
        self
    }
}

impl TableKeys {
    /// Reads the keys that all tables and single tables have in common. `home`
    /// is the Region of the plan.
    pub(super) fn read(section: &Section<'_, '_>, home: &str) -> Self {
        let class = section.word("table_class", &CLASS_WORDS);
        Self {
            table_class: class.map(|word| Written {
                value: [TableClass::Standard, TableClass::StandardIa][word.value],
                place: word.place,
            }),
            pitr: section.flag("pitr"),
            backups_kept: amount(section, "backups_kept", 10_000, "full backups of a table"),
            stream_reads_per_second: amount(
                section,
                "stream_reads_per_second",
                1_000_000,
                "GetRecords calls on a table's stream",
            ),
            replica_regions: regions(section, home),
            target_utilization_percent: target(section),
            on_demand: OnDemandKeys::read(section),
        }
    }
}

impl TableOverride {
    /// Takes `[dynamodb.tables]`, one subsection for each table.
    pub(super) fn take_all(taker: &mut Taker, section: &Section<'_, '_>, home: &str) -> Vec<Self> {
        let tables = section.each_section();
        tables.into_iter().map(|(name, table)| Self::take(taker, name, &table, home)).collect()
    }

    fn take(
        taker: &mut Taker,
        name: Written<String>,
        section: &Section<'_, '_>,
        home: &str,
    ) -> Self {
        let mode = section.word("mode", &Mode::WORDS);
        let mode = mode.map(|word| Written { value: Mode::ALL[word.value], place: word.place });
        let keys = TableKeys::read(section, home);
        let mut index_targets = Vec::new();
        let indexes = section.section_or_empty("indexes");
        for (index, section) in indexes.each_section() {
            if let Some(percent) = target(&section) {
                let id = format!("indexes.{}.target_utilization_percent", index.value);
                note(taker, &name, &id, TARGET, Some(&percent), |percent| format!("{percent} %"));
                index_targets.push((index, percent.value));
            }
            section.report_left_over();
        }
        section.report_left_over();
        note(taker, &name, "mode", "capacity mode", mode.as_ref(), |mode| mode.word().to_owned());
        note(taker, &name, "table_class", CLASS, keys.table_class.as_ref(), class_word);
        note(taker, &name, "pitr", PITR, keys.pitr.as_ref(), on_off);
        note(
            taker,
            &name,
            "backups_kept",
            BACKUPS,
            keys.backups_kept.as_ref(),
            ToString::to_string,
        );
        note(
            taker,
            &name,
            "stream_reads_per_second",
            STREAMS,
            keys.stream_reads_per_second.as_ref(),
            ToString::to_string,
        );
        note(taker, &name, "replica_regions", REPLICAS, keys.replica_regions.as_ref(), |regions| {
            region_list(regions)
        });
        note(
            taker,
            &name,
            "target_utilization_percent",
            TARGET,
            keys.target_utilization_percent.as_ref(),
            |percent| format!("{percent} %"),
        );
        keys.on_demand.note(taker, &format!("dynamodb.tables.{}", name.value));
        Self { name, mode: mode.map(|mode| mode.value), keys, index_targets }
    }
}

// What each setting means, for the table of assumptions.
pub(super) const TARGET: &str = "share of the provisioned capacity used at the peak";
pub(super) const CLASS: &str = "table class; a table's indexes have its class";
pub(super) const PITR: &str = "point-in-time recovery, since Postgres keeps backups too";
pub(super) const BACKUPS: &str = "full on-demand backups kept of each table, in the plan's Region";
pub(super) const STREAMS: &str = "GetRecords calls a second on each table's stream, at any load; \
                                  those of Lambda and of global tables are free";
pub(super) const REPLICAS: &str = "Regions that replicate each table; they serve no requests, and \
                                   have the plan's Region's capacity where it is provisioned";

const CLASS_WORDS: [&str; 2] = ["standard", "standard_ia"];

pub(super) fn class_word(class: &TableClass) -> String {
    let word = match class {
        TableClass::Standard => CLASS_WORDS[0],
        TableClass::StandardIa => CLASS_WORDS[1],
    };
    word.to_owned()
}

pub(super) fn on_off(on: &bool) -> String {
    if *on { "on".to_owned() } else { "off".to_owned() }
}

pub(super) fn region_list(regions: &[Region]) -> String {
    if regions.is_empty() {
        return "none".to_owned();
    }
    regions.iter().map(Region::code).collect::<Vec<_>>().join(", ")
}

fn note<T>(
    taker: &mut Taker,
    table: &Written<String>,
    key: &str,
    what: &str,
    written: Option<&Written<T>>,
    show: impl Fn(&T) -> String,
) {
    if let Some(written) = written {
        let id = format!("dynamodb.tables.{}.{key}", table.value);
        taker.note_written(&id, what, written, show);
    }
}

fn target(section: &Section<'_, '_>) -> Option<Written<f64>> {
    section.number_in(
        "target_utilization_percent",
        20.0..=90.0,
        "a target utilisation in percent, as AWS auto scaling takes it,",
    )
}

/// A number that is not negative, kept exact.
fn amount(section: &Section<'_, '_>, key: &str, most: u32, what: &str) -> Option<Written<Decimal>> {
    let amount = section.decimal(key)?;
    if amount.value >= Decimal::ZERO && amount.value <= Decimal::from(most) {
        return Some(amount);
    }
    section.fault(
        Diagnostic::new(format!("{key} = {} is out of range", amount.value))
            .at(amount.place)
            .why(format!("it counts {what}: 0 to {most}")),
    );
    None
}

fn regions(section: &Section<'_, '_>, home: &str) -> Option<Written<Vec<Region>>> {
    let codes = section.texts("replica_regions")?;
    let place = codes.first().map_or_else(|| section.place(), |code| code.place.clone());
    let mut regions: Vec<Region> = Vec::new();
    for code in &codes {
        let fault = match Region::new(&code.value) {
            Err(what) => Diagnostic::new(what),
            Ok(region) if region.code() == home => {
                Diagnostic::new(format!("{region} is the plan's Region already"))
                    .mend("name only the other Regions of the global table")
            }
            Ok(region) if regions.contains(&region) => {
                Diagnostic::new(format!("{region} is named twice"))
            }
            Ok(region) => {
                regions.push(region);
                continue;
            }
        };
        section.fault(fault.at(code.place.clone()));
    }
    Some(Written { value: regions, place })
}

#[cfg(test)]
mod tests {
    use crate::pricing::TableClass;
    use crate::scenario::{Mode, Settings};

    const PLAN: &str = "[dynamodb]\nbackups_kept = 7\nreplica_regions = [\"eu-west-1\"]\n\
                        [dynamodb.tables.inbox]\nmode = \"on_demand\"\ntable_class = \
                        \"standard_ia\"\nreplica_regions = []\n\
                        [dynamodb.tables.inbox.indexes.due]\ntarget_utilization_percent = 40\n";

    #[test]
    fn a_table_has_its_own_settings_and_else_those_of_all() {
        let (settings, assumptions) = Settings::read("plan.toml", PLAN).unwrap();
        let inbox = settings.dynamodb.table("inbox");
        assert_eq!(inbox.mode, Some(Mode::OnDemand));
        assert_eq!(inbox.class, TableClass::StandardIa);
        assert!(inbox.replica_regions.is_empty() && inbox.pitr);
        assert_eq!(inbox.backups_kept, 7.into());
        assert!((inbox.target_of(Some("due")) - 40.0).abs() < f64::EPSILON);
        assert!((inbox.target_of(Some("by_user")) - 70.0).abs() < f64::EPSILON);
        let other = settings.dynamodb.table("users");
        assert_eq!((other.mode, other.class), (None, TableClass::Standard));
        assert_eq!(other.replica_regions[0].code(), "eu-west-1");
        let listed = |id: &str| assumptions.iter().any(|one| one.id == id && !one.assumed);
        assert!(listed("dynamodb.tables.inbox.table_class"));
        assert!(listed("dynamodb.tables.inbox.indexes.due.target_utilization_percent"));
        assert!(!listed("dynamodb.tables.inbox.pitr"));
    }

    #[test]
    fn every_fault_is_reported() {
        let text = "region = \"us-east-1\"\n[dynamodb]\nbackups_kept = -1\nreplica_regions = \
                    [\"us-east-1\", \"mars\", \"eu-west-1\", \"eu-west-1\"]\n\
                    [dynamodb.tables.inbox]\nclass = \"standard\"\nmode = \"free\"\n";
        let error = Settings::read("plan.toml", text).unwrap_err().to_string();
        for part in [
            "backups_kept = -1",
            "us-east-1 is the plan's Region",
            "`mars` is not a Region",
            "eu-west-1 is named twice",
            "dynamodb.tables.inbox.class is not a known key",
            "\"free\"",
        ] {
            assert!(error.contains(part), "{part} in {error}");
        }
    }
}
