use std::io::Read;

use ddbplan::dynamodb::{Settings, measure_lines};
use flate2::read::GzDecoder;

const RECORDED: &[u8] = include_bytes!("../../data/dynamodb/item_sizes.jsonl.gz");

#[test]
fn every_recorded_item_size_to_the_byte() {
    let mut text = String::new();
    GzDecoder::new(RECORDED).read_to_string(&mut text).unwrap();
    let measures = measure_lines("item_sizes.jsonl", &text, &Settings::default()).unwrap();
    assert_eq!(measures.len(), 1000);
    for (line, measure) in text.lines().zip(measures) {
        let recorded: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(recorded["bytes"].as_u64(), Some(measure.bytes.get()), "{line}");
    }
}
