//! The ways to bring existing rows over, side by side.

use rust_decimal::Decimal;

use crate::compare::Billing;
use crate::design::Design;
use crate::pricing::{Dimension, PriceKey};
use crate::scenario::{BackfillMethod, Mode};
use crate::simulate::provisioned::TABLE_QUOTA_UNITS_PER_S;

use super::backfill::Volume;
use super::cost::Cost;
use super::pace::Transfer;
use super::rates::{OneTime, one_off, requests_once};

/// Bytes that one import takes: 15 TB in three Regions, 1 TB elsewhere
/// (Developer Guide, "Import format quotas and validation").
const IMPORT_BYTES_MAX: (u64, u64) = (15_000_000_000_000, 1_000_000_000_000);
const LARGE_IMPORT_REGIONS: [&str; 3] = ["us-east-1", "us-west-2", "eu-west-1"];

/// One way to bring existing rows over.
#[derive(Clone, Debug, PartialEq)]
pub struct BackfillOption {
    /// Which.
    pub method: BackfillMethod,
    /// What it costs.
    pub cost: Cost,
    /// How long it takes; `None` where no figure is published.
    pub seconds: Option<Decimal>,
    /// What it brings with it.
    pub notes: Vec<String>,
}

/// All ways for the tables of a design; `transfer` is that by the API.
#[must_use]
pub fn backfill_options(
    billing: &Billing<'_>,
    design: &Design,
    mode: Mode,
    volumes: &[Option<Volume>],
    transfer: &Transfer,
) -> Vec<BackfillOption> {
    vec![
        by_api(billing, design, mode, volumes, transfer),
        by_import(billing, volumes),
        BackfillOption {
            method: BackfillMethod::BulkPut,
            cost: Cost::unknown("bulk put from S3"),
            seconds: None,
            notes: vec![
                "StartBulkPutItems fills a table that is in use, not a global one; no price was \
                 found"
                    .to_owned(),
            ],
        },
    ]
}

/// What filling tables writes; `volumes` are by table of the design.
#[must_use]
pub fn filled(volumes: &[Option<Volume>]) -> Vec<OneTime> {
    by_table(volumes, |volume| OneTime {
        write_units: volume.write_units(),
        sent_bytes: volume.item_bytes,
        ..OneTime::default()
    })
}

/// What reading everything so many times reads.
#[must_use]
pub fn scanned(volumes: &[Option<Volume>], times: u64) -> Vec<OneTime> {
    by_table(volumes, |volume| OneTime {
        read_units: volume.scan_read_units() * Decimal::from(times),
        ..OneTime::default()
    })
}

fn by_table(volumes: &[Option<Volume>], of: impl Fn(&Volume) -> OneTime) -> Vec<OneTime> {
    let known = |(table, volume): (usize, &Option<Volume>)| {
        volume.as_ref().map(|volume| OneTime { table, ..of(volume) })
    };
    volumes.iter().enumerate().filter_map(known).collect()
}

fn by_api(
    billing: &Billing<'_>,
    design: &Design,
    mode: Mode,
    volumes: &[Option<Volume>],
    transfer: &Transfer,
) -> BackfillOption {
    let mut cost = requests_once(billing, design, mode, &filled(volumes));
    let mut notes = vec![
        format!("at {} write units a second: {}", transfer.units_per_second, transfer.binding),
        "an item that a dual write brought before fails its condition and is billed all the same"
            .to_owned(),
    ];
    let quota = Decimal::from(TABLE_QUOTA_UNITS_PER_S);
    if transfer.peak_units_per_second > quota {
        notes.push(format!(
            "with the live peak {} write units a second, above the quota of {quota} a table: have \
             it raised first",
            transfer.peak_units_per_second
        ));
    }
    if transfer.needs_prewarming && mode == Mode::OnDemand {
        let warm = billing.settings.migration.warm_write_units_per_second.value;
        let raised = transfer.peak_units_per_second - Decimal::from(warm);
        cost += one_off(billing, vec![(PriceKey::from(Dimension::WarmWcu), raised)]);
        notes.push(format!(
            "with the live peak {} write units a second: pre-warm them, or send more slowly",
            transfer.peak_units_per_second
        ));
    }
    BackfillOption { method: BackfillMethod::Api, cost, seconds: Some(transfer.seconds), notes }
}

/// An import is billed by the uncompressed bytes of its source, indexes
/// included, and uses no write capacity (Developer Guide, "DynamoDB data import
/// from Amazon S3").
fn by_import(billing: &Billing<'_>, volumes: &[Option<Volume>]) -> BackfillOption {
    let expansion = billing.settings.migration.import_expansion.value;
    let sources: Vec<Decimal> =
        volumes.iter().flatten().map(|volume| (volume.item_bytes * expansion).ceil()).collect();
    let bytes = sources.iter().sum();
    let gigabytes = billing.conventions.gigabytes(bytes);
    let mut notes = vec![
        "into new tables only: what is written meanwhile is sent again when the dual writes begin; \
         no speed is published"
            .to_owned(),
    ];
    let large = LARGE_IMPORT_REGIONS.contains(&billing.region.code());
    let most = if large { IMPORT_BYTES_MAX.0 } else { IMPORT_BYTES_MAX.1 };
    if sources.iter().any(|bytes| *bytes > Decimal::from(most)) {
        notes.push(format!("a source is larger than the {most} B that one import takes"));
    }
    BackfillOption {
        method: BackfillMethod::S3Import,
        cost: one_off(billing, vec![(PriceKey::from(Dimension::Import), gigabytes)]),
        seconds: None,
        notes,
    }
}

#[cfg(test)]
mod tests {
    use super::super::pace::{Limits, transfer};
    use super::*;
    use crate::compare::Arrival;
    use crate::design::TableDesign;
    use crate::dynamodb::SizeDistribution;
    use crate::pricing::{BillSettings, PriceBook, Region};
    use crate::scenario::Settings;
    use crate::units::Bytes;

    /// The ways for 10^12 B of items of one size in us-east-1, a GB being 10^9 B
    /// and the source as large as the items.
    fn ways(item_bytes: u64, plan: &str, mode: Mode) -> Vec<BackfillOption> {
        let book = PriceBook::embedded();
        let region = Region::new("us-east-1").unwrap();
        let (settings, _) = Settings::read("plan.toml", plan).unwrap();
        let conventions = BillSettings { bytes_per_gb: 1_000_000_000, ..BillSettings::default() };
        let billing = Billing {
            book: &book,
            region: &region,
            settings: &settings,
            conventions: &conventions,
            peak_to_mean: 1.0,
            arrival: &Arrival::new(&settings.load, 1.0),
        };
        #[expect(clippy::cast_precision_loss, reason = "a count in a test")]
        let items = 1e12 / item_bytes as f64;
        let sizes = SizeDistribution::constant(Bytes::new(item_bytes));
        let volume = Volume::of_items(items, &sizes).unwrap();
        let limits = Limits::new(4000, settings.migration.loader_write_units_per_second.value);
        let transfer = transfer(volume.write_units(), &limits, Decimal::ONE);
        backfill_options(&billing, &one_table(), mode, &[Some(volume)], &transfer)
    }

    fn one_table() -> Design {
        Design {
            name: "one".to_owned(),
            summary: String::new(),
            tables: vec![TableDesign {
                name: "things".to_owned(),
                partition_attribute: "id".to_owned(),
                sort_attribute: None,
                indexes: Vec::new(),
                items: Vec::new(),
                ttl: None,
            }],
            rules: Vec::new(),
            caches: Vec::new(),
        }
    }

    const BARE: &str = "[migration]\nimport_expansion = 1\n";

    /// $0.15 a GB against $0.625 a million writes. Items of 1,024 B: 976,562.5 a
    /// GB, $0.6104, 4.07 times as much; of 34 B: 29,411,765 a GB, $18.38, 122
    /// times as much.
    #[test]
    fn an_import_against_writes() {
        let times = |bytes| {
            let ways = ways(bytes, BARE, Mode::OnDemand);
            ways[0].cost.usd.get() / ways[1].cost.usd.get()
        };
        assert_eq!(times(1024).round_dp(2), Decimal::new(407, 2));
        assert_eq!(times(34).floor(), Decimal::from(122));
    }

    /// 10^12 B of 1,000-byte items are 10^9 units: 277,777.8 unit-hours, at 70 %
    /// utilisation 396,825.4, at $0.00065 $257.94.
    #[test]
    fn provisioned_writes_are_bought_by_the_hour() {
        let ways = ways(1000, BARE, Mode::Provisioned);
        assert_eq!(ways[0].cost.usd.get().round_dp(2), Decimal::new(25_794, 2));
    }

    /// A table that has a mode of its own is filled under it.
    #[test]
    fn a_table_keeps_its_own_mode() {
        let own = format!("{BARE}[dynamodb.tables.things]\nmode = \"provisioned\"\n");
        let cost = |plan: &str, mode| ways(1000, plan, mode)[0].cost.clone();
        assert_eq!(cost(&own, Mode::OnDemand), cost(BARE, Mode::Provisioned));
        assert_ne!(cost(&own, Mode::OnDemand), cost(BARE, Mode::OnDemand));
    }

    /// A replica in another Region is written as often again, at the price of
    /// replicated writes on both sides: two equal lines, and what is sent.
    #[test]
    fn a_replica_is_filled_too() {
        let replicated = format!("{BARE}[dynamodb]\nreplica_regions = [\"us-west-2\"]\n");
        let alone = ways(1024, BARE, Mode::OnDemand)[0].cost.usd.get();
        let both = ways(1024, &replicated, Mode::OnDemand)[0].cost.usd.get();
        let sent = Decimal::from(1000) * Decimal::new(2, 2);
        assert_eq!(both - sent, alone * Decimal::TWO);
    }

    #[test]
    fn what_has_no_price_is_named() {
        let fast = format!("{BARE}loader_write_units_per_second = 9000\n");
        let ways = ways(1000, &fast, Mode::OnDemand);
        assert!(ways[0].cost.unknown.contains("dynamodb.warm-wcu"), "{:?}", ways[0].cost);
        assert!(ways[0].cost.usd.get() > Decimal::ZERO);
        assert!(ways[2].cost.unknown.contains("bulk put from S3"));
        let slow = self::ways(1000, BARE, Mode::OnDemand);
        assert!(slow[0].cost.is_known());
    }

    #[test]
    fn an_import_larger_than_its_quota_is_said() {
        let large = "[migration]\nimport_expansion = 20\n";
        assert!(ways(1000, large, Mode::OnDemand)[1].notes[1].contains("larger"));
        assert_eq!(ways(1000, BARE, Mode::OnDemand)[1].notes.len(), 1);
    }
}
