//! The exports that a recording of a declared workload would hold.

use serde_json::json;

use super::{Declared, DeclaredPattern};

/// A month of 730 hours lies between the readings.
const FROM: &str = "2026-01-01T00:00:00Z";
const TO: &str = "2026-01-31T10:00:00Z";
const SECONDS: f64 = 730.0 * 3600.0;
/// Bytes that Postgres puts before a short value, and before one that is longer
/// than this ("Database Physical Storage: TOAST": 1 and 4 bytes).
const SHORT_BYTES_MAX: f64 = 126.0;

/// Names and texts of the exports; `schema` is the text of the schema's file.
#[must_use]
pub fn exports(declared: &Declared, schema: &str) -> Vec<(String, String)> {
    vec![
        ("schema.sql".to_owned(), schema.to_owned()),
        ("tables.csv".to_owned(), tables(declared)),
        ("pg_stats.csv".to_owned(), stats(declared)),
        ("pg_stat_statements.jsonl".to_owned(), statements(declared)),
    ]
}

fn tables(declared: &Declared) -> String {
    let mut text = "schema,table,relkind,reltuples\n".to_owned();
    for table in &declared.tables {
        text.push_str(&row(&[&table.schema, &table.name, "r", &table.rows.to_string()]));
    }
    text
}

fn stats(declared: &Declared) -> String {
    let mut text = "schemaname,tablename,attname,inherited,null_frac,avg_width,n_distinct,\
                    most_common_freqs,correlation\n"
        .to_owned();
    for table in &declared.tables {
        for column in &table.columns {
            let top: Vec<String> = column.top_shares.iter().map(ToString::to_string).collect();
            let top = if top.is_empty() { String::new() } else { format!("{{{}}}", top.join(",")) };
            text.push_str(&row(&[
                &table.schema,
                &table.name,
                &column.name,
                "f",
                &column.null_share.to_string(),
                &column.bytes.map_or(String::new(), |bytes| width(bytes).to_string()),
                &column.distinct.unwrap_or(0.0).to_string(),
                &top,
                "",
            ]));
        }
    }
    text
}

/// `pg_stats.avg_width`: the value and what is put before it.
fn width(bytes: f64) -> f64 {
    if bytes <= SHORT_BYTES_MAX { bytes + 1.0 } else { bytes + 4.0 }
}

/// Two readings: none of it, and a month later all.
fn statements(declared: &Declared) -> String {
    let mut text = String::new();
    for at in [FROM, TO] {
        for (id, pattern) in declared.patterns.iter().enumerate() {
            text.push_str(&reading(id, pattern, at, if at == FROM { 0.0 } else { SECONDS }));
            text.push('\n');
        }
    }
    text
}

fn reading(id: usize, pattern: &DeclaredPattern, at: &str, seconds: f64) -> String {
    let calls = (pattern.calls_per_second * seconds).round();
    let mut reading = json!({
        "captured_at": at,
        "userid": "10",
        "dbid": "1",
        "toplevel": true,
        "queryid": id + 1,
        "query": pattern.sql.value,
        "calls": whole(calls),
        "rows": whole(calls * pattern.rows_per_call),
    });
    if let Some(exec) = pattern.exec_ms {
        reading["total_exec_time"] = json!(calls * exec);
    }
    reading.to_string()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the reader bounds rates and rows: far below 2^63"
)]
fn whole(count: f64) -> u64 {
    count.round() as u64
}

/// A line of CSV.
fn row(fields: &[&str]) -> String {
    let quoted = |field: &&str| {
        if field.contains(['"', ',', '\n', '\r']) {
            format!("\"{}\"", field.replace('"', "\"\""))
        } else {
            (*field).to_owned()
        }
    };
    let mut line = fields.iter().map(quoted).collect::<Vec<_>>().join(",");
    line.push('\n');
    line
}
