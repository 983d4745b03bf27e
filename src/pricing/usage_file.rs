//! Usage quantities as people write them, in TOML or JSON.
//!
//! ```toml
//! region = "us-east-1"                  # of every usage that names none
//!
//! [settings]                            # all optional
//! month_hours = 730
//! bytes_per_gb = 1_073_741_824
//! free_tier = false
//! unverified = false
//! discounts = { dynamodb = "0.10" }
//!
//! [[usage]]
//! label = "orders"
//! dimension = "dynamodb.wcu-hours"
//! units = 20                            # held all month; or `quantity`, or `bytes`
//! ```

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::amount::Amount;
use super::bill::Usage;
use super::document::price_key;
use super::json_place::{place_of, read, read_entry};
use super::kinds::{Service, Unit};
use super::region::Region;
use super::settings::BillSettings;
use crate::finding::{Diagnostic, Diagnostics, Place};

/// A usage file, read and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageFile {
    /// The settings, with defaults where the file is silent.
    pub settings: BillSettings,
    /// The usages in the order of the file.
    pub usages: Vec<Usage>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSettings {
    month_hours: Option<Amount>,
    bytes_per_gb: Option<u64>,
    #[serde(default)]
    free_tier: bool,
    #[serde(default)]
    unverified: bool,
    #[serde(default)]
    discounts: BTreeMap<String, Amount>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawUsage {
    #[serde(default)]
    label: String,
    dimension: String,
    class: Option<String>,
    region: Option<String>,
    quantity: Option<Amount>,
    units: Option<Amount>,
    bytes: Option<Amount>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawToml {
    region: Option<String>,
    #[serde(default)]
    settings: RawSettings,
    #[serde(default)]
    usage: Vec<toml::Spanned<toml::Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawJson<'t> {
    region: Option<String>,
    #[serde(default)]
    settings: RawSettings,
    #[serde(borrow, default)]
    usage: Vec<&'t RawValue>,
}

/// Far more than any account uses in a month; below it products with prices
/// stay exact.
const QUANTITY_MAX: Decimal = Decimal::from_parts(0xA764_0000, 0x0DE0_B6B3, 0, false, 0);

/// One usage with its place.
type Entry = (Place, Result<RawUsage, Diagnostic>);

/// Reads a usage file: JSON if it begins with `{`, else TOML.
///
/// # Errors
/// Everything that is wrong with it, each with its line.
pub fn parse_usage(file: &str, text: &str) -> Result<UsageFile, Diagnostics> {
    let (region, settings, entries) = if text.trim_start().starts_with('{') {
        let raw: RawJson<'_> = read(file, text)?;
        let entry =
            |entry: &&RawValue| (place_of(file, text, entry.get()), read_entry(file, text, entry));
        (raw.region, raw.settings, raw.usage.iter().map(entry).collect())
    } else {
        let raw: RawToml = toml::from_str(text).map_err(|error| {
            let place = match error.span() {
                Some(span) => Place::of_offset(file, text, span.start),
                None => Place::file(file),
            };
            Diagnostic::new(error.message()).at(place)
        })?;
        let entry = |entry: toml::Spanned<toml::Value>| -> Entry {
            let place = Place::of_offset(file, text, entry.span().start);
            let usage = entry.into_inner().try_into().map_err(|error: toml::de::Error| {
                Diagnostic::new(error.message()).at(place.clone())
            });
            (place, usage)
        };
        (raw.region, raw.settings, raw.usage.into_iter().map(entry).collect())
    };
    check(file, region.as_deref(), &settings, entries)
}

fn check(
    file: &str,
    region: Option<&str>,
    settings: &RawSettings,
    entries: Vec<Entry>,
) -> Result<UsageFile, Diagnostics> {
    let mut faults = Diagnostics::default();
    if entries.is_empty() {
        faults.push(
            Diagnostic::new("there is no usage to bill")
                .at(Place::file(file))
                .mend("add a [[usage]] with `dimension`, `region` and `quantity`"),
        );
    }
    let settings = check_settings(file, settings, &mut faults);
    let mut usages = Vec::new();
    for (place, entry) in entries {
        let usage = entry
            .and_then(|raw| check_usage(raw, region, &settings).map_err(|fault| fault.at(place)));
        match usage {
            Ok(usage) => usages.push(usage),
            Err(fault) => faults.push(fault),
        }
    }
    faults.finish(UsageFile { settings, usages })
}

fn check_settings(file: &str, raw: &RawSettings, faults: &mut Diagnostics) -> BillSettings {
    let mut settings = BillSettings {
        free_tier: raw.free_tier,
        unverified: raw.unverified,
        ..BillSettings::default()
    };
    let mut fault = |what: String| faults.push(Diagnostic::new(what).at(Place::file(file)));
    match raw.month_hours {
        Some(Amount(hours)) if hours > Decimal::ZERO && hours <= Decimal::from(744) => {
            settings.month_hours = hours;
        }
        Some(Amount(hours)) => fault(format!("no month has {hours} hours (settings.month_hours)")),
        None => {}
    }
    match raw.bytes_per_gb {
        Some(0) => fault("a GB cannot have 0 bytes (settings.bytes_per_gb)".to_owned()),
        Some(bytes) => settings.bytes_per_gb = bytes,
        None => {}
    }
    for (service, Amount(share)) in &raw.discounts {
        match Service::from_id(service) {
            None => {
                let known: Vec<&str> = Service::ALL.iter().map(|service| service.id()).collect();
                fault(format!(
                    "there is no service `{service}` to discount; known are {}",
                    known.join(", ")
                ));
            }
            Some(_) if *share < Decimal::ZERO || *share > Decimal::ONE => {
                fault(format!("the discount {share} of {service} is not a share such as 0.10"));
            }
            Some(known) => {
                settings.discounts.insert(known, *share);
            }
        }
    }
    settings
}

fn check_usage(
    raw: RawUsage,
    region: Option<&str>,
    settings: &BillSettings,
) -> Result<Usage, Diagnostic> {
    let key = price_key(&raw.dimension, raw.class).map_err(Diagnostic::new)?;
    let Some(code) = raw.region.as_deref().or(region) else {
        return Err(Diagnostic::new(format!("`{key}` has no region"))
            .mend("give `region` here, or once at the top of the file"));
    };
    let region = Region::new(code).map_err(Diagnostic::new)?;
    let unit = key.dimension.unit();
    let quantity = match (raw.quantity, raw.units, raw.bytes) {
        (Some(Amount(quantity)), None, None) => Some(quantity),
        (None, Some(Amount(units)), None) if unit.is_hourly() => {
            units.checked_mul(settings.month_hours)
        }
        (None, None, Some(Amount(bytes))) if unit.is_gigabytes() => Some(settings.gigabytes(bytes)),
        _ => return Err(amount_fault(unit)),
    };
    match quantity {
        Some(quantity) if quantity > QUANTITY_MAX => Err(Diagnostic::new(format!(
            "the quantity {quantity} is more than {QUANTITY_MAX}, too large to bill exactly"
        ))),
        Some(quantity) if quantity.is_zero() || quantity.is_sign_positive() => {
            Ok(Usage { key, region, quantity, label: raw.label })
        }
        Some(quantity) => Err(Diagnostic::new(format!("the quantity {quantity} is negative"))),
        None => Err(Diagnostic::new("the quantity is too large to bill exactly")),
    }
}

fn amount_fault(unit: Unit) -> Diagnostic {
    let fault = Diagnostic::new(format!("how much is used (in {unit}s) must be stated once"));
    if unit.is_hourly() {
        fault.mend("give `quantity` for the month, or `units` held all month")
    } else if unit.is_gigabytes() {
        fault.mend("give `quantity` for the month, or `bytes`")
    } else {
        fault.mend("give `quantity` for the month")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn toml_and_json_say_the_same() {
        let toml = r#"
region = "us-east-1"
[settings]
month_hours = 720
discounts = { dynamodb = "0.1" }
[[usage]]
label = "orders"
dimension = "dynamodb.wcu-hours"
units = 20
[[usage]]
dimension = "dynamodb.storage"
region = "eu-west-1"
bytes = 2_147_483_648
[[usage]]
dimension = "rds.single-az-hours"
class = "db.r6g.large"
quantity = "720.5"
"#;
        let json = r#"{"region": "us-east-1",
 "settings": {"month_hours": 720, "discounts": {"dynamodb": "0.1"}},
 "usage": [
  {"label": "orders", "dimension": "dynamodb.wcu-hours", "units": 20},
  {"dimension": "dynamodb.storage", "region": "eu-west-1", "bytes": 2147483648},
  {"dimension": "rds.single-az-hours", "class": "db.r6g.large", "quantity": "720.5"}]}"#;
        let read = parse_usage("u.toml", toml).unwrap();
        assert_eq!(read, parse_usage("u.json", json).unwrap());
        let quantities: Vec<String> =
            read.usages.iter().map(|usage| usage.quantity.normalize().to_string()).collect();
        assert_eq!(quantities, ["14400", "2", "720.5"]);
    }

    #[test]
    fn every_fault_is_named_with_its_line() {
        let toml = r#"[[usage]]
dimension = "dynamodb.wcu-hours"
units = 20
[[usage]]
dimension = "dynamodb.storage"
region = "us-east-1"
units = 20
[[usage]]
dimension = "dynamodb.wcu"
region = "us-east-1"
quantity = 1
[[usage]]
dimension = "dynamodb.restore"
region = "Ireland"
quantity = -1
[[usage]]
dimension = "dynamodb.restore"
region = "us-east-1"
quantity = 0.5
"#;
        let faults = parse_usage("u.toml", toml).unwrap_err();
        let said: Vec<String> = faults.0.iter().map(|f| f.to_string()).collect();
        assert_eq!(said.len(), 5, "{said:#?}");
        assert!(said[0].starts_with("u.toml:1:1: `dynamodb.wcu-hours` has no region"));
        assert!(said[1].starts_with("u.toml:4:1: how much is used (in GB-months) must be stated"));
        assert!(said[2].starts_with("u.toml:8:1: there is no dimension `dynamodb.wcu`; did you"));
        assert!(said[3].starts_with("u.toml:12:1: `Ireland` is not a Region code"));
        assert!(said[4].starts_with("u.toml:16:1:") && said[4].contains("decimal in quotes"));
    }

    #[test]
    fn json_faults_have_places_too() {
        let json = "{\"region\": \"us-east-1\",\n \"usage\": [\n  {\"dimension\": \"x\", \"quantity\": 1},\n  {\"dimension\": \"dynamodb.restore\", \"quantity\": 1.5}]}";
        let faults = parse_usage("u.json", json).unwrap_err();
        let said: Vec<String> = faults.0.iter().map(|f| f.to_string()).collect();
        assert!(said[0].starts_with("u.json:3:3: there is no dimension `x`"), "{said:?}");
        assert!(said[1].starts_with("u.json:4:"), "{said:?}");
        assert!(said[1].contains("decimal in quotes"), "{said:?}");
    }
}
