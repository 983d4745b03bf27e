use crate::written::{Section, Written};

use super::assumption::Taker;

/// Bytes of an attribute's name (Developer Guide, "Supported data types and naming
/// rules").
const NAME_BYTES_MAX: u64 = 65_536;
/// Keys that one is spread over: as many as a key's `{hash(column,N)}` takes.
const SHARDS_MAX: u64 = 100_000;

/// `[what_if]`: changes tried out on every design at once, without editing them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WhatIf {
    /// Caches in front of statements.
    pub caches: Vec<Cache>,
    /// Compressed over plain bytes, by `table.column`.
    pub compress: Vec<(Written<String>, f64)>,
    /// Attribute names that are not keys are cut to this many bytes.
    pub name_bytes: Option<Written<u64>>,
    /// Over how many keys writes are spread, by DynamoDB table or
    /// `table.index`.
    pub write_shards: Vec<(Written<String>, u64)>,
}

/// A cache in front of a statement that reads.
#[derive(Clone, Debug, PartialEq)]
pub struct Cache {
    /// The statement, as one line; its beginning if it ends in `...`.
    pub sql: Written<String>,
    /// Share of its calls that the cache answers, 0 to 1.
    pub hit_ratio: f64,
}

impl WhatIf {
    /// Takes `[what_if]`.
    pub(super) fn take(taker: &mut Taker, section: &Section<'_, '_>) -> Self {
        let mut caches = Vec::new();
        for cache in section.sections("cache") {
            let sql = cache.required_text("sql");
            let ratio = cache.number_in("hit_ratio", 0.0..=1.0, "a share of the calls");
            cache.report_left_over();
            if let (Some(sql), Some(ratio)) = (sql, ratio) {
                let id = format!("what_if.cache.{}", caches.len() + 1);
                let what = format!("share of calls that a cache answers for: {}", sql.value);
                let ratio = taker.note(&id, &what, Some(ratio), 0.0, ToString::to_string);
                caches.push(Cache { sql, hit_ratio: ratio.value });
            }
        }
        let mut compress = Vec::new();
        if let Some(list) = section.section("compress") {
            for key in list.keys() {
                let ratio = list.number_in(&key.value, 0.01..=1.0, "compressed over plain bytes");
                if let Some(ratio) = ratio {
                    let id = format!("what_if.compress.{}", key.value);
                    let what = format!("compressed over plain bytes of {}", key.value);
                    let ratio = taker.note(&id, &what, Some(ratio), 1.0, ToString::to_string);
                    compress.push((key, ratio.value));
                }
            }
            list.report_left_over();
        }
        let name_bytes = section.whole_in("name_bytes", 1..=NAME_BYTES_MAX, "bytes of a name");
        if let Some(bytes) = &name_bytes {
            let what = "bytes that names of attributes other than keys are cut to";
            taker.note("what_if.name_bytes", what, Some(bytes.clone()), 0, ToString::to_string);
        }
        let mut write_shards = Vec::new();
        if let Some(list) = section.section("write_shards") {
            for key in list.keys() {
                let shards = list.whole_in(&key.value, 2..=SHARDS_MAX, "keys for each one");
                if let Some(shards) = shards {
                    let id = format!("what_if.write_shards.{}", key.value);
                    let what = format!("keys that writes of {} are spread over", key.value);
                    let shards = taker.note(&id, &what, Some(shards), 1, ToString::to_string);
                    write_shards.push((key, shards.value));
                }
            }
            list.report_left_over();
        }
        section.report_left_over();
        Self { caches, compress, name_bytes, write_shards }
    }
}
