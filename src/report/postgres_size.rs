//! Predicted bytes of tables, beside measured ones where there are any.

use serde_json::{Value, json};

use crate::finding::Finding;
use crate::postgres::storage::{IndexSize, MeasuredIndex, TableDescription, TableSize};

use super::table::Table;

/// A table with its prediction.
#[derive(Clone, Debug)]
pub struct SizedTable {
    /// As described.
    pub described: TableDescription,
    /// As predicted.
    pub predicted: TableSize,
}

impl SizedTable {
    fn indexes(&self) -> impl Iterator<Item = (&IndexSize, Option<MeasuredIndex>)> {
        let measured = self.described.indexes.iter().map(|index| index.measured);
        self.predicted.indexes.iter().zip(measured)
    }

    /// Parts with what was predicted and measured of each.
    fn parts(&self) -> Vec<Part> {
        let (described, size) = (&self.described, &self.predicted);
        let measured = described.measured;
        let mut parts = vec![
            Part::new(
                format!("{} heap", described.name),
                Some(size.heap_bytes),
                measured.map(|m| m.heap),
            ),
            Part::new(
                format!("{} maps", described.name),
                Some(size.fsm_bytes + size.vm_bytes),
                measured.and_then(|m| Some(m.fsm? + m.vm?)),
            ),
        ];
        if let Some(total) = measured.and_then(|m| m.toast_total) {
            let predicted = size.toast_bytes.zip(size.toast_index_bytes);
            if total > 0 || predicted != Some((0, 0)) {
                let predicted = predicted.map(|(heap, index)| heap + index);
                let name = format!("{} toast with index", described.name);
                parts.push(Part::new(name, predicted, Some(total)));
            }
        } else if size.toast_bytes != Some(0) || size.toast_index_bytes != Some(0) {
            parts.push(Part::new(
                format!("{} toast", described.name),
                size.toast_bytes,
                measured.and_then(|m| m.toast_heap),
            ));
            parts.push(Part::new(
                format!("{} toast index", described.name),
                size.toast_index_bytes,
                measured.and_then(|m| m.toast_index),
            ));
        }
        parts.extend(self.indexes().map(|(index, measured)| {
            let predicted = index.estimate.map(|estimate| estimate.bytes);
            Part::new(index.name.clone(), predicted, measured.map(|m| m.bytes))
        }));
        parts
    }
}

struct Part {
    name: String,
    predicted: Option<u64>,
    measured: Option<u64>,
}

impl Part {
    const fn new(name: String, predicted: Option<u64>, measured: Option<u64>) -> Self {
        Self { name, predicted, measured }
    }

    fn error(&self) -> Option<f64> {
        error_percent(self.predicted?, self.measured?)
    }
}

/// Predicted over measured, less one, in percent.
#[expect(clippy::cast_precision_loss, reason = "bytes of files are far below 2^53")]
fn error_percent(predicted: u64, measured: u64) -> Option<f64> {
    (measured > 0).then(|| 100.0 * (predicted as f64 / measured as f64 - 1.0))
}

/// The sums of the parts of which both are known.
fn compared(tables: &[SizedTable]) -> Option<(u64, u64)> {
    let known: Vec<(u64, u64)> = tables
        .iter()
        .flat_map(SizedTable::parts)
        .filter_map(|part| Some((part.predicted?, part.measured?)))
        .collect();
    (!known.is_empty())
        .then(|| known.iter().fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1)))
}

/// The prediction as JSON. Unknown bytes are `null` and in no sum.
#[must_use]
pub fn json(tables: &[SizedTable], findings: &[Finding]) -> Value {
    let error = |predicted: Option<u64>, measured: Option<u64>| {
        predicted.zip(measured).and_then(|(p, m)| error_percent(p, m)).map(rounded)
    };
    let shown: Vec<Value> = tables
        .iter()
        .map(|one| {
            let (size, measured) = (&one.predicted, one.described.measured);
            let indexes: Vec<Value> = one
                .indexes()
                .map(|(index, measured)| {
                    let bytes = index.estimate.map(|estimate| estimate.bytes);
                    let measured = measured.map(|m| m.bytes);
                    json!({
                        "name": index.name,
                        "bytes": bytes,
                        "bytes_low": index.estimate.map(|estimate| estimate.low),
                        "bytes_high": index.estimate.map(|estimate| estimate.high),
                        "measured_bytes": measured,
                        "error_percent": error(bytes, measured),
                    })
                })
                .collect();
            json!({
                "name": one.described.name,
                "rows": one.described.rows,
                "heap_bytes": size.heap_bytes,
                "heap_measured_bytes": measured.map(|m| m.heap),
                "heap_error_percent": error(Some(size.heap_bytes), measured.map(|m| m.heap)),
                "fsm_bytes": size.fsm_bytes,
                "vm_bytes": size.vm_bytes,
                "toast_bytes": size.toast_bytes,
                "toast_measured_bytes": measured.and_then(|m| m.toast_heap),
                "toast_error_percent": error(size.toast_bytes, measured.and_then(|m| m.toast_heap)),
                "toast_index_bytes": size.toast_index_bytes,
                "toast_index_measured_bytes": measured.and_then(|m| m.toast_index),
                "toast_total_measured_bytes": measured.and_then(|m| m.toast_total),
                "indexes": indexes,
                "total_bytes": size.total_bytes(),
            })
        })
        .collect();
    let compared = compared(tables);
    json!({
        "schema_version": 1,
        "tables": shown,
        "total_bytes": tables.iter().map(|one| one.predicted.total_bytes()).sum::<u64>(),
        "measured_total_bytes": compared.map(|(_, measured)| measured),
        "total_error_percent": compared.and_then(|(p, m)| error_percent(p, m)).map(rounded),
        "findings": findings
            .iter()
            .map(|f| json!({
                "id": f.id, "severity": f.severity.as_str(), "what": f.what, "mend": f.mend,
            }))
            .collect::<Vec<_>>(),
    })
}

fn rounded(percent: f64) -> f64 {
    (percent * 1000.0).round() / 1000.0
}

/// The prediction as a table.
#[must_use]
pub fn text(tables: &[SizedTable], findings: &[Finding]) -> String {
    let bytes = |bytes: Option<u64>, none: &str| bytes.map_or(none.to_owned(), |b| b.to_string());
    let error =
        |error: Option<f64>| error.map_or(String::new(), |percent| format!("{percent:+.2} %"));
    let mut table = Table::new(["", "predicted bytes", "measured bytes", "error"]);
    for part in tables.iter().flat_map(SizedTable::parts) {
        table = table.row([
            part.name.clone(),
            bytes(part.predicted, "unknown"),
            bytes(part.measured, "-"),
            error(part.error()),
        ]);
    }
    let total = tables.iter().map(|one| one.predicted.total_bytes()).sum();
    let compared = compared(tables);
    table = table.row([
        "total".to_owned(),
        bytes(Some(total), ""),
        bytes(compared.map(|(_, measured)| measured), "-"),
        error(compared.and_then(|(p, m)| error_percent(p, m))),
    ]);
    let mut text = table.to_string();
    for finding in findings {
        text.push_str(&format!("\n{}: {}\n", finding.severity.as_str(), finding.what));
        if let Some(mend) = &finding.mend {
            text.push_str(&format!("  {mend}\n"));
        }
    }
    text
}
