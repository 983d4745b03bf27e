//! `[migration]`: the move itself.

use rust_decimal::Decimal;

use crate::finding::{Diagnostic, Sourced};
use crate::written::{Section, Written};

use super::assumption::{Assumption, Taker};

/// Days that a phase takes: nobody has measured a move that has not happened,
/// so three numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// If all goes well.
    pub least: u32,
    /// As planned.
    pub likely: u32,
    /// If little goes well.
    pub most: u32,
}

/// How existing rows are brought over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackfillMethod {
    /// `BatchWriteItem` from a loader, beside the dual writes.
    Api,
    /// Import from S3 into a new table, before the dual writes.
    S3Import,
    /// `StartBulkPutItems` from S3 into the table that dual writes go to.
    BulkPut,
}

impl BackfillMethod {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Api, Self::S3Import, Self::BulkPut];
    const WORDS: [&'static str; 3] = ["api", "s3_import", "bulk_put"];

    /// The word in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::S3Import => "s3_import",
            Self::BulkPut => "bulk_put",
        }
    }
}

/// Everything `[migration]` says. Nothing published gives lengths of phases, so
/// every length that the file does not state is a default and marked as one.
#[derive(Clone, Debug)]
pub struct MigrationSettings {
    /// The plan has the section.
    pub stated: bool,
    /// Multiple of today's load at which the move is made.
    pub load: Sourced<Decimal>,
    /// Postgres alone, with the abstraction layer in place.
    pub baseline_days: Sourced<Days>,
    /// Both written, before the backfill.
    pub dual_write_days: Sourced<Days>,
    /// Existing rows brought over; longer if the limits say so.
    pub backfill_days: Sourced<Days>,
    /// Shadow reads compared with Postgres's answers.
    pub validation_days: Sourced<Days>,
    /// Reads moved over step by step.
    pub read_shift_days: Sourced<Days>,
    /// Reads from `DynamoDB`, Postgres still written: the rollback window.
    pub primary_days: Sourced<Days>,
    /// `DynamoDB` alone, a snapshot of Postgres kept.
    pub decommission_days: Sourced<Days>,
    /// Percent of reads on `DynamoDB` in each step of the shift.
    pub read_shift_percent: Sourced<Vec<Decimal>>,
    /// Share of reads that are repeated on `DynamoDB` to be compared.
    pub shadow_read_share: Sourced<Decimal>,
    /// Times that everything is read to be compared.
    pub validation_scans: Sourced<u64>,
    /// Share of dual writes that fail and are written again.
    pub dual_write_error_rate: Sourced<Decimal>,
    /// How existing rows are brought over.
    pub backfill: Sourced<BackfillMethod>,
    /// Write units a second that the loader sends at most.
    pub loader_write_units_per_second: Sourced<Decimal>,
    /// Write units a second that a new table takes at once.
    pub warm_write_units_per_second: Sourced<u32>,
    /// Bytes of the import's source over bytes of items.
    pub import_expansion: Sourced<Decimal>,
    /// Rows of the horizon rather than those counted are brought over.
    pub horizon_rows: Sourced<bool>,
    /// Read replicas of each shard beside the compared fleet.
    pub read_replicas: Sourced<u32>,
    /// What steady costs may be off by, in percent.
    pub cost_range_percent: Sourced<Decimal>,
    /// The values with their origins.
    pub assumptions: Vec<Assumption>,
}

impl MigrationSettings {
    /// Takes `[migration]`; without the section all are defaults, and they join
    /// the plan's assumptions only where a move is asked about.
    pub(super) fn take(plan: &mut Taker, root: &Section<'_, '_>) -> Self {
        let section = root.section_or_empty("migration");
        let mut taker = Taker::new(root);
        let days = |taker: &mut Taker, key: &str, what: &str, (least, likely, most)| {
            taker.note(
                &format!("migration.{key}"),
                what,
                days(&section, key),
                Days { least, likely, most },
                |days| format!("{} to {} days, {} likely", days.least, days.most, days.likely),
            )
        };
        let mut settings = Self {
            stated: root.has("migration"),
            load: decimal(
                &mut taker,
                &section,
                "load",
                "multiple of today's load at the move",
                ("1", "0.001", "1000000"),
            ),
            baseline_days: days(
                &mut taker,
                "baseline_days",
                "Postgres alone, measured",
                (7, 14, 28),
            ),
            dual_write_days: days(
                &mut taker,
                "dual_write_days",
                "both written before the backfill",
                (7, 14, 28),
            ),
            backfill_days: days(
                &mut taker,
                "backfill_days",
                "existing rows brought over, at least",
                (1, 3, 7),
            ),
            validation_days: days(
                &mut taker,
                "validation_days",
                "shadow reads compared",
                (7, 14, 42),
            ),
            read_shift_days: days(
                &mut taker,
                "read_shift_days",
                "reads moved step by step",
                (7, 14, 42),
            ),
            primary_days: days(
                &mut taker,
                "primary_days",
                "rollback window, Postgres still written",
                (14, 30, 90),
            ),
            decommission_days: days(
                &mut taker,
                "decommission_days",
                "snapshot of Postgres kept",
                (30, 30, 90),
            ),
            read_shift_percent: taker.note(
                "migration.read_shift_percent",
                "reads on DynamoDB in each step of the shift",
                shift_percent(&section),
                [1, 5, 25, 50, 100].map(Decimal::from).to_vec(),
                |steps| steps.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ") + " %",
            ),
            shadow_read_share: decimal(
                &mut taker,
                &section,
                "shadow_read_share",
                "share of reads repeated to be compared",
                ("1", "0", "1"),
            ),
            validation_scans: taker.note(
                "migration.validation_scans",
                "times that everything is read to be compared",
                section.whole_in("validation_scans", 0..=1000, "reads of everything"),
                2,
                ToString::to_string,
            ),
            dual_write_error_rate: decimal(
                &mut taker,
                &section,
                "dual_write_error_rate",
                "share of dual writes written again",
                ("0.001", "0", "1"),
            ),
            backfill: taker.note(
                "migration.backfill",
                "how existing rows are brought over",
                section.word("backfill", &BackfillMethod::WORDS).map(|word| Written {
                    value: BackfillMethod::ALL[word.value],
                    place: word.place,
                }),
                BackfillMethod::Api,
                |method| method.word().to_owned(),
            ),
            loader_write_units_per_second: decimal(
                &mut taker,
                &section,
                "loader_write_units_per_second",
                "write units a second of the loader",
                ("3000", "1", "100000000"),
            ),
            warm_write_units_per_second: taker.note(
                "migration.warm_write_units_per_second",
                "write units a second that a new table takes at once",
                small(&section, "warm_write_units_per_second"),
                4000,
                ToString::to_string,
            ),
            import_expansion: decimal(
                &mut taker,
                &section,
                "import_expansion",
                "bytes of the import's source over bytes of items",
                ("1.5", "0.1", "20"),
            ),
            horizon_rows: taker.note(
                "migration.backfill_rows",
                "rows that are brought over",
                section
                    .word("backfill_rows", &["today", "horizon"])
                    .map(|word| Written { value: word.value == 1, place: word.place }),
                false,
                |horizon| if *horizon { "as at the horizon" } else { "as counted" }.to_owned(),
            ),
            read_replicas: taker.note(
                "migration.read_replicas",
                "read replicas of each shard beside the compared fleet",
                small(&section, "read_replicas"),
                0,
                ToString::to_string,
            ),
            cost_range_percent: decimal(
                &mut taker,
                &section,
                "cost_range_percent",
                "what the steady costs of either side may be off by, in percent",
                ("20", "0", "90"),
            ),
            assumptions: Vec::new(),
        };
        section.report_left_over();
        settings.assumptions = taker.assumptions;
        if settings.stated {
            plan.assumptions.extend(settings.assumptions.iter().cloned());
        }
        settings
    }
}

/// An exact number with its default and bounds, as decimal texts.
fn decimal(
    taker: &mut Taker,
    section: &Section<'_, '_>,
    key: &str,
    what: &str,
    (default, least, most): (&str, &str, &str),
) -> Sourced<Decimal> {
    let exact = |text: &str| text.parse::<Decimal>().expect("a decimal in this file");
    let written = section.decimal(key).filter(|written| {
        let within = (exact(least)..=exact(most)).contains(&written.value);
        if !within {
            section.fault(
                Diagnostic::new(format!("migration.{key} = {} is out of range", written.value))
                    .at(written.place.clone())
                    .why(format!("it lies between {least} and {most}")),
            );
        }
        within
    });
    taker.note(&format!("migration.{key}"), what, written, exact(default), ToString::to_string)
}

fn small(section: &Section<'_, '_>, key: &str) -> Option<Written<u32>> {
    let whole = section.whole(key)?;
    let value = u32::try_from(whole.value).ok().filter(|value| *value <= 10_000_000);
    if value.is_none() {
        section.fault(
            Diagnostic::new(format!("migration.{key} = {} is out of range", whole.value))
                .at(whole.place.clone())
                .why("it lies between 0 and 10000000"),
        );
    }
    Some(Written { value: value?, place: whole.place })
}

/// `[least, likely, most]`, whole days.
fn days(section: &Section<'_, '_>, key: &str) -> Option<Written<Days>> {
    let numbers = section.numbers(key)?;
    let place = numbers.first().map_or_else(|| section.place(), |number| number.place.clone());
    let whole: Vec<u32> = numbers.iter().filter_map(|number| whole_days(number.value)).collect();
    if let [least, likely, most] = whole[..]
        && numbers.len() == 3
        && least <= likely
        && likely <= most
    {
        return Some(Written { value: Days { least, likely, most }, place });
    }
    section.fault(
        Diagnostic::new(format!("migration.{key} must be three whole numbers of days"))
            .at(place)
            .why("least, likely and most, in that order, each from 0 to 1000")
            .mend(format!("write, for instance, {key} = [7, 14, 28]; [14, 14, 14] is certain")),
    );
    None
}

fn whole_days(days: f64) -> Option<u32> {
    (0..=1000_u32).find(|whole| (f64::from(*whole) - days).abs() < 1e-9)
}

fn shift_percent(section: &Section<'_, '_>) -> Option<Written<Vec<Decimal>>> {
    let numbers = section.numbers("read_shift_percent")?;
    let place = numbers.first().map_or_else(|| section.place(), |number| number.place.clone());
    let steps: Vec<Decimal> = numbers
        .iter()
        .filter(|number| (0.0..=100.0).contains(&number.value))
        .filter_map(|number| crate::units::decimal_from_f64(number.value).ok())
        .collect();
    let rises = steps.windows(2).all(|pair| pair[0] < pair[1]);
    if rises && steps.len() == numbers.len() && steps.last() == Some(&Decimal::ONE_HUNDRED) {
        return Some(Written { value: steps, place });
    }
    section.fault(
        Diagnostic::new("migration.read_shift_percent must rise to 100")
            .at(place)
            .mend("write, for instance, read_shift_percent = [1, 5, 25, 50, 100]"),
    );
    None
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::*;

    #[test]
    fn without_the_section_all_are_marked_defaults_and_the_plan_is_silent() {
        let (settings, assumptions) = Settings::read("plan.toml", "").unwrap();
        let migration = settings.migration;
        assert!(!migration.stated);
        assert!(migration.assumptions.len() > 15);
        assert!(migration.assumptions.iter().all(|one| one.assumed));
        assert!(!assumptions.iter().any(|one| one.id.starts_with("migration.")));
    }

    #[test]
    fn the_section_joins_the_assumptions() {
        let text = "assumed = [\"migration.baseline_days\"]\n[migration]\n\
                    baseline_days = [1, 2, 3]\nshadow_read_share = 0.25\n";
        let (settings, assumptions) = Settings::read("plan.toml", text).unwrap();
        let assumed = |id: &str| assumptions.iter().find(|one| one.id == id).unwrap().assumed;
        assert!(assumed("migration.baseline_days") && assumed("migration.primary_days"));
        assert!(!assumed("migration.shadow_read_share"));
        assert_eq!(settings.migration.baseline_days.value, Days { least: 1, likely: 2, most: 3 });
        assert_eq!(settings.migration.shadow_read_share.value, Decimal::new(25, 2));
    }

    #[test]
    fn nonsense_is_refused_all_at_once() {
        let text = "[migration]\nbaseline_days = [3, 2, 1]\nprimary_days = [1.5, 2, 3]\n\
                    read_shift_percent = [50, 10]\nshadow_read_share = 2\nbackfill = \"fax\"\n\
                    read_replicas = 99999999999\nspeed = 1\n";
        let error = Settings::read("plan.toml", text).unwrap_err();
        assert_eq!(error.0.len(), 7, "{error}");
    }
}
