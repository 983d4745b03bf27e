//! Our half of `dynalite.sh`: CPU nanoseconds an item for its size, for the
//! units of a write on a table without and with two GSIs, and for its size from
//! JSON text.
//!
//! Prints one line a task: `name items bytes-or-units ns-per-item`. The sum is
//! there to see that both sides did the same work.

use std::hint::black_box;
use std::io::{self, Read, Write};
use std::path::Path;

use ddbplan::disk;
use ddbplan::dynamodb::{
    self, Change, IndexKind, Item, NumberSize, Projection, Settings, Table, Value, write_item,
};
use ddbplan::finding::Diagnostics;
use ddbplan::json::{self, Text};
use flate2::read::GzDecoder;

const ITEMS: &[u8] = include_bytes!("../../tests/data/dynamodb/item_sizes.jsonl.gz");
const ROUNDS: u32 = 200;

/// CPU time of this thread so far, in nanoseconds (Linux).
fn cpu_ns() -> f64 {
    let stat = disk::read_text(Path::new("/proc/thread-self/schedstat"));
    let stat = stat.expect("this measurement needs Linux");
    let ns = stat.split(' ').next().and_then(|ns| ns.parse().ok());
    ns.expect("the first figure is the time on a CPU")
}

/// Runs a task over all items, and again and again.
fn measure(name: &str, items: usize, mut task: impl FnMut(usize) -> u64) -> io::Result<()> {
    let sum: u64 = (0..items).map(&mut task).sum();
    let start = cpu_ns();
    for _ in 0..ROUNDS {
        for i in 0..items {
            black_box(task(i));
        }
    }
    let calls = f64::from(ROUNDS) * f64::from(u32::try_from(items).expect("a thousand items"));
    let ns = (cpu_ns() - start) / calls;
    writeln!(io::stdout(), "{name} {items} {sum} {ns:.1}")
}

fn read(text: &str) -> Item {
    let text = Text::file("items", text);
    let mut found = Diagnostics::default();
    let item = json::parse(&text, &mut found)
        .and_then(|node| dynamodb::json::item(&node, &text, &mut found));
    item.expect("the items are well formed")
}

/// The items with ASCII text only (dynalite miscounts others), as JSON text.
fn texts() -> Vec<String> {
    let mut lines = String::new();
    GzDecoder::new(ITEMS).read_to_string(&mut lines).expect("the items are compressed whole");
    lines
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("each line is JSON"))
        .filter(|line| line["non_ascii"] == false)
        .map(|line| plain(&line["item"]).to_string())
        .collect()
}

/// Runs written out, as both sides must read the same text.
fn plain(value: &serde_json::Value) -> serde_json::Value {
    use serde_json::Value::{Array, Object};
    match value {
        Object(members) => {
            let compact = members.contains_key("S$") || members.contains_key("B$");
            if compact && members.values().all(serde_json::Value::is_array) {
                return written_out(value);
            }
            members.iter().map(|(key, value)| (key.clone(), plain(value))).collect()
        }
        Array(elements) => elements.iter().map(plain).collect(),
        other => other.clone(),
    }
}

fn written_out(value: &serde_json::Value) -> serde_json::Value {
    use base64::Engine;
    let item = read(&format!("{{\"v\":{value}}}"));
    match item.get("v") {
        Some(Value::String(text)) => serde_json::json!({ "S": text }),
        Some(Value::Binary(bytes)) => {
            serde_json::json!({ "B": base64::engine::general_purpose::STANDARD.encode(bytes) })
        }
        _ => unreachable!("runs make text or bytes"),
    }
}

fn main() -> io::Result<()> {
    let texts = texts();
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.iter().any(|argument| argument == "--print-items") {
        return texts.iter().try_for_each(|text| writeln!(io::stdout(), "{text}"));
    }

    let items: Vec<Item> = texts.iter().map(|text| read(text)).collect();
    measure("item-size", items.len(), |i| items[i].bytes(NumberSize::Base100).get())?;

    let with = |item: &Item, g1: &str, g2: &str| {
        let mut item = item.clone();
        item.insert("g1", Value::String(g1.to_owned()));
        item.insert("g2", Value::String(g2.to_owned()));
        item
    };
    let before: Vec<Item> = items.iter().map(|item| with(item, "a", "b")).collect();
    let after: Vec<Item> = items.iter().map(|item| with(item, "a", "c")).collect();
    let change = |i: usize| Change { before: Some(&before[i]), after: Some(&after[i]) };
    let settings = Settings::default();
    let table = Table::new("t".to_owned(), vec!["pk".to_owned()]);
    measure("write-table", items.len(), |i| {
        black_box(write_item(&table, change(i), &settings)).table.get()
    })?;
    let table = table
        .with_index("i1".into(), IndexKind::Global, vec!["g1".into()], Projection::All)
        .with_index("i2".into(), IndexKind::Global, vec!["g2".into()], Projection::KeysOnly);
    measure("write-2-gsis", items.len(), |i| {
        write_item(&table, change(i), &settings).total().get()
    })?;

    measure("size-from-json", texts.len(), |i| read(&texts[i]).bytes(NumberSize::Base100).get())
}
