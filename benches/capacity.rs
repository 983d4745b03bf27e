//! The two functions that a plan calls most: the size of an item, and the units
//! of one write on a table with two GSIs, from both images.

use std::hint::black_box;

use criterion::Criterion;
use ddbplan::dynamodb::{
    Change, IndexKind, Item, NumberSize, Projection, Settings, Table, Value, write_item,
};

/// An order of about 1 KB: texts, numbers, a list and a map.
fn order(status: &str) -> Item {
    let text = |text: &str| Value::String(text.to_owned());
    let number = |text: &str| Value::Number(text.parse().expect("a number"));
    let line = Value::Map(
        [
            ("sku".to_owned(), text("sku-00231-blue")),
            ("quantity".to_owned(), number("3")),
            ("price".to_owned(), number("129.95")),
        ]
        .into(),
    );
    [
        ("pk", text("USER#0d4c6f6e-3c0a-4c0e-9d26-6a2a4f2f2f7e")),
        ("sk", text("ORDER#2026-03-01T12:00:00.000Z#000123")),
        ("status", text(status)),
        ("total", number("-1234.5678")),
        ("created", number("1767268800")),
        ("lines", Value::List(vec![line; 8])),
        ("note", text(&"x".repeat(400))),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

fn table() -> Table {
    let key = |names: &[&str]| names.iter().map(ToString::to_string).collect();
    Table::new("orders".to_owned(), key(&["pk", "sk"]))
        .with_index(
            "by_status".to_owned(),
            IndexKind::Global,
            key(&["status", "created"]),
            Projection::All,
        )
        .with_index("by_total".to_owned(), IndexKind::Global, key(&["total"]), Projection::KeysOnly)
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let (before, after, table) = (order("open"), order("shipped"), table());
    criterion.bench_function("item size", |bencher| {
        bencher.iter(|| black_box(&after).bytes(NumberSize::Base100));
    });
    criterion.bench_function("write on a table with 2 GSIs", |bencher| {
        let settings = Settings::default();
        bencher.iter(|| {
            let change = Change { before: Some(black_box(&before)), after: Some(&after) };
            write_item(black_box(&table), change, &settings).total()
        });
    });
    criterion.final_summary();
}
