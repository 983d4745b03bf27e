//! The ways to bring existing rows over, side by side.

use rust_decimal::Decimal;

use crate::compare::Billing;
use crate::pricing::{Dimension, PriceKey};
use crate::scenario::{BackfillMethod, Mode};
use crate::units::decimal_from_f64;

use super::backfill::Volume;
use super::cost::Cost;
use super::pace::Transfer;
use super::rates::one_off;

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
    mode: Mode,
    volume: &Volume,
    transfer: &Transfer,
) -> Vec<BackfillOption> {
    vec![
        by_api(billing, mode, volume, transfer),
        by_import(billing, volume),
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

/// Units written or read once: requests on demand, or capacity raised for as
/// long as they take at the target utilisation.
#[must_use]
pub fn units_once(
    billing: &Billing<'_>,
    mode: Mode,
    (on_demand, hours): (Dimension, Dimension),
    units: Decimal,
) -> Cost {
    let (dimension, quantity) = match mode {
        Mode::OnDemand => (on_demand, units),
        Mode::Provisioned => {
            let percent = billing.settings.dynamodb.target_utilization_percent.value;
            let target = decimal_from_f64(percent / 100.0).unwrap_or(Decimal::ONE);
            (hours, units / Decimal::from(3600) / target)
        }
    };
    one_off(billing, vec![(PriceKey::from(dimension), quantity)])
}

fn by_api(
    billing: &Billing<'_>,
    mode: Mode,
    volume: &Volume,
    transfer: &Transfer,
) -> BackfillOption {
    let dimensions = (Dimension::WriteRequestUnits, Dimension::WcuHours);
    let mut cost = units_once(billing, mode, dimensions, volume.write_units());
    let mut notes = vec![format!(
        "at {} write units a second: {}",
        transfer.units_per_second, transfer.binding
    )];
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
fn by_import(billing: &Billing<'_>, volume: &Volume) -> BackfillOption {
    let bytes = import_bytes(volume, billing.settings.migration.import_expansion.value);
    let gigabytes = billing.conventions.gigabytes(bytes);
    let mut notes = vec![
        "into new tables only: what is written meanwhile is sent again when the dual writes begin; \
         no speed is published"
            .to_owned(),
    ];
    let large = LARGE_IMPORT_REGIONS.contains(&billing.region.code());
    let most = if large { IMPORT_BYTES_MAX.0 } else { IMPORT_BYTES_MAX.1 };
    if bytes > Decimal::from(most) {
        notes.push(format!("the source is larger than the {most} B that one import takes"));
    }
    BackfillOption {
        method: BackfillMethod::S3Import,
        cost: one_off(billing, vec![(PriceKey::from(Dimension::Import), gigabytes)]),
        seconds: None,
        notes,
    }
}

/// Bytes of the source of an import.
#[must_use]
pub fn import_bytes(volume: &Volume, expansion: Decimal) -> Decimal {
    (volume.item_bytes * expansion).ceil()
}
