//! Predicted bytes of tables against those of tables built there and then.

use std::io::Read;
use std::path::Path;

use ddbplan::postgres::storage::{Evidence, predict, read};
use flate2::read::GzDecoder;
use serde_json::Value;

use super::server::Server;

const TABLES: &[u8] = include_bytes!("../data/postgres/tables.json.gz");

/// Columns out of alignment with three sorts of index; NULLs; values out of
/// line.
const BUILT: [&str; 3] = ["d02_misaligned", "d06_nulls", "d07_toast6k"];

/// Heaps and values out of line within 3 %, each index within 8 %.
pub fn predicted_bytes_are_those_of_built_tables(binaries: &Path) {
    let mut text = String::new();
    GzDecoder::new(TABLES).read_to_string(&mut text).expect("the data are compressed text");
    let written: Value = serde_json::from_str(&text).expect("the data are JSON");
    let described = read("tables.json", &text, Evidence::Exact).expect("sound descriptions").tables;
    let server = Server::start(binaries);
    server.run(string(&written["meta"]["helper_functions_sql"]));
    for name in BUILT {
        let all = written["tables"].as_array().expect("a list of tables");
        let table = all.iter().find(|table| table["name"] == name).expect("a table of the data");
        server.run(string(&table["ddl"]));
        for index in table["indexes_before_load"].as_array().expect("a list of statements") {
            server.run(string(index));
        }
        server.run(string(&table["load_sql"]));
        for index in table["indexes_after_load"].as_array().expect("a list of statements") {
            server.run(string(index));
        }
        server.run(&format!("VACUUM (ANALYZE) {name}"));
        let description = described.iter().find(|one| one.name == name).expect("described");
        let size = predict(description);
        let heap = bytes(&server, &format!("'{name}'::regclass"));
        near(name, size.heap_bytes, heap, 0.03);
        if size.toast_bytes.is_some_and(|predicted| predicted > 0) {
            let toast =
                format!("(SELECT reltoastrelid FROM pg_class WHERE oid = '{name}'::regclass)");
            near(name, size.toast_bytes.unwrap_or(0), bytes(&server, &toast), 0.03);
        }
        assert!(!size.indexes.is_empty());
        for index in &size.indexes {
            let built = bytes(&server, &format!("'{}'::regclass", index.name));
            let predicted = index.estimate.expect("every key is described").bytes;
            near(&index.name, predicted, built, 0.08);
        }
    }
}

fn string(value: &Value) -> &str {
    value.as_str().expect("a statement")
}

fn bytes(server: &Server, relation: &str) -> u64 {
    server.query(&format!("SELECT pg_relation_size({relation})")).parse().expect("a number")
}

#[expect(clippy::cast_precision_loss, reason = "bytes of files are far below 2^53")]
fn near(name: &str, predicted: u64, built: u64, tolerance: f64) {
    let error = predicted as f64 / built as f64 - 1.0;
    assert!(error.abs() <= tolerance, "{name}: {predicted} for {built}, {error:+.4}");
}
