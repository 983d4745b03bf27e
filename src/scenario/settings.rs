use crate::finding::{Diagnostics, Sourced};
use crate::written::{Document, Section};

use super::assumption::{Assumption, Taker};
use super::capture;
use super::dynamodb::DynamoDbSettings;
use super::elsewhere::Elsewhere;
use super::encoding::Encoding;
use super::load::LoadSettings;
use super::migration::MigrationSettings;
use super::postgres::PostgresSettings;
use super::row_sizes::StatedRowSizes;
use super::uncertainty::UncertaintySettings;
use super::what_if::WhatIf;

/// Everything `plan.toml` says, each value with its origin.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The AWS Region whose prices are used.
    pub region: Sourced<String>,
    /// How the exports are to be read.
    pub capture: crate::capture::Settings,
    /// What the capture stands for and how load grows.
    pub load: LoadSettings,
    /// How rows become items.
    pub encoding: Encoding,
    /// The DynamoDB side.
    pub dynamodb: DynamoDbSettings,
    /// The Postgres side.
    pub postgres: PostgresSettings,
    /// Statements that go to another store.
    pub elsewhere: Vec<Elsewhere>,
    /// The move itself.
    pub migration: MigrationSettings,
    /// Sizes of rows that somebody measured.
    pub row_sizes: Vec<StatedRowSizes>,
    /// Within what the inputs are known.
    pub uncertainty: UncertaintySettings,
    /// Changes tried out on every design.
    pub what_if: WhatIf,
}

impl Settings {
    /// Reads `plan.toml`, and the list of assumptions in the order of the file.
    ///
    /// # Errors
    /// Every fault found, with its place.
    pub fn read(file: &str, text: &str) -> Result<(Self, Vec<Assumption>), Diagnostics> {
        Document::new(file, text).read(|root| {
            let mut taker = Taker::new(root);
            let settings = Self::take(&mut taker, root);
            taker.check_assumed(root);
            Some((settings, taker.assumptions))
        })
    }

    fn take(taker: &mut Taker, root: &Section<'_, '_>) -> Self {
        let region = taker.note(
            "region",
            "AWS Region of the prices",
            root.text("region"),
            "us-east-1".to_owned(),
            Clone::clone,
        );
        let capture = capture::take(taker, &root.section_or_empty("capture"));
        let load = LoadSettings::take(taker, &root.section_or_empty("load"));
        let encoding = Encoding::take(taker, &root.section_or_empty("encoding"));
        let dynamodb =
            DynamoDbSettings::take(taker, &root.section_or_empty("dynamodb"), &region.value);
        let postgres = PostgresSettings::take(taker, &root.section_or_empty("postgres"));
        let elsewhere = root.sections("elsewhere").iter().filter_map(Elsewhere::read).collect();
        let migration = MigrationSettings::take(taker, root);
        let row_sizes = StatedRowSizes::read_all(root);
        let uncertainty = UncertaintySettings::take(taker, &root.section_or_empty("uncertainty"));
        let what_if = WhatIf::take(taker, &root.section_or_empty("what_if"));
        Self {
            region,
            capture,
            load,
            encoding,
            dynamodb,
            postgres,
            elsewhere,
            migration,
            row_sizes,
            uncertainty,
            what_if,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_plan_is_all_defaults_and_says_so() {
        let (settings, assumptions) = Settings::read("plan.toml", "").unwrap();
        assert_eq!(settings.region.value, "us-east-1");
        assert!(assumptions.iter().all(|assumption| assumption.assumed));
        assert!(assumptions.len() > 15);
    }

    #[test]
    fn what_is_measured_and_what_is_assumed_are_told_apart() {
        let text =
            "assumed = [\"load.peak_to_mean\"]\n[load]\npeak_to_mean = 4\nretention_days = 30\n";
        let (_, assumptions) = Settings::read("plan.toml", text).unwrap();
        let assumed = |id: &str| assumptions.iter().find(|a| a.id == id).unwrap().assumed;
        assert!(assumed("load.peak_to_mean"));
        assert!(!assumed("load.retention_days"));
    }

    #[test]
    fn nonsense_is_refused_all_at_once() {
        let text = "assumed = [\"speed\"]\n[load]\nrange = [8, 1]\nmonth_hours = 7\n\
                    [dynamodb]\ntarget_utilization_percent = 0.7\nmodes = [\"free\"]\n";
        let error = Settings::read("plan.toml", text).unwrap_err();
        assert_eq!(error.0.len(), 6, "{error}");
    }
}
