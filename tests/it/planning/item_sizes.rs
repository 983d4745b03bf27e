//! Mean write units of an item of each table against those of the rows recorded,
//! with numbers and times as text, as the rows were measured.

use std::collections::BTreeMap;

use ddbplan::design::starter;
use serde_json::Value;

use super::{Planned, started, unpacked, workload_under};

const AS_TEXT: &str = "[encoding]\nnumbers = \"text\"\ntimestamps = \"text\"\n";

/// A table as it was recorded.
struct Truth {
    table: String,
    rows: f64,
    write_units: f64,
    name_bytes: f64,
    quantile_bytes: Vec<f64>,
}

fn truth(name: &str) -> Vec<Truth> {
    let all: BTreeMap<String, BTreeMap<String, Value>> =
        serde_json::from_str(&unpacked("items.json.gz")).unwrap();
    let tables = &all[name];
    let of = |table: &Value, key: &str| table[key].as_f64();
    tables
        .iter()
        .filter_map(|(full_name, table)| {
            let quantiles = table["item_bytes_p10_p50_p90_p99_max"].as_array()?;
            Some(Truth {
                table: full_name.strip_prefix("public.")?.to_owned(),
                rows: of(table, "rows")?,
                write_units: of(table, "item_wcu1k_avg")?,
                name_bytes: of(table, "attr_name_bytes_avg")?,
                quantile_bytes: quantiles.iter().map(|size| size.as_f64().unwrap()).collect(),
            })
        })
        .collect()
}

/// Mean write units of a table's items, and the range stated for them.
fn units(planned: &Planned, table: &str) -> (f64, Option<(f64, f64)>) {
    let at = planned.design.tables.iter().position(|one| one.name == table).unwrap();
    let item = &planned.layout.tables[at].items[0];
    (item.sizes.expected_write_units(), item.unit_range)
}

fn copied(name: &str, plan: &str) -> Planned {
    let workload = workload_under(name, plan);
    started(&workload, &starter::relational_copy(&workload))
}

/// From the statistics alone: within 15 % where nothing is out of line (measured:
/// -3.7 % for the products of oscar, 0 for every other), else within the range
/// that is stated.
#[test]
fn from_column_statistics() {
    let mut ranged = Vec::new();
    for name in ["pgbench", "notifications", "oscar"] {
        let planned = copied(name, AS_TEXT);
        for truth in truth(name) {
            let (units, range) = units(&planned, &truth.table);
            match range {
                Some((least, most)) => {
                    ranged.push(truth.table.clone());
                    assert!(
                        (least..=most).contains(&truth.write_units),
                        "{}: {least} to {most}, not {}",
                        truth.table,
                        truth.write_units
                    );
                }
                None if truth.rows > 1000.0 => {
                    let error = units / truth.write_units - 1.0;
                    assert!(error.abs() < 0.15, "{}: {error:+.3}", truth.table);
                }
                None => {}
            }
        }
    }
    assert!(ranged.contains(&"notifications".to_owned()), "{ranged:?}");
    assert!(ranged.contains(&"communication_email".to_owned()), "{ranged:?}");
}

/// From five quantiles of each table: within 15 % everywhere (measured: +6.2 %
/// for the notifications, +1.5 % for the e-mails of oscar, +1.1 % for its
/// products, 0 for every other).
#[test]
fn from_five_quantiles() {
    for name in ["pgbench", "notifications", "oscar"] {
        let truths = truth(name);
        let mut plan = AS_TEXT.to_owned();
        for truth in &truths {
            // The plan states values without names.
            let values: Vec<String> = truth
                .quantile_bytes
                .iter()
                .map(|size| (size - truth.name_bytes).max(1.0).to_string())
                .collect();
            let section =
                format!("[row_sizes.{}]\nquantile_bytes = [{}]\n", truth.table, values.join(", "));
            plan.push_str(&section);
        }
        let planned = copied(name, &plan);
        for truth in truths.iter().filter(|truth| truth.rows > 1000.0 || truth.write_units > 1.0) {
            let (units, range) = units(&planned, &truth.table);
            let error = units / truth.write_units - 1.0;
            assert!(error.abs() < 0.15, "{}: {error:+.3}", truth.table);
            assert_eq!(range, None, "{}", truth.table);
        }
    }
}
