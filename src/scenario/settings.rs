use rust_decimal::Decimal;

use crate::finding::{Diagnostic, Diagnostics, Origin, Sourced};
use crate::units::Usd;
use crate::written::{Document, Section, Written};

use super::elsewhere::Elsewhere;

/// Everything `plan.toml` says, each value with its origin.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The AWS Region whose prices are used.
    pub region: Sourced<String>,
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
}

/// What the capture stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaptureRepresents {
    /// Its rates are the month's average.
    Average,
    /// Its rates are the busiest time of the month.
    Peak,
    /// It covers whole days: its mean is the average, its busiest interval the
    /// peak.
    WholeDay,
}

impl CaptureRepresents {
    const WORDS: [&'static str; 3] = ["average", "peak", "whole_day"];

    const fn word(self) -> &'static str {
        match self {
            Self::Average => "average",
            Self::Peak => "peak",
            Self::WholeDay => "whole_day",
        }
    }
}

/// `[load]`: from a recording to a month, and from today to the horizon.
#[derive(Clone, Debug)]
pub struct LoadSettings {
    /// What the capture's rates stand for.
    pub capture_represents: Sourced<CaptureRepresents>,
    /// Busiest minute of the month over its mean.
    pub peak_to_mean: Sourced<f64>,
    /// Months planned for.
    pub horizon_months: Sourced<f64>,
    /// Growth of the load a month: 0.03 is 3 %.
    pub growth_per_month: Sourced<f64>,
    /// How long rows are kept; unknown means for the whole horizon.
    pub retention_days: Sourced<Option<f64>>,
    /// Smallest and largest multiple of today's load that is looked at.
    pub range: Sourced<(f64, f64)>,
    /// Hours of a month.
    pub month_hours: Sourced<u32>,
    /// Bytes of a billed GB.
    pub gb_bytes: Sourced<u64>,
}

/// How Postgres integers and numerics are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberEncoding {
    /// As DynamoDB numbers.
    Number,
    /// As text.
    Text,
}

/// How timestamps are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimestampEncoding {
    /// As ISO 8601 text with microseconds, 27 bytes.
    Text,
    /// As a DynamoDB number of microseconds, 9 bytes.
    Number,
}

/// `[encoding]`: how a row becomes an item.
#[derive(Clone, Debug)]
pub struct Encoding {
    /// Integers and numerics.
    pub numbers: Sourced<NumberEncoding>,
    /// Timestamps.
    pub timestamps: Sourced<TimestampEncoding>,
}

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
}

/// Today's Postgres, if the plan states it.
#[derive(Clone, Debug, PartialEq)]
pub struct Baseline {
    /// What it is, in the planner's words.
    pub what: String,
    /// What it costs a month.
    pub monthly: Usd,
}

/// `[postgres]`: how the sharded fleet is sized. The meaning of each is said in
/// the fleet model.
#[derive(Clone, Debug)]
pub struct PostgresSettings {
    /// Share of a shard's CPU that may be busy at the peak, in percent.
    pub cpu_target_percent: Sourced<f64>,
    /// Data one shard holds at most, in TB (10^12 bytes).
    pub shard_storage_tb: Sourced<f64>,
    /// WAL one shard may write, in MB/s.
    pub shard_wal_mb_per_second: Sourced<f64>,
    /// Connections a shard's pool opens.
    pub shard_connections: Sourced<f64>,
    /// Today's fleet and its bill.
    pub baseline: Option<Sourced<Baseline>>,
}

/// One line of the assumptions table: a value that was not measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// A stable name, as in `plan.toml`.
    pub id: String,
    /// What it means.
    pub what: String,
    /// The value with its unit.
    pub value: String,
    /// Where it comes from.
    pub origin: Origin,
    /// The plan says it is not measured.
    pub assumed: bool,
}

impl Settings {
    /// Reads `plan.toml`, and the list of assumptions in the order of the file.
    ///
    /// # Errors
    /// Every fault found, with its place.
    pub fn read(file: &str, text: &str) -> Result<(Self, Vec<Assumption>), Diagnostics> {
        Document::new(file, text).read(|root| {
            let mut taker = Taker::new(root);
            let settings = taker.settings(root);
            taker.check_assumed(root);
            settings.map(|settings| (settings, taker.assumptions))
        })
    }
}

/// Takes values one by one and writes down what each assumes.
struct Taker {
    assumed: Vec<Written<String>>,
    assumptions: Vec<Assumption>,
}

impl Taker {
    fn new(root: &Section<'_, '_>) -> Self {
        Self { assumed: root.texts("assumed").unwrap_or_default(), assumptions: Vec::new() }
    }

    /// The written value or the default, noted down.
    fn note<T: Clone>(
        &mut self,
        id: &str,
        what: &str,
        written: Option<Written<T>>,
        default: T,
        show: impl Fn(&T) -> String,
    ) -> Sourced<T> {
        let sourced = match written {
            Some(written) => Sourced { value: written.value, origin: Origin::File(written.place) },
            None => Sourced::default(default),
        };
        self.assumptions.push(Assumption {
            id: id.to_owned(),
            what: what.to_owned(),
            value: show(&sourced.value),
            origin: sourced.origin.clone(),
            assumed: sourced.origin == Origin::Default
                || self.assumed.iter().any(|name| name.value == id),
        });
        sourced
    }

    fn check_assumed(&self, root: &Section<'_, '_>) {
        for name in &self.assumed {
            if !self.assumptions.iter().any(|assumption| assumption.id == name.value) {
                let known: Vec<&str> = self.assumptions.iter().map(|a| a.id.as_str()).collect();
                root.fault(
                    Diagnostic::new(format!("\"{}\" is not a setting", name.value))
                        .at(name.place.clone())
                        .mend(format!("the settings are: {}", known.join(", "))),
                );
            }
        }
    }

    fn settings(&mut self, root: &Section<'_, '_>) -> Option<Settings> {
        let region = self.note(
            "region",
            "AWS Region of the prices",
            root.text("region"),
            "us-east-1".to_owned(),
            Clone::clone,
        );
        let load = self.load(&root.section_or_empty("load"));
        let encoding = self.encoding(&root.section_or_empty("encoding"));
        let dynamodb = self.dynamodb(&root.section_or_empty("dynamodb"));
        let postgres = self.postgres(&root.section_or_empty("postgres"));
        let elsewhere = root.sections("elsewhere").iter().filter_map(Elsewhere::read).collect();
        Some(Settings { region, load, encoding, dynamodb, postgres, elsewhere })
    }

    fn load(&mut self, section: &Section<'_, '_>) -> LoadSettings {
        let represents =
            section.word("capture_represents", &CaptureRepresents::WORDS).map(|word| {
                let value = [
                    CaptureRepresents::Average,
                    CaptureRepresents::Peak,
                    CaptureRepresents::WholeDay,
                ][word.value];
                Written { value, place: word.place }
            });
        let load = LoadSettings {
            capture_represents: self.note(
                "load.capture_represents",
                "what the rates of the capture stand for",
                represents,
                CaptureRepresents::Average,
                |represents| represents.word().to_owned(),
            ),
            peak_to_mean: self.note(
                "load.peak_to_mean",
                "load of the busiest minute over the mean of the month",
                section.number_in("peak_to_mean", 1.0..=1000.0, "the peak over the mean"),
                3.0,
                ToString::to_string,
            ),
            horizon_months: self.note(
                "load.horizon_months",
                "months planned for",
                section.number_in("horizon_months", 1.0..=120.0, "a horizon in months"),
                12.0,
                |months| format!("{months} months"),
            ),
            growth_per_month: self.note(
                "load.growth_per_month",
                "growth of the load a month",
                section.number_in("growth_per_month", -0.5..=2.0, "growth (0.03 is 3 %)"),
                0.0,
                |growth| format!("{} %", growth * 100.0),
            ),
            retention_days: self.note(
                "load.retention_days",
                "how long new rows are kept",
                section
                    .number_in("retention_days", 0.0..=36_500.0, "a retention in days")
                    .map(|days| Written { value: Some(days.value), place: days.place }),
                None,
                |days| days.map_or("the whole horizon".to_owned(), |days| format!("{days} days")),
            ),
            range: self.note(
                "load.range",
                "multiples of today's load that are looked at",
                load_range(section),
                (1.0, 100.0),
                |(least, most)| format!("{least}x to {most}x"),
            ),
            month_hours: self.note(
                "load.month_hours",
                "hours of a month",
                month_hours(section),
                730,
                |hours| format!("{hours} h"),
            ),
            gb_bytes: self.note(
                "load.gb_bytes",
                "bytes of a billed GB",
                gb_bytes(section),
                1 << 30,
                |bytes| format!("{bytes} B"),
            ),
        };
        section.report_left_over();
        load
    }

    fn encoding(&mut self, section: &Section<'_, '_>) -> Encoding {
        let numbers = section.word("numbers", &["number", "text"]).map(|word| {
            let value = [NumberEncoding::Number, NumberEncoding::Text][word.value];
            Written { value, place: word.place }
        });
        let timestamps = section.word("timestamps", &["text", "number"]).map(|word| {
            let value = [TimestampEncoding::Text, TimestampEncoding::Number][word.value];
            Written { value, place: word.place }
        });
        let encoding = Encoding {
            numbers: self.note(
                "encoding.numbers",
                "how integers and numerics are stored",
                numbers,
                NumberEncoding::Number,
                |numbers| match numbers {
                    NumberEncoding::Number => "number".to_owned(),
                    NumberEncoding::Text => "text".to_owned(),
                },
            ),
            timestamps: self.note(
                "encoding.timestamps",
                "how timestamps are stored",
                timestamps,
                TimestampEncoding::Text,
                |timestamps| match timestamps {
                    TimestampEncoding::Text => "ISO 8601 text, 27 bytes".to_owned(),
                    TimestampEncoding::Number => "number of microseconds, 9 bytes".to_owned(),
                },
            ),
        };
        section.report_left_over();
        encoding
    }

    fn dynamodb(&mut self, section: &Section<'_, '_>) -> DynamoDbSettings {
        let reads = section.word("reads", &["eventual", "strong"]);
        let settings = DynamoDbSettings {
            modes: self.note(
                "dynamodb.modes",
                "capacity modes that are compared",
                modes(section),
                Mode::ALL.to_vec(),
                |modes| modes.iter().map(|mode| mode.word()).collect::<Vec<_>>().join(", "),
            ),
            target_utilization_percent: self.note(
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
            strong_reads: self.note(
                "dynamodb.reads",
                "consistency of reads that nothing else decides",
                reads.map(|word| Written { value: word.value == 1, place: word.place }),
                false,
                |strong| if *strong { "strong".to_owned() } else { "eventual".to_owned() },
            ),
            pitr: self.note(
                "dynamodb.pitr",
                "point-in-time recovery, since Postgres keeps backups too",
                section.flag("pitr"),
                true,
                |on| if *on { "on".to_owned() } else { "off".to_owned() },
            ),
        };
        section.report_left_over();
        settings
    }

    fn postgres(&mut self, section: &Section<'_, '_>) -> PostgresSettings {
        let settings = PostgresSettings {
            cpu_target_percent: self.note(
                "postgres.cpu_target_percent",
                "CPU of a shard that may be busy at the peak",
                section.number_in("cpu_target_percent", 5.0..=95.0, "a CPU target in percent"),
                60.0,
                |percent| format!("{percent} %"),
            ),
            shard_storage_tb: self.note(
                "postgres.shard_storage_tb",
                "data one shard holds at most",
                section.number_in("shard_storage_tb", 0.1..=64.0, "a shard's storage in TB"),
                4.0,
                |tb| format!("{tb} TB"),
            ),
            shard_wal_mb_per_second: self.note(
                "postgres.shard_wal_mb_per_second",
                "WAL one shard may write, so that a standby keeps up",
                section.number_in("shard_wal_mb_per_second", 1.0..=1000.0, "WAL in MB/s"),
                75.0,
                |mb| format!("{mb} MB/s"),
            ),
            shard_connections: self.note(
                "postgres.shard_connections",
                "connections that a shard's pool opens",
                section.number_in("shard_connections", 1.0..=10_000.0, "a pool's connections"),
                100.0,
                |connections| format!("{connections}"),
            ),
            baseline: baseline(section),
        };
        section.report_left_over();
        settings
    }
}

fn load_range(section: &Section<'_, '_>) -> Option<Written<(f64, f64)>> {
    let place = section.place();
    let numbers = section.numbers("range")?;
    let ends: Vec<f64> = numbers.iter().map(|number| number.value).collect();
    if let [least, most] = ends[..]
        && least > 0.0
        && least < most
        && most <= 1e6
    {
        return Some(Written { value: (least, most), place: numbers[0].place.clone() });
    }
    section.fault(
        Diagnostic::new("load.range must be two multiples of today's load")
            .at(numbers.first().map_or(place, |number| number.place.clone()))
            .mend("write the smaller first, such as range = [1, 100]"),
    );
    None
}

fn month_hours(section: &Section<'_, '_>) -> Option<Written<u32>> {
    let hours = section.whole("month_hours")?;
    match u32::try_from(hours.value) {
        Ok(value @ 672..=744) => Some(Written { value, place: hours.place }),
        _ => {
            section.fault(
                Diagnostic::new(format!("load.month_hours = {} is no month", hours.value))
                    .at(hours.place)
                    .mend("use 730 (a twelfth of a year), or 720 for a month of 30 days"),
            );
            None
        }
    }
}

fn gb_bytes(section: &Section<'_, '_>) -> Option<Written<u64>> {
    let bytes = section.whole("gb_bytes")?;
    if bytes.value == 1 << 30 || bytes.value == 1_000_000_000 {
        return Some(bytes);
    }
    section.fault(
        Diagnostic::new(format!("load.gb_bytes = {} is not a GB", bytes.value))
            .at(bytes.place)
            .mend("use 1073741824 (2^30) or 1000000000"),
    );
    None
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

fn baseline(section: &Section<'_, '_>) -> Option<Sourced<Baseline>> {
    if !section.has("baseline") {
        return None;
    }
    let baseline = section.section("baseline")?;
    let what = baseline.required_text("what");
    let monthly = baseline.decimal("monthly_usd");
    baseline.report_left_over();
    let monthly = match monthly {
        Some(monthly) if monthly.value > Decimal::ZERO => monthly,
        _ => {
            baseline.fault(
                Diagnostic::new("postgres.baseline needs monthly_usd, above 0")
                    .at(baseline.place())
                    .mend("state today's bill, or leave the section out"),
            );
            return None;
        }
    };
    Some(Sourced {
        value: Baseline { what: what?.value, monthly: Usd::new(monthly.value) },
        origin: Origin::File(monthly.place),
    })
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
