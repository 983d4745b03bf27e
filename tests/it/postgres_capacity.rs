//! Queues, caches, skew and WAL against measurements on PostgreSQL 15.18 and
//! simulations.

use ddbplan::postgres::cache::PagePopularity;
use ddbplan::postgres::queue::Queue;
use ddbplan::postgres::skew::{hashed_keys, hashed_tenants};
use ddbplan::postgres::wal;
use serde_json::Value;

/// pgbench runs against a pool of connections (milliseconds), simulated caches
/// and simulated placements of keys and tenants.
const CAPACITY: &str = include_str!("../data/postgres/capacity.json");
/// WAL by record type, one statement a transaction.
const WAL: &str = include_str!("../data/postgres/wal.json");

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small whole numbers")]
fn whole(value: &Value) -> u32 {
    number(value) as u32
}

fn rows(table: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(CAPACITY).unwrap();
    all[table]["rows"].as_array().unwrap().clone()
}

fn zipf(exponent: f64, count: u32) -> Vec<f64> {
    let weights: Vec<f64> = (1..=count).map(|rank| f64::from(rank).powf(-exponent)).collect();
    let total: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / total).collect()
}

/// Runs with one server are too short for a steady tail; they have no tolerance
/// here.
#[test]
fn response_times_of_a_pool() {
    let all: Value = serde_json::from_str(CAPACITY).unwrap();
    let mut seen = 0;
    for run in all["pool_queue"].as_array().unwrap() {
        let servers = whole(&run["k"]);
        if servers == 1 {
            continue;
        }
        seen += 1;
        let service = number(&run["svc_inrun"]) / 1000.0;
        let queue = Queue::new(servers, service, number(&run["rho_inrun"]), 1.0).unwrap();
        let quantiles = [(0.50, 0.05), (0.95, 0.12), (0.99, 0.20)];
        for (i, (share, tolerance)) in quantiles.into_iter().enumerate() {
            let measured = number(&run["measured"][i]) / 1000.0;
            let error = queue.quantile_seconds(share) / measured - 1.0;
            println!("k {servers} rho {:.2} p{share} {error:+.4}", run["rho_inrun"]);
            assert!(error.abs() <= tolerance, "{servers} servers, {share}: {error:+.3}");
        }
    }
    assert_eq!(seen, 8);
}

#[test]
fn hit_shares_of_a_cache() {
    let mut seen = 0;
    for row in rows("lru") {
        let [exponent, fraction, simulated] = [0, 1, 3].map(|i| number(&row[i]));
        let share = 1.0 - PagePopularity::zipf(exponent).miss_share(20_000.0, fraction * 20_000.0);
        println!("zipf {exponent} cache {fraction} {:+.5}", share - simulated);
        assert!((share - simulated).abs() <= 0.005, "{exponent} {fraction}: {share}");
        seen += 1;
    }
    assert_eq!(seen, 16);
}

#[test]
fn skew_of_hashed_keys() {
    let mut seen = 0;
    for row in rows("hash_skew") {
        let (keys, simulated) = (number(&row[0]), number(&row[2]));
        let shards = whole(&row[1]);
        if keys / f64::from(shards) < 75.0 {
            continue;
        }
        seen += 1;
        let error = hashed_keys(keys, shards) / simulated - 1.0;
        println!("keys {keys} shards {shards} {error:+.4}");
        assert!(error.abs() <= 0.02, "{keys} keys on {shards}: {error:+.4}");
    }
    assert_eq!(seen, 16);
}

#[test]
fn skew_of_tenants() {
    let mut seen = 0;
    for row in rows("tenant_skew") {
        let (exponent, simulated) = (number(&row[0]), number(&row[3]));
        if exponent < 0.8 {
            continue;
        }
        seen += 1;
        let shares = zipf(exponent, whole(&row[1]));
        let error = hashed_tenants(&shares, whole(&row[2])) / simulated - 1.0;
        println!("zipf {exponent} {} {} {error:+.4}", row[1], row[2]);
        assert!(error.abs() <= 0.03, "{row}: {error:+.4}");
    }
    assert_eq!(seen, 18);
}

struct Case {
    statements: f64,
    total: f64,
    counts: Value,
}

impl Case {
    fn of(index: usize) -> Self {
        let all: Value = serde_json::from_str(WAL).unwrap();
        let case = &all["cases"][index];
        Self {
            statements: number(&case["statements"]),
            total: number(&case["wal_bytes_total"]),
            counts: case["records"].clone(),
        }
    }

    fn record(&self, kind: &str) -> &Value {
        self.counts.as_array().unwrap().iter().find(|one| one["type"] == kind).unwrap()
    }

    fn count(&self, kind: &str) -> f64 {
        number(&self.record(kind)["count"])
    }

    fn average(&self, kind: &str) -> f64 {
        number(&self.record(kind)["avg_nonfpi"])
    }
}

#[expect(clippy::cast_precision_loss, reason = "bytes of records")]
fn real(bytes: u64) -> f64 {
    bytes as f64
}

/// A record's average is its size; where rows differ by a byte, it rounds to it.
#[test]
fn wal_records() {
    let [plain, indexed, update] = [0, 1, 2].map(Case::of);
    let expected = [
        (plain.average("Heap/INSERT"), wal::insert_bytes(137)),
        (plain.average("Transaction/COMMIT"), wal::COMMIT_BYTES),
        (indexed.average("Heap/INSERT"), wal::insert_bytes(145)),
        (indexed.average("Btree/INSERT_LEAF"), wal::index_insert_bytes(16)),
        (update.average("Heap/HOT_UPDATE"), wal::same_page_update_bytes(1, 1)),
        (update.average("Heap/UPDATE"), wal::moved_update_bytes(145)),
        (update.average("Heap/LOCK"), wal::LOCK_BYTES),
        (update.average("Heap2/PRUNE"), wal::prune_bytes(1, 0)),
    ];
    for (measured, predicted) in expected {
        assert!((measured.round() - real(predicted)).abs() < 1e-9, "{measured} {predicted}");
    }
}

/// Sums of padded records, without splits of index pages: within 5 %.
#[test]
fn wal_per_transaction() {
    let commit = real(wal::padded(wal::COMMIT_BYTES));
    let leaf = real(wal::padded(wal::index_insert_bytes(16)));
    let insert = |tuple| real(wal::padded(wal::insert_bytes(tuple)));
    let hot =
        real(wal::padded(wal::same_page_update_bytes(1, 1)) + wal::padded(wal::prune_bytes(1, 0)));
    // Of the third case 96 % of updates stay on their page.
    let third = Case::of(2);
    let moved_share = third.count("Heap/LOCK") / third.statements;
    let moved = real(wal::padded(wal::moved_update_bytes(145)) + wal::padded(wal::LOCK_BYTES));
    let predictions = [
        insert(137) + commit,
        insert(145) + 2.0 * leaf + commit,
        hot * (1.0 - moved_share) + (moved + 2.0 * leaf) * moved_share + commit,
        hot + commit,
    ];
    for (index, predicted) in predictions.into_iter().enumerate() {
        let case = Case::of(index);
        let error = predicted / (case.total / case.statements) - 1.0;
        println!("case {index} {error:+.4}");
        assert!(error.abs() <= 0.05, "case {index}: {error:+.4}");
    }
}

/// Random updates right after a checkpoint on 8,047 heap pages and two indexes of
/// 1,154 and 1,407 pages, given the share that stays on its page: images of
/// distinct pages and the records.
#[test]
fn page_images_after_a_checkpoint() {
    for index in [4, 5] {
        let case = Case::of(index);
        let moved = case.count("Heap/LOCK");
        let heap = wal::distinct_pages(8047.0, case.statements) * 8192.0 * wal::HEAP_IMAGE_SHARE;
        let entries: f64 =
            [1154.0, 1407.0].into_iter().map(|pages| wal::distinct_pages(pages, moved)).sum();
        let images = heap + entries * 8192.0 * wal::INDEX_IMAGE_SHARE;
        let per_moved = wal::padded(wal::moved_update_bytes(145))
            + wal::padded(wal::LOCK_BYTES)
            + 2 * wal::padded(wal::index_insert_bytes(16));
        let records = moved * real(per_moved)
            + (case.statements - moved) * real(wal::padded(wal::same_page_update_bytes(1, 1)))
            + case.statements * real(wal::padded(wal::COMMIT_BYTES));
        let error = (images + records) / case.total - 1.0;
        println!("case {index} {error:+.4}");
        assert!(error.abs() <= 0.05, "case {index}: {error:+.4}");
    }
}
